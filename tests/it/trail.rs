//! The trail's own promises: rows are durable before effects, and when nothing can be written, nothing is done.

use rusqlite::Connection;
use serde_json::json;

use crate::support::{Studio, trail};

#[tokio::test]
async fn when_the_trail_is_gone_nothing_is_done_until_it_is_well_again() {
    let studio = Studio::open().await;
    let mut client = studio.local().await;
    let set_tempo = json!({"action": "set_tempo", "bpm": 90});
    for (round, name) in ["trail.db", "trail.db-wal"].into_iter().enumerate() {
        let (file, away) = (studio.dir.path().join(name), studio.dir.path().join("away"));
        std::fs::rename(&file, &away).expect("a rename");
        for request in [set_tempo.clone(), json!({"action": "get_session_info"}), json!({"action": "nope"})] {
            let answer = client.ask(request).await.expect("an answer");
            assert_eq!((&answer["code"], &answer["category"]), (&json!("unrecorded"), &json!("access")));
        }
        assert_eq!(studio.live.effects().len(), round);
        std::fs::rename(&away, &file).expect("a rename");
        // It is tried again after a moment.
        while client.ask(set_tempo.clone()).await.expect("an answer")["ok"] != true {}
        assert_eq!(studio.live.effects().len(), round + 1);
    }
}

#[tokio::test]
async fn rows_are_added_at_the_end_and_stay() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    assert_eq!(client.ask(json!({"action": "set_tempo", "bpm": 90})).await.expect("an answer")["ok"], true);
    drop(client);
    studio.end().await;
    let db = Connection::open(studio.dir.path().join("trail.db")).expect("the trail");
    let last = trail::last_seq(studio.dir.path());
    for table in ["decision", "outcome", "event"] {
        for sql in [
            format!("UPDATE {table} SET bytes = '{{}}'"),
            format!("DELETE FROM {table}"),
            format!("INSERT INTO {table} (seq, bytes) VALUES ({last}, '{{}}')"),
            format!("INSERT OR REPLACE INTO {table} (seq, bytes) VALUES ({last}, '{{}}')"),
            format!("REPLACE INTO {table} (seq, bytes) SELECT seq, '{{}}' FROM {table} LIMIT 1"),
        ] {
            let error = db.execute(&sql, []).expect_err(&sql).to_string();
            assert!(error.contains("the trail"), "{sql}: {error}");
        }
    }
}

#[tokio::test]
async fn a_row_of_a_change_is_small() {
    let mut studio = Studio::open().await;
    let mut client = studio.caller("producer").await;
    assert_eq!(client.ask(json!({"action": "set_tempo", "bpm": 90})).await.expect("an answer")["ok"], true);
    drop(client);
    studio.end().await;
    let db = Connection::open(studio.dir.path().join("trail.db")).expect("the trail");
    let sql = "SELECT length(decision.bytes) + length(outcome.bytes) FROM decision JOIN outcome ON outcome.decision = decision.seq
        WHERE action = 'set_tempo'";
    let bytes: i64 = db.query_row(sql, [], |row| row.get(0)).expect("a change");
    assert!(bytes <= 400, "{bytes} bytes for one set_tempo");
}

#[tokio::test]
async fn a_second_gateway_on_the_same_state_does_not_start() {
    let studio = Studio::open().await;
    let second = livegate::platform::StateDir::claim(studio.dir.path());
    let error = format!("{:#}", second.expect_err("a refusal to start"));
    assert!(error.contains("another livegate uses"), "{error}");
}
