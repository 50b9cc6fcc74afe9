//! `kill -9` under load: no effect without its decision row, and what was cut off reads `interrupted`.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use livegate::client::Client;
use serde_json::{Value, json};

use crate::support::studio::write_key;
use crate::support::{SimulatedLive, binary, trail};

const ROUNDS: usize = 20;

#[tokio::test]
async fn a_killed_gateway_leaves_no_effect_without_its_row() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let key_file = write_key(dir.path());
    let live = SimulatedLive::start(dir.path(), 0, Some(&key_file));
    let mut interrupted = 0;
    for round in 0..ROUNDS {
        let mut gateway = serve(dir.path(), &live);
        load_until_killed(dir.path(), round, &mut gateway).await;
        interrupted += trail::rows(dir.path(), 0).iter().filter(|row| row.is_unfinished()).count();
    }
    // One more start looks after what the last kill cut off.
    let mut gateway = serve(dir.path(), &live);
    until_up(dir.path(), &mut gateway).await;
    gateway.kill().expect("a process to kill");
    gateway.wait().expect("an end");

    let rows = trail::rows(dir.path(), 0);
    let decided = count(rows.iter().filter(|row| row.verdict.as_deref() == Some("allow")).filter_map(|row| {
        row.parameters.as_ref().filter(|_| row.action.as_deref() == Some("set_tempo"))?.get("bpm")?.as_f64()
    }));
    let effects = live.effects();
    let tempos =
        effects.iter().filter(|effect| effect["member"] == "tempo").filter_map(|effect| effect["value"].as_f64());
    for (tempo, runs) in count(tempos) {
        assert!(runs <= decided.get(&tempo).copied().unwrap_or(0), "{} ran without a row", f64::from_bits(tempo));
    }
    assert!(!effects.is_empty(), "nothing ran at all");
    let reads = rows.iter().filter(|row| row.outcome.as_deref() == Some("interrupted")).count();
    assert!(interrupted > 0 && reads >= 1, "no kill came in the middle of anything");
    // The last kill may have cut off a question for the status, but every change was looked after by the start before it.
    let dangling = |row: &&trail::Listed| row.is_unfinished() && row.action.as_deref() == Some("set_tempo");
    assert_eq!(rows.iter().find(dangling).map(|row| row.seq), None);
}

fn serve(dir: &Path, live: &SimulatedLive) -> Child {
    Command::new(binary())
        .args(["serve", "--local", "127.0.0.1:0", "--state-dir"])
        .arg(dir)
        .args(["--bridge", &live.address.to_string()])
        .stdin(Stdio::null())
        .stderr(std::fs::File::create(dir.join("gateway.log")).expect("a log"))
        .spawn()
        .expect("the gateway starts")
}

fn log(dir: &Path) -> String {
    std::fs::read_to_string(dir.join("gateway.log")).unwrap_or_default()
}

/// Waits until the gateway answers with its bridge up; the console is there first.
async fn until_up(dir: &Path, gateway: &mut Child) -> Client {
    loop {
        assert_eq!(gateway.try_wait().expect("a process"), None, "the gateway ended: {}", log(dir));
        if let Ok(mut client) = Client::connect_control(dir).await {
            while let Ok(status) = client.ask(json!({"action": "status"})).await {
                if status.get("bridge").and_then(|bridge| bridge.get("up")) == Some(&Value::Bool(true)) {
                    return client;
                }
            }
        }
        tokio::task::yield_now().await;
    }
}

/// Each request has a tempo of its own, so that every effect can be traced to its row.
async fn load_until_killed(dir: &Path, round: usize, gateway: &mut Child) {
    let mut client = until_up(dir, gateway).await;
    let requests = 20 + 7 * round;
    for number in 0..requests {
        let bpm = 20.0 + (round * 200 + number) as f64 / 8.0;
        if client.tell(&json!({"action": "set_tempo", "bpm": bpm, "id": number})).await.is_err() {
            break;
        }
        // Every third answer is waited for, so that kills fall at different places of the path.
        if number % 3 == 0 && client.hear().await.is_err() {
            break;
        }
    }
    gateway.kill().expect("a process to kill");
    gateway.wait().expect("an end");
}

fn count(tempos: impl Iterator<Item = f64>) -> HashMap<u64, usize> {
    let mut counts = HashMap::new();
    for tempo in tempos {
        *counts.entry(tempo.to_bits()).or_default() += 1;
    }
    counts
}
