//! Parses one row of changes made in Live itself into edits: added, removed and changed objects.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::target::target;
use crate::wire::topic::Topic;

type Fields = Map<String, Value>;

/// The change of one member of one object. An added object has no `before`, a removed one no `after`.
#[derive(Debug, PartialEq)]
pub struct Edit {
    pub target: String,
    pub member: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// The index of a track's send.
    pub send: Option<usize>,
}

impl Edit {
    /// Describe the edit in a sentence without its full stop.
    pub fn describe(&self) -> String {
        let Edit { target, member, before, after, .. } = self;
        match (before, after) {
            (None, Some(_)) if KINDS.contains(&member.as_str()) => format!("{target} appeared"),
            (Some(_), None) if KINDS.contains(&member.as_str()) => format!("{target} vanished"),
            (Some(before), Some(after)) => format!("{member} of {target} was changed from {before} to {after}"),
            _ => format!("{member} of {target} was changed"),
        }
    }
}

/// Kinds of objects that can be added and removed, each with the member of a topic that identifies it.
const KINDS: [&str; 5] = ["track", "scene", "return", "device", "clip"];

/// The edits of a `changed_in_live` row. A row that only counts changes has none.
pub fn edits(event: &Fields) -> Vec<Edit> {
    let object = |key: &str| event.get(key).and_then(Value::as_object);
    let Some(topic) = object("topic") else { return Vec::new() };
    let names = object("names").cloned().unwrap_or_default();
    let name = topic.get("event").and_then(Value::as_str).unwrap_or("-");
    let row = Row { topic, names, before: event.get("before"), value: event.get("value") };
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
    match (name, list(row.before), list(row.value), object("before"), object("value")) {
        ("track_clips", _, _, Some(before), Some(value)) => row.clips(before, value),
        ("transport", _, _, Some(before), Some(value)) => row.switches(before, value),
        ("track_sends", Some(before), Some(value), ..) if before.len() == value.len() => row.sends(&before, &value),
        (list, Some(before), Some(value), ..) => {
            let from = event.get("from").and_then(Value::as_u64).unwrap_or_default();
            let from = usize::try_from(from).unwrap_or_default();
            match list {
                "tracks" => row.list("track", from, &before, &value),
                "scenes" => row.list("scene", from, &before, &value),
                "return_tracks" => row.list("return", from, &before, &value),
                "track_devices" | "return_devices" | "master_devices" => row.list("device", from, &before, &value),
                _ => vec![row.whole(name)],
            }
        }
        _ => vec![row.whole(name)],
    }
}

/// The actions that would have made the changes of a `changed_in_live` row, and the name of its topic, so that a filter by action finds it.
pub fn made_by(event: &Fields) -> BTreeSet<&'static str> {
    let topic = event.get("topic").and_then(|topic| topic.get("event")).and_then(Value::as_str).unwrap_or_default();
    let mut found: BTreeSet<&str> = Topic::names().filter(|name| *name == topic).collect();
    let (_, values, added, removed) = actions_of(topic);
    for edit in edits(event) {
        let is_object = KINDS.contains(&edit.member.as_str());
        found.extend(match (&edit.before, &edit.after) {
            (None, Some(_)) if is_object => added,
            (Some(_), None) if is_object => removed,
            _ if topic == "transport" => actions_of(&edit.member).1,
            _ => values,
        });
    }
    found
}

/// An action with the same effect as a change of a value by hand.
#[derive(Clone, Copy, Debug)]
pub struct SameAction {
    pub action: &'static str,
    /// The name of the value in its sentence.
    pub value: &'static str,
    /// The kind of object that it renames.
    pub renames: Option<&'static str>,
}

