//! Strict JSON: bounded depth, unique keys, finite numbers.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::wire::refusal::{Code, Refusal};

/// Parse exactly one object.
pub fn parse_object(line: &[u8], depth_max: usize) -> Result<Map<String, Value>, Refusal> {
    let refuse = |error: serde_json::Error| Refusal::new(Code::InvalidJson, describe(&error));
    let text = std::str::from_utf8(line).map_err(|_| Refusal::new(Code::InvalidJson, "the line is not UTF-8"))?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict { depth_left: depth_max }.deserialize(&mut reader).map_err(refuse)?;
    reader.end().map_err(refuse)?;
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(Refusal::new(Code::InvalidJson, "a request must be one JSON object")),
    }
}

/// The error message of serde_json, with its position. A line has one line; messages of other doors may have more.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or_default();
    let line = if error.line() > 1 { format!("line {}, ", error.line()) } else { String::new() };
    format!("the line is not valid JSON: {reason} ({line}byte {})", error.column())
}

#[derive(Clone, Copy)]
struct Strict {
    depth_left: usize,
}

impl Strict {
    fn deeper<E: Error>(self) -> Result<Strict, E> {
        let depth_left = self.depth_left.checked_sub(1).ok_or_else(|| E::custom("it is nested too deeply"))?;
        Ok(Strict { depth_left })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                // Two parsers that resolve a duplicate key differently would see different requests.
                return Err(A::Error::custom("a key occurs twice"));
            }
            let value = entries.next_value_seed(inner)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
