//! What a role may learn and do: hidden names, and the policy before parameters.

use livegate::client::Client;
use livegate::command::{Handler, catalogue};
use serde_json::{Value, json};

use crate::path::terms::studio_with;
use crate::support::Studio;
use crate::support::asking::ask;

const SECRET: &str = "Secret 7Q";

async fn code(client: &mut Client, request: Value) -> Value {
    ask(client, request).await["code"].clone()
}

#[tokio::test]
async fn unpermitted_actions_are_forbidden_before_parameters() {
    let mut studio = Studio::open().await;
    let mut viewer = studio.caller("viewer").await;
    let mut mixer = studio.caller("mixer").await;
    let wrong_volume = json!({"action": "set_track_volume", "track_index": 0, "volume": "loud"});
    for request in [
        wrong_volume.clone(),
        json!({"action": "delete_track"}),
        json!({"action": "set_tempo", "bpm": 90, "deadline_ms": 0}),
        json!({"action": "batch", "commands": [{"action": "ping"}, wrong_volume.clone()]}),
    ] {
        assert_eq!(code(&mut viewer, request.clone()).await, "forbidden", "{request}");
    }
    let batch =
        ask(&mut viewer, json!({"action": "batch", "commands": [{"action": "ping"}, wrong_volume.clone()]})).await;
    assert!(batch["error"].as_str().is_some_and(|error| error.starts_with("commands[1]: ")), "{batch}");
    // If a rule may allow the action, or every caller may call it, the refusal is about the parameters.
    assert_eq!(code(&mut mixer, wrong_volume).await, "invalid_params");
    assert_eq!(code(&mut viewer, json!({"action": "get_track_info"})).await, "invalid_params");
    assert_eq!(code(&mut viewer, json!({"action": "batch", "commands": []})).await, "invalid_params");
    drop((viewer, mixer));
    let trail = studio.trail().await;
    let refused = |row: &&String| row.contains("set_track_volume") && row.contains("refused forbidden by default");
    assert_eq!(trail.iter().filter(refused).count(), 1, "{trail:#?}");
}

/// Promise: Names require the right to read their objects
#[tokio::test]
async fn each_kind_of_object_takes_its_own_right() {
    let studio = studio_with(
        "
        [roles.local]
        allow = ['get_session_info', 'get_track_info', '@launch', '@mix', '@device', '@edit']
        ",
    )
    .await;
    let mut client = studio.local().await;
    let clip = json!({"track_index": 0, "scene_index": 0});
    let with = |action: &str, params: &Value, terms: Value| {
        let mut request = json!({"action": action});
        for keys in [params, &terms] {
            request.as_object_mut().expect("an object").extend(keys.as_object().expect("an object").clone());
        }
        request
    };
    for request in [
        json!({"action": "subscribe", "topics": [{"event": "scenes"}]}),
        json!({"action": "subscribe", "topics": [{"event": "return_tracks"}]}),
        with("launch_clip", &clip, json!({"dry_run": true})),
        with("launch_scene", &json!({"scene_index": 0}), json!({"dry_run": true})),
        with("set_device_on_off", &json!({"track_index": 0, "device_index": 0}), json!({"dry_run": true})),
        with("set_return_track_volume", &json!({"return_index": 0, "volume": 0.5}), json!({"dry_run": true})),
        with("launch_clip", &clip, json!({"expect": {"clip": "Verse"}})),
        with("launch_clip", &clip, json!({"expect": {"exists": ["clip"]}})),
        with("launch_scene", &json!({"scene_index": 0}), json!({"expect": {"scene": "Intro"}})),
        json!({"action": "batch", "commands": [with("launch_clip", &clip, json!({"dry_run": true}))]}),
        json!({"action": "batch", "dry_run": true, "commands": [with("launch_clip", &clip, json!({}))]}),
    ] {
        assert_eq!(code(&mut client, request.clone()).await, "forbidden", "{request}");
    }
    let volume = json!({"track_index": 0, "volume": 0.5});
    for request in [
        json!({"action": "subscribe", "topics": [{"event": "tracks"}, {"event": "selection"}, {"event": "tempo"}]}),
        with("set_track_volume", &volume, json!({"dry_run": true})),
        with("set_track_volume", &volume, json!({"expect": {"track": "Drums", "playing": false}})),
    ] {
        assert_eq!(ask(&mut client, request.clone()).await["ok"], true, "{request}");
    }
}

#[tokio::test]
async fn reading_the_set_reveals_no_names() {
    let studio = studio_with("[roles.local]\nallow = ['get_session_info', '@transport']").await;
    let mut client = studio.local().await;
    for topic in ["tracks", "scenes", "selection", "return_tracks"] {
        let request = json!({"action": "subscribe", "topics": [{"event": topic}]});
        assert_eq!(code(&mut client, request).await, "forbidden", "{topic}");
    }
    let tempo = json!({"action": "set_tempo", "bpm": 99, "dry_run": true, "expect": {"recording": false}});
    assert_eq!(ask(&mut client, tempo).await["ok"], true);
}

/// Promise: Denied names appear in no answer
#[tokio::test]
async fn no_action_reveals_an_unreadable_name() {
    let studio = studio_with(
        "
        [roles.local]
        allow = ['*', '@sensitive', '@costly']
        deny = ['@system']
        [[roles.local.rule]]
        deny = ['@read']
        where = { track = ['Secret*'] }
        ",
    )
    .await;
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

/// Promise: Overwriting requires the right to @destructive
#[tokio::test]
async fn without_destroy_nothing_is_replaced() {
    let studio = Studio::open().await;
    let mut agent = studio.caller("agent").await;
    let mut producer = studio.caller("producer").await;
    let clip = json!({"action": "create_midi_clip", "track_index": 0, "scene_index": 2});
    let created = ask(&mut agent, clip).await;
    assert_eq!(created["ok"], true, "{created}");
    let add = |start: f64, duration: f64, overwrite: Option<bool>| {
        let note = json!({"pitch": 60, "start": start, "duration": duration, "mute": true});
        let mut request = json!({"action": "add_notes", "track_index": 0, "scene_index": 2, "notes": [note]});
        if let Some(overwrite) = overwrite {
            request["overwrite"] = overwrite.into();
        }
        request
    };
    for start in 0..4 {
        assert_eq!(ask(&mut agent, add(f64::from(start), 1.0, None)).await["ok"], true);
    }
    assert_eq!(code(&mut agent, add(0.0, 4.0, None)).await, "precondition_failed");
    assert_eq!(code(&mut agent, add(0.0, 4.0, Some(false))).await, "precondition_failed");
    assert_eq!(code(&mut agent, add(0.0, 4.0, Some(true))).await, "approval_pending");
    assert_eq!(
        code(&mut agent, json!({"action": "batch", "commands": [add(0.0, 4.0, Some(true))]})).await,
        "approval_pending"
    );
    let notes = json!({"action": "get_clip_notes", "track_index": 0, "clip_index": 2});
    assert_eq!(ask(&mut agent, notes).await["count"], 4);
    let issued = json!({"action": "token_issue", "user": "producer", "only": ["@edit", "add_notes"]});
    let issued = ask(&mut studio.console().await, issued).await;
    let mut narrowed = studio.with_token(issued["token"].as_str().expect("a token")).await;
    let refused = ask(&mut narrowed, add(0.0, 4.0, Some(true))).await;
    assert_eq!(refused["code"], "forbidden", "{refused}");
    assert!(refused["error"].as_str().is_some_and(|error| error.contains("@destructive")), "{refused}");
    assert_eq!(ask(&mut producer, add(0.0, 4.0, Some(true))).await["ok"], true);
}
