//! A trail that cannot be written: no request runs, every caller gets the reason, and the trail recovers.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use livegate::audit::{Event, Sign, Trail};
use livegate::client::Client;
use livegate::config::{self, Config};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::disk::Disk;
use crate::support::studio::write_key;
use crate::support::{SimulatedLive, Studio, process, trail};

const BYTES_MIN: u64 = 256 * 1024;

async fn change(client: &mut Client) -> Value {
    Value::Object(client.ask(json!({"action": "set_tempo", "bpm": 90})).await.expect("an answer"))
}

/// Every kind of request is refused, nothing reaches Live, and the reason is in every answer.
async fn expect_unavailable(studio: &Studio, reason: &str) {
    let before = studio.live.effects().len();
    let mut client = studio.local().await;
    for request in [json!({"action": "set_tempo", "bpm": 91}), json!({"action": "ping"}), json!({"action": "nope"})] {
        let answer = client.ask(request).await.expect("an answer");
        assert_eq!(answer["code"], "unrecorded", "{answer:?}");
        assert!(answer["error"].as_str().is_some_and(|reported| reported.contains(reason)), "{answer:?}");
    }
    assert_eq!(studio.live.effects().len(), before);
}

async fn expect_well(studio: &mut Studio) {
    let before = studio.live.effects().len();
    // Writing is retried after a moment.
    let mut client = studio.local().await;
    while let answer = change(&mut client).await
        && answer["ok"] != true
    {
        // Frequent requests spend the allowance.
        assert!(["unrecorded", "rate_limited"].contains(&answer["code"].as_str().unwrap_or_default()), "{answer}");
    }
    drop(client);
    assert_eq!(studio.live.effects().len(), before + 1);
    studio.end().await;
    let kinds: Vec<String> = trail::rows(studio.dir.path(), 0).into_iter().map(|row| row.kind).collect();
    let at = |kind: &str| kinds.iter().position(|other| other == kind);
    assert!(at("trail_unwell").expect("a row about it") < at("trail_well").expect("a row about its end"));
}

/// Promise: Requests are refused while the trail cannot be written
#[tokio::test]
async fn a_full_database_stops_everything_until_enlarged() {
    let mut studio = Studio::open_with(|config| config.trail.file_bytes_max = BYTES_MIN).await;
    // Requests are refused before the file is full, except those of the owner's console.
    let mut client = studio.console().await;
    let name = "n".repeat(250);
    let long = json!({"action": "rename_track", "track_index": 0, "name": name});
    while client.ask(long.clone()).await.expect("an answer").get("code") != Some(&"unrecorded".into()) {}
    expect_unavailable(&studio, "disk is full").await;
    drop(client);
    studio.end().await;
    let mut studio = studio.restart_with(|config| config.trail.file_bytes_max *= 4).await;
    let mut client = studio.local().await;
    assert_eq!(change(&mut client).await["ok"], true);
    drop(client);
    studio.end().await;
}

/// Promise: Requests are refused while the trail cannot be written
#[tokio::test]
async fn a_full_disk_stops_everything_until_freed() {
    let (Some(disk), elsewhere) = (Disk::of_mebibytes(16), TempDir::new().expect("a temporary folder")) else { return };
    let dir = disk.folder();
    let key_file = write_key(dir.path());
    let live = SimulatedLive::start(elsewhere.path(), 0, Some(&key_file));
    let mut studio = Studio::open_before(dir, live, |_| ()).await;
    let filler = disk.fill();
    // Rows that fit the log are still written.
    let mut client = studio.local().await;
    while change(&mut client).await["code"] != "unrecorded" {}
    drop(client);
    expect_unavailable(&studio, "disk is full").await;
    std::fs::remove_file(filler).expect("the filler");
    expect_well(&mut studio).await;
    assert_verified(studio.dir.path());
}

/// Promise: Requests are refused while the trail cannot be written
#[test]
fn no_gateway_starts_on_a_readonly_disk() {
    let Some(disk) = Disk::of_mebibytes(16) else { return };
    // Without a running gateway, the command starts one for its duration.
    let list = || {
        let mut livegate = process::livegate();
        livegate.args(["user", "list", "--state-dir"]).arg(disk.path()).output().expect("the command runs")
    };
    assert!(list().status.success());
    disk.make_read_only();
    let refused = list();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("Read-only file system"), "{said}");
    disk.make_writable();
    assert!(list().status.success());
}

