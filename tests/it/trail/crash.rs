//! `kill -9` under mixed load: no effect without its decision row, no answer without its row, the tree verifies, and unfinished requests read
//! `interrupted`. `LIVEGATE_CRASHES` sets the number of kills; the default is small.

use std::collections::HashMap;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use livegate::audit;
use livegate::client::Client;
use livegate::config;
use serde_json::{Map, Value, json};

use crate::support::studio::write_key;
use crate::support::{SimulatedLive, process, trail};

const ROUNDS: usize = 20;
const REQUESTS_MAX: usize = 120;

/// Promise: No effect without its row
#[tokio::test]
async fn a_kill_leaves_no_effect_without_row() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let key_file = write_key(dir.path());
    let live = SimulatedLive::start(dir.path(), 0, Some(&key_file));
    let mut interrupted = 0;
    let mut seen = 0;
    let mut answered = Answered::default();
    let mut starts = Vec::new();
    for round in 0..config::crashes().unwrap_or(ROUNDS) {
        let start = Instant::now();
        let mut gateway = serve(dir.path(), &live);
        let client = until_up(dir.path(), &mut gateway).await;
        starts.push(start.elapsed());
        load_until_killed(client, gateway, &mut answered, |number| mixed(round, number)).await;
        let rows = trail::rows(dir.path(), seen);
        interrupted += rows.iter().filter(|row| row.is_unfinished()).count();
        seen = rows.last().map_or(seen, |row| row.seq);
        assert_verified(dir.path());
    }
    starts.sort();
    let start = starts[starts.len() / 2];
    eprintln!(
        "{} kills; from the start of a process to its answer, with the bridge up: {start:?} (median)",
        starts.len()
    );
    assert!(config::crashes().is_none() || start < Duration::from_secs(1), "{start:?}");
    // One more start handles what the last kill interrupted.
    let mut gateway = serve(dir.path(), &live);
    until_up(dir.path(), &mut gateway).await;
    gateway.kill().expect("a process to kill");
    gateway.wait().expect("an end");

    let rows = trail::rows(dir.path(), 0);
    let allowed = rows.iter().filter(|row| row.verdict.as_deref() == Some("allow"));
    let decided = count(allowed.filter_map(|row| {
        let parameters = row.parameters.as_ref()?;
        let whole = parameters.get("bpm").filter(|_| row.action.as_deref() == Some("set_tempo"));
        whole.or_else(|| parameters.pointer("/commands/0/bpm"))?.as_f64()
    }));
    let recorded = |is: &dyn Fn(&trail::Listed) -> bool| rows.iter().filter(|row| is(row)).count();
    assert!(
        answered.reads <= recorded(&|row| row.action.as_deref() == Some("ping")),
        "a read was answered without its row"
    );
    assert!(
        answered.refusals <= recorded(&|row| row.verdict.as_deref() == Some("refuse")),
        "a refusal was answered without its row"
    );
    assert!(answered.reads > 0 && answered.refusals > 0);
    // The remembered checkpoint was never ahead of the trail.
    assert_eq!(recorded(&|row| row.kind == "log_begun"), 1);
    let effects = live.effects();
    let tempos =
        effects.iter().filter(|effect| effect["member"] == "tempo").filter_map(|effect| effect["value"].as_f64());
    for (tempo, runs) in count(tempos) {
        assert!(runs <= decided.get(&tempo).copied().unwrap_or(0), "{} ran without a row", f64::from_bits(tempo));
    }
    assert!(!effects.is_empty(), "nothing ran at all");
    let reads = rows.iter().filter(|row| row.outcome.as_deref() == Some("interrupted")).count();
    assert!(interrupted > 0 && reads >= 1, "no kill came in the middle of anything");
    // The last kill may have interrupted a status request, but the start before it handled every change.
    let dangling = |row: &&trail::Listed| row.is_unfinished() && row.action.as_deref() == Some("set_tempo");
    assert_eq!(rows.iter().find(dangling).map(|row| row.seq), None);
}

