//! Topics that clients can subscribe to: an event, with the indexes of the object in the set.

use serde_json::{Map, Value};

/// An event of one object, such as the volume of track 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Topic {
    kind: usize,
    indexes: [u32; INDEXES_MAX],
    /// Where its device is inside racks; empty for a device of the track's own chain.
    in_racks: InRacks,
}

/// What follows the first index of a device's path: a chain, a device in it, and so on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct InRacks {
    steps: [u32; DEVICE_PATH_MAX - 1],
    len: usize,
}

/// An event in the protocol.
#[derive(Debug)]
struct Kind {
    name: &'static str,
    /// The parameters that identify the object.
    indexes: &'static [&'static str],
    /// The reading actions whose rights a subscription requires: one for each kind of object whose name the event contains.
    rights: &'static [&'static str],
}

/// The number of slots that `track_clips` covers, from the one that it names. The script has the same constant.
pub const SLOTS_PER_TOPIC: usize = 64;
const INDEXES_MAX: usize = 3;
/// The longest `device_path` of a topic. The script has the same constant.
pub const DEVICE_PATH_MAX: usize = 9;
pub(crate) const DEVICE_INDEX: &str = "device_index";
/// Names a device inside racks, in place of `device_index`.
pub const DEVICE_PATH: &str = "device_path";
const INDEX_MAX: u64 = (1 << 31) - 1;
/// A set was loaded. The gateway publishes it when the script starts again.
pub const SET_LOAD: &str = "set_load";
/// The number of pending proposals. The gateway publishes it.
pub const APPROVALS: &str = "approvals";

const KINDS: [Kind; 66] = [
    kind("tempo", &[], &["get_session_info"]),
    kind("transport", &[], &["get_session_info"]),
    kind("selection", &[], &["get_session_info", "get_track_info"]),
    kind("tracks", &[], &["get_track_info"]),
    kind("scenes", &[], &["get_scene_info"]),
    kind("return_tracks", &[], &["get_return_track_info"]),
    kind(SET_LOAD, &[], &["get_session_info"]),
    kind(APPROVALS, &[], &["approval_list"]),
    kind("track_name", &["track_index"], &["get_track_info"]),
    kind("track_volume", &["track_index"], &["get_track_info"]),
    kind("track_pan", &["track_index"], &["get_track_info"]),
    kind("track_mute", &["track_index"], &["get_track_info"]),
    kind("track_solo", &["track_index"], &["get_track_info"]),
    kind("track_arm", &["track_index"], &["get_track_info"]),
    kind("track_send", &["track_index", "send_index"], &["get_track_sends"]),
    kind("track_sends", &["track_index"], &["get_track_sends"]),
    kind("track_devices", &["track_index"], &["get_track_devices"]),
    kind("track_clips", &["track_index", "clip_index"], &["get_clip_info"]),
    kind("return_devices", &["return_index"], &["get_return_track_info", "get_track_devices"]),
    kind("return_volume", &["return_index"], &["get_return_track_info"]),
    kind("return_name", &["return_index"], &["get_return_track_info"]),
    kind("return_pan", &["return_index"], &["get_return_track_info"]),
    kind("return_mute", &["return_index"], &["get_return_track_info"]),
    kind("return_solo", &["return_index"], &["get_return_track_info"]),
    kind("return_sends", &["return_index"], &["get_return_track_sends"]),
    kind("return_color", &["return_index"], &["get_return_track_info"]),
    kind("master_volume", &[], &["get_master_track_info"]),
    kind("master_name", &[], &["get_master_track_info"]),
    kind("master_pan", &[], &["get_master_track_info"]),
    kind("master_color", &[], &["get_master_track_info"]),
    kind("master_devices", &[], &["get_master_devices"]),
    kind("clip_state", &["track_index", "clip_index"], &["get_clip_info"]),
    kind("clip_name", &["track_index", "clip_index"], &["get_clip_info"]),
    kind("scene_state", &["scene_index"], &["get_scene_info"]),
    kind("device_parameter", &["track_index", "device_index", "param_index"], &["get_device_parameters"]),
    kind("beat", &[], &["get_session_info"]),
    kind("song_position", &[], &["get_session_info"]),
    kind("playing_slot", &["track_index"], &["get_track_info"]),
    kind("playing_position", &["track_index", "clip_index"], &["get_clip_info"]),
    kind("track_color", &["track_index"], &["get_track_info"]),
    kind("clip_color", &["track_index", "clip_index"], &["get_clip_info"]),
    kind("clip_notes", &["track_index", "clip_index"], &["get_clip_info"]),
    kind("meters", &["track_index"], &["get_track_info"]),
    kind("arrangement_clips", &["track_index"], &["get_arrangement_clips"]),
    kind("rack_chains", &["track_index", "device_index"], &["get_device_chains"]),
    kind("chain_devices", &["track_index", "device_index", "chain_index"], &["get_chain_devices"]),
    kind("return_meters", &["return_index"], &["get_return_track_info"]),
    kind("master_meters", &[], &["get_master_track_info"]),
    kind("song_properties", &[], &["get_song_properties"]),
    kind("track_properties", &["track_index"], &["get_track_properties"]),
    kind("track_level", &["track_index"], &["get_track_properties"]),
    kind("clip_properties", &["track_index", "clip_index"], &["get_clip_properties"]),
    kind("slot_properties", &["track_index", "clip_index"], &["get_slot_properties"]),
    kind("scene_properties", &["scene_index"], &["get_scene_properties"]),
    kind("parameter_text", &["track_index", "device_index", "param_index"], &["get_device_parameters"]),
    kind("device_properties", &["track_index", "device_index"], &["get_device_properties"]),
    kind("return_device_parameter", &["return_index", "device_index", "param_index"], &["get_return_device_params"]),
    kind("return_parameter_text", &["return_index", "device_index", "param_index"], &["get_return_device_params"]),
    kind("return_device_properties", &["return_index", "device_index"], &["get_return_device_properties"]),
    kind("return_rack_chains", &["return_index", "device_index"], &["get_return_device_chains"]),
    kind("return_chain_devices", &["return_index", "device_index", "chain_index"], &["get_return_chain_devices"]),
    kind("master_device_parameter", &["device_index", "param_index"], &["get_master_device_params"]),
    kind("master_parameter_text", &["device_index", "param_index"], &["get_master_device_params"]),
    kind("master_device_properties", &["device_index"], &["get_master_device_properties"]),
    kind("master_rack_chains", &["device_index"], &["get_master_device_chains"]),
    kind("master_chain_devices", &["device_index", "chain_index"], &["get_master_chain_devices"]),
];

