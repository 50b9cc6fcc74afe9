//! Edits of a trail's file, and whether each is detected: the table in SECURITY.md, row by row, by both verifiers.

use std::path::{Path, PathBuf};

use livegate::audit::checkpoint::{Checkpoint, SigningKey};
use livegate::audit::tree::proof::Head;
use livegate::audit::tree::{Frontier, leaf};
use livegate::audit::{self, Reader};
use rusqlite::{Connection, params};
use tempfile::TempDir;

use crate::support::verifiers::{pruned, python, rust, used};
use crate::support::{Studio, trail};

/// An unmodified trail, and copies of it.
struct Original {
    state: PathBuf,
    dir: TempDir,
    /// Its last checkpoint, stored out of an attacker's reach.
    kept: PathBuf,
    _studio: Studio,
}

/// How an edit is detected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Noticed {
    /// With the file and the log's public key.
    ByKey,
    /// Only with a checkpoint stored elsewhere.
    ByKept,
    /// Not at all.
    Not,
}

impl Original {
    async fn new() -> Original {
        Original::of(used().await)
    }

    /// A trail whose oldest rows are pruned.
    async fn pruned() -> Original {
        Original::of(pruned().await)
    }

    fn of(studio: Studio) -> Original {
        let state = studio.dir.path().to_owned();
        let dir = TempDir::new().expect("a temporary folder");
        let db = Connection::open(state.join(audit::FILE)).expect("the trail");
        db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("one file");
        let note: String = db
            .query_row("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1", [], |row| row.get(0))
            .expect("a checkpoint");
        let kept = dir.path().join("kept.txt");
        std::fs::write(&kept, note).expect("a file");
        Original { state, dir, kept, _studio: studio }
    }

    fn copy(&self) -> PathBuf {
        let copy = self.dir.path().join("copy.db");
        for ending in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(self.dir.path().join(format!("copy.db{ending}")));
        }
        std::fs::copy(self.state.join(audit::FILE), &copy).expect("a copy");
        copy
    }

    fn key(&self) -> PathBuf {
        self.state.join(audit::VERIFIER_FILE)
    }

    /// The verdict of both verifiers on a copy, which must be the same.
    fn is_valid(&self, copy: &Path, anchors: &[PathBuf], what: &str) -> bool {
        let rust = rust(copy, &self.key(), anchors);
        let python = python(copy, &self.key(), anchors);
        assert_eq!(rust["ok"], python["ok"], "{what}: {rust:#} {python:#}");
        rust["ok"] == true
    }

    fn check(&self, what: &str, expected: Noticed, edit: impl FnOnce(&Path, &Self)) {
        let copy = self.copy();
        edit(&copy, self);
        let by_key = !self.is_valid(&copy, &[], what);
        let by_kept = !self.is_valid(&copy, std::slice::from_ref(&self.kept), what);
        let noticed = match (by_key, by_kept) {
            (true, true) => Noticed::ByKey,
            (false, true) => Noticed::ByKept,
            (false, false) => Noticed::Not,
            (true, false) => panic!("{what}: a kept checkpoint hides what is wrong"),
        };
        assert_eq!(noticed, expected, "{what}");
    }
}

/// Edit the database as an attacker would: drop the triggers, and restore them afterwards.
fn edit(path: &Path, sql: &str) {
    let db = Connection::open(path).expect("the trail");
    let mut statement = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").expect("triggers");
    let triggers = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("triggers");
    let triggers: Vec<(String, String)> = triggers.collect::<Result<_, _>>().expect("triggers");
    triggers.iter().for_each(|(name, _)| db.execute_batch(&format!("DROP TRIGGER {name}")).expect("no trigger"));
    db.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    triggers.iter().for_each(|(_, sql)| db.execute_batch(sql).expect("a trigger"));
    db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("one file");
}

/// Sign new checkpoints for the present rows, as an attacker with the key could.
fn chain_again(path: &Path, key: &SigningKey) {
    let db = Connection::open(path).expect("the trail");
    let text = |sql| db.query_row::<String, _, _>(sql, [], |row| row.get(0)).expect("a text");
    let origin = text("SELECT note FROM checkpoint LIMIT 1").lines().next().expect("an origin").to_owned();
    drop(db);
    edit(path, "DELETE FROM checkpoint");
    let mut frontier = Frontier::default();
    let mut last_seq = 0;
    let reader = Reader::open(path).expect("the trail");
    reader
        .between(0, i64::MAX, u32::MAX, |row| {
            frontier.push(leaf(row.table, row.seq, row.bytes.as_bytes()));
            last_seq = row.seq;
            Ok(())
        })
        .expect("rows");
    let head = Head { size: frontier.size(), root: frontier.root() };
    let note = key.sign(Checkpoint { origin, head }).note;
    let db = Connection::open(path).expect("the trail");
    let sql = "INSERT INTO checkpoint (size, last_seq, note, frontier) VALUES (?1, ?2, ?3, ?4)";
    db.execute(sql, params![i64::try_from(head.size).expect("small"), last_seq, note, frontier.to_bytes()])
        .expect("a row");
}

