//! `POST /mcp`: the Model Context Protocol's Streamable HTTP.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;
use http::header::HOST;
use http_body::Frame;
use livegate_mcp::http::Rules;
use tokio_util::sync::CancellationToken;

use super::HttpDoor;
use super::actions::respond;
use super::link::{Link, ResponseReading, UnhandledRequest};
use super::request_body::{self, Bounds, RequestBody};
use crate::doors::mcp::{McpCaller, Shared, UnreadAnswers};
use crate::session::connection::{Door, Transport};
use crate::wire::message::Message;
use crate::wire::refusal::Refusal;

pub async fn answer(
    State(door): State<Arc<HttpDoor>>,
    Extension(link): Extension<Arc<Link>>,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let requester = match door.recognise_at(Door::Mcp, &link, &parts.headers).await {
        Ok(requester) => requester,
        Err(response) => return *response,
    };
    let body = match door.mcp_body(body).await {
        Ok(body) => body,
        Err(refusal) => {
            let refused = Message::refused(None, Bytes::new(), refusal);
            return respond(&link, door.mcp.sessions.ask(&requester, refused).await);
        }
    };
    let all_tools = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
        .any(|(name, value)| name == "tools" && value == "all");
    // A separate task notices the disconnect, so that it cancels only after the session has taken the request.
    let unhandled = parts.extensions.remove::<Arc<UnhandledRequest>>();
    let taken = Box::new(move || unhandled.iter().for_each(|unhandled| unhandled.taken()));
    let caller = McpCaller { requester, all_tools, taken, refused: CancellationToken::new() };
    let (host, unread_answers) = door.mcp.host(caller);
    let rules = door.mcp_rules(&link, &parts.headers, parts.uri.authority().map(http::uri::Authority::as_str));
    let request = http::Request::from_parts(parts, body.bytes.clone());
    let response = livegate_mcp::http::serve(Arc::new(Shared(host)), rules, request).await;
    response.map(|body| Body::new(CountedBody { body, taking: link.response(), _unread: unread_answers }))
}

impl HttpDoor {
    async fn mcp_body(&self, body: Body) -> Result<RequestBody, Refusal> {
        let config = &self.context.shared.config;
        let bounds =
            Bounds { bytes_max: config.mcp.body_bytes_max, ms: config.http.body_ms, memory: self.bodies.clone() };
        request_body::read(body, &bounds).await
    }

    /// The hosts and origins that `browser` has checked, for the protocol's own checks.
    fn mcp_rules(&self, link: &Link, headers: &HeaderMap, authority: Option<&str>) -> Rules {
        let config = &self.context.shared.config;
        let scheme = if link.transport == Transport::Tls { "https" } else { "http" };
        let host = authority.or_else(|| headers.get(HOST)?.to_str().ok()).unwrap_or_default();
        let hosts = match link.transport {
            Transport::Loopback => ["127.0.0.1", "::1", "localhost"].map(str::to_owned).to_vec(),
            Transport::Tls => self.shown.current().names.clone(),
        };
        let mut origins = config.http.origins.clone();
        origins.push(format!("{scheme}://{host}"));
        Rules { hosts, origins, body_bytes_max: config.mcp.body_bytes_max, shutdown: self.mcp.shutdown.clone() }
    }
}

/// A response's body; the answers in it count as unread until the connection has taken it.
struct CountedBody {
    body: livegate_mcp::http::Body,
    taking: ResponseReading,
    _unread: Arc<UnreadAnswers>,
}

impl http_body::Body for CountedBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.taking.progress();
        Pin::new(&mut self.body).poll_frame(context)
    }
}
