//! A command that the script has been told and has not answered.

use std::time::Instant;

use serde_json::{Map, Value};

use super::answer_lines::Flaw;
use super::cancelling::Cancelling;
use super::{Reply, script_answer};
use crate::gateway::record::Recorded;

pub struct UnderWay {
    pub recorded: Recorded,
    /// When to stop waiting for the answer.
    pub overdue: Instant,
    /// If it is itself the taking back of others.
    pub cancelling: Option<Cancelling>,
}

impl UnderWay {
    /// The reply that the script's answer comes to.
    pub fn read(&self, body: Map<String, Value>, detail_bytes_max: usize) -> Reply {
        let reply = match (self.cancelling, self.recorded.request().batch().len()) {
            (Some(cancelling), _) => Some(cancelling.reply_after(&body)),
            (None, 0) => script_answer::read(body, detail_bytes_max),
            (None, commands) => script_answer::read_batch(body, commands, detail_bytes_max),
        };
        reply.unwrap_or_else(Reply::unknown)
    }

    /// The reply where the script's answer cannot be read.
    pub fn unreadable(&self, flaw: Flaw) -> Reply {
        match self.cancelling {
            Some(cancelling) => cancelling.reply_after(&Map::new()),
            None => script_answer::unreadable(self.recorded.request().action.is_read(), flaw),
        }
    }
}