const FORGED: &str = "replace(bytes, 'producer', 'another')";

/// Promise: Edits of the trail are detected as the table states
#[tokio::test]
async fn every_edit_is_detected_as_documented() {
    let original = Original::new().await;
    original.check("nothing", Noticed::Not, |_, _| ());
    for (what, sql) in [
        ("a row is changed", "UPDATE decision SET bytes = replace(bytes, '\"bpm\":75', '\"bpm\":76')"),
        ("who did it is changed", &format!("UPDATE event SET bytes = {FORGED}")),
        ("a row is removed", "DELETE FROM outcome WHERE seq = (SELECT min(seq) FROM outcome)"),
        ("the first row is removed", "DELETE FROM event WHERE seq = 1"),
        (
            "two rows are swapped",
            "CREATE TEMP TABLE two AS SELECT seq, bytes FROM decisions WHERE verdict = 'allow' ORDER BY seq LIMIT 2;
             UPDATE decision SET bytes = (SELECT two.bytes FROM two WHERE two.seq != decision.seq)
             WHERE seq IN (SELECT seq FROM two)",
        ),
        (
            "a row is moved to another number",
            "UPDATE decision SET seq = -1 WHERE seq = (SELECT max(seq) FROM decision)",
        ),
        (
            "a row is slipped in",
            "DELETE FROM event WHERE seq = 2; INSERT INTO event SELECT 2, bytes FROM event WHERE seq = 1",
        ),
        ("a row is slipped in before the first", "INSERT INTO event SELECT -5, bytes FROM event WHERE seq = 1"),
        ("two rows have one number", "INSERT INTO event SELECT seq, bytes FROM decision LIMIT 1"),
        (
            "a row is moved to another table",
            "INSERT INTO event SELECT seq, bytes FROM decisions WHERE verdict = 'refuse' LIMIT 1;
             DELETE FROM decision WHERE seq IN (SELECT seq FROM event)",
        ),
        ("a row stays though none went", "INSERT INTO kept SELECT seq, 2 FROM event WHERE seq = 3"),
        ("a hash stands for rows that are there", "INSERT INTO subtree VALUES (0, 2, zeroblob(32))"),
        ("a checkpoint is gone though no row went", "INSERT INTO pruned_checkpoint VALUES (1000000)"),
        ("all checkpoints are removed", "DELETE FROM checkpoint"),
        ("a checkpoint's note is another's", "UPDATE checkpoint SET note = (SELECT max(note) FROM checkpoint)"),
        (
            "a checkpoint's size is another",
            "UPDATE checkpoint SET size = size + 1000 WHERE size = (SELECT max(size) FROM checkpoint)",
        ),
        ("a checkpoint's frontier is another", "UPDATE checkpoint SET frontier = zeroblob(length(frontier))"),
        (
            "a checkpoint's last row is another",
            "UPDATE checkpoint SET last_seq = last_seq - 1 WHERE size = (SELECT max(size) FROM checkpoint)",
        ),
        (
            "a trigger has a name like SQLite's own",
            "CREATE TRIGGER sqlitexstat BEFORE INSERT ON decision BEGIN SELECT raise(IGNORE); END",
        ),
        ("a trigger is gone", "CREATE TRIGGER more BEFORE DELETE ON event BEGIN SELECT 1; END"),
        ("an index is gone", "DROP INDEX outcome_by_decision"),
        (
            "a view lies",
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, 'bytes ->> ''verdict''', '''allow''') WHERE name = 'decisions'",
        ),
        ("a stored column lies", "UPDATE outcome SET decision = decision + 1 WHERE seq = (SELECT max(seq) FROM outcome)"),
        ("an outcome gets an item", "UPDATE outcome SET item = 0 WHERE seq = (SELECT max(seq) FROM outcome)"),
        (
            "a decision gets an idempotency key",
            "UPDATE decision SET once = 'mine' WHERE seq = (SELECT max(seq) FROM decision)",
        ),
    ] {
        original.check(what, Noticed::ByKey, |copy, _| edit(copy, sql));
    }
    original.check("rows at the end are removed with their checkpoints", Noticed::ByKept, |copy, _| {
        edit(copy, &cut_back("(SELECT max(size) FROM checkpoint WHERE size < (SELECT max(size) FROM checkpoint))"));
    });
    original.check("the beginning alone is left", Noticed::ByKept, |copy, _| {
        edit(copy, &cut_back("(SELECT min(size) FROM checkpoint)"));
    });
    original.check("a checkpoint between others is removed", Noticed::Not, |copy, _| {
        edit(copy, "DELETE FROM checkpoint WHERE size = (SELECT size FROM checkpoint ORDER BY size LIMIT 1 OFFSET 2)");
    });
    original.check("rows are added at the end", Noticed::Not, |copy, _| {
        edit(copy, "INSERT INTO event SELECT (SELECT seq FROM last_seq) + 1, bytes FROM event WHERE seq = 1");
    });
    let forge = |copy: &Path| edit(copy, &format!("UPDATE event SET bytes = {FORGED}"));
    original.check("rows are changed and signed with another key", Noticed::ByKey, |copy, original| {
        forge(copy);
        let other = SigningKey::open(&original.dir.path().join("other-keys")).expect("a key");
        chain_again(copy, &other);
    });
    original.check("rows are changed and signed with the log's own key", Noticed::ByKept, |copy, original| {
        forge(copy);
        chain_again(copy, &SigningKey::open(&original.state.join("keys")).expect("the key"));
    });
}

