//! The writer of `trail.db`: groups of rows, each group durable as a whole when `append` returns.

use std::path::Path;

use anyhow::{Context, Result};
use rusqlite::{Connection, params};
use serde_json::{Map, Value};

use super::detail::Detail;
use super::row::{Outcome, OutcomeKind, Row, Table};
use crate::platform::WatchedFile;
use crate::{clock, schema};

/// An earlier request with a key against repetition.
#[derive(Debug)]
pub struct Earlier {
    pub caller: String,
    pub once: String,
    pub action: String,
    pub parameters: Map<String, Value>,
    pub terms: Option<Map<String, Value>>,
    pub time_us: i64,
    pub outcome: OutcomeKind,
    pub code: Option<String>,
}

pub struct Trail {
    db: Connection,
    /// The database, and the log beside it in which commits lie first.
    files: [WatchedFile; 2],
}

impl Trail {
    /// Open the trail, and write `interrupted` for what an earlier gateway began and did not finish.
    pub fn open(path: &Path) -> Result<Trail> {
        let db = schema::open(path, schema::TRAIL)?;
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        // Reading has made the log, if it was not there.
        db.query_row("SELECT seq FROM last_seq", [], |_| Ok(()))?;
        let mut trail = Trail { db, files: [WatchedFile::new(path.to_owned())?, WatchedFile::new(log.into())?] };
        trail.interrupt_unfinished()?;
        Ok(trail)
    }

    /// The highest seq that is taken.
    pub fn last_seq(&self) -> Result<i64> {
        Ok(self.db.query_row("SELECT seq FROM last_seq", [], |row| row.get(0))?)
    }

    /// Hand over the allowed requests since then that had a key against repetition, with what became of them; those of one key in
    /// their order.
    pub fn requests_with_keys(&self, since_us: i64, mut take: impl FnMut(Earlier)) -> Result<()> {
        // Without being told so, SQLite would read every row ever written for the sake of their order.
        let sql = "SELECT session.bytes ->> 'caller', once, action, parameters, decision.bytes -> 'terms', decision.time,
                (SELECT CASE
                    WHEN sum(outcome IN ('unknown', 'interrupted')) > 0 THEN 'unknown'
                    WHEN sum(outcome = 'ok') = count(*) THEN 'ok'
                    WHEN sum(outcome IN ('ok', 'error')) > 0 THEN 'error'
                    ELSE min(outcome) END FROM outcome WHERE outcome.decision = decision.seq),
                (SELECT code FROM outcome WHERE outcome.decision = decision.seq AND code IS NOT NULL ORDER BY item LIMIT 1)
            FROM decision INDEXED BY decision_by_once JOIN event AS session ON session.seq = decision.session
            WHERE once IS NOT NULL AND verdict = 'allow' AND decision.time >= ?1";
        let mut statement = self.db.prepare(sql)?;
        let mut rows = statement.query([since_us])?;
        while let Some(row) = rows.next()? {
            take(read_earlier(row)?);
        }
        Ok(())
    }

    /// Append a group in one transaction. When this fails, none of its rows is there.
    pub fn append(&mut self, rows: &[Row]) -> Result<()> {
        self.files.iter().try_for_each(WatchedFile::check)?;
        let group = self.db.transaction()?;
        for row in rows {
            let sql = match row.table {
                Table::Decision => "INSERT INTO decision (seq, bytes) VALUES (?1, ?2)",
                // A commit may fail after it was good; what is then written again must not be in the way of everything else.
                Table::Outcome => "INSERT INTO outcome (seq, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                Table::Event => "INSERT INTO event (seq, bytes) VALUES (?1, ?2)",
            };
            group.prepare_cached(sql)?.execute(params![row.seq, row.bytes])?;
        }
        group.commit().context("cannot commit to the trail")
    }

    /// Only what came after the last start can be unfinished: each start looks after what was before it.
    fn interrupt_unfinished(&mut self) -> Result<()> {
        let unfinished: Vec<i64> = self
            .db
            .prepare(
                "SELECT seq FROM decision WHERE verdict = 'allow'
                 AND seq > coalesce((SELECT max(seq) FROM event WHERE kind = 'start'), 0)
                 AND NOT EXISTS (SELECT 1 FROM outcome WHERE outcome.decision = decision.seq)",
            )?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let (time_us, first_seq) = (clock::unix_micros(), self.last_seq()? + 1);
        let row = |(decision, seq)| {
            let (kind, detail) = (OutcomeKind::Interrupted, Detail::default());
            let (item, code, rule, duration_us, delivered) = (None, None, None, None, None);
            Outcome { time_us, decision, item, kind, code, rule, duration_us, delivered, detail }.row(seq)
        };
        let rows: Vec<Row> = unfinished.into_iter().zip(first_seq..).map(row).collect();
        self.append(&rows)
    }
}

fn read_earlier(row: &rusqlite::Row<'_>) -> rusqlite::Result<Earlier> {
    let json = |index| -> rusqlite::Result<Option<Map<String, Value>>> {
        let text: Option<String> = row.get(index)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    };
    let outcome: Option<String> = row.get(6)?;
    Ok(Earlier {
        caller: row.get(0)?,
        once: row.get(1)?,
        action: row.get(2)?,
        parameters: json(3)?.unwrap_or_default(),
        terms: json(4)?,
        time_us: row.get(5)?,
        outcome: outcome.as_deref().and_then(OutcomeKind::from_name).unwrap_or(OutcomeKind::Interrupted),
        code: row.get(7)?,
    })
}
