//! Recent trail usage per caller.

use std::path::Path;

use rusqlite::{Connection, params};

use super::ROW_BYTES;
use super::error::Result;
use super::pruned::Pruned;
use crate::storage::schema;

/// The bytes that one caller's rows added within an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// `None`: unauthenticated connections and the gateway itself.
    pub caller: Option<String>,
    /// Start of the hour, in Unix time in microseconds.
    pub time_us: i64,
    pub bytes: u64,
}

/// Number of rows per read transaction, which keeps each one short.
const PIECE: i64 = 4_096;
const HOUR_US: i64 = 3_600_000_000;

/// Contributions since a time in rows up to a seq, the newest first, while `may_continue` returns true.
pub fn contributions(
    path: &Path,
    since_us: i64,
    last_seq: i64,
    may_go_on: impl Fn() -> bool,
) -> Result<Vec<Contribution>> {
    let db = schema::open_read_only(path, schema::TRAIL)?;
    let first_seq = Pruned::read(&db)?.map_or(0, |pruned| pruned.last_seq);
    let newest: i64 = db.query_row("SELECT seq FROM last_seq", [], |row| row.get(0))?;
    let mut found = Vec::new();
    let mut end = last_seq.min(newest);
    while end > first_seq && may_go_on() {
        let piece = piece(&db, (end - PIECE).max(first_seq), end)?;
        end -= PIECE;
        let is_old = !piece.is_empty() && piece.iter().all(|part| part.time_us + HOUR_US <= since_us);
        if is_old {
            break;
        }
        found.extend(piece);
    }
    Ok(found)
}

/// An outcome counts for the caller of its request, as does the event that opened the caller's session.
fn piece(db: &Connection, after_seq: i64, last_seq: i64) -> Result<Vec<Contribution>> {
    let sql = "SELECT session.bytes ->> 'caller', piece.time / ?3 * ?3, sum(octet_length(piece.bytes) + ?4) FROM (
            SELECT time, session, bytes FROM decisions WHERE seq > ?1 AND seq <= ?2
            UNION ALL SELECT outcome.time, decision.session, outcome.bytes FROM outcomes AS outcome
                JOIN decisions AS decision ON decision.seq = outcome.decision WHERE outcome.seq > ?1 AND outcome.seq <= ?2
            UNION ALL SELECT time, CASE kind WHEN 'session' THEN seq END, bytes FROM events WHERE seq > ?1 AND seq <= ?2
        ) AS piece LEFT JOIN event AS session ON session.seq = piece.session GROUP BY 1, 2";
    let overhead = i64::try_from(ROW_BYTES / 2)?;
    let mut statement = db.prepare_cached(sql)?;
    let parts = statement.query_map(params![after_seq, last_seq, HOUR_US, overhead], |row| {
        Ok(Contribution { caller: row.get(0)?, time_us: row.get(1)?, bytes: row.get::<_, i64>(2)?.cast_unsigned() })
    })?;
    Ok(parts.collect::<Result<_, _>>()?)
}
