//! Hostile input ends in a refusal or a closed connection, without effect, and is recorded.

use serde_json::json;

use crate::support::{Studio, trail};

#[tokio::test]
async fn a_line_may_arrive_byte_by_byte() {
    let studio = Studio::open().await;
    let mut client = studio.local().await;
    for byte in "{\"action\":\"rename_track\",\"track_index\":0,\"name\":\"Bä🥁\"}\n".bytes() {
        client.send_bytes(&[byte]).await.expect("a connection");
    }
    let answer = client.receive().await.expect("an answer");
    assert_eq!((&answer["ok"], &answer["name"]), (&json!(true), &json!("Bä🥁")));
}

/// Promise: Every queue, buffer and table has a limit
#[tokio::test]
async fn an_endless_line_closes_and_is_recorded() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    let megabyte = vec![b' '; 1 << 20];
    client.send_bytes(b"{\"action\":").await.expect("a connection");
    for _ in 0..10 {
        if client.send_bytes(&megabyte).await.is_err() {
            break;
        }
    }
    // The answer may be lost to a reset because of unread bytes; the end of the connection is certain.
    if let Ok(Some(answer)) = client.next().await {
        assert_eq!(answer["code"], "line_too_long");
        assert_eq!(client.next().await.expect("the end"), None);
    }
    assert_eq!(studio.trail().await, ["local (unreadable) refused line_too_long"]);
}

/// Promise: Every queue, buffer and table has a limit
#[tokio::test]
async fn before_sign_in_lines_are_short() {
    let mut studio = Studio::open().await;
    let mut client = studio.unauthenticated().await;
    let token = "x".repeat(9_000);
    client.send(&json!({"action": "authenticate", "token": token})).await.expect("a connection");
    assert_eq!(client.receive().await.expect("an answer")["code"], "line_too_long");
    assert_eq!(client.next().await.expect("the end"), None);
    assert_eq!(studio.trail().await, ["- (unreadable) refused line_too_long"]);
}

/// Promise: JSON is parsed strictly
#[tokio::test]
async fn hostile_input_has_only_a_recorded_refusal() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    let nested = format!("{{\"action\":\"set_tempo\",\"bpm\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let lines = [
        nested.as_str(),
        r#"{"action":"set_tempo","bpm":100,"bpm":101}"#,
        r#"{"action":"set_tempo","bpm":NaN,"secret":"hunter2"}"#,
        r#"{"action":"set_tempo","bpm":1e999}"#,
        r#"{"action":"set_tempo","bpm":-1e999}"#,
        r#"{"action":"set_tempo","bpm":true}"#,
        r#"{"action":"set_tempo","bpm":"hunter2"}"#,
        r#"{"action":"set_tempo","bpm":120,"password":"hunter2"}"#,
        r#"{"action":"set_tempo","bpm":120,"token":"hunter2"}"#,
        r#"{"action":"delete_track"}"#,
        r#"{"action":"delete_track","track_index":-1}"#,
        r#"{"action":"delete_track","track_index":1.0}"#,
        r#"{"action":"delete_track","track_index":9007199254740993}"#,
        r#"{"action":"delete_track","track_index":true}"#,
        r#"{"action":"hunter2"}"#,
        r#"{"action":["set_tempo"],"bpm":60}"#,
        "{\"action\":\"set_tempo\",\"bpm\":60}\u{0}",
        "\u{feff}{\"action\":\"set_tempo\",\"bpm\":60}",
    ];
    for line in lines {
        let line = format!("{line}\n");
        client.send_bytes(line.as_bytes()).await.expect("a connection");
        let answer = client.receive().await.expect(&line);
        assert_eq!(answer["ok"], json!(false), "{line}");
        assert_eq!(answer["category"], "protocol", "{line}");
    }
    let rows = studio.trail().await;
    assert_eq!(rows.len(), lines.len(), "{rows:#?}");
    assert!(studio.live.effects().is_empty());
    for file in ["trail.db", "trail.db-wal"] {
        let bytes = std::fs::read(studio.dir.path().join(file)).unwrap_or_default();
        assert!(!bytes.windows(7).any(|window| window == b"hunter2"), "{file} contains a secret");
    }
}

/// Promise: Refused requests count against the rate limit
#[tokio::test]
async fn flooding_refusals_are_answered_and_counted() {
    const LINES: usize = 300;
    let mut studio = Studio::open_with(|config| config.trail.refusals_per_second_max = 5).await;
    let mut client = studio.local().await;
    client.send_bytes("{\"action\":\"nope\"}\n".repeat(LINES).as_bytes()).await.expect("a connection");
    client.finish().await.expect("half-closed");
    for _ in 0..LINES {
        assert_eq!(client.receive().await.expect("an answer")["code"], "unknown_action");
    }
    drop(client);
    let seq = studio.set_up_seq;
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), seq);
    let counted: u64 = rows.iter().filter_map(|row| row.details.as_ref()?.get("count")?.as_u64()).sum();
    let single = rows.iter().filter(|row| row.kind == "decision").count();
    assert_eq!(single + usize::try_from(counted).expect("a small number"), LINES);
    assert!(single < LINES / 2, "{single} rows of their own");
}

