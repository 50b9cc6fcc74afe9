//! The trail, and only the trail, contains the details of a change: names and values from Live.

use livegate::client::Client;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::support::Studio;

/// The details in the outcomes' rows, in order.
async fn details(studio: &mut Studio) -> Vec<Value> {
    studio.end().await;
    let db = Connection::open(studio.dir.path().join("trail.db")).expect("the trail");
    let sql =
        "SELECT outcome.bytes FROM outcomes AS outcome JOIN decisions AS decision ON outcome.decision = decision.seq WHERE decision.seq > ?1
        ORDER BY outcome.seq";
    let mut statement = db.prepare(sql).expect("a query");
    let rows = statement.query_map([studio.set_up_seq], |row| row.get::<_, String>(0)).expect("rows");
    let detail = |row: rusqlite::Result<String>| {
        let mut row: Map<String, Value> = serde_json::from_str(&row.expect("a row")).expect("an object");
        row.retain(|name, _| ["touched", "before", "after", "omitted"].contains(&name.as_str()));
        Value::Object(row)
    };
    rows.map(detail).collect()
}

/// Promise: The trail records what changed
#[tokio::test]
async fn a_change_is_recorded_with_both_values() {
    let mut studio = Studio::open().await;
    let mut client = studio.caller("engineer").await;
    for request in [
        json!({"action": "set_tempo", "bpm": 90}),
        json!({"action": "get_session_info"}),
        json!({"action": "mute_track", "track_index": 1}),
        json!({"action": "set_track_volume", "track_index": 1, "volume": 0.5, "dry_run": true}),
        json!({"action": "rename_track", "track_index": 1, "name": "Sub"}),
    ] {
        let answer = client.ask(request).await.expect("an answer");
        assert_eq!((&answer["ok"], answer.get("trail")), (&json!(true), None), "{answer:?}");
    }
    drop(client);
    let expected = [
        json!({"before": {"tempo": 120.0}, "after": {"tempo": 90.0}}),
        json!({}),
        json!({"touched": {"track": ["Bass"]}, "before": {"mute": false}, "after": {"mute": true}}),
        json!({}),
        json!({"touched": {"track": ["Bass", "Sub"]}, "before": {"name": "Bass"}, "after": {"name": "Sub"}}),
    ];
    assert_eq!(details(&mut studio).await, expected);
}

/// The events of these kinds, without their times.
async fn events(studio: &mut Studio, kinds: &[&str]) -> Vec<Value> {
    studio.end().await;
    let db = Connection::open(studio.dir.path().join("trail.db")).expect("the trail");
    let mut statement = db.prepare("SELECT bytes FROM event ORDER BY seq").expect("a query");
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("rows");
    let read = |row: rusqlite::Result<String>| {
        let mut row: Value = serde_json::from_str(&row.expect("a row")).expect("an object");
        row.as_object_mut().expect("an object").remove("time");
        row
    };
    rows.map(read).filter(|row| row["kind"].as_str().is_some_and(|kind| kinds.contains(&kind))).collect()
}

/// Promise: The trail records what changed
#[tokio::test]
async fn manual_changes_are_recorded_apart_from_callers() {
    let mut studio = Studio::open().await;
    let mut client = studio.caller("engineer").await;
    let tracks = json!({"event": "tracks"});
    let mute = json!({"event": "track_mute", "track_index": 1});
    let solo = json!({"event": "track_solo", "track_index": 0});
    let topics = json!([&tracks, &mute, &solo]);
    client.ask(json!({"action": "subscribe", "topics": topics})).await.expect("an answer");
    // By then the trail has each of these values, so a change has a value before.
    let names = json!(["Drums", "Bass", "Keys", "Vocals"]);
    expect_events(&mut client, &[(&tracks, names), (&mute, json!(false)), (&solo, json!(false))]).await;
    let answer = client.ask(json!({"action": "solo_track", "track_index": 0})).await.expect("an answer");
    assert_eq!(answer["ok"], true, "{answer:?}");
    studio.live.by_hand("tracks.1.mute", true);
    // Subscribers get the event like that of any other change, without its cause.
    loop {
        let line = client.receive().await.expect("an event");
        assert!(!line.contains_key("in_live"), "{line:?}");
        if line.get("event") == Some(&json!("track_mute")) && line["value"] == true {
            break;
        }
    }
    drop(client);
    let names = json!({"track": ["Bass"]});
    let expected = json!({"kind": "changed_in_live", "topic": mute, "names": names, "before": false, "value": true});
    assert_eq!(events(&mut studio, &["changed_in_live"]).await, [expected]);
}

