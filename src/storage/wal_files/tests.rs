//! Tests damage to the files by another program, between two commits or during one.

use std::fs::OpenOptions;
use std::io::Write;

use tempfile::TempDir;

use super::*;

/// A database of numbered rows, some of them already moved out of the log.
struct Counted {
    dir: TempDir,
    db: Connection,
    intact: WalFiles,
}

impl Counted {
    fn new() -> Counted {
        let dir = TempDir::new().expect("a temporary folder");
        let path = dir.path().join("state.db");
        let mut db = schema::open(&path, schema::STATE).expect("a database");
        db.execute_batch("CREATE TABLE counted (number INTEGER PRIMARY KEY, filler BLOB)").expect("a table");
        let intact = WalFiles::watch(&mut db, &path).expect("its files");
        let counted = Counted { dir, db, intact };
        counted.commit(|| ()).expect("a commit");
        counted.move_log("PASSIVE");
        (0..3).for_each(|_| counted.commit(|| ()).expect("a commit"));
        counted
    }

    /// A commit like that of a writer, with an interruption in the middle.
    fn commit(&self, meanwhile: impl FnOnce()) -> Result<()> {
        self.intact.check(&|settled| self.has_all(settled))?;
        meanwhile();
        self.db.execute("INSERT INTO counted (filler) VALUES (zeroblob(9000))", []).context("cannot commit")?;
        self.intact.check_commit(&|settled| self.has_all(settled))
    }

    fn has_all(&self, settled: &Connection) -> bool {
        count(settled).is_ok_and(|rows| count(&self.db).is_ok_and(|all| rows == all))
    }

    fn move_log(&self, mode: &str) {
        let pragma = format!("PRAGMA wal_checkpoint({mode})");
        let busy: bool = self.db.query_row(&pragma, [], |row| row.get(0)).expect("a checkpoint");
        assert!(!busy);
    }

    fn path(&self, ending: &str) -> PathBuf {
        self.dir.path().join(format!("state.db{ending}"))
    }

    /// Number of rows after a crash.
    fn after_a_crash(&self) -> Option<i64> {
        let dir = TempDir::new().expect("a temporary folder");
        for name in ["state.db", "state.db-wal"] {
            let _ = std::fs::copy(self.dir.path().join(name), dir.path().join(name));
        }
        count(&Connection::open(dir.path().join("state.db")).ok()?).ok()
    }
}

fn count(db: &Connection) -> Result<i64> {
    Ok(db.query_row("SELECT count(*) FROM counted", [], |row| row.get(0))?)
}

fn open(path: &Path) -> File {
    OpenOptions::new().write(true).open(path).expect("a file")
}

fn bytes(path: &Path) -> u64 {
    path.metadata().expect("a file").len()
}

/// A name, the suffix of the file's name, and the damage.
type DamageCase = (&'static str, &'static str, fn(&Path));

/// Damage to a file.
const WAYS: [DamageCase; 9] = [
    ("the log is emptied", "-wal", |path| open(path).set_len(0).expect("a file")),
    ("the log is emptied and as long as before", "-wal", |path| {
        let length = bytes(path);
        open(path).set_len(0).expect("a file");
        open(path).set_len(length).expect("a file");
    }),
    ("the log's header is overwritten", "-wal", |path| open(path).write_all(&[0; 32]).expect("a file")),
    ("the log's header is another's", "-wal", |path| open(path).write_all(b"whatever").expect("a file")),
    ("the log is cut in the middle", "-wal", |path| open(path).set_len(bytes(path) / 2).expect("a file")),
    ("the log is gone", "-wal", |path| std::fs::remove_file(path).expect("a file")),
    ("the database is emptied", "", |path| open(path).set_len(0).expect("a file")),
    ("the database is cut in the middle", "", |path| open(path).set_len(bytes(path) / 2).expect("a file")),
    ("the index is gone", "-shm", |path| std::fs::remove_file(path).expect("a file")),
];

/// Windows refuses to remove a file that SQLite has open.
fn ways() -> impl Iterator<Item = DamageCase> {
    WAYS.into_iter().filter(|(what, ..)| platform::MOVES_OPEN_FILES || !what.ends_with("is gone"))
}

#[test]
fn damage_between_commits_fails_the_next_commit() {
    for (what, ending, happens) in ways() {
        let counted = Counted::new();
        happens(&counted.path(ending));
        assert!(!counted.intact.may_be_moved(), "{what}");
        for _ in 0..3 {
            assert!(counted.commit(|| ()).is_err(), "{what}");
        }
    }
}

#[test]
fn damage_during_a_commit_fails_it() {
    for (what, ending, happens) in ways() {
        let counted = Counted::new();
        assert!(counted.commit(|| happens(&counted.path(ending))).is_err(), "{what}");
        assert!(counted.commit(|| ()).is_err(), "{what}");
    }
}

#[test]
fn emptying_a_fully_moved_log_loses_nothing() {
    let counted = Counted::new();
    counted.move_log("PASSIVE");
    open(&counted.path("-wal")).set_len(0).expect("a file");
    for number in 5..8 {
        counted.commit(|| ()).expect("a commit");
        assert_eq!(counted.after_a_crash(), Some(number));
    }
}

#[test]
fn an_emptied_log_in_use_is_detected() {
    let counted = Counted::new();
    let reader = Connection::open(counted.path("")).expect("a reader");
    reader.execute_batch("BEGIN").expect("a snapshot");
    count(&reader).expect("a number");
    counted.move_log("PASSIVE");
    open(&counted.path("-wal")).set_len(0).expect("a file");
    // SQLite writes after the hole.
    assert!(counted.commit(|| ()).is_err());
}

#[test]
fn checkpoints_and_restarts_by_sqlite_are_no_failure() {
    let counted = Counted::new();
    let mut number = 4;
    for mode in ["PASSIVE", "FULL", "RESTART", "TRUNCATE", "TRUNCATE", "PASSIVE"] {
        counted.move_log(mode);
        for _ in 0..2 {
            counted.commit(|| ()).unwrap_or_else(|error| panic!("{mode}: {error:#}"));
            number += 1;
            assert_eq!(counted.after_a_crash(), Some(number), "{mode}");
        }
        counted.commit(|| counted.move_log(mode)).unwrap_or_else(|error| panic!("{mode}: {error:#}"));
        number += 1;
    }
}

#[test]
fn an_empty_commit_is_accepted() {
    let counted = Counted::new();
    counted.intact.check(&|_| false).expect("whole");
    counted.intact.check_commit(&|_| false).expect("whole");
    counted.commit(|| ()).expect("a commit");
}

#[test]
fn closing_with_an_emptied_log_is_harmless() {
    let counted = Counted::new();
    open(&counted.path("-wal")).set_len(0).expect("a file");
    // Writes after the hole, like a writer without checks.
    counted.db.execute("INSERT INTO counted (filler) VALUES (zeroblob(9000))", []).expect("a commit");
    let Counted { dir, db, intact } = counted;
    intact.settle_on_close(&db);
    drop(db);
    let db = Connection::open(dir.path().join("state.db")).expect("a database");
    assert_eq!(count(&db).expect("a number"), 1, "what had been moved");
}

#[test]
fn closing_moves_an_intact_log_into_the_database() {
    let Counted { dir, db, intact } = Counted::new();
    intact.settle_on_close(&db);
    // Windows removes a file when the last handle is closed.
    drop(intact);
    drop(db);
    assert!(!dir.path().join("state.db-wal").exists());
    let db = Connection::open(dir.path().join("state.db")).expect("a database");
    assert_eq!(count(&db).expect("a number"), 4);
}