/// Promise: Refused requests count against the rate limit
#[tokio::test]
async fn a_spent_allowance_refuses_before_policy() {
    let rate = |count| livegate::config::Rate {
        per_second: std::num::NonZeroU32::MIN,
        burst: std::num::NonZeroU32::new(count).expect("some"),
    };
    let mut studio = Studio::open_with(|config| config.limits.change = rate(2)).await;
    let mut client = studio.caller("viewer").await;
    let mut codes = Vec::new();
    for _ in 0..3 {
        let answer = client.ask(json!({"action": "set_tempo", "bpm": 60})).await.expect("an answer");
        codes.push(answer["code"].as_str().expect("a code").to_owned());
        assert_eq!(answer.contains_key("retry_after_ms"), answer["code"] == "rate_limited");
    }
    assert_eq!(codes, ["forbidden", "forbidden", "rate_limited"]);
    // Stops and reads have their own rates; reconnecting refills nothing.
    assert_eq!(client.ask(json!({"action": "get_session_info"})).await.expect("an answer")["ok"], true);
    let mut again = studio.caller("viewer").await;
    assert_eq!(again.ask(json!({"action": "set_tempo", "bpm": 60})).await.expect("an answer")["code"], "rate_limited");
    assert!(studio.trail().await.contains(&"viewer set_tempo {\"bpm\":60.0} refused rate_limited".to_owned()));
}

/// Promise: Every queue, buffer and table has a limit
#[tokio::test]
async fn excess_connections_are_refused_and_recorded() {
    let mut studio = Studio::open_with(|config| config.local.connections_max = 2).await;
    let mut first = studio.local().await;
    let mut second = studio.local().await;
    for client in [&mut first, &mut second] {
        assert_eq!(client.ask(json!({"action": "ping"})).await.expect("an answer")["ok"], true);
    }
    let mut third = studio.local().await;
    let _ = third.send(&json!({"action": "set_tempo", "bpm": 60})).await;
    assert_eq!(third.next().await.expect("the end"), None);
    drop((first, second, third));
    let rows = studio.trail().await;
    assert!(
        rows.contains(&"event connection_refused - too many connections to the local listeners".to_owned()),
        "{rows:?}"
    );
}

/// Promise: Only the gateway reaches Live
#[tokio::test]
async fn the_scripts_port_requires_the_key() {
    use livegate::client::Client;
    let studio = Studio::open().await;
    for bytes in [
        "POST / HTTP/1.1\r\n\r\n{\"action\":\"set_tempo\",\"bpm\":60}\n",
        "{\"action\":\"set_tempo\",\"bpm\":60}\n",
        "{\"nonce\":\"00\",\"mac\":\"00\"}\n{\"action\":\"set_tempo\",\"bpm\":60,\"id\":1,\"expires_at_ms\":99999999999}\n",
    ] {
        let mut client = Client::connect_plain(&studio.live.address.to_string()).await.expect("the script's port");
        client.send_bytes(bytes.as_bytes()).await.expect("a connection");
        while let Ok(Some(answer)) = client.next().await {
            assert_ne!(answer.get("ok"), Some(&json!(true)), "{bytes}");
        }
    }
    let mut client = studio.local().await;
    assert_eq!(client.ask(json!({"action": "get_session_info"})).await.expect("an answer")["tempo"], 120.0);
    assert!(studio.live.effects().is_empty());
}

/// Promise: Every queue, buffer and table has a limit
#[tokio::test]
async fn in_flight_requests_are_bounded_in_memory() {
    let mut studio = Studio::open_with(|config| config.requests.bytes_in_flight_max = 2_048).await;
    let mut client = studio.local().await;
    assert_eq!(client.ask(json!({"action": "ping"})).await.expect("an answer")["ok"], true);
    studio.live.stall(200);
    let name = "n".repeat(200);
    for id in 0..20 {
        let request = json!({"action": "rename_track", "track_index": 0, "name": name, "id": id});
        client.send(&request).await.expect("a connection");
    }
    let mut codes = Vec::new();
    for _ in 0..20 {
        codes.push(client.receive().await.expect("an answer").get("code").cloned().unwrap_or_default());
    }
    assert!(codes.iter().any(|code| code == "overloaded") && codes.iter().any(|code| code.is_null()), "{codes:?}");
    // Answered requests have released their memory.
    assert_eq!(client.ask(json!({"action": "ping"})).await.expect("an answer")["ok"], true);
}
