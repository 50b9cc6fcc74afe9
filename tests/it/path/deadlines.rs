//! Requests do not run after their deadline: not after sleep, and not after a stall of the gateway or Live.

use std::time::Duration;

use livegate::client::Client;
use serde_json::{Map, Value, json};

use crate::support::Studio;
use crate::support::studio::until;

const NIGHT: Duration = Duration::from_secs(8 * 3600);

/// Send a request without waiting for the answer.
async fn say(client: &mut Client, mut request: Value, id: u64) {
    request["id"] = id.into();
    client.send(&request).await.expect("a connection");
}

async fn code_of(client: &mut Client, id: u64) -> Value {
    let answer: Map<String, Value> = client.receive().await.expect("an answer");
    assert_eq!(answer["id"], id, "{answer:?}");
    answer.get("code").cloned().unwrap_or(Value::Null)
}

/// Promise: Deadlines include the time that the machine sleeps
#[tokio::test]
async fn requests_that_waited_through_sleep_expire() {
    let mut studio = Studio::open_with(|config| config.bridge.in_flight_max = 1).await;
    let mut console = studio.console().await;
    let mut first = studio.local().await;
    let mut second = studio.local().await;
    studio.live.fall_asleep(NIGHT);
    // One waits for Live's tick, the other in the gateway's queue.
    say(&mut first, json!({"action": "set_tempo", "bpm": 66, "deadline_ms": 10_000}), 1).await;
    until(&mut console, |status| status["bridge"]["in_flight"] == 1).await;
    say(&mut second, json!({"action": "launch_scene", "scene_index": 1, "deadline_ms": 10_000}), 2).await;
    until(&mut console, |status| status["bridge"]["queued"] == 1).await;
    studio.clock.sleep_through(NIGHT);
    studio.live.wake();
    assert_eq!(code_of(&mut second, 2).await, "expired");
    assert_eq!(code_of(&mut first, 1).await, "expired");
    // For a moment, data may count as sent before the pause; then commands run again.
    let mut code = Value::Null;
    for id in 3.. {
        say(&mut first, json!({"action": "set_tempo", "bpm": 67, "deadline_ms": 10_000}), id).await;
        code = code_of(&mut first, id).await;
        if code != "expired" {
            break;
        }
    }
    assert_eq!(code, Value::Null);
    let tempos = studio.live.effects().into_iter().filter(|effect| effect.to_string().contains("tempo")).count();
    assert_eq!(tempos, 1, "{:?}", studio.live.effects());
}

/// Promise: A deadline starts when a request is received
#[tokio::test]
async fn requests_received_during_a_pause_count_as_late() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    let mut console = studio.console().await;
    for client in [&mut client, &mut console] {
        let answer = client.ask(json!({"action": "whoami"})).await.expect("an answer");
        assert_eq!(answer["ok"], true, "{answer:?}");
    }
    // The gateway runs on this thread too, so it reads data only once the next answer is awaited.
    for id in 1..=40 {
        say(&mut client, json!({"action": "set_tempo", "bpm": 60 + id, "deadline_ms": 2_000}), id).await;
    }
    say(&mut console, json!({"action": "user_add", "user": "late", "role": "viewer", "deadline_ms": 2_000}), 1).await;
    studio.clock.sleep_through(Duration::from_secs(30));
    for id in 1..=40 {
        assert_eq!(code_of(&mut client, id).await, "expired");
    }
    assert_eq!(code_of(&mut console, 1).await, "expired");
    assert_eq!(studio.live.effects(), Vec::<Value>::new());
    studio.end().await;
}

/// A client with its maximum of requests in flight is not read; its deadlines still pass.
#[tokio::test]
async fn requests_queued_behind_own_requests_count_as_late() {
    let mut studio = Studio::open_with(|config| config.connections.unanswered_max = 4).await;
    let mut client = studio.local().await;
    let mut console = studio.console().await;
    studio.live.fall_asleep(Duration::ZERO);
    let long = "n".repeat(200);
    for id in 1..=100 {
        let rename =
            json!({"action": "rename_track", "track_index": 0, "name": format!("{id} {long}"), "deadline_ms": 10_000});
        say(&mut client, rename, id).await;
    }
    until(&mut console, |status| status["bridge"]["in_flight"] == 4).await;
    studio.clock.sleep_through(Duration::from_secs(25));
    studio.live.wake();
    for id in 1..=100 {
        let code = code_of(&mut client, id).await;
        assert!(id <= 4 || code == "expired", "{id}: {code}");
    }
    studio.end().await;
}
