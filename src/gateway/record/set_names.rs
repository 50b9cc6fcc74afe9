//! Names of tracks, returns and scenes as the script last sent them. A refused request never reaches Live, so its row takes the names from here.

use serde_json::{Map, Value, json};

use crate::command::Action;

/// The names of each kind in the order of their indexes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SetNames {
    pub tracks: Vec<Box<str>>,
    pub returns: Vec<Box<str>>,
    pub scenes: Vec<Box<str>>,
}

/// Limits for one row.
const NAMES_MAX: usize = 32;
const CHARS_MAX: usize = 128;

impl SetNames {
    /// Parse a list of names from the script.
    pub fn list(value: &Value) -> Vec<Box<str>> {
        let names = value.as_array().into_iter().flatten();
        names.map(|name| name.as_str().unwrap_or_default().chars().take(CHARS_MAX).collect()).collect()
    }

    /// The names of the objects that these commands target, by kind: `{"track": ["Vocals"]}`. `None` if there are none.
    pub fn of<'a>(&self, commands: impl Iterator<Item = (&'static Action, &'a Map<String, Value>)>) -> Option<Value> {
        let mut found = Map::new();
        for (action, parameters) in commands {
            for (kind, list) in [("track", &self.tracks), ("return", &self.returns), ("scene", &self.scenes)] {
                let touched = action.touches.get(kind).and_then(Value::as_str).map(str::to_owned);
                let index = parameters.get(&touched.unwrap_or_else(|| format!("{kind}_index"))).and_then(Value::as_u64);
                let name = index.and_then(|index| list.get(usize::try_from(index).ok()?));
                let Some(name) = name.filter(|name| !name.is_empty()) else { continue };
                let names = found.entry(kind).or_insert_with(|| json!([])).as_array_mut().expect("a list of names");
                if names.len() < NAMES_MAX && !names.contains(&json!(name)) {
                    names.push(json!(name));
                }
            }
        }
        (!found.is_empty()).then_some(Value::Object(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::catalogue;

    #[test]
    fn targets_are_named_by_their_indexes() {
        let names = SetNames {
            tracks: SetNames::list(&json!(["Drums", "Vocals", ""])),
            returns: SetNames::list(&json!(["Echo"])),
            scenes: SetNames::list(&json!(["Intro"])),
        };
        for (action, parameters, expected) in [
            ("mute_track", json!({"track_index": 1}), Some(json!({"track": ["Vocals"]}))),
            (
                "set_track_send",
                json!({"track_index": 0, "send_index": 0, "value": 1}),
                Some(json!({"track": ["Drums"], "return": ["Echo"]})),
            ),
            ("launch_scene", json!({"scene_index": 0}), Some(json!({"scene": ["Intro"]}))),
            ("mute_track", json!({"track_index": 2}), None),
            ("mute_track", json!({"track_index": 3}), None),
            ("mute_track", json!({"track_index": "1"}), None),
            ("set_tempo", json!({"bpm": 1}), None),
        ] {
            let command = (catalogue().find(action).expect("an action"), parameters.as_object().expect("parameters"));
            assert_eq!(names.of([command, command].into_iter()), expected, "{action} {parameters}");
        }
    }
}
