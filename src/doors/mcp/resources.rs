//! The MCP resources: the action that reads each, and the topics of its changes.

use std::sync::LazyLock;

use livegate_mcp::{Content, Resource};
use serde_json::{Value, json};

use super::reach::Allowed;
use crate::wire::message::Message;
use crate::wire::refusal::{Code, Refusal};

pub const JSON: &str = "application/json";
const SET: &str = "live://set";
const TRACKS: &str = "live://tracks/";
const TRAIL: &str = "livegate://trail/recent";
const GUIDE: &str = "livegate://guide";

/// The guide for agents.
const GUIDE_TEXT: &str = include_str!("guide.md");
/// Rows of the trail that are read at a time.
const TRAIL_ROWS: u32 = 20;

const SET_EVENTS: [&str; 6] = ["tempo", "transport", "tracks", "scenes", "return_tracks", "set_load"];
const TRACK_EVENTS: [&str; 6] = ["track_name", "track_volume", "track_pan", "track_mute", "track_solo", "track_arm"];

/// Where the content of a resource comes from.
pub enum Source {
    Text(Content),
    Action(Message),
}

/// The resources that the caller could be allowed.
pub fn list(allowed: &Allowed) -> Vec<Resource> {
    static ALL: LazyLock<[(&str, Resource); 4]> = LazyLock::new(|| {
        let resource = |uri: &str, name: &str, description: &str, mime_type| Resource {
            uri: uri.to_owned(),
            name: name.to_owned(),
            description: description.to_owned(),
            mime_type,
        };
        [
            ("", resource(GUIDE, "guide", "How to work with this gateway: read it first.", "text/markdown")),
            ("get_snapshot", resource(SET, "set", "The set: tempo, transport, tracks, scenes, returns.", JSON)),
            (
                "get_track_info",
                resource(
                    &format!("{TRACKS}{{index}}"),
                    "track",
                    "One track with its mixer; index counts from 0.",
                    JSON,
                ),
            ),
            ("audit_list", resource(TRAIL, "trail", "The newest rows of the audit trail.", JSON)),
        ]
    });
    let is_allowed = |action: &str| action.is_empty() || allowed.iter().any(|allowed| allowed.name == action);
    ALL.iter().filter(|(action, _)| is_allowed(action)).map(|(_, resource)| resource.clone()).collect()
}

pub fn read(uri: &str) -> Result<Source, Refusal> {
    let action =
        |name: &str, parameters: Value| Ok(Source::Action(Message::apart(name, parameters.to_string().into())));
    match uri {
        GUIDE => Ok(Source::Text(Content { text: GUIDE_TEXT.to_owned(), mime_type: "text/markdown" })),
        SET => action("get_snapshot", json!({})),
        // The newest rows: those before the largest seq.
        TRAIL => action("audit_list", json!({"before_seq": 9_007_199_254_740_991_i64, "limit": TRAIL_ROWS})),
        _ => match track(uri) {
            Some(index) => action("get_track_info", json!({"track_index": index})),
            None => Err(Refusal::new(
                Code::InvalidParams,
                "there is no such resource; there are live://set, live://tracks/INDEX, livegate://trail/recent and livegate://guide",
            )),
        },
    }
}

/// The topics of a resource's changes; none if clients cannot subscribe to it.
pub fn topics(uri: &str) -> Vec<Value> {
    match (uri, track(uri)) {
        (SET, _) => SET_EVENTS.iter().map(|event| json!({"event": event})).collect(),
        (_, Some(index)) => TRACK_EVENTS.iter().map(|event| json!({"event": event, "track_index": index})).collect(),
        _ => Vec::new(),
    }
}

/// The resource that an event is about.
pub fn of_event(event: &Value) -> String {
    match event.get("track_index").and_then(Value::as_u64) {
        Some(index) => format!("{TRACKS}{index}"),
        None => SET.to_owned(),
    }
}

/// The track of `live://tracks/INDEX`, written as numbers are.
fn track(uri: &str) -> Option<u64> {
    let text = uri.strip_prefix(TRACKS)?;
    text.parse().ok().filter(|index: &u64| index.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::topic::Topic;

    #[test]
    fn every_followed_topic_exists() {
        for uri in [SET, "live://tracks/3"] {
            for topic in topics(uri) {
                Topic::read(topic.as_object().expect("an object")).expect("a topic");
                assert_eq!(of_event(&topic), uri);
            }
        }
        assert!(topics(TRAIL).is_empty() && topics("live://tracks/03").is_empty());
    }
}
