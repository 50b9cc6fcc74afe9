//! The interface of a door to the common cases: a caller at the door.

use serde_json::{Value, json};

use crate::support::Studio;

/// A caller at a door. Each door has one implementation; the cases run through all of them.
pub trait Caller: Sized {
    /// The `channel` of its sessions' rows.
    const CHANNEL: &'static str;

    /// Connect, with a user's token or without a credential.
    async fn open(studio: &Studio, token: Option<&str>) -> Self;

    /// Send a request and wait for the answer, in the form of a line: `ok`, `code`, `error` and so on.
    async fn ask(&mut self, ask: &Ask) -> Value;

    /// What the door cannot express: the code by which it refuses it, and a part of the sentence.
    fn inexpressible(_: &Ask) -> Option<(&'static str, &'static str)> {
        None
    }

    /// Send a request and disconnect without waiting for the answer.
    async fn ask_and_hang_up(self, ask: &Ask);

    /// Subscribe to a topic. `Err`: the refusal.
    async fn subscribe(&mut self, studio: &Studio, topic: Value) -> Result<(), Value>;

    /// The value of the next event.
    async fn next_value(&mut self) -> Value;
}

/// A request, independent of a door's encoding.
#[derive(Clone, Debug)]
pub struct Ask {
    pub action: &'static str,
    /// The text of a JSON object, or invalid text.
    pub parameters: String,
    /// `expect`, `dry_run`, `deadline_ms`, `coalesce`.
    pub terms: Value,
    pub once: Option<&'static str>,
}

impl Ask {
    pub fn new(action: &'static str, parameters: Value) -> Ask {
        Ask::raw(action, parameters.to_string())
    }

    pub fn raw(action: &'static str, parameters: impl Into<String>) -> Ask {
        Ask { action, parameters: parameters.into(), terms: json!({}), once: None }
    }

    pub fn on(self, terms: Value) -> Ask {
        Ask { terms, ..self }
    }

    pub fn once(self, key: &'static str) -> Ask {
        Ask { once: Some(key), ..self }
    }

    /// Parameters and terms as the text of one object; invalid text is unchanged. `more` are further keys.
    pub fn body(&self, more: &[(&str, Value)]) -> String {
        let Some(rest) = self.parameters.trim_start().strip_prefix('{') else { return self.parameters.clone() };
        let terms = self.terms.as_object().expect("terms are an object").iter();
        let mut keys: Vec<String> = more.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        keys.extend(terms.map(|(key, value)| format!("\"{key}\":{value}")));
        let comma = if keys.is_empty() || rest.trim_start().starts_with('}') { "" } else { "," };
        format!("{{{}{comma}{rest}", keys.join(","))
    }
}
