//! Settings of the HTTP door.

use std::net::SocketAddr;

use serde::Deserialize;

use super::error::{Result, refused};

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Plain HTTP for this machine, loopback addresses only; every request needs a credential.
    pub listen: Vec<SocketAddr>,
    /// HTTP over TLS alone, for clients that send no ALPN.
    pub tls_listen: Vec<SocketAddr>,
    /// Web origins, besides the gateway's own, whose pages may send requests, such as `["https://deck.example"]`.
    pub origins: Vec<String>,
    /// Longest wait for a request's headers.
    pub headers_ms: u64,
    /// Headers of one request.
    pub headers_max: usize,
    /// Bytes of all headers of one request.
    pub headers_bytes_max: usize,
    /// Longest wait for a request's body, below connections.first_line_ms; requests.line_bytes_max limits its length.
    pub body_ms: u64,
    /// Bodies that are being read, of all requests together.
    pub bodies_bytes_max: usize,
    /// A connection without a request for this long is closed.
    pub idle_s: u64,
    /// Requests at once on one HTTP/2 connection.
    pub requests_per_connection_max: u32,
    /// HTTP/2 requests that a client may reset before they begin; beyond this, its connection is closed.
    pub resets_max: usize,
    /// Event streams of one caller at one address.
    pub event_streams_max: usize,
    /// Sessions at once, one for each credential and address.
    pub sessions_max: usize,
    /// A session without a request for this long ends.
    pub session_idle_s: u64,
    /// Interval between pings and keep-alive comments.
    pub ping_s: u64,
}

impl Default for Http {
    fn default() -> Http {
        Http {
            listen: vec![super::loopback(9080)],
            tls_listen: Vec::new(),
            origins: Vec::new(),
            headers_ms: 5_000,
            headers_max: 64,
            headers_bytes_max: 16 * 1024,
            body_ms: 5_000,
            bodies_bytes_max: 16 * 1024 * 1024,
            idle_s: 75,
            requests_per_connection_max: 32,
            resets_max: 32,
            event_streams_max: 16,
            sessions_max: 1_024,
            session_idle_s: 60,
            ping_s: 30,
        }
    }
}

impl Http {
    pub(super) fn check(&self) -> Result<()> {
        if let Some(address) = self.listen.iter().find(|address| !address.ip().is_loopback()) {
            return Err(refused(format!(
                "http.listen has {address}, where tokens would cross the network in the clear; use tls.listen for it"
            )));
        }
        let is_origin = |origin: &str| {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*', '?', '#', '@', ' ']))
        };
        match self.origins.iter().find(|origin| !is_origin(origin)) {
            Some(origin) => {
                Err(refused(format!("http.origins has {origin:?}; an origin is https://HOST or https://HOST:PORT")))
            }
            None => Ok(()),
        }
    }
}
