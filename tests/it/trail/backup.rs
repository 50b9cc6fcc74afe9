//! Backups of a trail: made while it is written, and read on read-only media.

use std::path::{Path, PathBuf};
use std::process::Output;

use livegate::audit;
use livegate::platform::StateDir;
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::disk::{Disk, link_to_nowhere};
use crate::support::skip::skip_elsewhere;
use crate::support::verifiers::{python, rust, used};
use crate::support::{Studio, process};

fn audit(state: &Path, args: &[&str]) -> Output {
    process::livegate().arg("audit").args(args).arg("--state-dir").arg(state).output().expect("the command runs")
}

/// A copy of the trail and its key, made by copying files.
fn copy_files(state: &Path, to: &Path, names: &[&str]) {
    std::fs::create_dir_all(to).expect("a folder");
    names.iter().for_each(|name| _ = std::fs::copy(state.join(name), to.join(name)).expect("a copy"));
}

/// Every command that only reads succeeds.
fn expect_readable(dir: &Path) {
    let commands: [&[&str]; 7] = [
        &["list", "--last", "5"],
        &["list", "--action", "set_tempo"],
        &["show", "20"],
        &["verify"],
        &["prove", "20"],
        &["export", "--action", "set_tempo"],
        &["stats"],
    ];
    for command in commands {
        let output = audit(dir, command);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !output.stdout.is_empty(), "{command:?}: {said}");
    }
    assert!(audit(dir, &["diff", "--since", "1h"]).status.success());
    let trail = dir.join(audit::FILE);
    let key = dir.join(audit::VERIFIER_FILE);
    let reported = rust(&trail, &key, &[]);
    assert!(reported["ok"] == true && reported["rows"].as_u64() > Some(50), "{reported:#}");
    assert_eq!(reported, python(&trail, &key, &[]));
}

const COPIED: [&str; 2] = [audit::FILE, audit::VERIFIER_FILE];

/// Promise: A backup is complete and verified, or absent
#[tokio::test]
async fn a_trail_on_a_readonly_medium_is_read() {
    let Some(disk) = Disk::of_mebibytes(16) else { return };
    let studio = used().await;
    let closed = disk.path().join("100 % #1");
    let open = disk.path().join("open");
    copy_files(studio.dir.path(), &closed, &[audit::VERIFIER_FILE]);
    let copy = closed.join(audit::FILE);
    assert!(audit(studio.dir.path(), &["backup", &copy.to_string_lossy()]).status.success());
    let plain = disk.path().join("plain");
    copy_files(studio.dir.path(), &plain, &COPIED);
    // The last commits of a killed gateway are in the log beside the file.
    let db = Connection::open(studio.dir.path().join(audit::FILE)).expect("the trail");
    db.pragma_update(None, "application_id", 1).expect("a commit");
    copy_files(studio.dir.path(), &open, &[audit::FILE, "trail.db-wal", audit::VERIFIER_FILE]);
    disk.make_read_only();
    expect_readable(&closed);
    expect_readable(&plain);
    let refused = audit(&open, &["verify"]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("copy both files to a writable folder"), "{said}");
    let key = open.join(audit::VERIFIER_FILE);
    let mut verifier = process::python();
    verifier.arg("-B").arg(crate::support::root().join("script/verify_trail.py")).arg(open.join(audit::FILE));
    let refused = verifier.arg("--key").arg(key).output().expect("Python 3 is installed");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("copy both files to a writable folder"), "{said}");
    disk.make_writable();
    assert!(audit(&open, &["verify"]).status.success());
}

#[tokio::test]
async fn a_trail_in_a_readonly_folder_is_read() {
    let studio = used().await;
    let elsewhere = TempDir::new().expect("a temporary folder");
    let dir: PathBuf = elsewhere.path().join("closed");
    copy_files(studio.dir.path(), &dir, &COPIED);
    let writable = std::fs::metadata(&dir).expect("a folder").permissions();
    let mut closed = writable.clone();
    closed.set_readonly(true);
    std::fs::set_permissions(&dir, closed).expect("a closed folder");
    if std::fs::write(dir.join("probe"), "").is_ok() {
        skip_elsewhere("this user may write everywhere");
    } else {
        expect_readable(&dir);
    }
    std::fs::set_permissions(&dir, writable).expect("a folder again");
}

