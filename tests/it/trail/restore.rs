//! An older copy in place of the trail, by command or by hand: it continues as a new log that reports the missing rows.

mod endless;
mod foreign;
mod origin;

use std::path::{Path, PathBuf};
use std::process::Output;

use livegate::audit::checkpoint::{Checkpoint, Signed, SigningKey};
use livegate::audit::{self, REMEMBERED_FILE, Trail, VERIFIER_FILE};
use livegate::client::known_trails::TrailCheck;
use livegate::config::Config;
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::verifiers::{pruned, python, rust, used};
use crate::support::{Studio, process, trail};
use crate::trail::tree::held;

fn audit(state: &Path, args: &[&str]) -> Output {
    process::livegate().arg("audit").args(args).arg("--state-dir").arg(state).output().expect("the command runs")
}

/// A studio that has ended, a backup of its trail, and later rows.
struct Lived {
    studio: Studio,
    away: TempDir,
    backup: PathBuf,
    /// The last checkpoints of the backup and of the trail.
    then: String,
    last: String,
    backup_seq: i64,
}

impl Lived {
    async fn new() -> Lived {
        let studio = used().await;
        let away = TempDir::new().expect("a temporary folder");
        let backup = away.path().join("backup.db");
        let made = audit(studio.dir.path(), &["backup", &backup.to_string_lossy()]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let then = remembered(studio.dir.path());
        let backup_seq = trail::last_seq(studio.dir.path());
        let mut studio = studio.restart().await;
        // A client that has seen the backup's last checkpoint, and nothing later.
        held(&studio, &away.path().join("early")).await;
        change(&studio, 20).await;
        assert_eq!(held(&studio, &away.path().join("late")).await, TrailCheck::Consistent);
        studio.end().await;
        let last = remembered(studio.dir.path());
        Lived { studio, away, backup, then, last, backup_seq }
    }

    fn dir(&self) -> &Path {
        self.studio.dir.path()
    }

    fn trail(&self) -> PathBuf {
        self.dir().join(audit::FILE)
    }

    fn restore(&self) -> Output {
        audit(self.dir(), &["restore", "--json", &self.backup.to_string_lossy()])
    }

    fn restored(&self) -> Value {
        let output = self.restore();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// Start the gateway and stop it.
    async fn start(mut self) -> Lived {
        self.studio = self.studio.restart().await;
        self.studio.end().await;
        self
    }

    fn expect_verified(&self) {
        expect_verified(self.dir(), &[], true);
    }

    /// A stored checkpoint.
    fn kept(&self, note: &str) -> PathBuf {
        let path = self.away.path().join("kept.txt");
        std::fs::write(&path, note).expect("a file");
        path
    }

    /// The fields of the newest of `count` beginnings.
    fn begun(&self, count: usize) -> Value {
        let db = Connection::open(self.trail()).expect("the trail");
        let mut statement = db.prepare("SELECT bytes FROM events WHERE kind = 'log_begun' ORDER BY seq").expect("SQL");
        let found = statement.query_map([], |row| row.get::<_, String>(0)).expect("rows");
        let found: Vec<String> = found.collect::<Result<_, _>>().expect("rows");
        assert_eq!(found.len(), count, "{found:#?}");
        serde_json::from_str(found.last().expect("a row")).expect("JSON")
    }
}

fn expect_verified(dir: &Path, anchors: &[PathBuf], is_valid: bool) {
    let trail = dir.join(audit::FILE);
    let key = dir.join(VERIFIER_FILE);
    let rust = rust(&trail, &key, anchors);
    let python = python(&trail, &key, anchors);
    assert!(rust["ok"] == is_valid && python["ok"] == is_valid, "{rust:#} {python:#}");
}

fn remembered(dir: &Path) -> String {
    std::fs::read_to_string(dir.join(REMEMBERED_FILE)).expect("a checkpoint")
}

async fn change(studio: &Studio, times: u32) {
    let mut client = studio.local().await;
    for bpm in 100..100 + times {
        let answer = client.ask(json!({"action": "set_tempo", "bpm": bpm})).await.expect("an answer");
        assert_eq!(answer["ok"], true, "{answer:?}");
    }
}

/// Promise: An older copy of the trail is detected
#[tokio::test]
async fn a_restored_trail_names_the_missing_rows() {
    let mut lived = Lived::new().await;
    let lost_seq = trail::last_seq(lived.dir());
    // There is an index of the rows that will be missing.
    assert!(audit(lived.dir(), &["list", "--action", "set_tempo"]).status.success());
    let reported = lived.restored();
    assert_eq!(reported["missing"]["rows"]["first_seq"], lived.backup_seq + 1, "{reported:#}");
    assert_eq!(reported["missing"]["rows"]["rows"], lost_seq - lived.backup_seq, "{reported:#}");
    let begun = lived.begun(2);
    assert_eq!((&begun["previous"], &begun["lost"]), (&json!(lived.then), &json!(lived.last)));
    assert_eq!((&begun["reason"], &begun["origin"]), (&json!("restored"), &reported["origin"]));
    lived.expect_verified();
    expect_verified(lived.dir(), &[lived.kept(&lived.then)], true);
    expect_verified(lived.dir(), &[lived.kept(&lived.last)], false);
    let aside = PathBuf::from(reported["aside"].as_str().expect("a file"));
    let key = lived.away.path().join("key");
    let kept = lived.kept(&lived.last);
    let old = Signed::unverified(&lived.last).expect("a note").checkpoint.origin;
    let signing = SigningKey::open(&lived.dir().join("keys")).expect("a key");
    std::fs::write(&key, signing.verifier(&old).to_string()).expect("a file");
    assert_eq!(rust(&aside, &key, &[kept])["ok"], true);

    lived.studio = lived.studio.restart().await;
    change(&lived.studio, 1).await;
    assert_eq!(held(&lived.studio, &lived.away.path().join("early")).await, TrailCheck::Consistent);
    match held(&lived.studio, &lived.away.path().join("late")).await {
        TrailCheck::Broken(sentence) => assert!(sentence.contains("rows are missing"), "{sentence}"),
        TrailCheck::Consistent => panic!("the client did not notice"),
    }
    lived.studio.end().await;
    lived.begun(2);
    lived.expect_verified();
    let listed = audit(lived.dir(), &["list", "--action", "set_tempo", "--last", "1000", "--json"]).stdout;
    let listed = String::from_utf8(listed).expect("UTF-8");
    let seqs = listed.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")["seq"].as_i64());
    let db = Connection::open(lived.trail()).expect("the trail");
    let mut statement = db.prepare("SELECT seq FROM decisions WHERE action = 'set_tempo' ORDER BY seq").expect("SQL");
    let there: Vec<Option<i64>> =
        statement.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("rows");
    assert_eq!(seqs.collect::<Vec<_>>(), there);
}

/// Promise: An older copy of the trail is detected
/// Promise: Edits of the trail are detected as the table states
#[tokio::test]
async fn an_older_copy_is_detected_at_the_start() {
    let mut lived = Lived::new().await;
    assert!(audit(lived.dir(), &["verify"]).status.success());
    std::fs::copy(&lived.backup, lived.trail()).expect("a copy");
    let reported = audit(lived.dir(), &["verify"]);
    let said = String::from_utf8_lossy(&reported.stdout);
    assert!(!reported.status.success() && said.contains("fewer than"), "{said}");
    lived.studio = lived.studio.restart().await;
    let status = lived.studio.console().await.ask(json!({"action": "status"})).await.expect("an answer");
    let warning = status["trail"]["new_log"].as_str().expect("a warning");
    assert!(warning.contains("A NEW LOG OF THE TRAIL HAS BEGUN"), "{warning}");
    assert_eq!(status["trail"]["new_log_at_this_start"], true);
    lived.studio.end().await;
    let begun = lived.begun(2);
    assert_eq!((&begun["previous"], &begun["lost"]), (&json!(lived.then), &json!(lived.last)));
    lived.expect_verified();
    // The new log continues, and the owner still gets the warning.
    lived.studio = lived.studio.restart().await;
    let status = lived.studio.console().await.ask(json!({"action": "status"})).await.expect("an answer");
    let warning = status["trail"]["new_log"].as_str().expect("a warning");
    assert!(warning.contains("A NEW LOG OF THE TRAIL HAS BEGUN (2"), "{warning}");
    assert_eq!(status["trail"]["new_log_at_this_start"], false);
    lived.studio.end().await;
    lived.begun(2);
    // The same copy, which now belongs to another log.
    std::fs::copy(&lived.backup, lived.trail()).expect("a copy");
    let newer = remembered(lived.dir());
    let lived = lived.start().await;
    assert_eq!(lived.begun(2)["lost"], newer);
    lived.expect_verified();
}

/// Promise: An older copy of the trail is detected
#[tokio::test]
async fn a_new_trail_names_the_lost_one() {
    let lived = Lived::new().await;
    std::fs::remove_file(lived.trail()).expect("no trail");
    let lived = lived.start().await;
    let begun = lived.begun(1);
    assert_eq!((&begun["lost"], &begun["previous"]), (&json!(lived.last), &Value::Null));
    lived.expect_verified();
}

/// Promise: An older copy of the trail is detected
#[tokio::test]
async fn a_stale_or_unusable_memory_is_handled() {
    let lived = Lived::new().await;
    // As after a crash between a commit and storing its checkpoint.
    std::fs::write(lived.dir().join(REMEMBERED_FILE), &lived.then).expect("a file");
    let lived = lived.start().await;
    lived.begun(1);
    let other = SigningKey::open(&lived.away.path().join("other-keys")).expect("a key");
    let forged = other.sign(Signed::unverified(&lived.then).expect("a note").checkpoint).note;
    for (count, unusable) in [(2, "nothing"), (3, forged.as_str())] {
        std::fs::write(lived.dir().join(REMEMBERED_FILE), unusable).expect("a file");
        let mut studio = process::livegate();
        studio.args(["user", "list", "--state-dir"]).arg(lived.dir());
        let said = String::from_utf8(studio.output().expect("the command runs").stderr).expect("UTF-8");
        assert!(said.contains("it is unknown whether trail.db is the newest"), "{said}");
        assert_eq!(lived.begun(count)["reason"], "unknown");
    }
    lived.expect_verified();
    let lived = lived.start().await;
    lived.begun(3);
}

/// Promise: An older copy of the trail is detected
#[tokio::test]
async fn rows_signed_again_are_another_log() {
    let lived = Lived::new().await;
    // Another history of the same length, signed by the same key, has the same sizes and other roots.
    let signed = Signed::unverified(&lived.last).expect("a note").checkpoint;
    let mut head = signed.head;
    head.root = [7; 32];
    let key = SigningKey::open(&lived.dir().join("keys")).expect("a key");
    let other = key.sign(Checkpoint { origin: signed.origin, head }).note;
    std::fs::write(lived.dir().join(REMEMBERED_FILE), &other).expect("a file");
    let lived = lived.start().await;
    assert_eq!(lived.begun(2)["lost"], other);
}

/// Promise: An older copy of the trail is detected
#[tokio::test]
async fn an_interrupted_restore_is_reported_at_every_step() {
    // Prepared, but nothing moved.
    let lived = Lived::new().await;
    std::fs::create_dir(lived.dir().join("restoring")).expect("a folder");
    std::fs::write(lived.dir().join("restoring/trail.db"), "half").expect("a file");
    let lived = lived.start().await;
    lived.begun(1);
    // Moved aside, with nothing in its place.
    std::fs::rename(lived.trail(), lived.dir().join("trail-until-now.db")).expect("a rename");
    let last = remembered(lived.dir());
    let lived = lived.start().await;
    assert_eq!(lived.begun(1)["lost"], last);
    // In its place, with the earlier remembered checkpoint.
    let memory = remembered(lived.dir());
    let key = std::fs::read(lived.dir().join(VERIFIER_FILE)).expect("a key");
    lived.restored();
    assert!(!lived.dir().join("restoring").exists());
    assert_eq!(lived.begun(2)["lost"], memory);
    std::fs::write(lived.dir().join(REMEMBERED_FILE), &memory).expect("a file");
    std::fs::write(lived.dir().join(VERIFIER_FILE), key).expect("a file");
    let lived = lived.start().await;
    lived.begun(2);
    lived.expect_verified();
}

/// Promise: An older copy of the trail is detected
#[tokio::test]
async fn a_copy_replaces_a_damaged_or_missing_trail() {
    let lived = Lived::new().await;
    std::fs::write(lived.trail(), "no database").expect("a file");
    let signed = Signed::unverified(&lived.last).expect("a note").size();
    let reported = lived.restored();
    assert_eq!(reported["missing"], json!({"unknown": {"signed": signed}}));
    let aside = PathBuf::from(reported["aside"].as_str().expect("a file"));
    assert_eq!(std::fs::read_to_string(aside).expect("what was there"), "no database");
    assert_eq!(lived.begun(2)["lost"], lived.last);
    std::fs::remove_file(lived.trail()).expect("no trail");
    let last = remembered(lived.dir());
    assert_eq!(lived.restored()["aside"], Value::Null);
    assert_eq!(lived.begun(2)["lost"], last);
    let lived = lived.start().await;
    lived.begun(2);
    lived.expect_verified();
}

#[tokio::test]
async fn a_damaged_trail_names_both_remedies() {
    let lived = Lived::new().await;
    let bytes = std::fs::read(lived.trail()).expect("the trail");
    let torn = [&bytes[..4_096], &vec![0; bytes.len() - 4_096]].concat();
    for damaged in [torn, b"no database".to_vec(), bytes[..bytes.len() / 2].to_vec()] {
        std::fs::write(lived.trail(), &damaged).expect("a file");
        let refused = Trail::open(lived.dir(), &Config::default().trail).err().expect("a refusal");
        let said = format!("{refused:#}");
        assert!(said.contains("audit restore") && said.contains("move trail.db"), "{said}");
    }
    // One of the cases.
    let kept = lived.away.path().join("evidence.db");
    std::fs::rename(lived.trail(), &kept).expect("a rename");
    drop(Trail::open(lived.dir(), &Config::default().trail).expect("a new log"));
    lived.begun(1);
}

/// Promise: An older copy of the trail is detected
#[tokio::test]
async fn a_pruned_copy_is_restored() {
    let studio = pruned().await;
    let dir = studio.dir.path().to_owned();
    let away = TempDir::new().expect("a temporary folder");
    let backup = away.path().join("backup.db");
    let made = audit(&dir, &["backup", &backup.to_string_lossy()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let prune = || assert!(audit(&dir, &["prune", "--before", "0s"]).status.success());
    // More rows are lost, again from the restored trail.
    prune();
    let restored = audit(&dir, &["restore", &backup.to_string_lossy()]);
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    expect_verified(&dir, &[], true);
    prune();
    expect_verified(&dir, &[], true);
    assert!(audit(&dir, &["verify"]).status.success());
}

/// Promise: An older copy of the trail is detected
#[tokio::test]
async fn evidence_from_before_a_restore_stays_valid() {
    let lived = Lived::new().await;
    let dir = lived.dir().to_owned();
    let said = |output: &Output| {
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    let proof = lived.away.path().join("row.tlog-proof");
    std::fs::write(&proof, audit(&dir, &["prove", "5"]).stdout).expect("a file");
    let old_key = lived.away.path().join("old.vkey");
    std::fs::copy(dir.join(VERIFIER_FILE), &old_key).expect("a copy");
    let restored = audit(&dir, &["restore", &lived.backup.to_string_lossy(), "--json"]);
    let reported: Value = serde_json::from_slice(&restored.stdout).unwrap_or_else(|_| panic!("{}", said(&restored)));
    let aside = reported["aside"].as_str().expect("a file");
    let backup = lived.backup.to_string_lossy();
    for arguments in [
        &["check-proof", &*proof.to_string_lossy()][..],
        &["verify", "--trail", aside],
        &["verify", "--trail", &backup],
        &["verify", "--key", &old_key.to_string_lossy()],
    ] {
        let output = audit(&dir, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    }
    let diff = audit(&dir, &["diff", "--since", "1h"]);
    assert!(said(&diff).contains("a copy of the trail was restored"), "{}", said(&diff));
    let replay = audit(&dir, &["replay", "--since", "1h", "--dry-run"]);
    assert!(said(&replay).contains("a copy of the trail was restored"), "{}", said(&replay));
}
