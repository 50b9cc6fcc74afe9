//! Terms of requests under concurrency and load: `expect`, `coalesce`, `cancel`, long batches. Transcripts have the rest.

use livegate::client::Client;
use serde_json::{Map, Value, json};

use crate::support::Studio;

fn volume(value: f64) -> Value {
    json!({"action": "set_track_volume", "track_index": 0, "volume": value})
}

/// A request with more keys.
fn with(mut request: Value, keys: Value) -> Value {
    let keys = keys.as_object().expect("an object").clone();
    request.as_object_mut().expect("an object").extend(keys);
    request
}

async fn ask(client: &mut Client, request: Value) -> Map<String, Value> {
    client.ask(request).await.expect("an answer")
}

fn volumes(studio: &Studio) -> Vec<f64> {
    let effects = studio.live.effects();
    let of_volume =
        effects.iter().filter(|effect| effect["path"].as_str().is_some_and(|path| path.ends_with("volume")));
    // Live stores them in single precision.
    of_volume.map(|effect| (effect["value"].as_f64().expect("a number") * 1e3).round() / 1e3).collect()
}

/// Promise: Conditions are checked in Live when the command runs
#[tokio::test]
async fn no_interleaving_changes_a_renamed_track() {
    let studio = Studio::open().await;
    let mut mixing = studio.local().await;
    let mut naming = studio.local().await;
    for round in 0..20 {
        let (from, to) = if round % 2 == 0 { ("Drums", "Kit") } else { ("Kit", "Drums") };
        let rename = json!({"action": "rename_track", "track_index": 0, "name": to, "id": "rename"});
        let change = with(volume(0.01 * f64::from(round)), json!({"expect": {"track": from}, "id": "change"}));
        // The two race. In either order, the change runs only under the old name.
        let (reported, asked) = tokio::join!(naming.send(&rename), mixing.ask(change));
        reported.expect("a connection");
        let changed = asked.expect("an answer");
        let renamed = naming.receive().await.expect("an answer");
        assert_eq!(renamed["ok"], true, "{renamed:?}");
        assert!(changed["ok"] == true || changed["code"] == "precondition_failed", "{changed:?}");
    }
    let mut name = "Drums".to_owned();
    for effect in studio.live.effects() {
        match effect["member"].as_str() {
            Some("name") => name = effect["value"].as_str().expect("a name").to_owned(),
            Some("value") => {
                let round = (effect["value"].as_f64().expect("a number") * 100.0).round() as i64;
                assert_eq!(name, if round % 2 == 0 { "Drums" } else { "Kit" }, "{effect}");
            }
            _ => (),
        }
    }
}

#[tokio::test]
async fn coalesced_values_are_replaced_and_answered() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    assert_eq!(ask(&mut client, json!({"action": "ping"})).await["ok"], true);
    studio.live.stall(1_500);
    for number in 0..200 {
        let terms = json!({"coalesce": true, "id": number});
        client.send(&with(volume(f64::from(number) / 200.0), terms)).await.expect("a connection");
    }
    let mut superseded = 0;
    for _ in 0..200 {
        let answer = client.receive().await.expect("an answer");
        assert_eq!(answer["ok"], true, "{answer:?}");
        superseded += usize::from(answer.contains_key("superseded"));
    }
    let effects = volumes(&studio);
    assert_eq!(effects.len() + superseded, 200);
    assert!(superseded > 100, "only {superseded}");
    assert_eq!(effects.last(), Some(&0.995));
    drop(client);
    let rows = studio.trail().await;
    assert_eq!(rows.iter().filter(|row| row.contains("} not_sent")).count(), superseded);
}

#[tokio::test]
async fn only_the_own_connection_cancels_a_request() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    let mut other = studio.local().await;
    assert_eq!(ask(&mut client, json!({"action": "ping"})).await["ok"], true);
    assert_eq!(ask(&mut other, json!({"action": "ping"})).await["ok"], true);
    studio.live.stall(1_500);
    for id in 0..100 {
        client.send(&with(volume(0.1), json!({"id": id}))).await.expect("a connection");
    }
    other.send(&json!({"action": "cancel", "id": "none of mine"})).await.expect("a connection");
    let answer = other.receive().await.expect("an answer");
    assert_eq!(answer.get("cancelled"), Some(&json!(0)), "{answer:?}");
    client
        .send(&json!({"action": "cancel", "ids": (0..99).collect::<Vec<_>>(), "id": "cancel"}))
        .await
        .expect("a connection");
    let mut ran = 0;
    let mut taken_back = 0;
    let mut reported = None;
    for _ in 0..101 {
        let answer = client.receive().await.expect("an answer");
        match (answer["id"].as_i64(), answer["ok"] == true) {
            (Some(_), true) => ran += 1,
            (Some(id), false) => {
                assert!(id != 99 && answer["code"] == "cancelled", "{answer:?}");
                taken_back += 1;
            }
            (None, _) => reported = answer.get("cancelled").and_then(Value::as_u64),
        }
    }
    assert_eq!((reported, ran + taken_back), (Some(taken_back), 100));
    // At least those that wait in the gateway; how many of the others have begun is not known.
    assert!(taken_back >= 30, "only {taken_back}: the stall did not hold");
    assert_eq!(volumes(&studio).len() as u64, ran);
    drop((client, other));
    let rows = studio.trail().await;
    let cancelled = rows.iter().filter(|row| row.contains(" cancelled cancelled ")).count();
    assert_eq!(cancelled as u64, taken_back);
}

/// Promise: An oversized line affects only its connection
#[tokio::test]
async fn a_line_exceeding_the_scripts_limit_is_refused() {
    let studio = Studio::open().await;
    let mut producer = studio.caller("producer").await;
    let mut other = studio.caller("mixer").await;
    // Each character takes four bytes here and twelve on the way to Live.
    let rename = json!({"action": "rename_track", "track_index": 0, "name": "\u{1f600}".repeat(256)});
    let answer = ask(&mut producer, json!({"action": "batch", "commands": vec![rename; 400]})).await;
    assert_eq!(answer["code"], "line_too_long", "{answer:?}");
    assert_eq!(ask(&mut other, volume(0.5)).await["ok"], true);
    assert_eq!(ask(&mut producer, json!({"action": "ping"})).await["ok"], true);
}
