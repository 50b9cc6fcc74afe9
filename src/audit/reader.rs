//! Reads the trail, from any process: lists one line per decision with its outcome.

use std::path::Path;
use std::sync::LazyLock;

use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use serde_json::Value;

use super::error::Result;
use super::row::OutcomeKind;
use crate::platform::clock;
use crate::storage::schema;

/// A read-only connection to the trail's database.
pub struct Reader {
    db: Connection,
}

/// Selects the rows to list.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Rows with a greater seq are listed; 0 begins with the first.
    pub after_seq: i64,
    /// Rows at most.
    pub limit: u32,
    /// Limit of bytes of parameters and details. At least one row is listed.
    pub bytes_max: usize,
}

impl Filter {
    /// The next `limit` rows after a seq, whatever their length.
    pub fn after(after_seq: i64, limit: u32) -> Filter {
        Filter { after_seq, limit, bytes_max: usize::MAX }
    }
}

/// A listed row: a decision with its session and outcome, or an event.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// The row's place in the trail.
    pub seq: i64,
    /// In UTC, to the second; `time_us` is Unix time in microseconds.
    pub time: String,
    /// Unix time in microseconds.
    pub time_us: i64,
    /// `decision`, or the kind of an event; docs/trail.md lists them.
    pub kind: String,
    /// The user, or `local`, `agent` or `console` for callers without sign-in.
    pub caller: Option<String>,
    /// The caller's role when the request was decided.
    pub role: Option<String>,
    /// The client's address and port.
    pub address: Option<String>,
    /// The door of the session, such as `lines` or `http`.
    pub channel: Option<String>,
    /// The name of the action, if the line had one of the catalogue.
    pub action: Option<String>,
    /// The recorded parameters, an object.
    pub parameters: Option<Value>,
    /// Conditions of the request, such as `expect`.
    pub terms: Option<Value>,
    /// The client's idempotency key.
    pub once: Option<String>,
    /// `allow` or `refuse`.
    pub verdict: Option<String>,
    /// The rule of the policy that decided.
    pub rule: Option<String>,
    /// Outcome of an allowed decision; absent while it runs.
    pub outcome: Option<String>,
    /// The code in the client's answer, unless the request succeeded.
    pub code: Option<String>,
    /// Time from the decision to the answer, in microseconds.
    pub duration_us: Option<i64>,
    /// Whether the answer was handed to the client's connection.
    pub delivered: Option<bool>,
    /// For an unparsable line: its length and keyed digest. For an event: its other fields.
    pub details: Option<Value>,
    /// Names of the touched objects by kind, as reported by the script. A batch has them in the outcomes of its commands.
    pub touched: Option<Value>,
    /// Names of the targets of a request by kind, as the script had last sent them when it was decided.
    pub names: Option<Value>,
    /// Values before and after a change, by member.
    pub before: Option<Value>,
    /// As `before`.
    pub after: Option<Value>,
}

/// Remaining bytes for parameters and details.
struct ByteBudget(usize);

