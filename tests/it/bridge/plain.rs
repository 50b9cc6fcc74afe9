//! A bridge without a key, such as the original script: plain lines, one command at a time, no deadlines in the script.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use livegate::config::BridgeProtocol;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::support::Studio;

/// A studio whose bridge is the given listener.
async fn studio_before(listener: &TcpListener) -> Studio {
    let address = listener.local_addr().expect("an address");
    Studio::open_with(|config| {
        config.bridge.protocol = BridgeProtocol::Plain;
        config.bridge.key_file = "no.key".into();
        config.bridge.address = address;
    })
    .await
}

async fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("a free port")
}

async fn read_line(stream: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    stream.read_line(&mut line).await.expect("a line");
    line
}

#[tokio::test]
async fn plain_requests_go_singly_and_errors_hide_tracebacks() {
    let listener = listen().await;
    let mut studio = studio_before(&listener).await;
    let mut client = studio.local().await;
    client.send(&json!({"action": "set_tempo", "bpm": 90, "id": 1})).await.expect("a connection");
    client.send(&json!({"action": "set_metronome", "id": 2})).await.expect("a connection");
    let (stream, _) = listener.accept().await.expect("the gateway");
    let mut bridge = BufReader::new(stream);
    assert_eq!(read_line(&mut bridge).await, "{\"action\":\"set_tempo\",\"bpm\":90.0}\n");
    assert!(bridge.buffer().is_empty(), "a second command came before the first was answered");
    bridge.get_mut().write_all(b"{\"ok\": true, \"bpm\": 90.0}\n").await.expect("a connection");
    let answer = client.receive().await.expect("an answer");
    assert_eq!((&answer["id"], &answer["ok"]), (&json!(1), &json!(true)));
    assert_eq!(read_line(&mut bridge).await, "{\"action\":\"set_metronome\",\"enabled\":true}\n");
    let error = json!({"ok": false, "error": "Traceback\nFile /Users/mia/x.py", "traceback": "secret"});
    bridge.get_mut().write_all(format!("{error}\n").as_bytes()).await.expect("a connection");
    let answer = client.receive().await.expect("an answer");
    assert_eq!((&answer["code"], &answer["error"]), (&json!("live_error"), &json!("Traceback")));
    assert!(!answer.contains_key("traceback"));
    drop(client);
    assert_eq!(
        studio.trail().await,
        [
            "local set_tempo {\"bpm\":90.0} ok by local",
            "local set_metronome {\"enabled\":true} error live_error by local"
        ]
    );
}

/// Answer like the original script: each connection's commands one after the other.
async fn answer_all(stream: TcpStream) {
    let mut bridge = BufReader::new(stream);
    while !read_line(&mut bridge).await.is_empty() {
        bridge.get_mut().write_all(b"{\"ok\": true}\n").await.expect("a connection");
    }
}

#[tokio::test]
async fn each_client_has_a_connection_of_its_own() {
    let listener = listen().await;
    let studio = studio_before(&listener).await;
    let mut clients = [studio.local().await, studio.local().await, studio.local().await];
    let mut bridges = Vec::new();
    for client in &mut clients {
        client.send(&json!({"action": "ping"})).await.expect("a connection");
        let mut bridge = BufReader::new(listener.accept().await.expect("a connection for it").0);
        assert_eq!(read_line(&mut bridge).await, "{\"action\":\"ping\"}\n", "no other has been answered");
        bridges.push(bridge);
    }
    for (client, bridge) in clients.iter_mut().zip(&mut bridges).rev() {
        bridge.get_mut().write_all(b"{\"ok\": true}\n").await.expect("a connection");
        assert_eq!(client.receive().await.expect("an answer")["ok"], true);
    }
}

#[tokio::test]
async fn connections_to_a_plain_bridge_are_bounded() {
    let listener = listen().await;
    let address = listener.local_addr().expect("an address");
    let studio = Studio::open_with(|config| {
        config.bridge.protocol = BridgeProtocol::Plain;
        config.bridge.key_file = "no.key".into();
        config.bridge.address = address;
        config.bridge.plain_connections_max = 1;
        config.bridge.in_flight_stops_max = 1;
    })
    .await;
    let accepted = Arc::new(AtomicUsize::new(0));
    let counted = accepted.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(answer_all(stream));
        }
    });
    let mut clients = Vec::new();
    for _ in 0..5 {
        clients.push(studio.local().await);
    }
    for client in &mut clients {
        assert_eq!(client.ask(json!({"action": "ping"})).await.expect("an answer")["ok"], true);
    }
    assert_eq!(accepted.load(Ordering::Relaxed), 2, "one, and one that stops may take");
}

