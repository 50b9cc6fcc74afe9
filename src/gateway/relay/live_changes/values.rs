//! The difference between two values of a topic, and the names of the objects concerned: a row describes one clip, not the clips beside it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::wire::topic::Topic;

/// The difference between two values of a topic.
#[derive(Debug, PartialEq)]
pub struct ValueDifference {
    /// For a list: how many equal items precede the difference.
    pub from: Option<usize>,
    pub before: Value,
    pub value: Value,
}

/// The kind of object whose names a topic's value contains.
pub fn kind_named(topic: Topic) -> Option<&'static str> {
    match topic.name() {
        "tracks" => Some("track"),
        "scenes" => Some("scene"),
        "return_tracks" => Some("return"),
        "track_devices" | "return_devices" | "master_devices" => Some("device"),
        "track_clips" => Some("clip"),
        _ => None,
    }
}

impl ValueDifference {
    pub fn between(topic: Topic, before: Value, value: Value) -> ValueDifference {
        match (before, value) {
            (Value::Array(before), Value::Array(value)) if kind_named(topic).is_some() => {
                ValueDifference::lists(before, value)
            }
            (Value::Object(before), Value::Object(value)) => ValueDifference {
                from: None,
                before: without_same(&before, &value).into(),
                value: without_same(&value, &before).into(),
            },
            (before, value) => ValueDifference { from: None, before, value },
        }
    }

    /// Remove the common prefix and suffix.
    fn lists(mut before: Vec<Value>, mut value: Vec<Value>) -> ValueDifference {
        let from = before.iter().zip(&value).take_while(|(before, value)| before == value).count();
        let mut before = before.split_off(from);
        let mut value = value.split_off(from);
        let same = before.iter().rev().zip(value.iter().rev()).take_while(|(before, value)| before == value).count();
        before.truncate(before.len() - same);
        value.truncate(value.len() - same);
        ValueDifference { from: Some(from), before: before.into(), value: value.into() }
    }

    /// The difference as members of an event.
    pub fn members(self) -> Map<String, Value> {
        let from = self.from.map(|from| ("from".to_owned(), from.into()));
        let values = [("before".to_owned(), self.before), ("value".to_owned(), self.value)];
        from.into_iter().chain(values).collect()
    }
}

/// The names that were added, removed or already there, once each.
pub fn names(members: &Map<String, Value>) -> Vec<Value> {
    let texts = |key: &str| match members.get(key) {
        Some(Value::Array(names)) => names.clone(),
        Some(Value::Object(names)) => names.values().cloned().collect(),
        _ => Vec::new(),
    };
    let names = texts("before").into_iter().chain(texts("value"));
    let names: BTreeSet<String> = names.filter_map(|name| name.as_str().map(str::to_owned)).collect();
    names.into_iter().filter(|name| !name.is_empty()).map(Value::from).collect()
}

fn without_same(members: &Map<String, Value>, others: &Map<String, Value>) -> Map<String, Value> {
    let different = members.iter().filter(|(name, value)| others.get(*name) != Some(value));
    different.map(|(name, value)| (name.clone(), value.clone())).collect()
}
