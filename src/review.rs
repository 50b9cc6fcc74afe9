//! Searches rows of the trail by caller, action, object and time. The search index `review.db` is beside the trail and can be rebuilt at
//! any time; results are read from the trail.

mod build;
mod compare;
mod difference;
mod entry;
mod error;
mod escape;
mod export;
mod filter;
mod full_row;
mod in_live;
mod row;
mod sentence;
mod stats;
mod target;
mod updater;
pub(crate) mod when;
mod words;

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior, named_params};

use crate::audit::{self, Listed, Reader};
use crate::command::glob_matches;
use crate::failure::Context;
use crate::platform;
pub use build::Progress;
use build::minute;
pub use compare::{Comparison, compare};
pub(crate) use difference::{Changed, UnwatchedTracks};
use entry::Session;
pub(crate) use error::{Error, ErrorKind, Result};
pub(crate) use escape::{printable, printable_lines};
pub(crate) use export::Format;
pub use filter::Filter;
pub(crate) use full_row::whole;
pub(crate) use in_live::{Edit, edits};
pub(crate) use sentence::{State, sentence};
pub(crate) use stats::Named;
pub(crate) use updater::{WriteLoad, keep};

/// The index's file in a state folder.
pub const FILE: &str = "review.db";
const SCHEMA: &str = include_str!("../migrations/review.sql");
/// Version of the index's format. There are no migrations: an index of another format is rebuilt.
const FORMAT: u32 = 6;
/// SQLite instructions between two checks of the deadline.
const LOOK_EVERY: i32 = 100_000;

/// Limit of track names that a pattern may match.
const TRACK_NAMES_MAX: usize = 500;

/// Warning if another program changed the index.
const DIFFERED: &str = "review.db did not match the trail, because another program changed it; it was rebuilt";

/// The trail with its search index.
pub struct Review {
    db: Connection,
    trail: Reader,
    sessions: HashMap<i64, Session>,
    /// Whether the previous index did not match the trail.
    differed: bool,
    /// Deadline of queries.
    ends_at: Option<Instant>,
}

/// A page of results: position, direction and limits.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The row where the page begins, and the direction from there.
    pub place: Position,
    /// Rows at most.
    pub limit: u32,
    /// Limit of bytes of parameters and details. At least one row is returned.
    pub bytes_max: usize,
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// Oldest first.
    After(i64),
    /// Newest first.
    Before(i64),
}

/// Range of seqs, both bounds exclusive.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    after: i64,
    before: i64,
}

