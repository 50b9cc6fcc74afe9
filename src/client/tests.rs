//! Answers, addresses and bounds of the client.

use super::*;

#[tokio::test]
async fn answers_are_matched_by_id() {
    let (ours, mut theirs) = tokio::io::duplex(64 * 1024);
    let said = concat!(
        r#"{"ok": true, "id": 7}"#,
        "\n",
        r#"{"ok": true, "tempo": 120, "id": "ask 1"}"#,
        "\n",
        r#"{"ok": false, "code": "invalid_json", "category": "protocol", "error": "nested too deeply"}"#,
        "\n",
        r#"{"ok": false, "code": "unauthenticated", "category": "access", "error": "the sign-in is over"}"#,
        "\n",
        r#"{"ok": true, "id": "ask 3"}"#,
        "\n",
    );
    theirs.write_all(said.as_bytes()).await.expect("capacity");
    let mut client = Client::over(Box::new(ours));
    let mut ask = async || client.ask(json!({"action": "whoami"})).await;
    let first = ask().await.expect("the answer");
    assert_eq!(Value::Object(first), json!({"ok": true, "tempo": 120}));
    assert_eq!(ask().await.expect("an unreadable request has no id")["code"], "invalid_json");
    let error = format!("{:#}", ask().await.expect_err("a closing line"));
    assert_eq!(error, "the gateway closed the connection: the sign-in is over");
    assert_eq!(client.receive().await.expect("another answer")["id"], 7);
}

#[tokio::test]
async fn a_link_local_address_takes_its_zone() {
    let interfaces = if_addrs::get_if_addrs().expect("this machine's interfaces");
    let loopback = interfaces.iter().find(|interface| interface.is_loopback()).expect("a loopback interface");
    let index = loopback.index.unwrap_or(1);
    // Windows knows zones by number only.
    let name = (std::env::consts::FAMILY == "unix").then(|| loopback.name.clone());
    for zone in name.into_iter().chain([index.to_string()]) {
        let found = resolve(&format!("[fe80::1%{zone}]:9443")).await.expect("an address");
        let SocketAddr::V6(found) = found else { panic!("{found}") };
        assert_eq!((found.ip().to_string().as_str(), found.port(), found.scope_id()), ("fe80::1", 9443, index));
    }
    assert_eq!(resolve("[::1]:1").await.expect("an address"), SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 1)));
}

/// Promise: A pairing offer admits one device
#[tokio::test]
async fn events_of_a_server_are_bounded() {
    let (ours, mut theirs) = tokio::io::duplex(64 * 1024);
    let event = format!("{{\"event\": \"{}\"}}\n", "x".repeat(64 * 1024));
    let flood = async {
        for _ in 0..2 * KEPT_BYTES_MAX / event.len() {
            if theirs.write_all(event.as_bytes()).await.is_err() {
                return;
            }
        }
        let _ = theirs.write_all(b"{\"ok\": true}\n").await;
    };
    let asking = async {
        let mut client = Client::over(Box::new(ours));
        client.ask(json!({"action": "whoami"})).await
    };
    let (answer, ()) = tokio::join!(asking, flood);
    assert!(format!("{:#}", answer.expect_err("too much")).contains("bytes of events without an answer"));
}
