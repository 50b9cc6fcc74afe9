//! The id of a request, which its answer repeats.

use serde_json::{Number, Value};

/// What tells the requests of one connection apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Id {
    /// Chosen by the client, at most 64 bytes.
    Text(String),
    /// Chosen by the client, within ±2⁵³.
    Integer(i64),
    /// Given by a door whose requests have none. Answers do not repeat it.
    Door(u64),
}

impl Id {
    /// As `cancel` names it.
    pub fn to_value(&self) -> Value {
        match self {
            Id::Text(text) => Value::String(text.clone()),
            Id::Integer(integer) => Value::Number(Number::from(*integer)),
            Id::Door(number) => Value::Number(Number::from(*number)),
        }
    }

    /// As the answer repeats it.
    pub fn echo(&self) -> Option<Value> {
        (!matches!(self, Id::Door(_))).then(|| self.to_value())
    }
}