impl Review {
    /// Open the index and catch up until `enough` returns true for the seq that was reached and the last. An index that is damaged, or that does not match the trail, is rebuilt.
    pub fn current(state_dir: &Path, mut enough: impl FnMut(i64, i64) -> bool) -> Result<(Review, Progress)> {
        let mut review = Review::open(state_dir)?;
        let differed = match review.catch_up(&mut enough).and_then(|progress| Ok((progress, review.is_complete()?))) {
            Ok((progress, true)) => return Ok((review, progress)),
            Ok((_, false)) => true,
            Err(error) if error.kind().is_damaged() => false,
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

    /// Warning about the previous index, for the caller of the search.
    pub fn warning(&self) -> Option<&'static str> {
        self.differed.then_some(DIFFERED)
    }

    /// Open the index of a state folder's trail, creating it if it is missing. It may lag behind the trail: see [`Review::catch_up`].
    pub fn open(state_dir: &Path) -> Result<Review> {
        let trail = Reader::open(&state_dir.join(audit::FILE))?;
        let path = state_dir.join(FILE);
        let opened = open_index(&path).or_else(|error| {
            if error.kind().is_damaged() { discard(&path).and_then(|()| open_index(&path)) } else { Err(error) }
        });
        let db = opened.with_context(|| format!("cannot use {}; it may be deleted at any time", path.display()))?;
        Ok(Review { db, trail, sessions: HashMap::new(), differed: false, ends_at: None })
    }

    /// Use an index in memory, for users that may read the trail but not write beside it.
    pub fn in_memory(state_dir: &Path) -> Result<Review> {
        let trail = Reader::open(&state_dir.join(audit::FILE))?;
        let db = Connection::open_in_memory()?;
        db.execute_batch(SCHEMA)?;
        Ok(Review { db, trail, sessions: HashMap::new(), differed: false, ends_at: None })
    }

    /// Set the deadline of queries. Queries that exceed it fail.
    pub fn end_questions_at(&mut self, deadline: Instant) -> Result<()> {
        self.ends_at = Some(deadline);
        Ok(self.db.progress_handler(LOOK_EVERY, Some(move || Instant::now() >= deadline))?)
    }

    fn check_time(&self) -> Result<()> {
        if self.ends_at.is_some_and(|deadline| deadline <= Instant::now()) {
            Err(ErrorKind::TookTooLong.into())
        } else {
            Ok(())
        }
    }

    /// The trail that the index belongs to.
    pub fn trail(&self) -> &Reader {
        &self.trail
    }

    /// The rows that match a filter, in the order of the page.
    pub fn list(&self, filter: &Filter, page: &Page) -> Result<Vec<Listed>> {
        let mut place = page.place;
        loop {
            let seqs = self.find(filter, place, page.limit)?;
            let listed = self.trail.list_of(&seqs, page.bytes_max)?;
            match (seqs.last(), listed.is_empty()) {
                // None of these entries is in the trail any more. Continue with later ones.
                (Some(&last), true) => place = place.moved_to(last),
                _ => return Ok(listed),
            }
        }
    }

    /// The seqs of entries that match a filter.
    pub fn find(&self, filter: &Filter, place: Position, limit: u32) -> Result<Vec<i64>> {
        let mut seqs = Vec::new();
        let order = match place {
            Position::After(_) => "",
            Position::Before(_) => "DESC",
        };
        let end = format!("ORDER BY 1 {order} LIMIT {limit}");
        self.each(filter, place, "seq", &end, |row| {
            seqs.push(row.get(0)?);
            Ok(())
        })?;
        Ok(seqs)
    }

    /// Pass these columns of each entry that matches a filter to the callback.
    fn each(
        &self,
        filter: &Filter,
        place: Position,
        columns: &str,
        end: &str,
        mut take: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<()> {
        let bounds = self.bounds(filter, place)?;
        let expression = self.resolved(filter)?.expression();
        let since = filter.since_us.unwrap_or(i64::MIN);
        let until = filter.until_us.unwrap_or(i64::MAX);
        let sql = match &expression {
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
            ":words": expression, ":after": bounds.after, ":before": bounds.before, ":since": since, ":until": until,
        })?;
        while let Some(row) = rows.next()? {
            take(row)?;
        }
        Ok(())
    }

    /// The filter with a pattern of track names replaced by the names that it matches.
    fn resolved<'a>(&self, filter: &'a Filter) -> Result<Cow<'a, Filter>> {
        let Some(pattern) = filter.track_pattern() else { return Ok(Cow::Borrowed(filter)) };
        let mut statement = self.db.prepare_cached("SELECT name FROM track")?;
        let mut rows = statement.query([])?;
        let mut names = Vec::new();
        while let Some(row) = rows.next()? {
            let name = row.get_ref(0)?.as_str().unwrap_or_default();
            if glob_matches(pattern, name) {
                names.push(name.to_owned());
            }
            if names.len() > TRACK_NAMES_MAX {
                return Err(ErrorKind::TooBroad(TRACK_NAMES_MAX).into());
            }
        }
        Ok(Cow::Owned(filter.clone().with_tracks(&names)))
    }

    /// The range of seqs given by the filter's times and the page.
    fn bounds(&self, filter: &Filter, place: Position) -> Result<Bounds> {
        let (mut after, mut before) = match place {
            Position::After(seq) => (seq, i64::MAX),
            Position::Before(seq) => (0, seq),
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
    /// A page whose rows may have any length.
    pub fn of(place: Position, limit: u32) -> Page {
        Page { place, limit, bytes_max: usize::MAX }
    }
}

impl Position {
    pub(crate) fn seq(self) -> i64 {
        match self {
            Position::After(seq) | Position::Before(seq) => seq,
        }
    }

    fn moved_to(self, seq: i64) -> Position {
        match self {
            Position::After(_) => Position::After(seq),
            Position::Before(_) => Position::Before(seq),
        }
    }
}

/// NORMAL, not FULL: after a power failure the index lacks its last rows and catches up again.
fn open_index(path: &Path) -> Result<Connection> {
    // SQLite creates the write-ahead log with the same mode.
    platform::keep_private(path)?;
    let mut db = Connection::open(path)?;
    db.busy_timeout(Duration::from_secs(5))?;
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")?;
    let format = |db: &Connection| db.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0));
    if format(&db)? == FORMAT {
        return Ok(db);
    }
    let making = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have created it meanwhile.
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