/// Promise: Edits of the trail are detected as the table states
#[tokio::test]
async fn edits_to_retained_rows_are_detected() {
    let original = Original::pruned().await;
    original.check("nothing", Noticed::Not, |_, _| ());
    let gone = "SELECT max(last_seq) FROM pruned";
    let next = "SELECT min(size) FROM checkpoint WHERE size > (SELECT max(size) FROM pruned)";
    let more_goes = format!(
        "INSERT INTO pruned SELECT size, last_seq, (SELECT max(seq) FROM event) FROM checkpoint WHERE size = ({next});
         INSERT INTO kept SELECT seq, 1000 + seq FROM event WHERE seq > 1000000"
    );
    for (what, sql) in [
        ("a row that it left is changed", &*format!("UPDATE event SET bytes = {FORGED} WHERE seq <= ({gone})")),
        ("a row that it left is removed", "DELETE FROM event WHERE seq = (SELECT min(seq) FROM kept)"),
        (
            "a row that it left is removed with its entries",
            "DELETE FROM event WHERE seq = (SELECT min(seq) FROM kept);
             DELETE FROM kept WHERE seq = (SELECT min(seq) FROM kept)",
        ),
        (
            "a row that it left has another place",
            "UPDATE kept SET leaf = leaf + 1 WHERE seq = (SELECT max(seq) FROM kept)",
        ),
        (
            "a row is put back that is another",
            "INSERT INTO event SELECT 2, bytes FROM events WHERE kind = 'pruned' LIMIT 1",
        ),
        (
            "more rows are removed",
            &*format!(
                "{more_goes}; DELETE FROM decision WHERE seq <= ({gone}); DELETE FROM checkpoint WHERE size < ({next})"
            ),
        ),
        ("a row that it left has a number below the first", "INSERT INTO kept VALUES (-5, 2000000)"),
        ("a hash stands for rows beyond what went", "INSERT INTO subtree VALUES (1048576, 8, zeroblob(32))"),
        ("a hash stands for rows that are no subtree", "INSERT INTO subtree VALUES (1, 2, zeroblob(32))"),
        ("what it says of itself is removed", "DELETE FROM pruned"),
        (
            "another event stands for its own",
            "UPDATE pruned SET act = act + 1 WHERE size = (SELECT max(size) FROM pruned)",
        ),
        ("the hashes that stand for what is gone are others", "UPDATE subtree SET hash = zeroblob(32)"),
        ("its checkpoint is gone", "DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM pruned)"),
    ] {
        original.check(what, Noticed::ByKey, |copy, _| edit(copy, sql));
    }
    original.check("which checkpoints are gone is forgotten", Noticed::Not, |copy, _| {
        edit(copy, "DELETE FROM pruned_checkpoint");
    });
}

