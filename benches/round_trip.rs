//! The round trip of a command from a client through gateway, bridge and Live's main thread, in periods of Live's timer.
//!
//! `cargo bench --bench round_trip`. It prints ratios from one run: the simulated Live holds the interpreter lock as Live does.

#[path = "../tests/it/support/mod.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod support;

mod measured;

use std::time::{Duration, Instant};

use livegate::client::Client;
use measured::Measured;
use serde_json::{Value, json};

const COMMANDS: u32 = 400;
/// The limit of unanswered requests per connection.
const PIPELINED: u32 = 256;

#[tokio::main]
async fn main() {
    let measured = Measured::open(&[]).await;
    let studio = &measured.studio;
    let mut rows = Vec::new();
    for (name, mut client) in [("loopback", studio.local().await), ("TLS", studio.caller("producer").await)] {
        for request in [json!({"action": "set_tempo", "bpm": 90}), json!({"action": "ping"})] {
            let times = round_trips(&mut client, &request).await;
            rows.push((format!("{} over {name}", request["action"].as_str().unwrap_or_default()), times));
        }
    }
    let burst = pipelined(&mut studio.local().await).await;
    let figures = measured.end().await;

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

/// The time for pipelined requests, in milliseconds.
async fn pipelined(client: &mut Client) -> f64 {
    let start = Instant::now();
    for id in 0..PIPELINED {
        client.send(&json!({"action": "ping", "id": id})).await.expect("a connection");
    }
    for _ in 0..PIPELINED {
        assert_eq!(client.receive().await.expect("an answer")["ok"], true);
    }
    start.elapsed().as_secs_f64() * 1000.0
}
