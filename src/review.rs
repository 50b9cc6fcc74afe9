//! Reviewing: finding rows of the trail by who, what, where and when. The index for that, `review.db`, lies beside the trail and is
//! disposable; what is found in it is read from the trail.

mod build;
mod compare;
mod difference;
mod entry;
mod escape;
mod export;
mod filter;
mod in_live;
mod keeper;
mod stats;
mod target;
pub mod when;
mod whole;
mod words;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rusqlite::{Connection, ErrorCode, TransactionBehavior, named_params};

use crate::audit::{self, Listed, Reader};
use crate::platform;
pub use build::Progress;
use build::minute;
pub use compare::{Comparison, compare};
pub use difference::{Changed, Difference, TooMuch, Unheard};
use entry::Session;
pub use escape::{printable, printable_lines};
pub use export::Format;
pub use filter::Filter;
pub use in_live::{Edit, edits};
pub use keeper::keep;
pub use stats::{Named, Stats};
pub use whole::whole;

/// The index's file in a state folder.
pub const FILE: &str = "review.db";
const SCHEMA: &str = include_str!("../migrations/review.sql");
/// Of the index's format. There are no migrations: an index of another format is built anew.
const FORMAT: u32 = 4;
/// Instructions of SQLite's between two looks at the clock.
const LOOK_EVERY: i32 = 100_000;

/// Said where the index was changed by somebody else.
const DIFFERED: &str =
    "review.db did not list what the trail holds, and was built anew; another program has changed it";

/// The trail with its index.
pub struct Review {
    db: Connection,
    trail: Reader,
    sessions: HashMap<i64, Session>,
    /// Whether the index that was there did not list what the trail holds.
    differed: bool,
    /// When the time for questions is over.
    ends_at: Option<Instant>,
}

/// A part of what was found: from where on, in which direction, and how much.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    pub place: Place,
    pub limit: u32,
    /// Rows are left out beyond so many bytes of parameters and details; there is always one.
    pub bytes_max: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Oldest first.
    After(i64),
    /// Newest first.
    Before(i64),
}

/// What is left of a time.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    after: i64,
    before: i64,
}

impl Review {
    /// The index as it is now, as far as it comes before there is enough. One that is damaged, or that does not list what the trail
    /// holds, is built anew.
    pub fn current(state_dir: &Path, mut enough: impl FnMut() -> bool) -> Result<(Review, Progress)> {
        let mut review = Review::open(state_dir)?;
        let differed = match review.catch_up(&mut enough).and_then(|progress| Ok((progress, review.is_complete()?))) {
            Ok((progress, true)) => return Ok((review, progress)),
            Ok((_, false)) => true,
            Err(error) if is_damaged(&error) => false,
            Err(error) => return Err(error),
        };
        if differed {
            tracing::warn!("{DIFFERED}");
        }
        drop(review);
        discard(&state_dir.join(FILE))?;
        let mut review = Review { differed, ..Review::open(state_dir)? };
        let progress = review.catch_up(enough)?;
        Ok((review, progress))
    }

