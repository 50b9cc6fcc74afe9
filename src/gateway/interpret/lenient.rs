//! Lenient parsing of parameters, for clients of the original protocol.
//!
//! The result is in the strict form, which is checked, recorded and relayed. The answer reports what was ignored or clamped.

use serde_json::{Map, Value, json};

use super::ENVELOPE;
use crate::command::{Action, Adjusted, Handler, Tag, nearest, soften};

/// A key whose misspelling is an error: ignoring it would drop the client's precondition.
const OVERWRITE: &str = "overwrite";
/// Whether a value beyond the range that only Live knows is brought into it, as clients of the original's fork expect.
const CLAMP: &str = "clamp";
/// The most ignored keys that the answer names.
const NAMED_MAX: usize = 16;
/// Up to this length, a key resembles another only if one letter differs.
const SHORT: usize = 4;

/// Convert the parameters of an action to the strict form; returns the fields to add to the answer, or `None` if nothing changed.
pub fn read(action: &Action, keys: &mut Map<String, Value>) -> Option<Box<Map<String, Value>>> {
    if !may_be_lenient(action) {
        return None;
    }
    let mut adjusted = Adjusted::default();
    let resembles = |key: &str| resembles_a_term(key) && action.param_called(key).is_none();
    soften(&action.params, keys, resembles, &mut adjusted);
    // The original replaced what was there. True is destructive, and is permitted or refused as such.
    for by_default in [OVERWRITE, CLAMP] {
        if action.param(by_default).is_some() && !keys.contains_key(by_default) {
            keys.insert(by_default.into(), Value::Bool(true));
        }
    }
    let Adjusted { mut ignored, clamped } = adjusted;
    let mut fields = Map::new();
    if !ignored.is_empty() {
        ignored.truncate(NAMED_MAX);
        fields.insert("ignored".into(), json!(ignored));
    }
    if !clamped.is_empty() {
        fields.insert("clamped".into(), Value::Object(clamped));
    }
    (!fields.is_empty()).then(|| Box::new(fields))
}

fn may_be_lenient(action: &Action) -> bool {
    let strict = [Tag::Destructive, Tag::Sensitive, Tag::Costly, Tag::Admin];
    action.handler == Handler::Live && !strict.into_iter().any(|tag| action.access.contains(tag))
}

fn resembles_a_term(key: &str) -> bool {
    let folded = key.to_ascii_lowercase();
    let near = |term: &str| {
        let edits_max = if term.len() <= SHORT { 1 } else { 2 };
        nearest::is_within(edits_max, &folded, term)
    };
    ENVELOPE.into_iter().chain([OVERWRITE]).any(near)
}
