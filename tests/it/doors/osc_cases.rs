//! The cases that every door passes, as far as OSC can say them; what it cannot is listed.

use rosc::{OscPacket, OscType};
use serde_json::{Map, Value};

use super::adapter::Ask;
use super::cases::{Expected, table};
use super::osc::{AT_ONCE, OscClient, bundle, message, studio_with};
use crate::support::trail;

/// Actions without an address: about the gateway, about a caller, or about the set as a whole.
const NOT_SAID: [&str; 7] =
    ["get_session_info", "whoami", "get_available_tools", "status", "user_list", "user_add", "get_track_info"];

/// A case as a packet. `None`: OSC has no terms, no idempotency keys, no JSON, no names of parameters, and no empty bundle.
fn packet(ask: &Ask) -> Option<OscPacket> {
    let is_plain = ask.once.is_none() && ask.terms.as_object().is_some_and(Map::is_empty);
    let parameters: Value = serde_json::from_str(&ask.parameters).ok().filter(|_| is_plain)?;
    command(ask.action, parameters.as_object()?)
}

fn command(action: &str, parameters: &Map<String, Value>) -> Option<OscPacket> {
    let (address, names): (&str, &[&str]) = match action {
        "set_tempo" => ("/live/song/set/tempo", &["bpm"]),
        "set_tempoo" => ("/live/song/set/tempoo", &[]),
        "set_track_volume" => ("/live/track/set/volume", &["track_index", "volume"]),
        "rename_track" => ("/live/track/set/name", &["track_index", "name"]),
        "batch" => return batch(parameters),
        _ => return None,
    };
    let others = parameters.keys().any(|name| !names.contains(&name.as_str()));
    let arguments = names.iter().filter_map(|name| parameters.get(*name)).map(argument).collect();
    (!others).then(|| message(address, arguments))
}

/// Two of each command, for one alone is no batch.
fn batch(parameters: &Map<String, Value>) -> Option<OscPacket> {
    let commands = parameters["commands"].as_array().filter(|commands| !commands.is_empty())?;
    let one = |command: &Value| {
        let mut parameters = command.as_object()?.clone();
        let action = parameters.remove("action")?;
        self::command(action.as_str()?, &parameters)
    };
    let all: Option<Vec<OscPacket>> = commands.iter().chain(commands).map(one).collect();
    Some(bundle(AT_ONCE, all?))
}

fn argument(value: &Value) -> OscType {
    match value {
        Value::String(text) => OscType::String(text.clone()),
        Value::Null => OscType::Nil,
        value => match value.as_i64() {
            Some(integer) => OscType::Int(i32::try_from(integer).expect("a small one")),
            None => OscType::Double(value.as_f64().expect("a number")),
        },
    }
}

/// Promise: Every door enforces the same checks
#[tokio::test]
async fn osc_passes_the_cases_that_it_can_say() {
    for role in ["viewer", "mixer", "producer", "owner"] {
        let mut studio = studio_with(|config| {
            config.local.role = role.to_owned();
            config.osc.tags = ["read", "transport", "mix", "edit", "names"].map(str::to_owned).to_vec();
        })
        .await;
        let client = OscClient::open(&studio).await;
        let mut codes = Vec::new();
        for (_, ask, expected) in table().into_iter().filter(|(of, _, _)| *of == role) {
            // There is no JSON that could be wrong.
            if matches!(expected, Expected::Refused("invalid_json", _)) {
                continue;
            }
            let Some(packet) = packet(&ask) else {
                let is_known = NOT_SAID.contains(&ask.action) || !is_sayable(&ask);
                assert!(is_known, "{ask:?} is neither said nor named");
                continue;
            };
            client.send_packet(&packet).await;
            if let Expected::Refused(code, _) = expected {
                let error = client.error().await;
                codes.push((code, error));
            }
        }
        assert_eq!(client.ask("/live/test", vec![]).await, [OscType::String("ok".into())]);
        studio.end().await;
        let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
        let refused: Vec<&str> = rows
            .iter()
            .filter(|row| row.channel.as_deref() == Some("osc"))
            .filter_map(|row| row.code.as_deref())
            .collect();
        assert_eq!(refused, codes.iter().map(|(code, _)| *code).collect::<Vec<_>>(), "{role}: {codes:?}");
    }
}

/// Whether a case has nothing but an action and its parameters.
fn is_sayable(ask: &Ask) -> bool {
    let parameters: Option<Map<String, Value>> = serde_json::from_str(&ask.parameters).ok();
    let known = ["bpm", "track_index", "volume", "name", "commands"];
    let is_known = |parameters: &Map<String, Value>| parameters.keys().all(|name| known.contains(&name.as_str()));
    let is_plain = ask.once.is_none() && ask.terms.as_object().is_some_and(Map::is_empty);
    let of_osc = |parameters: &Map<String, Value>| {
        let commands = parameters.get("commands").and_then(Value::as_array);
        commands.is_none_or(|commands| commands.iter().any(|command| command["action"] == "set_tempo"))
    };
    is_plain
        && parameters
            .is_some_and(|parameters| is_known(&parameters) && of_osc(&parameters) && ask.action != "create_midi_track")
}
