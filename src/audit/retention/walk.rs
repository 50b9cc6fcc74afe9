//! Going through the rows in their order, from checkpoint to checkpoint, as far as they may go.

use std::collections::HashMap;
use std::ops::{ControlFlow, Range};

use anyhow::Result;
use rusqlite::Connection;
use serde::Deserialize;

use super::Until;
use crate::audit::leaves::{self, Position};
use crate::audit::tree::Hash;
use crate::platform::clock;

/// Going through the rows, from checkpoint to checkpoint.
pub struct Walk<'a> {
    db: &'a Connection,
    position: Position,
    /// The sizes of the checkpoints at which it may end.
    ends: std::vec::IntoIter<u64>,
    pub seqs: Vec<i64>,
    pub subtrees: HashMap<Range<u64>, Hash>,
    counts_only: bool,
    now_us: i64,
    /// Nothing goes from here on.
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

    /// Nothing of what it passes is remembered.
    pub fn counting(self) -> Walk<'a> {
        Walk { counts_only: true, ..self }
    }

    /// The last checkpoint all of whose rows may go. Rows of a time that is still to come, when the clock stood wrong, go with a later row
    /// that is old enough, and not without one: it may be the clock of now that is wrong.
    pub fn run(&mut self, until: Until) -> Result<Option<Position>> {
        let (mut reached, mut passed, mut end) = (None, None, self.ends.next());
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
                // What is in doubt may be settled further on.
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

    fn age(&self, until: Until, bytes: &[u8]) -> Result<Age> {
        let before_us = match until {
            Until::Size { size, .. } if self.position.size() >= size => return Ok(Age::Young),
            Until::Size { before_us, .. } | Until::Time(before_us) => before_us,
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
    /// It is of a time that is still to come.
    Unknown,
}
