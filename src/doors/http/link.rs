//! One HTTP connection as its requests see it: its peer, its state, and its deadlines.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;

use crate::gateway::accept::{Full, Peer};
use crate::gateway::identify::Caller;
use crate::platform::Stream;
use crate::session::connection::Transport;

/// The version of HTTP on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Http1,
    Http2,
}

/// State of one HTTP connection, shared by its requests.
pub struct Link {
    pub address: SocketAddr,
    /// The port that the client connected to.
    pub port: u16,
    pub transport: Transport,
    /// The caller of its client certificate.
    pub caller: Option<Arc<Caller>>,
    /// Its slot, until a WebSocket's session takes over the slot.
    peer: Mutex<Option<Peer>>,
    failures: AtomicU32,
    /// Wakes the connection's task to close it after the response in progress.
    pub last_response: Notify,
    /// Wakes it when the headers of a request begin.
    pub headers_begun: Notify,
    activity: Mutex<Activity>,
}

#[derive(Debug)]
struct Activity {
    began: Instant,
    /// Whether a credential of a request was accepted.
    is_recognised: bool,
    requests: usize,
    /// Requests whose body no handler has read yet.
    unhandled: usize,
    /// The task that waits for the end of the stream, which is delayed until every request is taken.
    end: Option<Waker>,
    /// Since when the headers of a request over HTTP/1.1 arrive.
    headers_since: Option<Instant>,
    /// When the last request ended.
    idle_since: Instant,
    /// Since when the socket accepts no data.
    stuck_since: Option<Instant>,
    /// Responses that are not completely read.
    responses: usize,
    /// When the client last read a part of a response, or when a response first became pending.
    progress: Instant,
}

/// The deadlines of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    pub recognition: Duration,
    pub headers: Duration,
    pub idle: Duration,
    pub unread: Duration,
}

/// Why a connection is over. None of these is penalised, because browsers open connections in advance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    Unrecognised,
    SlowHeaders,
    Idle,
    Unread,
}

impl Link {
    pub fn new(peer: Peer, address: SocketAddr, port: u16, transport: Transport, caller: Option<Arc<Caller>>) -> Link {
        let now = Instant::now();
        let activity = Activity {
            began: now,
            is_recognised: false,
            requests: 0,
            unhandled: 0,
            end: None,
            headers_since: None,
            idle_since: now,
            stuck_since: None,
            responses: 0,
            progress: now,
        };
        Link {
            address,
            port,
            transport,
            caller,
            peer: Mutex::new(Some(peer)),
            failures: AtomicU32::new(0),
            last_response: Notify::new(),
            headers_begun: Notify::new(),
            activity: Mutex::new(activity),
        }
    }

    /// A credential was accepted: the connection takes a caller's slot.
    pub fn recognised(&self) -> Result<(), Full> {
        if let Some(peer) = self.peer().as_mut() {
            peer.become_caller()?;
        }
        self.failures.store(0, Ordering::Relaxed);
        self.activity().is_recognised = true;
        Ok(())
    }

