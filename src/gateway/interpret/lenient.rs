//! Reads parameters as clients of the original protocol write them (leniency), before anything is decided.
//!
//! The strict form that comes out is what is checked, recorded and relayed; the answer says what was ignored or clamped.

use serde_json::{Map, Value, json};

use super::ENVELOPE;
use crate::command::{Action, Adjusted, Handler, Tag, nearest, soften};

/// Keys whose misspelling must not be ignored: it would drop a condition of the client's.
const OVERWRITE: &str = "overwrite";
/// So many ignored keys are named in the answer.
const NAMED_MAX: usize = 16;
/// A shorter word resembles another only if one letter differs.
const SHORT: usize = 4;

/// Soften the parameters of an action; returns the fields that the answer gets, or `None` if there are none.
pub fn read(action: &Action, keys: &mut Map<String, Value>) -> Option<Box<Map<String, Value>>> {
    if !may_be_lenient(action) {
        return None;
    }
    let mut adjusted = Adjusted::default();
    let resembles = |key: &str| resembles_a_term(key) && action.param_called(key).is_none();
    soften(&action.params, keys, resembles, &mut adjusted);
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
