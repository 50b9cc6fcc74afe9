//! The bounds of an HTTP connection: failures, framing, resets, headers, and deadlines.

use serde_json::json;

use super::rest::bearer;
use crate::support::Studio;
use crate::support::bound::within;
use crate::support::http::{self, Http};

#[tokio::test]
async fn a_connection_without_a_credential_ends() {
    let studio = Studio::open_with(|config| config.connections.first_line_ms = 100).await;
    let mut http = Http::plain(&studio).await;
    assert_eq!(http.ask("GET", "/healthz", &[], None).await.status, 200);
    assert!(http.response().await.is_none(), "it holds a slot of the unauthenticated");
}

#[tokio::test]
async fn wrong_tokens_end_their_connection() {
    let mut studio = Studio::open().await;
    let mut http = Http::plain(&studio).await;
    let mut refused = 0;
    loop {
        http.send("GET", "/v1/actions", &[("Authorization", "Bearer guess")], None).await;
        match http.response().await {
            Some(response) => assert_eq!(response.status, 401),
            None => break,
        }
        refused += 1;
        if refused == 3 {
            assert!(http.response().await.is_none(), "a third failure ends it");
            break;
        }
    }
    let rows = studio.trail().await;
    assert_eq!(rows.iter().filter(|row| row.starts_with("event sign_in_refused")).count(), refused, "{rows:#?}");
}

#[tokio::test]
async fn a_framing_trick_ends_the_connection() {
    let studio = Studio::open().await;
    let token = bearer(&studio, "viewer");
    let host = studio.http;
    let smuggled = "GET /healthz HTTP/1.1\r\nHost: evil\r\n\r\n";
    let both = format!(
        "POST /v1/actions/whoami HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\nContent-Type: application/json\r\n\
         Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n{smuggled}"
    );
    let mut http = Http::plain(&studio).await;
    http.write(both.as_bytes()).await;
    let first = http.response().await;
    assert!(first.is_none_or(|first| first.status == 400 || first.headers["connection"] == "close"));
    assert!(http.response().await.is_none(), "what was smuggled got a response");
    for bad in [
        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "Content-Length: +2\r\n\r\n{}",
        "Transfer-Encoding: gzip\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n",
    ] {
        let mut http = Http::plain(&studio).await;
        http.write(format!("POST /v1/actions/whoami HTTP/1.1\r\nHost: {host}\r\n{bad}").as_bytes()).await;
        let status = http.response().await.map_or(400, |response| response.status);
        assert_eq!(status, 400, "{bad:?}");
        assert!(http.response().await.is_none(), "{bad:?}");
    }
}

#[tokio::test]
async fn a_chunked_body_is_its_connections_last() {
    let studio = Studio::open().await;
    let token = bearer(&studio, "viewer");
    let request = format!(
        "POST /v1/actions/whoami HTTP/1.1\r\nHost: {}\r\nAuthorization: {token}\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n",
        studio.http
    );
    let mut http = Http::plain(&studio).await;
    http.write(request.repeat(2).as_bytes()).await;
    let first = http.response().await.expect("a response");
    assert_eq!((first.status, first.headers["connection"].as_str()), (200, "close"));
    assert!(http.response().await.is_none(), "what came behind got a response");
}

#[tokio::test]
async fn an_idle_connection_ends() {
    let studio = Studio::open_with(|config| config.http.idle_s = 1).await;
    let mut http = Http::plain(&studio).await;
    let token = bearer(&studio, "viewer");
    assert_eq!(http.ask("GET", "/v1/actions", &[("Authorization", &token)], None).await.status, 200);
    assert!(http.response().await.is_none(), "it stays open");
}

/// The limit of headers does not end a connection that waits for a request.
#[tokio::test]
async fn a_connection_may_wait_longer_than_headers() {
    let studio = Studio::open_with(|config| config.http.headers_ms = 1).await;
    let token = bearer(&studio, "viewer");
    let mut http = Http::plain(&studio).await;
    assert_eq!(http.ask("GET", "/v1/actions", &[("Authorization", &token)], None).await.status, 200);
    let mut other = Http::plain(&studio).await;
    other.write(b"GET /healthz HTTP/1.1\r\nHost: ").await;
    assert!(other.response().await.is_none(), "headers that never end hold the connection");
    // That took longer than the limit.
    assert_eq!(http.ask("GET", "/v1/actions", &[("Authorization", &token)], None).await.status, 200);
}

