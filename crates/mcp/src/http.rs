//! Answers one request of Streamable HTTP: no session of MCP's, JSON where one message is the whole response.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::host::{Failure, Host};
use crate::message::{self, Unreadable};
use crate::server::{Carrier, Server, code, data};

/// The body of a response: one message, or a stream of events.
pub type Body = BoxBody<Bytes, Infallible>;

/// The limits and names against which requests are checked.
pub struct Rules {
    /// Names and addresses of the gateway, with or without a port.
    pub hosts: Vec<String>,
    /// Web origins whose pages may send requests.
    pub origins: Vec<String>,
    /// Length of a request's body at most.
    pub body_bytes_max: usize,
    /// Ends the streams.
    pub shutdown: CancellationToken,
}

/// Answer a request. Dropping this cancels what has not begun, where the protocol's version demands it.
pub async fn serve(host: Arc<dyn Host>, rules: Rules, request: Request<Bytes>) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    if parts.method == http::Method::POST {
        match message::read(&body) {
            Ok(read) => _ = read.arguments.map(|arguments| parts.extensions.insert(arguments)),
            Err(Unreadable { id, reason }) => {
                let failure = host.unreadable(body, reason).await;
                return unreadable(&id, &failure);
            }
        }
    }
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_allowed_hosts(rules.hosts)
        .with_allowed_origins(rules.origins)
        .enforce_origin_validation()
        .with_max_request_body_bytes(rules.body_bytes_max)
        .with_cancellation_token(rules.shutdown);
    let server = move || Ok(Server::new(host.clone(), Carrier::Http));
    let service = StreamableHttpService::new(server, Arc::new(NeverSessionManager::default()), config);
    service.handle(Request::from_parts(parts, Full::new(body))).await
}

fn unreadable(id: &serde_json::Value, failure: &Failure) -> Response<Body> {
    let error = json!({"code": code(failure.code).0, "message": failure.message, "data": data(failure)});
    let body = json!({"jsonrpc": "2.0", "id": id, "error": error}).to_string();
    let mut response = Response::new(Full::new(Bytes::from(body)).boxed());
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