/// The action whose sentence describes an edit.
pub fn same_action(topic: &str, edit: &Edit) -> Option<SameAction> {
    let kind = match topic {
        "tracks" => Some("track"),
        "scenes" => Some("scene"),
        "track_clips" => Some("clip"),
        _ => None,
    };
    let is_name = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).is_some_and(|name| !name.is_empty());
    if kind.is_some() && !(edit.member == "name" && is_name(&edit.before)) {
        return None;
    }
    let name = if topic == "transport" { &edit.member } else { topic };
    let action = actions_of(name).1.first()?;
    let value = match name {
        "tempo" => "tempo",
        "metronome" => "metronome",
        "loop" => "loop_enabled",
        "arrangement_overdub" => "arrangement_overdub",
        "tracks" | "scenes" | "track_clips" => "name",
        "track_mute" => "mute",
        "track_solo" => "solo",
        "track_arm" => "armed",
        "track_pan" => "pan",
        "track_sends" => "value",
        _ => "volume",
    };
    Some(SameAction { action, value, renames: kind })
}

type Actions = &'static [&'static str];

fn actions_of(topic: &str) -> (&'static str, Actions, Actions, Actions) {
    SAME_EFFECT.into_iter().find(|(name, ..)| *name == topic).unwrap_or(("", &[], &[], &[]))
}

/// For each topic, or member of the transport: the actions that set its value or name, that add an object, and that remove one.
const SAME_EFFECT: [(&str, Actions, Actions, Actions); 19] = [
    ("tempo", &["set_tempo", "tap_tempo"], &[], &[]),
    ("metronome", &["set_metronome"], &[], &[]),
    ("loop", &["set_loop_enabled"], &[], &[]),
    ("arrangement_overdub", &["set_arrangement_overdub"], &[], &[]),
    ("tracks", &["rename_track"], ADD_TRACK, &["delete_track", "ungroup_track"]),
    ("scenes", &["rename_scene"], &["create_scene", "duplicate_scene"], &["delete_scene"]),
    ("return_tracks", &[], &["create_return_track"], &[]),
    ("master_volume", &["set_master_volume"], &[], &[]),
    ("return_volume", &["set_return_track_volume"], &[], &[]),
    ("track_mute", &["mute_track"], &[], &[]),
    ("track_solo", &["solo_track"], &[], &[]),
    ("track_arm", &["arm_track"], &[], &[]),
    ("track_volume", &["set_track_volume"], &[], &[]),
    ("track_pan", &["set_track_pan"], &[], &[]),
    ("track_sends", &["set_track_send"], &[], &[]),
    ("track_devices", &[], ADD_DEVICE, &["delete_device"]),
    ("return_devices", &[], ADD_DEVICE, &[]),
    ("master_devices", &[], ADD_DEVICE, &[]),
    ("track_clips", &["set_clip_name"], ADD_CLIP, &["delete_clip"]),
];
const ADD_TRACK: Actions =
    &["create_midi_track", "create_audio_track", "duplicate_track", "create_group_track", "group_tracks"];
const ADD_DEVICE: Actions = &["add_device", "load_device_from_browser"];
const ADD_CLIP: Actions = &["create_midi_clip", "duplicate_clip", "capture_midi"];

struct Row<'a> {
    topic: &'a Fields,
    names: Fields,
    before: Option<&'a Value>,
    value: Option<&'a Value>,
}

