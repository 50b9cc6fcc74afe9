//! A hundred sessions subscribe to fifty faders moving at 60 Hz: the load on Live, and the delay of the last value.
//!
//! `cargo bench --bench events`. It prints ratios from one run, to the tick's budget and to the period of Live's timer.

#[path = "../tests/it/support/mod.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod support;

mod measured;

use std::time::{Duration, Instant};

use livegate::client::Client;
use measured::Measured;
use serde_json::{Value, json};

const CONNECTIONS: usize = 100;
const FADERS: u32 = 50;
const MOVES: u32 = 180;
const MOVES_PER_SECOND: u32 = 60;
/// The script's budget per tick.
const BUDGET_MS: f64 = 5.0;

#[tokio::main]
async fn main() {
    let measured = Measured::open(&["--tracks", "50"]).await;
    let topics: Vec<Value> = (0..FADERS).map(|track| json!({"event": "track_volume", "track_index": track})).collect();
    let mut listening = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut client = measured.studio.local().await;
        client.ask(json!({"action": "subscribe", "topics": topics})).await.expect("an answer");
        listening.push(tokio::spawn(listen(client)));
    }
    let last_moved = move_faders(&mut measured.studio.local().await).await;
    let mut events = 0;
    let mut delays = Vec::new();
    for listener in listening {
        let (count, ended) = listener.await.expect("a listener");
        events += count;
        delays.push(ended.saturating_duration_since(last_moved));
    }
    delays.sort();
    let figures = measured.end().await;

    let period = figures["timer_interval_ms"]["p50"].as_f64().expect("a period");
    let tick = |quantile: &str| figures["timer_callback_us"][quantile].as_f64().expect("a figure") / 1000.0;
    println!("{CONNECTIONS} connections, {FADERS} faders, {MOVES} moves at {MOVES_PER_SECOND} Hz: {events} events");
    println!("  a tick in budgets, p50 / p99: {:.2} {:.2}", tick("p50") / BUDGET_MS, tick("p99") / BUDGET_MS);
    let late = |share: f64| delays[((delays.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0 / period;
    println!("  the last value after the last answer, in periods, p50 / p99: {:.2} {:.2}", late(0.5), late(0.99));
    println!("the simulated Live's own figures: {figures}");
}

/// Receives until every fader has its final value. Returns the number of events and the time of the last one.
async fn listen(mut client: Client) -> (usize, Instant) {
    let mut events = 0;
    let mut at_the_end = 0;
    while at_the_end < FADERS {
        let event = client.receive().await.expect("an event");
        events += 1;
        at_the_end += u32::from(event["value"] == 1.0);
    }
    (events, Instant::now())
}

/// Moves all faders at once, as one batch. Returns the time of the last answer.
async fn move_faders(client: &mut Client) -> Instant {
    let mut beat = tokio::time::interval(Duration::from_secs(1) / MOVES_PER_SECOND);
    for number in 1..=MOVES {
        beat.tick().await;
        let volume = f64::from(number) / f64::from(MOVES);
        let set = |track| json!({"action": "set_track_volume", "track_index": track, "volume": volume});
        let commands: Vec<Value> = (0..FADERS).map(set).collect();
        let answer = client.ask(json!({"action": "batch", "commands": commands})).await.expect("an answer");
        assert_eq!(answer["ok"], true, "{answer:?}");
    }
    Instant::now()
}
