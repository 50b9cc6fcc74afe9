//! A long run with abuse: afterwards the gateway has the sockets, threads, memory and write-ahead log that it had before.

use std::path::Path;

use livegate::client::Client;
use livegate::config;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::fake_script::FakeScript;
use crate::support::installation::Gateway;
use crate::support::process;
use crate::support::skip::skip_elsewhere;
use crate::support::studio::{self, socket, until};

/// Commands of a run, unless `LIVEGATE_SOAK` says how many.
const COMMANDS: usize = 4_000;
/// Commands on one connection, all outstanding at once.
const PIPELINED: usize = 50;

/// What the gateway holds, apart from what it was asked.
#[derive(Debug)]
struct Holdings {
    sockets: usize,
    threads: usize,
    memory_kib: usize,
    log_bytes: u64,
}

async fn holdings(gateway: &Gateway, console: &mut Client, state: &Path) -> Option<Holdings> {
    until(console, |status| status["connections"] == 0 && status["trail"]["pending_rows"].as_u64().unwrap_or(0) == 0)
        .await;
    let (sockets, memory_kib) = gateway.footprint()?;
    let threads = std::fs::read_dir(format!("/proc/{}/task", gateway.id())).ok()?.count();
    let log_bytes = std::fs::metadata(state.join("trail.db-wal")).map_or(0, |file| file.len());
    Some(Holdings { sockets, threads, memory_kib, log_bytes })
}

/// One connection that sends commands and reads every answer, beside three that break off: at once, within a line, and with answers unread.
async fn round(number: usize, address: std::net::SocketAddr) {
    let mut client = Client::connect_plain(&address.to_string()).await.expect("the local listener");
    for index in 0..PIPELINED {
        let bpm = 60 + (number * PIPELINED + index) % 200;
        let line = match index % 10 {
            0 => json!({"action": "set_tempo", "bpm": 5000, "id": index}),
            1..5 => json!({"action": "get_session_info", "id": index}),
            _ => json!({"action": "set_tempo", "bpm": bpm, "id": index}),
        };
        client.send(&line).await.expect("a connection");
    }
    drop(socket(address, 1).await);
    let mut broken = socket(address, 1).await;
    broken.write_all(b"{\"action\": \"get_sess").await.expect("a connection");
    broken.set_zero_linger().expect("a socket option");
    drop(broken);
    let mut unread = socket(address, 1).await;
    unread.write_all(&b"{\"action\": \"get_session_info\"}\n".repeat(5)).await.expect("a connection");
    if number.is_multiple_of(2) {
        unread.shutdown().await.expect("a connection");
        let _ = unread.read(&mut [0; 16]).await;
    }
    drop(unread);
    for _ in 0..PIPELINED {
        client.receive().await.expect("an answer");
    }
}

/// Promise: Every queue, buffer and table has a limit
#[tokio::test]
async fn a_long_run_leaves_nothing_behind() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let state = dir.path();
    studio::write_key(state);
    let script = FakeScript { key: [0x5a; 32], live_version: "12.1.0", clock_stands: false };
    let bridge = script.serve(|_| Some(json!({"ok": true})));
    let rate = "{ per_second = 100000, burst = 100000 }";
    let settings = format!(
        "[bridge]\naddress = \"{bridge}\"\ncommands = {rate}\n[limits]\nread = {rate}\nchange = {rate}\n[other_programs]\nports = []\n"
    );
    std::fs::write(state.join("livegate.toml"), settings).expect("a configuration");
    let mut gateway = Gateway::started_by(process::livegate(), state);
    let address = gateway.address("without sign-in");
    gateway.until("the bridge is up");
    let mut console = Client::connect_control(state).await.expect("the control socket");
    let mut held = Vec::new();
    let rounds = config::soak().unwrap_or(COMMANDS).div_ceil(PIPELINED);
    for number in 0..rounds {
        round(number, address).await;
        if (number + 1) % rounds.div_ceil(4) == 0 || number + 1 == rounds {
            held.push(holdings(&gateway, &mut console, state).await);
        }
    }
    let Some(held) = held.into_iter().collect::<Option<Vec<_>>>() else {
        assert_ne!(std::env::consts::OS, "linux", "which lists the open files of a process");
        return skip_elsewhere("this system does not list the open files of a process");
    };
    eprintln!("{} commands: {held:#?}", rounds * PIPELINED);
    let first = &held[0];
    let last = held.last().expect("a run");
    assert!(last.sockets <= first.sockets + 1 && last.threads <= first.threads + 1, "{held:#?}");
    assert!(last.memory_kib <= first.memory_kib * 3 / 2 + 8_192, "{held:#?}");
    assert!(last.log_bytes <= 64 << 20, "{held:#?}");
}
