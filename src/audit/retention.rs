//! Retention: the planner selects rows to prune outside the write path; the writer prunes them in one transaction.

mod act;
mod walk;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use super::checkpoint::{Signed, Verifier};
use super::error::{Result, invalid};
use super::leaves::Position;
use super::log::{Stored, read_latest};
use super::pruned::{Pruned, PrunedTree};
use super::pruned_check;
use super::tree::{self, proof};
use crate::failure::Context;
use crate::platform::clock;
use crate::storage::schema;
pub use act::{Act, Plan, PruneReason};
use walk::Walk;

/// The limit up to which rows may be pruned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PruneUntil {
    /// Rows written before this Unix time in microseconds.
    Time(i64),
    /// The first `size` leaves of the tree, but no row written at or after `before_us` (Unix time in microseconds).
    Size {
        /// Number of leaves.
        size: u64,
        /// Unix time in microseconds.
        before_us: i64,
    },
}

/// Plans one act of retention at a time.
pub struct Planner {
    path: PathBuf,
    key: Verifier,
    /// The limit of rows in one act. One act always includes all rows of at least one checkpoint.
    rows_max: u64,
    /// How long idempotency keys must stay resolvable, in microseconds. Retention keeps the first request with such a key and all later
    /// rows.
    keys_us: i64,
    /// Whether the pruned part was verified against its signed checkpoint.
    is_held: bool,
    /// The size of the checkpoint at which this planner stops. It prevents an act from pruning the events of the preceding acts.
    end: Option<u64>,
    references: References,
}

impl Planner {
    /// A planner over the trail at `path`. `key` verifies its checkpoints, an act prunes at most `rows_max` rows, and
    /// idempotency keys of the last `keys_us` microseconds are retained.
    pub fn new(path: &Path, key: Verifier, rows_max: u64, keys_us: i64) -> Planner {
        Planner {
            path: path.to_owned(),
            key,
            rows_max,
            keys_us,
            is_held: false,
            end: None,
            references: References::default(),
        }
    }

    /// Plan the next act; `None` if there are no rows to prune.
    pub fn plan(&mut self, until: PruneUntil) -> Result<Option<Plan>> {
        let db = snapshot(&self.path)?;
        let from = self.from(&db)?;
        let end = match self.end {
            Some(end) => end,
            None => *self.end.insert(read_latest(&db)?.map_or(0, |stored| stored.size)),
        };
        let keys_since_us = clock::unix_micros() - self.keys_us;
        let mut walk = Walk::new(&db, from.clone(), self.rows_max, end)?.before(first_with_key(&db, keys_since_us)?);
        let Some(boundary) = walk.run(until)? else { return Ok(None) };
        let boundary = signed(&db, &boundary, &self.key)?;
        self.references.extend(&db)?;
        let seqs: Vec<i64> = walk.seqs.iter().copied().take_while(|&seq| seq <= boundary.last_seq).collect();
        let referenced = self.references.across(boundary.last_seq);
        let staying = staying(&db, boundary.last_seq)?;
        let stays = |seq: &i64| referenced.contains(seq) || staying.contains(seq);
        // Take an empty step if a later checkpoint may have rows to prune.
        if seqs.iter().all(stays) && !has_checkpoint_between(&db, boundary.size, end)? {
            return Ok(None);
        }
        Ok(Some(Plan {
            from: from.size(),
            needed: needed(&db, from.size(), boundary.size)?,
            referenced,
            looked_at: self.references.seen,
            staying,
            subtrees: walk.subtrees,
            boundary,
            seqs,
        }))
    }

    /// The position of the first unpruned row. The first call verifies the pruned part against its signed checkpoint: otherwise a new act could sign
    /// rows that were tampered with.
    fn from(&mut self, db: &Connection) -> Result<Position> {
        let gone = PrunedTree::read(db)?;
        let from = gone.as_ref().map(PrunedTree::position).unwrap_or_default();
        if !self.is_held {
            if let Some(problem) = pruned_check::check(db, gone.as_ref())?.problems.first() {
                return Err(invalid(format!("{problem}, so no row is pruned; run livegate audit verify")));
            }
            if gone.is_some() {
                signed(db, &from, &self.key)?;
            }
            self.is_held = true;
        }
        Ok(from)
    }

    /// An upper bound of the rows that all acts together would prune: some are retained because later rows refer to them.
    pub fn count(&self, until: PruneUntil) -> Result<u64> {
        let db = snapshot(&self.path)?;
        let from = PrunedTree::read(&db)?.map(|gone| gone.position()).unwrap_or_default();
        let keys_since_us = clock::unix_micros() - self.keys_us;
        let walk = Walk::new(&db, from.clone(), u64::MAX, u64::MAX)?.counting();
        let mut walk = walk.before(first_with_key(&db, keys_since_us)?);
        Ok(walk.run(until)?.map_or(0, |boundary| boundary.size() - from.size()))
    }
}

/// The bytes in use in the trail's file.
pub fn used_bytes(db: &Connection) -> Result<u64> {
    let number =
        |pragma: &str| -> Result<u64> { Ok(db.pragma_query_value(None, pragma, |row| row.get::<_, u32>(0))?.into()) };
    Ok((number("page_count")? - number("freelist_count")?) * number("page_size")?)
}

/// The limit of pruning that reduces the trail to `bytes_max` bytes, with some capacity to grow. It excludes rows written at or after `before_us`.
/// `None`: the trail is small enough.
pub fn beyond_bytes(path: &Path, bytes_max: u64, before_us: i64) -> Result<Option<PruneUntil>> {
    let db = snapshot(path)?;
    let used = used_bytes(&db)?;
    if used <= bytes_max {
        return Ok(None);
    }
    let gone = Pruned::read(&db)?.map_or(0, |pruned| pruned.size);
    let last = read_latest(&db)?.map_or(0, |stored| stored.size);
    let stay = u128::from(last - gone) * u128::from(bytes_max / 10 * 9) / u128::from(used);
    Ok(Some(PruneUntil::Size { size: last - u64::try_from(stay)?, before_us }))
}

