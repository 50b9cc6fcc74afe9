//! Subscriptions: each subscriber receives its events in order and the latest value, while it has the right.

use livegate::client::Client;
use serde_json::{Map, Value, json};

use crate::support::Studio;

async fn subscribe(client: &mut Client, topics: Value) -> Map<String, Value> {
    client.ask(json!({"action": "subscribe", "topics": topics})).await.expect("an answer")
}

/// The next event of this client; answers are skipped.
async fn event(client: &mut Client) -> Map<String, Value> {
    loop {
        let line = client.receive().await.expect("an event");
        if line.contains_key("event") {
            return line;
        }
    }
}

/// The client's events up to this value, with increasing numbers.
async fn values_until(client: &mut Client, last: Value) -> Vec<Value> {
    let mut values = Vec::new();
    let mut seq = 0;
    while values.last() != Some(&last) {
        let event = event(client).await;
        let next = event["seq"].as_u64().expect("a number");
        assert!(next > seq, "{event:?} after {seq}");
        seq = next;
        values.push(event["value"].clone());
    }
    values
}

async fn set_volume(client: &mut Client, track: u32, volume: f64) {
    let request = json!({"action": "set_track_volume", "track_index": track, "volume": volume});
    let answer = client.ask(request).await.expect("an answer");
    assert_eq!(answer["ok"], true, "{answer:?}");
}

#[tokio::test]
async fn subscribers_receive_their_events_in_order() {
    let studio = Studio::open().await;
    let mut first = studio.caller("viewer").await;
    let mut second = studio.caller("performer").await;
    let answer = subscribe(&mut first, json!([{"event": "track_volume", "track_index": 0}])).await;
    assert_eq!((&answer["ok"], &answer["subscribed"]), (&json!(true), &json!(1)), "{answer:?}");
    subscribe(&mut second, json!([{"event": "track_volume", "track_index": 1}, {"event": "tempo"}])).await;
    let mut changing = studio.caller("producer").await;
    for number in 0..40 {
        let volume = f64::from(number % 16) / 16.0;
        set_volume(&mut changing, number % 2, if number >= 38 { 1.0 } else { volume }).await;
    }
    let received = values_until(&mut first, json!(1.0)).await;
    assert!(
        received.iter().all(|value| value.as_f64().is_some_and(|value| value == 1.0 || (value * 16.0) % 2.0 == 0.0)
            || value.as_f64().is_some_and(|value| (value - 0.85).abs() < 1e-6)),
        "{received:?}"
    );
    let mut volume = Value::Null;
    let mut tempo = Value::Null;
    while volume != 1.0 || tempo != 120.0 {
        let event = event(&mut second).await;
        match event["event"].as_str() {
            Some("tempo") => tempo = event["value"].clone(),
            _ => {
                assert_eq!(event["track_index"], 1, "{event:?}");
                volume = event["value"].clone();
            }
        }
    }
}

#[tokio::test]
async fn a_late_subscriber_receives_the_current_value() {
    let studio = Studio::open().await;
    let topic = json!([{"event": "track_volume", "track_index": 0}]);
    let mut first = studio.caller("viewer").await;
    subscribe(&mut first, topic.clone()).await;
    let mut mixer = studio.caller("mixer").await;
    set_volume(&mut mixer, 0, 0.5).await;
    values_until(&mut first, json!(0.5)).await;
    let mut second = studio.caller("agent").await;
    subscribe(&mut second, topic).await;
    assert_eq!(event(&mut second).await["value"], 0.5);
}

/// Promise: Subscribing requires the right to read
#[tokio::test]
async fn events_require_the_right_to_read() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "[roles.nothing]").expect("roles are written");
    let roles_file = file.path().to_owned();
    let studio = Studio::open_with(move |config| config.policy.roles_file = roles_file).await;
    let mut console = studio.console().await;
    let mut viewer = studio.caller("viewer").await;
    let mut unauthenticated = studio.unauthenticated().await;
    let topics = json!([{"event": "tempo"}]);
    assert_eq!(subscribe(&mut unauthenticated, topics.clone()).await["code"], "unauthenticated");
    subscribe(&mut viewer, topics.clone()).await;
    assert_eq!(event(&mut viewer).await["value"], 120.0);
    let mut demoted = studio.caller("performer").await;
    subscribe(&mut demoted, topics.clone()).await;
    assert_eq!(event(&mut demoted).await["value"], 120.0);
    for request in [
        json!({"action": "user_disable", "user": "viewer"}),
        json!({"action": "user_set_role", "user": "performer", "role": "nothing"}),
    ] {
        let answer = console.ask(request.clone()).await.expect("an answer");
        assert_eq!(answer["ok"], true, "{answer:?}");
    }
    let mut producer = studio.caller("producer").await;
    subscribe(&mut producer, topics).await;
    producer.ask(json!({"action": "set_tempo", "bpm": 90})).await.expect("an answer");
    values_until(&mut producer, json!(90.0)).await;
    // The next line is the answer to a request, with no event before it.
    demoted.send(&json!({"action": "whoami"})).await.expect("a connection");
    assert_eq!(demoted.receive().await.expect("an answer")["role"], "nothing");
    while let Ok(Some(line)) = viewer.next().await {
        assert_eq!(line["code"], "unauthenticated", "{line:?}");
    }
}

