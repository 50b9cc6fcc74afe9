//! One sender's listeners: which topics it follows, and where their values go.

use std::collections::HashMap;

use rosc::OscType;
use serde_json::{Map, Value};

use super::plan::Listener;
use super::values;
use crate::wire::topic::{SET_LOAD, Topic};

/// Listeners by topic.
#[derive(Default)]
pub struct Listeners {
    by_topic: HashMap<Topic, Vec<Following>>,
    /// Whether it was said which set is loaded.
    knows_set: bool,
}

struct Following {
    listener: Listener,
    /// What was sent last.
    last: Option<Value>,
}

/// A message for the sender.
pub struct Outgoing {
    pub address: &'static str,
    pub arguments: Vec<OscType>,
}

/// Sent when another set was loaded: its objects are others.
pub const STARTUP: &str = "/live/startup";
/// AbletonOSC sends no beat when a client begins to listen, but at each beat from then on.
const BEAT: &str = "beat";

impl Listeners {
    pub fn count(&self) -> usize {
        self.by_topic.values().map(Vec::len).sum()
    }

    pub fn all(&self) -> Vec<Listener> {
        self.by_topic.values().flatten().map(|following| following.listener.clone()).collect()
    }

    /// Add a listener, or let one begin anew. Returns its topic, for the session to subscribe to.
    pub fn add(&mut self, listener: Listener) -> Result<Topic, String> {
        let topic = Topic::read(&listener.topic)?;
        let all = self.by_topic.entry(topic).or_default();
        all.retain(|following| following.listener != listener);
        all.push(Following { listener, last: None });
        Ok(topic)
    }

    /// Remove a listener. Returns its topic if it has no other listener.
    pub fn remove(&mut self, listener: &Listener) -> Option<Topic> {
        let topic = Topic::read(&listener.topic).ok()?;
        let all = self.by_topic.get_mut(&topic)?;
        all.retain(|following| following.listener != *listener);
        if !all.is_empty() {
            return None;
        }
        self.by_topic.remove(&topic);
        Some(topic)
    }

    /// The messages for a value, a line of JSON. `Err`: nothing is there to listen to.
    pub fn deliver(&mut self, line: &[u8]) -> Result<Vec<Outgoing>, String> {
        let mut fields: Map<String, Value> = serde_json::from_slice(line).unwrap_or_default();
        let value = fields.remove("value").unwrap_or_default();
        for envelope in ["seq", "clock_ms", "in_live"] {
            fields.remove(envelope);
        }
        let Ok(topic) = Topic::read(&fields) else { return Ok(Vec::new()) };
        if topic.name() == SET_LOAD {
            let is_another = std::mem::replace(&mut self.knows_set, true);
            let startup = is_another.then(|| Outgoing { address: STARTUP, arguments: Vec::new() });
            return Ok(startup.into_iter().collect());
        }
        let mut outgoing = Vec::new();
        for following in self.by_topic.get_mut(&topic).into_iter().flatten() {
            let own = following.listener.field.map_or(&value, |field| member(&value, field));
            let is_first = following.last.is_none();
            if is_first && value.is_null() {
                return Err(format!("cannot listen to {}: there is no such object", following.listener.reply_to));
            }
            if following.last.as_ref() == Some(own) {
                continue;
            }
            following.last = Some(own.clone());
            if own.is_null() || is_first && topic.name() == BEAT {
                continue;
            }
            let mut arguments = following.listener.echo.clone();
            values::push(&mut arguments, own);
            outgoing.push(Outgoing { address: following.listener.reply_to, arguments });
        }
        Ok(outgoing)
    }
}

/// A member of an object, or an item of a list.
fn member<'a>(value: &'a Value, field: &str) -> &'a Value {
    match (value, field.parse::<usize>()) {
        (Value::Array(items), Ok(index)) => items.get(index).unwrap_or(&Value::Null),
        _ => &value[field],
    }
}
