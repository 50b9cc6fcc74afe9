//! Agents that use `livegate mcp` with a gateway that wants a sign-in, and what the command does on this machine.

use std::io::{Read, Write};
use std::process::Stdio;

use livegate::client::{Client, Speech};
use livegate::config::ClientCertificates;
use livegate::tls::Trust;
use serde_json::{Value, json};

use super::adapter::Ask;
use super::mcp::{OnPipe, call, of_response};
use crate::support::asking::done;
use crate::support::bound::within;
use crate::support::fake_script::FakeScript;
use crate::support::http::Http;
use crate::support::{Studio, process, trail};

/// MCP over TLS, not signed in.
async fn over_tls(studio: &Studio) -> Client {
    let trust = Trust::Authority(studio.dir.path().join("tls/ca.pem"));
    let to = studio.tls.to_string();
    Client::connect_tls_for(Speech::Mcp, None, &to, Some("localhost"), &trust).await.expect("the TLS listener")
}

#[tokio::test]
async fn an_agent_elsewhere_signs_in_first() {
    let mut studio = Studio::open().await;
    let mut client = over_tls(&studio).await;
    let token = &studio.tokens["mixer"].text;
    client.send(&json!({"action": "authenticate", "token": token})).await.expect("it is sent");
    assert_eq!(within("an answer", client.receive()).await.expect("an answer")["ok"], true);
    let mut agent = OnPipe::over(client).await;
    assert_eq!(agent.call("set_track_volume", json!({"track_index": 0, "volume": 0.25})).await["ok"], true);
    assert_eq!(agent.call("set_tempo", json!({"bpm": 91})).await["code"], "forbidden");
    let unsigned = [
        json!({"action": "authenticate", "token": "not.a.token"}),
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}),
        json!({"action": "set_tempo", "token": token}),
    ];
    for first in unsigned {
        let mut client = over_tls(&studio).await;
        client.send(&first).await.expect("it is sent");
        let refused = within("an answer", client.receive()).await.expect("an answer");
        assert_eq!(refused["code"], "unauthenticated", "{first}: {refused:?}");
        assert!(within("the end", client.next()).await.expect("the end").is_none(), "{first}");
    }
    done(&mut studio.console().await, json!({"action": "user_disable", "user": "mixer"})).await;
    let refused = agent.call("set_track_volume", json!({"track_index": 0, "volume": 0.75})).await;
    assert_eq!(refused["code"], "unauthenticated", "{refused}");
    assert!(within("the end", agent.client.next()).await.expect("the end").is_none());
    let rows = studio.trail().await;
    assert!(rows.iter().any(|row| row.contains("mixer") && row.contains("set_track_volume")), "{rows:#?}");
}

/// The answer to `whoami` by `POST /mcp` on a connection.
async fn whoami(http: &mut Http, more: &[(&str, &str)]) -> Value {
    let call = call(&Ask::new("whoami", json!({})));
    let base = [
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
        ("MCP-Protocol-Version", "2025-11-25"),
    ];
    of_response(&http.ask("POST", "/mcp", &[&base, more].concat(), Some(&call)).await)
}

