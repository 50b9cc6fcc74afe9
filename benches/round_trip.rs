//! How long a command takes from a client through gateway, bridge and Live's main thread and back, in periods of Live's timer.
//!
//! `cargo bench --bench round_trip`. It prints ratios from one run: the simulated Live holds the interpreter lock as Live does.

#[path = "../tests/it/support/mod.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod support;

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use livegate::client::Client;
use livegate::config::Rate;
use serde_json::{Value, json};
use support::{SimulatedLive, Studio, studio};

const COMMANDS: u32 = 400;
/// As many as a connection may have unanswered.
const PIPELINED: u32 = 256;

#[tokio::main]
async fn main() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let key_file = studio::write_key(dir.path());
    let figures = dir.path().join("figures.json");
    let measure = figures.to_str().expect("UTF-8").to_owned();
    let live = SimulatedLive::start_with(dir.path(), 0, Some(&key_file), &["--measure", &measure]);
    let mut studio = Studio::open_before(dir, live, |config| {
        let unlimited = Rate { per_second: NonZeroU32::MAX, burst: NonZeroU32::MAX };
        (config.limits.change, config.limits.read) = (unlimited, unlimited);
    })
    .await;
    let mut rows = Vec::new();
    for (name, mut client) in [("loopback", studio.local().await), ("TLS", studio.caller("producer").await)] {
        for request in [json!({"action": "set_tempo", "bpm": 90}), json!({"action": "ping"})] {
            let times = round_trips(&mut client, &request).await;
            rows.push((format!("{} over {name}", request["action"].as_str().unwrap_or_default()), times));
        }
    }
    let burst = pipelined(&mut studio.local().await).await;
    studio.end().await;
    let Studio { live, dir: _dir, .. } = studio;
    live.end();

    let figures: Value =
        serde_json::from_str(&std::fs::read_to_string(figures).expect("figures")).expect("figures in JSON");
    let period = figures["timer_interval_ms"]["p50"].as_f64().expect("a period");
    println!("in periods of Live's timer ({period:.1} ms), p50 / p99:");
    for (name, times) in rows {
        println!("  {name:<24} {:>6.2} {:>6.2}", at(&times, 0.5) / period, at(&times, 0.99) / period);
    }
    println!("  {PIPELINED} pings at once     {:>6.2}", burst / period);
    println!("the simulated Live's own figures: {figures}");
}

async fn round_trips(client: &mut Client, request: &Value) -> Vec<Duration> {
    let mut times = Vec::new();
    for _ in 0..COMMANDS {
        let start = Instant::now();
        assert_eq!(client.ask(request.clone()).await.expect("an answer")["ok"], true);
        times.push(start.elapsed());
    }
    times.sort();
    times
}

/// A quantile in milliseconds.
fn at(times: &[Duration], share: f64) -> f64 {
    times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0
}

/// How long so many requests take that are told in a row, in milliseconds.
async fn pipelined(client: &mut Client) -> f64 {
    let start = Instant::now();
    for id in 0..PIPELINED {
        client.tell(&json!({"action": "ping", "id": id})).await.expect("a connection");
    }
    for _ in 0..PIPELINED {
        assert_eq!(client.hear().await.expect("an answer")["ok"], true);
    }
    start.elapsed().as_secs_f64() * 1000.0
}
