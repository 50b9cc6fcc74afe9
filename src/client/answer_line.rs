//! An answer as it came, of which only what tells answers apart has been read.

use anyhow::Result;
use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

pub struct AnswerLine {
    pub(super) line: Bytes,
    pub(super) envelope: Envelope,
}

/// What tells answers apart. Whatever else an answer holds is passed over, and takes no memory.
#[derive(Deserialize)]
pub(super) struct Envelope {
    pub id: Option<Value>,
    ok: Option<Value>,
    category: Option<Value>,
    error: Option<Value>,
    pub event: Option<IgnoredAny>,
}

impl AnswerLine {
    pub(super) fn of(line: Bytes) -> Result<AnswerLine> {
        Ok(AnswerLine { envelope: super::read(&line)?, line })
    }

    pub fn bytes(&self) -> &[u8] {
        &self.line
    }

    pub fn read(&self) -> Result<Map<String, Value>> {
        super::read(&self.line)
    }

    pub fn is_yes(&self) -> bool {
        self.envelope.ok == Some(Value::Bool(true))
    }

    pub fn is_no(&self) -> bool {
        self.envelope.ok == Some(Value::Bool(false))
    }
}

impl Envelope {
    /// Whether it refuses a line in which the gateway could not find an id: protocol is all that can be wrong with that.
    pub fn is_of_unreadable(&self) -> bool {
        self.id.is_none() && self.category.as_ref().is_some_and(|category| category == "protocol")
    }

    /// What else answers nothing that was asked is the gateway's last word.
    pub fn ended(&self) -> anyhow::Error {
        match self.error.as_ref().and_then(Value::as_str) {
            Some(why) => anyhow::anyhow!("the gateway ended the connection: {why}"),
            None => anyhow::anyhow!("what answers there does not say what it answers; does a gateway listen there?"),
        }
    }
}