/// Promise: Requests of foreign web pages are refused
#[tokio::test(flavor = "multi_thread")]
async fn agents_over_tls_have_token_or_certificate() {
    let mut studio = Studio::open_with(|config| config.tls.client_certificates = ClientCertificates::Optional).await;
    let bearer = format!("Bearer {}", studio.tokens["mixer"].text);
    let mut http = Http::tls(&studio).await;
    let answer = whoami(&mut http, &[("Authorization", &bearer)]).await;
    assert_eq!((&answer["caller"], &answer["role"]), (&json!("mixer"), &json!("mixer")), "{answer}");
    assert_eq!(whoami(&mut Http::tls(&studio).await, &[]).await["code"], "unauthenticated");
    let foreign = [("Authorization", bearer.as_str()), ("Origin", "https://evil.example")];
    assert_eq!(whoami(&mut http, &foreign).await["code"], "forbidden");

    let folder = studio.dir.path().join("tablet");
    let mut issue = process::livegate();
    issue.args(["cert", "issue-client", "--user", "mixer", "--out"]).arg(&folder);
    issue.arg("--state-dir").arg(studio.dir.path());
    assert!(issue.output().expect("the command runs").status.success());
    let mut http = Http::tls_as(&studio, &folder).await;
    let own = format!("https://{}", http.host);
    assert_eq!(whoami(&mut http, &[("Origin", &own)]).await["caller"], "mixer");
    // A browser sends its certificate for any page, so that alone is not enough.
    assert_eq!(whoami(&mut http, &[]).await["code"], "forbidden");
    assert_eq!(whoami(&mut http, &[("Origin", "https://evil.example")]).await["code"], "forbidden");
    assert_eq!(whoami(&mut http, &[("Origin", &own), ("Authorization", &bearer)]).await["code"], "unauthenticated");
    drop(http);
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let count = |kind: &str| rows.iter().filter(|row| row.kind == kind).count();
    assert_eq!(count("request_refused"), 4, "{rows:#?}");
    let mine = rows.iter().filter(|row| row.kind == "decision" && row.caller.as_deref() == Some("mixer"));
    assert_eq!(mine.filter(|row| row.channel.as_deref() == Some("mcp")).count(), 2, "{rows:#?}");
}

#[tokio::test]
async fn a_long_call_reports_progress() {
    let script = FakeScript { key: [0x5a; 32], live_version: "12.1.0", clock_stands: false };
    let address = script.serve(|line| (line["action"] != "get_snapshot").then(|| json!({"ok": true})));
    let studio = Studio::open_with(|config| config.bridge.address = address).await;
    let mut agent = OnPipe::open(&studio).await;
    let params = json!({"name": "get_snapshot", "arguments": {}, "_meta": {"progressToken": "mine"}});
    agent.send("tools/call", params).await;
    let progress = agent.notification().await;
    assert_eq!(progress["method"], "notifications/progress", "{progress}");
    assert_eq!((&progress["params"]["progressToken"], &progress["params"]["progress"]), (&json!("mine"), &json!(1.0)));
}

/// What `livegate mcp` answers to lines, until it ends by itself.
fn command(args: &[&str], studio: &Studio, lines: &[Value]) -> Vec<Value> {
    let mut command = process::livegate();
    command.arg("mcp").args(args).arg("--state-dir").arg(studio.dir.path());
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the command runs");
    let mut input = process.stdin.take().expect("a pipe");
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    input.write_all(text.as_bytes()).expect("it reads");
    drop(input);
    let mut output = String::new();
    process.stdout.take().expect("a pipe").read_to_string(&mut output).expect("text");
    assert!(process.wait().expect("it ends").success());
    output.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_answers_what_was_piped_in() {
    let mut studio = Studio::open().await;
    let client_info = json!({"name": "a test", "version": "1"});
    let params = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client_info});
    let lines = [
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}),
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "set_tempo", "arguments": {"bpm": 93}}}),
        json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": "get_session_info", "arguments": {}}}),
    ];
    let answers = command(&[], &studio, &lines);
    assert_eq!(answers.len(), 3, "{answers:?}");
    let of = |id: u64| answers.iter().find(|answer| answer["id"] == id).expect("an answer");
    assert_eq!(of(2)["result"]["structuredContent"]["bpm"], 93.0);
    assert_eq!(of(3)["result"]["isError"], false);
    studio.end().await;
    let send = process::livegate().args(["send", "whoami", "--state-dir"]).arg(studio.dir.path()).output();
    let said = String::from_utf8_lossy(&send.expect("the command runs").stderr).into_owned();
    assert!(said.contains("no gateway runs with"), "another gateway than the named one was asked: {said}");
}
