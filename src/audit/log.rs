//! The trail as a transparency log: its origin, the state of its tree, and when a checkpoint is signed.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, params};

use super::checkpoint::{Checkpoint, Signed, SigningKey, Verifier};
use super::error::{Result, invalid};
use super::leaves::Position;
use super::log_start::LogStart;
use super::remembered::Remembered;
use super::tree::Frontier;
use super::tree::proof::Head;
use crate::config;
use crate::failure::Context;
use crate::platform::random;
use crate::storage::schema;

/// File name, in the state folder, of the public key for checkpoints.
pub const VERIFIER_FILE: &str = "trail.vkey";

/// The public key of a state folder's log. The signing key, if present, takes precedence over the public key file.
pub fn verifier(state_dir: &Path) -> Result<Verifier> {
    let path = state_dir.join(VERIFIER_FILE);
    let context = || format!("cannot read {}", path.display());
    let stated = Verifier::parse(&std::fs::read_to_string(&path).with_context(context)?).with_context(context)?;
    let signing = SigningKey::find(&state_dir.join("keys"))?;
    let own = signing.map(|key| key.verifier(stated.origin()));
    match own {
        Some(own) if own != stated => {
            Err(invalid(format!("{} is not the public half of keys/checkpoint.key", path.display())))
        }
        _ => Ok(stated),
    }
}

/// The origin of a trail's last checkpoint, if that is readable.
pub fn origin_of(path: &Path) -> Result<Option<String>> {
    let db = schema::open_read_only(path, schema::TRAIL)?;
    if !schema::is_as_migrated(&db, schema::TRAIL)? {
        return Ok(None);
    }
    let signed = read_latest(&db).ok().flatten().and_then(|stored| Signed::unverified(&stored.note).ok());
    Ok(signed.map(|signed| signed.checkpoint.origin))
}

/// When to sign a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// After a number of rows, or after an interval since the last checkpoint.
    WhenDue,
    /// Now, if any row is uncovered.
    Now,
}

/// How the log of a database continues.
#[derive(Debug)]
pub enum LogContinuation {
    /// Continue, if the database has the rows of the remembered checkpoint.
    GoOn,
    /// Begin a new log.
    Begin(LogStart),
}

pub struct Log {
    key: SigningKey,
    origin: String,
    position: Position,
    latest: Option<Arc<Signed>>,
    /// The beginning, if this start begins a log.
    beginning: Option<LogStart>,
    /// The warning about its beginning, at this start or an earlier one.
    warning: Option<String>,
    rows_max: u64,
    period: Duration,
    signed_at: Instant,
}

impl Log {
    /// Continue after the last checkpoint of the database, or begin over the existing rows. The checkpoint must be signed with the key in
    /// `keys` and match its frontier.
    pub fn open(db: &Connection, state_dir: &Path, config: &config::Trail, take_up: LogContinuation) -> Result<Log> {
        let key = SigningKey::open(&state_dir.join("keys"))?;
        let (mut position, latest) = match read_latest(db)? {
            Some(stored) => {
                let (position, signed) = check(&stored, &key).context(
                    "the trail's last checkpoint does not match its rows or key: restore keys/checkpoint.key or trail.db, or move trail.db away to begin a new trail",
                )?;
                (position, Some(Arc::new(signed)))
            }
            None => (Position::default(), None),
        };
        let covered_seq = position.last_seq;
        position.catch_up(db)?;
        let beginning = match take_up {
            LogContinuation::Begin(beginning) => Some(beginning),
            LogContinuation::GoOn => {
                LogStart::find(db, latest.as_deref(), covered_seq, Remembered::read(state_dir, &key))?
            }
        };
        let latest = latest.filter(|_| beginning.is_none());
        let new_origin = || format!("livegate-trail/{}", hex::encode(random::bytes::<8>()));
        let origin = latest.as_ref().map_or_else(new_origin, |signed| signed.checkpoint.origin.clone());
        let warning = match &beginning {
            Some(beginning) => beginning.warning(None),
            None => LogStart::recorded(db, &origin)?.and_then(|(begun, since_us)| begun.warning(Some(since_us))),
        };
        Ok(Log {
            warning,
            origin,
            key,
            position,
            latest,
            beginning,
            rows_max: config.checkpoint_rows as u64,
            period: Duration::from_secs(config.checkpoint_s),
            signed_at: Instant::now(),
        })
    }

