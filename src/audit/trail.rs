//! The writer of `trail.db`: groups of rows, each group durable as a whole when `append` returns.

use std::path::Path;

use anyhow::{Context, Result};
use rusqlite::{Connection, params};

use super::row::{Outcome, OutcomeKind, Row, Table};
use crate::platform::WatchedFile;
use crate::{clock, schema};

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
            let kind = OutcomeKind::Interrupted;
            Outcome { time_us, decision, kind, code: None, duration_us: None, delivered: None }.row(seq)
        };
        let rows: Vec<Row> = unfinished.into_iter().zip(first_seq..).map(row).collect();
        self.append(&rows)
    }
}
