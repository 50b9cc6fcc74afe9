//! How much of the trail callers can take up: refusals are bounded in bytes, and what is written never removes what is young.

use std::path::Path;

use livegate::audit;
use livegate::client::Client;
use livegate::config;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::support::{Studio, trail};

/// A request of about so many bytes.
fn add_notes(bytes: usize) -> Value {
    let notes: Vec<Value> =
        (0..bytes / 60).map(|at| json!({"pitch": 60, "start": at, "duration": 0.25, "velocity": 100})).collect();
    json!({"action": "add_notes", "track_index": 0, "scene_index": 0, "notes": notes})
}

async fn ask(client: &mut Client, request: &Value) -> Map<String, Value> {
    client.ask(request.clone()).await.expect("an answer")
}

fn query(state_dir: &Path, sql: &str) -> i64 {
    let db = Connection::open(state_dir.join(audit::FILE)).expect("the trail");
    db.query_row(sql, [], |row| row.get(0)).expect("a number")
}

/// Promise: A refused request leaves at most 2 KiB of its parameters in the trail
#[tokio::test]
async fn a_refused_request_leaves_a_bounded_row() {
    let mut studio = Studio::open().await;
    let (mut viewer, mut stranger) = (studio.caller("viewer").await, studio.stranger().await);
    assert_eq!(ask(&mut viewer, &add_notes(400_000)).await["code"], "forbidden");
    assert_eq!(ask(&mut stranger, &add_notes(7_000)).await["code"], "unauthenticated");
    drop((viewer, stranger));
    studio.end().await;
    let dir = studio.dir.path();
    let refused: Vec<_> =
        trail::rows(dir, studio.set_up_seq).into_iter().filter(|row| row.kind == "decision").collect();
    assert_eq!(refused.len(), 2);
    for (row, whole) in refused.iter().zip([300_000, 5_000]) {
        let (parameters, details) = (row.parameters.clone().expect("some"), row.details.clone().expect("details"));
        assert_eq!(parameters["track_index"], 0);
        assert_eq!(parameters["notes"][1]["start"], 1.0);
        assert!(details["parameters_bytes"].as_u64().is_some_and(|bytes| bytes > whole), "{details}");
        assert!(details["parameters_hmac"].as_str().is_some_and(|digest| digest.len() == 16), "{details}");
    }
    let longest = query(dir, "SELECT max(length(bytes)) FROM decision WHERE verdict = 'refuse'");
    assert!((2_000..2_600).contains(&longest), "{longest}");
}

/// Promise: Refusals beyond a caller's bytes are counted and answered
#[tokio::test]
async fn refused_bytes_beyond_the_budget_are_counted() {
    const REFUSALS: usize = 60;
    let mut studio = Studio::open_with(|config| config.trail.refused_bytes = config::rate(1, 20_000)).await;
    let mut viewer = studio.caller("viewer").await;
    for _ in 0..REFUSALS {
        viewer.tell(&add_notes(4_000)).await.expect("a connection");
    }
    for _ in 0..REFUSALS {
        assert_eq!(viewer.hear().await.expect("an answer")["code"], "forbidden");
    }
    drop(viewer);
    studio.end().await;
    let dir = studio.dir.path();
    let bytes = query(dir, "SELECT sum(length(bytes)) FROM decision WHERE verdict = 'refuse'");
    let rows = query(dir, "SELECT count(*) FROM decision WHERE verdict = 'refuse'");
    let counted = query(dir, "SELECT sum(bytes ->> 'count') FROM event WHERE kind = 'refusals_counted'");
    assert!(bytes < 25_000 && rows > 3, "{rows} rows of {bytes} bytes");
    assert_eq!(rows + counted, 60);
    let whose =
        query(dir, "SELECT count(*) FROM event WHERE kind = 'refusals_counted' AND bytes ->> 'caller' IS NOT 'viewer'");
    assert_eq!(whose, 0);
}
