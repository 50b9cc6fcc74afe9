//! Callers share Live: requests of one caller delay neither stops nor changes of another.

use std::num::NonZeroU32;

use livegate::client::Client;
use livegate::config::{Config, Rate};
use serde_json::{Value, json};

use crate::support::Studio;
use crate::support::fake_script::FakeScript;
use crate::support::studio::until;

/// The studio's bridge key.
const KEY: [u8; 32] = [0x5a; 32];

/// A studio with a script that never finishes a snapshot.
async fn studio_with_endless_snapshots(change: impl FnOnce(&mut Config)) -> Studio {
    let script = FakeScript { key: KEY, live_version: "12.1.0", clock_stands: false };
    let address = script.serve(|line| (line["action"] != "get_snapshot").then(|| json!({"ok": true})));
    Studio::open_with(|config| {
        config.bridge.address = address;
        // Without rate limits, so that requests reach the queue.
        config.limits.heavy = config.limits.read;
        change(config);
    })
    .await
}

async fn say_snapshot(client: &mut Client, id: usize) {
    let request = json!({"action": "get_snapshot", "depth": 6, "deadline_ms": 60_000, "id": id});
    client.send(&request).await.expect("a connection");
}

/// Wait until this many commands are in the script or in the queue.
async fn until_waiting(studio: &Studio, count: u64) {
    let number = |status: &Value, key: &str| status["bridge"][key].as_u64().expect("a number");
    until(&mut studio.console().await, |status| number(status, "in_flight") + number(status, "queued") == count).await;
}

async fn expect_ok(client: &mut Client, request: Value) {
    let answer = client.ask(request).await.expect("an answer");
    assert_eq!(answer["ok"], true, "{answer:?}");
}

/// Promise: Stops are not delayed by other callers
#[tokio::test]
async fn many_readers_delay_no_other_caller() {
    let studio = studio_with_endless_snapshots(|_| ()).await;
    let mut readers = Vec::new();
    for _ in 0..64 {
        let mut reader = studio.caller("viewer").await;
        say_snapshot(&mut reader, 0).await;
        readers.push(reader);
    }
    until_waiting(&studio, 64).await;
    let mut other = studio.caller("producer").await;
    expect_ok(&mut other, json!({"action": "stop_playback"})).await;
    expect_ok(&mut other, json!({"action": "set_tempo", "bpm": 90})).await;
    let mut performer = studio.caller("performer").await;
    expect_ok(&mut performer, json!({"action": "stop_all_clips"})).await;
}

#[tokio::test]
async fn a_stop_behind_snapshots_delays_no_other_caller() {
    let studio = studio_with_endless_snapshots(|_| ()).await;
    let mut mixer = studio.caller("mixer").await;
    let mut other = studio.caller("producer").await;
    for id in 0..200 {
        say_snapshot(&mut mixer, id).await;
    }
    mixer.send(&json!({"action": "stop_all_clips", "id": "stop", "deadline_ms": 60_000})).await.expect("a connection");
    until_waiting(&studio, 201).await;
    expect_ok(&mut other, json!({"action": "stop_playback"})).await;
    expect_ok(&mut other, json!({"action": "set_tempo", "bpm": 90})).await;
    // A stop runs at once on another connection, or after the client cancels its earlier requests.
    expect_ok(&mut studio.caller("mixer").await, json!({"action": "stop_all_clips"})).await;
    mixer.send(&json!({"action": "cancel", "id": "cancel"})).await.expect("a connection");
    mixer.send(&json!({"action": "stop_playback", "id": "again"})).await.expect("a connection");
    loop {
        let answer = mixer.receive().await.expect("an answer");
        if answer["id"] == "again" {
            assert_eq!(answer["ok"], true, "{answer:?}");
            return;
        }
    }
}

#[tokio::test]
async fn two_readers_leave_a_slot_for_a_newcomer() {
    let studio = studio_with_endless_snapshots(|config| {
        config.bridge.in_flight_max = 4;
        config.bridge.in_flight_per_caller_max = 2;
    })
    .await;
    for role in ["viewer", "mixer"] {
        let mut reader = studio.caller(role).await;
        for id in 0..8 {
            say_snapshot(&mut reader, id).await;
        }
    }
    until_waiting(&studio, 16).await;
    expect_ok(&mut studio.caller("producer").await, json!({"action": "set_tempo", "bpm": 90})).await;
}