/// Promise: The trail records what changed
#[tokio::test]
async fn manually_added_or_removed_objects_are_recorded() {
    let mut studio = Studio::open().await;
    let mut client = studio.caller("owner").await;
    let clips = json!({"event": "track_clips", "track_index": 1, "clip_index": 0});
    let devices = json!({"event": "track_devices", "track_index": 1});
    let returns = json!({"event": "return_tracks"});
    let tracks = json!({"event": "tracks"});
    let scenes = json!({"event": "scenes"});
    let topics = json!([&tracks, &scenes, &returns, &clips, &devices]);
    client.ask(json!({"action": "subscribe", "topics": topics})).await.expect("an answer");
    // By then the trail has each of these values; it listens to clips and devices once it has the tracks and scenes.
    let known = [
        (&tracks, json!(["Drums", "Bass", "Keys", "Vocals"])),
        (&scenes, json!(vec![""; 8])),
        (&returns, json!(["A-Reverb", "B-Delay"])),
        (&clips, json!({})),
        (&devices, json!([])),
    ];
    expect_events(&mut client, &known).await;
    for request in [
        json!({"action": "create_midi_clip", "track_index": 1, "scene_index": 3}),
        json!({"action": "set_clip_name", "track_index": 1, "scene_index": 3, "name": "Hook"}),
        json!({"action": "load_device_from_browser", "track_index": 1, "device_name": "Reverb"}),
    ] {
        let answer = client.ask(request).await.expect("an answer");
        assert_eq!(answer["ok"], true, "{answer:?}");
    }
    // A change by hand before the script has read these values would be read together with them.
    expect_events(&mut client, &[(&clips, json!({"3": "Hook"})), (&devices, json!(["Reverb"]))]).await;
    studio.live.done_by_hand("tracks.1.clip_slots.3.delete_clip", json!([]));
    studio.live.done_by_hand("tracks.1.delete_device", json!([0]));
    studio.live.done_by_hand("create_return_track", json!([]));
    let grown = json!(["A-Reverb", "B-Delay", "C-Return"]);
    expect_events(&mut client, &[(&clips, json!({})), (&devices, json!([])), (&returns, grown)]).await;
    drop(client);
    let row = |topic: Value, names: Value, before: Value, value: Value| json!({"kind": "changed_in_live", "topic": topic, "names": names, "before": before, "value": value});
    let of_list = |mut row: Value, from: u64| {
        row["from"] = from.into();
        row
    };
    let topic = json!({"event": "track_clips", "track_index": 1});
    let expected = [
        row(topic, json!({"track": ["Bass"], "clip": ["Hook"]}), json!({"3": "Hook"}), json!({})),
        of_list(row(devices, json!({"track": ["Bass"], "device": ["Reverb"]}), json!(["Reverb"]), json!([])), 0),
        of_list(row(returns, json!({"return": ["C-Return"]}), json!([]), json!(["C-Return"])), 2),
    ];
    assert_eq!(events(&mut studio, &["changed_in_live"]).await, expected);
}

/// Wait until the topics had these values, in order.
async fn expect_events(client: &mut Client, expected: &[(&Value, Value)]) {
    let mut missing: Vec<&(&Value, Value)> = expected.iter().collect();
    while !missing.is_empty() {
        let mut line = client.receive().await.expect("an event");
        let value = line.remove("value");
        line.remove("seq");
        let topic = Value::Object(line);
        if let Some(at) = missing.iter().position(|(wanted, _)| **wanted == topic)
            && Some(&missing[at].1) == value.as_ref()
        {
            missing.remove(at);
        }
    }
}

/// Promise: The trail records what changed
#[tokio::test]
async fn each_loaded_set_is_recorded_once() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    let subscribed = client.ask(json!({"action": "subscribe", "topics": [{"event": "set_load"}]})).await;
    assert_eq!(subscribed.expect("an answer")["ok"], true);
    let mut epochs = Vec::new();
    while epochs.len() < 2 {
        let line = client.receive().await.expect("an event");
        epochs.extend(line.get("event").map(|_| line["value"].clone()));
        if epochs.len() == 1 {
            studio.live.reload();
        }
    }
    drop(client);
    let loaded = |epoch: &Value| json!({"kind": "set_loaded", "set_epoch": epoch});
    assert_eq!(events(&mut studio, &["set_loaded"]).await, epochs.iter().map(loaded).collect::<Vec<_>>());
}

/// Promise: The trail records what changed
#[tokio::test]
async fn each_command_of_a_batch_has_its_details() {
    let mut studio = Studio::open().await;
    let mut client = studio.caller("engineer").await;
    let volume = |track_index: u32| json!({"action": "set_track_volume", "track_index": track_index, "volume": 0.5});
    let batch = json!({"action": "batch", "commands": [volume(0), volume(99), volume(1)], "on_error": "continue"});
    let answer = client.ask(batch).await.expect("an answer");
    assert!(!Value::Object(answer).to_string().contains("trail"));
    drop(client);
    let reported =
        |track: &str| json!({"touched": {"track": [track]}, "before": {"volume": 0.85}, "after": {"volume": 0.5}});
    assert_eq!(details(&mut studio).await, [reported("Drums"), json!({}), reported("Bass")]);
}

#[tokio::test]
async fn oversized_details_are_truncated_and_marked() {
    let mut studio = Studio::open_with(|config| config.bridge.detail_bytes_max = 30).await;
    let mut client = studio.caller("engineer").await;
    let answer = client.ask(json!({"action": "mute_track", "track_index": 1})).await.expect("an answer");
    assert_eq!(answer["ok"], true, "{answer:?}");
    drop(client);
    assert_eq!(details(&mut studio).await, [json!({"omitted": true})]);
}