/// SQL that removes all rows after the checkpoint of this size.
fn cut_back(size: &str) -> String {
    format!(
        "CREATE TEMP TABLE cut AS SELECT last_seq FROM checkpoint WHERE size = {size};
         DELETE FROM checkpoint WHERE last_seq > (SELECT last_seq FROM cut);
         DELETE FROM decision WHERE seq > (SELECT last_seq FROM cut);
         DELETE FROM outcome WHERE seq > (SELECT last_seq FROM cut);
         DELETE FROM event WHERE seq > (SELECT last_seq FROM cut)"
    )
}

/// Everything that can be read from a trail: its rows, and their listing.
fn read(path: &Path) -> Option<Vec<String>> {
    let reader = Reader::open(path).ok()?;
    let mut read = Vec::new();
    let between = reader.between(0, i64::MAX, u32::MAX, |row| {
        read.push(format!("{} {} {}", row.table.name(), row.seq, row.bytes));
        Ok(())
    });
    between.ok()?;
    let listed = reader.list(&audit::Filter::after(0, u32::MAX)).ok()?;
    read.extend(listed.iter().map(|row| serde_json::to_string(row).expect("a row")));
    Some(read)
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    aws_lc_rs::rand::fill(&mut bytes).expect("randomness");
    u64::from_le_bytes(bytes)
}

/// The number of bytes to flip, one after the other, at random places.
const FLIPS: usize = 250;
/// The number of those that the Python verifier checks too, which takes longer.
const FLIPS_IN_PYTHON: usize = 40;

/// Promise: Edits of the trail are detected as the table states
#[tokio::test]
async fn every_flipped_byte_is_detected_or_harmless() {
    flip(&Original::new().await);
    flip(&Original::pruned().await);
}

fn flip(original: &Original) {
    let bytes = std::fs::read(original.state.join(audit::FILE)).expect("the trail");
    let key = audit::verifier(&original.state).expect("a key");
    let before = read(&original.copy()).expect("a trail");
    let mut noticed = 0;
    for flip in 0..FLIPS {
        let random = random();
        let place = (random >> 8) as usize % bytes.len();
        let mask = 1 << (random % 8);
        let copy = original.copy();
        let mut flipped = bytes.clone();
        flipped[place] ^= mask;
        std::fs::write(&copy, flipped).expect("a file");
        let is_valid = audit::verify(&copy, &key, &[]).is_ok_and(|report| report.is_valid());
        noticed += usize::from(!is_valid);
        if flip < FLIPS_IN_PYTHON {
            let python = python(&copy, &original.key(), &[]);
            assert_eq!(python["ok"] == true, is_valid, "byte {place} with {mask}: {python:#}");
        }
        if is_valid {
            assert!(read(&copy).as_ref() == Some(&before), "byte {place} with {mask} changed what is read");
        }
    }
    assert!(noticed > FLIPS / 10, "only {noticed} of {FLIPS} were noticed at all");
}

/// Promise: Edits of the trail are detected as the table states
#[tokio::test]
async fn an_edited_write_ahead_log_only_truncates() {
    let studio = Studio::open_with(|config| config.trail.checkpoint_rows = 16).await;
    let mut client = studio.local().await;
    for bpm in 60..80 {
        client.ask(serde_json::json!({"action": "set_tempo", "bpm": bpm})).await.expect("an answer");
    }
    let state = studio.dir.path();
    let key = audit::verifier(state).expect("a key");
    let away = TempDir::new().expect("a temporary folder");
    let copy = away.path().join("copy.db");
    // As after a power failure: the last commits are only in the log.
    let main = std::fs::read(state.join("trail.db")).expect("the file");
    let log = std::fs::read(state.join("trail.db-wal")).expect("its log");
    assert!(log.len() > 100_000, "{}", log.len());
    let last_seq = trail::last_seq(state);
    let mut cut_back = 0;
    for place in (0..log.len()).step_by(log.len() / 60) {
        for ending in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(away.path().join(format!("copy.db{ending}")));
        }
        std::fs::write(&copy, &main).expect("a file");
        let mut edited = log.clone();
        edited[place] ^= 1;
        std::fs::write(away.path().join("copy.db-wal"), edited).expect("a file");
        // A start opens such a log for writing.
        let Ok(db) = Connection::open(&copy) else { continue };
        let Ok(last) = db.query_row("SELECT seq FROM last_seq", [], |row| row.get::<_, i64>(0)) else { continue };
        cut_back += usize::from(last < last_seq);
        // Truncated before its tables are complete, the file is not a trail.
        let Ok(report) = audit::verify(&copy, &key, &[]) else { continue };
        assert!(report.is_valid() || report.checkpoints == 0, "{report:?}");
    }
    assert!(cut_back > 20, "{cut_back}");
}