const fn kind(name: &'static str, indexes: &'static [&'static str], rights: &'static [&'static str]) -> Kind {
    Kind { name, indexes, rights }
}

/// The parameters that identify the object of an event; `None`: there is no such event.
pub fn index_names(event: &str) -> Option<&'static [&'static str]> {
    KINDS.iter().find(|kind| kind.name == event).map(|kind| kind.indexes)
}

impl Topic {
    /// Parses a topic as a client or the script writes it. The caller removes an event's `value` and `seq` first.
    pub fn read(fields: &Map<String, Value>) -> Result<Topic, String> {
        let name = fields.get("event").and_then(Value::as_str).ok_or("a topic must have an event")?;
        let kind = KINDS.iter().position(|kind| kind.name == name).ok_or_else(|| {
            let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
            format!("that event does not exist; the events are {}", names.join(", "))
        })?;
        let mut topic = Topic { kind, indexes: [0; INDEXES_MAX], in_racks: InRacks::default() };
        for (place, index) in KINDS[kind].indexes.iter().enumerate() {
            topic.indexes[place] = match fields.get(DEVICE_PATH) {
                Some(path) if *index == DEVICE_INDEX => topic.in_racks.read(path, fields.get(DEVICE_INDEX))?,
                _ => fields
                    .get(*index)
                    .and_then(as_index)
                    .ok_or_else(|| format!("{name} needs {index}, an integer from 0"))?,
            };
        }
        let is_of_device = KINDS[kind].indexes.contains(&DEVICE_INDEX);
        let known = |key: &String| {
            key == "event" || KINDS[kind].indexes.contains(&key.as_str()) || (is_of_device && key == DEVICE_PATH)
        };
        match fields.keys().find(|key| !known(key)) {
            Some(_) if KINDS[kind].indexes.is_empty() => Err(format!("{name} takes no index")),
            Some(_) => Err(format!("{name} takes {} and nothing else", KINDS[kind].indexes.join(", "))),
            None => Ok(topic),
        }
    }

    /// Parses a topic as a URL writes it: the event, and after colons the indexes of its object, as in `track_volume:0`;
    /// a device inside racks by its path, as in `device_parameter:0:0.1.0:3`.
    pub fn read_text(text: &str) -> Result<Topic, String> {
        let mut parts = text.split(':');
        let name = parts.next().unwrap_or_default();
        let mut fields = Map::from_iter([("event".to_owned(), Value::from(name))]);
        let kind = KINDS.iter().find(|kind| kind.name == name);
        for index in kind.map(|kind| kind.indexes).unwrap_or_default() {
            fields.extend(parts.next().and_then(|part| index_of_text(index, part)));
        }
        match parts.next() {
            Some(_) if kind.is_some() => Err(format!("{name} has too many indexes")),
            _ => Topic::read(&fields),
        }
    }

    /// The event in requests and roles, such as `track_volume`.
    pub fn name(&self) -> &'static str {
        KINDS[self.kind].name
    }

    /// The names of all events.
    pub fn names() -> impl Iterator<Item = &'static str> {
        KINDS.iter().map(|kind| kind.name)
    }

    /// The actions whose rights a subscription requires.
    pub fn rights(&self) -> &'static [&'static str] {
        KINDS[self.kind].rights
    }

    /// Whether the gateway itself publishes it.
    pub fn is_of_gateway(&self) -> bool {
        self.is_set_load() || self.is_approvals()
    }

    pub(crate) fn is_approvals(&self) -> bool {
        self.name() == APPROVALS
    }

    pub(crate) fn is_set_load(&self) -> bool {
        self.name() == SET_LOAD
    }

    /// The fields as both ends of the bridge write them.
    pub fn to_map(&self) -> Map<String, Value> {
        let mut fields = Map::from_iter([("event".to_owned(), Value::from(self.name()))]);
        for (name, value) in KINDS[self.kind].indexes.iter().zip(self.indexes) {
            if *name == DEVICE_INDEX && self.in_racks.len > 0 {
                let steps = &self.in_racks.steps[..self.in_racks.len];
                let path: Vec<u32> = std::iter::once(value).chain(steps.iter().copied()).collect();
                fields.insert(DEVICE_PATH.to_owned(), path.into());
            } else {
                fields.insert((*name).to_owned(), value.into());
            }
        }
        fields
    }
}

