//! The log at `debug`: each stage of a request logs in the request's span, without its parameters.

use livegate::client::Client;
use serde_json::{Value, json};

use crate::support::fake_script::FakeScript;
use crate::support::installation::Gateway;
use crate::support::{process, studio};

/// Promise: Secrets are not disclosed
#[tokio::test]
async fn every_stage_logs_in_the_requests_span() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let state = dir.path();
    studio::write_key(state);
    let script = FakeScript { key: [0x5a; 32], live_version: "12.1.0", clock_stands: false };
    let bridge = script.serve(|_| Some(json!({"ok": true})));
    let settings = format!("[bridge]\naddress = \"{bridge}\"\n[log]\nformat = \"json\"\nfile = \"livegate.log\"\n");
    std::fs::write(state.join("livegate.toml"), settings).expect("a configuration");
    let mut command = process::livegate();
    command.env("LIVEGATE_LOG", "livegate=debug");
    let mut gateway = Gateway::started_by(command, state);
    let line = gateway.until("without sign-in");
    let line: Value = serde_json::from_str(&line).expect("JSON");
    let address = line["fields"]["address"].as_str().expect("an address").to_owned();
    gateway.until("the bridge is up");
    let mut client = Client::connect_plain(&address).await.expect("the local listener");
    let changed = client.ask(json!({"action": "rename_track", "track_index": 0, "name": "Zanzibar"})).await;
    assert_eq!(changed.expect("an answer")["ok"], true);
    let refused = client.ask(json!({"action": "delete_track", "track_index": "Timbuktu"})).await.expect("an answer");
    assert_eq!(refused["code"], "invalid_params");

    let mut stages: [Vec<String>; 2] = Default::default();
    while stages[0].len() < 4 || stages[1].len() < 2 {
        let line = gateway.until("\"request\"");
        assert!(!line.contains("Zanzibar") && !line.contains("Timbuktu"), "{line}");
        let line: Value = serde_json::from_str(&line).expect("JSON");
        let number = line["span"]["number"].as_u64().expect("a number");
        stages[number as usize].push(line["fields"]["message"].as_str().expect("a message").to_owned());
    }
    assert_eq!(stages[0], ["permitted", "recorded", "sent to Live", "answered"]);
    assert_eq!(stages[1], ["refused", "recorded"]);
}
