//! The bridge's transport: the keyed protocol or plain lines.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::time::Instant;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::bridge_event::BridgeEvent;
use super::keyed;
use super::link::{From, Link, NotSent};
use super::plain::Lanes;
use super::queue::Queued;
use super::{Protocol, bridge_unavailable, script_line};
use crate::config;
use crate::gateway::permit::Guards;
use crate::gateway::record::Recorded;
use crate::platform::clock::Clock;
use crate::wire::refusal::Refusal;

pub enum BridgeTransport {
    /// The first attempt to connect since the start, or since the last connection, has not ended.
    Untried,
    /// The link, while it is up.
    Keyed(Option<Link>),
    Plain(Lanes),
}

impl BridgeTransport {
    /// Open the transport. With a key, a task keeps the connection open. Everything received arrives as events.
    pub fn open(
        protocol: Protocol,
        config: &config::Bridge,
        clock: &Clock,
        events: mpsc::Sender<BridgeEvent>,
    ) -> (BridgeTransport, Option<JoinHandle<()>>) {
        match protocol {
            Protocol::Keyed(key) => {
                let task = tokio::spawn(keyed::run(config.clone(), key, clock.clone(), events));
                (BridgeTransport::Untried, Some(task))
            }
            Protocol::Absent => (BridgeTransport::Keyed(None), None),
            Protocol::Plain => (BridgeTransport::Plain(Lanes::new(config.clone(), clock.clone(), events)), None),
        }
    }

    pub fn link(&mut self) -> Option<&mut Link> {
        match self {
            BridgeTransport::Keyed(link) => link.as_mut(),
            BridgeTransport::Untried | BridgeTransport::Plain(_) => None,
        }
    }

    /// Whether one more command may wait, beside `waiting` others. While the bridge is untried, at most `untried_max` wait.
    pub fn takes_another(&self, waiting: usize, untried_max: usize) -> bool {
        match self {
            BridgeTransport::Untried => waiting < untried_max,
            BridgeTransport::Keyed(link) => link.is_some(),
            BridgeTransport::Plain(_) => true,
        }
    }

    pub fn has_capacity(&self) -> bool {
        match self {
            BridgeTransport::Untried => false,
            BridgeTransport::Keyed(Some(link)) => link.has_capacity(),
            BridgeTransport::Keyed(None) | BridgeTransport::Plain(_) => true,
        }
    }

    /// Whether a command of this client connection may be sent.
    pub fn has_capacity_for(&self, connection: u64) -> bool {
        match self {
            BridgeTransport::Untried | BridgeTransport::Keyed(_) => true,
            BridgeTransport::Plain(lanes) => lanes.have_capacity_for(connection),
        }
    }

    /// Send a command; returns when to stop waiting for its answer.
    pub fn send(&mut self, id: u64, recorded: &Recorded, guards: &Guards) -> Result<Instant, Refusal> {
        let request = recorded.request();
        match self {
            BridgeTransport::Keyed(Some(link)) if !link.matches(request.action) => Err(script_line::mismatch()),
            BridgeTransport::Keyed(Some(link)) => link
                .send(id, from(recorded), script_line::keyed(request, guards), request.deadline)
                .map_err(|not_sent| match not_sent {
                    NotSent::Down => bridge_unavailable(),
                    NotSent::TooLong => script_line::too_long(),
                }),
            BridgeTransport::Untried | BridgeTransport::Keyed(None) => Err(bridge_unavailable()),
            BridgeTransport::Plain(lanes) => {
                script_line::refuse_without_key(request, guards)?;
                Ok(lanes.send(id, recorded.connection(), script_line::plain(request), request.deadline))
            }
        }
    }
}

/// The script receives a number in place of a caller's name.
fn from(recorded: &Recorded) -> From {
    static NUMBERS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    let caller = NUMBERS.hash_one(recorded.caller()) >> (u64::BITS - SCRIPT_NUMBER_BITS);
    From { caller, lane: recorded.connection() }
}

/// The script accepts integers below 2^53.
const SCRIPT_NUMBER_BITS: u32 = 53;
