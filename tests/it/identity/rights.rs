//! Names that a role may not read are in no answer to it. Transcripts have the other rights.

use livegate::client::Client;
use livegate::command::{Handler, catalogue};
use serde_json::{Value, json};

use crate::support::Studio;
use crate::support::asking::ask;

const SECRET: &str = "Secret 7Q";

const ROLES: &str = "
    [roles.local]
    replace = true
    allow = ['*', '@sensitive', '@costly']
    deny = ['@system']
    [[roles.local.rule]]
    deny = ['@read']
    where = { track = ['Secret*'] }
";

async fn code(client: &mut Client, request: Value) -> Value {
    ask(client, request).await["code"].clone()
}

/// Promise: Denied names appear in no answer
#[tokio::test]
async fn no_action_reveals_an_unreadable_name() {
    let dir = tempfile::tempdir().expect("a folder");
    let roles_file = dir.path().join("roles.toml");
    std::fs::write(&roles_file, ROLES).expect("roles are written");
    let studio = Studio::open_with(move |config| config.policy.roles_file = roles_file).await;
    let mut owner = studio.caller("owner").await;
    for (action, params) in [
        ("rename_track", json!({"track_index": 1, "name": SECRET})),
        ("set_track_output_routing", json!({"track_index": 1, "routing_type_name": "Master"})),
    ] {
        let mut request = params;
        request["action"] = action.into();
        ask(&mut owner, request).await;
    }
    let named = ask(&mut owner, json!({"action": "get_track_info", "track_index": 1})).await;
    assert_eq!(named["name"], SECRET);
    let mut client = studio.local().await;
    let mut asked = 0;
    let mut done = 0;
    // A copy would move another track to that index.
    for action in catalogue()
        .actions()
        .iter()
        .filter(|action| action.handler == Handler::Live && action.name != "duplicate_track")
    {
        for track_index in [0, 1] {
            let Some(request) = filled(&action.name, &action.entry["params"], track_index) else { continue };
            let answer = ask(&mut client, request.clone()).await;
            assert!(!answer.to_string().contains(SECRET), "{request}: {answer}");
            asked += 1;
            done += usize::from(answer["ok"] == true);
        }
    }
    assert_eq!(ask(&mut owner, json!({"action": "get_track_info", "track_index": 1})).await["name"], SECRET);
    assert!(asked > 350 && done > 60, "{done} of {asked}");
    for request in [
        json!({"action": "get_snapshot", "depth": 3}),
        json!({"action": "get_track_index_by_name", "name": SECRET}),
        json!({"action": "get_track_index_by_name", "name": "Secret of none"}),
        json!({"action": "set_track_volume", "track_index": 1, "volume": 0.5}),
        json!({"action": "subscribe", "topics": [{"event": "tracks"}]}),
        json!({"action": "set_tempo", "bpm": 90, "expect": {"exists": ["track"]}}),
    ] {
        assert_eq!(code(&mut client, request.clone()).await, "forbidden", "{request}");
    }
    let volume = json!({"action": "set_track_volume", "track_index": 0, "volume": 0.5});
    assert_eq!(ask(&mut client, volume).await["ok"], true);
}

/// A request with a value for each required parameter; `None` if it would dismantle the set.
pub fn filled(name: &str, params: &Value, track_index: usize) -> Option<Value> {
    let mut request = json!({"action": name});
    for param in params.as_array().expect("parameters").iter().filter(|param| param["required"] == true) {
        let key = param["name"].as_str().expect("a name");
        // The first of several types.
        let kind = param["type"].get(0).unwrap_or(&param["type"]);
        request[key] = match kind.as_str().expect("a type") {
            _ if key == "track_index" => json!(track_index),
            "boolean" => json!(true),
            "integer" | "number" => {
                param.get("enum").map_or(param.get("minimum"), |all| all.get(0)).cloned().unwrap_or(json!(0))
            }
            "string" if key == "name" => return None,
            "string" => json!("Theremin"),
            _ => json!([]),
        };
    }
    Some(request)
}
