//! What differs on Windows: access control lists, names of pipes, renames over open files, ports, long paths.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::Path;

use tempfile::TempDir;
use windows_permissions::constants::SeObjectType::SE_KERNEL_OBJECT;

use super::access::{self, READ_CONTROL, READS, WRITE_DAC};
use crate::platform::{self, End, StateDir, WatchedFile};

const EVERYONE: &str = "D:P(A;OICI;FA;;;WD)";

/// A folder in which everyone may do everything, as on a second disk.
fn public() -> TempDir {
    let dir = TempDir::new().expect("a temporary folder");
    open_to_everyone(dir.path());
    dir
}

fn open_to_everyone(path: &Path) {
    let mut object = access::open_with(path, READ_CONTROL | WRITE_DAC).expect("it is there");
    access::set(&mut object, EVERYONE).expect("a list");
}

#[test]
fn a_secret_in_a_public_folder_is_private() {
    let dir = public();
    let key = dir.path().join("bridge.key");
    fs::write(&key, "before").expect("a file");
    open_to_everyone(&key);
    assert!(!platform::is_private(&key).expect("a list"));
    platform::write_secret(&key, &"secret".into()).expect("a secret");
    assert!(platform::is_private(&key).expect("a list"));
    let log = dir.path().join("a.log");
    drop(platform::append_private(&log).expect("a log"));
    platform::keep_private(&dir.path().join("state.db")).expect("a file");
    for file in [log, dir.path().join("state.db")] {
        assert!(platform::is_private(&file).expect("a list"), "{}", file.display());
    }
}

#[test]
fn a_secret_that_others_read_is_refused() {
    let dir = TempDir::new().expect("a temporary folder");
    let key = dir.path().join("bridge.key");
    platform::write_secret(&key, &"secret".into()).expect("a secret");
    platform::read_secret(&key).expect("it is private");
    open_to_everyone(&key);
    let refused = platform::read_secret(&key).expect_err("everyone may read it").to_string();
    assert!(refused.contains("others may read it; run icacls"), "{refused}");
    platform::keep_private(&key).expect("it is mine");
    assert!(platform::is_private(&key).expect("a list"), "{}", access::list(&key));
}

#[test]
fn a_state_folder_is_private_with_its_content() {
    let dir = TempDir::new().expect("a temporary folder");
    let folder = dir.path().join("state");
    platform::create_private_dir(&folder).expect("a folder");
    open_to_everyone(&folder);
    platform::create_private_dir(&folder).expect("it is empty");
    assert!(!access::others_may_write(&folder).expect("a list"), "{}", access::list(&folder));
    fs::write(folder.join("inherits"), "").expect("a file");
    assert!(platform::is_private(&folder.join("inherits")).expect("a list"));
    open_to_everyone(&folder);
    let refused = platform::create_private_dir(&folder).expect_err("it has content of others").to_string();
    assert!(refused.contains("others can write to"), "{refused}");
}

#[tokio::test]
async fn a_pipe_is_its_users_alone() {
    let dir = TempDir::new().expect("a temporary folder");
    let mut listener = super::OwnListener::bind(dir.path(), End::Control).expect("a pipe");
    let (accepted, connected) = tokio::join!(listener.accept(), super::connect_own(dir.path(), End::Control));
    accepted.expect("a connection");
    connected.expect("a connection");
    let next = listener.next_instance();
    assert!(!access::others_have(next, SE_KERNEL_OBJECT, READS).expect("a list"));
    assert!(access::is_own_pipe(next).expect("an owner"));
}

#[test]
fn a_file_is_replaced_while_it_is_read() {
    let dir = TempDir::new().expect("a temporary folder");
    let file = dir.path().join("settings.json");
    platform::write_private(&file, "one").expect("a file");
    let watched = WatchedFile::new(file.clone()).expect("a file");
    let reader = File::open(&file).expect("a reader");
    platform::write_private(&file, "two").expect("Rust's readers let others rename");
    assert_eq!(fs::read_to_string(&file).expect("a file"), "two");
    assert!(watched.check().is_err(), "another file has its name");
    drop(reader);
}

#[test]
fn a_state_folder_has_one_process() {
    let dir = TempDir::new().expect("a temporary folder");
    let first = StateDir::claim(dir.path()).expect("a state folder");
    let refused = StateDir::claim(dir.path()).expect_err("it is taken").to_string();
    assert!(refused.contains("another livegate uses"), "{refused}");
    drop(first);
    StateDir::claim(dir.path()).expect("it is free again");
}

#[test]
fn a_port_has_one_listener() {
    let first = TcpListener::bind("127.0.0.1:0").expect("a port");
    assert!(TcpListener::bind(first.local_addr().expect("an address")).is_err());
}

#[test]
fn a_path_may_be_long() {
    let dir = TempDir::new().expect("a temporary folder");
    let deep = (0..8).fold(dir.path().to_owned(), |folder, _| folder.join("x".repeat(40)));
    assert!(deep.as_os_str().len() > 260);
    platform::create_private_dir(&deep).expect("a folder");
    let key = deep.join("bridge.key");
    platform::write_secret(&key, &"secret".into()).expect("a secret");
    platform::read_secret(&key).expect("it is private");
    WatchedFile::new(key).expect("a file").check().expect("the same file");
    let db = rusqlite::Connection::open(deep.join("state.db")).expect("a database");
    db.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE long (path)").expect("a table");
}
