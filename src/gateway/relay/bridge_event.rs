//! The events of the connection to the script.

use serde_json::{Map, Value};

use super::answer_lines::LineError;
use super::link::Link;

/// An event of the connection to the script.
#[derive(Debug)]
pub enum BridgeEvent {
    Up(Link),
    /// The first attempt to connect failed; the task retries.
    NotReached,
    /// `unsent` are the ids of commands that were certainly not sent.
    Down {
        reason: String,
        unsent: Vec<u64>,
    },
    Answer {
        id: u64,
        body: Map<String, Value>,
        /// The length of its line in bytes, if known; otherwise 0.
        bytes: usize,
    },
    /// Its answer cannot be read.
    Unreadable {
        id: u64,
        flaw: LineError,
    },
    /// A subscribed topic has a new value.
    Changed {
        event: Map<String, Value>,
    },
    /// The connection failed; the command was not sent.
    Unreachable {
        id: u64,
    },
    /// Its deadline had passed before it could be sent.
    TooLate {
        id: u64,
    },
    /// The connection broke, or its answer was malformed.
    Lost {
        id: u64,
    },
}
