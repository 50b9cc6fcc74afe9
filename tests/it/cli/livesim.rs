//! The command `livegate livesim`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use livegate::client::Client;
use serde_json::{Value, json};

use crate::support::process;

fn livesim(state_dir: &Path, options: &[&str]) -> Child {
    process::livegate()
        .args(["livesim", "--state-dir"])
        .arg(state_dir)
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts")
}

fn leftovers(state_dir: &Path) -> usize {
    std::fs::read_dir(state_dir.join("livesim")).expect("a folder").count()
}

#[tokio::test]
async fn livesim_hosts_the_script_until_its_input_ends() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut process = livesim(dir.path(), &["--port", "0", "--live", "11"]);
    let mut line = String::new();
    BufReader::new(process.stdout.as_mut().expect("a pipe")).read_line(&mut line).expect("a line");
    let ready: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(ready["live_version"], "11.3.43");
    let mut client = Client::connect_plain(ready["bridge"].as_str().expect("an address")).await.expect("a bridge");
    client.send(&json!({"action": "get_track_info", "track_index": 0})).await.expect("sent");
    assert_eq!(client.receive().await.expect("an answer")["name"], "Drums");
    drop(process.stdin.take());
    assert_eq!(process.wait().expect("it ends").code(), Some(0));
    assert_eq!(leftovers(dir.path()), 0);
}

#[test]
fn a_wrong_set_ends_livesim_with_its_place() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let set = dir.path().join("set.json");
    std::fs::write(&set, r#"{"tracks": [{"volume": 2}]}"#).expect("written");
    let process = livesim(dir.path(), &["--port", "0", "--set", set.to_str().expect("UTF-8")]);
    let output = process.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(log.contains("tracks[0].volume must be a number from 0 to 1, got 2"), "{log}");
    assert_eq!(leftovers(dir.path()), 0);
}
