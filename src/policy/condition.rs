//! Conditions on the set: a client's precondition, or the scope of a rule. The script evaluates them in the tick of the change.
//! `script/LiveGate/conditions.py` defines their meaning; `tests/guards.json` holds both implementations to it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::name_patterns::{self, PATTERN_CHARS_MAX};
use crate::command::nearest;

/// Kinds of objects that a condition may name.
pub const KINDS: [&str; 5] = ["track", "clip", "scene", "device", "return"];
/// States of the set.
pub const STATES: [&str; 3] = ["playing", "recording", "armed"];
const PATTERNS_MAX: usize = 64;
const NAME_CHARS_MAX: usize = 256;
const INDEX_MAX: u64 = i32::MAX as u64;

/// A validated condition: every member must hold. It is sent to the script unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition(Map<String, Value>);

/// What a condition is compared with: objects by kind, and states.
#[derive(Debug, Default)]
pub struct Situation {
    pub names: BTreeMap<String, Vec<Named>>,
    pub states: BTreeMap<String, bool>,
}

/// An object, as conditions are compared with it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "NamedEntry")]
pub struct Named {
    pub name: String,
    /// `None` if the object has no index, or if it is not known; -1 for a name that the request would assign.
    pub index: Option<i64>,
}

/// The form in test cases: the name, or the name with the index.
#[derive(Deserialize)]
#[serde(untagged)]
enum NamedEntry {
    Name(String),
    Whole { name: String, index: i64 },
}

impl From<NamedEntry> for Named {
    fn from(entry: NamedEntry) -> Named {
        match entry {
            NamedEntry::Name(name) => Named { name, index: None },
            NamedEntry::Whole { name, index } => Named { name, index: Some(index) },
        }
    }
}

/// How a condition on names combines over several objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    Each,
    Any,
}

impl Condition {
    /// Validate a condition; the error describes the mistake.
    pub fn parse(value: Value) -> Result<Condition, String> {
        let Value::Object(members) = value else { return Err("a condition is an object".into()) };
        if members.is_empty() {
            return Err("a condition has at least one member".into());
        }
        for (member, wanted) in &members {
            check(member, wanted)?;
        }
        if pattern_chars(&members) > PATTERN_CHARS_MAX {
            return Err(format!("the patterns of a condition have at most {PATTERN_CHARS_MAX} characters together"));
        }
        Ok(Condition(members))
    }

    /// The characters of its patterns.
    pub fn pattern_chars(&self) -> usize {
        pattern_chars(&self.0)
    }

    pub fn to_value(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// The kinds of objects that the condition mentions. A kind may occur more than once.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|(member, wanted)| {
            let listed = wanted.as_array().filter(|_| member == "exists" || member == "absent");
            let named = Some(member.as_str()).filter(|member| KINDS.contains(member));
            named.into_iter().chain(listed.into_iter().flatten().filter_map(Value::as_str))
        })
    }

    /// The states of the set that the condition mentions.
    pub fn states(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str).filter(|member| STATES.contains(member))
    }

    pub fn holds(&self, situation: &Situation, of: Quantifier) -> bool {
        self.0.iter().all(|(member, wanted)| holds(member, wanted, situation, of))
    }
}

