//! Reading the trail, at any time and from any process: one listed line per decision with what became of it.

use std::path::Path;

use anyhow::Result;
use rusqlite::{Connection, Row, named_params};
use serde::Serialize;
use serde_json::Value;

use super::row::OutcomeKind;
use crate::{clock, schema};

pub struct Reader {
    db: Connection,
}

/// Which rows are listed.
#[derive(Clone, Debug)]
pub struct Filter {
    pub after_seq: i64,
    pub limit: u32,
    /// Rows are left out beyond so many bytes of parameters and details; there is always one.
    pub bytes_max: usize,
}

impl Filter {
    pub fn after(after_seq: i64, limit: u32) -> Filter {
        Filter { after_seq, limit, bytes_max: usize::MAX }
    }
}

/// A row as people and programs read it: a decision with its session and outcome, or an event.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    pub seq: i64,
    /// In UTC, to the second; `time_us` is Unix time in microseconds.
    pub time: String,
    pub time_us: i64,
    pub kind: String,
    pub caller: Option<String>,
    pub role: Option<String>,
    pub address: Option<String>,
    pub channel: Option<String>,
    pub action: Option<String>,
    pub parameters: Option<Value>,
    /// On what terms it was to run, such as `expect`.
    pub terms: Option<Value>,
    /// The client's key against repetition.
    pub once: Option<String>,
    pub verdict: Option<String>,
    pub rule: Option<String>,
    /// Of an allowed decision. Absent while it runs.
    pub outcome: Option<String>,
    pub code: Option<String>,
    pub duration_us: Option<i64>,
    pub delivered: Option<bool>,
    /// Of a line that could not be understood: its length and keyed digest. Of an event: what else it tells.
    pub details: Option<Value>,
}

/// What an event's details need not repeat.
const TOLD_ELSEWHERE: [&str; 6] = ["time", "kind", "caller", "role", "address", "channel"];

/// Decisions and events in one list, in the order of their seq.
const LIST: &str = "
    SELECT decision.seq, decision.time, 'decision' AS kind, session.bytes ->> 'caller' AS caller, decision.role,
        session.bytes ->> 'address' AS address, session.bytes ->> 'channel' AS channel, decision.action,
        decision.parameters, decision.verdict, coalesce(outcome.bytes ->> 'rule', decision.rule), outcome.outcome, coalesce(decision.code, outcome.code) AS code,
        outcome.duration_us, outcome.delivered,
        CASE
            WHEN decision.bytes ->> 'line_bytes' IS NOT NULL THEN json_object(
                'line_bytes', decision.bytes ->> 'line_bytes', 'line_hmac', decision.bytes ->> 'line_hmac')
            WHEN outcome.item IS NOT NULL THEN (SELECT json_object('outcomes', json_group_array(one.outcome))
                FROM (SELECT outcome FROM outcome WHERE decision = decision.seq ORDER BY item) AS one)
        END AS details, decision.bytes -> 'terms', decision.once
    FROM decision
    LEFT JOIN event AS session ON session.seq = decision.session
    -- Of a batch the first command that failed, if one did: it speaks for the whole.
    LEFT JOIN outcome ON outcome.seq = (SELECT one.seq FROM outcome AS one WHERE one.decision = decision.seq
        ORDER BY one.outcome = 'ok', one.item LIMIT 1)
    WHERE decision.seq > :after
    UNION ALL
    SELECT seq, time, kind, bytes ->> 'caller', bytes ->> 'role', bytes ->> 'address', bytes ->> 'channel',
        NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, bytes, NULL, NULL
    FROM event WHERE seq > :after
    ORDER BY 1 LIMIT :limit";

impl Reader {
    pub fn open(path: &Path) -> Result<Reader> {
        Ok(Reader { db: schema::open_read_only(path, schema::TRAIL)? })
    }

    pub fn list(&self, filter: &Filter) -> Result<Vec<Listed>> {
        let mut statement = self.db.prepare_cached(LIST)?;
        let parameters = named_params! { ":after": filter.after_seq, ":limit": filter.limit };
        let mut rows = statement.query(parameters)?;
        let (mut listed, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let texts = [row.get_ref(8)?, row.get_ref(15)?];
            bytes += texts.iter().filter_map(|text| text.as_str().ok()).map(str::len).sum::<usize>();
            if bytes > filter.bytes_max && !listed.is_empty() {
                break;
            }
            listed.push(read(row)?);
        }
        Ok(listed)
    }

    /// Up to which seq there are rows.
    pub fn last_seq(&self) -> Result<i64> {
        Ok(self.db.query_row("SELECT seq FROM last_seq", [], |row| row.get(0))?)
    }

    /// When the oldest row was written, in Unix time in microseconds; `None` if there is none.
    pub fn first_time_us(&self) -> Result<Option<i64>> {
        let sql = "SELECT min(time) FROM (SELECT * FROM (SELECT time FROM decision ORDER BY seq LIMIT 1)
             UNION ALL SELECT * FROM (SELECT time FROM event ORDER BY seq LIMIT 1))";
        Ok(self.db.query_row(sql, [], |row| row.get(0))?)
    }

    /// After which seq the last `count` decisions and events begin.
    pub fn seq_before_last(&self, count: u32) -> Result<i64> {
        if count == 0 {
            return self.last_seq();
        }
        let sql = "SELECT coalesce(min(seq), 1) - 1 FROM (SELECT seq FROM
            (SELECT * FROM (SELECT seq FROM decision ORDER BY seq DESC LIMIT ?1)
             UNION ALL SELECT * FROM (SELECT seq FROM event ORDER BY seq DESC LIMIT ?1))
            ORDER BY seq DESC LIMIT ?1)";
        Ok(self.db.query_row(sql, [count], |row| row.get(0))?)
    }
}

impl Listed {
    /// A decision that was allowed and has no outcome yet.
    pub fn is_unfinished(&self) -> bool {
        self.verdict.as_deref() == Some("allow") && self.outcome.is_none()
    }

    /// For whoever knows that no gateway runs any more.
    pub fn interrupted_if_unfinished(mut self) -> Listed {
        if self.is_unfinished() {
            self.outcome = Some(OutcomeKind::Interrupted.name().to_owned());
        }
        self
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Listed> {
    let json = |index| -> rusqlite::Result<Option<Value>> {
        let text: Option<String> = row.get(index)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    };
    let time_us: i64 = row.get(1)?;
    let mut details = json(15)?;
    if let Some(details) = details.as_mut().and_then(Value::as_object_mut) {
        details.retain(|key, _| !TOLD_ELSEWHERE.contains(&key.as_str()));
    }
    Ok(Listed {
        seq: row.get(0)?,
        time: clock::rfc3339(time_us / 1_000_000),
        time_us,
        kind: row.get(2)?,
        caller: row.get(3)?,
        role: row.get(4)?,
        address: row.get(5)?,
        channel: row.get(6)?,
        action: row.get(7)?,
        parameters: json(8)?,
        terms: json(16)?,
        once: row.get(17)?,
        verdict: row.get(9)?,
        rule: row.get(10)?,
        outcome: row.get(11)?,
        code: row.get(12)?,
        duration_us: row.get(13)?,
        delivered: row.get(14)?,
        details,
    })
}