#[tokio::test]
async fn an_answer_too_long_fails_a_read_clearly() {
    let listener = listen().await;
    let address = listener.local_addr().expect("an address");
    let mut studio = Studio::open_with(|config| {
        config.bridge.protocol = BridgeProtocol::Plain;
        config.bridge.key_file = "no.key".into();
        config.bridge.address = address;
        config.bridge.answer_bytes_max = 20_000;
    })
    .await;
    let mut client = studio.local().await;
    let long = json!({"ok": true, "message": "x".repeat(30_000)});
    for (action, code) in [("get_session_info", "live_error"), ("undo", "outcome_unknown")] {
        client.send(&json!({"action": action})).await.expect("a connection");
        let (stream, _) = listener.accept().await.expect("a new connection");
        let mut bridge = BufReader::new(stream);
        read_line(&mut bridge).await;
        bridge.get_mut().write_all(format!("{long}\n").as_bytes()).await.expect("a connection");
        let answer = client.receive().await.expect("an answer");
        assert_eq!(answer["code"], code, "{answer:?}");
        assert!(answer["error"].as_str().is_some_and(|error| error.contains("20000 bytes")), "{answer:?}");
    }
    drop(client);
    assert_eq!(
        studio.trail().await,
        ["local get_session_info {} error live_error by local", "local undo {} unknown outcome_unknown by local"]
    );
}

#[tokio::test]
async fn an_unexpected_answer_closes_the_connection() {
    let listener = listen().await;
    let studio = studio_before(&listener).await;
    let mut client = studio.local().await;
    for answer in ["{\"ok\":true}\n{\"ok\":true}\n", "garbage\n", "{\"yes\":1}\n", ""] {
        client.send(&json!({"action": "ping", "deadline_ms": 5_000})).await.expect("a connection");
        let (stream, _) = listener.accept().await.expect("a new connection");
        let mut bridge = BufReader::new(stream);
        assert_eq!(read_line(&mut bridge).await, "{\"action\":\"ping\"}\n");
        bridge.get_mut().write_all(answer.as_bytes()).await.expect("a connection");
        if answer.is_empty() {
            studio.clock.sleep_through(Duration::from_secs(6));
        }
        assert_eq!(client.receive().await.expect("an answer")["code"], "outcome_unknown", "{answer:?}");
        assert_eq!(read_line(&mut bridge).await, "", "the connection must be closed after {answer:?}");
    }
}

#[tokio::test]
async fn an_absent_script_is_reported_at_once() {
    let listener = listen().await;
    let studio = studio_before(&listener).await;
    drop(listener);
    let mut client = studio.local().await;
    let answer = client.ask(json!({"action": "ping"})).await.expect("an answer");
    assert_eq!(answer["code"], "bridge_unavailable");
}

#[tokio::test]
async fn an_error_keeps_a_known_code() {
    let listener = listen().await;
    let studio = studio_before(&listener).await;
    let mut client = studio.local().await;
    client.send(&json!({"action": "ping"})).await.expect("a connection");
    let (stream, _) = listener.accept().await.expect("the gateway");
    let mut bridge = BufReader::new(stream);
    for (reported, code, category) in [
        ("unsupported", "unsupported", "live"),
        ("live_error", "live_error", "live"),
        ("internal", "internal", "runtime"),
        ("made_up", "internal", "runtime"),
        ("expired", "expired", "network"),
        ("shutting_down", "shutting_down", "network"),
    ] {
        read_line(&mut bridge).await;
        let error =
            json!({"ok": false, "error": "because", "code": reported, "category": "made up", "reference": "r1"});
        bridge.get_mut().write_all(format!("{error}\n").as_bytes()).await.expect("a connection");
        let answer = client.receive().await.expect("an answer");
        assert_eq!((&answer["code"], &answer["category"]), (&json!(code), &json!(category)), "{reported}");
        assert_eq!((&answer["error"], &answer["reference"]), (&json!("because"), &json!("r1")));
        client.send(&json!({"action": "ping"})).await.expect("a connection");
    }
}
