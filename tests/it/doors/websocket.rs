//! The WebSocket door: lines in text frames, signed in by a header of the handshake.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::Poll;

use livegate::doors::http::websocket::polled::Polled;
use serde_json::{Value, json};
use tungstenite::protocol::Role;
use tungstenite::{Error, Message, WebSocket};

use super::adapter::{Ask, Caller};
use crate::support::bound::within;
use crate::support::http::{Http, Response};
use crate::support::{Studio, trail};

/// A client's end of a WebSocket.
pub struct Socket(WebSocket<Polled>);

impl Socket {
    /// Upgrade a connection. `Err`: a response other than the upgrade.
    pub async fn upgrade(mut http: Http, headers: &[(&str, &str)]) -> Result<Socket, Response> {
        let mut all = vec![
            ("Connection", "Upgrade"),
            ("Upgrade", "websocket"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("Sec-WebSocket-Protocol", "livegate.v1"),
        ];
        all.extend(headers);
        http.send("GET", "/v1/ws", &all, None).await;
        let head = http.head().await.expect("a response");
        if head.status != 101 {
            let body = http.rest().await.unwrap_or_default();
            return Err(Response { body, ..head });
        }
        assert_eq!(head.headers["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert_eq!(head.headers["sec-websocket-protocol"], "livegate.v1");
        Ok(Socket(WebSocket::from_raw_socket(Polled::new(http.stream), Role::Client, None)))
    }

    pub async fn send(&mut self, frame: Message) {
        send(&mut self.0, frame).await;
    }

    /// The next text; `None` once the WebSocket has closed.
    pub async fn text(&mut self) -> Option<Value> {
        loop {
            match within("a frame", frame(&mut self.0)).await {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).expect("JSON")),
                Ok(_) => (),
                Err(_) => return None,
            }
        }
    }
}

pub async fn send(socket: &mut WebSocket<Polled>, frame: Message) {
    let mut frame = Some(frame);
    poll_fn(|context| {
        socket.get_mut().wake(context);
        let sent = match frame.take() {
            Some(frame) => socket.send(frame),
            None => socket.flush(),
        };
        done(sent)
    })
    .await
    .expect("the frame is sent");
}

/// The next frame.
pub async fn frame(socket: &mut WebSocket<Polled>) -> Result<Message, Error> {
    poll_fn(|context| {
        socket.get_mut().wake(context);
        done(socket.read())
    })
    .await
}

fn done<T>(result: Result<T, Error>) -> Poll<Result<T, Error>> {
    match result {
        Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => Poll::Pending,
        other => Poll::Ready(other),
    }
}

/// A caller at this door, or the reason why there is none.
pub struct WebSocketCaller {
    socket: Result<Socket, Value>,
    /// Values that arrived before an answer.
    values: VecDeque<Value>,
}

impl WebSocketCaller {
    fn line(ask: &Ask) -> Message {
        let mut more = vec![("action", json!(ask.action))];
        more.extend(ask.once.map(|once| ("once", json!(once))));
        Message::text(ask.body(&more))
    }
}

impl Caller for WebSocketCaller {
    const CHANNEL: &'static str = "websocket";

    async fn open(studio: &Studio, token: Option<&str>) -> WebSocketCaller {
        let authorization = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = authorization.iter().map(|value| ("Authorization", value.as_str())).collect();
        let upgraded = Socket::upgrade(Http::plain(studio).await, &headers).await;
        let socket = upgraded.map_err(|response| {
            let body = response.json();
            json!({"ok": false, "code": body["code"], "error": body["detail"]})
        });
        WebSocketCaller { socket, values: VecDeque::new() }
    }

    async fn ask(&mut self, ask: &Ask) -> Value {
        let socket = match &mut self.socket {
            Ok(socket) => socket,
            Err(refused) => return refused.clone(),
        };
        socket.send(WebSocketCaller::line(ask)).await;
        loop {
            let line = socket.text().await.expect("an answer");
            if line.get("event").is_none() {
                return line;
            }
            self.values.push_back(line["value"].clone());
        }
    }

    async fn ask_and_hang_up(self, ask: &Ask) {
        self.socket.expect("a socket").send(WebSocketCaller::line(ask)).await;
    }

    async fn subscribe(&mut self, _: &Studio, topic: Value) -> Result<(), Value> {
        let answer = self.ask(&Ask::new("subscribe", json!({"topics": [topic]}))).await;
        if answer["ok"] == true { Ok(()) } else { Err(answer) }
    }

    async fn next_value(&mut self) -> Value {
        if let Some(value) = self.values.pop_front() {
            return value;
        }
        let socket = self.socket.as_mut().expect("a socket");
        loop {
            let line = socket.text().await.expect("an event");
            if line.get("event").is_some() {
                return line["value"].clone();
            }
        }
    }
}

#[tokio::test]
async fn a_socket_signs_in_with_its_first_frame() {
    let studio = Studio::open().await;
    let mut socket = Socket::upgrade(Http::plain(&studio).await, &[]).await.expect("a socket");
    let first = json!({"action": "authenticate", "token": studio.tokens["mixer"].text}).to_string();
    socket.send(Message::text(first)).await;
    assert_eq!(socket.text().await.expect("a welcome")["caller"], "mixer");
    socket.send(Message::text(" \n")).await;
    socket.send(Message::text("{\n\"action\":\n\"whoami\", \"id\": 7}")).await;
    assert_eq!(socket.text().await.expect("an answer")["id"], 7);
    socket.send(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(socket.text().await.expect("a refusal")["code"], "invalid_json");
    assert_eq!(socket.text().await, None);
}

#[tokio::test]
async fn a_handshake_with_a_token_signs_in_once() {
    let mut studio = Studio::open().await;
    let token = format!("Bearer {}", studio.tokens["mixer"].text);
    let headers = [("Authorization", token.as_str())];
    let mut socket = Socket::upgrade(Http::plain(&studio).await, &headers).await.expect("a socket");
    socket.send(Message::text(json!({"action": "whoami"}).to_string())).await;
    assert_eq!(socket.text().await.expect("an answer")["caller"], "mixer");
    let mut http = Http::plain(&studio).await;
    let refused = Socket::upgrade(http, &[("Authorization", "Bearer guess")]).await.err().expect("a response");
    assert_eq!((refused.status, &refused.json()["code"]), (401, &json!("unauthenticated")));
    http = Http::plain(&studio).await;
    let both = [("Authorization", token.as_str()), ("Authorization", token.as_str())];
    assert_eq!(Socket::upgrade(http, &both).await.err().expect("a response").status, 401);
    drop(socket);
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let sessions = rows.iter().filter(|row| row.kind == "session" && row.channel.as_deref() == Some("websocket"));
    let callers: Vec<_> = sessions.filter_map(|row| row.caller.as_deref()).collect();
    assert_eq!(callers, ["mixer"], "{rows:#?}");
    assert_eq!(rows.iter().filter(|row| row.kind == "sign_in_refused").count(), 1, "{rows:#?}");
}

#[tokio::test]
async fn a_handshake_without_the_subprotocol_is_refused() {
    let studio = Studio::open().await;
    let mut http = Http::plain(&studio).await;
    let headers = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let refused = http.ask("GET", "/v1/ws", &headers, None).await;
    assert_eq!((refused.status, refused.headers["sec-websocket-version"].as_str()), (400, "13"));
}
