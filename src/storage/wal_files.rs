//! Checks that the files of an open database still hold everything that was committed. Another program may have moved, emptied or shortened
//! them.
//!
//! SQLite does not detect this. It keeps the length of its write-ahead log in shared memory and writes the next commit there, even after a
//! hole; a crash then loses the commits in the log. Therefore the end of the last commit is stored here and checked around each commit.
//!
//! Open no file but the log here: closing any descriptor of the database or of its `-shm` drops SQLite's locks on it (POSIX advisory
//! locks).

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;

use crate::failure::Context;
use crate::platform::{self, WatchedFile};
use crate::storage::{Error, ErrorKind, LogDamaged, Result, schema};

/// The files of one database in WAL mode, as of the last commit.
#[derive(Debug)]
pub struct WalFiles {
    path: PathBuf,
    database: WatchedFile,
    log: WatchedFile,
    index: WatchedFile,
    log_file: File,
    page_bytes: usize,
    /// Length of the log in pages after the last commit.
    pages: Arc<AtomicI32>,
    seen: Mutex<LastCommit>,
}

#[derive(Debug)]
struct LastCommit {
    /// The database file never shrinks, because it is not vacuumed.
    database_bytes: u64,
    /// `None` before the first commit, and when the whole log has been moved into the database.
    end: Option<End>,
}

/// The end of the last commit in the log.
#[derive(Debug)]
struct End {
    header: Header,
    pages: u64,
    /// Its last frame: header and page.
    frame: Vec<u8>,
}

/// The header of a log. SQLite writes a different one whenever it restarts the log.
type Header = [u8; HEADER_BYTES];

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
/// Magic number of the WAL format 3007000, with little-endian checksums; a set lowest bit means big-endian.
const MAGIC: u32 = 0x377f_0682;
const VERSION: u32 = 3_007_000;

/// Checks whether a database that is read without its log has everything that was committed.
pub type IsSettled<'a> = &'a dyn Fn(&Connection) -> bool;

impl WalFiles {
    /// Watch the files of a database that has just been opened and read. Replaces the connection's WAL hook, and with it SQLite's automatic
    /// checkpoints. Closing the connection leaves the log in place, unless [`WalFiles::settle_on_close`] is called.
    pub fn watch(db: &mut Connection, path: &Path) -> Result<WalFiles> {
        let page_bytes = db.pragma_query_value(None, "page_size", |row| row.get::<_, u32>(0))?;
        let pages = Arc::new(AtomicI32::new(0));
        let committed = pages.clone();
        db.wal_hook(Some(move |_: &mut Wal, pages| {
            committed.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
        leave_on_close(db)?;
        let log = WatchedFile::new(write_ahead_log(path))?;
        let log_file = File::open(log.path()).with_context(|| format!("cannot open {}", log.path().display()))?;
        let database = WatchedFile::new(path.to_owned())?;
        let seen = Mutex::new(LastCommit { database_bytes: database.bytes()?, end: None });
        let index = WatchedFile::new(write_ahead_index(path))?;
        let page_bytes = page_bytes as usize;
        Ok(WalFiles { path: path.to_owned(), database, log, index, log_file, page_bytes, pages, seen })
    }

    /// Length of the log in pages after the last commit.
    pub fn pages(&self) -> i32 {
        self.pages.load(Ordering::Relaxed)
    }

    /// Call before a commit: checks that all earlier commits are still present. If the log lacks them, `is_settled` checks the database
    /// read without the log, as after `PRAGMA wal_checkpoint(TRUNCATE)`.
    pub fn check(&self, is_settled: IsSettled<'_>) -> Result<()> {
        let mut seen = self.lock();
        let database_bytes = self.database_bytes(&seen);
        let checked = database_bytes.and_then(|bytes| self.check_end(&seen).map(|()| bytes));
        seen.database_bytes = match checked {
            Ok(bytes) => bytes,
            Err(error) => {
                self.settled(error, is_settled)?;
                seen.end = None;
                self.database.bytes()?
            }
        };
        Ok(())
    }

    /// Call after a commit and before acknowledging it: checks that it and all earlier commits are present.
    pub fn check_commit(&self, is_settled: IsSettled<'_>) -> Result<()> {
        let mut seen = self.lock();
        let database_bytes = self.database_bytes(&seen);
        let checked = database_bytes.and_then(|bytes| Ok((bytes, self.end_of_commit(&seen)?)));
        *seen = match checked {
            Ok((database_bytes, end)) => LastCommit { database_bytes, end },
            Err(error) => {
                self.settled(error, is_settled)?;
                LastCommit { database_bytes: self.database.bytes()?, end: None }
            }
        };
        Ok(())
    }

    /// Whether the log may be moved into the database. If not, the next commit reports the reason.
    pub fn may_be_moved(&self) -> bool {
        let seen = self.lock();
        self.database_bytes(&seen).and_then(|_| self.check_end(&seen)).is_ok()
    }

    /// Call before closing the connection: moves an intact log into the database. A damaged log stays, because it would damage the
    /// database.
    pub fn settle_on_close(&self, db: &Connection) {
        if self.may_be_moved() {
            // If this fails, the next start moves it.
            let _ = db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false);
        }
    }

    fn lock(&self) -> MutexGuard<'_, LastCommit> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The length of the database, if all files are those that were opened, and it has not shrunk.
    fn database_bytes(&self, seen: &LastCommit) -> Result<u64> {
        self.log.check()?;
        self.index.check()?;
        let bytes = self.database.bytes()?;
        if bytes >= seen.database_bytes { Ok(bytes) } else { Err(cut(&self.database)) }
    }

    fn check_end(&self, seen: &LastCommit) -> Result<()> {
        let Some(end) = &seen.end else { return Ok(()) };
        let is_as_written = self.header()?.is_some_and(|header| header == end.header) && self.has_frame(end)?;
        if is_as_written { Ok(()) } else { Err(cut(&self.log)) }
    }

    /// The stored end of the last commit. Between commits SQLite may have restarted the log, which a different valid header shows.
    fn end_of_commit(&self, seen: &LastCommit) -> Result<Option<End>> {
        let pages = u64::try_from(self.pages()).expect("SQLite counts pages from 0");
        if pages == 0 {
            return Ok(None);
        }
        let header = self.header()?.filter(|header| is_whole(header, self.page_bytes)).ok_or_else(|| cut(&self.log))?;
        if let Some(before) = seen.end.as_ref().filter(|before| before.header == header)
            && (pages < before.pages || !self.has_frame(before)?)
        {
            return Err(cut(&self.log));
        }
        let frame = self.frame(pages)?.filter(|frame| ends_commit(frame, &header)).ok_or_else(|| cut(&self.log))?;
        Ok(Some(End { header, pages, frame }))
    }

    fn has_frame(&self, end: &End) -> Result<bool> {
        Ok(self.frame(end.pages)?.is_some_and(|frame| frame == end.frame))
    }

    fn header(&self) -> Result<Option<Header>> {
        let mut header = [0; HEADER_BYTES];
        Ok(self.read(0, &mut header)?.then_some(header))
    }

    /// The frame with this number, counted from 1.
    fn frame(&self, number: u64) -> Result<Option<Vec<u8>>> {
        let mut frame = vec![0; FRAME_HEADER_BYTES + self.page_bytes];
        let start = HEADER_BYTES as u64 + (number - 1) * frame.len() as u64;
        Ok(self.read(start, &mut frame)?.then_some(frame))
    }

    /// Read bytes of the log; `false` if it is too short.
    fn read(&self, start: u64, bytes: &mut [u8]) -> Result<bool> {
        match platform::read_exact_at(&self.log_file, bytes, start) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(Error::from(error).of_attempt(format!("cannot read {}", self.log.path().display()))),
        }
    }

    /// A damaged log is no error if the database has everything that was committed.
    fn settled(&self, error: Error, is_settled: IsSettled<'_>) -> Result<()> {
        let has_all = || schema::open_without_log(&self.path).is_ok_and(|db| is_settled(&db));
        if matches!(error.kind(), ErrorKind::LogDamaged(_)) && has_all() { Ok(()) } else { Err(error) }
    }
}

/// Keep SQLite from moving the log into the database when the last connection closes.
pub fn leave_on_close(db: &Connection) -> Result<()> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(())
}

