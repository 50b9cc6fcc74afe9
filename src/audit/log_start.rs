//! The beginning of a log: with a new trail, or after the rows of an older copy. A `log_begun` event records it, with the checkpoint of
//! lost rows.

use rusqlite::{Connection, OptionalExtension};
use serde_json::{Map, Value};

use super::checkpoint::{Signed, Verifier};
use super::error::Result;
use super::remembered::Remembered;
use super::row::Event;
use crate::platform::clock;

/// The beginning of a log.
#[derive(Clone, Debug)]
pub struct LogStart {
    reason: StartReason,
    /// The last checkpoint of the previous log in the database.
    previous: Option<Signed>,
    /// The last signed checkpoint, if the database lacks rows that it covers.
    lost: Option<Signed>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum StartReason {
    First,
    /// The database was replaced by an older copy, or it is missing.
    TakenBack,
    /// The remembered checkpoint is unusable, so it is unknown whether the database is the newest.
    Unknown(String),
    /// The owner restored a copy.
    Restored,
}

impl LogStart {
    /// The beginning of a new log, unless the database has the rows of the remembered checkpoint. `last_seq` is the last row that the
    /// latest checkpoint in the database covers.
    pub fn find(
        db: &Connection,
        latest: Option<&Signed>,
        last_seq: i64,
        remembered: Remembered,
    ) -> Result<Option<LogStart>> {
        let begins = |reason, lost| Some(LogStart { reason, previous: latest.cloned(), lost });
        Ok(match (latest, remembered) {
            // If in doubt, record a new beginning.
            (_, Remembered::Unusable(why)) => begins(StartReason::Unknown(why), None),
            (None, Remembered::Nothing) => begins(StartReason::First, None),
            (Some(_), Remembered::Nothing) => None,
            (Some(latest), Remembered::Checkpoint(known)) if holds(db, latest, last_seq, &known)? => None,
            (_, Remembered::Checkpoint(known)) => begins(StartReason::TakenBack, Some(known)),
        })
    }

    /// The beginning after a copy that the owner restored.
    pub fn restored(previous: Option<Signed>, signed: Option<Signed>) -> LogStart {
        let is_had = |signed: &Signed| previous.as_ref().is_some_and(|previous| reaches(previous, signed));
        let lost = signed.filter(|signed| !is_had(signed));
        LogStart { reason: StartReason::Restored, previous, lost }
    }

    pub fn event(&self, key: &Verifier) -> Event {
        let note = |signed: &Option<Signed>| signed.as_ref().map(|signed| signed.note.clone());
        let begun = Event::new("log_begun").with("origin", key.origin()).with("key", key.to_string());
        begun
            .with_some("reason", self.reason.name())
            .with_some("previous", note(&self.previous))
            .with_some("lost", note(&self.lost))
    }

    /// The recorded beginning of the current log, and its Unix time in microseconds. `None` for trails from before beginnings were
    /// recorded.
    pub fn recorded(db: &Connection, origin: &str) -> Result<Option<(LogStart, i64)>> {
        let sql = "SELECT bytes, time FROM events WHERE kind = 'log_begun' ORDER BY seq DESC LIMIT 1";
        let row = db.query_row(sql, [], |row| Ok((row.get::<_, String>(0)?, row.get(1)?))).optional()?;
        Ok(row.and_then(|(bytes, time_us)| {
            let begun = LogBegun::read(&bytes).filter(|begun| begun.origin == origin)?;
            let LogBegun { reason, previous, lost, .. } = begun;
            Some((LogStart { reason, previous, lost }, time_us))
        }))
    }

