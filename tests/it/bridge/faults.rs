//! A script that answers late, twice, with garbage, too much or never costs only the requests that it was asked.

use std::net::SocketAddr;

use livegate::client::Client;
use livegate::config::BridgeProtocol;
use serde_json::{Value, json};

use crate::support::fake_script::{FakeScript, answer_line};
use crate::support::studio::{until, write_key};
use crate::support::{SimulatedLive, Studio};

const ANSWER_BYTES_MAX: usize = 10_000;

/// How the script answers a tempo.
const TWICE: u64 = 100;
const GARBAGE: u64 = 101;
const OVERLONG: u64 = 102;
const NEVER: u64 = 103;
const LATE: u64 = 104;
const UNASKED: u64 = 105;
const SOUND: u64 = 106;

fn faulty_script() -> SocketAddr {
    let mut owed = Vec::new();
    FakeScript { key: [0x5a; 32], live_version: "12.3.0", clock_stands: false }.serve_bytes(move |line| {
        let sound = answer_line(line, |line| Some(json!({"ok": true, "bpm": line["bpm"]})));
        let id = &line["id"];
        match line["bpm"].as_f64().map(|bpm| bpm as u64) {
            Some(TWICE) => sound.repeat(2),
            Some(GARBAGE) => format!("{{\"id\": {id}, \u{1} and no JSON\n").into_bytes(),
            Some(OVERLONG) => {
                format!("{{\"id\": {id}, \"ok\": true, \"long\": \"{}\"}}\n", "x".repeat(2 * ANSWER_BYTES_MAX))
                    .into_bytes()
            }
            Some(NEVER) => Vec::new(),
            Some(LATE) => {
                owed = sound;
                Vec::new()
            }
            Some(UNASKED) => [answer_line(&json!({"id": 1_u64 << 40}), |_| Some(json!({"ok": true}))), sound].concat(),
            _ => [std::mem::take(&mut owed), sound].concat(),
        }
    })
}

async fn studio(bridge: SocketAddr) -> Studio {
    let dir = tempfile::tempdir().expect("a temporary folder");
    write_key(dir.path());
    let live = SimulatedLive::start(dir.path(), 0, None);
    Studio::open_before(dir, live, |config| {
        config.bridge.protocol = BridgeProtocol::Keyed;
        config.bridge.address = bridge;
        config.bridge.answer_bytes_max = ANSWER_BYTES_MAX;
        config.bridge.answer_wait_ms = 200;
    })
    .await
}

async fn ask(client: &mut Client, bpm: u64) -> Value {
    let request = json!({"action": "set_tempo", "bpm": bpm, "id": bpm, "deadline_ms": 200});
    Value::Object(client.ask(request).await.expect("an answer"))
}

/// Promise: No command runs late, and every request is answered once
#[tokio::test]
async fn faults_of_the_script_stay_with_their_requests() {
    let mut studio = studio(faulty_script()).await;
    let mut console = studio.console().await;
    until(&mut console, |status| status["bridge"]["up"] == true).await;
    let mut client = studio.local().await;
    for (bpm, code) in [
        (TWICE, Value::Null),
        (GARBAGE, json!("outcome_unknown")),
        (OVERLONG, json!("outcome_unknown")),
        (NEVER, json!("outcome_unknown")),
        (LATE, json!("outcome_unknown")),
        (UNASKED, Value::Null),
        (SOUND, Value::Null),
    ] {
        let answer = ask(&mut client, bpm).await;
        assert_eq!((&answer["id"], &answer["code"]), (&json!(bpm), &code), "{answer}");
    }
    drop((client, console));
    let rows = studio.trail().await;
    let outcomes = |kind: &str| rows.iter().filter(|row| row.contains("set_tempo") && row.contains(kind)).count();
    assert_eq!((outcomes(" ok by"), outcomes(" unknown")), (3, 4), "{rows:#?}");
    assert!(!rows.iter().any(|row| row.contains("bridge_down")), "{rows:#?}");
}