/// Promise: Requests are refused while the trail cannot be written
#[test]
fn a_failed_group_leaves_no_row() {
    let dir = TempDir::new().expect("a temporary folder");
    let config = config::Trail { file_bytes_max: BYTES_MIN, ..Config::default().trail };
    let mut trail = Trail::open(dir.path(), &config).expect("a trail");
    let mut written = 0;
    let error = loop {
        let seq = trail.last_seq();
        let rows: Vec<_> =
            (1..=8).map(|next| Event::new("test").with("text", "x".repeat(500)).row(seq + next)).collect();
        match trail.append(&rows, Sign::Now) {
            Ok(()) => written += 1,
            Err(error) => break error,
        }
    };
    assert!(written > 3, "{written}");
    assert_eq!(livegate::audit::WriteFailure::of(error.kind()), livegate::audit::WriteFailure::Full);
    let last = trail.last_seq();
    drop(trail);
    assert_verified(dir.path());
    let config = config::Trail { file_bytes_max: BYTES_MIN * 4, ..config };
    let mut trail = Trail::open(dir.path(), &config).expect("a trail");
    assert_eq!(trail.last_seq(), last);
    trail.append(&[Event::new("test").row(last + 5)], Sign::Now).expect("room");
    drop(trail);
    assert_verified(dir.path());
}

fn assert_verified(dir: &Path) {
    let key = livegate::audit::verifier(dir).expect("a key");
    let report = livegate::audit::verify(&dir.join(livegate::audit::FILE), &key, &[]).expect("a report");
    assert!(report.is_valid() && report.rows == report.covered, "{report:?}");
}

/// Promise: Requests are refused while the trail cannot be written
#[tokio::test]
async fn a_missing_file_stops_everything_until_restored() {
    let mut studio = Studio::open().await;
    let file = studio.dir.path().join("trail.db");
    let away = studio.dir.path().join("away");
    std::fs::rename(&file, &away).expect("a rename");
    expect_unavailable(&studio, "is missing").await;
    std::fs::rename(&away, &file).expect("a rename");
    expect_well(&mut studio).await;
    assert_verified(studio.dir.path());
}

/// Promise: Requests are refused while the trail cannot be written
#[tokio::test]
async fn a_replaced_file_stops_everything_until_removed() {
    let mut studio = Studio::open().await;
    let file = studio.dir.path().join("trail.db");
    let away = studio.dir.path().join("away");
    std::fs::rename(&file, &away).expect("a rename");
    std::fs::write(&file, "another").expect("a file");
    expect_unavailable(&studio, "replaced by another").await;
    std::fs::rename(&away, &file).expect("a rename");
    expect_well(&mut studio).await;
}

/// Promise: Requests are refused while the trail cannot be written
#[tokio::test]
async fn a_lost_lock_stops_everything() {
    let mut studio = Studio::open().await;
    let lock = studio.dir.path().join("lock");
    let away = studio.dir.path().join("away");
    std::fs::rename(&lock, &away).expect("a rename");
    expect_unavailable(&studio, "state folder is missing").await;
    std::fs::rename(&away, &lock).expect("a rename");
    expect_well(&mut studio).await;
}

fn open(path: &Path) -> File {
    OpenOptions::new().write(true).open(path).expect("a file")
}

fn cut(path: &Path, bytes: impl FnOnce(u64) -> u64) {
    let file = open(path);
    file.set_len(bytes(file.metadata().expect("a file").len())).expect("another length");
}

/// The tempo changes in a copy of the files, as after a crash at this moment.
fn tempos_after_a_crash(state: &Path) -> Vec<f64> {
    let dir = TempDir::new().expect("a temporary folder");
    for name in ["trail.db", "trail.db-wal"] {
        // Lost rows stay lost.
        let _ = std::fs::copy(state.join(name), dir.path().join(name));
    }
    let db = rusqlite::Connection::open(dir.path().join("trail.db")).expect("a database");
    let Ok(mut tempos) = db.prepare("SELECT bytes ->> '$.parameters.bpm' FROM decisions WHERE action = 'set_tempo'")
    else {
        return Vec::new();
    };
    let found = tempos.query_map([], |row| row.get(0)).and_then(Iterator::collect);
    found.unwrap_or_default()
}

