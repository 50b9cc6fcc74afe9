//! The HTTP door: REST for requests, server-sent events for topics; in plain text and over TLS.

use serde_json::{Value, json};

use super::adapter::{Ask, Caller};
use crate::support::Studio;
use crate::support::http::{Http, Response};

/// Over the plain listener.
pub struct Plain(Rest);

/// Over TLS.
pub struct Tls(Rest);

struct Rest {
    http: Http,
    events: Option<Http>,
    token: Option<String>,
}

impl Rest {
    fn new(http: Http, token: Option<&str>) -> Rest {
        Rest { http, events: None, token: token.map(|token| format!("Bearer {token}")) }
    }

    async fn send(&mut self, ask: &Ask) {
        let path = format!("/v1/actions/{}", ask.action);
        let mut headers = vec![("Content-Type", "application/json")];
        headers.extend(self.token.as_deref().map(|token| ("Authorization", token)));
        headers.extend(ask.once.map(|once| ("Idempotency-Key", once)));
        self.http.send("POST", &path, &headers, Some(&ask.body(&[]))).await;
    }

    async fn ask(&mut self, ask: &Ask) -> Value {
        self.send(ask).await;
        as_line(&self.http.response().await.expect("a response"))
    }

    async fn subscribe(&mut self, mut http: Http, topic: Value) -> Result<(), Value> {
        let mut text = topic["event"].as_str().expect("an event").to_owned();
        for index in ["track_index", "clip_index"] {
            text += &topic.get(index).map(|index| format!(":{index}")).unwrap_or_default();
        }
        let token = self.token.clone().unwrap_or_default();
        http.send("GET", &format!("/v1/events?topic={text}"), &[("Authorization", &token)], None).await;
        let head = http.head().await.expect("a response");
        if head.status == 200 {
            self.events = Some(http);
            return Ok(());
        }
        let length = head.headers["content-length"].parse().expect("a number");
        let mut body = Vec::new();
        while body.len() < length {
            body.extend(http.rest().await.expect("a body"));
        }
        Err(as_line(&Response { body, ..head }))
    }

    async fn next_value(&mut self) -> Value {
        let events = self.events.as_mut().expect("a stream");
        loop {
            let chunk = String::from_utf8(events.chunk().await.expect("an event")).expect("text");
            if let Some(data) = chunk.lines().find_map(|line| line.strip_prefix("data: ")) {
                let event: Value = serde_json::from_str(data).expect("JSON");
                return event["value"].clone();
            }
        }
    }
}

/// A response in the form of a line.
fn as_line(response: &Response) -> Value {
    let body = response.json();
    if response.status == 200 {
        assert_eq!(response.headers["content-type"], "application/json");
        return body;
    }
    assert_eq!(response.headers["content-type"], "application/problem+json");
    assert_eq!(body["status"], response.status);
    json!({"ok": false, "code": body["code"], "error": body["detail"], "retry_after_ms": body["retry_after_ms"]})
}

impl Caller for Plain {
    const CHANNEL: &'static str = "http";

    async fn open(studio: &Studio, token: Option<&str>) -> Plain {
        Plain(Rest::new(Http::plain(studio).await, token))
    }

    async fn ask(&mut self, ask: &Ask) -> Value {
        self.0.ask(ask).await
    }

    async fn ask_and_hang_up(mut self, ask: &Ask) {
        self.0.send(ask).await;
    }

    async fn subscribe(&mut self, studio: &Studio, topic: Value) -> Result<(), Value> {
        self.0.subscribe(Http::plain(studio).await, topic).await
    }

    async fn next_value(&mut self) -> Value {
        self.0.next_value().await
    }
}

impl Caller for Tls {
    const CHANNEL: &'static str = "http";

    async fn open(studio: &Studio, token: Option<&str>) -> Tls {
        Tls(Rest::new(Http::tls(studio).await, token))
    }

    async fn ask(&mut self, ask: &Ask) -> Value {
        self.0.ask(ask).await
    }

    async fn ask_and_hang_up(mut self, ask: &Ask) {
        self.0.send(ask).await;
    }

    async fn subscribe(&mut self, studio: &Studio, topic: Value) -> Result<(), Value> {
        self.0.subscribe(Http::tls(studio).await, topic).await
    }

    async fn next_value(&mut self) -> Value {
        self.0.next_value().await
    }
}