    /// A credential was refused. Returns the number of consecutive refusals.
    pub fn failed(&self) -> u32 {
        self.failures.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Take the slot, for the session that takes over this connection.
    pub fn take_peer(&self) -> Option<Peer> {
        self.peer().take()
    }

    pub fn eviction(&self) -> impl Future<Output = ()> + Send + use<> {
        let eviction = self.peer().as_ref().and_then(Peer::eviction);
        async move {
            match eviction {
                Some(eviction) => eviction.notified().await,
                None => std::future::pending().await,
            }
        }
    }

    /// Count a request and its response as in progress until the returned value is dropped.
    pub fn request(self: &Arc<Link>) -> Busy {
        let mut activity = self.activity();
        activity.requests += 1;
        activity.headers_since = None;
        Busy(self.clone())
    }

    /// Bytes came over HTTP/1.1. Where no request is in progress, they begin the headers of one.
    fn received(&self) {
        let mut activity = self.activity();
        if activity.requests == 0 && activity.headers_since.is_none() {
            activity.headers_since = Some(Instant::now());
            drop(activity);
            self.headers_begun.notify_one();
        }
    }

    /// Count a request whose handler has not taken it yet. A client that sends a request and disconnects cancels nothing, but hyper would drop the
    /// request at the end of the stream.
    pub fn unhandled(self: &Arc<Link>) -> Arc<UnhandledRequest> {
        self.activity().unhandled += 1;
        Arc::new(UnhandledRequest { link: self.clone(), is_taken: AtomicBool::new(false) })
    }

    /// Count a response as unread until the returned value is dropped.
    pub fn response(self: &Arc<Link>) -> ResponseReading {
        let mut activity = self.activity();
        if activity.responses == 0 {
            activity.progress = Instant::now();
        }
        activity.responses += 1;
        ResponseReading(self.clone())
    }

    /// Whether the connection is over; otherwise, when to check again.
    pub fn is_over(&self, deadlines: Deadlines, now: Instant) -> Result<Instant, Over> {
        let activity = self.activity();
        let passed = |since: Instant, limit: Duration| now.saturating_duration_since(since) >= limit;
        if !activity.is_recognised && passed(activity.began, deadlines.recognition) {
            return Err(Over::Unrecognised);
        }
        let mut looks = vec![now + deadlines.unread];
        if let Some(since) = activity.headers_since {
            if passed(since, deadlines.headers) {
                return Err(Over::SlowHeaders);
            }
            looks.push(since + deadlines.headers);
        }
        if !activity.is_recognised {
            looks.push(activity.began + deadlines.recognition);
        }
        if activity.requests == 0 {
            looks.push(activity.idle_since + deadlines.idle);
        }
        let stuck = activity.stuck_since.into_iter().chain((activity.responses > 0).then_some(activity.progress));
        let is_stuck = stuck.into_iter().any(|since| passed(since, deadlines.unread));
        if is_stuck {
            return Err(Over::Unread);
        }
        if activity.requests == 0 && passed(activity.idle_since, deadlines.idle) {
            return Err(Over::Idle);
        }
        Ok(looks.into_iter().min().unwrap_or(now + deadlines.unread))
    }

    fn activity(&self) -> MutexGuard<'_, Activity> {
        self.activity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn peer(&self) -> MutexGuard<'_, Option<Peer>> {
        self.peer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request in progress.
pub struct Busy(Arc<Link>);

impl Drop for Busy {
    fn drop(&mut self) {
        let mut activity = self.0.activity();
        activity.requests -= 1;
        activity.idle_since = Instant::now();
    }
}

/// A request that its handler has not taken yet.
pub struct UnhandledRequest {
    link: Arc<Link>,
    is_taken: AtomicBool,
}

impl UnhandledRequest {
    /// The handler has taken the request: it continues independently, or ends with the connection.
    pub fn taken(&self) {
        if self.is_taken.swap(true, Ordering::Relaxed) {
            return;
        }
        let mut activity = self.link.activity();
        activity.unhandled -= 1;
        let waker = if activity.unhandled == 0 { activity.end.take() } else { None };
        drop(activity);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Drop for UnhandledRequest {
    fn drop(&mut self) {
        self.taken();
    }
}

/// A response that the client reads.
pub struct ResponseReading(Arc<Link>);

impl ResponseReading {
    pub fn progress(&self) {
        self.0.activity().progress = Instant::now();
    }
}

impl Drop for ResponseReading {
    fn drop(&mut self) {
        self.0.activity().responses -= 1;
    }
}

/// The connection's stream, which notes since when it accepts no data.
pub struct Watched {
    stream: Box<dyn Stream>,
    link: Arc<Link>,
    protocol: Protocol,
    has_ended: bool,
}

impl Watched {
    pub fn new(stream: Box<dyn Stream>, link: Arc<Link>, protocol: Protocol) -> Watched {
        Watched { stream, link, protocol, has_ended: false }
    }

    /// Report the end of the stream once every request is taken.
    fn poll_end(&self, context: &Context<'_>) -> Poll<io::Result<()>> {
        let mut activity = self.link.activity();
        if activity.unhandled == 0 {
            return Poll::Ready(Ok(()));
        }
        activity.end = Some(context.waker().clone());
        Poll::Pending
    }

    fn note<T>(&self, moved: Poll<T>) -> Poll<T> {
        let mut activity = self.link.activity();
        match &moved {
            Poll::Ready(_) => activity.stuck_since = None,
            Poll::Pending => _ = activity.stuck_since.get_or_insert_with(Instant::now),
        }
        drop(activity);
        moved
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.has_ended {
            return self.poll_end(context);
        }
        let before = buffer.filled().len();
        let capacity = buffer.remaining();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        // A client that disconnects without `close_notify` ends TLS with an error.
        let is_end = match &read {
            Poll::Ready(Ok(())) => capacity > 0 && buffer.filled().len() == before,
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        };
        if is_end {
            self.has_ended = true;
            return self.poll_end(context);
        }
        if read.is_ready() && self.protocol == Protocol::Http1 {
            self.link.received();
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(wrote)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.note(flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
