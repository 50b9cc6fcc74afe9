//! Builds the search index in steps, each a transaction that continues after the previous one. Several processes may build concurrently.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, hash_map};

use aws_lc_rs::digest::{SHA256, digest};
use rusqlite::{Transaction, TransactionBehavior, params};
use serde_json::Value;

use super::entry::{Entry, Session};
use super::error::{Result, damaged};
use super::row::Row;
use super::{Review, SCHEMA};
use crate::audit::{Reader, Table, Written};
use crate::failure::Context;
use crate::storage::schema;

/// Rows of the trail per step. A step holds the index's lock, and the work of a query in another process waits for it.
const STEP_ROWS: u32 = 8_000;
/// Limit of sessions cached between steps.
const SESSIONS_MAX: usize = 10_000;

/// State of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The index has all rows of the trail.
    Complete,
    /// The trail has further rows.
    UpTo {
        /// The last indexed row.
        seq: i64,
        /// The last row of the trail.
        last_seq: i64,
    },
}

impl Review {
    /// Index new rows of the trail until none are missing, or until `enough` returns true for the seq that was reached and the last.
    pub fn catch_up(&mut self, mut enough: impl FnMut(i64, i64) -> bool) -> Result<Progress> {
        self.start_again_if_other_trail()?;
        let last_seq = self.trail.last_seq()?;
        loop {
            let seq = self.built_seq()?;
            if seq >= last_seq {
                return Ok(Progress::Complete);
            }
            if enough(seq, last_seq) {
                return Ok(Progress::UpTo { seq, last_seq });
            }
            self.step(last_seq)?;
        }
    }

    /// Whether the index has as many entries, and as many entries with words, as the trail has decisions and events up to where the index
    /// ends, and the tables that livegate makes. This detects entries that were removed or added. Changed and exchanged entries keep the
    /// count: [`compare`](super::compare()) detects them, for `livegate audit verify`.
    pub(super) fn is_complete(&self) -> Result<bool> {
        if !schema::is_as_made_by(&self.db, &[SCHEMA])? {
            return Ok(false);
        }
        let sql =
            "SELECT seq, pruned_seq, (SELECT count(*) FROM entry), (SELECT count(*) FROM word_docsize) FROM built";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, [row.get(2)?, row.get(3)?]));
        let (seq, index_pruned_seq, listed): (i64, i64, [i64; 2]) = self.db.query_row(sql, [], read)?;
        let rows = self.trail.count_listed(seq)?;
        Ok(match index_pruned_seq.cmp(&self.trail.pruned_seq()?) {
            // Retention removed rows after `catch_up`; the next `catch_up` removes their entries.
            Ordering::Less => true,
            Ordering::Equal => listed == [rows, rows],
            // The index lacks rows that the trail has: `pruned_seq` was changed, or the trail is an older copy.
            Ordering::Greater => false,
        })
    }

    fn built_seq(&self) -> Result<i64> {
        Ok(self.db.query_row("SELECT seq FROM built", [], |row| row.get(0))?)
    }

    /// Discard the contents of an index of another trail, such as the trail before a restore.
    fn start_again_if_other_trail(&mut self) -> Result<()> {
        let (seq, known): (i64, String) =
            self.db.query_row("SELECT seq, row FROM built", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if seq == 0 || self.trail.row(seq)?.is_some_and(|row| fingerprint(&row) == known) {
            return self.forget_pruned();
        }
        let step = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have discarded it already and be rebuilding.
        let still: i64 =
            step.query_row("SELECT count(*) FROM built WHERE seq = ?1 AND row = ?2", (seq, known), |row| row.get(0))?;
        if still == 1 {
            step.execute_batch(
                "DELETE FROM entry; DELETE FROM minute; DELETE FROM track; INSERT INTO word (word) VALUES ('delete-all');
                 UPDATE built SET seq = 0, row = '', pruned_seq = 0",
            )?;
            step.commit()?;
        }
        Ok(())
    }

    /// Remove the entries of pruned rows.
    fn forget_pruned(&mut self) -> Result<()> {
        let last_seq = self.trail.pruned_seq()?;
        let forgotten: i64 = self.db.query_row("SELECT pruned_seq FROM built", [], |row| row.get(0))?;
        if forgotten >= last_seq {
            return Ok(());
        }
        let kept = serde_json::to_string(&self.trail.kept()?)?;
        let gone = "seq <= ?1 AND seq NOT IN (SELECT value FROM json_each(?2))";
        let step = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let words = format!("DELETE FROM word WHERE rowid IN (SELECT seq FROM entry WHERE {gone})");
        step.execute(&words, params![last_seq, kept])?;
        step.execute(&format!("DELETE FROM entry WHERE {gone}"), params![last_seq, kept])?;
        let minutes = "DELETE FROM minute WHERE last_seq <= ?1
            AND NOT EXISTS (SELECT 1 FROM entry WHERE entry.seq BETWEEN minute.first_seq AND minute.last_seq)";
        step.execute(minutes, [last_seq])?;
        let names = "DELETE FROM track WHERE last_seq <= ?1 AND last_seq NOT IN (SELECT value FROM json_each(?2))";
        step.execute(names, params![last_seq, kept])?;
        step.execute("UPDATE built SET pruned_seq = ?1", [last_seq])?;
        Ok(step.commit()?)
    }

    fn step(&mut self, last_seq: i64) -> Result<()> {
        let step = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have indexed these rows meanwhile.
        let after_seq: i64 = step.query_row("SELECT seq FROM built", [], |row| row.get(0))?;
        if after_seq >= last_seq {
            return Ok(());
        }
        let found = Found::behind(&self.trail, after_seq, last_seq)?;
        let mut minutes = BTreeMap::new();
        found.each_entry(&self.trail, &mut self.sessions, |entry| {
            let (first, last) = minutes.entry(minute(entry.time_us)).or_insert((entry.seq, entry.seq));
            *first = (*first).min(entry.seq);
            *last = (*last).max(entry.seq);
            add(&step, entry)
        })?;
        let sql = "INSERT INTO minute VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE
            SET first_seq = min(first_seq, excluded.first_seq), last_seq = max(last_seq, excluded.last_seq)";
        for (minute, (first, last)) in minutes {
            step.prepare_cached(sql)?.execute((minute, first, last))?;
        }
        step.execute("UPDATE built SET seq = ?1, row = ?2", (found.last.0, &found.last.1))?;
        Ok(step.commit()?)
    }
}