    /// What whoever asks has to know of the index that was there.
    pub fn warning(&self) -> Option<&'static str> {
        self.differed.then_some(DIFFERED)
    }

    /// Open the index of a state folder's trail, making it if it is not there. It may lag behind: see [`Review::catch_up`].
    pub fn open(state_dir: &Path) -> Result<Review> {
        let trail = Reader::open(&state_dir.join(audit::FILE))?;
        let path = state_dir.join(FILE);
        let opened = open_index(&path).or_else(|error| match is_damaged(&error) {
            true => discard(&path).and_then(|()| open_index(&path)),
            false => Err(error),
        });
        let db = opened.with_context(|| format!("cannot use {}; it may be deleted at any time", path.display()))?;
        Ok(Review { db, trail, sessions: HashMap::new(), differed: false, ends_at: None })
    }

    /// With an index in memory, for whoever may read the trail and write nothing beside it.
    pub fn in_memory(state_dir: &Path) -> Result<Review> {
        let trail = Reader::open(&state_dir.join(audit::FILE))?;
        let db = Connection::open_in_memory()?;
        db.execute_batch(SCHEMA)?;
        Ok(Review { db, trail, sessions: HashMap::new(), differed: false, ends_at: None })
    }

    /// Questions that take longer fail.
    pub fn end_questions_at(&mut self, deadline: Instant) -> Result<()> {
        self.ends_at = Some(deadline);
        Ok(self.db.progress_handler(LOOK_EVERY, Some(move || Instant::now() >= deadline))?)
    }

    fn check_time(&self) -> Result<()> {
        match self.ends_at.is_some_and(|deadline| deadline <= Instant::now()) {
            true => Err(TookTooLong.into()),
            false => Ok(()),
        }
    }

    pub fn trail(&self) -> &Reader {
        &self.trail
    }

    /// The rows that a filter lets through, in the order of the page.
    pub fn list(&self, filter: &Filter, page: &Page) -> Result<Vec<Listed>> {
        let mut place = page.place;
        loop {
            let seqs = self.find(filter, place, page.limit)?;
            let listed = self.trail.list_of(&seqs, page.bytes_max)?;
            match (seqs.last(), listed.is_empty()) {
                // Nothing of what was found is in the trail any more: there may be something further on.
                (Some(&last), true) => place = place.moved_to(last),
                _ => return Ok(listed),
            }
        }
    }

    /// The numbers of what a filter lets through.
    pub fn find(&self, filter: &Filter, place: Place, limit: u32) -> Result<Vec<i64>> {
        let mut seqs = Vec::new();
        let order = match place {
            Place::After(_) => "",
            Place::Before(_) => "DESC",
        };
        let end = format!("ORDER BY 1 {order} LIMIT {limit}");
        self.each(filter, place, "seq", &end, |row| {
            seqs.push(row.get(0)?);
            Ok(())
        })?;
        Ok(seqs)
    }

    /// Hands over these columns of each entry that a filter lets through.
    fn each(
        &self,
        filter: &Filter,
        place: Place,
        columns: &str,
        end: &str,
        mut take: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<()> {
        let bounds = self.bounds(filter, place)?;
        let (since, until) = (filter.since_us.unwrap_or(i64::MIN), filter.until_us.unwrap_or(i64::MAX));
        let sql = match filter.expression() {
            Some(_) => format!(
                "SELECT {columns} FROM (SELECT word.rowid AS seq, time, kind, caller, action, verdict, outcome, code
                    FROM word CROSS JOIN entry ON entry.seq = word.rowid
                    WHERE word MATCH :words AND word.rowid > :after AND word.rowid < :before)
                 WHERE time BETWEEN :since AND :until {end}"
            ),
            None => format!(
                "SELECT {columns} FROM entry
                 WHERE :words IS NULL AND seq > :after AND seq < :before AND time BETWEEN :since AND :until {end}"
            ),
        };
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query(named_params! {
            ":words": filter.expression(), ":after": bounds.after, ":before": bounds.before, ":since": since, ":until": until,
        })?;
        while let Some(row) = rows.next()? {
            take(row)?;
        }
        Ok(())
    }

    /// Between which numbers the times and the page leave something to look at.
    fn bounds(&self, filter: &Filter, place: Place) -> Result<Bounds> {
        let (mut after, mut before) = match place {
            Place::After(seq) => (seq, i64::MAX),
            Place::Before(seq) => (0, seq),
        };
        let number = |sql: &str, time_us: i64| -> Result<Option<i64>> {
            Ok(self.db.query_row(sql, [minute(time_us)], |row| row.get(0))?)
        };
        if let Some(since) = filter.since_us {
            let first = number("SELECT min(first_seq) FROM minute WHERE minute >= ?1", since)?;
            after = after.max(first.map_or(i64::MAX, |seq| seq - 1));
        }
        if let Some(until) = filter.until_us {
            let last = number("SELECT max(last_seq) FROM minute WHERE minute <= ?1", until)?;
            before = before.min(last.map_or(0, |seq| seq + 1));
        }
        Ok(Bounds { after, before })
    }
}

impl Page {
    pub fn of(place: Place, limit: u32) -> Page {
        Page { place, limit, bytes_max: usize::MAX }
    }
}

impl Place {
    pub fn seq(self) -> i64 {
        match self {
            Place::After(seq) | Place::Before(seq) => seq,
        }
    }

    fn moved_to(self, seq: i64) -> Place {
        match self {
            Place::After(_) => Place::After(seq),
            Place::Before(_) => Place::Before(seq),
        }
    }
}

/// Whether a question was ended because it took too long.
pub fn took_too_long(error: &anyhow::Error) -> bool {
    error.is::<TookTooLong>() || code_of(error) == Some(ErrorCode::OperationInterrupted)
}

#[derive(Debug)]
struct TookTooLong;

impl std::error::Error for TookTooLong {}

impl std::fmt::Display for TookTooLong {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("it took too long")
    }
}

fn is_damaged(error: &anyhow::Error) -> bool {
    matches!(code_of(error), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

fn code_of(error: &anyhow::Error) -> Option<ErrorCode> {
    error.chain().find_map(|cause| cause.downcast_ref::<rusqlite::Error>()?.sqlite_error_code())
}

/// NORMAL, not FULL: after a power cut the index lacks its last rows, and takes them in again.
fn open_index(path: &Path) -> Result<Connection> {
    // SQLite gives the log beside it the same mode.
    platform::keep_private(path)?;
    let mut db = Connection::open(path)?;
    db.busy_timeout(Duration::from_secs(5))?;
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")?;
    let format = |db: &Connection| db.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0));
    if format(&db)? == FORMAT {
        return Ok(db);
    }
    let making = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have made it meanwhile.
    match format(&making)? {
        FORMAT => (),
        0 => {
            making.execute_batch(SCHEMA)?;
            making.pragma_update(None, "user_version", FORMAT)?;
        }
        _ => {
            drop(making);
            drop(db);
            discard(path)?;
            return open_index(path);
        }
    }
    making.commit()?;
    Ok(db)
}

fn discard(path: &Path) -> Result<()> {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        match std::fs::remove_file(PathBuf::from(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => (),
        }
    }
    Ok(())
}