impl ByteBudget {
    fn has(&mut self, row: &Listed) -> bool {
        let parts = [&row.parameters, &row.terms, &row.details, &row.touched, &row.names, &row.before, &row.after];
        let bytes = parts.into_iter().flatten().map(|part| part.to_string().len()).sum();
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

/// Fields of an event that other columns of the listed row already hold.
const TOLD_ELSEWHERE: [&str; 6] = ["time", "kind", "caller", "role", "address", "channel"];

/// Decisions and events in one list, in the order of their seq.
fn list_sql(which: &str, end: &str) -> String {
    format!(
        "SELECT decision.seq AS seq, decision.time AS time, 'decision' AS kind, session.bytes ->> 'caller' AS caller,
            decision.role AS role, session.bytes ->> 'address' AS address, session.bytes ->> 'channel' AS channel,
            decision.action AS action, decision.parameters AS parameters, decision.bytes -> 'terms' AS terms,
            decision.once AS once, decision.verdict AS verdict,
            coalesce(outcome.bytes ->> 'rule', decision.rule) AS rule, outcome.outcome AS outcome,
            coalesce(decision.code, outcome.code) AS code, outcome.duration_us AS duration_us,
            outcome.delivered AS delivered,
            CASE
                WHEN decision.bytes ->> 'line_bytes' IS NOT NULL THEN json_object(
                    'line_bytes', decision.bytes ->> 'line_bytes', 'line_hmac', decision.bytes ->> 'line_hmac')
                WHEN decision.bytes ->> 'parameters_bytes' IS NOT NULL OR decision.bytes ->> 'terms_bytes' IS NOT NULL THEN json_object(
                    'parameters_bytes', decision.bytes ->> 'parameters_bytes', 'parameters_hmac', decision.bytes ->> 'parameters_hmac',
                    'terms_bytes', decision.bytes ->> 'terms_bytes', 'terms_hmac', decision.bytes ->> 'terms_hmac')
                WHEN outcome.item IS NOT NULL THEN (SELECT json_object('outcomes', json_group_array(one.outcome))
                    FROM (SELECT outcome FROM outcomes WHERE decision = decision.seq ORDER BY item) AS one)
            END AS details,
            CASE WHEN outcome.item IS NULL THEN outcome.bytes -> 'touched' END AS touched,
            decision.bytes -> 'names' AS names,
            CASE WHEN outcome.item IS NULL THEN outcome.bytes -> 'before' END AS before,
            CASE WHEN outcome.item IS NULL THEN outcome.bytes -> 'after' END AS after
        FROM decisions AS decision
        LEFT JOIN event AS session ON session.seq = decision.session
        -- Of a batch the first command that failed, if one did: it speaks for the whole.
        LEFT JOIN outcomes AS outcome ON outcome.seq = (SELECT one.seq FROM outcomes AS one WHERE one.decision = decision.seq
            ORDER BY one.outcome = 'ok', one.item LIMIT 1)
        WHERE decision.seq {which}
        UNION ALL
        SELECT seq, time, kind, bytes ->> 'caller', bytes ->> 'role', bytes ->> 'address', bytes ->> 'channel',
            NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, bytes, NULL, NULL, NULL, NULL
        FROM events WHERE seq {which}
        {end}"
    )
}

static LIST: LazyLock<String> = LazyLock::new(|| list_sql("> ?1", "ORDER BY 1 LIMIT ?2"));
static ONE: LazyLock<String> = LazyLock::new(|| list_sql("= ?1", ""));

impl Reader {
    /// Opens the trail for reading. An error if the file is missing, damaged or of a newer version.
    pub fn open(path: &Path) -> Result<Reader> {
        Ok(Reader { db: schema::open_read_only(path, schema::TRAIL)? })
    }

    /// A reader of one snapshot, independent of later writes. SQLite's write-ahead log grows while it exists.
    pub fn snapshot(path: &Path) -> Result<Reader> {
        let reader = Reader::open(path)?;
        reader.db.execute_batch("BEGIN")?;
        reader.last_seq()?;
        Ok(reader)
    }

    /// The selected rows, ordered by seq.
    pub fn list(&self, filter: &Filter) -> Result<Vec<Listed>> {
        let mut statement = self.db.prepare_cached(&LIST)?;
        let mut rows = statement.query((filter.after_seq, filter.limit))?;
        let mut listed = Vec::new();
        let mut budget = ByteBudget(filter.bytes_max);
        while let Some(row) = rows.next()? {
            let row = read(row)?;
            if !budget.has(&row) && !listed.is_empty() {
                break;
            }
            listed.push(row);
        }
        Ok(listed)
    }

    /// List these rows in the given order; rows that the trail no longer has are omitted.
    pub fn list_of(&self, seqs: &[i64], bytes_max: usize) -> Result<Vec<Listed>> {
        let mut statement = self.db.prepare_cached(&ONE)?;
        let mut listed = Vec::new();
        let mut budget = ByteBudget(bytes_max);
        for seq in seqs {
            let Some(row) = statement.query_row([seq], read).optional()? else { continue };
            if !budget.has(&row) && !listed.is_empty() {
                break;
            }
            listed.push(row);
        }
        Ok(listed)
    }

    pub(super) fn db(&self) -> &Connection {
        &self.db
    }

    /// The highest seq.
    pub fn last_seq(&self) -> Result<i64> {
        Ok(self.db.query_row("SELECT seq FROM last_seq", [], |row| row.get(0))?)
    }

    /// Time of the oldest row that is not a retained one, in Unix time in microseconds; `None` if there is none.
    pub fn first_time_us(&self) -> Result<Option<i64>> {
        let sql = "WITH gone AS (SELECT coalesce(max(last_seq), 0) AS seq FROM pruned)
             SELECT min(time) FROM (
                SELECT * FROM (SELECT time FROM decisions WHERE seq > (SELECT seq FROM gone) ORDER BY seq LIMIT 1)
                UNION ALL SELECT * FROM (SELECT time FROM events WHERE seq > (SELECT seq FROM gone) ORDER BY seq LIMIT 1))";
        Ok(self.db.query_row(sql, [], |row| row.get(0))?)
    }

    /// Time up to which retention pruned rows, in Unix time in microseconds; `None` if it pruned none.
    pub fn removed_until_us(&self) -> Result<Option<i64>> {
        let sql = "SELECT bytes ->> 'until' FROM event WHERE seq = (SELECT act FROM pruned ORDER BY size DESC LIMIT 1)";
        Ok(self.db.query_row(sql, [], |row| row.get(0)).optional()?.flatten())
    }

    /// Time of the last row.
    pub fn last_time_us(&self) -> Result<Option<i64>> {
        let sql = "SELECT max(time) FROM (SELECT time FROM decisions WHERE seq = (SELECT seq FROM last_seq)
            UNION ALL SELECT time FROM outcomes WHERE seq = (SELECT seq FROM last_seq)
            UNION ALL SELECT time FROM events WHERE seq = (SELECT seq FROM last_seq))";
        Ok(self.db.query_row(sql, [], |row| row.get(0))?)
    }

    /// The seq after which the last `count` decisions and events before a seq begin.
    pub fn seq_before_last(&self, before_seq: i64, count: u32) -> Result<i64> {
        if count == 0 {
            return Ok(before_seq - 1);
        }
        let sql = "SELECT coalesce(min(seq), 1) - 1 FROM (SELECT seq FROM
            (SELECT * FROM (SELECT seq FROM decision WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2)
             UNION ALL SELECT * FROM (SELECT seq FROM event WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2))
            ORDER BY seq DESC LIMIT ?2)";
        Ok(self.db.query_row(sql, (before_seq, count), |row| row.get(0))?)
    }
}

