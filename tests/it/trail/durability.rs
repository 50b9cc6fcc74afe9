//! Rows are durable before effects, and without the trail no request runs.

use rusqlite::Connection;
use serde_json::json;

use crate::support::{Studio, trail};

/// Promise: No effect without its row
#[tokio::test]
async fn without_the_trail_nothing_is_done() {
    let studio = Studio::open().await;
    let mut client = studio.local().await;
    let set_tempo = json!({"action": "set_tempo", "bpm": 90});
    for (round, name) in ["trail.db", "trail.db-wal"].into_iter().enumerate() {
        let file = studio.dir.path().join(name);
        let away = studio.dir.path().join("away");
        std::fs::rename(&file, &away).expect("a rename");
        for request in [set_tempo.clone(), json!({"action": "get_session_info"}), json!({"action": "nope"})] {
            let answer = client.ask(request).await.expect("an answer");
            assert_eq!((&answer["code"], &answer["category"]), (&json!("unrecorded"), &json!("access")));
        }
        assert_eq!(studio.live.effects().len(), round);
        std::fs::rename(&away, &file).expect("a rename");
        // It is retried after a moment.
        while client.ask(set_tempo.clone()).await.expect("an answer")["ok"] != true {}
        assert_eq!(studio.live.effects().len(), round + 1);
    }
}

/// Promise: The trail is append-only
#[tokio::test]
async fn rows_are_only_appended() {
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
    let sql = "SELECT length(decision.bytes) + length(outcome.bytes) FROM decisions AS decision JOIN outcomes AS outcome ON outcome.decision = decision.seq
        WHERE action = 'set_tempo'";
    let bytes: i64 = db.query_row(sql, [], |row| row.get(0)).expect("a change");
    assert!(bytes <= 400, "{bytes} bytes for one set_tempo");
}

#[tokio::test]
async fn many_changes_take_little_disk_space() {
    const CHANGES: u32 = 400;
    let mut studio = Studio::open_with(|config| config.trail.checkpoint_rows = 256).await;
    let mut client = studio.caller("producer").await;
    let db = Connection::open(studio.dir.path().join("trail.db")).expect("the trail");
    let bytes = || -> i64 {
        let of = |what: &str| db.pragma_query_value(None, what, |row| row.get::<_, i64>(0)).expect("a number");
        of("page_count") * of("page_size")
    };
    let before = bytes();
    for number in 0..CHANGES {
        let request = json!({"action": "set_tempo", "bpm": 60.0 + f64::from(number % 200) / 4.0});
        assert_eq!(client.ask(request).await.expect("an answer")["ok"], true);
    }
    drop(client);
    studio.end().await;
    let each = (bytes() - before) / i64::from(CHANGES);
    assert!(each <= 600, "{each} bytes for one set_tempo, with both rows, indexes and tree");
    eprintln!("{each} bytes for one set_tempo");
}

#[tokio::test]
async fn a_second_gateway_on_one_state_fails() {
    let studio = Studio::open().await;
    let second = livegate::platform::StateDir::claim(studio.dir.path());
    let error = format!("{:#}", second.expect_err("a refusal to start"));
    assert!(error.contains("another livegate uses"), "{error}");
}

/// Promise: Redacted parameters are not recorded
#[tokio::test]
async fn redacted_values_are_absent_but_distinguishable() {
    let mut studio = Studio::open_with(|config| {
        config.trail.redact = vec!["rename_*.name".into()];
        config.requests.once_hours = 1;
    })
    .await;
    let mut client = studio.caller("producer").await;
    let rename = |index: u32, name: &str| json!({"action": "rename_track", "track_index": index, "name": name});
    let once = |index: u32, name: &str| {
        let mut request = rename(index, name);
        request["once"] = json!("key");
        request
    };
    for request in [
        rename(0, "Unreleased"),
        rename(1, "Unreleased"),
        rename(1, "Another"),
        json!({"action": "batch", "commands": [rename(0, "Unreleased"), {"action": "set_tempo", "bpm": 91}]}),
        once(0, "Unreleased"),
    ] {
        let answer = client.ask(request).await.expect("an answer");
        assert_eq!(answer["ok"], true, "{answer:?}");
    }
    let mut viewer = studio.caller("viewer").await;
    assert_eq!(viewer.ask(rename(0, "Unreleased")).await.expect("an answer")["code"], "forbidden");
    drop((client, viewer));
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let names: Vec<_> = rows.iter().filter_map(|row| row.parameters.as_ref()?.pointer("/name/hmac")).collect();
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(names[0] == names[1] && names[0] != names[2] && names[3] == names[0] && names[4] == names[0], "{names:?}");
    let batch = rows.iter().find_map(|row| row.parameters.as_ref()?.get("commands")).expect("a batch");
    assert_eq!((&batch[0]["name"]["hmac"], &batch[1]["bpm"]), (names[0], &json!(91.0)));
    let bytes = std::fs::read(studio.dir.path().join("trail.db")).expect("the trail");
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains("Unreleased") && !text.contains("Another"));
    // A key belongs to its request, after a restart too.
    let mut studio = studio.restart().await;
    let mut client = studio.caller("producer").await;
    let effects = studio.live.effects().len();
    assert_eq!(client.ask(once(0, "Unreleased")).await.expect("an answer")["ok"], true);
    assert_eq!(client.ask(once(0, "Another")).await.expect("an answer")["ok"], false);
    assert_eq!(studio.live.effects().len(), effects);
    drop(client);
    studio.end().await;
}
