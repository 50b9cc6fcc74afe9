//! Limits of the trail per caller: refusals are bounded in bytes, and young rows are never pruned.

use std::path::Path;

use livegate::audit::{self, Decision, Detail, Event, Outcome, OutcomeKind, Sign, Trail};
use livegate::client::Client;
use livegate::config::{self, Config};
use livegate::gateway::{BridgeUse, Gateway};
use livegate::platform::StateDir;
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::support::{Studio, process, studio::loopback, trail};

/// A request of about this many bytes.
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

/// Promise: A refused request leaves a bounded row
#[tokio::test]
async fn a_refused_request_leaves_a_bounded_row() {
    let mut studio = Studio::open().await;
    let mut viewer = studio.caller("viewer").await;
    let mut unauthenticated = studio.unauthenticated().await;
    assert_eq!(ask(&mut viewer, &add_notes(400_000)).await["code"], "forbidden");
    assert_eq!(ask(&mut unauthenticated, &add_notes(7_000)).await["code"], "unauthenticated");
    drop((viewer, unauthenticated));
    studio.end().await;
    let dir = studio.dir.path();
    let refused: Vec<_> =
        trail::rows(dir, studio.set_up_seq).into_iter().filter(|row| row.kind == "decision").collect();
    assert_eq!(refused.len(), 2);
    for (row, whole) in refused.iter().zip([300_000, 5_000]) {
        let parameters = row.parameters.clone().expect("some");
        let details = row.details.clone().expect("details");
        assert_eq!(parameters["track_index"], 0);
        assert_eq!(parameters["notes"][1]["start"], 1.0);
        assert!(details["parameters_bytes"].as_u64().is_some_and(|bytes| bytes > whole), "{details}");
        assert!(details["parameters_hmac"].as_str().is_some_and(|digest| digest.len() == 16), "{details}");
    }
    let longest = query(dir, "SELECT max(length(bytes)) FROM decisions WHERE verdict = 'refuse'");
    assert!((2_000..2_600).contains(&longest), "{longest}");
}

/// Promise: Refusals beyond a caller's bytes are counted and answered
#[tokio::test]
async fn refused_bytes_beyond_the_budget_are_counted() {
    const REFUSALS: usize = 60;
    let mut studio = Studio::open_with(|config| config.trail.refused_bytes = config::rate(1, 20_000)).await;
    let mut viewer = studio.caller("viewer").await;
    for _ in 0..REFUSALS {
        viewer.send(&add_notes(4_000)).await.expect("a connection");
    }
    for _ in 0..REFUSALS {
        assert_eq!(viewer.receive().await.expect("an answer")["code"], "forbidden");
    }
    drop(viewer);
    studio.end().await;
    let dir = studio.dir.path();
    let bytes = query(dir, "SELECT sum(length(bytes)) FROM decisions WHERE verdict = 'refuse'");
    let rows = query(dir, "SELECT count(*) FROM decisions WHERE verdict = 'refuse'");
    let counted = query(dir, "SELECT sum(bytes ->> 'count') FROM events WHERE kind = 'refusals_counted'");
    assert!(bytes < 25_000 && rows > 3, "{rows} rows of {bytes} bytes");
    assert_eq!(rows + counted, 60);
    let whose = query(
        dir,
        "SELECT count(*) FROM events WHERE kind = 'refusals_counted' AND bytes ->> 'caller' IS NOT 'viewer'",
    );
    assert_eq!(whose, 0);
}

