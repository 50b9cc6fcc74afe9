//! The order of writes, syncs and sends of the gateway, as reported by `strace`.

use std::path::Path;
use std::process::Stdio;

use livegate::client::Client;
use livegate::config;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::fake_script::FakeScript;
use crate::support::installation::Gateway;
use crate::support::{binary, process, studio};

const CALLS: &str = "trace=fsync,fdatasync,pwrite64,read,recvfrom,write,writev,sendto,sendmsg";
/// Long enough to show a page of the write-ahead log.
const BYTES_SHOWN: &str = "4200";

const SENT: [&str; 4] = ["write", "writev", "sendto", "sendmsg"];

/// A completed system call.
struct Call {
    name: String,
    text: String,
}

impl Call {
    /// Whether it made the trail's write-ahead log durable.
    fn is_sync(&self) -> bool {
        ["fsync", "fdatasync"].contains(&self.name.as_str())
            && self.text.contains("trail.db-wal")
            && self.text.trim_end().ends_with("= 0")
    }
}

/// The calls in the order of their completion. A call whose report is split is joined.
fn calls(report: &str) -> Vec<Call> {
    let mut begun = std::collections::HashMap::new();
    let mut calls = Vec::new();
    for line in report.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let mut text = rest.trim_start().to_owned();
        if let Some(beginning) = text.strip_suffix("<unfinished ...>") {
            begun.insert(thread.to_owned(), beginning.to_owned());
            continue;
        }
        if let Some((_, end)) = text.split_once("resumed>") {
            text = begun.remove(thread).unwrap_or_default() + end;
        }
        let name = text.split('(').next().unwrap_or_default().to_owned();
        calls.push(Call { name, text });
    }
    calls
}

/// The index of the first call with one of these names and this text.
fn first(calls: &[Call], names: &[&str], text: &str) -> usize {
    let found = calls.iter().position(|call| names.contains(&call.name.as_str()) && call.text.contains(text));
    found.unwrap_or_else(|| panic!("nothing with {text}"))
}

/// Run a gateway under `strace` for clients of its local listener, each with its requests in order; `None` if that is not possible.
async fn traced(state: &Path, clients: Vec<Vec<Value>>) -> Option<String> {
    let has_strace = process::command("strace").arg("-V").stdout(Stdio::null()).status().is_ok();
    if !has_strace {
        eprintln!("skipped: strace is not installed");
        assert!(!config::requires_all() || std::env::consts::OS != "linux", "LIVEGATE_REQUIRE_ALL is set");
        return None;
    }
    let key = studio::write_key(state);
    assert_eq!(key, state.join("bridge.key"));
    let script = FakeScript { key: [0x5a; 32], live_version: "12.1.0", clock_stands: false };
    let bridge = script.serve(|_| Some(json!({"ok": true})));
    std::fs::write(state.join("livegate.toml"), format!("[bridge]\naddress = \"{bridge}\"\n"))
        .expect("a configuration");
    let report = state.join("strace.txt");
    let mut command = process::command("strace");
    command.args(["-f", "-qq", "-y", "-s", BYTES_SHOWN, "-e", CALLS, "-o"]).arg(&report).arg(binary());
    let mut gateway = Gateway::started_by(command, state);
    let address = gateway.address("without sign-in");
    gateway.until("the bridge is up");
    let mut asking = JoinSet::new();
    for requests in clients {
        let mut client = Client::connect_plain(&address.to_string()).await.expect("the local listener");
        asking.spawn(async move {
            for request in requests {
                client.ask(request).await.expect("an answer");
            }
        });
    }
    asking.join_all().await;
    // The first line is of the gateway itself; ending it also ends strace.
    let lines = std::fs::read_to_string(&report).expect("a report");
    let gateway_id = lines.split(' ').next().expect("a process").to_owned();
    assert!(process::command("kill").args(["-TERM", &gateway_id]).status().expect("kill").success());
    gateway.wait();
    Some(std::fs::read_to_string(&report).expect("a report"))
}

/// Promise: No effect without its row
#[tokio::test]
async fn nothing_leaves_before_its_row_is_synced() {
    const ROUNDS: usize = 5;
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut requests = Vec::new();
    for round in 0..ROUNDS {
        requests.push(json!({"action": "set_tempo", "bpm": 100.125 + round as f64}));
        requests.push(json!({"action": "get_session_info", "id": format!("read-{round}")}));
        requests.push(json!({"action": "set_tempo", "bpm": 5000, "id": format!("refused-{round}")}));
    }
    let requests_count = requests.len();
    let Some(report) = traced(dir.path(), vec![requests]).await else { return };
    let calls = calls(&report);
    for round in 0..ROUNDS {
        let tempo = format!("{}", 100.125 + round as f64);
        let written = first(&calls, &["pwrite64"], &tempo);
        let left = first(&calls, &SENT, &tempo);
        assert!(calls[written..left].iter().any(Call::is_sync), "{tempo} left for Live before its row was synced");
        for text in [format!("read-{round}"), format!("refused-{round}")] {
            let came = first(&calls, &["read", "recvfrom"], &text);
            let left = first(&calls, &SENT, &text);
            assert!(calls[came..left].iter().any(Call::is_sync), "{text} was answered before a sync");
        }
    }
    let count = calls.iter().filter(|call| call.is_sync()).count();
    assert!(count >= requests_count, "{count} syncs for {requests_count} groups");
}

/// Promise: No effect without its row
#[tokio::test]
async fn changes_of_one_group_leave_after_its_sync() {
    const CLIENTS: usize = 8;
    const ROUNDS: usize = 3;
    let dir = tempfile::tempdir().expect("a temporary folder");
    let tempo = |client: usize, round: usize| 100.125 + (client * ROUNDS + round) as f64;
    let of =
        |client| (0..ROUNDS).map(move |round| json!({"action": "set_tempo", "bpm": tempo(client, round)})).collect();
    let Some(report) = traced(dir.path(), (0..CLIENTS).map(of).collect()).await else { return };
    let calls = calls(&report);
    for tempo in (0..CLIENTS * ROUNDS).map(|number| format!("{}", tempo(0, number))) {
        let written = first(&calls, &["pwrite64"], &tempo);
        let left = first(&calls, &SENT, &tempo);
        assert!(calls[written..left].iter().any(Call::is_sync), "{tempo} left for Live before its row was synced");
    }
}