#[tokio::test]
async fn deep_snapshots_are_limited_like_deletes() {
    // Setting up spends a part of the allowance.
    let burst = NonZeroU32::new(32).expect("a number");
    let studio = Studio::open_with(|config| config.limits.heavy = Rate { per_second: NonZeroU32::MIN, burst }).await;
    let mut viewer = studio.caller("viewer").await;
    let line = |id: u32, depth: u32| json!({"action": "get_snapshot", "depth": depth, "id": id}).to_string() + "\n";
    let lines: String = (0..40).map(|id| line(id, 2)).chain([line(40, 1)]).collect();
    viewer.send_bytes(lines.as_bytes()).await.expect("a connection");
    let mut refused = Vec::new();
    for _ in 0..=40 {
        let answer = viewer.receive().await.expect("an answer");
        if answer["ok"] == false {
            assert_eq!(answer["code"], "rate_limited", "{answer:?}");
            refused.push(answer["id"].as_u64().expect("an id"));
        }
    }
    assert!(!refused.is_empty() && !refused.contains(&40), "{refused:?}");
}

/// Promise: Every queue, buffer and table has a limit
#[tokio::test]
async fn unread_answers_are_bounded_across_connections() {
    const OWED_MAX: usize = 1024 * 1024;
    /// The longest answer here, plus the unread refusals that each connection may have.
    const BEYOND: usize = 512 * 1024;
    let studio = Studio::open_with(|config| {
        let unlimited = Rate { per_second: NonZeroU32::MAX, burst: NonZeroU32::MAX };
        config.limits.read = unlimited;
        config.connections.unread_answers_per_caller_bytes_max = OWED_MAX;
    })
    .await;
    let owed = |status: &Value| status["unread_answer_bytes"].as_u64().expect("a number") as usize;
    let question = json!({"action": "get_available_tools", "schemas": true});
    let mut silent = Vec::new();
    for _ in 0..4 {
        let mut client = studio.caller("viewer").await;
        let lines: String = (0..256).map(|_| format!("{question}\n")).collect();
        client.send_bytes(lines.as_bytes()).await.expect("a connection");
        silent.push(client);
    }
    let mut console = studio.console().await;
    for _ in 0..50 {
        let status = Value::Object(console.ask(json!({"action": "status"})).await.expect("an answer"));
        assert!(status["ok"] == false || owed(&status) < OWED_MAX + BEYOND, "{status}");
    }
    expect_ok(&mut studio.caller("producer").await, question.clone()).await;
    expect_ok(&mut studio.caller("producer").await, json!({"action": "stop_playback"})).await;
    // Answers beyond the limit were refused before they were made.
    let mut codes = Vec::new();
    for _ in 0..256 {
        codes.push(silent[0].receive().await.expect("an answer").get("code").cloned());
    }
    assert!(codes.contains(&None) && codes.contains(&Some("overloaded".into())), "{codes:?}");
    drop(silent);
    until(&mut console, |status| owed(status) < BEYOND).await;
    expect_ok(&mut studio.caller("viewer").await, question).await;
}

/// Promise: Every queue, buffer and table has a limit
#[tokio::test]
async fn long_answers_after_short_ones_are_bounded() {
    const UNREAD_MAX: usize = 1024 * 1024;
    const LONG: usize = 1024 * 1024;
    let script = FakeScript { key: KEY, live_version: "12.1.0", clock_stands: false };
    let address = script.serve(|line| {
        let is_long = line.to_string().contains("long");
        Some(json!({"ok": true, "name": if is_long { "n".repeat(LONG) } else { String::new() }}))
    });
    let studio = Studio::open_with(|config| {
        config.bridge.address = address;
        config.connections.unread_answers_per_caller_bytes_max = UNREAD_MAX;
    })
    .await;
    let request = |name: &str, id: u32| json!({"action": "get_track_index_by_name", "name": name, "id": id});
    expect_ok(&mut studio.caller("viewer").await, request("short", 0)).await;
    let mut silent = studio.caller("viewer").await;
    for id in 0..32 {
        silent.send(&request("long", id)).await.expect("a connection");
    }
    let mut console = studio.console().await;
    for _ in 0..50 {
        let status = console.ask(json!({"action": "status"})).await.expect("an answer");
        let unread = status["unread_answer_bytes"].as_u64().expect("a number") as usize;
        assert!(unread < UNREAD_MAX + LONG, "{status:?}");
    }
    let mut codes = Vec::new();
    for _ in 0..32 {
        codes.push(silent.receive().await.expect("an answer").get("code").cloned());
    }
    assert!(codes.contains(&None) && codes.contains(&Some("overloaded".into())), "{codes:?}");
}
