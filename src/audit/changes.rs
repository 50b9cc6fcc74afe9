//! Changes to the set in the order in which they completed, interleaved with other events that changed it: the input of a replay.

use std::path::Path;

use rusqlite::{Connection, Row, named_params};
use serde_json::{Map, Value};

use super::error::Result;
use super::row::OutcomeKind;
use crate::storage::schema;

/// An allowed request and its outcomes.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Seq of the decision.
    pub seq: i64,
    pub time_us: i64,
    pub caller: Option<String>,
    pub action: String,
    pub parameters: Map<String, Value>,
    pub terms: Map<String, Value>,
    /// One, or one per command of a batch.
    pub ends: Vec<End>,
}

/// The outcome of one command.
#[derive(Clone, Debug)]
pub struct End {
    pub kind: OutcomeKind,
    /// `touched`, `before`, `after`: see [`super::Detail`].
    pub detail: Map<String, Value>,
}

/// An event that changed the set, or that may hide changes.
#[derive(Clone, Debug)]
pub struct HistoryEvent {
    pub seq: i64,
    pub time_us: i64,
    pub kind: String,
    pub fields: Map<String, Value>,
}

#[derive(Clone, Debug)]
pub enum HistoryItem {
    Change(Change),
    Event(HistoryEvent),
}

/// Iterates over the trail in pages, so that no long read transaction blocks the writer.
pub struct Changes {
    db: Connection,
    since_us: i64,
    at: i64,
    until: i64,
    page: std::vec::IntoIter<(i64, HistoryItem)>,
    /// A change that may have further outcomes.
    open: Option<Change>,
    /// The entry read after it.
    next: Option<HistoryItem>,
}

const PAGE: u32 = 256;

const STEP: &str = "
    SELECT outcome.seq, decision.seq, decision.time, session.bytes ->> 'caller', decision.action, decision.parameters,
        decision.bytes -> 'terms', outcome.outcome, outcome.bytes
    FROM outcomes AS outcome JOIN decisions AS decision ON decision.seq = outcome.decision
        LEFT JOIN event AS session ON session.seq = decision.session
    WHERE outcome.seq > :after AND outcome.seq <= :until AND decision.time >= :since AND decision.action IS NOT NULL
    UNION ALL
    SELECT seq, seq, time, NULL, kind, NULL, NULL, NULL, bytes FROM events
    WHERE seq > :after AND seq <= :until AND time >= :since
        AND kind IN ('set_loaded', 'changed_in_live', 'listening', 'log_begun', 'bridge_down', 'start')
    UNION ALL
    -- What was listened to when it began.
    SELECT seq, seq, time, NULL, kind, NULL, NULL, NULL, bytes FROM events
    WHERE seq = (SELECT max(seq) FROM events WHERE kind = 'listening' AND time < :since) AND seq > :after AND seq <= :until
    ORDER BY 1 LIMIT :limit";

impl Changes {
    /// Iterate over decisions at or after `since_us` (Unix time in microseconds) and over rows after the seq `after`, up to `until`.
    pub fn open(trail: &Path, since_us: i64, after: i64, until: i64) -> Result<Changes> {
        let db = schema::open_read_only(trail, schema::TRAIL)?;
        Ok(Changes { db, since_us, at: after, until, page: Vec::new().into_iter(), open: None, next: None })
    }

    fn step(&mut self) -> Result<Option<HistoryItem>> {
        if self.page.as_slice().is_empty() {
            self.page = self.read_page()?.into_iter();
        }
        Ok(self.page.next().map(|(seq, past)| {
            self.at = seq;
            past
        }))
    }

    fn read_page(&self) -> Result<Vec<(i64, HistoryItem)>> {
        let mut statement = self.db.prepare_cached(STEP)?;
        let parameters = named_params! {
            ":after": self.at, ":until": self.until, ":since": self.since_us, ":limit": PAGE,
        };
        let rows = statement.query_map(parameters, read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The next entry, with the outcomes of all commands of a batch merged.
    fn take(&mut self) -> Result<Option<HistoryItem>> {
        loop {
            let next = match self.next.take() {
                Some(next) => Some(next),
                None => self.step()?,
            };
            match (next, &mut self.open) {
                (Some(HistoryItem::Change(next)), Some(open)) if open.seq == next.seq => open.ends.extend(next.ends),
                (Some(HistoryItem::Change(next)), open) => {
                    if let Some(done) = open.replace(next) {
                        return Ok(Some(HistoryItem::Change(done)));
                    }
                }
                // The outcomes of a batch are written in one group, so no other row separates them.
                (event, open @ Some(_)) => {
                    self.next = event;
                    return Ok(open.take().map(HistoryItem::Change));
                }
                (event, None) => return Ok(event),
            }
        }
    }
}

impl Iterator for Changes {
    type Item = Result<HistoryItem>;

    fn next(&mut self) -> Option<Result<HistoryItem>> {
        self.take().transpose()
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<(i64, HistoryItem)> {
    let map = |index| -> rusqlite::Result<Map<String, Value>> {
        let text: Option<String> = row.get(index)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    };
    let at = row.get(0)?;
    let seq = row.get(1)?;
    let time_us = row.get(2)?;
    let name = row.get(4)?;
    let mut bytes = map(8)?;
    let outcome: Option<String> = row.get(7)?;
    let Some(outcome) = outcome else {
        bytes.retain(|key, _| key != "time" && key != "kind");
        return Ok((at, HistoryItem::Event(HistoryEvent { seq, time_us, kind: name, fields: bytes })));
    };
    bytes.retain(|key, _| ["touched", "before", "after", "omitted"].contains(&key.as_str()));
    let kind = OutcomeKind::from_name(&outcome).unwrap_or(OutcomeKind::Unknown);
    let caller = row.get(3)?;
    let parameters = map(5)?;
    let terms = map(6)?;
    let ends = vec![End { kind, detail: bytes }];
    Ok((at, HistoryItem::Change(Change { seq, time_us, caller, action: name, parameters, terms, ends })))
}
