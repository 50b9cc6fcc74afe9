//! What a change did stands in the trail, in Live's own names and values, and nowhere else.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::support::Studio;

/// What the outcomes' rows say of what was done, in the order in which it was done.
async fn details(studio: &mut Studio) -> Vec<Value> {
    studio.end().await;
    let db = Connection::open(studio.dir.path().join("trail.db")).expect("the trail");
    let sql =
        "SELECT outcome.bytes FROM outcome JOIN decision ON outcome.decision = decision.seq WHERE decision.seq > ?1
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

#[tokio::test]
async fn a_change_is_recorded_with_what_it_touched_and_the_values_before_and_after() {
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

#[tokio::test]
async fn what_somebody_changes_in_live_itself_is_recorded_and_what_a_caller_changes_is_not_taken_for_it() {
    let mut studio = Studio::open().await;
    let mut client = studio.caller("engineer").await;
    let topics = json!([{"event": "track_mute", "track_index": 1}, {"event": "track_solo", "track_index": 0}]);
    client.ask(json!({"action": "subscribe", "topics": topics})).await.expect("an answer");
    let answer = client.ask(json!({"action": "solo_track", "track_index": 0})).await.expect("an answer");
    assert_eq!(answer["ok"], true, "{answer:?}");
    studio.live.by_hand("tracks.1.mute", true);
    // Whoever has subscribed hears of it like of any other change, and nothing of whose it was.
    loop {
        let line = client.hear().await.expect("an event");
        assert!(!line.contains_key("in_live"), "{line:?}");
        if line.get("event") == Some(&json!("track_mute")) && line["value"] == true {
            break;
        }
    }
    drop(client);
    let topic = json!({"event": "track_mute", "track_index": 1});
    let names = json!({"track": ["Bass"]});
    let expected = json!({"kind": "changed_in_live", "topic": topic, "names": names, "before": false, "value": true});
    assert_eq!(events(&mut studio, &["changed_in_live"]).await, [expected]);
}

#[tokio::test]
async fn each_loading_of_a_set_is_recorded_once() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    let subscribed = client.ask(json!({"action": "subscribe", "topics": [{"event": "set_load"}]})).await;
    assert_eq!(subscribed.expect("an answer")["ok"], true);
    let mut epochs = Vec::new();
    while epochs.len() < 2 {
        let line = client.hear().await.expect("an event");
        epochs.extend(line.get("event").map(|_| line["value"].clone()));
        if epochs.len() == 1 {
            studio.live.reload();
        }
    }
    drop(client);
    let loaded = |epoch: &Value| json!({"kind": "set_loaded", "set_epoch": epoch});
    assert_eq!(events(&mut studio, &["set_loaded"]).await, epochs.iter().map(loaded).collect::<Vec<_>>());
}

#[tokio::test]
async fn each_command_of_a_batch_is_recorded_with_what_it_did() {
    let mut studio = Studio::open().await;
    let mut client = studio.caller("engineer").await;
    let volume = |track_index: u32| json!({"action": "set_track_volume", "track_index": track_index, "volume": 0.5});
    let batch = json!({"action": "batch", "commands": [volume(0), volume(99), volume(1)], "on_error": "continue"});
    let answer = client.ask(batch).await.expect("an answer");
    assert!(!Value::Object(answer).to_string().contains("trail"));
    drop(client);
    let told =
        |track: &str| json!({"touched": {"track": [track]}, "before": {"volume": 0.85}, "after": {"volume": 0.5}});
    assert_eq!(details(&mut studio).await, [told("Drums"), json!({}), told("Bass")]);
}

#[tokio::test]
async fn more_than_is_wanted_of_one_change_is_left_out_and_the_row_says_so() {
    let mut studio = Studio::open_with(|config| config.bridge.detail_bytes_max = 30).await;
    let mut client = studio.caller("engineer").await;
    let answer = client.ask(json!({"action": "mute_track", "track_index": 1})).await.expect("an answer");
    assert_eq!(answer["ok"], true, "{answer:?}");
    drop(client);
    assert_eq!(details(&mut studio).await, [json!({"omitted": true})]);
}