/// A name, the file, the reported reason, and the damage.
type DamageCase = (&'static str, &'static str, &'static str, fn(&Path));

/// Promise: No effect without its row
#[tokio::test]
async fn an_emptied_or_overwritten_file_stops_everything() {
    let ways: [DamageCase; 8] = [
        ("the log is emptied", "trail.db-wal", "emptied", |path| cut(path, |_| 0)),
        ("the log is emptied and as long again", "trail.db-wal", "emptied", |path| {
            let bytes = path.metadata().expect("a file").len();
            cut(path, |_| 0);
            cut(path, |_| bytes);
        }),
        ("the log's header is zeroed", "trail.db-wal", "emptied", |path| {
            open(path).write_all(&[0; 32]).expect("a file")
        }),
        ("the log is cut in the middle", "trail.db-wal", "emptied", |path| cut(path, |bytes| bytes / 2)),
        ("the log is removed", "trail.db-wal", "is missing", |path| std::fs::remove_file(path).expect("a file")),
        ("the database is emptied", "trail.db", "emptied", |path| cut(path, |_| 0)),
        ("the database is cut in the middle", "trail.db", "emptied", |path| cut(path, |bytes| bytes / 2)),
        ("the index is removed", "trail.db-shm", "is missing", |path| std::fs::remove_file(path).expect("a file")),
    ];
    for (what, name, reason, happens) in ways {
        let studio = Studio::open().await;
        let mut client = studio.local().await;
        assert_eq!(change(&mut client).await["ok"], true);
        happens(&studio.dir.path().join(name));
        for bpm in 100..106 {
            let answer = client.ask(json!({"action": "set_tempo", "bpm": bpm})).await.expect("an answer");
            let is_there = || tempos_after_a_crash(studio.dir.path()).contains(&f64::from(bpm));
            assert!(answer["ok"] != true || is_there(), "{what}: {bpm} was answered ok, and is lost");
        }
        expect_unavailable(&studio, reason).await;
    }
}

#[tokio::test]
async fn an_emptied_log_loses_only_its_rows() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    assert_eq!(change(&mut client).await["ok"], true);
    drop(client);
    cut(&studio.dir.path().join("trail.db-wal"), |_| 0);
    expect_unavailable(&studio, "restart the gateway").await;
    studio.end().await;
    let mut studio = studio.restart().await;
    let status = studio.console().await.ask(json!({"action": "status"})).await.expect("an answer");
    let warning = status["trail"]["new_log"].as_str().expect("a warning");
    assert!(warning.contains("missing or was emptied: 1 rows were signed"), "{warning}");
    let answer = change(&mut studio.local().await).await;
    assert_eq!(answer["ok"], true, "{answer}");
    studio.end().await;
    assert_verified(studio.dir.path());
}

#[tokio::test]
async fn a_regular_checkpoint_by_sqlite_stops_nothing() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    assert_eq!(change(&mut client).await["ok"], true);
    let other = rusqlite::Connection::open(studio.dir.path().join("trail.db")).expect("the trail");
    let busy: bool = other.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).expect("a checkpoint");
    assert!(!busy && studio.dir.path().join("trail.db-wal").metadata().expect("a file").len() == 0);
    for _ in 0..3 {
        assert_eq!(change(&mut client).await["ok"], true);
    }
    drop((client, other));
    studio.end().await;
    assert_verified(studio.dir.path());
}

/// Promise: Requests are refused while the trail cannot be written
#[tokio::test]
async fn a_foreign_lock_stops_everything_until_released() {
    let mut studio = Studio::open_with(|config| config.requests.deadline_ms = 60_000).await;
    let other = rusqlite::Connection::open(studio.dir.path().join("trail.db")).expect("the trail");
    other.execute_batch("BEGIN IMMEDIATE").expect("a lock");
    expect_unavailable(&studio, "has locked its file").await;
    other.execute_batch("ROLLBACK").expect("no lock");
    expect_well(&mut studio).await;
}

/// Another program that writes to the trail. It does not sync, so it holds the lock only briefly.
fn foreign_writer(studio: &Studio) -> rusqlite::Connection {
    let other = rusqlite::Connection::open(studio.dir.path().join("trail.db")).expect("the trail");
    other.pragma_update(None, "synchronous", "OFF").expect("a setting");
    other
}

/// Promise: Requests are refused while the trail cannot be written
#[tokio::test]
async fn foreign_rows_stop_everything() {
    let studio = Studio::open().await;
    let last = trail::last_seq(studio.dir.path());
    let other = foreign_writer(&studio);
    other
        .execute("INSERT INTO event (seq, bytes) VALUES (?1, '{\"kind\":\"mine\",\"time\":0}')", [last + 1])
        .expect("a row");
    expect_unavailable(&studio, "log has the cause").await;
}

/// Promise: Requests are refused while the trail cannot be written
#[tokio::test]
async fn a_foreign_trigger_swallows_no_row() {
    let studio = Studio::open().await;
    let other = foreign_writer(&studio);
    other
        .execute_batch("CREATE TRIGGER quiet BEFORE INSERT ON decision BEGIN SELECT raise(IGNORE); END")
        .expect("a trigger");
    // The writer's connection runs no triggers; the next start detects this one.
    assert_eq!(change(&mut studio.local().await).await["ok"], true);
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    assert!(rows.iter().any(|row| row.verdict.as_deref() == Some("allow")), "{rows:?}");
    let dir = TempDir::new().expect("a temporary folder");
    std::fs::copy(studio.dir.path().join("trail.db"), dir.path().join("trail.db")).expect("a copy");
    std::fs::copy(studio.dir.path().join("trail.db-wal"), dir.path().join("trail.db-wal")).expect("a copy");
    let refused = Trail::open(dir.path(), &Config::default().trail).err().expect("a refusal");
    assert!(refused.to_string().contains("tables, indexes or triggers that livegate did not create"), "{refused:#}");
}