/// Path of the write-ahead log, which contains the latest commits.
pub fn write_ahead_log(path: &Path) -> PathBuf {
    beside(path, "-wal")
}

/// Path of the shared-memory file, in which processes share the length of the log and its locks.
pub fn write_ahead_index(path: &Path) -> PathBuf {
    beside(path, "-shm")
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    [path.as_os_str(), OsStr::new(ending)].into_iter().collect::<std::ffi::OsString>().into()
}

fn cut(file: &WatchedFile) -> Error {
    Error::from(LogDamaged).of_attempt(format!("{} does not hold what was committed", file.path().display()))
}

/// Whether SQLite would accept a log with this header (its file format, "WAL header").
fn is_whole(header: &Header, page_bytes: usize) -> bool {
    let magic = word(header, 0);
    let page_size = if page_bytes == 65_536 { 1 } else { page_bytes };
    let [high, low] = checksum(&header[..24], magic & 1 == 1);
    magic & !1 == MAGIC
        && word(header, 1) == VERSION
        && usize::try_from(word(header, 2)) == Ok(page_size)
        && [word(header, 6), word(header, 7)] == [high, low]
}

/// Whether a frame belongs to the log with this header and ends a commit.
fn ends_commit(frame: &[u8], header: &Header) -> bool {
    word(frame, 1) != 0 && frame[8..16] == header[16..24]
}

fn checksum(bytes: &[u8], is_big_endian: bool) -> [u32; 2] {
    let read = |bytes: &[u8]| {
        let bytes = bytes.try_into().expect("four bytes");
        if is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    };
    bytes.chunks_exact(8).fold([0, 0], |[mut high, mut low], pair| {
        high = high.wrapping_add(read(&pair[..4])).wrapping_add(low);
        low = low.wrapping_add(read(&pair[4..])).wrapping_add(high);
        [high, low]
    })
}

fn word(bytes: &[u8], index: usize) -> u32 {
    u32::from_be_bytes(bytes[index * 4..][..4].try_into().expect("four bytes"))
}

#[cfg(test)]
mod tests;