impl Row<'_> {
    /// `track_mute` is the track's member that actions call `mute`.
    fn whole(&self, name: &str) -> Edit {
        let member = name.strip_prefix("track_").unwrap_or(name);
        let (target, _) = target(name, self.topic, Some(&self.names));
        Edit { target, member: member.to_owned(), before: self.before.cloned(), after: self.value.cloned(), send: None }
    }

    fn clips(&self, before: &Fields, value: &Fields) -> Vec<Edit> {
        let rows: BTreeSet<&String> = before.keys().chain(value.keys()).collect();
        let mut rows: Vec<(usize, &String)> =
            rows.into_iter().filter_map(|row| Some((row.parse().ok()?, row))).collect();
        rows.sort();
        rows.into_iter().map(|(row, key)| self.item("clip", row, before.get(key), value.get(key))).collect()
    }

    fn switches(&self, before: &Fields, value: &Fields) -> Vec<Edit> {
        let edit = |(member, value): (&String, &Value)| {
            let (target, _) = target("transport", self.topic, Some(&self.names));
            let before = before.get(member).cloned();
            let after = Some(value.clone());
            Edit { target, member: member.clone(), before, after, send: None }
        };
        value.iter().map(edit).collect()
    }

    fn sends(&self, before: &[Value], value: &[Value]) -> Vec<Edit> {
        let pairs = before.iter().zip(value).enumerate().filter(|(_, (before, value))| before != value);
        let edit = |(send, (before, value)): (usize, (&Value, &Value))| {
            let place = self.topic.clone().into_iter().chain([("send_index".to_owned(), send.into())]).collect();
            let (target, _) = target("set_track_send", &place, Some(&self.names));
            Edit {
                target,
                member: "value".into(),
                before: Some(before.clone()),
                after: Some(value.clone()),
                send: Some(send),
            }
        };
        pairs.map(edit).collect()
    }

    /// Compare two lists of names. With equal lengths items were renamed or reordered; otherwise some were added or removed.
    fn list(&self, kind: &str, from: usize, before: &[Value], value: &[Value]) -> Vec<Edit> {
        if before.len() == value.len() {
            let left = left_of(before, value);
            if left.is_empty() {
                return vec![self.order(kind, before, value)];
            }
            let pairs = before.iter().zip(value).enumerate().filter(|(_, (before, value))| before != value);
            return pairs.map(|(at, (before, value))| self.item(kind, from + at, Some(before), Some(value))).collect();
        }
        let removed = left_of(before, value).into_iter().map(|at| self.item(kind, from + at, before.get(at), None));
        let new = left_of(value, before).into_iter().map(|at| self.item(kind, from + at, None, value.get(at)));
        removed.chain(new).collect()
    }

    fn order(&self, kind: &str, before: &[Value], value: &[Value]) -> Edit {
        let names = self.names.iter().filter(|(named, _)| *named != kind);
        let names = names.map(|(named, names)| (named.clone(), names.clone())).collect();
        let (target, _) = target("-", self.topic, Some(&names));
        Edit {
            target,
            member: format!("order of {kind}s"),
            before: Some(json!(before)),
            after: Some(json!(value)),
            send: None,
        }
    }

    /// The edit of one item: added, removed or renamed.
    fn item(&self, kind: &str, index: usize, before: Option<&Value>, value: Option<&Value>) -> Edit {
        let mut place = self.topic.clone();
        place.insert(format!("{kind}_index"), index.into());
        let mut names = self.names.clone();
        // Omit an empty name; the index identifies the item.
        let known = before.or(value).filter(|name| name.as_str().is_some_and(|name| !name.is_empty()));
        match known {
            Some(name) => _ = names.insert(kind.to_owned(), json!([name])),
            None => _ = names.remove(kind),
        }
        let (mut target, _) = target("-", &place, Some(&names));
        if self.topic.get("event").is_some_and(|event| event == "master_devices") {
            target.insert_str(0, "master, ");
        }
        let member = if before.is_some() && value.is_some() { "name" } else { kind };
        Edit { target, member: member.to_owned(), before: before.cloned(), after: value.cloned(), send: None }
    }
}