/// Promise: Retention by size prunes no young row
#[tokio::test]
async fn a_caller_filling_the_trail_is_refused() {
    let studio = Studio::open_with(|config| {
        config.trail.checkpoint_rows = 8;
        config.retention.bytes_max = 1 << 20;
        config.retention.age_min_days = 1;
        config.retention.interval_s = 1;
    })
    .await;
    let mut producer = studio.caller("producer").await;
    let mut engineer = studio.caller("engineer").await;
    let rename = json!({"action": "rename_track", "track_index": 0, "name": "x".repeat(250)});
    let refused = loop {
        let answer = ask(&mut producer, &rename).await;
        let is_burst = answer.get("error").is_some_and(|error| error.to_string().contains("too many requests"));
        if answer["ok"] != true && !is_burst {
            break answer;
        }
    };
    assert_eq!(refused["code"], "rate_limited", "{refused:?}");
    assert!(refused["error"].as_str().is_some_and(|error| error.contains("retention.bytes_max")), "{refused:?}");
    // Callers that have written little continue, and stops run for every caller.
    assert_eq!(ask(&mut engineer, &json!({"action": "set_tempo", "bpm": 90})).await["ok"], true);
    assert_eq!(ask(&mut producer, &json!({"action": "stop_playback"})).await["ok"], true);
    let mut console = studio.console().await;
    let room = ask(&mut console, &json!({"action": "status"})).await["trail"]["room"].clone();
    assert_eq!((&room["is_near"], &room["largest"]["caller"]), (&json!(true), &json!("producer")), "{room}");
    // A restart keeps the counts.
    drop((producer, engineer, console));
    let studio = studio.restart().await;
    let mut console = studio.console().await;
    crate::support::studio::until(&mut console, |status| status["trail"]["room"]["is_near"] == true).await;
    let mut producer = studio.caller("producer").await;
    assert_eq!(ask(&mut producer, &rename).await["code"], "rate_limited");
    // The owner prunes rows.
    let answer = ask(&mut console, &json!({"action": "audit_prune", "before": "0s"})).await;
    assert_eq!(answer["ok"], true, "{answer:?}");
    assert_eq!(ask(&mut producer, &rename).await["ok"], true);
    let dir = studio.dir.path();
    let by_size = query(dir, "SELECT count(*) FROM events WHERE kind = 'pruned' AND bytes ->> 'reason' = 'size'");
    assert_eq!(by_size, 0);
}

/// The trail of a killed gateway: one completed request, and two without an outcome.
fn cut_off(state_dir: &Path, sign: Sign) {
    let mut trail = Trail::open(state_dir, &Config::default().trail).expect("a trail");
    let first = trail.last_seq() + 1;
    let decision = |seq| Decision { time_us: 1, session: first, ..Decision::default() }.row(seq);
    let rows = [Event::new("start").row(first), decision(first + 1), decision(first + 2), decision(first + 3)];
    trail.append(&rows, sign).expect("a commit");
    let kind = OutcomeKind::Ok;
    let detail = Detail::default();
    let item = None;
    let code = None;
    let rule = None;
    let duration_us = None;
    let delivered = None;
    let caller = None;
    let decision = first + 2;
    let outcome =
        Outcome { time_us: 2, decision, item, kind, code, rule, duration_us, delivered, detail, caller }.row(first + 4);
    trail.append(&[outcome], sign).expect("a commit");
}

fn interrupted(state_dir: &Path) -> i64 {
    drop(Trail::open(state_dir, &Config::default().trail).expect("a trail"));
    query(state_dir, "SELECT count(*) FROM outcomes WHERE outcome = 'interrupted'")
}

/// Promise: Requests cut off by a crash are recorded as interrupted
#[test]
fn a_start_finishes_interrupted_requests_once() {
    let dir = TempDir::new().expect("a temporary folder");
    cut_off(dir.path(), Sign::Now);
    let first = "SELECT (SELECT before_seq FROM finished) - (SELECT min(seq) FROM decision)";
    assert_eq!(query(dir.path(), first), 0);
    let db = Connection::open(dir.path().join(audit::FILE)).expect("the trail");
    for sql in [
        "DELETE FROM finished",
        "UPDATE finished SET before_seq = before_seq + 1",
        "INSERT OR REPLACE INTO finished VALUES (1, 1000)",
    ] {
        assert!(db.execute(sql, []).is_err(), "a trigger prevents {sql}");
    }
    drop(db);
    assert_eq!([interrupted(dir.path()), interrupted(dir.path())], [2, 2]);
    let next = "SELECT (SELECT before_seq FROM finished) - (SELECT seq FROM last_seq)";
    assert_eq!(query(dir.path(), next), 1);
}

