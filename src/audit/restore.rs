//! Replaces the trail by a copy: verifies the copy, begins a new log after its rows that records the restore, and keeps the replaced file.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use serde::Serialize;

use super::checkpoint::{Signed, SigningKey, Verifier};
use super::error::{Result, invalid};
use super::log_start::LogStart;
use super::remembered::{Remembered, remember};
use super::retention::settle;
use super::row::Table;
use super::verify::verify;
use super::{FILE, Trail, VERIFIER_FILE, log};
use crate::config;
use crate::failure::Context;
use crate::platform::clock;
use crate::platform::{self, StateDir};
use crate::storage::schema;
use crate::storage::write_ahead_log;

/// Result of a restore.
#[derive(Debug, Serialize)]
pub struct Restored {
    /// Number of rows in the copy.
    pub rows: u64,
    /// The public key of the log that begins after them.
    pub origin: String,
    /// The path to which the replaced file was moved, if there was one.
    pub aside: Option<PathBuf>,
    /// The rows that the copy lacks.
    pub missing: MissingRows,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingRows {
    Nothing,
    Rows {
        rows: i64,
        first_seq: i64,
        /// Time of the first.
        since: String,
    },
    /// The replaced file is missing or unreadable. The number of signed rows, if a checkpoint was remembered.
    Unknown {
        signed: Option<u64>,
    },
}

/// Restore a copy. All steps are prepared beside the trail: after a crash at any step the next start finds a trail or none, and the
/// remembered checkpoint, and reports correctly which rows are missing.
pub fn restore(state: &StateDir, copy: &Path, config: &config::Trail) -> Result<Restored> {
    let dir = state.path();
    let present = state.path().join(FILE);
    if platform::is_there(&present) && fs::canonicalize(copy).ok() == fs::canonicalize(&present).ok() {
        return Err(invalid(format!("{} is the trail itself; name a copy", copy.display())));
    }
    let key = SigningKey::find(&dir.join("keys"))?;
    let key = key.ok_or_else(|| invalid(format!("{} has no keys/checkpoint.key; {WAY_OUT}", dir.display())))?;
    let work = Work::begin(dir)?;
    let draft = work.0.join(FILE);
    let taken = take(copy, &draft, &key).with_context(|| format!("cannot restore {}", copy.display()))?;
    let replaced = ReplacedTrail::close(&present, &key);
    let signed = last_signed(replaced.signed, Remembered::read(dir, &key));
    let missing = match replaced.is_readable.then(|| missing(&draft, &present)) {
        Some(Ok(missing)) => missing,
        _ => MissingRows::Unknown { signed: signed.as_ref().map(Signed::size) },
    };
    let trail = Trail::begin_anew(&draft, dir, config, LogStart::restored(Some(taken.last), signed))?;
    let verifier = trail.verifier();
    let checkpoint = trail.checkpoint().cloned();
    drop(trail);
    // Pages in the write-ahead log would stay behind.
    settle(&draft).with_context(|| format!("cannot write {}", draft.display()))?;
    if let Some(problem) = verify(&draft, &verifier, &[])?.problems.first() {
        return Err(invalid(format!("the copy could not be written completely, and nothing was changed: {problem}")));
    }
    let aside = move_aside(&present)?;
    fs::rename(&draft, &present).with_context(|| format!("cannot write {}", present.display()))?;
    platform::sync_folder(&present)?;
    take_note(dir, &verifier, checkpoint.as_deref())?;
    Ok(Restored { rows: taken.rows, origin: verifier.origin().to_owned(), aside, missing })
}

const WAY_OUT: &str =
    "restoring a copy needs the key that signed it: put that key there, or name its folder with --state-dir";

/// A start would write the same file.
fn take_note(dir: &Path, verifier: &Verifier, checkpoint: Option<&Signed>) -> Result<()> {
    platform::write_private(&dir.join(VERIFIER_FILE), &format!("{verifier}\n"))?;
    checkpoint.map_or(Ok(()), |signed| remember(dir, signed))
}

/// The working folder within the state folder. The lock of the state folder is held, so existing contents are remains of an interrupted
/// restore.
struct Work(PathBuf);

impl Work {
    fn begin(dir: &Path) -> Result<Work> {
        let work = Work(dir.join("restoring"));
        if platform::is_there(&work.0) {
            fs::remove_dir_all(&work.0).with_context(|| format!("cannot remove {}", work.0.display()))?;
        }
        platform::create_private_dir(&work.0)?;
        Ok(work)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A verified copy.
struct CopiedTrail {
    rows: u64,
    last: Signed,
}

fn take(copy: &Path, draft: &Path, key: &SigningKey) -> Result<CopiedTrail> {
    copy_file(copy, draft)?;
    // The copy may be of a trail that was open.
    let log = write_ahead_log(copy);
    if platform::is_there(&log) {
        copy_file(&log, &write_ahead_log(draft))?;
    }
    // Migrate a copy of an older format; its rows do not change.
    let db = schema::open(draft, schema::TRAIL).context("it is not a readable trail")?;
    if !schema::is_as_migrated(&db, schema::TRAIL)? {
        return Err(invalid(
            "it does not match its signed checkpoints, and nothing was changed: its tables, indexes or triggers are not livegate's",
        ));
    }
    let stored = log::read_latest(&db)?
        .ok_or_else(|| invalid("it has no checkpoint, so it cannot be verified as a trail of this gateway"))?;
    drop(db);
    let last = Signed::unverified(&stored.note).context("its last checkpoint cannot be read")?;
    let verifier = key.verifier(&last.checkpoint.origin);
    if let Err(error) = verifier.open(&last.note) {
        return Err(invalid(format!("its last checkpoint does not match keys/checkpoint.key ({error:#}); {WAY_OUT}")));
    }
    let report = verify(draft, &verifier, &[])?;
    match report.problems.first() {
        None => Ok(CopiedTrail { rows: report.rows, last }),
        Some(problem) => {
            Err(invalid(format!("it does not match its signed checkpoints, and nothing was changed: {problem}")))
        }
    }
}

/// Copy the contents only: a copy by the file system would include permissions.
fn copy_file(from: &Path, to: &Path) -> Result<()> {
    let mut source = File::open(from).with_context(|| format!("cannot read {}", from.display()))?;
    platform::keep_private(to)?;
    let mut target = fs::OpenOptions::new().write(true).open(to)?;
    let copied = io::copy(&mut source, &mut target).and_then(|_| target.sync_all());
    Ok(copied.with_context(|| format!("cannot write {}", to.display()))?)
}

/// The replaced trail, if it is readable.
struct ReplacedTrail {
    is_readable: bool,
    signed: Option<Signed>,
}

impl ReplacedTrail {
    /// Move its write-ahead log into the database file.
    fn close(present: &Path, key: &SigningKey) -> ReplacedTrail {
        let unreadable = ReplacedTrail { is_readable: false, signed: None };
        if !platform::is_there(present) {
            return unreadable;
        }
        let Ok(db) = schema::open(present, schema::TRAIL) else { return unreadable };
        let latest = log::read_latest(&db).ok().flatten();
        let own = |note: String| key.verifier(&Signed::unverified(&note)?.checkpoint.origin).open(&note);
        ReplacedTrail { is_readable: true, signed: latest.and_then(|stored| own(stored.note).ok()) }
    }
}

/// The last signed checkpoint: of the replaced file, or the remembered one.
fn last_signed(replaced: Option<Signed>, remembered: Remembered) -> Option<Signed> {
    let Remembered::Checkpoint(known) = remembered else { return replaced };
    let is_of_same_log = |signed: &Signed| signed.checkpoint.origin == known.checkpoint.origin;
    match replaced.filter(|signed| is_of_same_log(signed) && signed.size() >= known.size()) {
        Some(signed) => Some(signed),
        None => Some(known),
    }
}

/// The rows of the replaced file that the copy lacks or has with other contents.
fn missing(draft: &Path, present: &Path) -> Result<MissingRows> {
    let db = Connection::open(draft)?;
    db.execute("ATTACH ?1 AS replaced", [present.to_str().ok_or_else(|| invalid("its name is not UTF-8"))?])?;
    let common =
        "SELECT coalesce(max(last_seq), 0) FROM checkpoint JOIN replaced.checkpoint USING (size, last_seq, note)";
    let after_seq: i64 = db.query_row(common, [], |row| row.get(0))?;
    let mut rows = 0;
    let mut first = None;
    for table in Table::ALL.map(Table::name) {
        let sql = format!(
            "SELECT count(*), min(seq), min(bytes ->> 'time') FROM (
                SELECT seq, bytes FROM replaced.{table} WHERE seq > ?1
                EXCEPT SELECT seq, bytes FROM main.{table} WHERE seq > ?1)"
        );
        let (count, seq, time_us): (i64, Option<i64>, Option<i64>) =
            db.query_row(&sql, params![after_seq], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        rows += count;
        first = [first, seq.zip(time_us)].into_iter().flatten().min();
    }
    Ok(match first {
        None => MissingRows::Nothing,
        Some((first_seq, time_us)) => {
            MissingRows::Rows { rows, first_seq, since: clock::rfc3339(time_us.div_euclid(1_000_000)) }
        }
    })
}

/// Move an existing trail to another name, and its write-ahead log if the trail could not be closed. The log moves first: a trail without
/// its log is an older trail, a log without its trail would be lost.
fn move_aside(present: &Path) -> Result<Option<PathBuf>> {
    if !platform::is_there(present) {
        return Ok(None);
    }
    let time = clock::rfc3339(clock::unix_seconds()).replace(['-', ':'], "");
    let names = (1..).map(|count| match count {
        1 => format!("trail-until-{time}.db"),
        _ => format!("trail-until-{time}-{count}.db"),
    });
    let mut names = names.map(|name| present.with_file_name(name));
    let aside = names.find(|path| !platform::is_there(path)).ok_or_else(|| invalid("there is always another name"))?;
    for ending in ["-wal", "-shm", ""] {
        let named = |path: &Path| {
            PathBuf::from([path.as_os_str(), ending.as_ref()].into_iter().collect::<std::ffi::OsString>())
        };
        let from = named(present);
        let to = named(&aside);
        if platform::is_there(&from) {
            fs::rename(&from, &to).with_context(|| format!("cannot move {}", from.display()))?;
        }
    }
    Ok(Some(aside))
}