impl InRacks {
    /// Reads a device's path; returns its first index. `index` must be the same, if it is there too.
    fn read(&mut self, path: &Value, index: Option<&Value>) -> Result<u32, String> {
        let path: Option<Vec<u32>> = path.as_array().and_then(|path| path.iter().map(as_index).collect());
        let path = path.filter(|path| path.len() % 2 == 1 && path.len() <= DEVICE_PATH_MAX).ok_or_else(|| {
            format!(
                "{DEVICE_PATH} must be a device, then any number of a chain and a device in it, as in [0, 1, 0], at \
                 most {DEVICE_PATH_MAX} integers"
            )
        })?;
        if index.is_some_and(|index| as_index(index) != Some(path[0])) {
            return Err(format!("{DEVICE_INDEX} must be the first of {DEVICE_PATH}, or be left out"));
        }
        self.len = path.len() - 1;
        self.steps[..self.len].copy_from_slice(&path[1..]);
        Ok(path[0])
    }
}

fn as_index(value: &Value) -> Option<u32> {
    value.as_u64().filter(|value| *value <= INDEX_MAX).and_then(|value| u32::try_from(value).ok())
}

/// An index as a text writes it, with the name of its field: that of a device may be a path, as in `0.1.0`.
pub fn index_of_text(index: &str, text: &str) -> Option<(String, Value)> {
    if index == DEVICE_INDEX && text.contains('.') {
        let path: Option<Vec<u64>> = text.split('.').map(|part| part.parse().ok()).collect();
        return Some((DEVICE_PATH.to_owned(), path?.into()));
    }
    Some((index.to_owned(), text.parse::<u64>().ok()?.into()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::command::catalogue;

    fn read(value: Value) -> Result<Topic, String> {
        Topic::read(value.as_object().expect("an object"))
    }

    #[test]
    fn topics_are_parsed_and_written_unchanged() {
        for value in [
            json!({"event": "tempo"}),
            json!({"event": "track_volume", "track_index": 3}),
            json!({"event": "device_parameter", "track_index": 0, "device_index": 1, "param_index": 2}),
            json!({"event": "device_parameter", "track_index": 0, "device_path": [1, 0, 2], "param_index": 2}),
            json!({"event": "master_rack_chains", "device_path": [1, 0, 2, 3, 4, 5, 6, 7, 8]}),
        ] {
            assert_eq!(Value::Object(read(value.clone()).expect("a topic").to_map()), value);
        }
        for (value, expected) in [
            (json!({}), "a topic must have an event"),
            (json!({"event": "tempoo"}), "that event does not exist; the events are tempo"),
            (json!({"event": "tempo", "track_index": 0}), "tempo takes no index"),
            (json!({"event": "track_volume"}), "track_volume needs track_index"),
            (json!({"event": "track_volume", "track_index": -1}), "track_volume needs track_index"),
            (json!({"event": "track_volume", "track_index": 1.0}), "track_volume needs track_index"),
            (
                json!({"event": "track_volume", "track_index": 0, "x": 0}),
                "track_volume takes track_index and nothing else",
            ),
            (
                json!({"event": "track_volume", "track_index": 0, "device_path": [0]}),
                "track_volume takes track_index and nothing else",
            ),
            (json!({"event": "master_rack_chains", "device_path": []}), "device_path must be a device, then"),
            (json!({"event": "master_rack_chains", "device_path": [0, 1]}), "device_path must be a device, then"),
            (json!({"event": "master_rack_chains", "device_path": [0, -1, 0]}), "device_path must be a device, then"),
            (json!({"event": "master_rack_chains", "device_path": vec![0; 11]}), "at most 9 integers"),
            (
                json!({"event": "master_rack_chains", "device_path": [0, 1, 0], "device_index": 1}),
                "device_index must be the first of device_path",
            ),
        ] {
            let refused = read(value.clone()).expect_err("no topic");
            assert!(refused.contains(expected), "{value}: {refused}");
        }
    }

    #[test]
    fn a_path_of_one_is_the_index() {
        let path = read(json!({"event": "rack_chains", "track_index": 0, "device_path": [2]}));
        assert_eq!(path, read(json!({"event": "rack_chains", "track_index": 0, "device_index": 2})));
    }

    #[test]
    fn a_topic_in_a_url_is_the_same() {
        let topic = read(json!({"event": "track_send", "track_index": 3, "send_index": 1}));
        assert_eq!(Topic::read_text("track_send:3:1"), topic);
        assert_eq!(Topic::read_text("tempo"), read(json!({"event": "tempo"})));
        let nested = json!({"event": "device_parameter", "track_index": 0, "device_path": [0, 1, 0], "param_index": 3});
        assert_eq!(Topic::read_text("device_parameter:0:0.1.0:3"), read(nested));
        for text in ["device_parameter:0:0.1:3", "device_parameter:0:0..0:3", "device_parameter:0.1.0:0:3"] {
            assert!(Topic::read_text(text).is_err(), "{text}");
        }
        for text in ["", "tempoo", "tempo:0", "track_send:3", "track_send:3:1:2", "track_send:3:x", "track_volume:-1"] {
            assert!(Topic::read_text(text).is_err(), "{text}");
        }
    }

    #[test]
    fn script_and_gateway_have_the_same_bounds() {
        let script = include_str!("../../script/LiveGate/events.py");
        assert!(script.contains(&format!("\nSLOTS_PER_TOPIC = {SLOTS_PER_TOPIC}\n")));
        let script = include_str!("../../script/LiveGate/device_place.py");
        assert!(script.contains(&format!("\nTOPIC_PATH_ITEMS_MAX = {DEVICE_PATH_MAX}\n")));
    }

    /// Promise: Subscribing requires the right to read
    #[test]
    fn subscribing_requires_the_right_to_read() {
        for kind in &KINDS {
            assert!(!kind.rights.is_empty(), "{}", kind.name);
            for right in kind.rights {
                assert!(catalogue().find(right).expect("an action").is_read(), "{right}");
            }
            assert!(kind.indexes.len() <= INDEXES_MAX);
        }
    }
}