/// The indexes in `names` of names that `others` lacks or has fewer of.
fn left_of(names: &[Value], others: &[Value]) -> Vec<usize> {
    let mut others: Vec<&Value> = others.iter().collect();
    let is_left = |(at, name): (usize, &Value)| match others.iter().position(|other| *other == name) {
        Some(other) => {
            others.swap_remove(other);
            None
        }
        None => Some(at),
    };
    names.iter().enumerate().filter_map(is_left).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::catalogue;

    fn described(event: Value) -> Vec<String> {
        edits(event.as_object().expect("an object")).iter().map(Edit::describe).collect()
    }

    #[test]
    fn added_and_removed_objects_have_name_and_index() {
        let topic = json!({"event": "track_clips", "track_index": 1});
        let names = json!({"track": ["Vocals"], "clip": ["Hook", "Take", "Take 2"]});
        let before = json!({"4": "Hook", "7": "Take"});
        let value = json!({"7": "Take 2", "11": ""});
        let clips = json!({"topic": topic, "names": names, "before": before, "value": value});
        let expected = [
            "track 1 \"Vocals\", clip 4 \"Hook\" vanished",
            "name of track 1 \"Vocals\", clip 7 \"Take\" was changed from \"Take\" to \"Take 2\"",
            "track 1 \"Vocals\", clip 11 appeared",
        ];
        assert_eq!(described(clips), expected);
        for (event, from, before, value, expected) in [
            ("tracks", 2, json!(["Bass", "Keys"]), json!(["Keys"]), &["track 2 \"Bass\" vanished"][..]),
            ("return_tracks", 1, json!([]), json!(["Echo"]), &["return 1 \"Echo\" appeared"]),
            ("scenes", 0, json!(["A"]), json!(["B"]), &["name of scene 0 \"A\" was changed from \"A\" to \"B\""]),
            (
                "tracks",
                0,
                json!(["A", "B"]),
                json!(["B", "A"]),
                &["order of tracks of set was changed from [\"A\",\"B\"] to [\"B\",\"A\"]"],
            ),
        ] {
            let event = json!({"topic": {"event": event}, "from": from, "before": before, "value": value});
            assert_eq!(described(event), expected);
        }
    }

    #[test]
    fn a_change_by_hand_counts_as_an_action() {
        let made = |event: Value| made_by(event.as_object().expect("an object")).into_iter().collect::<Vec<_>>();
        let mute = json!({"topic": {"event": "track_mute", "track_index": 1}, "before": false, "value": true});
        assert_eq!(made(mute), ["mute_track", "track_mute"]);
        let tracks = |before: Value, value: Value| json!({"topic": {"event": "tracks"}, "from": 0, "before": before, "value": value});
        assert_eq!(made(tracks(json!(["A"]), json!([]))), ["delete_track", "tracks", "ungroup_track"]);
        assert_eq!(made(tracks(json!(["A"]), json!(["B"]))), ["rename_track", "tracks"]);
        let transport = json!({"topic": {"event": "transport"}, "before": {"loop": false}, "value": {"loop": true}});
        assert_eq!(made(transport), ["set_loop_enabled", "transport"]);
        for (topic, values, added, removed) in SAME_EFFECT {
            let is_switch = ["metronome", "loop", "arrangement_overdub"].contains(&topic);
            assert!(is_switch || Topic::names().any(|name| name == topic), "{topic}");
            for action in [values, added, removed].into_iter().flatten() {
                assert!(catalogue().find(action).is_some(), "{action}");
            }
        }
    }

    #[test]
    fn values_have_the_member_names_of_actions() {
        let topic = json!({"event": "track_mute", "track_index": 1});
        let mute = json!({"topic": topic, "names": {"track": ["Bass"]}, "before": false, "value": true});
        assert_eq!(described(mute), ["mute of track 1 \"Bass\" was changed from false to true"]);
        let topic = json!({"event": "track_sends", "track_index": 1});
        let send = json!({"topic": topic, "names": {"track": ["Bass"]}, "before": [0.0, 0.5], "value": [0.0, 0.25]});
        assert_eq!(described(send), ["value of track 1 \"Bass\", send 1 was changed from 0.5 to 0.25"]);
        let much = json!({"topic": {"event": "tracks"}, "omitted": true});
        assert_eq!(described(much), ["tracks of set was changed"]);
        assert_eq!(described(json!({"count": 7})), Vec::<String>::new());
    }
}