    pub fn verifier(&self) -> Verifier {
        self.key.verifier(&self.origin)
    }

    pub fn position(&self) -> &Position {
        &self.position
    }

    pub fn beginning(&self) -> Option<&LogStart> {
        self.beginning.as_ref()
    }

    /// The warning about the beginning of this log.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    pub fn latest(&self) -> Option<&Arc<Signed>> {
        self.latest.as_ref()
    }

    /// When the next checkpoint is due without further rows. `None`: all rows are covered.
    pub fn due(&self) -> Option<Instant> {
        (self.position.size() > self.covered()).then(|| self.signed_at + self.period)
    }

    /// The checkpoint of this position, if one is due.
    pub fn checkpoint(&self, position: &Position, sign: Sign) -> Option<Signed> {
        let uncovered = position.size() - self.covered();
        let is_due = sign == Sign::Now || uncovered >= self.rows_max || self.signed_at.elapsed() >= self.period;
        (uncovered > 0 && is_due).then(|| {
            let head = Head { size: position.size(), root: position.frontier.root() };
            self.key.sign(Checkpoint { origin: self.origin.clone(), head })
        })
    }

    /// Advance to a position that is durable, together with its checkpoint.
    pub fn advance(&mut self, position: Position, signed: Option<Signed>) {
        self.position = position;
        if let Some(signed) = signed {
            self.latest = Some(Arc::new(signed));
            self.signed_at = Instant::now();
        }
    }

    fn covered(&self) -> u64 {
        self.latest.as_ref().map_or(0, |signed| signed.size())
    }
}

/// A checkpoint as stored in the database, unverified.
#[derive(Debug)]
pub struct Stored {
    pub size: u64,
    pub last_seq: i64,
    pub note: String,
    pub frontier: Vec<u8>,
}

impl Stored {
    pub const COLUMNS: &str = "size, last_seq, note, frontier";

    pub fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Stored> {
        Ok(Stored {
            size: row.get::<_, i64>(0)?.cast_unsigned(),
            last_seq: row.get(1)?,
            note: row.get(2)?,
            frontier: row.get(3)?,
        })
    }

    /// Its frontier, unverified.
    pub fn frontier(&self) -> Result<Frontier> {
        let frontier = Frontier::from_bytes(self.size, &self.frontier);
        frontier
            .ok_or_else(|| invalid(format!("the frontier of the checkpoint of {} rows has another size", self.size)))
    }
}

pub fn read_latest(db: &Connection) -> Result<Option<Stored>> {
    let sql = format!("SELECT {} FROM checkpoint ORDER BY size DESC LIMIT 1", Stored::COLUMNS);
    Ok(db.query_row(&sql, [], Stored::read).optional()?)
}

pub fn write(db: &Connection, position: &Position, signed: &Signed) -> Result<()> {
    let sql = "INSERT INTO checkpoint (size, last_seq, note, frontier) VALUES (?1, ?2, ?3, ?4)";
    let size = i64::try_from(position.size())?;
    db.prepare_cached(sql)?.execute(params![size, position.last_seq, signed.note, position.frontier.to_bytes()])?;
    Ok(())
}

fn check(stored: &Stored, key: &SigningKey) -> Result<(Position, Signed)> {
    let signed = Signed::unverified(&stored.note)?;
    let signed = key.verifier(&signed.checkpoint.origin).open(&signed.note)?;
    let position = Position { last_seq: stored.last_seq, frontier: stored.frontier()? };
    let head = Head { size: position.size(), root: position.frontier.root() };
    if head == signed.checkpoint.head {
        Ok((position, signed))
    } else {
        Err(invalid("the stored hashes do not match the signed root"))
    }
}
