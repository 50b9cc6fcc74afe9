//! The id of a request, which its answer repeats.

use serde_json::{Number, Value};

/// An id that the client chose: a string of at most 64 bytes or an integer within ±2⁵³, echoed exactly.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Id {
    Text(String),
    Integer(i64),
}

impl Id {
    pub fn to_value(&self) -> Value {
        match self {
            Id::Text(text) => Value::String(text.clone()),
            Id::Integer(integer) => Value::Number(Number::from(*integer)),
        }
    }
}
