//! The documentation of the door: OpenAPI for programs, and one page for people. Both are public and contain nothing about a set.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;

use super::openapi;
use crate::command::catalogue;

/// `GET /v1/openapi.json`.
pub async fn openapi() -> Response {
    static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| openapi::document().to_string().into());
    respond(DOCUMENT.clone(), "application/json")
}

/// `GET /v1/docs`.
pub async fn page() -> Response {
    static PAGE: LazyLock<Bytes> = LazyLock::new(|| html().into());
    respond(PAGE.clone(), "text/html; charset=utf-8")
}

fn respond(content: Bytes, kind: &'static str) -> Response {
    let mut response = Response::new(Body::from(content));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn html() -> String {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>livegate</title><h1>livegate</h1>\
         <p>Each action is <code>POST /v1/actions/NAME</code> with its parameters as JSON. The whole description is \
         <a href=\"openapi.json\">openapi.json</a>.</p><table><tr><th>action<th>takes<th>does</tr>",
    );
    for action in catalogue().actions() {
        let doc = action.entry["doc"].as_str().unwrap_or_default();
        let takes: Vec<&str> = action.params.iter().map(|param| param.name.as_str()).collect();
        let row = (escape(&action.name), escape(&takes.join(", ")), escape(doc));
        write!(page, "<tr><td><code>{}</code><td>{}<td>{}</tr>", row.0, row.1, row.2).expect("memory");
    }
    page + "</table></html>\n"
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