    /// The warning for the owner; `None` for a first log and after a restore by the owner. `since_us`: the time of the beginning, if it was
    /// at an earlier start.
    pub fn warning(&self, since_us: Option<i64>) -> Option<String> {
        let why = match (&self.reason, &self.previous, &self.lost) {
            (StartReason::Unknown(why), ..) => format!("it is unknown whether trail.db is the newest ({why})"),
            (StartReason::TakenBack, None, Some(lost)) => {
                format!("trail.db is missing or was emptied: {} rows were signed, and it has none of them", lost.size())
            }
            (StartReason::TakenBack, Some(previous), Some(lost)) if reaches(lost, previous) => {
                format!("{} rows of trail.db were signed, and it has {} of them", lost.size(), previous.size())
            }
            (StartReason::TakenBack, _, Some(lost)) => {
                format!("trail.db differs from the one whose {} rows were signed last", lost.size())
            }
            _ => return None,
        };
        let when = since_us.map(|time_us| format!(" ({})", clock::rfc3339(time_us / 1_000_000))).unwrap_or_default();
        Some(format!(
            "A NEW LOG OF THE TRAIL HAS BEGUN{when}: {why}; livegate audit list --kind log_begun shows the previous log"
        ))
    }
}

impl StartReason {
    fn read(name: Option<&str>) -> StartReason {
        match name {
            None => StartReason::First,
            Some("taken_back") => StartReason::TakenBack,
            Some("restored") => StartReason::Restored,
            Some(_) => StartReason::Unknown("trail.checkpoint could not be used".into()),
        }
    }

    fn name(&self) -> Option<&'static str> {
        match self {
            StartReason::First => None,
            StartReason::TakenBack => Some("taken_back"),
            StartReason::Unknown(_) => Some("unknown"),
            StartReason::Restored => Some("restored"),
        }
    }
}

/// Whether a database has the rows that the remembered checkpoint covers.
fn holds(db: &Connection, latest: &Signed, last_seq: i64, known: &Signed) -> Result<bool> {
    if latest.checkpoint.origin != known.checkpoint.origin {
        // A process may have ended after its log began and before it wrote the remembered checkpoint.
        return is_accounted_for(db, &latest.checkpoint.origin, last_seq, known);
    }
    if known.size() > latest.size() {
        return Ok(false);
    }
    let sql = "SELECT note FROM checkpoint WHERE size = ?1";
    let stored: Option<String> = db.query_row(sql, [i64::try_from(known.size())?], |row| row.get(0)).optional()?;
    // A single checkpoint may be missing.
    Ok(stored.is_none_or(|note| Signed::unverified(&note).is_ok_and(|stored| stored.checkpoint == known.checkpoint)))
}

/// Whether a covered `log_begun` row names this checkpoint or a later one of its log.
fn is_accounted_for(db: &Connection, origin: &str, last_seq: i64, known: &Signed) -> Result<bool> {
    let sql = "SELECT bytes FROM events WHERE kind = 'log_begun' AND seq <= ?1 ORDER BY seq DESC LIMIT 1";
    let bytes: Option<String> = db.query_row(sql, [last_seq], |row| row.get(0)).optional()?;
    let Some(begun) = bytes.as_deref().and_then(LogBegun::read).filter(|begun| begun.origin == origin) else {
        return Ok(false);
    };
    Ok([begun.previous, begun.lost].iter().flatten().any(|stated| reaches(stated, known)))
}

/// Whether `signed` is of the same log as `other` and covers at least the same rows.
fn reaches(signed: &Signed, other: &Signed) -> bool {
    let ours = &signed.checkpoint;
    let theirs = &other.checkpoint;
    ours.origin == theirs.origin && (ours.head.size > theirs.head.size || ours.head == theirs.head)
}

/// The fields of a `log_begun` row.
pub struct LogBegun {
    pub origin: String,
    reason: StartReason,
    pub previous: Option<Signed>,
    lost: Option<Signed>,
}

impl LogBegun {
    pub fn read(bytes: &str) -> Option<LogBegun> {
        let fields: Map<String, Value> = serde_json::from_str(bytes).ok()?;
        let text = |key: &str| fields.get(key).and_then(Value::as_str);
        let note = |key: &str| text(key).and_then(|note| Signed::unverified(note).ok());
        let reason = StartReason::read(text("reason"));
        Some(LogBegun { origin: text("origin")?.to_owned(), reason, previous: note("previous"), lost: note("lost") })
    }
}
