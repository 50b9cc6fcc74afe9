//! Reads the trail's rows with their canonical bytes, for the index and for export as evidence.

use std::collections::BTreeSet;

use rusqlite::OptionalExtension;
use serde_json::{Map, Value};

use super::error::Result;
use super::pruned::{Pruned, RetainedRows};
use super::reader::Reader;
use super::row::Table;
use crate::failure::Context;

/// A row with its canonical bytes and their fields.
#[derive(Debug)]
pub struct Written {
    pub table: Table,
    pub seq: i64,
    pub bytes: String,
}

impl Written {
    pub fn fields(&self) -> Result<Map<String, Value>> {
        Ok(serde_json::from_str(&self.bytes).with_context(|| format!("row {} of the trail is not valid", self.seq))?)
    }
}

const BETWEEN: &str = "
    SELECT 0, seq, bytes FROM decision WHERE seq > ?1 AND seq <= ?2
    UNION ALL SELECT 1, seq, bytes FROM outcome WHERE seq > ?1 AND seq <= ?2
    UNION ALL SELECT 2, seq, bytes FROM event WHERE seq > ?1 AND seq <= ?2
    ORDER BY 2 LIMIT ?3";

impl Reader {
    /// Pass the first `limit` rows after one seq and up to another to `take`, in order.
    pub fn between(
        &self,
        after_seq: i64,
        last_seq: i64,
        limit: u32,
        mut take: impl FnMut(Written) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.db().prepare_cached(BETWEEN)?;
        let mut rows = statement.query((after_seq, last_seq, limit))?;
        while let Some(row) = rows.next()? {
            take(written(row)?)?;
        }
        Ok(())
    }

    /// The row with this seq, if it exists.
    pub fn row(&self, seq: i64) -> Result<Option<Written>> {
        let mut statement = self.db().prepare_cached(BETWEEN)?;
        Ok(statement.query_row((seq - 1, seq, 1), written).optional()?)
    }

    /// The outcomes of a decision up to a seq: one row, or one per command of a batch.
    pub fn outcomes_of(&self, decision: i64, last_seq: i64) -> Result<Vec<Written>> {
        let sql = "SELECT 1, seq, bytes FROM outcome WHERE decision = ?1 AND seq <= ?2 ORDER BY item";
        let mut statement = self.db().prepare_cached(sql)?;
        Ok(statement.query_map([decision, last_seq], written)?.collect::<Result<_, _>>()?)
    }

    /// Number of decisions and events up to a seq. Efficient if few rows follow it.
    pub fn count_listed(&self, last_seq: i64) -> Result<i64> {
        let sql = "SELECT (SELECT count(*) FROM decision) - (SELECT count(*) FROM decision WHERE seq > ?1)
            + (SELECT count(*) FROM event) - (SELECT count(*) FROM event WHERE seq > ?1)";
        Ok(self.db().prepare_cached(sql)?.query_row([last_seq], |row| row.get(0))?)
    }

    /// The seq up to which retention pruned rows; 0 if none.
    pub fn pruned_seq(&self) -> Result<i64> {
        Ok(Pruned::read(self.db())?.map_or(0, |pruned| pruned.last_seq))
    }

    /// The retained rows up to that seq.
    pub fn kept(&self) -> Result<BTreeSet<i64>> {
        Ok(RetainedRows::read(self.db())?.0.into_keys().collect())
    }
}

fn written(row: &rusqlite::Row<'_>) -> rusqlite::Result<Written> {
    let table = match row.get(0)? {
        0 => Table::Decision,
        1 => Table::Outcome,
        _ => Table::Event,
    };
    Ok(Written { table, seq: row.get(1)?, bytes: row.get(2)? })
}
