//! Refresh tokens: usable once, in families that are revoked as a whole.

use livegate::client::Client;
use serde_json::{Value, json};

use crate::support::asking::{ask, done};
use crate::support::{Studio, trail};

const PASSWORD: &str = "correct horse";

/// Retry while the rate limit refuses the request.
async fn patiently(client: &mut Client, request: Value) -> Value {
    loop {
        let answer = ask(client, request.clone()).await;
        if answer["code"] != "rate_limited" {
            assert_eq!(answer["ok"], true, "{request}: {answer}");
            return answer;
        }
    }
}

/// A studio in which the mixer has a password.
async fn studio_with_a_password() -> Studio {
    let studio = Studio::open().await;
    set_password(&studio, PASSWORD).await;
    studio
}

async fn set_password(studio: &Studio, password: &str) {
    let request = json!({"action": "user_set_password", "user": "mixer", "password": password});
    done(&mut studio.console().await, request).await;
}

/// A connection that is signed in with the password, and the answer to its sign-in.
async fn log_in(studio: &Studio) -> (Client, Value) {
    let mut client = studio.unauthenticated().await;
    let welcome = done(&mut client, json!({"action": "login", "user": "mixer", "password": PASSWORD})).await;
    (client, welcome)
}

async fn refresh(studio: &Studio, welcome: &Value) -> Value {
    ask(&mut studio.unauthenticated().await, json!({"action": "refresh", "refresh_token": welcome["refresh_token"]}))
        .await
}

async fn code_of_token(studio: &Studio, welcome: &Value) -> Value {
    let request = json!({"action": "authenticate", "token": welcome["token"]});
    ask(&mut studio.unauthenticated().await, request).await["code"].clone()
}

/// Promise: A refresh token works once
#[tokio::test]
async fn refresh_tokens_work_across_a_restart() {
    let studio = studio_with_a_password().await;
    let (_, first) = log_in(&studio).await;
    let mut client = studio.unauthenticated().await;
    let request = json!({"action": "refresh", "refresh_token": first["refresh_token"], "id": "again"});
    let second = done(&mut client, request).await;
    assert_eq!(
        (&second["caller"], &second["role"], &second["id"]),
        (&json!("mixer"), &json!("mixer"), &json!("again"))
    );
    assert_eq!(done(&mut client, json!({"action": "whoami"})).await["caller"], "mixer");
    assert_ne!((&first["token"], &first["refresh_token"]), (&second["token"], &second["refresh_token"]));
    assert_eq!(first["refresh_expires"], second["refresh_expires"], "the family's end stays where it was");
    assert_eq!(code_of_token(&studio, &first).await, Value::Null, "the token before it lives as long as it was to");
    let studio = studio.restart().await;
    let third = refresh(&studio, &second).await;
    assert_eq!(third["ok"], true, "{third}");
    assert_eq!(code_of_token(&studio, &third).await, Value::Null);
}

/// Promise: A refresh token works once
#[tokio::test]
async fn a_spent_refresh_token_ends_its_family_only() {
    let mut studio = studio_with_a_password().await;
    let (mut open, first) = log_in(&studio).await;
    let (_, other) = log_in(&studio).await;
    let second = refresh(&studio, &first).await;
    assert_eq!(second["ok"], true, "{second}");
    let reused = refresh(&studio, &first).await;
    assert_eq!(reused["code"], "unauthenticated");
    assert_eq!(open.receive().await.expect("a closing line")["code"], "unauthenticated");
    assert_eq!(open.next().await.expect("an end"), None);
    for tokens in [&first, &second] {
        assert_eq!(refresh(&studio, tokens).await, reused, "each is reported the same");
        assert_eq!(code_of_token(&studio, tokens).await, "unauthenticated");
    }
    assert_eq!(refresh(&studio, &other).await["ok"], true);
    done(&mut studio.caller("mixer").await, json!({"action": "whoami"})).await;
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let details = |kind: &str| -> Vec<Value> {
        rows.iter().filter(|row| row.kind == kind).filter_map(|row| row.details.clone()).collect()
    };
    let issued = details("token_issued");
    let reused = details("refresh_reused");
    assert_eq!((issued.len(), reused.len()), (4, 1), "{issued:?} {reused:?}");
    assert_eq!(reused[0]["family"], issued[0]["family"]);
    assert_ne!(reused[0]["family"], issued[1]["family"]);
    let text = std::fs::read(studio.dir.path().join("trail.db")).expect("the trail");
    for secret in [&first["refresh_token"], &second["refresh_token"], &second["token"]] {
        let secret = secret.as_str().expect("a text").as_bytes();
        assert!(!text.windows(secret.len()).any(|window| window == secret), "a secret is in the trail");
    }
}

/// Promise: A refresh token works once
#[tokio::test]
async fn a_shared_refresh_token_ends_both_holders() {
    let studio = studio_with_a_password().await;
    let (_, first) = log_in(&studio).await;
    let (one, two) = tokio::join!(refresh(&studio, &first), refresh(&studio, &first));
    let granted: Vec<&Value> = [&one, &two].into_iter().filter(|answer| answer["ok"] == true).collect();
    assert_eq!(granted.len(), 1, "{one} {two}");
    assert_eq!(refresh(&studio, granted[0]).await["code"], "unauthenticated");
    assert_eq!(code_of_token(&studio, granted[0]).await, "unauthenticated");
}