/// The rows of one step.
#[derive(Default)]
pub struct Found {
    /// Decisions and events in their order.
    listed: Vec<Written>,
    /// Outcomes, by the seq of their decision.
    outcomes: Vec<(i64, Written)>,
    /// Decisions of earlier steps with an outcome in this step.
    late: BTreeSet<i64>,
    /// Seq and fingerprint of the last row.
    last: (i64, String),
}

impl Found {
    /// The rows after one seq and up to another, at most those of one step.
    pub fn behind(trail: &Reader, after_seq: i64, last_seq: i64) -> Result<Found> {
        let mut found = Found::default();
        let mut outcomes = Vec::new();
        trail.between(after_seq, last_seq, STEP_ROWS, |row| {
            let rows = if row.table == Table::Outcome { &mut outcomes } else { &mut found.listed };
            rows.push(row);
            Ok(())
        })?;
        for row in outcomes {
            let decision = parse(&row)?.number("decision").unwrap_or_default();
            if decision <= after_seq {
                found.late.insert(decision);
            }
            found.outcomes.push((decision, row));
        }
        let listed = found.listed.last().into_iter().chain(found.outcomes.last().map(|(_, row)| row));
        let last = listed.max_by_key(|row| row.seq);
        let last = last.ok_or_else(|| damaged(format!("the trail has lost what was behind row {after_seq}")))?;
        found.last = (last.seq, fingerprint(last));
        // Outcomes of one decision stay in their order.
        found.outcomes.sort_by_key(|(decision, _)| *decision);
        Ok(found)
    }

    pub fn last_seq(&self) -> i64 {
        self.last.0
    }

