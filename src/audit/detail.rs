//! What a change did, as the script tells it: the names of what was touched, and what was set, before and after.

use serde_json::{Map, Value};

use crate::wire::line;

/// Goes into the outcome's row and nowhere else.
///
/// `touched` has names by kind, `{"track": ["Vocals"]}`; `before` and `after` have values by member, `{"mute": false}`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detail(Map<String, Value>);

const PARTS: [&str; 3] = ["touched", "before", "after"];
/// Whether something was left out, because it was too much.
const OMITTED: &str = "omitted";

impl Detail {
    /// What an answer of the script's holds of it is taken out: a client is not told.
    pub fn take_from(answer: &mut Map<String, Value>, bytes_max: usize) -> Detail {
        let Some(Value::Object(told)) = answer.remove("trail") else { return Detail::default() };
        let omitted = told.get(OMITTED) == Some(&Value::Bool(true));
        let parts = told.into_iter().filter(|(name, part)| PARTS.contains(&name.as_str()) && part.is_object());
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

    pub fn members(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
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

    /// Promise: The trail names what changed
    #[test]
    fn what_is_for_the_trail_is_taken_out_of_the_answer() {
        let told = json!({"touched": {"track": ["Vocals"]}, "before": {"mute": false}, "after": {"mute": true}});
        assert_eq!(taken(json!({"ok": true, "trail": told}), 200), (told, json!({"ok": true})));
        assert_eq!(taken(json!({"ok": true}), 200), (json!({}), json!({"ok": true})));
    }

    #[test]
    fn what_is_unknown_or_too_much_does_not_reach_the_row() {
        let unknown = json!({"trail": {"time": 1, "after": "loud", "touched": {"track": ["Vocals"]}}});
        assert_eq!(taken(unknown, 200).0, json!({"touched": {"track": ["Vocals"]}}));
        let much = json!({"trail": {"after": {"name": "x".repeat(200)}}});
        assert_eq!(taken(much, 200).0, json!({"omitted": true}));
        let cut = json!({"trail": {"omitted": true, "touched": {"track": ["Vocals"]}}});
        assert_eq!(taken(cut, 200).0, json!({"omitted": true, "touched": {"track": ["Vocals"]}}));
        assert_eq!(taken(json!({"trail": 7}), 200), (json!({}), json!({})));
    }
}