/// Promise: Requests cut off by a crash are recorded as interrupted
#[test]
fn requests_after_the_last_checkpoint_are_interrupted() {
    let dir = TempDir::new().expect("a temporary folder");
    cut_off(dir.path(), Sign::WhenDue);
    assert_eq!([interrupted(dir.path()), interrupted(dir.path())], [2, 2]);
}

/// Promise: A reader cannot grow the write-ahead log without limit
#[tokio::test(flavor = "multi_thread")]
async fn an_endless_reader_is_reported_and_bounded() {
    let studio = Studio::open_with(|config| {
        config.trail.write_ahead_pages = 8;
        config.trail.write_ahead_pages_max = 128;
    })
    .await;
    let file = studio.dir.path().join(audit::FILE);
    let read = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None); db.execute('BEGIN'); \
        db.execute('SELECT max(seq) FROM event').fetchone(); print('reads', flush=True); sys.stdin.read()";
    let mut reader = process::python()
        .args(["-c", read])
        .arg(&file)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("python runs");
    let mut line = String::new();
    let mut reported = std::io::BufReader::new(reader.stdout.take().expect("a pipe"));
    std::io::BufRead::read_line(&mut reported, &mut line).expect("a line");
    let mut client = studio.local().await;
    let mut console = studio.console().await;
    let refused = loop {
        let answer = ask(&mut client, &json!({"action": "set_tempo", "bpm": 90})).await;
        if answer["ok"] != true && answer["code"] != "rate_limited" {
            break answer;
        }
    };
    assert_eq!(refused["code"], "unrecorded");
    assert!(
        refused["error"].as_str().is_some_and(|error| error.contains("trail.write_ahead_pages_max")),
        "{refused:?}"
    );
    assert_eq!(ask(&mut client, &json!({"action": "stop_playback"})).await["ok"], true);
    let log = ask(&mut console, &json!({"action": "status"})).await["trail"]["write_ahead"].clone();
    assert!(log["bytes"].as_u64().is_some_and(|bytes| bytes > 96 * 4_096) && log["since"].is_string(), "{log}");
    if cfg!(target_os = "linux") {
        let pid = reader.id().to_string();
        assert!(
            log["readers"].as_array().is_some_and(|names| names.iter().any(|name| name.to_string().contains(&pid))),
            "{log}"
        );
    }
    drop(reader.stdin.take());
    reader.wait().expect("the reader ends");
    crate::support::studio::until(&mut console, |status| status["trail"].get("write_ahead").is_none()).await;
    assert_eq!(ask(&mut client, &json!({"action": "set_tempo", "bpm": 91})).await["ok"], true);
}

#[tokio::test]
async fn a_stopped_gateway_leaves_its_state_folder_free() {
    let dir = TempDir::new().expect("a temporary folder");
    let mut trail = Trail::open(dir.path(), &Config::default().trail).expect("a trail");
    let first = trail.last_seq() + 1;
    // Enough rows that counting them takes longer than shutdown.
    let rows: Vec<_> = (first..first + 20_000).map(|seq| Event::new("test").row(seq)).collect();
    trail.append(&rows, Sign::Now).expect("a commit");
    drop(trail);
    for _ in 0..3 {
        let state = StateDir::claim(dir.path()).expect("a folder that no gateway uses");
        let mut config = Config::default();
        config.bridge.address = loopback(1);
        let gateway = Gateway::start(config, state, BridgeUse::Connect).await.expect("a gateway");
        gateway.stop().await;
    }
}
