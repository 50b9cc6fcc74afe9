//! Walks the rows in order, from checkpoint to checkpoint, up to the limit of pruning.

use std::collections::HashMap;
use std::ops::{ControlFlow, Range};

use rusqlite::Connection;
use serde::Deserialize;

use super::PruneUntil;
use crate::audit::error::Result;
use crate::audit::leaves::{self, Position};
use crate::audit::tree::Hash;
use crate::platform::clock;

/// A walk over the rows, from checkpoint to checkpoint.
pub struct Walk<'a> {
    db: &'a Connection,
    position: Position,
    /// The sizes of the checkpoints at which the walk may end.
    ends: std::vec::IntoIter<u64>,
    pub seqs: Vec<i64>,
    pub subtrees: HashMap<Range<u64>, Hash>,
    counts_only: bool,
    now_us: i64,
    /// Rows from this seq on are not pruned.
    end_seq: Option<i64>,
}

#[derive(Deserialize)]
struct Time {
    time: i64,
}

impl<'a> Walk<'a> {
    pub fn new(db: &'a Connection, position: Position, rows_max: u64, end: u64) -> Result<Walk<'a>> {
        let from = i64::try_from(position.size())?;
        let last = from.saturating_add(i64::try_from(rows_max).unwrap_or(i64::MAX));
        let sql = "SELECT size FROM checkpoint WHERE size > ?1 AND (size <= ?2
            OR size = (SELECT min(size) FROM checkpoint WHERE size > ?1)) ORDER BY size";
        let mut sizes = db
            .prepare(sql)?
            .query_map([from, last], |row| Ok(row.get::<_, i64>(0)?.cast_unsigned()))?
            .collect::<Result<Vec<_>, _>>()?;
        sizes.retain(|&size| size <= end);
        Ok(Walk {
            db,
            position,
            ends: sizes.into_iter(),
            seqs: Vec::new(),
            subtrees: HashMap::new(),
            counts_only: false,
            now_us: clock::unix_micros(),
            end_seq: None,
        })
    }

    pub fn before(self, end_seq: Option<i64>) -> Walk<'a> {
        Walk { end_seq, ..self }
    }

    /// Do not collect the rows; only count them.
    pub fn counting(self) -> Walk<'a> {
        Walk { counts_only: true, ..self }
    }

    /// The last checkpoint whose rows may all be pruned. Rows dated in the future, written while the clock was wrong, are pruned only
    /// together with a later row that is old enough: the current clock may be the wrong one.
    pub fn run(&mut self, until: PruneUntil) -> Result<Option<Position>> {
        let mut reached = None;
        let mut passed = None;
        let mut end = self.ends.next();
        let mut in_doubt = false;
        leaves::each_row(self.db, self.position.last_seq, |table, seq, bytes| {
            let age = self.age(until, bytes)?;
            if age == Age::Young || self.end_seq.is_some_and(|end_seq| seq >= end_seq) {
                return Ok(ControlFlow::Break(()));
            }
            in_doubt = age == Age::Unknown;
            if !in_doubt {
                reached = passed.take().or(reached.take());
            }
            match (end, &passed) {
                (Some(_), _) => (),
                // A later row may resolve the uncertainty.
                (None, Some(_)) => return Ok(ControlFlow::Continue(())),
                (None, None) => return Ok(ControlFlow::Break(())),
            }
            if self.counts_only {
                self.position.push(table, seq, bytes);
            } else {
                self.seqs.push(seq);
                self.position.push_noting(table, seq, bytes, |range, hash| _ = self.subtrees.insert(range, *hash));
            }
            if end == Some(self.position.size()) {
                passed = Some(self.position.clone());
                end = self.ends.next();
                if !in_doubt {
                    reached = passed.take();
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(reached)
    }

    fn age(&self, until: PruneUntil, bytes: &[u8]) -> Result<Age> {
        let before_us = match until {
            PruneUntil::Size { size, .. } if self.position.size() >= size => return Ok(Age::Young),
            PruneUntil::Size { before_us, .. } | PruneUntil::Time(before_us) => before_us,
        };
        let time = serde_json::from_slice::<Time>(bytes)?.time;
        Ok(match time {
            _ if time > self.now_us => Age::Unknown,
            _ if time < before_us => Age::Old,
            _ => Age::Young,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Age {
    Old,
    Young,
    /// Its time is in the future.
    Unknown,
}
