//! What a door needs to run the cases: a caller that comes in by it.

use serde_json::{Value, json};

use crate::support::Studio;

/// A caller at a door. Every door of the gateway has one implementation, and the cases run through each.
pub trait Caller: Sized {
    /// The `channel` of its sessions' rows.
    const CHANNEL: &'static str;

    /// Come in, with a token of a user's or without a credential.
    async fn open(studio: &Studio, token: Option<&str>) -> Self;

    /// Ask and wait for the answer, in the form in which a line has it: `ok`, `code`, `error` and so on.
    async fn ask(&mut self, ask: &Ask) -> Value;

    /// What the door cannot express: the code by which it refuses it, and a part of the sentence.
    fn inexpressible(_: &Ask) -> Option<(&'static str, &'static str)> {
        None
    }

    /// Ask, and hang up without waiting for the answer.
    async fn ask_and_hang_up(self, ask: &Ask);

    /// Subscribe to a topic. `Err`: the refusal.
    async fn subscribe(&mut self, studio: &Studio, topic: Value) -> Result<(), Value>;

    /// The value of the next event.
    async fn next_value(&mut self) -> Value;
}

/// One request, apart from how a door writes it.
#[derive(Clone, Debug)]
pub struct Ask {
    pub action: &'static str,
    /// The text of a JSON object, or of what should be one.
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

    /// Parameters and terms as the text of one object; what is no object stays as it is. `more` are further keys.
    pub fn body(&self, more: &[(&str, Value)]) -> String {
        let Some(rest) = self.parameters.trim_start().strip_prefix('{') else { return self.parameters.clone() };
        let terms = self.terms.as_object().expect("terms are an object").iter();
        let mut keys: Vec<String> = more.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        keys.extend(terms.map(|(key, value)| format!("\"{key}\":{value}")));
        let comma = if keys.is_empty() || rest.trim_start().starts_with('}') { "" } else { "," };
        format!("{{{}{comma}{rest}", keys.join(","))
    }
}