impl Listed {
    /// Whether this is an allowed decision without an outcome.
    pub fn is_unfinished(&self) -> bool {
        self.verdict.as_deref() == Some("allow") && self.outcome.is_none()
    }

    /// Set the outcome of an unfinished decision to `interrupted`. For callers that know that no gateway is running.
    pub fn interrupted_if_unfinished(mut self) -> Listed {
        if self.is_unfinished() {
            self.outcome = Some(OutcomeKind::Interrupted.name().to_owned());
        }
        self
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Listed> {
    let json = |column: &str| -> rusqlite::Result<Option<Value>> {
        let text: Option<String> = row.get(column)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    };
    let time_us: i64 = row.get("time")?;
    let mut details = json("details")?;
    if let Some(details) = details.as_mut().and_then(Value::as_object_mut) {
        details.retain(|key, _| !TOLD_ELSEWHERE.contains(&key.as_str()));
    }
    Ok(Listed {
        seq: row.get("seq")?,
        time: clock::rfc3339(time_us / 1_000_000),
        time_us,
        kind: row.get("kind")?,
        caller: row.get("caller")?,
        role: row.get("role")?,
        address: row.get("address")?,
        channel: row.get("channel")?,
        action: row.get("action")?,
        parameters: json("parameters")?,
        terms: json("terms")?,
        once: row.get("once")?,
        verdict: row.get("verdict")?,
        rule: row.get("rule")?,
        outcome: row.get("outcome")?,
        code: row.get("code")?,
        duration_us: row.get("duration_us")?,
        delivered: row.get("delivered")?,
        details,
        touched: json("touched")?,
        names: json("names")?,
        before: json("before")?,
        after: json("after")?,
    })
}
