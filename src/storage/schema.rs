//! Opens livegate's databases: numbered, forward-only migrations, and settings for durable commits.

use std::path::{MAIN_SEPARATOR, Path};
use std::time::Duration;

use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::failure::Context;
use crate::platform;
use crate::storage::{Error, Result, unfit, write_ahead_log};

/// The migrations of one database, in order. The file's `user_version` is the number of applied migrations.
#[derive(Clone, Copy)]
pub struct Migrations(&'static [&'static str]);

pub const STATE: Migrations = Migrations(&[
    include_str!("../../migrations/state-0001.sql"),
    include_str!("../../migrations/state-0002.sql"),
    include_str!("../../migrations/state-0003.sql"),
    include_str!("../../migrations/state-0004.sql"),
]);
pub const TRAIL: Migrations = Migrations(&[
    include_str!("../../migrations/trail-0001.sql"),
    include_str!("../../migrations/trail-0002.sql"),
    include_str!("../../migrations/trail-0003.sql"),
    include_str!("../../migrations/trail-0004.sql"),
    include_str!("../../migrations/trail-0005.sql"),
    include_str!("../../migrations/trail-0006.sql"),
    include_str!("../../migrations/trail-0007.sql"),
]);

/// Open for writing. Creates the file and applies missing migrations.
pub fn open(path: &Path, migrations: Migrations) -> Result<Connection> {
    let context = || format!("cannot open {}", path.display());
    // SQLite creates the write-ahead log with the same mode.
    platform::keep_private(path)?;
    let mut db = Connection::open(path).with_context(context)?;
    bound(&db)?;
    // FULL, not NORMAL: in WAL mode only FULL makes commits survive a power failure. macOS additionally needs fullfsync.
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA foreign_keys = ON",
    )
    .with_context(context)?;
    db.busy_timeout(Duration::from_secs(2))?;
    migrate(&mut db, migrations).with_context(context)?;
    Ok(db)
}

/// Open a database of this format read-only, while another process may write it, or in a folder that is not writable.
pub fn open_read_only(path: &Path, migrations: Migrations) -> Result<Connection> {
    let (db, seen) = open_any_format(path)?;
    if seen == migrations.0.len() {
        Ok(db)
    } else {
        Err(unfit(format!("{} has format {seen}, this livegate reads {}", path.display(), migrations.0.len())))
    }
}

/// Like [`open_read_only`], for any format. Also returns the format (`user_version`).
pub fn open_any_format(path: &Path) -> Result<(Connection, usize)> {
    let context = || format!("cannot read {}", path.display());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).with_context(context)?;
    bound(&db)?;
    db.busy_timeout(Duration::from_secs(2))?;
    match version(&db) {
        Ok(seen) => Ok((db, seen)),
        Err(error) if needs_files_beside(&error) => {
            if write_ahead_log(path).metadata().is_ok_and(|log| log.len() > 0) {
                return Err(unfit(format!(
                    "cannot read {}: its last rows are in {0}-wal, and its folder is not writable; copy both files to a \
                     writable folder, and read them there",
                    path.display()
                )));
            }
            let db = open_without_log(path).with_context(context)?;
            let seen = version(&db).with_context(context)?;
            Ok((db, seen))
        }
        Err(error) => Err(error.of_attempt(context())),
    }
}

/// Open the database file alone, as immutable: ignores the write-ahead log, takes no lock and creates no files.
pub fn open_without_log(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let db = Connection::open_with_flags(immutable_uri(path)?, flags)?;
    bound(&db)?;
    Ok(db)
}

/// Limit of a text or blob in bytes. Rows are far shorter. SQLite's own limit of a gigabyte would let a manipulated file make a reader
/// allocate that much.
const VALUE_BYTES_MAX: i32 = 64 << 20;

fn bound(db: &Connection) -> Result<()> {
    db.set_limit(Limit::SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX)?;
    Ok(())
}

/// Whether opening failed because it needs to create files beside the database: in WAL mode even readers do, to coordinate with writers.
fn needs_files_beside(error: &Error) -> bool {
    matches!(error.kind().code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

/// The file as an immutable URI, for which SQLite creates no files and takes no lock.
fn immutable_uri(path: &Path) -> Result<String> {
    let absolute = std::path::absolute(path)?;
    let mut uri = "file://".to_owned();
    // Windows paths begin with a drive and without a slash.
    if absolute.as_os_str().as_encoded_bytes().first() != Some(&b'/') {
        uri.push('/');
    }
    for &byte in absolute.as_os_str().as_encoded_bytes() {
        match byte {
            b'\\' if MAIN_SEPARATOR == '\\' => uri.push('/'),
            b'/' | b':' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(uri + "?immutable=1")
}

/// Whether the database has the tables, indexes, views and triggers that its migrations make, and no others.
pub fn is_as_migrated(db: &Connection, migrations: Migrations) -> Result<bool> {
    is_as_made_by(db, migrations.0)
}

/// Whether the database has the tables, indexes, views and triggers that these statements make, and no others.
pub fn is_as_made_by(db: &Connection, steps: &[&str]) -> Result<bool> {
    let fresh = Connection::open_in_memory()?;
    steps.iter().try_for_each(|sql| fresh.execute_batch(sql))?;
    Ok(described(db)? == described(&fresh)?)
}

/// All schema objects except the tables of ANALYZE. Other objects with such names are included: a trigger could delete rows.
fn described(db: &Connection) -> Result<Vec<[Option<String>; 4]>> {
    let sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema
        WHERE NOT (type = 'table' AND name IN ('sqlite_stat1', 'sqlite_stat4')) ORDER BY type, name";
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn migrate(db: &mut Connection, migrations: Migrations) -> Result<()> {
    let seen = version(db)?;
    if seen > migrations.0.len() {
        return Err(unfit(format!("its format {seen} is newer than this livegate; install a newer one")));
    }
    // Check the schema before migrating: another database may have the same `user_version`.
    if seen < migrations.0.len() && !is_as_made_by(db, &migrations.0[..seen])? {
        return Err(unfit(format!("it is another database: its tables are not those of format {seen}")));
    }
    for (index, sql) in migrations.0.iter().enumerate().skip(seen) {
        let step = db.transaction()?;
        step.execute_batch(sql)?;
        step.pragma_update(None, "user_version", (index + 1) as i64)?;
        step.commit()?;
    }
    Ok(())
}

fn version(db: &Connection) -> Result<usize> {
    let version: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(version as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise: Secrets are not disclosed
    #[test]
    fn a_database_is_readable_by_its_owner_only() {
        let dir = tempfile::TempDir::new().expect("a temporary folder");
        let path = dir.path().join("state.db");
        std::fs::write(&path, "").expect("a file that others may read");
        let db = open(&path, STATE).expect("a database");
        db.execute("INSERT INTO retired_key (public, until) VALUES ('00', 0)", []).expect("a row");
        for name in ["state.db", "state.db-wal", "state.db-shm"] {
            assert!(platform::is_private(&dir.path().join(name)).expect("a file"), "{name}");
        }
    }

    #[test]
    fn paths_with_special_characters_can_be_opened() {
        let dir = tempfile::TempDir::new().expect("a temporary folder");
        let path = dir.path().join("100 % #1 \u{e9}.db");
        drop(open(&path, STATE).expect("a database"));
        let uri = immutable_uri(&path).expect("a path");
        assert!(uri.ends_with("100%20%25%20%231%20%C3%A9.db?immutable=1"), "{uri}");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let db = Connection::open_with_flags(uri, flags).expect("the same database");
        assert_eq!(version(&db).expect("a version"), STATE.0.len());
    }
}
