//! Verifies a whole trail: hashes every row and compares the tree with every checkpoint.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;

use super::checkpoint::{Signed, Verifier};
use super::error::{Result, invalid};
use super::leaves::{self, Position};
use super::log::Stored;
use super::pruned::PrunedTree;
use super::pruned_check;
use super::row::Table;
use super::succession::Succession;
use super::tree::Hash;
use super::tree::proof::Head;
use crate::failure::Context;
use crate::storage::schema;

/// Result of the verification.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    pub rows: u64,
    /// Number of pruned rows. Stored subtree hashes replace them in the tree.
    pub removed: u64,
    pub checkpoints: u64,
    /// Number of covered rows. Later rows are not signed yet.
    pub covered: u64,
    /// The mismatches, as sentences. The trail is valid if there are none.
    pub problems: Vec<String>,
}

/// A tree head that must match once its number of rows was hashed.
struct ExpectedHead {
    whose: String,
    root: Hash,
    /// The remaining columns of a checkpoint in the trail.
    stored: Option<Stored>,
}

type Claims = BTreeMap<u64, Vec<ExpectedHead>>;

/// Rows between two reports of progress.
const PROGRESS_ROWS: u64 = 4_096;
/// The limit of listed problems.
const PROBLEMS_MAX: usize = 20;

impl Report {
    pub fn is_valid(&self) -> bool {
        self.problems.is_empty()
    }

    fn problem(&mut self, problem: impl Into<String>) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem.into());
        }
    }
}

/// Called with the seq that was reached, and the last.
pub type OnProgress<'a> = &'a mut dyn FnMut(u64, u64);

/// Verify a trail with the key of its log, and against checkpoints that were kept elsewhere.
pub fn verify(path: &Path, key: &Verifier, anchors: &[Signed]) -> Result<Report> {
    verify_watched(path, key, anchors, &mut |_, _| ())
}

/// The same, with reports of its progress.
pub fn verify_watched(path: &Path, key: &Verifier, anchors: &[Signed], progress: OnProgress<'_>) -> Result<Report> {
    let mut report = Report::default();
    let structure = std::thread::scope(|scope| -> Result<Vec<String>> {
        // SQLite's check of pages and indexes takes longer than the hashing and runs on other processors.
        let checks = TABLES.map(|table| scope.spawn(move || structure(path, table)));
        let db = schema::open_read_only(path, schema::TRAIL)?;
        // Read one snapshot, independent of later writes.
        db.execute_batch("BEGIN")?;
        if !schema::is_as_migrated(&db, schema::TRAIL)? {
            // A view in place of a table may return rows without end.
            report.problem("the tables, indexes or triggers are not those that livegate creates");
            return Ok(Vec::new());
        }
        let claims = claims(&db, key, anchors, &mut report)?;
        if let Err(error) = check(&db, claims, &mut report, progress) {
            report.problem(format!("{error:#}"));
        }
        if let Err(error) = copies(&db, &mut report) {
            report.problem(format!("{error:#}"));
        }
        let found = checks
            .into_iter()
            .map(|check| check.join().unwrap_or_else(|_| Err(invalid("SQLite's check of the file failed"))));
        Ok(found.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    })?;
    for problem in structure {
        report.problem(problem);
    }
    Ok(report)
}

/// Every table with its indexes; the last entry checks pages that belong to no table.
const TABLES: [&str; 9] =
    ["sqlite_schema", "decision", "outcome", "event", "checkpoint", "pruned", "kept", "subtree", "pruned_checkpoint"];

/// Check the pages and indexes of a table. Indexes decide which rows a query finds.
fn structure(path: &Path, table: &str) -> Result<Option<String>> {
    let db = schema::open_read_only(path, schema::TRAIL)?;
    let check = format!("PRAGMA integrity_check({table})");
    let checked = db.prepare(&check).and_then(|mut check| check.query_row([], |row| row.get(0)));
    Ok(match checked {
        Ok::<String, _>(found) if found == "ok" => None,
        Ok(found) => Some(format!("the file is damaged: {}", found.trim())),
        Err(error) => Some(format!("the file is damaged: {error}")),
    })
}

/// Check the columns beside the bytes, which indexes need: they repeat fields of the bytes.
fn copies(db: &Connection, report: &mut Report) -> Result<()> {
    for (table, differs) in [
        ("decision", "once IS NOT bytes ->> 'once'"),
        ("outcome", "decision IS NOT bytes ->> 'decision' OR item IS NOT bytes ->> 'item'"),
    ] {
        let sql = format!("SELECT seq FROM {table} WHERE {differs} ORDER BY seq LIMIT 1");
        if let Some(seq) = db.query_row(&sql, [], |row| row.get::<_, i64>(0)).optional()? {
            report.problem(format!("the columns of row {seq} do not match its bytes"));
        }
    }
    Ok(())
}

/// The tree heads of signed checkpoints. An invalid signature is a problem.
fn claims(db: &Connection, key: &Verifier, anchors: &[Signed], report: &mut Report) -> Result<Claims> {
    let mut claims = Claims::new();
    let mut statement = db.prepare(&format!("SELECT {} FROM checkpoint ORDER BY size", Stored::COLUMNS))?;
    let mut rows = statement.query([])?;
    let mut succession = Succession::default();
    while let Some(row) = rows.next()? {
        let stored = Stored::read(row).context("a checkpoint cannot be read")?;
        report.checkpoints += 1;
        let whose = format!("the checkpoint of {} rows", stored.size);
        // Logs before and after a restored file have different origins.
        let signed = Signed::unverified(&stored.note);
        match signed.and_then(|signed| key.for_origin(&signed.checkpoint.origin).open(&signed.note)) {
            Ok(signed) if signed.size() == stored.size => {
                let root = signed.checkpoint.head.root;
                succession.push(&signed.checkpoint.origin, stored.last_seq);
                claims.entry(stored.size).or_default().push(ExpectedHead { whose, root, stored: Some(stored) });
            }
            Ok(_) => report.problem(format!("{whose} is signed for another size")),
            Err(error) => report.problem(format!("{whose} is not valid: {error:#}")),
        }
    }
    for problem in succession.unaccounted(db)? {
        report.problem(problem);
    }
    match succession.newest() {
        Some(origin) if !succession.has(key.origin()) => {
            report.problem(format!("this is the log {origin}, but the key is that of {}", key.origin()));
        }
        Some(_) => (),
        None => report.problem("there is no valid checkpoint, so the rows cannot be verified"),
    }
    for anchor in anchors {
        let whose = format!("the given checkpoint of {} rows", anchor.size());
        match key.for_origin(&anchor.checkpoint.origin).open(&anchor.note) {
            Ok(signed) => {
                let claim = ExpectedHead { whose, root: signed.checkpoint.head.root, stored: None };
                claims.entry(signed.size()).or_default().push(claim);
            }
            Err(error) => report.problem(format!("{whose} is not valid: {error:#}")),
        }
    }
    Ok(claims)
}

/// Compare the claims with the pruned part and with the rows.
fn check(db: &Connection, mut claims: Claims, report: &mut Report, progress: OnProgress<'_>) -> Result<()> {
    for table in Table::ALL.map(Table::name) {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE seq < 1)");
        if db.query_row(&sql, [], |row| row.get(0))? {
            report.problem(format!("{table} has a row before the first"));
        }
    }
    let gone = PrunedTree::read(db)?;
    let left = pruned_check::check(db, gone.as_ref())?;
    for problem in left.problems {
        report.problem(problem);
    }
    let Some(gone) = gone else { return hash(db, Position::default(), claims, report, progress) };
    let behind = claims.split_off(&gone.pruned.size);
    let is_own = |claims: &Vec<ExpectedHead>| claims.iter().any(|claim| claim.stored.is_some());
    if !behind.get(&gone.pruned.size).is_some_and(is_own) {
        report.problem("the checkpoint up to which rows were pruned is not signed");
    }
    for (size, claim) in
        claims.into_iter().flat_map(|(size, claims)| claims.into_iter().map(move |claim| (size, claim)))
    {
        if claim.stored.is_some() || !gone.begins_with(&Head { size, root: claim.root })? {
            report.problem(format!("{} does not match the hashes of pruned rows", claim.whose));
        }
    }
    report.removed = gone.pruned.size.saturating_sub(left.kept);
    hash(db, gone.position(), behind, report, progress)
}