/// Remove the pages of pruned rows from the database file and from its write-ahead log, which keep the old contents until then.
pub fn settle(path: &Path) -> Result<()> {
    let db = schema::open(path, schema::TRAIL)?;
    let busy: bool = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy {
        return Err(invalid("another process reads it"));
    }
    Ok(())
}

/// Open a read transaction on one snapshot of the trail, independent of later writes.
fn snapshot(path: &Path) -> Result<Connection> {
    let db = schema::open_read_only(path, schema::TRAIL)?;
    db.execute_batch("BEGIN")?;
    Ok(db)
}

fn has_checkpoint_between(db: &Connection, after: u64, end: u64) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM checkpoint WHERE size > ?1 AND size <= ?2)";
    Ok(db.query_row(sql, params![i64::try_from(after)?, i64::try_from(end)?], |row| row.get(0))?)
}

/// The checkpoint at a position, if its signature and tree head match the rows. Rows that were tampered with are not pruned and remain as
/// evidence.
fn signed(db: &Connection, at: &Position, key: &Verifier) -> Result<Stored> {
    let check = || -> Result<Stored> {
        let stored = Pruned { size: at.size(), last_seq: at.last_seq, act: 0 }.checkpoint(db)?;
        let origin = Signed::unverified(&stored.note)?.checkpoint.origin;
        let head = key.for_origin(&origin).open(&stored.note)?.checkpoint.head;
        let fits = head == proof::Head { size: at.size(), root: at.frontier.root() }
            && stored.last_seq == at.last_seq
            && stored.frontier()? == at.frontier;
        if fits { Ok(stored) } else { Err(invalid("its rows do not match the signed root")) }
    };
    Ok(check().with_context(|| {
        format!("the checkpoint of {} rows does not match, so no row is pruned; run livegate audit verify", at.size())
    })?)
}

/// The subtrees whose hashes must be stored: for consistency proofs from earlier checkpoints, and for proofs of later rows.
fn needed(db: &Connection, from: u64, to: u64) -> Result<Vec<Range<u64>>> {
    let mut needed: Vec<Range<u64>> = tree::complete_subtrees(to).collect();
    let mut statement = db.prepare("SELECT size FROM checkpoint WHERE size >= ?1 AND size < ?2")?;
    let mut sizes = statement.query(params![i64::try_from(from)?, i64::try_from(to)?])?;
    while let Some(row) = sizes.next()? {
        let size = row.get::<_, i64>(0)?.cast_unsigned();
        needed.extend(tree::complete_subtrees(size));
        needed.extend(proof::consistency(size, to));
    }
    // All other hashes that proofs of already pruned rows need are beside or above the last pruned leaf.
    if let Some(last) = from.checked_sub(1) {
        needed.extend(proof::inclusion(last, to));
        needed.extend(tree::subtrees_of(last).take_while(|range| range.end <= to));
    }
    Ok(needed)
}

/// The seq of the first request with an idempotency key since `since_us`. The gateway looks up its outcome in the trail.
fn first_with_key(db: &Connection, since_us: i64) -> Result<Option<i64>> {
    let sql = "SELECT min(seq) FROM decision INDEXED BY decision_by_once
        WHERE once IS NOT NULL AND bytes ->> 'verdict' = 'allow' AND bytes ->> 'time' >= ?1";
    Ok(db.query_row(sql, [since_us], |row| row.get(0))?)
}

/// Rows up to a seq that must be retained: decisions without an outcome up to that seq, the latest state of the subscriptions in Live, and
/// the beginnings of logs.
fn staying(db: &Connection, last_seq: i64) -> Result<Vec<i64>> {
    let sql = "SELECT seq FROM decisions AS decision WHERE seq <= ?1 AND verdict = 'allow'
            AND NOT EXISTS (SELECT 1 FROM outcome WHERE outcome.decision = decision.seq AND outcome.seq <= ?1)
        UNION ALL SELECT * FROM (SELECT max(seq) AS seq FROM events WHERE seq <= ?1 AND kind = 'listening') WHERE seq IS NOT NULL
        UNION ALL SELECT seq FROM events WHERE seq <= ?1 AND kind = 'log_begun'";
    Ok(db.prepare(sql)?.query_map([last_seq], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// The events that decisions refer to: by the event's seq, the last decision that refers to it.
#[derive(Debug, Default)]
struct References {
    last: HashMap<i64, i64>,
    /// The seq up to which decisions were read.
    seen: i64,
}

impl References {
    fn extend(&mut self, db: &Connection) -> Result<()> {
        let sql = "SELECT session, policy, max(seq) FROM decisions WHERE seq > ?1 GROUP BY session, policy";
        let mut statement = db.prepare(sql)?;
        let mut rows = statement.query([self.seen])?;
        while let Some(row) = rows.next()? {
            let decision: i64 = row.get(2)?;
            for event in [row.get::<_, Option<i64>>(0)?, row.get(1)?].into_iter().flatten() {
                let last = self.last.entry(event).or_default();
                *last = decision.max(*last);
            }
            self.seen = self.seen.max(decision);
        }
        Ok(())
    }

    /// Events up to a seq that later decisions refer to.
    fn across(&self, seq: i64) -> BTreeSet<i64> {
        self.last
            .iter()
            .filter(|&(&event, &decision)| event <= seq && decision > seq)
            .map(|(&event, _)| event)
            .collect()
    }
}

#[cfg(test)]
mod tests;
