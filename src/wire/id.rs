//! The id of a request, which its answer repeats.

use serde_json::{Number, Value};

/// The id of a request, unique among those of its connection in flight.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Id {
    /// Chosen by the client, at most 64 bytes.
    Text(String),
    /// Chosen by the client, within ±2⁵³.
    Integer(i64),
    /// Assigned by a door whose requests have no ids. Answers do not repeat it.
    Door(u64),
}

impl Id {
    /// The id by which `cancel` refers to it.
    pub fn to_value(&self) -> Value {
        match self {
            Id::Text(text) => Value::String(text.clone()),
            Id::Integer(integer) => Value::Number(Number::from(*integer)),
            Id::Door(number) => Value::Number(Number::from(*number)),
        }
    }

    /// The id in the answer; `None` for one that a door assigned.
    pub fn echo(&self) -> Option<Value> {
        (!matches!(self, Id::Door(_))).then(|| self.to_value())
    }
}
