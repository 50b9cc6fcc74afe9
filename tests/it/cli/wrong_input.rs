//! Wrong names, folders and ports: each error says what is wrong and what to do. `tests/transcripts/commands` has more.

use std::net::TcpListener;
use std::path::Path;

use livegate::platform;
use tempfile::TempDir;

use crate::support::process;

/// The output of a command without a gateway, and its exit code.
fn livegate(args: &[&str], state: &Path) -> (i32, String) {
    let mut command = process::livegate();
    command.args(args).arg("--state-dir").arg(state);
    let output = command.output().expect("the command runs");
    (output.status.code().expect("a code"), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[track_caller]
fn check(args: &[&str], state: &Path, code: i32, words: &[&str]) {
    let (ended, said) = livegate(args, state);
    assert_eq!(ended, code, "{args:?}: {said}");
    assert!(words.iter().all(|words| said.contains(words)), "{args:?}: {said}");
}

#[test]
fn an_address_without_gateway_gets_a_question() {
    let dir = TempDir::new().expect("a temporary folder");
    let words = ["cannot connect to 127.0.0.1:1", "does a gateway run there"];
    check(&["send", "ping", "--to", "127.0.0.1:1"], dir.path(), 1, &words);
}

#[test]
fn an_unreadable_users_file_gets_a_remedy() {
    let dir = TempDir::new().expect("a temporary folder");
    std::fs::write(dir.path().join("state.db"), "no database").expect("a file");
    for args in [["user", "list"].as_slice(), &["serve", "--http", "127.0.0.1:0", "--local", "127.0.0.1:0"]] {
        check(args, dir.path(), 1, &["restore state.db from a backup", "without users", "file is not a database"]);
    }
}

#[test]
fn an_unusable_folder_or_port_gets_a_remedy() {
    let dir = TempDir::new().expect("a temporary folder");
    let file = dir.path().join("file");
    std::fs::write(&file, "").expect("a file");
    for args in [["user", "list"].as_slice(), &["serve"]] {
        check(args, &file, 1, &["cannot keep the state in", "name another folder with --state-dir"]);
    }
    assert!(!platform::is_private(&file).expect("a file"), "a file outside a folder of ours has been changed");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = listener.local_addr().expect("an address").to_string();
    check(
        &["serve", "--http", "127.0.0.1:0", "--local", &taken],
        dir.path(),
        1,
        &["cannot listen on", "stop that program or choose another address"],
    );
}

#[test]
fn a_client_certificate_needs_a_private_folder() {
    let dir = TempDir::new().expect("a temporary folder");
    let state = dir.path().join("state");
    let file = dir.path().join("file");
    let folder = dir.path().join("folder");
    check(&["init", "--lan"], &state, 0, &[]);
    std::fs::write(&file, "").expect("a file");
    std::fs::create_dir(&folder).expect("a folder");
    let issue = |out: &Path| {
        let out = out.to_str().expect("UTF-8").to_owned();
        livegate(&["cert", "issue-client", "--user", "owner", "--out", &out], &state)
    };
    let (code, said) = issue(&file);
    assert!(code == 1 && said.contains("is not a folder"), "{said}");
    assert!(!platform::is_private(&file).expect("a file"));
    assert_eq!(issue(&folder).0, 0);
    assert!(!platform::is_private(&folder).expect("a folder"));
    assert!(platform::is_private(&folder.join("client.key")).expect("a key"));
}

/// Promise: The CA is limited to this machine's names
#[test]
fn uncertifiable_names_are_refused() {
    let dir = TempDir::new().expect("a temporary folder");
    let state = dir.path().join("state");
    check(&["init", "--lan", "--name", ""], &state, 2, &["a certificate cannot be for"]);
    assert!(!state.exists(), "something was set up");
    check(&["init", "--lan"], &state, 0, &[]);
    let authority = std::fs::read(state.join("tls/ca.pem")).expect("a CA");
    std::fs::write(state.join("livegate.toml"), "[tls]\nlisten = [\"127.0.0.1:0\"]\nnames = [\"\"]\n").expect("a file");
    for command in [
        ["cert", "rotate-ca"].as_slice(),
        &["cert", "renew"],
        &["serve", "--http", "127.0.0.1:0", "--local", "127.0.0.1:0"],
    ] {
        check(command, &state, 1, &["livegate.toml", "a certificate cannot be for \"\": it is empty"]);
    }
    assert_eq!(std::fs::read(state.join("tls/ca.pem")).expect("a CA"), authority);
}

#[test]
fn names_are_certified_as_clients_check_them() {
    let dir = TempDir::new().expect("a temporary folder");
    let names = ["--name", "Büro.local", "--name", "studio.example.", "--name", "203.0.113.20"];
    check(&[&["init", "--lan"], &names[..]].concat(), dir.path(), 0, &[]);
    let leaf = livegate::tls::certificates(&dir.path().join("tls/server.pem")).expect("a certificate").swap_remove(0);
    for name in ["xn--bro-hoa.local", "studio.example", "203.0.113.20"] {
        assert!(leaf.names.iter().any(|other| other == name), "{name} is not in {:?}", leaf.names);
    }
    check(&["cert", "rotate-ca"], dir.path(), 0, &[]);
}
