//! Opening a database of ours: numbered migrations, forward only, and the settings that make a commit durable.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rusqlite::{Connection, OpenFlags};

use crate::platform;

/// The migrations of one database, in order. The file's `user_version` counts how many it has seen.
#[derive(Clone, Copy)]
pub struct Migrations(&'static [&'static str]);

pub const STATE: Migrations =
    Migrations(&[include_str!("../migrations/state-0001.sql"), include_str!("../migrations/state-0002.sql")]);
pub const TRAIL: Migrations = Migrations(&[
    include_str!("../migrations/trail-0001.sql"),
    include_str!("../migrations/trail-0002.sql"),
    include_str!("../migrations/trail-0003.sql"),
]);

/// Open for writing, creating the file and bringing it up to date.
pub fn open(path: &Path, migrations: Migrations) -> Result<Connection> {
    let context = || format!("cannot open {}", path.display());
    // SQLite gives the log beside it the same mode.
    platform::keep_private(path)?;
    let mut db = Connection::open(path).with_context(context)?;
    // FULL, not NORMAL: in WAL mode only FULL makes a commit outlive a power cut. fullfsync is what macOS needs for that.
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA foreign_keys = ON",
    )
    .with_context(context)?;
    db.busy_timeout(Duration::from_secs(2))?;
    migrate(&mut db, migrations).with_context(context)?;
    Ok(db)
}

/// Open a database that another process may be writing.
pub fn open_read_only(path: &Path, migrations: Migrations) -> Result<Connection> {
    let context = || format!("cannot read {}", path.display());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).with_context(context)?;
    db.busy_timeout(Duration::from_secs(2))?;
    match version(&db).with_context(context)? {
        seen if seen == migrations.0.len() => Ok(db),
        seen => bail!("{} has format {seen}, this livegate reads {}", path.display(), migrations.0.len()),
    }
}

/// Whether the database has the tables, indexes, views and triggers that its migrations make, and no others.
pub fn is_as_migrated(db: &Connection, migrations: Migrations) -> Result<bool> {
    let mut fresh = Connection::open_in_memory()?;
    migrate(&mut fresh, migrations)?;
    Ok(described(db)? == described(&fresh)?)
}

/// Everything but the tables that ANALYZE makes. Nothing else may pass for one of them: a trigger of such a name could take rows away.
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
        bail!("its format {seen} is newer than this livegate; install a newer one");
    }
    for (index, sql) in migrations.0.iter().enumerate().skip(seen) {
        let step = db.transaction()?;
        step.execute_batch(sql)?;
        step.pragma_update(None, "user_version", i64::try_from(index + 1)?)?;
        step.commit()?;
    }
    Ok(())
}

fn version(db: &Connection) -> Result<usize> {
    let version: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(version)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_its_owners_alone() {
        let dir = tempfile::TempDir::new().expect("a temporary folder");
        let path = dir.path().join("state.db");
        std::fs::write(&path, "").expect("a file that others may read");
        let db = open(&path, STATE).expect("a database");
        db.execute("INSERT INTO retired_key (public, until) VALUES ('00', 0)", []).expect("a row");
        for name in ["state.db", "state.db-wal", "state.db-shm"] {
            assert!(platform::is_private(&dir.path().join(name)).expect("a file"), "{name}");
        }
    }
}
