//! Live closes, restarts or stalls: each request gets one answer, and none runs after its deadline.

use std::collections::HashMap;

use livegate::client::Client;
use serde_json::{Value, json};

use crate::support::studio::{until, write_key};
use crate::support::{SimulatedLive, Studio, trail};

/// Receive `count` answers, by id. A second answer to one id fails.
async fn receive_all(client: &mut Client, count: usize) -> HashMap<i64, Value> {
    let mut answers = HashMap::new();
    for _ in 0..count {
        let answer = Value::Object(client.receive().await.expect("an answer"));
        let id = answer["id"].as_i64().expect("an id");
        assert_eq!(answers.insert(id, answer), None, "{id} was answered twice");
    }
    answers
}

/// Set the tempo to `20 + id` hundredths of a beat, so that each effect identifies its request.
async fn request_tempo(client: &mut Client, id: i64, deadline_ms: u64) {
    let request = json!({"action": "set_tempo", "bpm": tempo_of(id), "id": id, "deadline_ms": deadline_ms});
    client.send(&request).await.expect("a connection");
}

fn tempo_of(id: i64) -> f64 {
    20.0 + id as f64
}

/// Promise: No command runs late, and every request is answered once
#[tokio::test]
async fn requests_overdue_after_a_stall_never_run() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    assert_eq!(client.ask(json!({"action": "ping"})).await.expect("an answer")["ok"], true);
    studio.live.stall(1_500);
    // More than may be in flight at once, so that some wait in the gateway and some in the script's socket.
    for id in 0..100 {
        request_tempo(&mut client, id, 300).await;
    }
    let answers = receive_all(&mut client, 100).await;
    request_tempo(&mut client, 200, 5_000).await;
    assert_eq!(client.receive().await.expect("an answer")["ok"], true);
    let effects = tempos(&studio.live.effects());
    for (id, answer) in &answers {
        let ran = effects.contains(&tempo_of(*id));
        assert_eq!(ran, answer["ok"] == true, "{id}: {answer:?}");
        assert!(ran || answer["code"] == "expired", "{id}: {answer:?}");
    }
    let expired = answers.values().filter(|answer| answer["code"] == "expired").count();
    assert!(expired >= 90, "only {expired} expired: the stall did not hold");
    drop(client);
    let rows = studio.trail().await;
    assert_eq!(rows.iter().filter(|row| row.contains(" expired expired ")).count(), expired);
}

#[tokio::test]
async fn while_live_is_away_requests_fail_at_once() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    let mut console = studio.console().await;
    assert_eq!(client.ask(json!({"action": "set_tempo", "bpm": 90})).await.expect("an answer")["ok"], true);
    let dir = studio.dir.path().to_owned();
    let port = studio.live.address.port();
    let key_file = dir.join("bridge.key");
    // Replace this studio's Live by another for the moment, so that this one can end.
    let other = tempfile::tempdir().expect("a temporary folder");
    let live = std::mem::replace(&mut studio.live, SimulatedLive::start(other.path(), 0, None));
    live.end();
    until(&mut console, |status| status["bridge"]["up"] == false).await;
    let answer = client.ask(json!({"action": "set_tempo", "bpm": 91})).await.expect("an answer");
    assert_eq!((&answer["code"], &answer["category"]), (&json!("bridge_unavailable"), &json!("network")));
    studio.live = SimulatedLive::start(&dir, port, Some(&key_file));
    until(&mut console, |status| status["bridge"]["up"] == true).await;
    assert_eq!(client.ask(json!({"action": "set_tempo", "bpm": 92})).await.expect("an answer")["ok"], true);
    assert_eq!(tempos(&studio.live.effects()), [90.0, 92.0]);
    drop((client, console));
    let rows = studio.trail().await;
    assert!(
        rows.contains(&"local set_tempo {\"bpm\":91.0} not_sent bridge_unavailable by local".to_owned()),
        "{rows:?}"
    );
}

/// Promise: No command runs late, and every request is answered once
#[tokio::test]
async fn loading_a_set_under_load_loses_no_answer() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    let mut reported = 0;
    let mut answers = HashMap::new();
    for round in 0..6 {
        for _ in 0..40 {
            request_tempo(&mut client, reported, 10_000).await;
            reported += 1;
        }
        if round == 2 {
            studio.live.reload();
        }
        answers.extend(receive_all(&mut client, 40).await);
    }
    // The loaded set has its own tempo, and the bridge is up again.
    let mut console = studio.console().await;
    until(&mut console, |status| status["bridge"]["up"] == true).await;
    assert_eq!(client.ask(json!({"action": "set_tempo", "bpm": 999})).await.expect("an answer")["ok"], true);
    let effects = tempos(&studio.live.effects());
    for (id, answer) in &answers {
        let runs = effects.iter().filter(|tempo| **tempo == tempo_of(*id)).count();
        match answer["code"].as_str() {
            None => assert_eq!(runs, 1, "{id}"),
            Some("outcome_unknown") => assert!(runs <= 1, "{id}"),
            Some("bridge_unavailable" | "shutting_down" | "expired") => assert_eq!(runs, 0, "{id}: {answer:?}"),
            Some(code) => panic!("{id}: {code}"),
        }
    }
    drop((client, console));
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let unfinished = rows.iter().filter(|row| row.is_unfinished()).count();
    assert_eq!((answers.len(), unfinished), (240, 0));
}