/// Every row, in order.
fn rows(path: &Path) -> Vec<String> {
    let mut rows = Vec::new();
    let reader = audit::Reader::open(path).expect("a trail");
    let all = reader.between(0, i64::MAX, u32::MAX, |row| {
        rows.push(format!("{} {} {}", row.table.name(), row.seq, row.bytes));
        Ok(())
    });
    all.expect("rows");
    rows
}

fn reported(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Promise: A backup is complete and verified, or absent
#[tokio::test]
async fn a_backup_under_load_is_complete_and_verifies() {
    let mut studio = Studio::open_with(|config| config.trail.checkpoint_rows = 16).await;
    let away = TempDir::new().expect("a temporary folder");
    let mut client = studio.local().await;
    let state = studio.dir.path().to_owned();
    let copies: Vec<PathBuf> = (0..3).map(|copy| away.path().join(format!("{copy}.db"))).collect();
    for copy in &copies {
        let mut command = tokio::process::Command::from(process::livegate());
        command.args(["audit", "backup", "--json", "--state-dir"]).arg(&state).arg(copy);
        let making = command.output();
        tokio::pin!(making);
        let mut asked = 0;
        let output = loop {
            let asking = client.ask(json!({"action": "set_tempo", "bpm": 60 + asked % 100}));
            tokio::select! {
                output = &mut making => break output.expect("the command runs"),
                answer = asking => {
                    answer.expect("an answer");
                }
            }
            asked += 1;
        };
        let reported = reported(&output);
        assert!(asked > 0 && reported["rows"].as_u64() > Some(0) && reported["origin"].is_string(), "{reported:#}");
        assert_eq!(
            reported["rows"].as_u64(),
            reported["covered"].as_u64().zip(reported["unsigned"].as_u64()).map(|(a, b)| a + b)
        );
    }
    drop(client);
    studio.end().await;
    let whole = rows(&state.join(audit::FILE));
    let key = state.join(audit::VERIFIER_FILE);
    for copy in &copies {
        let rows = rows(copy);
        assert!(!rows.is_empty() && whole.starts_with(&rows), "{} of {}", rows.len(), whole.len());
        assert_eq!(rust(copy, &key, &[]), python(copy, &key, &[]));
        assert!(rust(copy, &key, &[])["ok"] == true && livegate::platform::is_private(copy).expect("a file"));
    }
    assert!(whole.len() > rows(&copies[0]).len());
    let there: Vec<_> = std::fs::read_dir(away.path()).expect("a folder").collect();
    assert_eq!(there.len(), copies.len(), "{there:?}");
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

/// Promise: A backup is complete and verified, or absent
#[tokio::test]
async fn an_interrupted_backup_leaves_nothing() {
    let studio = used().await;
    let away = TempDir::new().expect("a temporary folder");
    // While the trail is locked, nothing is copied.
    let other = Connection::open(studio.dir.path().join(audit::FILE)).expect("the trail");
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE").expect("a lock");
    let mut command = tokio::process::Command::from(process::livegate());
    command.args(["audit", "backup", "--state-dir"]).arg(studio.dir.path()).arg(away.path().join("copy.db"));
    let mut making = command.stderr(std::process::Stdio::piped()).spawn().expect("the command runs");
    while names(away.path()).is_empty() {
        assert_eq!(making.try_wait().expect("a process"), None);
        tokio::task::yield_now().await;
    }
    let process = making.id().expect("a process").to_string();
    assert!(process::command("kill").args(["-INT", &process]).status().expect("kill").success());
    let output = making.wait_with_output().await.expect("an end");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && said.contains("the unfinished copy was removed"), "{said}");
    assert_eq!(names(away.path()), Vec::<String>::new());
}

#[tokio::test]
async fn the_next_backup_removes_leftovers() {
    let studio = used().await;
    let away = TempDir::new().expect("a temporary folder");
    let left = away.path().join("copy.db.0123abcd.draft");
    let under_way = away.path().join("copy.db.4567abcd.draft");
    let others = away.path().join("copy.db.mine.draft");
    std::fs::create_dir(&others).expect("a folder");
    drop(StateDir::claim(&left).expect("a folder"));
    std::fs::write(left.join(audit::FILE), "half").expect("a file");
    let making = StateDir::claim(&under_way).expect("a folder");
    let copy = away.path().join("copy.db");
    reported(&audit(studio.dir.path(), &["backup", "--json", &copy.to_string_lossy()]));
    let mut there = names(away.path());
    there.sort();
    assert_eq!(there, ["copy.db", "copy.db.4567abcd.draft", "copy.db.mine.draft"]);
    drop(making);
}

#[test]
fn a_name_taken_meanwhile_is_not_overwritten() {
    let dir = TempDir::new().expect("a temporary folder");
    let draft = dir.path().join("draft");
    let file = dir.path().join("file");
    std::fs::write(&draft, "new").expect("a file");
    std::fs::write(&file, "precious").expect("a file");
    assert!(!livegate::platform::rename_to_new(&draft, &file).expect("an answer"));
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), "precious");
    std::fs::remove_file(&file).expect("no file");
    if link_to_nowhere(&file) {
        assert!(!livegate::platform::rename_to_new(&draft, &file).expect("an answer"));
        std::fs::remove_file(&file).expect("no link");
    }
    assert!(livegate::platform::rename_to_new(&draft, &file).expect("an answer"));
    assert!(!draft.exists() && std::fs::read_to_string(&file).expect("the file") == "new");
}

