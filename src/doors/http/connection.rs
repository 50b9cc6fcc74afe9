//! Serves one HTTP connection: hyper with limits, until the client, a deadline or the gateway ends it.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};

use super::link::{Busy, Deadlines, Link, Protocol, Watched};
use super::{HttpArrival, HttpDoor};
use crate::config;
use crate::gateway::accept::evicted;
use crate::platform::shutdown::shutdown_requested;

/// Buffers of one connection.
const BUFFER_BYTES: usize = 64 * 1024;
/// How long responses may take once the connection is closing.
const LAST_RESPONSES: Duration = Duration::from_secs(3);
/// The most HTTP/2 streams that the gateway resets because of client errors before it closes the connection.
const ERRORS_MAX: usize = 32;

pub async fn serve(door: Arc<HttpDoor>, router: Router, arrival: HttpArrival) {
    let HttpArrival { peer, address, port, stream, transport, protocol, caller } = arrival;
    let link = Arc::new(Link::new(peer, address, port, transport, caller));
    let io = TokioIo::new(Watched::new(stream, link.clone(), protocol));
    let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let door = door.clone();
        let router = router.clone();
        let link = link.clone();
        // Check this before more is read from the connection.
        let busy = link.request();
        let unhandled = link.unhandled();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(unhandled);
            let response = door.answer(router, &link, request).await;
            Ok::<_, Infallible>(response.map(|body| BusyBody { body, _busy: busy }))
        }
    });
    let config = &door.context.shared.config.http;
    match protocol {
        Protocol::Http1 => {
            let mut builder = http1::Builder::new();
            // Its timeout of headers would also end a connection that waits for a request; `Link` has one that does not.
            builder.timer(TokioTimer::new()).header_read_timeout(None);
            builder.max_headers(config.headers_max).max_buf_size(BUFFER_BYTES);
            builder.max_header_size(config.headers_bytes_max);
            let connection = builder.serve_connection(io, service).with_upgrades();
            drive(&door, &link, pin!(connection), |connection| connection.graceful_shutdown()).await;
        }
        Protocol::Http2 => {
            let mut builder = http2::Builder::new(TokioExecutor::new());
            builder.timer(TokioTimer::new()).keep_alive_interval(Duration::from_secs(config.ping_s));
            builder.max_concurrent_streams(config.requests_per_connection_max);
            builder.max_header_list_size(u32::try_from(config.headers_bytes_max).unwrap_or(u32::MAX));
            builder.max_pending_accept_reset_streams(config.resets_max).max_local_error_reset_streams(ERRORS_MAX);
            builder.max_send_buf_size(BUFFER_BYTES);
            let connection = builder.serve_connection(io, service);
            drive(&door, &link, pin!(connection), |connection| connection.graceful_shutdown()).await;
        }
    }
}

/// Drive a connection until it ends, or must end.
async fn drive<C>(door: &HttpDoor, link: &Arc<Link>, mut connection: Pin<&mut C>, shut: impl Fn(Pin<&mut C>))
where
    C: Future<Output = hyper::Result<()>>,
{
    let shared = &door.context.shared;
    let deadlines = Deadlines {
        recognition: config::ms(shared.config.connections.first_line_ms),
        headers: config::ms(shared.config.http.headers_ms),
        idle: Duration::from_secs(shared.config.http.idle_s),
        unread: config::ms(shared.config.connections.unread_answer_ms),
    };
    let mut shutdown = door.context.shutdown.clone();
    let mut end: Option<Instant> = None;
    let mut eviction = pin!(link.eviction());
    loop {
        let now = Instant::now();
        let look = match link.is_over(deadlines, now) {
            _ if end.is_some_and(|end| end <= now) => return,
            Err(over) => {
                tracing::debug!(address = %link.address, ?over, "ending an HTTP connection");
                return;
            }
            Ok(look) => end.map_or(look, |end| end.min(look)),
        };
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(address = %link.address, %error, "an HTTP connection ended");
                }
                return;
            }
            () = eviction.as_mut() => {
                door.context.recorder.note(evicted(link.address));
                return;
            }
            () = shutdown_requested(&mut shutdown), if end.is_none() => {
                end = Some(Instant::now() + LAST_RESPONSES);
                shut(connection.as_mut());
            }
            () = link.last_response.notified(), if end.is_none() => {
                end = Some(Instant::now() + LAST_RESPONSES);
                shut(connection.as_mut());
            }
            () = link.headers_begun.notified() => (),
            () = tokio::time::sleep_until(look.into()) => (),
        }
    }
}

/// A response's body. The request stays in progress until the body is read or dropped.
struct BusyBody {
    body: Body,
    _busy: Busy,
}

impl http_body::Body for BusyBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
