//! A trail that lies elsewhere: read where nothing can be written.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use livegate::audit;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::support::binary;
use crate::support::disk::Disk;
use crate::support::verifiers::{python, rust, used};

fn audit(state: &Path, args: &[&str]) -> Output {
    Command::new(binary()).arg("audit").args(args).arg("--state-dir").arg(state).output().expect("the command runs")
}

/// A copy of the trail and its key, as somebody makes it who copies files.
fn copy_files(state: &Path, to: &Path, names: &[&str]) {
    std::fs::create_dir_all(to).expect("a folder");
    names.iter().for_each(|name| _ = std::fs::copy(state.join(name), to.join(name)).expect("a copy"));
}

/// Every command that only reads does so.
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
    let (trail, key) = (dir.join(audit::FILE), dir.join(audit::VERIFIER_FILE));
    let told = rust(&trail, &key, &[]);
    assert!(told["ok"] == true && told["rows"].as_u64() > Some(50), "{told:#}");
    assert_eq!(told, python(&trail, &key, &[]));
}

const COPIED: [&str; 2] = [audit::FILE, audit::VERIFIER_FILE];

#[tokio::test]
async fn a_trail_is_read_on_a_medium_that_cannot_be_written() {
    let Some(disk) = Disk::of_mebibytes(16) else { return };
    let studio = used().await;
    let (closed, open) = (disk.path().join("100 % #1"), disk.path().join("open"));
    copy_files(studio.dir.path(), &closed, &COPIED);
    // The last commits of a gateway that was cut off lie in the log beside the file.
    let db = Connection::open(studio.dir.path().join(audit::FILE)).expect("the trail");
    db.pragma_update(None, "application_id", 1).expect("a commit");
    copy_files(studio.dir.path(), &open, &[audit::FILE, "trail.db-wal", audit::VERIFIER_FILE]);
    disk.make_read_only();
    expect_readable(&closed);
    let refused = audit(&open, &["verify"]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("copy both files to where you may write"), "{said}");
    let key = open.join(audit::VERIFIER_FILE);
    let mut verifier = Command::new(livegate::config::python());
    verifier.arg("-B").arg(crate::support::root().join("script/verify_trail.py")).arg(open.join(audit::FILE));
    let refused = verifier.arg("--key").arg(key).output().expect("Python 3 is installed");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("copy both files to where you may write"), "{said}");
    disk.make_writable();
    assert!(audit(&open, &["verify"]).status.success());
}

#[tokio::test]
async fn a_trail_is_read_in_a_folder_that_may_not_be_written() {
    let (studio, elsewhere) = (used().await, TempDir::new().expect("a temporary folder"));
    let dir: PathBuf = elsewhere.path().join("closed");
    copy_files(studio.dir.path(), &dir, &COPIED);
    let writable = std::fs::metadata(&dir).expect("a folder").permissions();
    let mut closed = writable.clone();
    closed.set_readonly(true);
    std::fs::set_permissions(&dir, closed).expect("a closed folder");
    if std::fs::write(dir.join("probe"), "").is_ok() {
        eprintln!("skipped: this user may write everywhere");
    } else {
        expect_readable(&dir);
    }
    std::fs::set_permissions(&dir, writable).expect("a folder again");
}
