//! Requests wait for the first attempt to connect to the bridge, at the start and after Live closed the connection.

use std::net::TcpListener;
use std::sync::mpsc;

use livegate::client::Client;
use livegate::config::BridgeProtocol;
use serde_json::{Value, json};

use crate::support::fake_script::FakeScript;
use crate::support::studio::{until, write_key};
use crate::support::{SimulatedLive, Studio};

const SCRIPT: FakeScript = FakeScript { key: [0x5a; 32], live_version: "12.3.0", clock_stands: false };

/// A studio whose gateway has connected to the listener. It gets no greeting until the test accepts the connection.
async fn studio_before(listener: &TcpListener) -> Studio {
    let dir = tempfile::tempdir().expect("a temporary folder");
    write_key(dir.path());
    let live = SimulatedLive::start(dir.path(), 0, None);
    let address = listener.local_addr().expect("an address");
    Studio::open_before(dir, live, |config| {
        // The key exists, so the bridge is keyed. Wait only for a `keyed` one.
        config.bridge.protocol = BridgeProtocol::ByKey;
        config.bridge.address = address;
        config.bridge.untried_max = 2;
        config.bridge.handshake_ms = 60_000;
    })
    .await
}

fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").expect("a free port")
}

/// Three pings: two wait, and the third, beyond the limit, is refused at once.
async fn fill(client: &mut Client) {
    for id in 1..=3 {
        client.send(&json!({"action": "ping", "id": id, "deadline_ms": 60_000})).await.expect("a connection");
    }
    let refused = client.receive().await.expect("an answer");
    assert_eq!((&refused["id"], &refused["code"]), (&json!(3), &json!("bridge_unavailable")), "{refused:?}");
}

async fn receive_both(client: &mut Client) {
    for id in 1..=2 {
        let answer = client.receive().await.expect("an answer");
        assert_eq!((&answer["id"], &answer["ok"]), (&json!(id), &json!(true)), "{answer:?}");
    }
}

fn pong(_line: &Value) -> Option<Value> {
    Some(json!({"ok": true, "clock_ms": 5_000}))
}

#[tokio::test]
async fn requests_wait_for_the_first_attempt() {
    let listener = listen();
    let studio = studio_before(&listener).await;
    let mut client = studio.local().await;
    fill(&mut client).await;
    std::thread::spawn(move || SCRIPT.serve_once(&listener, pong));
    receive_both(&mut client).await;
}

#[tokio::test]
async fn requests_wait_for_a_set_that_loads() {
    let listener = listen();
    let studio = studio_before(&listener).await;
    let mut client = studio.local().await;
    let mut console = studio.console().await;
    let (hang_up, hangs_up) = mpsc::channel();
    let (begin, begins) = mpsc::channel();
    std::thread::spawn(move || {
        SCRIPT.meet_once(&listener, &hangs_up)?;
        begins.recv().ok()?;
        SCRIPT.serve_once(&listener, pong)
    });
    until(&mut console, |status| status["bridge"]["up"] == true).await;
    hang_up.send(()).expect("a script");
    until(&mut console, |status| status["bridge"]["up"] == false).await;
    fill(&mut client).await;
    begin.send(()).expect("a script");
    receive_both(&mut client).await;
}

#[tokio::test]
async fn a_failed_attempt_refuses_requests_that_wait() {
    let listener = listen();
    let studio = studio_before(&listener).await;
    let mut client = studio.local().await;
    fill(&mut client).await;
    // The connection that waits to be accepted is reset.
    drop(listener);
    for id in 1..=2 {
        let answer = client.receive().await.expect("an answer");
        assert_eq!((&answer["id"], &answer["code"]), (&json!(id), &json!("bridge_unavailable")), "{answer:?}");
    }
}