#[tokio::test]
async fn headers_and_slow_bodies_are_bounded() {
    let studio = Studio::open_with(|config| {
        config.http.body_ms = 50;
        config.http.headers_ms = 50;
    })
    .await;
    let token = bearer(&studio, "viewer");
    let mut http = Http::plain(&studio).await;
    let long = "x".repeat(20_000);
    assert_eq!(http.ask("GET", "/healthz", &[("X-Long", &long)], None).await.status, 431);
    let mut http = Http::plain(&studio).await;
    let many: Vec<_> = (0..100).map(|_| ("X-Many", "1")).collect();
    assert_eq!(http.ask("GET", "/healthz", &many, None).await.status, 431);
    let mut http = Http::plain(&studio).await;
    let slow = format!(
        "POST /v1/actions/whoami HTTP/1.1\r\nHost: {}\r\nAuthorization: {token}\r\nContent-Type: application/json\r\n\
         Content-Length: 100\r\n\r\n{{",
        studio.http
    );
    http.write(slow.as_bytes()).await;
    let refused = http.response().await.expect("a response");
    assert_eq!((refused.status, &refused.json()["code"]), (408, &json!("request_timeout")));
    let mut http = Http::plain(&studio).await;
    http.write(b"GET /healthz HTTP/1.1\r\nHost: ").await;
    let end = http.response().await;
    assert!(end.is_none_or(|response| response.status == 408), "headers that never end hold the connection");
}

/// An HTTP/2 client.
type Streams = h2::client::SendRequest<bytes::Bytes>;
type StreamsEnd = tokio::task::JoinHandle<Result<(), h2::Error>>;

/// Requests over HTTP/2, each reset at once, until the gateway ends the connection or there were so many.
async fn reset(studio: &Studio, count: usize) -> (Streams, StreamsEnd) {
    let (mut client, connection) = h2::client::handshake(http::tls(studio, b"h2").await).await.expect("HTTP/2");
    let connection = tokio::spawn(connection);
    let uri = format!("https://localhost:{}/v1/actions", studio.tls.port());
    let token = bearer(studio, "viewer");
    for _ in 0..count {
        let request = ::http::Request::builder().uri(&uri).header("authorization", &token).body(()).expect("a request");
        let Ok(mut ready) = client.clone().ready().await else { break };
        let Ok((_, mut stream)) = ready.send_request(request, true) else { break };
        stream.send_reset(h2::Reason::CANCEL);
        client = ready;
    }
    (client, connection)
}

/// With another limit than the library's own.
#[tokio::test]
async fn the_number_of_resets_is_configured() {
    let studio = Studio::open_with(|config| {
        config.http.resets_max = 100_000;
        // Requests beyond this are errors of the client, which end a connection, too.
        config.http.requests_per_connection_max = 100_000;
    })
    .await;
    // Far more than the default. A few of many are also errors of HTTP/2 itself, which have a limit of their own.
    let (client, _connection) = reset(&studio, 500).await;
    let uri = format!("https://localhost:{}/healthz", studio.tls.port());
    let request = ::http::Request::builder().uri(uri).body(()).expect("a request");
    let mut client = client.ready().await.expect("the connection is open");
    let (response, _) = client.send_request(request, true).expect("the request is sent");
    assert_eq!(within("a response", response).await.expect("the connection is open").status(), 200);
}

#[tokio::test]
async fn a_rapid_reset_ends_its_connection_only() {
    let studio = Studio::open().await;
    let token = bearer(&studio, "viewer");
    let (_client, connection) = reset(&studio, 10_000).await;
    let ended =
        within("the end", connection).await.expect("the connection's task").expect_err("the connection has ended");
    // The gateway has closed the connection; what the client observes depends on timing.
    assert!(ended.is_io() || ended.reason() == Some(h2::Reason::ENHANCE_YOUR_CALM), "{ended}");
    let mut http = Http::tls(&studio).await;
    assert_eq!(http.ask("GET", "/v1/actions", &[("Authorization", &token)], None).await.status, 200);
}
