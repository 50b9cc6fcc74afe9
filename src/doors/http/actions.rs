//! REST: each action is a resource. Its parameters are the body, or the query for actions that read.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Path, Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use super::link::{Link, UnhandledRequest};
use super::request_body::{self, Bounds, RequestBody};
use super::response_body::AnswerBody;
use super::{HttpDoor, allowing, problem};
use crate::command::{Action, Handler, Tag, Tags, catalogue};
use crate::doors::exchange::Unread;
use crate::doors::sessions::Requester;
use crate::session::connection::Door;
use crate::wire::message::{Envelope, Message};
use crate::wire::refusal::{Code, Refusal};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// `POST /v1/actions/{action}`.
pub async fn act(
    State(door): State<Arc<HttpDoor>>,
    Extension(link): Extension<Arc<Link>>,
    Path(action): Path<String>,
    request: Request,
) -> Response {
    door.post(link, action, request).await
}

/// `POST /v1/batch`.
pub async fn batch(
    State(door): State<Arc<HttpDoor>>,
    Extension(link): Extension<Arc<Link>>,
    request: Request,
) -> Response {
    door.post(link, "batch".to_owned(), request).await
}

/// `GET /v1/actions/{action}`, for actions that only read the set.
pub async fn read(
    State(door): State<Arc<HttpDoor>>,
    Extension(link): Extension<Arc<Link>>,
    Path(action): Path<String>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let found = catalogue().find(&action);
    if found.is_some_and(|found| !is_readable(found)) {
        let refusal = Refusal::new(Code::MethodNotAllowed, "GET is for actions that only read the set; use POST");
        return allowing(door.refuse(&link, Some(action), &parts.headers, refusal).await, "POST");
    }
    match query_parameters(found, parts.uri.query().unwrap_or_default()) {
        Ok(parameters) => door.ask(&link, &parts.headers, Message::apart(action, parameters)).await,
        Err(refusal) => door.refuse(&link, Some(action), &parts.headers, refusal).await,
    }
}

/// `GET /v1/actions`: the actions that the caller may call.
pub async fn list(
    State(door): State<Arc<HttpDoor>>,
    Extension(link): Extension<Arc<Link>>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let action = "get_available_tools";
    match query_parameters(catalogue().find(action), parts.uri.query().unwrap_or_default()) {
        Ok(parameters) => door.ask(&link, &parts.headers, Message::apart(action, parameters)).await,
        Err(refusal) => door.refuse(&link, Some(action.to_owned()), &parts.headers, refusal).await,
    }
}

