//! Going through the rows in their order, from checkpoint to checkpoint, as far as they may go.

use std::collections::HashMap;
use std::ops::{ControlFlow, Range};

use anyhow::Result;
use rusqlite::Connection;
use serde::Deserialize;

use super::Until;
use crate::audit::leaves::{self, Position};
use crate::audit::tree::Hash;
use crate::clock;

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
        })
    }

    /// What was written when the clock stood in what is still to come holds up nothing.
    fn is_before(&self, bytes: &[u8], before_us: i64) -> Result<bool> {
        let time = serde_json::from_slice::<Time>(bytes)?.time;
        Ok(time < before_us || time > self.now_us)
    }

    /// Nothing of what it passes is remembered.
    pub fn counting(self) -> Walk<'a> {
        Walk { counts_only: true, ..self }
    }

    /// The last checkpoint all of whose rows may go.
    pub fn run(&mut self, until: Until) -> Result<Option<Position>> {
        let (mut reached, mut end) = (None, self.ends.next());
        leaves::each_row(self.db, self.position.last_seq, |table, seq, bytes| {
            let may_go = match until {
                Until::Time(before_us) => self.is_before(bytes, before_us)?,
                Until::Size(size) => self.position.size() < size,
            };
            if !may_go || end.is_none() {
                return Ok(ControlFlow::Break(()));
            }
            if self.counts_only {
                self.position.push(table, seq, bytes);
            } else {
                self.seqs.push(seq);
                self.position.push_noting(table, seq, bytes, |range, hash| _ = self.subtrees.insert(range, *hash));
            }
            if end == Some(self.position.size()) {
                (reached, end) = (Some(self.position.clone()), self.ends.next());
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(reached)
    }
}
