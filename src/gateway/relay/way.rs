//! The way to the script, with a key or plain: what goes out on it, and what comes back.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::answer_lines::Flaw;
use super::keyed::{self, From, Link, NotSent};
use super::plain::Lanes;
use super::queue::Queued;
use super::{Protocol, bridge_unavailable, overloaded, script_line};
use crate::config;
use crate::gateway::permit::Guards;
use crate::gateway::record::Recorded;
use crate::platform::clock::Clock;
use crate::wire::refusal::Refusal;

pub enum Way {
    /// The link, while there is one.
    Keyed(Option<Link>),
    Plain(Lanes),
}

/// What the script's side tells.
#[derive(Debug)]
pub enum BridgeEvent {
    Up(Link),
    /// With the ids of commands that were certainly not sent.
    Down {
        reason: String,
        unsent: Vec<u64>,
    },
    Answer {
        id: u64,
        body: Map<String, Value>,
        /// Of its line, where that is known.
        bytes: usize,
    },
    /// What came as its answer cannot be read.
    Unreadable {
        id: u64,
        flaw: Flaw,
    },
    /// Something that somebody has subscribed to has another value.
    Changed {
        event: Map<String, Value>,
    },
    /// Nothing listens there; the command was not sent.
    Unreachable {
        id: u64,
    },
    /// Its deadline had passed before it could be sent.
    TooLate {
        id: u64,
    },
    /// The connection broke, or what came was no answer.
    Lost {
        id: u64,
    },
}

impl Way {
    /// Begin to look for the script, which takes a task where there is a key. What is heard comes as events.
    pub fn open(
        protocol: Protocol,
        config: &config::Bridge,
        clock: &Clock,
        events: mpsc::Sender<BridgeEvent>,
    ) -> (Way, Option<JoinHandle<()>>) {
        match protocol {
            Protocol::Keyed(key) => {
                let task = tokio::spawn(keyed::run(config.clone(), key, clock.clone(), events));
                (Way::Keyed(None), Some(task))
            }
            Protocol::Absent => (Way::Keyed(None), None),
            Protocol::Plain => (Way::Plain(Lanes::new(config.clone(), clock.clone(), events)), None),
        }
    }

    pub fn link(&mut self) -> Option<&mut Link> {
        match self {
            Way::Keyed(link) => link.as_mut(),
            Way::Plain(_) => None,
        }
    }

    pub fn has_room(&self) -> bool {
        match self {
            Way::Keyed(Some(link)) => link.has_room(),
            Way::Keyed(None) | Way::Plain(_) => true,
        }
    }

    /// Without a key there is one command of a caller under way, since nothing but its place tells its answer.
    pub fn has_room_for(&self, caller: &Arc<str>) -> bool {
        match self {
            Way::Keyed(_) => true,
            Way::Plain(lanes) => !lanes.is_busy(caller),
        }
    }

    /// Put a command on its way; answers when to stop waiting for it.
    pub fn send(&mut self, id: u64, recorded: &Recorded, guards: &Guards) -> Result<Instant, Refusal> {
        let request = recorded.request();
        match self {
            Way::Keyed(Some(link)) if !link.matches(request.action) => Err(script_line::mismatch()),
            Way::Keyed(Some(link)) => link
                .send(id, from(recorded), script_line::keyed(request, guards), request.deadline)
                .map_err(|not_sent| match not_sent {
                    NotSent::Down => bridge_unavailable(),
                    NotSent::TooLong => script_line::too_long(),
                }),
            Way::Keyed(None) => Err(bridge_unavailable()),
            Way::Plain(lanes) => {
                script_line::refuse_without_key(request, guards)?;
                let sent = lanes.send(id, recorded.caller(), script_line::plain(request), request.deadline);
                sent.map_err(|_| overloaded())
            }
        }
    }
}

/// The script is told an opaque number for a caller, never the name.
fn from(recorded: &Recorded) -> From {
    static NUMBERS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    let caller = NUMBERS.hash_one(recorded.caller()) >> (u64::BITS - SCRIPT_NUMBER_BITS);
    From { caller, lane: recorded.connection() }
}

/// The script takes integers below 2^53.
const SCRIPT_NUMBER_BITS: u32 = 53;
