//! Names the target of an action or an event: its indices, with the names at that time.

use serde_json::{Map, Value};

use crate::command::catalogue;

type Fields = Map<String, Value>;

/// Kinds of objects, each with the parameters that hold its index.
const KINDS: [(&str, &[&str]); 6] = [
    ("track", &["track_index"]),
    ("return", &["return_index"]),
    ("master", &[]),
    ("scene", &["scene_index"]),
    ("clip", &["clip_index", "scene_index"]),
    ("device", &["device_index"]),
];

/// The target of an action by index and name, such as `track 2 "Vocals", clip 0`, and the parameters that do not name it.
pub fn target(action: &str, parameters: &Fields, touched: Option<&Fields>) -> (String, Fields) {
    let mut parts = Vec::new();
    let mut rest = parameters.clone();
    rest.remove("action");
    rest.remove("event");
    for (kind, keys) in KINDS {
        let index = keys.iter().find_map(|key| rest.remove(*key)).map(|index| format!(" {index}"));
        let names = touched.and_then(|touched| touched.get(kind)).and_then(Value::as_array);
        // The first name: a rename lists the old name first.
        let name = names.and_then(|names| names.first()).filter(|name| name.is_string()).map(|name| format!(" {name}"));
        if index.is_some() || name.is_some() {
            parts.push(format!("{kind}{}{}", index.unwrap_or_default(), name.unwrap_or_default()));
        }
    }
    // Such as `param_index`, the index of a device's parameter.
    let targets = catalogue().find(action).into_iter().flat_map(|action| action.target_params());
    for param in targets {
        if let Some(value) = rest.remove(&param.name) {
            parts.push(format!("{} {value}", param.name.trim_end_matches("_index").trim_end_matches("_name")));
        }
    }
    let target = if parts.is_empty() { "set".to_owned() } else { parts.join(", ") };
    (target, rest)
}
