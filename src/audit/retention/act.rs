//! One act of retention: deletes rows, stores their subtree hashes and writes a `pruned` event, in one transaction of the writer.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use rusqlite::{Connection, params};

use crate::audit::error::{Result, invalid};
use crate::audit::log::Stored;
use crate::audit::pruned::{Pruned, RetainedRows};
use crate::audit::row::{Event, Table};
use crate::audit::tree::{Hash, proof};

/// The plan of one act: the rows up to a checkpoint.
#[derive(Debug)]
pub struct Plan {
    /// Number of leaves that earlier acts covered.
    pub(super) from: u64,
    pub(super) boundary: Stored,
    /// The seqs of the rows from there on, which are the leaves from index `from` on.
    pub(super) seqs: Vec<i64>,
    /// The complete subtrees that these rows complete.
    pub(super) subtrees: HashMap<Range<u64>, Hash>,
    /// The subtrees that proofs need, independent of the retained rows.
    pub(super) needed: Vec<Range<u64>>,
    /// Events that later decisions refer to, up to the seq at which the plan stopped reading decisions.
    pub(super) referenced: BTreeSet<i64>,
    pub(super) looked_at: i64,
    /// Rows that are retained for their own sake.
    pub(super) staying: Vec<i64>,
}

/// The result of an act.
#[derive(Debug)]
pub struct Act {
    pub pruned: Pruned,
    /// Number of pruned rows.
    pub rows: u64,
    pub kept: RetainedRows,
    /// Time of the last pruned row.
    pub until_us: i64,
}

/// The reason for an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PruneReason {
    /// A person called `audit_prune`.
    Asked,
    /// The rows are older than `retention.days`.
    Age,
    /// The rows exceed `retention.bytes_max`.
    Size,
}

impl PruneReason {
    const fn name(self) -> &'static str {
        match self {
            PruneReason::Asked => "asked",
            PruneReason::Age => "age",
            PruneReason::Size => "size",
        }
    }
}

impl Plan {
    /// The seq of the last row of the act.
    pub fn last_seq(&self) -> i64 {
        self.boundary.last_seq
    }

    /// Prune the rows, within the writer's transaction. `act` is the seq of the `pruned` event that the writer appends.
    pub fn carry_out(&self, db: &Connection, act: i64) -> Result<Act> {
        let before = Pruned::read(db)?.map_or(0, |pruned| pruned.size);
        if before != self.from {
            return Err(invalid("rows have been pruned meanwhile; retry"));
        }
        let until_us = db.query_row(LAST_TIME, [self.boundary.last_seq], |row| row.get(0))?;
        let pruned = Pruned { size: self.boundary.size, last_seq: self.boundary.last_seq, act };
        let kept = self.kept(db)?;
        self.write_subtrees(db, &kept)?;
        write_kept(db, &kept)?;
        let size = i64::try_from(pruned.size)?;
        let sql = "INSERT INTO pruned (size, last_seq, act) VALUES (?1, ?2, ?3)";
        db.execute(sql, params![size, pruned.last_seq, act])?;
        db.execute(
            "INSERT OR IGNORE INTO pruned_checkpoint (size) SELECT size FROM checkpoint WHERE size < ?1",
            [size],
        )?;
        db.execute("DELETE FROM checkpoint WHERE size < ?1", [size])?;
        let mut rows = 0;
        for table in Table::ALL {
            let sql = format!("DELETE FROM {} WHERE seq <= ?1 AND seq NOT IN (SELECT seq FROM kept)", table.name());
            rows += db.execute(&sql, [pruned.last_seq])?;
        }
        Ok(Act { pruned, rows: u64::try_from(rows)?, kept, until_us })
    }

    /// Retained rows: those needed for their own sake, and those that other rows refer to.
    fn kept(&self, db: &Connection) -> Result<RetainedRows> {
        let mut events = self.referenced.clone();
        let mut refer = |sql: &str, seq: i64| -> Result<()> {
            let mut statement = db.prepare_cached(sql)?;
            let mut rows = statement.query([seq])?;
            while let Some(row) = rows.next()? {
                events.extend([row.get::<_, Option<i64>>(0)?, row.get(1)?].into_iter().flatten());
            }
            Ok(())
        };
        refer("SELECT DISTINCT session, policy FROM decisions WHERE seq > ?1", self.looked_at)?;
        for &seq in &self.staying {
            refer("SELECT session, policy FROM decisions WHERE seq = ?1", seq)?;
        }
        let before = RetainedRows::read(db)?;
        let place = |seq: i64| Some((seq, self.place(seq, &before)?));
        Ok(RetainedRows(events.into_iter().chain(self.staying.iter().copied()).filter_map(place).collect()))
    }

    /// The leaf index of a row of this act, or of a row that an earlier act retained.
    fn place(&self, seq: i64, before: &RetainedRows) -> Option<u64> {
        match self.seqs.binary_search(&seq) {
            Ok(index) => Some(self.from + index as u64),
            Err(_) => before.0.get(&seq).copied(),
        }
    }

    /// Store the subtree hashes that proofs need and that are not stored yet.
    fn write_subtrees(&self, db: &Connection, kept: &RetainedRows) -> Result<()> {
        // Include the leaf itself: if a later act prunes a retained row, its hash can still be verified against the whole.
        let path =
            |leaf: u64| proof::inclusion(leaf, self.boundary.size).into_iter().chain(std::iter::once(leaf..leaf + 1));
        let for_kept = kept.0.values().flat_map(|&leaf| path(leaf));
        let mut insert = db.prepare_cached(
            "INSERT INTO subtree (start, size, hash) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET hash = excluded.hash",
        )?;
        for range in self.needed.iter().cloned().chain(for_kept) {
            if let Some(hash) = self.subtrees.get(&range) {
                let start = i64::try_from(range.start)?;
                let size = i64::try_from(range.end - range.start)?;
                insert.execute(params![start, size, hash])?;
            }
        }
        Ok(())
    }
}

const LAST_TIME: &str = "SELECT time FROM decisions WHERE seq = ?1 UNION ALL SELECT time FROM outcomes WHERE seq = ?1
    UNION ALL SELECT time FROM events WHERE seq = ?1";

fn write_kept(db: &Connection, kept: &RetainedRows) -> Result<()> {
    db.execute("DELETE FROM kept", [])?;
    let mut insert = db.prepare_cached("INSERT INTO kept (seq, leaf) VALUES (?1, ?2)")?;
    for (&seq, &leaf) in &kept.0 {
        insert.execute(params![seq, i64::try_from(leaf)?])?;
    }
    Ok(())
}

impl Act {
    /// The `pruned` event, by which the act can be verified.
    pub fn event(&self, reason: PruneReason) -> Event {
        Event::new("pruned")
            .with("reason", reason.name())
            .with("size", self.pruned.size)
            .with("last_seq", self.pruned.last_seq)
            .with("until", self.until_us)
            .with("rows", self.rows)
            .with("kept", self.kept.0.len())
            .with("kept_sha256", self.kept.digest())
    }
}