/// Hash every row after a position and compare the claims.
fn hash(
    db: &Connection,
    mut position: Position,
    mut claims: Claims,
    report: &mut Report,
    progress: OnProgress<'_>,
) -> Result<()> {
    let last_seq = last_seq(db)?;
    compare(&position, claims.remove(&position.size()), report);
    let mut next = claims.first_key_value().map(|(size, _)| *size);
    let after_seq = position.last_seq;
    leaves::each_row(db, after_seq, |table, seq, bytes| {
        position.push(table, seq, bytes);
        if position.size().is_multiple_of(PROGRESS_ROWS) {
            progress(u64::try_from(seq)?, last_seq);
        }
        if next == Some(position.size()) {
            compare(&position, claims.remove(&position.size()), report);
            next = claims.first_key_value().map(|(size, _)| *size);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    report.rows = position.size();
    for claim in claims.into_values().flatten() {
        report.problem(format!("the trail has only {} rows, fewer than {}", position.size(), claim.whose));
    }
    Ok(())
}

fn last_seq(db: &Connection) -> Result<u64> {
    let last = Table::ALL.map(|table| format!("SELECT max(seq) AS seq FROM {}", table.name())).join(" UNION ALL ");
    let last: Option<i64> = db.query_row(&format!("SELECT max(seq) FROM ({last})"), [], |row| row.get(0))?;
    Ok(u64::try_from(last.unwrap_or_default())?)
}

fn compare(position: &Position, claims: Option<Vec<ExpectedHead>>, report: &mut Report) {
    let root = position.frontier.root();
    for claim in claims.into_iter().flatten() {
        if claim.root != root {
            report.problem(format!("{} does not match: rows up to it were changed, added or removed", claim.whose));
            continue;
        }
        let Some(stored) = claim.stored else { continue };
        report.covered = stored.size;
        if stored.last_seq != position.last_seq || stored.frontier != position.frontier.to_bytes() {
            report.problem(format!("the stored fields of {} do not match its note", claim.whose));
        }
    }
}