    /// Pass an entry to the callback for each decision and event, and for each decision of an earlier step that has a new outcome. They come in the
    /// order of seq, which the full-text index needs to write them at once.
    pub fn each_entry(
        &self,
        trail: &Reader,
        sessions: &mut HashMap<i64, Session>,
        mut take: impl FnMut(&Entry<'_>) -> Result<()>,
    ) -> Result<()> {
        if sessions.len() > SESSIONS_MAX {
            sessions.clear();
        }
        for seq in &self.late {
            let Some(decision) = trail.row(*seq)? else { continue };
            let outcomes = trail.outcomes_of(*seq, self.last.0)?;
            take(&of_decision(&decision, outcomes.iter(), trail, sessions)?)?;
        }
        for row in &self.listed {
            if row.table == Table::Event {
                let event = row.fields()?;
                if event.get("kind").and_then(Value::as_str) == Some("session") {
                    sessions.insert(row.seq, Session::of(&event));
                }
                take(&Entry::of_event(row.seq, &event))?;
            } else {
                take(&of_decision(row, self.outcomes_of(row.seq), trail, sessions)?)?;
            }
        }
        Ok(())
    }

    fn outcomes_of(&self, decision: i64) -> impl Iterator<Item = &Written> {
        let start = self.outcomes.partition_point(|(of, _)| *of < decision);
        self.outcomes[start..].iter().take_while(move |(of, _)| *of == decision).map(|(_, row)| row)
    }
}

fn of_decision<'a>(
    decision: &'a Written,
    outcomes: impl Iterator<Item = &'a Written>,
    trail: &Reader,
    sessions: &'a mut HashMap<i64, Session>,
) -> Result<Entry<'a>> {
    let fields = parse(decision)?;
    let outcomes = outcomes.map(parse).collect::<Result<Vec<_>>>()?;
    let session = session(fields.number("session").unwrap_or_default(), trail, sessions)?;
    Ok(Entry::of_decision(decision.seq, &fields, session, &outcomes))
}

fn parse(row: &Written) -> Result<Row<'_>> {
    Ok(Row::parse(&row.bytes).with_context(|| format!("row {} of the trail is not valid", row.seq))?)
}

fn session<'a>(seq: i64, trail: &Reader, known: &'a mut HashMap<i64, Session>) -> Result<&'a Session> {
    Ok(match known.entry(seq) {
        hash_map::Entry::Occupied(session) => session.into_mut(),
        hash_map::Entry::Vacant(slot) => slot.insert(match trail.row(seq)? {
            Some(row) => Session::of(&row.fields()?),
            None => Session::default(),
        }),
    })
}

/// Add an entry. It replaces the existing entry of a decision that was still running.
fn add(step: &Transaction<'_>, entry: &Entry<'_>) -> Result<()> {
    let Entry { seq, time_us, kind, caller, action, verdict, outcome, code, words, tracks } = entry;
    let columns = params![seq, time_us, kind, caller, action, verdict, outcome, code];
    let sql = "INSERT INTO entry (seq, time, kind, caller, action, verdict, outcome, code)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
    let is_new = step.prepare_cached(sql)?.execute(columns)? == 1;
    // Replacing words costs more, even where there are none.
    let sql = if is_new {
        "INSERT INTO word (rowid, words) VALUES (?1, ?2)"
    } else {
        let sql =
            "UPDATE entry SET time = ?2, kind = ?3, caller = ?4, action = ?5, verdict = ?6, outcome = ?7, code = ?8
            WHERE seq = ?1";
        step.prepare_cached(sql)?.execute(columns)?;
        "INSERT OR REPLACE INTO word (rowid, words) VALUES (?1, ?2)"
    };
    step.prepare_cached(sql)?.execute(params![seq, words])?;
    for name in tracks {
        let sql =
            "INSERT INTO track VALUES (?1, ?2) ON CONFLICT DO UPDATE SET last_seq = max(last_seq, excluded.last_seq)";
        step.prepare_cached(sql)?.execute((name, seq))?;
    }
    Ok(())
}

pub fn minute(time_us: i64) -> i64 {
    time_us.div_euclid(60_000_000)
}

/// A hash that identifies a row of the trail.
pub fn fingerprint(row: &Written) -> String {
    hex::encode(&digest(&SHA256, row.bytes.as_bytes()).as_ref()[..16])
}
