//! The cost of the trail: its writer compared with plain SQLite, bytes per change on disk, speed of verification, duration of a start
//! after a crash, and the delay of commits during pruning.
//!
//! `cargo bench --bench trail`. Everything is measured interleaved in one run, so that the ratios hold on a busy machine.

mod rows;

use std::path::Path;
use std::time::{Duration, Instant};

use livegate::audit::{self, Event, Keys, Planner, PruneReason, PruneUntil, Row, Sign, Trail};
use livegate::config::Config;
use rows::rows;
use rusqlite::{Connection, params};
use tempfile::TempDir;

const ROUNDS: usize = 6;
const GROUPS: [(usize, usize); 4] = [(1, 100), (16, 60), (128, 40), (512, 24)];
const VERIFIED_ROWS: i64 = 1_000_000;
const MIGRATIONS: [&str; 6] = [
    include_str!("../migrations/trail-0001.sql"),
    include_str!("../migrations/trail-0002.sql"),
    include_str!("../migrations/trail-0003.sql"),
    include_str!("../migrations/trail-0004.sql"),
    include_str!("../migrations/trail-0005.sql"),
    include_str!("../migrations/trail-0006.sql"),
];

fn main() {
    println!(
        "rows a second, and p50 / p99 of a commit in ms: the writer, and plain SQLite with the same tables, indexes and triggers:"
    );
    for (group_rows, groups) in GROUPS {
        compare(group_rows, groups);
    }
    let dir = TempDir::new().expect("a temporary folder");
    size_and_verification(dir.path());
    retention(dir.path());
}

fn open(dir: &Path) -> Trail {
    Trail::open(dir, &Config::default().trail).expect("a trail")
}

fn bare(dir: &Path) -> Connection {
    let db = Connection::open(dir.join("bare.db")).expect("a database");
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON").expect("settings");
    MIGRATIONS.iter().for_each(|sql| db.execute_batch(sql).expect("tables"));
    db
}

fn append_bare(db: &mut Connection, rows: &[Row]) {
    let group = db.transaction().expect("a transaction");
    for row in rows {
        let (sql, decision) = match row.keys {
            Keys::Decision { .. } => ("INSERT INTO decision (seq, bytes, once) VALUES (?1, ?2, ?3)", None),
            Keys::Outcome { decision, .. } => {
                ("INSERT INTO outcome (seq, bytes, decision) VALUES (?1, ?2, ?3)", Some(decision))
            }
            Keys::Event => ("INSERT INTO event (seq, bytes) SELECT ?1, ?2 WHERE ?3 IS NULL", None),
        };
        group.prepare_cached(sql).expect("SQL").execute(params![row.seq, row.bytes, decision]).expect("a row");
    }
    group.commit().expect("a commit");
}

fn compare(group_rows: usize, groups: usize) {
    let dir = TempDir::new().expect("a temporary folder");
    let mut trail = open(dir.path());
    let mut bare = bare(dir.path());
    let mut of_trail = Vec::new();
    let mut of_bare = Vec::new();
    let mut bare_seq = 0;
    for _ in 0..ROUNDS {
        for _ in 0..groups {
            let rows = rows(trail.last_seq(), group_rows.max(2));
            let rows = &rows[..group_rows];
            let start = Instant::now();
            trail.append(rows, Sign::WhenDue).expect("room");
            of_trail.push(start.elapsed());
        }
        for _ in 0..groups {
            let rows = rows(bare_seq, group_rows.max(2));
            let rows = &rows[..group_rows];
            bare_seq = rows.last().expect("a row").seq;
            let start = Instant::now();
            append_bare(&mut bare, rows);
            of_bare.push(start.elapsed());
        }
    }
    let rate = |times: &[Duration]| (group_rows * times.len()) as f64 / times.iter().sum::<Duration>().as_secs_f64();
    let trail_rate = rate(&of_trail);
    let bare_rate = rate(&of_bare);
    of_trail.sort();
    of_bare.sort();
    println!(
        "  groups of {group_rows:>3}: {trail_rate:>8.0} ({:>5.2} / {:>6.2})   plain {bare_rate:>8.0} ({:>5.2} / {:>6.2})   ratio {:.2}",
        at(&of_trail, 0.5),
        at(&of_trail, 0.99),
        at(&of_bare, 0.5),
        at(&of_bare, 0.99),
        trail_rate / bare_rate
    );
}

/// A quantile in milliseconds.
fn at(times: &[Duration], share: f64) -> f64 {
    times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0
}

fn size_and_verification(dir: &Path) {
    let mut trail = open(dir);
    while trail.last_seq() < VERIFIED_ROWS {
        trail.append(&rows(trail.last_seq(), 512), Sign::WhenDue).expect("room");
    }
    let start = Event::new("start").row(trail.last_seq() + 1);
    trail.append(&[start], Sign::Now).expect("room");
    drop(trail);
    let file = dir.join(audit::FILE);
    let bytes = std::fs::metadata(&file).expect("a file").len();
    println!(
        "bytes on disk per set_tempo, with both rows, indexes and tree: {:.0}",
        bytes as f64 / (VERIFIED_ROWS / 2) as f64
    );
    let key = audit::verifier(dir).expect("a key");
    let start = Instant::now();
    let report = audit::verify(&file, &key, &[]).expect("a report");
    assert!(report.is_valid(), "{report:?}");
    println!(
        "verified {} rows and {} checkpoints: {:.0} rows a second",
        report.rows,
        report.checkpoints,
        report.rows as f64 / start.elapsed().as_secs_f64()
    );
    let start = Instant::now();
    let db = Connection::open(&file).expect("the trail");
    let whole: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    println!("  SQLite's integrity check, in parallel with the hashing: {:.2?} ({whole})", start.elapsed());
    drop(db);
    // A crash leaves only rows since the last checkpoint unsigned.
    let mut trail = open(dir);
    trail.append(&rows(trail.last_seq(), 1_000), Sign::WhenDue).expect("room");
    std::mem::forget(trail);
    let start = Instant::now();
    drop(open(dir));
    println!("opened after a crash in {:.1} ms", start.elapsed().as_secs_f64() * 1000.0);
}

fn retention(dir: &Path) {
    let mut trail = open(dir);
    let config = Config::default().retention;
    let mut planner = Planner::new(
        &dir.join(audit::FILE),
        audit::verifier(dir).expect("a key"),
        config.transaction_rows_max as u64,
        0,
    );
    let until = PruneUntil::Size { size: VERIFIED_ROWS.unsigned_abs() / 2, before_us: i64::MAX };
    let mut planned = Vec::new();
    let mut waited = Vec::new();
    let mut removed = 0;
    loop {
        let start = Instant::now();
        let Some(plan) = planner.plan(until).expect("a plan") else { break };
        planned.push(start.elapsed());
        let start = Instant::now();
        removed += trail.prune(&plan, PruneReason::Asked, trail.last_seq() + 1).expect("an act").rows;
        waited.push(start.elapsed());
    }
    waited.sort();
    planned.sort();
    println!(
        "pruned {removed} rows in {} steps; a step delays commits by p50 {:.1}, at most {:.1} ms; planning, in parallel, takes p50 {:.1} ms",
        waited.len(),
        at(&waited, 0.5),
        at(&waited, 1.0),
        at(&planned, 0.5)
    );
}
