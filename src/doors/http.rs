//! The HTTP door: REST, server-sent events, WebSockets and MCP, over TLS, and in plain text for this machine.

mod actions;
mod browser;
mod connection;
mod credential;
mod docs;
mod events;
mod link;
mod mcp;
mod openapi;
mod problem;
mod request_body;
mod response_body;
pub mod websocket;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, CONNECTION, STRICT_TRANSPORT_SECURITY,
    TRANSFER_ENCODING, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Semaphore, watch};
use tower_service::Service;

use super::mcp::McpDoor;
use super::sessions::Sessions;
use super::{ErrorKind, Result};
use crate::audit::Event;
use crate::config;
use crate::failure::Context;
use crate::gateway::accept::Peer;
use crate::gateway::identify::Caller;
use crate::platform::{self, Stream, random};
use crate::session::SessionContext;
use crate::session::connection::{Door, Transport};
use crate::tls::{self, Certificate, Purpose};
use crate::wire::refusal::{Code, Refusal};
use browser::{Rejected, RequestOrigin};
use link::Link;
pub(crate) use link::Protocol;

/// Browsers use TLS alone for this name for a year. Sent only where a public CA can renew the certificate: with this installation's CA, a name that
/// moved elsewhere would be unreachable.
const HSTS: &str = "max-age=31536000";

/// The file with the credential for programs of this user, in localhost mode.
pub const TOKEN_FILE: &str = "http.token";

/// State shared by all HTTP connections.
pub struct HttpDoor {
    context: SessionContext,
    sessions: Arc<Sessions>,
    pub(crate) mcp: Arc<McpDoor>,
    /// The contents of `STATE/http.token`, if programs on this machine need no sign-in.
    local_token: Option<SecretString>,
    /// Limits the bytes of request bodies being read.
    bodies: Arc<Semaphore>,
    shown: Shown,
}

/// The server's certificate as requests need it, read again when it changes.
struct Shown {
    state_dir: PathBuf,
    config: config::Tls,
    changes: Mutex<watch::Receiver<()>>,
    leaf: Mutex<Arc<Leaf>>,
}

/// The certificate of the server itself.
#[derive(Default)]
struct Leaf {
    names: Vec<String>,
    /// Whether another CA than this installation's has issued it.
    is_owners: bool,
}

/// An arrival that speaks HTTP.
pub(crate) struct HttpArrival {
    pub(crate) peer: Peer,
    pub(crate) address: SocketAddr,
    /// The port that the client connected to.
    pub port: u16,
    pub(crate) stream: Box<dyn Stream>,
    pub(crate) transport: Transport,
    pub(crate) protocol: Protocol,
    /// The caller of the client certificate.
    pub caller: Option<Arc<Caller>>,
}

impl HttpDoor {
    pub(crate) fn new(context: SessionContext) -> Result<Arc<HttpDoor>> {
        let shared = &context.shared;
        let state_dir = shared.state.path().to_owned();
        let tls = shared.config.tls.clone();
        let local_token = if shared.config.serves_local() && !shared.config.http.listen.is_empty() {
            Some(local_token(&shared.state.path().join(TOKEN_FILE))?)
        } else {
            None
        };
        let shown = Shown {
            leaf: Mutex::new(Arc::new(Leaf::read(&state_dir, &tls))),
            changes: Mutex::new(shared.tls.changes()),
            state_dir,
            config: tls,
        };
        Ok(Arc::new(HttpDoor {
            sessions: Sessions::new(context.clone()),
            mcp: McpDoor::new(context.clone()),
            local_token,
            bodies: Arc::new(Semaphore::new(shared.config.http.bodies_bytes_max)),
            shown,
            context,
        }))
    }

    /// The resources of this door.
    pub fn router(self: &Arc<HttpDoor>) -> Router {
        Router::new()
            .route("/healthz", get(healthz))
            .route("/metrics", get(actions::metrics))
            .route("/v1/actions", get(actions::list))
            .route("/v1/actions/{action}", get(actions::read).post(actions::act))
            .route("/v1/batch", post(actions::batch))
            .route("/v1/approvals/{ticket}", get(actions::approval))
            .route("/v1/login", post(actions::login))
            .route("/v1/refresh", post(actions::refresh))
            .route("/v1/events", get(events::stream))
            .route("/v1/ws", get(websocket::upgrade))
            .route("/mcp", post(mcp::answer))
            .route("/v1/openapi.json", get(docs::openapi))
            .route("/v1/docs", get(docs::page))
            .fallback(no_resource)
            .method_not_allowed_fallback(no_method)
            .with_state(self.clone())
    }

    /// Serve an arrival until it ends.
    pub(crate) async fn serve(self: Arc<HttpDoor>, router: Router, arrival: HttpArrival) {
        connection::serve(self, router, arrival).await;
    }