fn check(member: &str, wanted: &Value) -> Result<(), String> {
    match wanted {
        _ if STATES.contains(&member) => {
            if wanted.is_boolean() {
                Ok(())
            } else {
                Err(format!("{member} must be true or false"))
            }
        }
        Value::Array(kinds) if member == "exists" || member == "absent" => {
            let are_kinds = kinds.iter().all(|kind| kind.as_str().is_some_and(|kind| KINDS.contains(&kind)));
            if are_kinds && kinds.len() <= KINDS.len() {
                Ok(())
            } else {
                Err(format!("{member} must be an array of {}", KINDS.join(", ")))
            }
        }
        Value::String(name) if KINDS.contains(&member) => check_name(member, name),
        Value::Array(patterns) if KINDS.contains(&member) && patterns.len() <= PATTERNS_MAX => {
            patterns.iter().try_for_each(|pattern| match pattern {
                Value::String(pattern) => check_name(member, pattern),
                index if index.as_u64().is_some_and(|index| index <= INDEX_MAX) => Ok(()),
                _ => Err(format!("{member} must hold patterns (strings) and indexes (integers from 0), got {pattern}")),
            })
        }
        _ if KINDS.contains(&member) => {
            Err(format!("{member} must be a name, or an array of at most {PATTERNS_MAX} patterns"))
        }
        _ if member == "exists" || member == "absent" => {
            Err(format!("{member} must be an array of {}", KINDS.join(", ")))
        }
        _ => {
            let all = KINDS.into_iter().chain(["exists", "absent"]).chain(STATES);
            let meant = nearest::among(member, all).map(|meant| format!("; did you mean {meant}?"));
            let kinds = KINDS.join(", ");
            let states = STATES.join(", ");
            let meant = meant.unwrap_or_default();
            Err(format!("{member} is not a condition; the conditions are {kinds}, exists, absent, {states}{meant}"))
        }
    }
}

fn pattern_chars(members: &Map<String, Value>) -> usize {
    members
        .values()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(Value::as_str)
        .map(|text| text.chars().count())
        .sum()
}

fn check_name(member: &str, name: &str) -> Result<(), String> {
    if name.chars().count() <= NAME_CHARS_MAX && !name.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(format!("{member} must have at most {NAME_CHARS_MAX} characters, and no control characters"))
    }
}

fn holds(member: &str, wanted: &Value, situation: &Situation, of: Quantifier) -> bool {
    let there = |kind: &str| situation.names.get(kind).map_or(&[][..], Vec::as_slice);
    let indexes: Vec<i64> = wanted.as_array().into_iter().flatten().filter_map(Value::as_i64).collect();
    let is_listed = |object: &&Named| object.index.is_some_and(|index| indexes.contains(&index));
    let kinds = || wanted.as_array().into_iter().flatten().filter_map(Value::as_str);
    match member {
        "exists" => kinds().all(|kind| !there(kind).is_empty()),
        "absent" => kinds().all(|kind| there(kind).is_empty()),
        _ if STATES.contains(&member) => situation.states.get(member).copied() == wanted.as_bool(),
        // An object whose index is not known could be each of them.
        kind if of == Quantifier::Any => {
            let by_index = |object: &Named| object.index.is_none() || is_listed(&object);
            !indexes.is_empty() && there(kind).iter().any(by_index)
                || name_patterns::denied(wanted, there(kind).iter().map(|object| object.name.as_str()))
        }
        kind => {
            let others = there(kind).iter().filter(|object| !is_listed(object));
            !there(kind).is_empty() && name_patterns::allowed(wanted, others.map(|object| object.name.as_str()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_kinds_are_those_of_members_and_lists() {
        let kinds = |value: Value| {
            let condition = Condition::parse(value).expect("a condition");
            condition.kinds().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(kinds(json!({"track": ["scene", "A*"], "playing": true})), ["track"]);
        assert_eq!(kinds(json!({"exists": ["scene", "clip"]})), ["scene", "clip"]);
        assert_eq!(kinds(json!({"absent": ["device"], "track": "A"})), ["device", "track"]);
    }

    #[test]
    fn malformed_members_are_refused() {
        let long = "x".repeat(NAME_CHARS_MAX + 1);
        for value in [
            json!({"exists": ["tarck"]}),
            json!({"absent": [1]}),
            json!({"exists": ["track", "track", "track", "track", "track", "track", "track", "track", "track"]}),
            json!({"exists": "track"}),
            json!({"track": long}),
            json!({"track": ["a\u{7}"]}),
            json!({"track": "a\nb"}),
            json!({"playing": "yes"}),
        ] {
            assert!(Condition::parse(value.clone()).is_err(), "{value}");
        }
        let longest = "x".repeat(NAME_CHARS_MAX);
        Condition::parse(json!({"track": longest, "exists": ["track"], "absent": []})).expect("a condition");
    }
}