/// Promise: A refresh token works once
#[tokio::test]
async fn revoked_or_outdated_sign_ins_are_not_refreshed() {
    let studio = studio_with_a_password().await;
    let mut console = studio.console().await;
    let (_, revoked) = log_in(&studio).await;
    let tokens = done(&mut console, json!({"action": "token_list"})).await;
    let mut tokens = tokens["tokens"].as_array().expect("tokens").iter();
    let jti = &tokens.find(|token| token.get("family").is_some()).expect("the token")["jti"];
    done(&mut console, json!({"action": "token_revoke", "jti": jti})).await;
    assert_eq!(refresh(&studio, &revoked).await["code"], "unauthenticated");

    let (mut open, changed) = log_in(&studio).await;
    set_password(&studio, PASSWORD).await;
    assert_eq!(open.receive().await.expect("a closing line")["code"], "unauthenticated");
    assert_eq!(refresh(&studio, &changed).await["code"], "unauthenticated");
    assert_eq!(code_of_token(&studio, &changed).await, "unauthenticated");
    done(&mut studio.caller("mixer").await, json!({"action": "whoami"})).await;

    let (_, disabled) = log_in(&studio).await;
    done(&mut console, json!({"action": "user_disable", "user": "mixer"})).await;
    assert_eq!(refresh(&studio, &disabled).await["code"], "unauthenticated");
    done(&mut console, json!({"action": "user_enable", "user": "mixer"})).await;
    let (_, removed) = log_in(&studio).await;
    done(&mut console, json!({"action": "user_remove", "user": "mixer"})).await;
    assert_eq!(refresh(&studio, &removed).await["code"], "unauthenticated");
}

/// Promise: A refresh token works once
#[tokio::test]
async fn password_sign_ins_are_bounded() {
    let studio = Studio::open_with(|config| {
        config.sign_in.families_max = 2;
        config.sign_in.refreshes_max = 3;
    })
    .await;
    set_password(&studio, PASSWORD).await;
    let (_, oldest) = log_in(&studio).await;
    let (_, kept) = log_in(&studio).await;
    let mut families = vec![refresh(&studio, &oldest).await, log_in(&studio).await.1, kept];
    let mut going_on = 0;
    for family in &mut families {
        going_on += usize::from(refresh(&studio, family).await["ok"] == true);
    }
    assert_eq!(going_on, 2);
    let (_, mut family) = log_in(&studio).await;
    for _ in 1..3 {
        family = refresh(&studio, &family).await;
        assert_eq!(family["ok"], true, "{family}");
    }
    assert_eq!(refresh(&studio, &family).await["code"], "unauthenticated", "three are enough");
}

/// Promise: A refresh token works once
#[tokio::test]
async fn a_family_and_its_tokens_expire_together() {
    let studio = Studio::open_with(|config| {
        config.sign_in.token_s = 3600;
        config.sign_in.refresh_s = 2;
    })
    .await;
    set_password(&studio, PASSWORD).await;
    let mut client = studio.unauthenticated().await;
    let welcome = done(&mut client, json!({"action": "login", "user": "mixer", "password": PASSWORD})).await;
    assert_eq!(welcome["expires"], welcome["refresh_expires"], "no token outlives its family");
    // Each request is a round trip: this waits without sleeping.
    while ask(&mut client, json!({"action": "whoami"})).await["code"] != "unauthenticated" {}
    assert_eq!(refresh(&studio, &welcome).await["code"], "unauthenticated");
}

/// Promise: A broken user database admits no user
#[tokio::test]
async fn without_the_users_file_sign_in_is_refused() {
    let studio = studio_with_a_password().await;
    let (_, welcome) = log_in(&studio).await;
    let file = studio.dir.path().join("state.db");
    let away = studio.dir.path().join("away.db");
    std::fs::rename(&file, &away).expect("a file to move");
    let login = json!({"action": "login", "user": "mixer", "password": PASSWORD});
    for _ in 0..2 {
        assert_eq!(refresh(&studio, &welcome).await["code"], "unauthenticated");
        assert_eq!(ask(&mut studio.unauthenticated().await, login.clone()).await["code"], "unauthenticated");
        assert_eq!(code_of_token(&studio, &welcome).await, "unauthenticated");
        std::fs::write(&file, "another file").expect("a file in its place");
    }
    // A token that was refused for that reason is not spent.
    std::fs::rename(&away, &file).expect("a file to move back");
    assert_eq!(refresh(&studio, &welcome).await["ok"], true);
}

