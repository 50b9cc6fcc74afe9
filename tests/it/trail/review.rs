//! Searching the trail over the wire, with an index that may be deleted at any time.

use livegate::client::Client;
use serde_json::{Value, json};

use crate::support::Studio;
use crate::support::asking::ask;

/// Send a query; returns `caller action` of each row.
async fn found(client: &mut Client, question: Value) -> Vec<String> {
    let mut question = question;
    question["action"] = "audit_list".into();
    let answer = client.ask(question.clone()).await.expect("an answer");
    assert_eq!(answer["ok"], true, "{question}: {answer:?}");
    let rows = answer["rows"].as_array().expect("rows");
    let word = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_owned();
    rows.iter().map(|row| format!("{} {}", word(row, "caller"), word(row, "action"))).collect()
}

async fn a_day_in_the_studio() -> Studio {
    let studio = Studio::open().await;
    let mut mixer = studio.caller("mixer").await;
    let mut viewer = studio.caller("viewer").await;
    ask(&mut mixer, json!({"action": "set_track_volume", "track_index": 0, "volume": 0.5})).await;
    ask(&mut mixer, json!({"action": "mute_track", "track_index": 1, "mute": true})).await;
    ask(&mut viewer, json!({"action": "mute_track", "track_index": 1, "mute": false})).await;
    ask(&mut viewer, json!({"action": "get_track_info", "track_index": 0})).await;
    ask(&mut mixer, json!({"action": "get_track_info", "track_index": 99})).await;
    let mut local = studio.local().await;
    let commands =
        json!([{"action": "set_tempo", "bpm": 99}, {"action": "rename_track", "track_index": 0, "name": "Chorus"}]);
    assert_eq!(ask(&mut local, json!({"action": "batch", "commands": commands})).await["ok"], true);
    studio
}

#[tokio::test]
async fn rows_are_found_by_caller_action_and_outcome() {
    let studio = a_day_in_the_studio().await;
    let mut auditor = studio.caller("auditor").await;
    let volume = "mixer set_track_volume";
    for (question, expected) in [
        (json!({"caller": "mixer"}), vec!["mixer -", volume, "mixer mute_track", "mixer get_track_info"]),
        (
            json!({"caller": "mixer", "before_seq": 1_000_000, "limit": 2}),
            vec!["mixer get_track_info", "mixer mute_track"],
        ),
        (json!({"action_name": "mute_track"}), vec!["mixer mute_track", "viewer mute_track"]),
        (json!({"action_name": "*mute*", "verdict": "allow"}), vec!["mixer mute_track"]),
        (json!({"code": "forbidden"}), vec!["viewer mute_track"]),
        (json!({"tag": "mix", "role": "mixer"}), vec![volume, "mixer mute_track"]),
        (json!({"track": "1"}), vec!["mixer mute_track", "viewer mute_track"]),
        (json!({"track": "0", "tag": "read"}), vec!["viewer get_track_info"]),
        (json!({"outcome": "error"}), vec!["mixer get_track_info"]),
        (json!({"action_name": "set_tempo"}), vec!["local batch"]),
        (json!({"text": "chorus", "caller": "local"}), vec!["local batch"]),
        (json!({"text": "CHOR* 99", "caller": "local"}), vec!["local batch"]),
        (json!({"text": "chor", "caller": "local"}), vec![]),
        (json!({"kind": "session", "caller": "viewer"}), vec!["viewer -"]),
        (json!({"address": "127.0.0.1", "action_name": "batch"}), vec!["local batch"]),
        (json!({"address": "10.0.0.1"}), vec![]),
        (json!({"caller": "mixer", "since": "1h", "until": "30m"}), vec![]),
        (json!({"caller": "mixer", "action_name": "set_track_volume", "since": "1h"}), vec![volume]),
    ] {
        assert_eq!(found(&mut auditor, question.clone()).await, expected, "{question}");
    }
}

#[tokio::test]
async fn recent_rows_are_found_without_the_index() {
    let studio = Studio::open().await;
    let mut owner = studio.caller("owner").await;
    let question = json!({"action_name": "set_tempo", "caller": "owner"});
    for round in 1..=3 {
        ask(&mut owner, json!({"action": "set_tempo", "bpm": 100 + round})).await;
        assert_eq!(found(&mut owner, question.clone()).await.len(), round);
        for name in ["review.db", "review.db-wal", "review.db-shm"] {
            let _ = std::fs::remove_file(studio.dir.path().join(name));
        }
    }
}

/// Promise: Trail content is escaped for its reader
#[tokio::test]
async fn an_unusable_index_is_rebuilt() {
    let mut studio = Studio::open_with(|config| config.review.build_ms = 1_000_000).await;
    let mut owner = studio.caller("owner").await;
    ask(&mut owner, json!({"action": "set_tempo", "bpm": 90})).await;
    let question = json!({"action_name": "set_tempo"});
    let index = studio.dir.path().join("review.db");
    let damage: [fn(&std::path::Path); 3] = [
        |index| std::fs::write(index, "no database ".repeat(1_000)).expect("a file"),
        |index| change(index, "PRAGMA user_version = 77"),
        |index| change(index, "UPDATE built SET row = 'of another trail'; DELETE FROM entry; DELETE FROM word"),
    ];
    for harm in damage {
        assert_eq!(found(&mut owner, question.clone()).await, ["owner set_tempo"]);
        harm(&index);
    }
    assert_eq!(found(&mut owner, question.clone()).await, ["owner set_tempo"]);
    studio.end().await;
}

fn change(index: &std::path::Path, sql: &str) {
    let db = rusqlite::Connection::open(index).expect("the index");
    db.execute_batch(sql).expect("a change");
}

#[tokio::test]
async fn a_later_outcome_is_indexed_too() {
    let studio = Studio::open().await;
    let mut owner = studio.caller("owner").await;
    let running = json!({"outcome": "running", "action_name": "audit_list"});
    // The query itself runs while it is answered.
    assert_eq!(found(&mut owner, running).await, ["owner audit_list"]);
    let ended = json!({"outcome": "ok", "action_name": "audit_list"});
    while found(&mut owner, ended.clone()).await.is_empty() {}
}

#[tokio::test]
async fn mistakes_in_a_question_are_refused() {
    let studio = Studio::open().await;
    let mut auditor = studio.caller("auditor").await;
    for (question, expected) in [
        (json!({"action": "audit_list", "since": "soon"}), "since: \"soon\" is not a time"),
        (json!({"action": "audit_list", "tag": "king"}), "there is no tag \"king\""),
        (json!({"action": "audit_list", "verdict": "maybe"}), "verdict must be one of"),
        (json!({"action": "audit_list", "callers": "mia"}), "callers"),
    ] {
        let answer = ask(&mut auditor, question).await;
        assert_eq!(answer["code"], "invalid_params");
        assert!(answer["error"].as_str().is_some_and(|error| error.contains(expected)), "{answer}");
    }
    let answer = ask(&mut studio.caller("producer").await, json!({"action": "audit_list", "caller": "owner"})).await;
    assert_eq!(answer["code"], "forbidden");
}
