//! The HTTP door's own features: resources and statuses, browsers, hostile requests, and its credential.

use std::collections::BTreeSet;

use livegate::doors::http::TOKEN_FILE;
use livegate::tls::{Names, create_authority};
use serde_json::json;

use super::websocket::Socket;
use crate::support::http::{self, Http};
use crate::support::{Studio, trail};

pub fn bearer(studio: &Studio, role: &str) -> String {
    format!("Bearer {}", studio.tokens[role].text)
}

pub const JSON: (&str, &str) = ("Content-Type", "application/json");

#[tokio::test]
async fn reads_are_resources_and_changes_are_posted() {
    let studio = Studio::open().await;
    let mut http = Http::plain(&studio).await;
    let token = bearer(&studio, "producer");
    let authorization = ("Authorization", token.as_str());
    let info = http.ask("GET", "/v1/actions/get_track_info?track_index=0", &[authorization], None).await;
    assert_eq!((info.status, &info.json()["ok"]), (200, &json!(true)), "{info:?}");
    let listed = http.ask("GET", "/v1/actions", &[authorization], None).await.json();
    assert!(listed["tools"].as_array().is_some_and(|tools| tools.contains(&json!("set_tempo"))), "{listed}");
    let changed = http.ask("GET", "/v1/actions/set_tempo?bpm=99", &[authorization], None).await;
    assert_eq!((changed.status, changed.headers["allow"].as_str()), (405, "POST"), "{changed:?}");
    assert_eq!(changed.json()["code"], "method_not_allowed");
    for (query, status) in [("track_index=0&track_index=1", 422), ("track_index=x", 422), ("nonsense=1", 422)] {
        let path = format!("/v1/actions/get_track_info?{query}");
        assert_eq!(http.ask("GET", &path, &[authorization], None).await.status, status, "{query}");
    }
    let batch = r#"{"commands": [{"action": "set_tempo", "bpm": 111}]}"#;
    assert_eq!(http.ask("POST", "/v1/batch", &[authorization, JSON], Some(batch)).await.status, 200);
    for action in ["authenticate", "login", "refresh", "pair", "subscribe", "unsubscribe", "cancel"] {
        let path = format!("/v1/actions/{action}");
        let refused = http.ask("POST", &path, &[authorization, JSON], Some("{}")).await;
        assert_eq!((refused.status, &refused.json()["code"]), (501, &json!("unsupported")), "{action}");
    }
    for (method, path, status) in [("GET", "/v1/nothing", 404), ("DELETE", "/v1/batch", 405), ("GET", "/healthz", 200)]
    {
        assert_eq!(http.ask(method, path, &[authorization], None).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn a_body_of_another_type_is_refused() {
    let mut studio = Studio::open().await;
    let mut http = Http::plain(&studio).await;
    let token = bearer(&studio, "producer");
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("multipart/form-data")] {
        let mut headers = vec![("Authorization", token.as_str())];
        headers.extend(kind.map(|kind| ("Content-Type", kind)));
        let refused = http.ask("POST", "/v1/actions/set_tempo", &headers, Some(r#"{"bpm":66}"#)).await;
        assert_eq!((refused.status, &refused.json()["code"]), (415, &json!("unsupported_media_type")), "{kind:?}");
    }
    let twice = [("Authorization", token.as_str()), JSON, ("Idempotency-Key", "a"), ("Idempotency-Key", "b")];
    assert_eq!(http.ask("POST", "/v1/actions/set_tempo", &twice, Some(r#"{"bpm":66}"#)).await.status, 422);
    drop(http);
    let rows = studio.trail().await;
    assert_eq!(rows.iter().filter(|row| row.contains("refused unsupported_media_type")).count(), 4, "{rows:#?}");
    assert!(!studio.live.effects().iter().any(|effect| effect["value"] == 66.0));
}

/// Promise: Requests of foreign web pages are refused
#[tokio::test]
async fn other_web_pages_get_nothing_but_a_row() {
    let mut studio = Studio::open().await;
    let token = bearer(&studio, "owner");
    let body = Some(r#"{"bpm":66}"#);
    let attacks: [&[(&str, &str)]; 6] = [
        &[("Host", "evil.example")],
        &[("Host", "evil.example:9080")],
        &[("Origin", "https://evil.example")],
        &[("Origin", "null")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")],
    ];
    for attack in attacks {
        let mut http = Http::plain(&studio).await;
        let headers = [&[("Authorization", token.as_str()), JSON], attack].concat();
        let refused = http.ask("POST", "/v1/actions/set_tempo", &headers, body).await;
        assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("forbidden")), "{attack:?}");
        assert!(!refused.headers.contains_key("access-control-allow-origin"));
        let refused = Socket::upgrade(Http::plain(&studio).await, &headers).await.err().expect("refused");
        assert_eq!(refused.status, 403, "{attack:?}");
    }
    let mut http = Http::plain(&studio).await;
    let preflight = [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST")];
    assert_eq!(http.ask("OPTIONS", "/v1/actions/set_tempo", &preflight, None).await.status, 403);
    drop(http);
    let rows = studio.trail().await;
    let refused = rows.iter().filter(|row| row.starts_with("event request_refused")).count();
    assert_eq!(refused, 13, "{rows:#?}");
    assert!(!studio.live.effects().iter().any(|effect| effect["value"] == 66.0));
}

#[tokio::test]
async fn a_configured_origin_may_ask_and_read() {
    let deck = "https://deck.example";
    let studio = Studio::open_with(|config| config.http.origins = vec![deck.to_owned()]).await;
    let mut http = Http::plain(&studio).await;
    let token = bearer(&studio, "viewer");
    let preflight = [("Origin", deck), ("Sec-Fetch-Site", "cross-site"), ("Access-Control-Request-Method", "POST")];
    let allowed = http.ask("OPTIONS", "/v1/actions/whoami", &preflight, None).await;
    assert_eq!((allowed.status, allowed.headers["access-control-allow-origin"].as_str()), (204, deck));
    assert!(allowed.headers["access-control-allow-headers"].contains("authorization"));
    assert!(!allowed.headers.contains_key("access-control-allow-credentials"));
    let headers = [("Origin", deck), ("Sec-Fetch-Site", "cross-site"), ("Authorization", token.as_str()), JSON];
    let answer = http.ask("POST", "/v1/actions/whoami", &headers, Some("{}")).await;
    assert_eq!((answer.status, answer.headers["access-control-allow-origin"].as_str()), (200, deck));
    let own = format!("http://{}", studio.http);
    let answer = http.ask("GET", "/healthz", &[("Origin", &own)], None).await;
    assert!(answer.status == 200 && !answer.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn every_response_has_the_headers_for_browsers() {
    let studio = Studio::open().await;
    let mut http = Http::plain(&studio).await;
    for path in ["/healthz", "/v1/openapi.json", "/v1/docs", "/v1/actions", "/nothing"] {
        let response = http.ask("GET", path, &[], None).await;
        let policy = &response.headers["content-security-policy"];
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert_eq!(response.headers["cache-control"], "no-store");
        assert_eq!(response.headers["x-content-type-options"], "nosniff");
        assert_eq!(response.headers["cross-origin-resource-policy"], "same-origin");
        assert!(!response.headers.contains_key("strict-transport-security"));
    }
}

/// Over TLS with a certificate of the owner's, for a public name and a local one.
#[tokio::test]
async fn only_an_owners_public_name_gets_hsts() {
    let own = tempfile::TempDir::new().expect("a folder");
    let names = Names::new(["studio.example.org", "localhost"], []);
    let files = create_authority(own.path(), &names).expect("certificates");
    let mut studio = Studio::open().await;
    let asked = async |studio: &Studio, host: &str| {
        let response = Http::tls(studio).await.ask("GET", "/healthz", &[("Host", host)], None).await;
        (response.status, response.headers.get("strict-transport-security").cloned())
    };
    assert_eq!(asked(&studio, "localhost").await, (200, None));
    std::fs::copy(&files.ca, studio.dir.path().join("tls/ca.pem")).expect("the client trusts it");
    studio = studio
        .restart_with(|config| {
            config.tls.certificate = files.certificate.clone();
            config.tls.key = files.key.clone();
        })
        .await;
    assert_eq!(asked(&studio, "studio.example.org").await, (200, Some("max-age=31536000".to_owned())));
    assert_eq!(asked(&studio, "localhost").await, (200, None));
}

#[tokio::test]
async fn metrics_need_the_right_to_review() {
    let mut studio = Studio::open().await;
    let mut http = Http::plain(&studio).await;
    let ask = async |http: &mut Http, role: &str| {
        http.ask("GET", "/metrics", &[("Authorization", &bearer(&studio, role))], None).await
    };
    let page = ask(&mut http, "owner").await;
    assert_eq!((page.status, page.headers["content-type"].as_str()), (200, "text/plain; version=0.0.4; charset=utf-8"));
    let page = String::from_utf8(page.body).expect("text");
    assert!(page.starts_with("# HELP ") && page.contains("\nlivegate_requests_total{"), "{page}");
    for secret in ["owner", "viewer", "Drums"] {
        assert!(!page.contains(secret), "{secret} in {page}");
    }
    let refused = ask(&mut http, "performer").await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("forbidden")));
    assert_eq!(http.ask("GET", "/metrics", &[], None).await.status, 401);
    let rows = studio.trail().await;
    assert!(rows.iter().any(|row| row.contains("metrics") && row.contains("forbidden")), "{rows:#?}");
}

#[tokio::test]
async fn the_plain_listener_always_wants_a_credential() {
    let studio = Studio::open().await;
    let mut http = Http::plain(&studio).await;
    let refused = http.ask("GET", "/v1/actions", &[], None).await;
    assert_eq!((refused.status, refused.headers["www-authenticate"].as_str()), (401, "Bearer"));
    let file = studio.dir.path().join(TOKEN_FILE);
    assert!(livegate::platform::is_private(&file).expect("the file is there"));
    let token = format!("Bearer {}", std::fs::read_to_string(file).expect("the token").trim());
    let whoami = http.ask("POST", "/v1/actions/whoami", &[("Authorization", &token), JSON], Some("{}")).await;
    assert_eq!(whoami.json()["caller"], "local", "{whoami:?}");
    let two = [("Authorization", token.as_str()), ("Authorization", token.as_str()), JSON];
    assert_eq!(http.ask("POST", "/v1/actions/whoami", &two, Some("{}")).await.status, 401);
    for path in [format!("/v1/actions/whoami?token={}", studio.tokens["owner"].text), "/v1/actions/whoami".to_owned()] {
        let mut http = Http::plain(&studio).await;
        assert_eq!(http.ask("POST", &path, &[JSON], Some("{}")).await.status, 401);
    }
}

#[tokio::test]
async fn the_local_token_ends_when_others_are_served() {
    let studio = Studio::open().await;
    let file = studio.dir.path().join(TOKEN_FILE);
    let token = format!("Bearer {}", std::fs::read_to_string(file).expect("the token").trim());
    let studio = studio.restart_with(|config| {
        config.tls.listen = vec!["0.0.0.0:0".parse().expect("an address")];
    });
    let studio = studio.await;
    let mut http = Http::plain(&studio).await;
    assert_eq!(http.ask("GET", "/v1/actions", &[("Authorization", &token)], None).await.status, 401);
}

#[tokio::test]
async fn a_password_gets_a_token_that_works() {
    let studio = Studio::open().await;
    let mut console = studio.console().await;
    let add = json!({"action": "user_add", "user": "kim", "role": "mixer", "password": "correct horse battery"});
    assert_eq!(console.ask(add).await.expect("an answer")["ok"], true);
    let mut http = Http::plain(&studio).await;
    let wrong = r#"{"user":"kim","password":"wrong"}"#;
    assert_eq!(http.ask("POST", "/v1/login", &[JSON], Some(wrong)).await.status, 401);
    let right = r#"{"user":"kim","password":"correct horse battery"}"#;
    let signed_in = http.ask("POST", "/v1/login", &[JSON], Some(right)).await.json();
    let refresh = json!({"refresh_token": signed_in["refresh_token"]}).to_string();
    let next = http.ask("POST", "/v1/refresh", &[JSON], Some(&refresh)).await.json();
    let token = format!("Bearer {}", next["token"].as_str().unwrap_or_else(|| panic!("{next}")));
    let whoami = http.ask("POST", "/v1/actions/whoami", &[("Authorization", &token), JSON], Some("{}")).await.json();
    assert_eq!((&whoami["caller"], &whoami["role"]), (&json!("kim"), &json!("mixer")));
}

#[tokio::test]
async fn requests_of_one_caller_share_one_session_row() {
    let mut studio = Studio::open().await;
    let token = bearer(&studio, "viewer");
    for _ in 0..5 {
        let mut http = Http::plain(&studio).await;
        assert_eq!(
            http.ask("GET", "/v1/actions/get_session_info", &[("Authorization", &token)], None).await.status,
            200
        );
    }
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let is_session = |row: &&trail::Listed| row.kind == "session" && row.channel.as_deref() == Some("http");
    let sessions: Vec<_> = rows.iter().filter(is_session).collect();
    assert_eq!(sessions.len(), 1, "{sessions:?}");
    assert_eq!(sessions[0].caller.as_deref(), Some("viewer"));
}

#[tokio::test]
async fn one_tls_port_serves_lines_and_http() {
    let studio = Studio::open().await;
    let mut lines = studio.caller("viewer").await;
    assert_eq!(lines.ask(json!({"action": "whoami"})).await.expect("an answer")["ok"], true);
    let mut http = Http::tls(&studio).await;
    let token = bearer(&studio, "viewer");
    assert_eq!(http.ask("GET", "/v1/actions", &[("Authorization", &token)], None).await.status, 200);
    let (mut client, connection) = h2::client::handshake(http::tls(&studio, b"h2").await).await.expect("HTTP/2");
    tokio::spawn(connection);
    let uri = format!("https://localhost:{}/v1/actions", studio.tls.port());
    let request = ::http::Request::builder().uri(uri).header("authorization", &token).body(()).expect("a request");
    let (response, _) = client.send_request(request, true).expect("the request is sent");
    assert_eq!(response.await.expect("a response").status(), 200);
    let mut none = livegate::client::Client::over(http::tls(&studio, b"").await);
    let refused = none.ask(json!({"action": "whoami"})).await.expect("an answer");
    assert_eq!(refused["code"], "unauthenticated", "without ALPN it speaks lines");
}

#[tokio::test]
async fn an_event_stream_ends_with_its_reason() {
    let studio = Studio::open().await;
    let mut http = Http::plain(&studio).await;
    let token = bearer(&studio, "viewer");
    http.send("GET", "/v1/events?topic=tempo", &[("Authorization", &token)], None).await;
    let head = http.head().await.expect("a response");
    assert_eq!((head.status, head.headers["content-type"].as_str()), (200, "text/event-stream"));
    let first = String::from_utf8(http.chunk().await.expect("the value as it is")).expect("text");
    assert!(first.starts_with("event: tempo\nid: ") && first.contains("\ndata: {"), "{first}");
    let mut console = studio.console().await;
    console.ask(json!({"action": "user_disable", "user": "viewer"})).await.expect("an answer");
    let last = String::from_utf8(http.chunk().await.expect("the reason")).expect("text");
    assert!(last.starts_with("event: closed\ndata: ") && last.contains("unauthenticated"), "{last}");
    assert_eq!(http.chunk().await, None);
}

#[tokio::test]
async fn streams_and_sockets_end_with_the_gateway() {
    let mut studio = Studio::open().await;
    let mut http = Http::plain(&studio).await;
    let token = bearer(&studio, "viewer");
    http.send("GET", "/v1/events?topic=tempo", &[("Authorization", &token)], None).await;
    http.head().await.expect("a response");
    let mut socket = Socket::upgrade(Http::plain(&studio).await, &[("Authorization", &token)]).await.expect("a socket");
    let _idle = Http::plain(&studio).await;
    studio.end().await;
    while http.chunk().await.is_some() {}
    while socket.text().await.is_some() {}
}

#[tokio::test]
async fn the_openapi_describes_every_resource() {
    let studio = Studio::open().await;
    let mut http = Http::plain(&studio).await;
    let document = http.ask("GET", "/v1/openapi.json", &[], None).await.json();
    assert_eq!(document["openapi"], "3.1.0");
    let paths: BTreeSet<&str> = document["paths"].as_object().expect("paths").keys().map(String::as_str).collect();
    for path in ["/v1/actions/set_tempo", "/v1/actions/get_session_info", "/v1/batch", "/v1/login", "/v1/events"] {
        assert!(paths.contains(path), "{path}");
    }
    let mut http = Http::plain(&studio).await;
    let token = bearer(&studio, "owner");
    for path in paths.iter().filter(|path| document["paths"][**path].get("get").is_some() && !path.contains("/ws")) {
        let responses = &document["paths"][*path]["get"]["responses"];
        if *path == "/v1/events" {
            continue;
        }
        let answer = http.ask("GET", path, &[("Authorization", &token)], None).await;
        assert!(responses.get(answer.status.to_string()).is_some(), "{path}: {}", answer.status);
        assert!(answer.status < 500 || answer.status == 501, "{path}: {answer:?}");
    }
    let page = http.ask("GET", "/v1/docs", &[], None).await;
    assert!(String::from_utf8_lossy(&page.body).contains("set_tempo"));
}