/// Promise: A refresh token works once
#[tokio::test]
async fn a_password_sign_in_is_revoked_by_family() {
    let studio = Studio::open_with(|config| config.sign_in.token_s = 1).await;
    set_password(&studio, PASSWORD).await;
    let (_, welcome) = log_in(&studio).await;
    let mut console = studio.console().await;
    let listed = loop {
        let listed = patiently(&mut console, json!({"action": "token_list"})).await;
        let tokens = listed["tokens"].as_array().expect("tokens");
        if tokens.iter().all(|token| token.get("family").is_none()) {
            break listed;
        }
    };
    let sign_ins = listed["sign_ins"].as_array().expect("sign-ins");
    assert_eq!((sign_ins.len(), &sign_ins[0]["user"]), (1, &json!("mixer")), "{listed}");
    assert_eq!(sign_ins[0].as_object().expect("a sign-in").len(), 4, "family, user, issued_at, expires_at: {listed}");
    // Issuing another token deletes the expired one.
    patiently(&mut console, json!({"action": "token_issue", "user": "mixer", "ttl_s": 60})).await;
    patiently(&mut console, json!({"action": "token_revoke", "jti": sign_ins[0]["family"]})).await;
    assert_eq!(patiently(&mut console, json!({"action": "token_list"})).await["sign_ins"], json!([]));
    assert_eq!(refresh(&studio, &welcome).await["code"], "unauthenticated");
}

/// A connection whose sign-in by password has just expired, and the answer to its sign-in.
async fn expired(studio: &Studio) -> (Client, Value) {
    let (mut client, welcome) = log_in(studio).await;
    until_expired(&mut client).await;
    (client, welcome)
}

/// Each request is a round trip, so this waits without sleeping.
async fn until_expired(client: &mut Client) {
    loop {
        let answer = ask(client, json!({"action": "whoami"})).await;
        match answer["code"].as_str() {
            Some("unauthenticated") => return,
            code => assert!(code.is_none_or(|code| code == "rate_limited"), "{answer}"),
        }
    }
}

/// Promise: An expired sign-in loses its slot and its events
#[tokio::test]
async fn an_expired_connection_releases_its_slot() {
    let mut studio = Studio::open_with(|config| {
        config.sign_in.token_s = 1;
        config.connections.max = 1;
    })
    .await;
    set_password(&studio, PASSWORD).await;
    let (mut first, welcome) = expired(&studio).await;
    let _second = studio.caller("viewer").await;
    let request = json!({"action": "refresh", "refresh_token": welcome["refresh_token"]});
    assert_eq!(ask(&mut first, request).await["code"], "overloaded", "the only place is another's");
    let rows = studio.trail().await;
    assert!(rows.iter().any(|row| row == "event session_ended mixer its sign-in has expired"), "{rows:#?}");
}

/// Promise: An expired sign-in loses its slot and its events
#[tokio::test]
async fn signing_in_again_keeps_the_subscriptions() {
    let studio = Studio::open_with(|config| config.sign_in.token_s = 2).await;
    set_password(&studio, PASSWORD).await;
    let (mut client, welcome) = log_in(&studio).await;
    done(&mut client, json!({"action": "subscribe", "topics": [{"event": "tempo"}]})).await;
    assert_eq!(client.receive().await.expect("an event")["value"], 120.0);
    until_expired(&mut client).await;
    // More often than the limit for refusals of unauthenticated connections.
    for _ in 0..4 {
        let answer = ask(&mut client, json!({"action": "whoami"})).await;
        assert!(answer["error"].as_str().is_some_and(|error| error.contains("expired")), "{answer}");
    }
    done(&mut studio.caller("producer").await, json!({"action": "set_tempo", "bpm": 97})).await;
    let request = json!({"action": "refresh", "refresh_token": welcome["refresh_token"]});
    assert_eq!(done(&mut client, request).await["caller"], "mixer");
    assert_eq!(client.receive().await.expect("an event")["value"], 97.0);
}

/// Promise: An expired sign-in loses its slot and its events
#[tokio::test]
async fn an_expired_sign_in_closes_the_connection() {
    let studio = Studio::open_with(|config| {
        config.sign_in.token_s = 1;
        config.connections.first_line_ms = 200;
        config.connections.idle_s = 5;
    })
    .await;
    set_password(&studio, PASSWORD).await;
    let (mut silent, _) = log_in(&studio).await;
    let closing_line = silent.receive().await.expect("a closing line");
    assert!(closing_line["error"].as_str().is_some_and(|error| error.contains("expired")), "{closing_line:?}");
    assert_eq!(silent.next().await.expect("an end"), None);
}

/// Promise: An expired sign-in loses its slot and its events
#[tokio::test]
async fn an_expired_connection_ends_with_its_user() {
    let studio = Studio::open_with(|config| {
        config.sign_in.token_s = 1;
        config.connections.idle_s = 5;
        config.connections.first_line_ms = 60_000;
    })
    .await;
    set_password(&studio, PASSWORD).await;
    let (mut open, _) = expired(&studio).await;
    done(&mut studio.console().await, json!({"action": "user_disable", "user": "mixer"})).await;
    let closing_line = open.receive().await.expect("a closing line");
    assert!(closing_line["error"].as_str().is_some_and(|error| error.contains("was revoked")), "{closing_line:?}");
    assert_eq!(open.next().await.expect("an end"), None);
}
