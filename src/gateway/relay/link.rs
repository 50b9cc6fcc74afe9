//! An authenticated connection to the script: what can be sent on it, and what the script said of itself in the handshake.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use tokio::sync::mpsc;

use super::script_clock::ScriptClock;
use crate::command::Action;
use crate::gateway::record::LiveSet;
use crate::platform::clock::{Clock, Moment};
use crate::wire::line;
use crate::wire::topic::Topic;

/// The longest line that the script reads, in bytes. It closes a connection that sends more, which would fail the commands of every caller; so the
/// gateway refuses a longer line. Escapes, defaults and guards make a line longer than the client's.
const SCRIPT_LINE_BYTES_MAX: usize = 1024 * 1024;

/// A change of the topics that the script publishes.
#[derive(Clone, Debug)]
pub struct Change {
    pub action: &'static str,
    pub topics: Vec<Topic>,
}

/// Why a command was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSent {
    Down,
    TooLong,
}

/// An authenticated connection to the script, as the bridge task uses it.
#[derive(Debug)]
pub struct Link {
    pub(super) lines: mpsc::Sender<(u64, Vec<u8>)>,
    pub(super) clock: Clock,
    pub(super) script_clock: ScriptClock,
    /// The id of the pending question for the script's time. Nothing else is sent before its answer.
    pub(super) asked: Option<u64>,
    pub(super) hello: Map<String, Value>,
    /// By index in the catalogue: the entries that are the same in the script. `None`: all of them.
    pub(super) matching: Option<HashSet<usize>>,
    pub(super) answer_wait: Duration,
}

/// The sender of a command, as sent to the script: callers have equal shares of Live's time, and commands of a lane keep their order.
#[derive(Clone, Copy, Debug)]
pub struct From {
    pub caller: u64,
    pub lane: u64,
}

impl From {
    /// The gateway itself. Connections count from 1.
    const GATEWAY: From = From { caller: 0, lane: 0 };
}

impl Link {
    /// Send a command; returns when to stop waiting for its answer. Commands of one `lane` keep their order in Live; a slow one does not delay other
    /// lanes.
    pub fn send(
        &mut self,
        id: u64,
        from: From,
        mut line: Map<String, Value>,
        deadline: Moment,
    ) -> Result<Instant, NotSent> {
        line.insert("id".into(), id.into());
        line.insert("lane".into(), from.lane.into());
        if self.takes_caller() {
            line.insert("caller".into(), from.caller.into());
        }
        line.insert("expires_at_ms".into(), self.script_clock.at_ms(deadline).into());
        let line = line::encode(&line);
        if line.len() > SCRIPT_LINE_BYTES_MAX {
            return Err(NotSent::TooLong);
        }
        self.lines.try_send((id, line)).map_err(|_| NotSent::Down)?;
        Ok(Instant::now() + (deadline - self.clock.now()) + self.answer_wait)
    }

    /// Whether the script shares Live's time between callers. Older scripts refuse the parameter.
    fn takes_caller(&self) -> bool {
        self.hello.get("takes_caller") == Some(&Value::Bool(true))
    }

    /// Ask the script to cancel these commands, unless they have begun.
    pub fn cancel(&mut self, id: u64, ids: Vec<u64>, deadline: Moment) -> Result<Instant, NotSent> {
        let line = Map::from_iter([("action".to_owned(), Value::from("cancel")), ("ids".to_owned(), ids.into())]);
        self.send(id, From::GATEWAY, line, deadline)
    }

    /// Subscribe the gateway to topics, or unsubscribe it. Values arrive as events.
    pub fn subscribe(&mut self, id: u64, change: &Change) -> Result<Instant, NotSent> {
        let topics: Value = change.topics.iter().map(Topic::to_map).collect();
        let line = Map::from_iter([("action".to_owned(), change.action.into()), ("topics".to_owned(), topics)]);
        self.send(id, From::GATEWAY, line, self.clock.now() + self.answer_wait)
    }

    /// Whether a command may be sent now: the channel has capacity, and deadlines can be converted to the script's clock.
    pub fn has_capacity(&self) -> bool {
        self.lines.capacity() > 0 && self.asked.is_none() && self.script_clock.is_valid(self.clock.now())
    }

    /// Whether the script's time must be requested before anything is sent, because the machine has slept.
    pub fn must_request_time(&self) -> bool {
        self.asked.is_none() && !self.script_clock.is_valid(self.clock.now())
    }

    /// Ping the script: every answer carries its clock. A ping has no effect, so it needs no row.
    pub fn request_time(&mut self, id: u64) {
        let must_ask = self.must_request_time();
        let line = Map::from_iter([("action".to_owned(), Value::from("ping"))]);
        // If the link cannot take it, the link is about to be reported down, or the question is repeated.
        let sent = self.send(id, From::GATEWAY, line, self.clock.now() + self.answer_wait);
        if must_ask && sent.is_ok() {
            self.asked = Some(id);
        }
    }

    /// The answer to `id` has the script's clock. After a sleep, only an answer to a question asked since counts.
    pub fn update_clock(&mut self, id: u64, clock_ms: i64) {
        let now = self.clock.now();
        if self.asked == Some(id) {
            self.script_clock = ScriptClock::new(clock_ms, now);
            self.asked = None;
        } else if self.script_clock.is_valid(now) {
            self.script_clock.update(clock_ms, now);
        }
    }

    /// Whether an action may be used: a change needs identical catalogues, a read an identical entry.
    pub fn matches(&self, action: &Action) -> bool {
        self.matching.as_ref().is_none_or(|matching| action.is_read() && matching.contains(&action.index))
    }

    pub fn matches_wholly(&self) -> bool {
        self.matching.is_none()
    }

    pub fn hello(&self) -> &Map<String, Value> {
        &self.hello
    }

    pub fn live_version(&self) -> &str {
        self.hello.get("live_version").and_then(Value::as_str).unwrap_or_default()
    }

    pub fn live_set(&self) -> LiveSet {
        LiveSet { live: self.live_version().into(), epoch: self.set_epoch(), names: Arc::default() }
    }

    pub fn set_epoch(&self) -> i64 {
        self.hello.get("set_epoch").and_then(Value::as_i64).unwrap_or_default()
    }
}