    /// Answer one request.
    async fn answer(&self, mut router: Router, link: &Arc<Link>, mut request: http::Request<Body>) -> Response {
        let is_chunked = request.headers().contains_key(TRANSFER_ENCODING);
        let leaf = self.shown.current();
        let place = RequestOrigin {
            transport: link.transport,
            port: link.port,
            names: &leaf.names,
            origins: &self.context.shared.config.http.origins,
            ambient: link.caller.is_some(),
        };
        let shared = place.shares_with(request.headers()).cloned();
        let is_preflight = shared.is_some() && request.method() == Method::OPTIONS;
        let is_public = leaf.is_owners && place.has_public_name(request.uri(), request.headers());
        let mut response = match place.check(request.uri(), request.headers()) {
            Ok(()) if is_preflight => StatusCode::NO_CONTENT.into_response(),
            Ok(()) => {
                request.extensions_mut().insert(link.clone());
                let Ok(response) = router.call(request).await;
                response
            }
            Err(rejected) => self.reject(link, &rejected),
        };
        secure(response.headers_mut());
        if is_public {
            response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
        }
        if let Some(origin) = shared {
            share(response.headers_mut(), origin);
        }
        if is_chunked {
            // Close the connection: a proxy could have framed the next request differently (request smuggling).
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    fn reject(&self, link: &Link, rejected: &Rejected) -> Response {
        self.note_refused(link, rejected.reason);
        if rejected.is_malformed {
            return problem::response(StatusCode::BAD_REQUEST, &Refusal::new(Code::InvalidParams, rejected.reason));
        }
        problem::of(&Refusal::new(Code::Forbidden, rejected.reason))
    }

    /// Record a request that reaches no session.
    fn note_refused(&self, link: &Link, reason: &'static str) {
        let event = Event::new("request_refused")
            .with("channel", Door::Http.name())
            .with("address", link.address.to_string())
            .with("reason", reason);
        self.context.recorder.note(event);
    }
}

impl Shown {
    fn current(&self) -> Arc<Leaf> {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut leaf = self.leaf.lock().unwrap_or_else(PoisonError::into_inner);
        if changes.has_changed().unwrap_or(false) {
            changes.mark_unchanged();
            *leaf = Arc::new(Leaf::read(&self.state_dir, &self.config));
        }
        leaf.clone()
    }
}

impl Leaf {
    /// Without a certificate it has no names.
    fn read(state_dir: &Path, config: &config::Tls) -> Leaf {
        let shown = tls::purposes(state_dir, config).unwrap_or_default();
        let of = |(leaf, purpose): (Certificate, Purpose)| Leaf {
            names: leaf.names,
            is_owners: matches!(purpose, Purpose::OwnersLeaf | Purpose::OwnersAuthority),
        };
        shown.into_iter().next().map(of).unwrap_or_default()
    }
}

/// Read this machine's credential, or create one.
fn local_token(path: &Path) -> Result<SecretString> {
    if platform::is_there(path) {
        let token = platform::read_secret(path)?;
        if token.expose_secret().len() < 32 {
            return Err(ErrorKind::ShortCredential(path.to_owned()).into());
        }
        return Ok(token);
    }
    let token = SecretString::from(hex::encode(random::bytes::<32>()));
    platform::write_secret(path, &token).context("cannot write this machine's credential for HTTP")?;
    Ok(token)
}

/// Set the security headers of every response.
fn secure(headers: &mut HeaderMap) {
    const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

/// Let pages of a configured origin send requests and read responses (CORS). Browsers send no credential by themselves.
fn share(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    for (name, value) in [
        (VARY, "origin"),
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (
            ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, idempotency-key, mcp-method, mcp-name, mcp-protocol-version",
        ),
        (ACCESS_CONTROL_EXPOSE_HEADERS, "retry-after, allow, location"),
        (ACCESS_CONTROL_MAX_AGE, "600"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

async fn healthz(State(door): State<Arc<HttpDoor>>) -> Response {
    let is_available = door.context.recorder.health().is_available();
    let status = if is_available { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, if is_available { "up\n" } else { "down\n" }).into_response()
}

async fn no_resource(State(door): State<Arc<HttpDoor>>, request: Request) -> Response {
    if let Some(link) = request.extensions().get::<Arc<Link>>() {
        door.note_refused(link, "there is no such resource");
    }
    let message = "there is no such resource; GET /v1/openapi.json lists the resources";
    problem::of(&Refusal::new(Code::UnknownAction, message))
}

async fn no_method(State(door): State<Arc<HttpDoor>>, request: Request) -> Response {
    if let Some(link) = request.extensions().get::<Arc<Link>>() {
        door.note_refused(link, "the resource does not have the method");
    }
    // axum adds `Allow`.
    problem::of(&Refusal::new(Code::MethodNotAllowed, "this resource does not have this method; see Allow"))
}

/// Set the header that names the resource's method.
fn allowing(mut response: Response, method: &'static str) -> Response {
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(method));
    response
}
