//! Trails of earlier formats: their leaves stay unchanged, and the columns beside them repeat their fields.

use std::path::Path;

use livegate::audit::{self, Trail};
use livegate::config::Config;
use livegate::platform;
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::support::{root, verifiers};

/// A state folder with the trail that livegate wrote in this format.
fn state(format: u32) -> TempDir {
    let dir = TempDir::new().expect("a temporary folder");
    let fixture = root().join(format!("tests/fixtures/trail-format-{format}"));
    for name in ["trail.db", "trail.vkey", "trail.checkpoint"] {
        std::fs::copy(fixture.join(name), dir.path().join(name)).expect("a copy");
    }
    let key = std::fs::read_to_string(fixture.join("checkpoint.key")).expect("a key");
    platform::create_private_dir(&dir.path().join("keys")).expect("a folder");
    platform::write_secret(&dir.path().join("keys/checkpoint.key"), &key.trim().to_owned().into()).expect("a key");
    dir
}

/// Table, seq and bytes of every row.
fn leaves(trail: &Path) -> Vec<(String, i64, String)> {
    let db = Connection::open(trail).expect("the trail");
    let sql = "SELECT 'decision', seq, bytes FROM decision UNION ALL SELECT 'outcome', seq, bytes FROM outcome
        UNION ALL SELECT 'event', seq, bytes FROM event ORDER BY 2";
    let mut statement = db.prepare(sql).expect("SQL");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).expect("rows");
    rows.collect::<Result<_, _>>().expect("rows")
}

/// Promise: Requests cut off by a crash are recorded as interrupted
#[test]
fn a_migration_finds_requests_that_were_interrupted() {
    let dir = state(5);
    let path = dir.path().join(audit::FILE);
    let db = Connection::open(&path).expect("the trail");
    let more = "INSERT INTO decision (seq, bytes) SELECT (SELECT seq FROM last_seq) + 1, bytes FROM decision
        WHERE verdict = 'allow' ORDER BY seq LIMIT 1";
    let before = "DROP TABLE unfinished; PRAGMA user_version = 4";
    // Without a later start they have no outcome.
    db.execute_batch(&format!("{more}; {more}; {before}")).expect("the format before");
    drop(db);
    drop(Trail::open(dir.path(), &Config::default().trail).expect("a trail"));
    let db = Connection::open(&path).expect("the trail");
    let sql = "SELECT count(*) FROM outcomes WHERE outcome = 'interrupted'";
    assert_eq!(db.query_row::<i64, _, _>(sql, [], |row| row.get(0)).expect("a count"), 2);
}

/// Promise: The trail can be verified
#[test]
fn an_earlier_format_keeps_its_leaves() {
    let dir = state(5);
    let path = dir.path().join(audit::FILE);
    let before = leaves(&path);
    assert!(before.len() > 10, "{before:?}");
    let trail = Trail::open(dir.path(), &Config::default().trail).expect("a trail");
    assert!(!trail.has_begun(), "it is the same log");
    let mut keys = Vec::new();
    trail.requests_with_keys(0, |earlier| keys.push((earlier.once, earlier.action))).expect("requests");
    assert_eq!(keys, [("first".to_owned(), "set_tempo".to_owned())]);
    drop(trail);
    assert_eq!(leaves(&path)[..before.len()], before);
    let key = dir.path().join("trail.vkey");
    for report in [verifiers::rust(&path, &key, &[]), verifiers::python(&path, &key, &[])] {
        assert_eq!((&report["ok"], &report["problems"]), (&json!(true), &json!([])));
    }
}
