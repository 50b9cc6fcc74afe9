//! Reads a message strictly, and finds the arguments of a call as the client wrote them.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Arguments;

/// A message that is one JSON object.
pub struct Read {
    pub value: Value,
    /// Of a call, as the client wrote them.
    pub arguments: Option<Arguments>,
}

/// What is no message, and why.
#[derive(Debug)]
pub struct Unreadable {
    /// The id of the request, if it can be read.
    pub id: Value,
    pub reason: String,
}

/// The method that calls a tool.
const CALL: &str = "tools/call";

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct CallParams<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
}

/// Read a message. `rmcp` reads it again for itself: keys that stand twice are an error here, or the two could differ.
pub fn read(bytes: &Bytes) -> Result<Read, Unreadable> {
    let unreadable = |id: Value, reason: String| Unreadable { id, reason };
    let value: Value = serde_json::from_slice(bytes).map_err(|error| unreadable(Value::Null, error.to_string()))?;
    if !value.is_object() {
        return Err(unreadable(Value::Null, "a message is one JSON object".to_owned()));
    }
    let id = || value.get("id").filter(|id| id.is_string() || id.is_number()).cloned().unwrap_or_default();
    let envelope: Envelope<'_> = serde_json::from_slice(bytes).map_err(|error| unreadable(id(), error.to_string()))?;
    if envelope.method.as_deref() != Some(CALL) {
        return Ok(Read { value, arguments: None });
    }
    let params = envelope.params.map_or("{}", RawValue::get);
    let params: CallParams<'_> = serde_json::from_str(params).map_err(|error| unreadable(id(), error.to_string()))?;
    if params.name.is_none() {
        return Err(unreadable(id(), "a call names its tool".to_owned()));
    }
    let arguments = params.arguments.map_or("{}", RawValue::get);
    if !arguments.starts_with('{') {
        return Err(unreadable(id(), "the arguments must be one JSON object".to_owned()));
    }
    // `params` borrows from the message, so the arguments are a part of it.
    let arguments = Arguments(Bytes::copy_from_slice(arguments.as_bytes()));
    Ok(Read { value, arguments: Some(arguments) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &'static str) -> String {
        read(&Bytes::from_static(text.as_bytes())).err().map(|unreadable| unreadable.reason).unwrap_or_default()
    }

    #[test]
    fn arguments_stay_as_the_client_wrote_them() {
        let text = r#"{"method":"tools/call","params":{"name":"a","arguments": {"b":1.0,"b":2} }}"#;
        let read = read(&Bytes::from_static(text.as_bytes())).expect("a message");
        assert_eq!(read.arguments.expect("arguments").0, r#"{"b":1.0,"b":2}"#);
    }

    #[test]
    fn what_two_readers_could_read_differently_is_refused() {
        for text in [
            r#"{"method":"tools/call","method":"tools/list"}"#,
            r#"{"method":"tools/call","params":{"name":"a","name":"b"}}"#,
            r#"{"method":"tools/call","params":{"name":"a","arguments":{},"arguments":{}}}"#,
            r#"{"method":"tools/call","params":{"name":"a"},"params":{"name":"b"}}"#,
        ] {
            assert!(reason(text).contains("duplicate"), "{text}: {}", reason(text));
        }
        assert!(reason(r#"{"method":"tools/call","params":{"name":"a","arguments":[1]}}"#).contains("one JSON object"));
        assert!(reason("[1]").contains("one JSON object"));
        assert!(!reason("{} {}").is_empty());
    }
}
