//! How connections and the gateway end: pending requests are answered, and the last row records it.

use serde_json::{Value, json};

use crate::support::asking::done;
use crate::support::studio::until;
use crate::support::{Studio, trail};

/// Promise: Every queue, buffer and table has a limit
#[tokio::test]
async fn an_unresponsive_tls_client_releases_its_slot() {
    let studio = Studio::open_with(|config| config.connections.unread_answer_ms = 100).await;
    let mut console = studio.console().await;
    for vanishes in [false, true] {
        let mut client = studio.caller("viewer").await;
        // More answers than the sockets' buffers hold. The connection may close before all requests are sent.
        for id in 0..1_000 {
            let request = json!({"action": "get_available_tools", "schemas": true, "id": id});
            if client.send(&request).await.is_err() {
                break;
            }
            if vanishes && id == 0 {
                client.receive().await.expect("an answer");
            }
        }
        if vanishes {
            drop(client);
            until(&mut console, |status| status["connections"] == 0).await;
        } else {
            until(&mut console, |status| status["connections"] == 0).await;
        }
    }
    // A connection left in a busy loop would block others; a new connection is answered.
    let mut client = studio.caller("viewer").await;
    assert_eq!(client.ask(json!({"action": "ping"})).await.expect("an answer")["ok"], true);
}

/// Promise: Every queue, buffer and table has a limit
#[tokio::test]
async fn leading_blanks_are_dropped_in_any_number() {
    let studio = Studio::open().await;
    let mut client = studio.local().await;
    for _ in 0..64 {
        client.send_bytes(&vec![b'\n'; 64 * 1024]).await.expect("a connection");
    }
    assert_eq!(client.ask(json!({"action": "ping"})).await.expect("an answer")["ok"], true);
}

/// Promise: Revoking and disabling take effect at once
#[tokio::test]
async fn a_lost_sign_in_is_always_reported() {
    let studio = Studio::open_with(|config| config.connections.first_line_ms = 40).await;
    let mut console = studio.console().await;
    for role in ["mixer", "agent"] {
        let mut client = studio.caller(role).await;
        // Each round trip takes a tick of Live's timer, so the connection outlives the deadline of the first line.
        for _ in 0..8 {
            assert_eq!(client.ask(json!({"action": "ping"})).await.expect("an answer")["ok"], true);
        }
        if role == "mixer" {
            let jti = &studio.tokens[role].jti;
            console.send(&json!({"action": "token_revoke", "jti": jti})).await.expect("a connection");
            assert_eq!(client.receive().await.expect("a last word")["code"], "unauthenticated");
        } else {
            client.send(&json!({"action": "authenticate", "token": "x"})).await.expect("a connection");
            assert_eq!(client.receive().await.expect("an answer")["code"], "unauthenticated");
        }
        assert_eq!(client.next().await.expect("the end"), None);
    }
}

#[tokio::test]
async fn pending_answers_precede_the_closing_reason() {
    let studio = Studio::open().await;
    let mut console = studio.console().await;
    let mut client = studio.caller("owner").await;
    let offer = done(&mut client, json!({"action": "pair_offer", "role": "viewer"})).await;
    client.send(&json!({"action": "pair_wait", "offer": offer["offer"]})).await.expect("a connection");
    client.send(&json!({"action": "ping", "id": "begun"})).await.expect("a connection");
    assert_eq!(client.receive().await.expect("an answer")["id"], "begun");
    done(&mut console, json!({"action": "token_revoke", "jti": studio.tokens["owner"].jti})).await;
    done(&mut console, json!({"action": "pair_withdraw", "offer": offer["offer"]})).await;
    assert_eq!(client.receive().await.expect("an answer")["state"], "over");
    assert_eq!(client.receive().await.expect("a last word")["code"], "unauthenticated");
    assert_eq!(client.next().await.expect("the end"), None);
}

/// Promise: Stops are not delayed by other callers
#[tokio::test]
async fn a_stop_is_admitted_to_a_full_queue() {
    let mut studio = Studio::open_with(|config| {
        config.bridge.in_flight_max = 1;
        config.bridge.queue_max = 4;
    })
    .await;
    let mut busy = studio.local().await;
    let mut other = studio.caller("performer").await;
    assert_eq!(other.ask(json!({"action": "ping"})).await.expect("an answer")["ok"], true);
    studio.live.stall(300);
    for id in 0..40 {
        busy.send(&json!({"action": "set_tempo", "bpm": 100, "id": id})).await.expect("a connection");
    }
    let mut codes = Vec::new();
    while !codes.iter().any(|code| code == "overloaded") {
        codes.push(busy.receive().await.expect("an answer").get("code").cloned().unwrap_or_default());
    }
    let stopped = other.ask(json!({"action": "stop_playback"})).await.expect("an answer");
    assert_eq!(stopped["ok"], true, "{stopped:?}");
}

/// Promise: No command runs late, and every request is answered once
#[tokio::test]
async fn shutdown_under_load_answers_everyone() {
    let mut studio = Studio::open().await;
    let mut clients = vec![studio.local().await, studio.caller("producer").await];
    for client in &mut clients {
        for id in 0..60 {
            client.send(&json!({"action": "set_tempo", "bpm": 60 + id, "id": id})).await.expect("a connection");
        }
        // One answer shows that the gateway has begun; the other requests are at unknown stages.
        client.receive().await.expect("an answer");
    }
    studio.end().await;
    let mut answered = Vec::new();
    for client in &mut clients {
        let mut count = 1;
        while let Ok(Some(answer)) = client.next().await {
            let code = answer.get("code").and_then(Value::as_str).unwrap_or("ok");
            assert!(["ok", "shutting_down", "outcome_unknown"].contains(&code), "{answer:?}");
            count += 1;
        }
        answered.push(count);
    }
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let decided = rows.iter().filter(|row| row.kind == "decision").count();
    assert_eq!(answered.iter().sum::<usize>(), decided, "{answered:?}");
    assert_eq!(rows.iter().find(|row| row.is_unfinished()).map(|row| row.seq), None);
    assert_eq!(rows.last().expect("a row").kind, "stop");
    assert_eq!(trail::last_seq(studio.dir.path()), rows.last().expect("a row").seq);
}

/// Promise: No command runs late, and every request is answered once
#[tokio::test]
async fn unresponsive_clients_do_not_delay_the_last_row() {
    let mut studio = Studio::open().await;
    let mut client = studio.caller("viewer").await;
    for id in 0..1_000 {
        client.send(&json!({"action": "get_available_tools", "schemas": true, "id": id})).await.expect("a connection");
    }
    client.receive().await.expect("an answer");
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    assert_eq!(rows.last().expect("a row").kind, "stop");
    // The folder's lock is released only after that row is written.
    livegate::platform::StateDir::claim(studio.dir.path()).expect("an unused folder");
}

/// Promise: Revoking and disabling take effect at once
#[tokio::test]
async fn a_failed_sign_in_ends_the_earlier_one() {
    let mut studio = Studio::open().await;
    let mut client = studio.caller("owner").await;
    assert_eq!(client.ask(json!({"action": "authenticate", "token": "x"})).await.expect("an answer")["ok"], false);
    let answer = client.ask(json!({"action": "set_tempo", "bpm": 90})).await.expect("an answer");
    assert_eq!(answer["code"], "unauthenticated");
    drop(client);
    let refused = "- set_tempo {\"bpm\":90.0} refused unauthenticated".to_owned();
    assert_eq!(studio.trail().await, ["event sign_in_refused - no token".to_owned(), refused]);
}
