//! The details of a change, reported by the script: the names of the touched objects, and the values before and after.

use serde_json::{Map, Value};

use crate::wire::line;

/// Written to the outcome's row only.
///
/// `touched` has names by kind, `{"track": ["Vocals"]}`; `before` and `after` have values by member, `{"mute": false}`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detail(Map<String, Value>);

const PARTS: [&str; 3] = ["touched", "before", "after"];
/// Present if details were omitted because of their size.
const OMITTED: &str = "omitted";

impl Detail {
    /// Remove the details from the script's answer, so that the client does not receive them.
    pub fn take_from(answer: &mut Map<String, Value>, bytes_max: usize) -> Detail {
        let Some(Value::Object(reported)) = answer.remove("trail") else { return Detail::default() };
        let omitted = reported.get(OMITTED) == Some(&Value::Bool(true));
        let parts = reported.into_iter().filter(|(name, part)| PARTS.contains(&name.as_str()) && part.is_object());
        let mut detail = Detail(parts.collect());
        let fits = line::ascii(&detail.0).len() <= bytes_max;
        if !fits {
            detail.0.clear();
        }
        if omitted || !fits {
            detail.0.insert(OMITTED.into(), Value::Bool(true));
        }
        detail
    }

    /// `touched`, `before`, `after` or `omitted`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn taken(answer: Value, bytes_max: usize) -> (Value, Value) {
        let Value::Object(mut answer) = answer else { panic!("an object") };
        let detail = Detail::take_from(&mut answer, bytes_max);
        (Value::Object(detail.0), Value::Object(answer))
    }

    /// Promise: The trail records what changed
    #[test]
    fn details_are_removed_from_the_answer() {
        let reported = json!({"touched": {"track": ["Vocals"]}, "before": {"mute": false}, "after": {"mute": true}});
        assert_eq!(taken(json!({"ok": true, "trail": reported}), 200), (reported, json!({"ok": true})));
        assert_eq!(taken(json!({"ok": true}), 200), (json!({}), json!({"ok": true})));
    }

    #[test]
    fn unknown_or_oversized_details_are_omitted() {
        let unknown = json!({"trail": {"time": 1, "after": "loud", "touched": {"track": ["Vocals"]}}});
        assert_eq!(taken(unknown, 200).0, json!({"touched": {"track": ["Vocals"]}}));
        let much = json!({"trail": {"after": {"name": "x".repeat(200)}}});
        assert_eq!(taken(much, 200).0, json!({"omitted": true}));
        let cut = json!({"trail": {"omitted": true, "touched": {"track": ["Vocals"]}}});
        assert_eq!(taken(cut, 200).0, json!({"omitted": true, "touched": {"track": ["Vocals"]}}));
        assert_eq!(taken(json!({"trail": 7}), 200), (json!({}), json!({})));
    }
}