#[tokio::test]
async fn a_kill_during_pruning_leaves_a_valid_trail() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let key_file = write_key(dir.path());
    let config = "[trail]\ncheckpoint_rows = 16\n[retention]\ntransaction_rows_max = 16\n";
    std::fs::write(dir.path().join("livegate.toml"), config).expect("a configuration");
    let live = SimulatedLive::start(dir.path(), 0, Some(&key_file));
    let mut removed = 0;
    for round in 0..config::crashes().map_or(ROUNDS / 4, |crashes| crashes / 4) {
        let mut gateway = serve(dir.path(), &live);
        let client = until_up(dir.path(), &mut gateway).await;
        let load = |number| match number % 7 {
            6 => json!({"action": "audit_prune", "before": "0s", "id": number}),
            _ => mixed(round, number),
        };
        load_until_killed(client, gateway, &mut Answered::default(), load).await;
        removed = assert_verified(dir.path());
        let decisions = trail::rows(dir.path(), 0).into_iter().filter(|row| row.kind == "decision");
        let unattributed: Vec<_> = decisions.filter(|row| row.caller.is_none()).collect();
        assert!(unattributed.is_empty(), "whose were these? {unattributed:#?}");
    }
    assert!(removed > 0, "nothing was ever removed");
}

fn serve(dir: &Path, live: &SimulatedLive) -> Child {
    process::livegate()
        .args(["serve", "--http", "127.0.0.1:0", "--local", "127.0.0.1:0", "--state-dir"])
        .arg(dir)
        .args(["--bridge", &live.address.to_string()])
        .stderr(std::fs::File::create(dir.join("gateway.log")).expect("a log"))
        .spawn()
        .expect("the gateway starts")
}

fn log(dir: &Path) -> String {
    std::fs::read_to_string(dir.join("gateway.log")).unwrap_or_default()
}

/// Wait until the gateway answers with its bridge up; the console is available first.
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

/// The answers of clients about requests without effect.
#[derive(Default)]
struct Answered {
    reads: usize,
    refusals: usize,
}

impl Answered {
    fn count(&mut self, answer: &Map<String, Value>) {
        match answer.get("id").and_then(Value::as_str) {
            Some("read") => self.reads += usize::from(answer["ok"] == true),
            Some("refusal") => self.refusals += 1,
            _ => (),
        }
    }
}

/// The kill comes at a random moment of the load, from another thread.
async fn load_until_killed(
    mut client: Client,
    mut gateway: Child,
    answered: &mut Answered,
    load: impl Fn(usize) -> Value,
) {
    let kill_at = random(REQUESTS_MAX);
    let (now, at_some_moment) = std::sync::mpsc::channel::<()>();
    let killer = std::thread::spawn(move || {
        let _ = at_some_moment.recv();
        gateway.kill().expect("a process to kill");
        gateway.wait().expect("an end");
    });
    let mut now = Some(now);
    for number in 0..REQUESTS_MAX {
        if number == kill_at {
            drop(now.take());
        }
        if client.send(&load(number)).await.is_err() {
            break;
        }
        // Some answers are awaited, so that kills hit different stages of the path.
        if number % 5 < 2 || random(3) == 0 {
            match client.receive().await {
                Ok(answer) => answered.count(&answer),
                Err(_) => break,
            }
        }
    }
    drop(now);
    while let Ok(Some(answer)) = client.next().await {
        answered.count(&answer);
    }
    killer.join().expect("a kill");
}

/// Each change has a unique tempo, so that every effect can be traced to its row.
fn mixed(round: usize, number: usize) -> Value {
    let bpm = 20.0 + (round * REQUESTS_MAX + number) as f64 / 32.0;
    let set_tempo = json!({"action": "set_tempo", "bpm": bpm});
    match number % 5 {
        0 => json!({"action": "ping", "id": "read"}),
        1 => json!({"action": "nope", "id": "refusal"}),
        2 => json!({"action": "batch", "commands": [set_tempo], "id": number}),
        _ => json!({"action": "set_tempo", "bpm": bpm, "id": number}),
    }
}

fn random(below: usize) -> usize {
    let mut bytes = [0; 8];
    aws_lc_rs::rand::fill(&mut bytes).expect("randomness");
    usize::try_from(u64::from_le_bytes(bytes) % below as u64).expect("small")
}

/// The number of rows that retention has pruned.
fn assert_verified(dir: &Path) -> u64 {
    let key = audit::verifier(dir).expect("a key");
    let report = audit::verify(&dir.join(audit::FILE), &key, &[]).expect("a report");
    assert!(report.is_valid(), "{report:?}");
    report.removed
}

fn count(tempos: impl Iterator<Item = f64>) -> HashMap<u64, usize> {
    let mut counts = HashMap::new();
    for tempo in tempos {
        *counts.entry(tempo.to_bits()).or_default() += 1;
    }
    counts
}