/// `GET /metrics`: Prometheus' text, without callers, names and parameters.
pub async fn metrics(
    State(door): State<Arc<HttpDoor>>,
    Extension(link): Extension<Arc<Link>>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let requester = match door.recognise(&link, &parts.headers).await {
        Ok(requester) => requester,
        Err(response) => return *response,
    };
    let answer = door.sessions.ask(&requester, Message::apart("metrics", Bytes::from_static(b"{}"))).await;
    if answer.refusal().is_some() {
        return respond(&link, answer);
    }
    let page: Value = serde_json::from_slice(answer.line()).unwrap_or_default();
    let mut response = Response::new(Body::from(page["metrics"].as_str().unwrap_or_default().to_owned()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"));
    response
}

/// `GET /v1/approvals/{ticket}`: the state or outcome of a request that needs approval.
pub async fn approval(
    State(door): State<Arc<HttpDoor>>,
    Extension(link): Extension<Arc<Link>>,
    Path(ticket): Path<String>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let parameters = json!({"ticket": ticket}).to_string();
    door.ask(&link, &parts.headers, Message::apart("get_approval", parameters.into())).await
}

/// `POST /v1/login`: exchanges a user's password for a token. It does not sign this connection in.
pub async fn login(
    State(door): State<Arc<HttpDoor>>,
    Extension(link): Extension<Arc<Link>>,
    request: Request,
) -> Response {
    door.issue(&link, "login", request).await
}

/// `POST /v1/refresh`: exchanges a refresh token for the next token.
pub async fn refresh(
    State(door): State<Arc<HttpDoor>>,
    Extension(link): Extension<Arc<Link>>,
    request: Request,
) -> Response {
    door.issue(&link, "refresh", request).await
}

impl HttpDoor {
    /// Run a request. From here on it runs to its end, even if the client disconnects.
    async fn post(self: Arc<HttpDoor>, link: Arc<Link>, action: String, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let small = self.context.shared.config.requests.line_bytes_max_before_sign_in;
        let early = match length(&parts.headers) {
            Some(length) if length <= small => BodyState::Read(self.body(&parts.headers, body, small).await),
            _ => BodyState::Later(body),
        };
        let unhandled = parts.extensions.get::<Arc<UnhandledRequest>>().cloned();
        let is_whole = matches!(early, BodyState::Read(_));
        let carried = tokio::spawn(async move { self.carry(&link, action, &parts.headers, early).await });
        if is_whole {
            unhandled.iter().for_each(|unhandled| unhandled.taken());
        }
        let failed = |_| problem::of(&Refusal::new(Code::Internal, "the request failed in the gateway; see its log"));
        carried.await.unwrap_or_else(failed)
    }

    async fn carry(&self, link: &Arc<Link>, action: String, headers: &HeaderMap, body: BodyState) -> Response {
        let requester = match self.recognise(link, headers).await {
            Ok(requester) => requester,
            Err(response) => return *response,
        };
        let body = match body {
            BodyState::Read(body) => body,
            BodyState::Later(body) => {
                self.body(headers, body, self.context.shared.config.requests.line_bytes_max).await
            }
        };
        let message = body.and_then(|body| message(action.clone(), &body, idempotency_key(headers)?));
        let message = message.unwrap_or_else(|refusal| Message::refused(Some(action), Bytes::new(), refusal));
        respond(link, self.sessions.ask(&requester, message).await)
    }

    async fn ask(&self, link: &Arc<Link>, headers: &HeaderMap, message: Message) -> Response {
        match self.recognise(link, headers).await {
            Ok(requester) => respond(link, self.sessions.ask(&requester, message).await),
            Err(response) => *response,
        }
    }

    /// Refuse a request of the connection's caller. It is recorded like any other.
    async fn refuse(
        &self,
        link: &Arc<Link>,
        action: Option<String>,
        headers: &HeaderMap,
        refusal: Refusal,
    ) -> Response {
        match self.recognise(link, headers).await {
            Ok(requester) => self.answer_refused(link, &requester, action, refusal).await,
            Err(response) => *response,
        }
    }

    async fn answer_refused(
        &self,
        link: &Arc<Link>,
        requester: &Requester,
        action: Option<String>,
        refusal: Refusal,
    ) -> Response {
        respond(link, self.sessions.ask(requester, Message::refused(action, Bytes::new(), refusal)).await)
    }

    /// The sender, signed in. `Err`: the response; the refusal is recorded.
    pub(super) async fn recognise(&self, link: &Arc<Link>, headers: &HeaderMap) -> Result<Requester, Box<Response>> {
        self.recognise_at(Door::Http, link, headers).await
    }

    /// The same, at a door behind this one.
    pub(super) async fn recognise_at(
        &self,
        door: Door,
        link: &Arc<Link>,
        headers: &HeaderMap,
    ) -> Result<Requester, Box<Response>> {
        let requester = match self.requester(door, link, headers) {
            Ok(requester) => requester,
            Err(refusal) => return Err(Box::new(self.refuse_credential(link, &refusal))),
        };
        match self.sign_in(link, &requester).await {
            Ok(()) => Ok(requester),
            Err(refused) => Err(Box::new(respond(link, refused))),
        }
    }

    /// Refuse a request that has more than one credential, or one that is not a bearer token.
    pub(super) fn refuse_credential(&self, link: &Link, refusal: &Refusal) -> Response {
        self.note_refused(link, "the request does not have exactly one credential");
        self.failed(link);
        problem::of(refusal)
    }

    /// Issue tokens for a password or a refresh token, on a session that ends with the answer.
    async fn issue(&self, link: &Arc<Link>, action: &'static str, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let bytes_max = self.context.shared.config.requests.line_bytes_max_before_sign_in;
        let message = match self.body(&parts.headers, body, bytes_max).await {
            Ok(body) => Message::apart(action, body.bytes.clone()),
            Err(refusal) => Message::refused(Some(action.to_owned()), Bytes::new(), refusal),
        };
        let requester = Requester {
            door: Door::Http,
            transport: Some(link.transport),
            address: Some(link.address),
            credential: crate::doors::sessions::Credential::None,
        };
        let answer = self.sessions.ask_once(&requester, message).await;
        if answer.refusal().is_some() {
            self.failed(link);
        }
        respond(link, answer)
    }

    async fn body(&self, headers: &HeaderMap, body: Body, bytes_max: usize) -> Result<RequestBody, Refusal> {
        require_json(headers)?;
        if length(headers).is_some_and(|length| length > bytes_max) {
            return Err(Refusal::new(Code::LineTooLong, format!("a body has at most {bytes_max} bytes here")));
        }
        let bounds = Bounds { bytes_max, ms: self.context.shared.config.http.body_ms, memory: self.bodies.clone() };
        request_body::read(body, &bounds).await
    }
}

/// A body that was read before the credential was checked because it is short, or one still to be read.
enum BodyState {
    Read(Result<RequestBody, Refusal>),
    Later(Body),
}

fn length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The request in a body.
fn message(action: String, body: &RequestBody, key: Option<String>) -> Result<Message, Refusal> {
    if let Some(refusal) = elsewhere(&action) {
        return Err(refusal);
    }
    let mut message = Message::apart(action, body.bytes.clone());
    if let Envelope::Apart(apart) = &mut message.envelope {
        apart.once = key;
    }
    Ok(message)
}

/// The response for an answer, or its problem document.
pub fn respond(link: &Arc<Link>, answer: Unread) -> Response {
    if let Some(refusal) = answer.refusal() {
        return problem::of(&refusal);
    }
    let mut response = Response::new(Body::new(AnswerBody::new(answer, link)));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Browsers send other types across origins without a preflight, but not this one.
fn require_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let is_json = |value: &HeaderValue| {
        let kind = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("application/json")
    };
    match (types.next().map(is_json), types.next()) {
        (Some(true), None) => Ok(()),
        _ => Err(Refusal::new(Code::UnsupportedMediaType, "the body must be application/json")),
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut keys = headers.get_all(IDEMPOTENCY_KEY).iter();
    match (keys.next(), keys.next()) {
        (None, _) => Ok(None),
        (Some(key), None) => match key.to_str() {
            // RFC 8941 strings are in quotes.
            Ok(key) => Ok(Some(key.trim_matches('"').to_owned())),
            Err(_) => Err(Refusal::new(Code::InvalidParams, "Idempotency-Key must be ASCII")),
        },
        _ => Err(Refusal::new(Code::InvalidParams, "the request has more than one Idempotency-Key; send one")),
    }
}

/// The refusal of actions that need a lasting connection or have another resource.
fn elsewhere(action: &str) -> Option<Refusal> {
    let way_out = match catalogue().find(action)?.handler {
        Handler::Session(_) => "POST /v1/login and /v1/refresh return tokens for the Authorization header",
        Handler::Bridge(_) => "GET /v1/events streams events, and /v1/ws has subscriptions and cancel",
        Handler::Live | Handler::Batch | Handler::Admin(_) => return None,
    };
    Some(Refusal::new(Code::Unsupported, format!("{action} needs a lasting connection; {way_out}")))
}

/// Whether an action only reads the set.
pub fn is_readable(action: &Action) -> bool {
    action.access == Tags::from_iter([Tag::Read]) && action.handler == Handler::Live
}

/// The parameters in a query, as the action's types read them.
fn query_parameters(action: Option<&Action>, query: &str) -> Result<Bytes, Refusal> {
    let mut parameters = Map::new();
    for (name, text) in form_urlencoded::parse(query.as_bytes()) {
        let param = action.and_then(|action| action.param(&name));
        let value = match (param, name.as_ref()) {
            (Some(param), _) => param.read_text(&text),
            (None, "deadline_ms") => serde_json::from_str(&text).unwrap_or(Value::String(text.into_owned())),
            (None, _) => Value::String(text.into_owned()),
        };
        if parameters.insert(name.clone().into_owned(), value).is_some() {
            return Err(Refusal::new(Code::InvalidParams, "the query has a parameter twice; send each one once"));
        }
    }
    Ok(Value::Object(parameters).to_string().into())
}
