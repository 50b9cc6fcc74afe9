//! `GET /v1/ws`, subprotocol `livegate.v1`: each text frame is a line, and answers and events are text frames.

mod framed;
pub mod polled;
mod upgrading;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use hyper_util::rt::TokioIo;
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::sync::oneshot;

use super::actions::respond;
use super::link::Link;
use super::{HttpDoor, problem};
use crate::doors::exchange::Unread;
use crate::doors::sessions::{Credential, Requester};
use crate::platform::Stream;
use crate::session::Session;
use crate::session::connection::{Door, Entered};
use crate::wire::message::Message;
use crate::wire::refusal::{Code, Refusal};
use framed::WebSocketConnection;
use upgrading::Upgrading;

const SUBPROTOCOL: &str = "livegate.v1";
/// The suffix of RFC 6455, which every server appends to the key.
const ACCEPT_SUFFIX: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

pub(crate) async fn upgrade(
    State(door): State<Arc<HttpDoor>>,
    Extension(link): Extension<Arc<Link>>,
    mut request: Request,
) -> Response {
    let accept = match handshake(request.headers()) {
        Ok(accept) => accept,
        Err(reason) => {
            door.note_refused(&link, reason);
            let refusal = Refusal::new(Code::InvalidParams, reason);
            return versioned(problem::response(StatusCode::BAD_REQUEST, &refusal));
        }
    };
    let requester = match door.requester(Door::Websocket, &link, request.headers()) {
        Ok(requester) => requester,
        Err(refusal) => return door.refuse_credential(&link, &refusal),
    };
    let opened = match door.begin(&link, requester).await {
        Ok(opened) => opened,
        Err(refused) => {
            door.failed(&link);
            // Its session had the connection's slot.
            link.last_response.notify_one();
            return respond(&link, refused);
        }
    };
    let upgrading = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        match upgrading.await {
            // The session may have ended meanwhile.
            Ok(upgraded) => _ = opened.send(Box::new(TokioIo::new(upgraded))),
            Err(error) => tracing::debug!(%error, "a WebSocket handshake failed"),
        }
    });
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    response
}

impl HttpDoor {
    /// Start the WebSocket's session, and sign in if the handshake has a token. `Err`: the answer to a refused sign-in.
    async fn begin(&self, link: &Arc<Link>, requester: Requester) -> Result<oneshot::Sender<Box<dyn Stream>>, Unread> {
        let closed = |_: oneshot::error::RecvError| {
            Unread::refusal_of(&Refusal::new(Code::Overloaded, "the session closed before it began; retry later"))
        };
        let ended = || Unread::refusal_of(&Refusal::new(Code::Overloaded, "the connection is over"));
        let peer = link.take_peer().ok_or_else(ended)?;
        let (opened, stream) = oneshot::channel();
        let clock = self.context.shared.clock.clone();
        let ping_s = self.context.shared.config.http.ping_s;
        let mut connection = WebSocketConnection::new(Box::new(Upgrading::Waiting(stream)), clock, ping_s);
        let (caller, welcome) = match &requester.credential {
            Credential::None => (None, None),
            Credential::Caller(caller) => (Some(caller.clone()), None),
            Credential::Token(token) => {
                let parameters = json!({"token": token.expose_secret()}).to_string();
                (None, Some(connection.ask_first(Message::apart("authenticate", parameters.into()))))
            }
        };
        let entered = Entered {
            peer,
            connection: Box::new(connection),
            door: Door::Websocket,
            transport: requester.transport,
            exporter: None,
            has_key: !matches!(requester.credential, Credential::None),
            caller,
        };
        tokio::spawn(Session::new(self.context.clone(), entered).run());
        if let Some(welcome) = welcome {
            let answer = Unread::uncounted(welcome.await.map_err(closed)?);
            if answer.refusal().is_some() {
                return Err(answer);
            }
        }
        Ok(opened)
    }
}

/// The answer to the handshake's key, if the handshake is complete.
fn handshake(headers: &HeaderMap) -> Result<HeaderValue, &'static str> {
    let has = |name: HeaderName, wanted: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|value| value.trim().eq_ignore_ascii_case(wanted))
    };
    if !has(CONNECTION, "upgrade") || !has(UPGRADE, "websocket") || !has(SEC_WEBSOCKET_VERSION, "13") {
        return Err("this resource is a WebSocket of version 13, over HTTP/1.1");
    }
    if !has(SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        return Err("the WebSocket's subprotocol must be livegate.v1");
    }
    let key = headers.get(SEC_WEBSOCKET_KEY).and_then(|key| key.to_str().ok());
    let key = key.filter(|key| STANDARD.decode(key).is_ok_and(|key| key.len() == 16));
    let key = key.ok_or("Sec-WebSocket-Key must be 16 bytes in base64")?;
    let digest = aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY,
        format!("{key}{ACCEPT_SUFFIX}").as_bytes(),
    );
    Ok(HeaderValue::from_str(&STANDARD.encode(digest)).expect("base64 is ASCII"))
}

fn versioned(mut response: Response) -> Response {
    response.headers_mut().insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handshake_answers_as_rfc_6455_says() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-protocol", "chat, livegate.v1"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        assert_eq!(handshake(&headers).expect("complete"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        headers.remove(SEC_WEBSOCKET_PROTOCOL);
        assert!(handshake(&headers).is_err());
    }
}