#[tokio::test]
async fn subscriptions_survive_loading_another_set() {
    let mut studio = Studio::open().await;
    let mut client = studio.caller("viewer").await;
    subscribe(&mut client, json!([{"event": "set_load"}])).await;
    let mut other = studio.caller("performer").await;
    subscribe(&mut other, json!([{"event": "tempo"}])).await;
    assert_eq!(event(&mut other).await["value"], 120.0);
    let before = event(&mut client).await;
    studio.live.reload();
    let loaded = event(&mut client).await;
    assert_eq!((&loaded["event"], loaded["value"] == before["value"]), (&json!("set_load"), false), "{before:?}");
    let mut producer = studio.caller("producer").await;
    let changed = producer.ask(json!({"action": "set_tempo", "bpm": 77})).await.expect("an answer");
    assert_eq!(changed["ok"], true, "{changed:?}");
    values_until(&mut other, json!(77.0)).await;
}

#[tokio::test]
async fn an_unknown_topic_refuses_the_whole_subscription() {
    let studio = Studio::open_with(|config| config.connections.topics_max = 2).await;
    let mut client = studio.caller("viewer").await;
    for (topics, expected) in [
        (json!([{"event": "tempo"}, {"event": "weather"}]), "topics[1]: that event does not exist"),
        (json!([{"event": "track_volume"}]), "topics[0]: track_volume needs track_index"),
        (json!([7]), "topics[0] must be an object"),
        (json!([{"event": "tempo"}, {"event": "tracks"}, {"event": "scenes"}]), "at most 2 topics"),
    ] {
        let refused = subscribe(&mut client, topics.clone()).await;
        assert_eq!(refused["code"], "invalid_params", "{topics}");
        assert!(refused["error"].as_str().expect("a sentence").contains(expected), "{refused:?}");
    }
    let answer = subscribe(&mut client, json!([{"event": "tempo"}, {"event": "tempo"}])).await;
    assert_eq!(answer["subscribed"], 1, "{answer:?}");
    let answer = client.ask(json!({"action": "unsubscribe", "topics": [{"event": "tempo"}]})).await.expect("an answer");
    assert_eq!(answer["subscribed"], 0, "{answer:?}");
}

#[tokio::test]
async fn simultaneous_subscriptions_are_all_served() {
    let studio = Studio::open().await;
    let mut client = studio.caller("viewer").await;
    let mut other = studio.caller("mixer").await;
    let states: Vec<Value> =
        (0..240).map(|row| json!({"event": "clip_state", "track_index": row % 4, "clip_index": row / 4})).collect();
    for (id, topic) in states.iter().enumerate() {
        client.send(&json!({"action": "subscribe", "topics": [topic], "id": id})).await.expect("a connection");
    }
    let mut received = std::collections::HashSet::new();
    while received.len() < states.len() {
        let event = event(&mut client).await;
        assert!(event["value"] == "empty" || event["value"].is_null(), "{event:?}");
        received.insert((event["track_index"].as_u64(), event["clip_index"].as_u64()));
    }
    set_volume(&mut other, 0, 0.5).await;
}

#[tokio::test]
async fn subscriptions_made_during_a_stall_are_served() {
    let mut studio = Studio::open_with(|config| config.bridge.answer_wait_ms = 100).await;
    let mut client = studio.caller("viewer").await;
    assert_eq!(client.ask(json!({"action": "ping"})).await.expect("an answer")["ok"], true);
    studio.live.stall(600);
    assert_eq!(subscribe(&mut client, json!([{"event": "tempo"}])).await["ok"], true);
    assert_eq!(event(&mut client).await["value"], 120.0);
}

#[tokio::test]
async fn a_regained_role_receives_the_latest_value() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "[roles.nothing]").expect("roles");
    let roles_file = file.path().to_owned();
    let studio = Studio::open_with(move |config| config.policy.roles_file = roles_file).await;
    let mut console = studio.console().await;
    let mut viewer = studio.caller("viewer").await;
    let mut mixer = studio.caller("mixer").await;
    let mut other = studio.caller("agent").await;
    let topic = json!([{"event": "track_volume", "track_index": 0}]);
    subscribe(&mut viewer, topic.clone()).await;
    subscribe(&mut other, topic).await;
    event(&mut viewer).await;
    let set_role = |role: &str| json!({"action": "user_set_role", "user": "viewer", "role": role});
    assert_eq!(console.ask(set_role("nothing")).await.expect("an answer")["ok"], true);
    set_volume(&mut mixer, 0, 0.5).await;
    values_until(&mut other, json!(0.5)).await;
    assert_eq!(console.ask(set_role("viewer")).await.expect("an answer")["ok"], true);
    assert_eq!(event(&mut viewer).await["value"], 0.5);
}
