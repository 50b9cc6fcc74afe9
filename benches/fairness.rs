//! Latency of one caller's commands while another loops deep snapshots, in periods of Live's timer; and the memory of unread answers.
//!
//! `cargo bench --bench fairness`. It prints ratios from one run: the simulated Live holds the interpreter lock as Live does.

#[path = "../tests/it/support/mod.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod support;

mod measured;

use std::time::{Duration, Instant};

use livegate::client::Client;
use measured::Measured;
use serde_json::{Value, json};
use support::Studio;

const READERS: usize = 40;
const SILENT: usize = 64;
/// The most that a connection may have unanswered.
const PIPELINED: usize = 256;
const COMMANDS: u32 = 200;
const KIB_PER_MIB: f64 = 1024.0;

#[tokio::main]
async fn main() {
    // Without rate limits, so that only slots and shares protect one caller from another.
    let measured = Measured::open(&["--tracks", "200", "--timer-ms", "17"]).await;
    let studio = &measured.studio;
    let mut readers = Vec::new();
    for _ in 0..READERS {
        readers.push(tokio::spawn(loop_snapshots(studio.caller("viewer").await)));
    }
    let mut other = studio.caller("producer").await;
    let tempo = round_trips(&mut other, &json!({"action": "set_tempo", "bpm": 90})).await;
    let stops = round_trips(&mut other, &json!({"action": "stop_playback"})).await;
    readers.iter().for_each(tokio::task::JoinHandle::abort);
    let memory = unread_answers(studio).await;
    let figures = measured.end().await;

    let period = figures["timer_interval_ms"]["p50"].as_f64().expect("a period");
    println!("beside {READERS} connections of one caller that loop deep snapshots of 200 tracks,");
    println!("in periods of Live's timer ({period:.1} ms), p50 / p99:");
    for (name, times) in [("set_tempo", tempo), ("stop_playback", stops)] {
        println!("  {name:<16} {:>6.2} {:>6.2}", at(&times, 0.5) / period, at(&times, 0.99) / period);
    }
    match memory {
        Some(mib) => println!("{SILENT} connections of one @read caller that read nothing: {mib:.1} MiB"),
        None => println!("no figure of memory: this system has no /proc/self/status"),
    }
    println!("the simulated Live's own figures: {figures}");
}

async fn loop_snapshots(mut client: Client) {
    loop {
        let answer = client.ask(json!({"action": "get_snapshot", "depth": 6, "deadline_ms": 60_000})).await;
        answer.expect("an answer");
    }
}

async fn round_trips(client: &mut Client, request: &Value) -> Vec<Duration> {
    let mut times = Vec::new();
    for _ in 0..COMMANDS {
        let start = Instant::now();
        let answer = client.ask(request.clone()).await.expect("an answer");
        assert_eq!(answer["ok"], true, "{answer:?}");
        times.push(start.elapsed());
    }
    times.sort();
    times
}

/// A quantile in milliseconds.
fn at(times: &[Duration], share: f64) -> f64 {
    times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0
}

/// Largest growth of this process, which contains the gateway, in MiB, while clients leave answers unread. `None`: the system has no such figure.
async fn unread_answers(studio: &Studio) -> Option<f64> {
    let before = resident_kib()?;
    let line = format!("{}\n", json!({"action": "get_available_tools", "schemas": true}));
    let mut silent = Vec::new();
    for _ in 0..SILENT {
        let mut client = studio.caller("viewer").await;
        client.send_bytes(line.repeat(PIPELINED).as_bytes()).await.expect("a connection");
        silent.push(client);
    }
    let mut console = studio.console().await;
    let mut largest = before;
    for _ in 0..COMMANDS {
        console.ask(json!({"action": "status"})).await.expect("an answer");
        largest = largest.max(resident_kib()?);
    }
    Some((largest - before) / KIB_PER_MIB)
}

fn resident_kib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