/// The target of a link may be on a medium that is mounted later.
#[test]
fn keys_and_configuration_never_replace_a_link() {
    let dir = TempDir::new().expect("a temporary folder");
    let keys = dir.path().join("keys");
    drop(audit::checkpoint::SigningKey::open(&keys).expect("a key"));
    let key = keys.join("checkpoint.key");
    let config = dir.path().join("livegate.toml");
    std::fs::remove_file(&key).expect("no key");
    if ![&key, &config].into_iter().all(|link| link_to_nowhere(link)) {
        return skip_elsewhere("this user may not create links");
    }
    assert!(audit::checkpoint::SigningKey::open(&keys).is_err() && key.is_symlink());
    let refused = process::livegate().args(["user", "list", "--state-dir"]).arg(dir.path()).output();
    let said = String::from_utf8_lossy(&refused.as_ref().expect("the command runs").stderr).into_owned();
    assert!(!refused.expect("the command runs").status.success() && said.contains("livegate.toml"), "{said}");
}

/// Promise: A backup is complete and verified, or absent
#[tokio::test]
async fn a_failed_backup_replaces_and_leaves_nothing() {
    let studio = used().await;
    let away = TempDir::new().expect("a temporary folder");
    let copy = away.path().join("copy.db");
    let back_up = || audit(studio.dir.path(), &["backup", &copy.to_string_lossy()]);
    std::fs::write(&copy, "precious").expect("a file");
    assert_eq!(back_up().status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(&copy).expect("the file"), "precious");
    std::fs::remove_file(&copy).expect("no file");
    let db = Connection::open(studio.dir.path().join(audit::FILE)).expect("the trail");
    db.execute_batch("DROP TRIGGER decision_kept; DELETE FROM decision WHERE bytes ->> 'verdict' = 'refuse'")
        .expect("rows go");
    let refused = back_up();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(1) && said.contains("does not match the signed checkpoints"), "{said}");
    assert_eq!(std::fs::read_dir(away.path()).expect("a folder").count(), 0);
}
