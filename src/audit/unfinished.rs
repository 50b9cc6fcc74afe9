//! Allowed decisions without an outcome. A checkpoint stores where they begin, so that a start finds what was cut off without reading the trail's
//! history.

use std::collections::{BTreeSet, HashSet};

use rusqlite::Connection;

use super::error::Result;

/// The unfinished decisions of this gateway.
#[derive(Debug, Default)]
pub struct Unfinished(BTreeSet<i64>);

/// The decisions that one transaction begins and ends.
#[derive(Debug, Default)]
pub struct UnfinishedChange {
    pub begun: Vec<i64>,
    pub ended: Vec<i64>,
}

impl Unfinished {
    /// Take over what a transaction has changed, once it is durable.
    pub fn apply(&mut self, change: UnfinishedChange) {
        self.0.extend(change.begun);
        for decision in change.ended {
            self.0.remove(&decision);
        }
    }

    /// Store the first decision that is unfinished after this transaction; if there is none, the next seq.
    pub fn write(&self, db: &Connection, change: &UnfinishedChange, next_seq: i64) -> Result<()> {
        let ended: HashSet<i64> = change.ended.iter().copied().collect();
        let first = self.0.iter().chain(&change.begun).copied().filter(|decision| !ended.contains(decision)).min();
        db.prepare_cached("UPDATE finished SET before_seq = ?1")?.execute([first.unwrap_or(next_seq)])?;
        Ok(())
    }

    /// The unfinished decisions in the database of a gateway that has ended.
    pub fn left(db: &Connection) -> Result<Vec<i64>> {
        let sql = "SELECT seq FROM decision
            WHERE seq >= (SELECT before_seq FROM finished) AND bytes ->> 'verdict' = 'allow'
                AND NOT EXISTS (SELECT 1 FROM outcome WHERE outcome.decision = decision.seq)
            ORDER BY seq";
        let mut statement = db.prepare(sql)?;
        let left = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(left)
    }
}
