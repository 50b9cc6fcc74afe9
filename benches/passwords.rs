//! The cost of a refused password for each kind of user, and the effect of two hundred guessing clients on another caller.
//!
//! `cargo bench --bench passwords`. It prints ratios from one run: to a wrong password, and to the same requests without guessing clients.

#[path = "../tests/it/support/mod.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod support;

use std::num::NonZeroU32;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use livegate::client::Client;
use livegate::config::Rate;
use serde_json::{Value, json};
use support::Studio;

const PASSWORD: &str = "correct horse";
const TRIES: usize = 100;
const GUESSERS: usize = 200;
const ROUND_TRIPS: usize = 1_000;

#[tokio::main]
async fn main() {
    let unlimited = Rate { per_second: NonZeroU32::MAX, burst: NonZeroU32::MAX };
    let mut studio = Studio::open_with(|config| {
        config.limits.heavy = unlimited;
        config.limits.read = unlimited;
        config.limits.change = unlimited;
        config.connections.sign_in_failures_max = u32::MAX;
        config.connections.first_line_ms = 600_000;
        config.unauthenticated.drop_start = 1_000;
        config.unauthenticated.drop_full = 1_000;
        config.unauthenticated.per_source_max = 1_000;
        config.connections.max = 1_024;
        config.connections.per_source_max = 1_024;
    })
    .await;
    let mut console = studio.console().await;
    for user in ["mixer", "agent"] {
        let set = json!({"action": "user_set_password", "user": user, "password": PASSWORD});
        assert_eq!(console.ask(set).await.expect("an answer")["ok"], true);
    }
    console.ask(json!({"action": "user_disable", "user": "agent"})).await.expect("an answer");
    costs(&studio).await;
    crowd(&studio).await;
    studio.end().await;
}

/// Interleaved, so that other load on the machine affects all kinds alike.
async fn costs(studio: &Studio) {
    let kinds = [("wrong", "mixer"), ("unknown", "missing"), ("disabled", "agent"), ("without a password", "viewer")];
    let mut client = studio.unauthenticated().await;
    let mut times = vec![Vec::new(); kinds.len()];
    for _ in 0..TRIES {
        for ((_, user), times) in kinds.iter().zip(&mut times) {
            let began = Instant::now();
            let answer = client.ask(json!({"action": "login", "user": user, "password": "wrong horse"})).await;
            times.push(began.elapsed());
            assert_eq!(answer.expect("an answer")["code"], "unauthenticated");
        }
    }
    times.iter_mut().for_each(|times| times.sort());
    println!("a refused password, p10 / p50 / p90 in ms, and p50 as a ratio to a wrong one's:");
    let wrong = at(&times[0], 0.5);
    for ((name, _), times) in kinds.iter().zip(&times) {
        let [p10, p50, p90] = [0.1, 0.5, 0.9].map(|share| at(times, share));
        println!("  {name:<20} {p10:>6.2} {p50:>6.2} {p90:>6.2}   {:.2}", p50 / wrong);
    }
}

async fn crowd(studio: &Studio) {
    let mut caller = studio.caller("producer").await;
    let idle = round_trips(&mut caller).await;
    let before = memory_mib();
    let stop = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicUsize::new(0));
    let mut guessers = Vec::new();
    for _ in 0..GUESSERS {
        guessers.push(tokio::spawn(guess(studio.unauthenticated().await, stop.clone(), answered.clone())));
    }
    let connected = memory_mib();
    let began = Instant::now();
    let crowded = round_trips(&mut caller).await;
    let during = memory_mib();
    let rate = answered.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    for guesser in guessers {
        guesser.await.expect("a guesser");
    }
    println!("{GUESSERS} clients guess ({rate:.0} refusals a second); another caller's requests, p50 / p99 in ms:");
    for (name, idle, crowded) in [("whoami", &idle.0, &crowded.0), ("ping, through Live", &idle.1, &crowded.1)] {
        let [i50, i99, c50, c99] = [at(idle, 0.5), at(idle, 0.99), at(crowded, 0.5), at(crowded, 0.99)];
        println!("  {name:<22} idle {i50:.2} {i99:.2}   crowded {c50:.2} {c99:.2}   p99 ratio {:.2}", c99 / i99);
    }
    println!("memory of both ends in MiB: before {before}, connected {connected}, guessing {during}");
}

/// Four tries a second: two hundred clients are still far beyond the gateway's capacity.
async fn guess(mut client: Client, stop: Arc<AtomicBool>, answered: Arc<AtomicUsize>) {
    let mut beat = tokio::time::interval(Duration::from_millis(250));
    while !stop.load(Ordering::Relaxed) {
        beat.tick().await;
        let answer = client.ask(json!({"action": "login", "user": "mixer", "password": "wrong horse"})).await;
        let code = answer.expect("an answer")["code"].clone();
        assert!([json!("unauthenticated"), json!("overloaded")].contains(&code), "{code}");
        answered.fetch_add(1, Ordering::Relaxed);
    }
}

/// Times of requests answered by the gateway, and by Live.
async fn round_trips(client: &mut Client) -> (Vec<Duration>, Vec<Duration>) {
    let mut own = Vec::new();
    let mut live = Vec::new();
    for _ in 0..ROUND_TRIPS {
        for (action, times) in [("whoami", &mut own), ("ping", &mut live)] {
            let began = Instant::now();
            let answer: Value = client.ask(json!({"action": action})).await.expect("an answer").into();
            times.push(began.elapsed());
            assert_eq!(answer["ok"], true, "{answer}");
        }
    }
    own.sort();
    live.sort();
    (own, live)
}

fn at(times: &[Duration], share: f64) -> f64 {
    times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0
}

/// From `ps`, which works on Linux and macOS.
fn memory_mib() -> u64 {
    let output = Command::new("ps").args(["-o", "rss=", "-p", &std::process::id().to_string()]).output();
    let kib: u64 =
        output.ok().and_then(|output| String::from_utf8(output.stdout).ok()?.trim().parse().ok()).unwrap_or(0);
    kib / 1024
}