/// Promise: Gateway and script agree on every action
#[tokio::test]
async fn a_script_with_another_catalogue_is_only_read() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let key_file = write_key(dir.path());
    let track = SimulatedLive::unpack(dir.path()).join("actions/track.py");
    let source = std::fs::read_to_string(&track).expect("a source");
    let (head, tail) = source.split_once("def get_track_info").expect("the action");
    let (signature, doc) = tail.split_once("\"\"\"").expect("its docstring");
    std::fs::write(&track, format!("{head}def get_track_info{signature}\"\"\"Another one. {doc}")).expect("a source");
    let live = SimulatedLive::start_unpacked(dir.path(), 0, Some(&key_file), &[]);
    let mut studio = Studio::open_before(dir, live, |_| ()).await;
    let mut client = studio.local().await;
    for (request, code) in [
        (json!({"action": "set_tempo", "bpm": 90}), Some("bridge_mismatch")),
        (json!({"action": "get_track_info", "track_index": 0}), Some("bridge_mismatch")),
        (json!({"action": "get_session_info"}), None),
    ] {
        let answer = client.ask(request).await.expect("an answer");
        assert_eq!(answer.get("code").and_then(Value::as_str), code, "{answer:?}");
    }
    assert!(studio.live.effects().is_empty());
    drop(client);
    let refused = "local set_tempo {\"bpm\":90.0} not_sent bridge_mismatch by local".to_owned();
    assert_eq!(studio.trail().await[0], refused);
}

fn tempos(effects: &[Value]) -> Vec<f64> {
    effects
        .iter()
        .filter(|effect| effect["member"] == "tempo")
        .map(|effect| effect["value"].as_f64().expect("a tempo"))
        .collect()
}

fn is_unknown(answer: &Value) -> bool {
    answer["code"] == "outcome_unknown"
}

/// Request a volume that no other request has, under an idempotency key of its own.
async fn request_volume(client: &mut Client, id: i64) {
    let request = json!({
        "action": "set_track_volume", "track_index": 0, "volume": volume_of(id), "id": id, "once": format!("fade {id}"),
        "deadline_ms": 1_000,
    });
    client.send(&request).await.expect("a connection");
}

fn volume_of(id: i64) -> f64 {
    id as f64 / 1024.0
}

#[tokio::test]
async fn disruptions_lose_no_answer_and_repeat_no_effect() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    let mut listener = studio.caller("viewer").await;
    let subscribed = listener.ask(json!({"action": "subscribe", "topics": [{"event": "tempo"}]})).await;
    assert_eq!(subscribed.expect("an answer")["ok"], true);
    let mut answers = HashMap::new();
    for (number, order) in ["stall", "dialog", "reload"].into_iter().enumerate() {
        let first = i64::try_from(number).expect("a few") * 100;
        for id in first..first + 50 {
            request_volume(&mut client, id).await;
        }
        match order {
            "stall" => studio.live.stall(2_000),
            "dialog" => studio.live.dialog(1_500),
            _ => studio.live.reload(),
        }
        for id in first + 50..first + 100 {
            request_volume(&mut client, id).await;
        }
        answers.extend(receive_all(&mut client, 100).await);
    }
    let done = volumes(&studio.live.effects());
    for (id, answer) in &answers {
        let times = done.iter().filter(|volume| **volume == volume_of(*id)).count();
        // A command that was in the script when Live closed the link may have run.
        assert!(times == usize::from(answer["ok"] == true) || is_unknown(answer) && times == 1, "{id}: {answer:?}");
        let known = ["expired", "outcome_unknown", "shutting_down", "bridge_unavailable"];
        assert!(answer["ok"] == true || known.contains(&answer["code"].as_str().expect("a code")), "{answer:?}");
    }
    assert!(answers.values().any(|answer| answer["code"] == "expired"), "nothing expired");
    until_live_answers(&mut client).await;
    // Repeat the requests that did not run: completed ones must not run twice, others run now.
    for id in answers.keys() {
        request_volume(&mut client, *id).await;
    }
    let again = receive_all(&mut client, answers.len()).await;
    let done = volumes(&studio.live.effects());
    for (id, answer) in &again {
        let times = done.iter().filter(|volume| **volume == volume_of(*id)).count();
        let first = &answers[id];
        assert!(times == 1 || is_unknown(first) && times == 0, "{id}: {answer:?}");
        assert_eq!(answer.get("repeated").is_some(), first["ok"] == true || is_unknown(first), "{id}: {answer:?}");
    }
    client.ask(json!({"action": "set_tempo", "bpm": 99})).await.expect("an answer");
    while listener.receive().await.expect("an event")["value"] != 99.0 {}
}

async fn until_live_answers(client: &mut Client) {
    while client.ask(json!({"action": "ping"})).await.expect("an answer")["ok"] != true {
        tokio::task::yield_now().await;
    }
}

fn volumes(effects: &[Value]) -> Vec<f64> {
    let of_volume =
        effects.iter().filter(|effect| effect["path"].as_str().is_some_and(|path| path.ends_with("volume")));
    of_volume.map(|effect| effect["value"].as_f64().expect("a number")).collect()
}
