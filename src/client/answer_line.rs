//! An unparsed answer, of which only the fields that identify it are parsed.

use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::error::{Error, Result, failed};

pub struct AnswerLine {
    pub(super) line: Bytes,
    pub(super) envelope: Envelope,
}

/// The fields that identify an answer. Other fields are skipped and take no memory.
#[derive(Deserialize)]
pub(super) struct Envelope {
    pub id: Option<Value>,
    ok: Option<Value>,
    category: Option<Value>,
    error: Option<Value>,
    pub event: Option<IgnoredAny>,
}

impl AnswerLine {
    pub(crate) fn of(line: Bytes) -> Result<AnswerLine> {
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
    /// Whether it refuses a line whose id the gateway could not read: only protocol errors have no id.
    pub fn refuses_unreadable(&self) -> bool {
        self.id.is_none() && self.category.as_ref().is_some_and(|category| category == "protocol")
    }

    /// Any other line without an id closes the connection.
    pub fn closing_error(&self) -> Error {
        match self.error.as_ref().and_then(Value::as_str) {
            Some(why) => failed(format!("the gateway closed the connection: {why}")),
            None => failed("the answer has no id; does a gateway listen there?"),
        }
    }
}
