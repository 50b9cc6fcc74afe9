//! Refusals as problem details (RFC 9457), and the status of each code.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::json;

use crate::wire::refusal::{Code, Refusal};

pub const MEDIA_TYPE: &str = "application/problem+json";

/// The status of a code.
pub const fn status(code: Code) -> StatusCode {
    match code {
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::Forbidden | Code::Frozen | Code::ApprovalDenied => StatusCode::FORBIDDEN,
        Code::ApprovalPending => StatusCode::ACCEPTED,
        Code::UnknownAction => StatusCode::NOT_FOUND,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
        Code::Cancelled | Code::LiveError => StatusCode::CONFLICT,
        Code::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        Code::LineTooLong => StatusCode::PAYLOAD_TOO_LARGE,
        Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::InvalidJson | Code::InvalidParams | Code::MissingAction => StatusCode::UNPROCESSABLE_ENTITY,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Code::Unsupported => StatusCode::NOT_IMPLEMENTED,
        Code::BridgeUnavailable | Code::BridgeMismatch | Code::Overloaded | Code::Unrecorded | Code::ShuttingDown => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Code::Expired | Code::OutcomeUnknown => StatusCode::GATEWAY_TIMEOUT,
    }
}

/// The response for a refused request.
pub fn of(refusal: &Refusal) -> Response {
    response(status(refusal.code), refusal)
}

/// The same, with another status.
pub fn response(status: StatusCode, refusal: &Refusal) -> Response {
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": refusal.message,
        "code": refusal.code.name(),
    });
    if let Some(ms) = refusal.retry_after_ms {
        body["retry_after_ms"] = ms.into();
    }
    if let Some(reference) = &refusal.reference {
        body["reference"] = reference.as_str().into();
    }
    if let Some(ticket) = &refusal.ticket {
        body["ticket"] = ticket.as_ref().into();
    }
    let mut response = Response::new(Body::from(format!("{body}\n")));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    let location = refusal.ticket.as_ref().map(|ticket| HeaderValue::from_str(&format!("/v1/approvals/{ticket}")));
    if let Some(Ok(location)) = location {
        headers.insert(LOCATION, location);
    }
    if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        let seconds = refusal.retry_after_ms.unwrap_or(1_000).div_ceil(1_000);
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
