//! Serves a stream of lines, a message each: the stdio transport, over whatever carries the bytes.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use rmcp::model::{ClientJsonRpcMessage, ClientNotification, GetExtensions, RequestId, ServerJsonRpcMessage};
use rmcp::service::{RoleServer, serve_server_with_ct};
use rmcp::transport::Transport;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::host::{Failure, Host};
use crate::message::{self, Read, Unreadable};
use crate::server::{Carrier, Server, code, data};

/// The limits of a stream.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Length of a message at most, without its line feed.
    pub line_bytes_max: usize,
    /// Unanswered requests at most.
    pub requests_max: usize,
    /// A client that reads nothing for this long is disconnected.
    pub unread: Duration,
    /// A client that sends nothing for this long, without an unanswered request, is disconnected.
    pub idle: Duration,
}

/// How the gateway ends a stream.
#[derive(Clone, Debug)]
pub struct StreamShutdown {
    /// Stops reading. Requests that were read are still answered.
    pub reading: CancellationToken,
    /// Stops reading and writing at once.
    pub all: CancellationToken,
}

/// Serve a stream until the client ends it, or `ends` do. `received` are bytes that were read already.
///
/// `written` is called after each line that the client has read.
pub async fn serve<R, W>(
    host: Arc<dyn Host>,
    limits: Limits,
    (read, received): (R, BytesMut),
    (write, written): (W, impl Fn() + Send + Sync + 'static),
    ends: StreamShutdown,
) where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let end = ends.all.child_token();
    let (outgoing, lines) = mpsc::channel(LINES_WAITING_MAX);
    let writing = Writer { lines, written, unread: limits.unread, end: end.clone() };
    let writing = tokio::spawn(writing.write_all(write));
    let (messages, incoming) = mpsc::channel(1);
    let in_flight = Arc::new(InFlight::new(limits.requests_max));
    let reader = Reader {
        host: host.clone(),
        messages,
        outgoing: outgoing.clone(),
        in_flight: in_flight.clone(),
        line_bytes_max: limits.line_bytes_max,
        idle: limits.idle,
    };
    let reading = tokio::spawn(async move {
        reader.read_all(read, received, &ends.reading).await;
        // What was asked is answered before `rmcp` sees the end.
        let _ = tokio::time::timeout(LAST_ANSWERS, reader.in_flight.all_answered()).await;
    });
    let transport = Lines { incoming, outgoing, in_flight };
    if let Ok(service) = serve_server_with_ct(Server::new(host, Carrier::Stream), transport, end.clone()).await {
        let _ = service.waiting().await;
    }
    reading.abort();
    // The last lines: the writer ends when its last sender is dropped.
    let _ = writing.await;
    end.cancel();
}

const LINES_WAITING_MAX: usize = 16;
/// How long the last answers may take, once the client sends no more.
const LAST_ANSWERS: Duration = Duration::from_secs(90);
const READ_BYTES: usize = 16 * 1024;

/// A line to write, and who waits for it to be written.
type Line = (Vec<u8>, Option<oneshot::Sender<()>>);

/// The requests that are not answered.
struct InFlight {
    slots: Arc<Semaphore>,
    requests_max: u32,
    taken: Mutex<HashMap<RequestId, OwnedSemaphorePermit>>,
}

impl InFlight {
    fn new(requests_max: usize) -> InFlight {
        let requests_max = u32::try_from(requests_max).unwrap_or(u32::MAX);
        let slots = Arc::new(Semaphore::new(requests_max as usize));
        InFlight { slots, requests_max, taken: Mutex::default() }
    }

    fn is_empty(&self) -> bool {
        self.taken().is_empty()
    }

    async fn all_answered(&self) {
        let _ = self.slots.acquire_many(self.requests_max).await;
    }

    /// Whether there was a slot for a request.
    fn take(&self, id: &RequestId) -> bool {
        let slot = self.slots.clone().try_acquire_owned().ok();
        slot.map(|slot| self.taken().insert(id.clone(), slot)).is_some()
    }

    fn free(&self, id: &RequestId) {
        self.taken().remove(id);
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<RequestId, OwnedSemaphorePermit>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads lines, and hands on those that are messages.
struct Reader {
    host: Arc<dyn Host>,
    messages: mpsc::Sender<ClientJsonRpcMessage>,
    outgoing: mpsc::Sender<Line>,
    in_flight: Arc<InFlight>,
    line_bytes_max: usize,
    idle: Duration,
}

impl Reader {
    async fn read_all(&self, mut read: impl AsyncRead + Unpin, mut buffer: BytesMut, end: &CancellationToken) {
        loop {
            let at = buffer.iter().position(|byte| *byte == b'\n');
            if at.unwrap_or(buffer.len()) > self.line_bytes_max {
                let failure = self.host.too_long(self.line_bytes_max).await;
                let _ = self.refuse(&Value::Null, &failure).await;
                return;
            }
            if let Some(at) = at {
                let line = buffer.split_to(at + 1).freeze();
                if !line.trim_ascii().is_empty() && self.hand_on(line).await.is_none() {
                    return;
                }
                continue;
            }
            buffer.reserve(READ_BYTES);
            let count = tokio::select! {
                count = read.read_buf(&mut buffer) => count,
                () = end.cancelled() => return,
                () = self.is_idle() => return,
            };
            if !count.is_ok_and(|count| count > 0) {
                return;
            }
        }
    }

    async fn is_idle(&self) {
        loop {
            tokio::time::sleep(self.idle).await;
            if self.in_flight.is_empty() {
                return;
            }
        }
    }

    /// `None`: the receiver is closed.
    async fn hand_on(&self, line: Bytes) -> Option<()> {
        let read = match message::read(&line) {
            Ok(read) => read,
            Err(Unreadable { id, reason }) => {
                let failure = self.host.unreadable(line, reason).await;
                return self.refuse(&id, &failure).await;
            }
        };
        let Read { value, arguments } = read;
        let id = value.get("id").cloned().unwrap_or_default();
        let mut message: ClientJsonRpcMessage = match serde_json::from_value(value) {
            Ok(message) => message,
            Err(_) => {
                let failure = self.host.unreadable(line, "this is no message of MCP".to_owned()).await;
                return self.refuse(&id, &failure).await;
            }
        };
        match &mut message {
            ClientJsonRpcMessage::Request(request) => {
                if !self.in_flight.take(&request.id) {
                    return self.refuse(&id, &too_many()).await;
                }
                if let Some(arguments) = arguments {
                    request.request.extensions_mut().insert(arguments);
                }
            }
            ClientJsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) = &notification.notification {
                    // It is not answered any more.
                    if let Some(id) = &cancelled.params.request_id {
                        self.in_flight.free(id);
                    }
                }
            }
            _ => (),
        }
        self.messages.send(message).await.ok()
    }

    async fn refuse(&self, id: &Value, failure: &Failure) -> Option<()> {
        let error = json!({"code": code(failure.code).0, "message": failure.message, "data": data(failure)});
        let line = format!("{}\n", json!({"jsonrpc": "2.0", "id": id, "error": error}));
        self.outgoing.send((line.into_bytes(), None)).await.ok()
    }
}

fn too_many() -> Failure {
    let message = "too many requests are unanswered on this connection; wait for answers".to_owned();
    Failure { code: "overloaded", message, data: Value::Null }
}

/// Writes lines until all senders are dropped, or the client reads no more.
struct Writer<F> {
    lines: mpsc::Receiver<Line>,
    written: F,
    unread: Duration,
    end: CancellationToken,
}

impl<F: Fn()> Writer<F> {
    async fn write_all(mut self, mut write: impl AsyncWrite + Unpin) {
        while let Some((line, waits)) = self.lines.recv().await {
            if self.write(&mut write, &line).await.is_err() {
                break;
            }
            (self.written)();
            waits.map(|waits| waits.send(()));
        }
        let _ = tokio::time::timeout(self.unread, write.shutdown()).await;
        self.end.cancel();
    }

    async fn write(&self, write: &mut (impl AsyncWrite + Unpin), line: &[u8]) -> io::Result<()> {
        let late = |_| io::Error::from(io::ErrorKind::TimedOut);
        for part in line.chunks(READ_BYTES) {
            tokio::time::timeout(self.unread, write.write_all(part)).await.map_err(late)??;
        }
        tokio::time::timeout(self.unread, write.flush()).await.map_err(late)?
    }
}

/// The stream as `rmcp` sees it.
struct Lines {
    incoming: mpsc::Receiver<ClientJsonRpcMessage>,
    outgoing: mpsc::Sender<Line>,
    in_flight: Arc<InFlight>,
}

impl Transport<RoleServer> for Lines {
    type Error = io::Error;

    fn send(&mut self, message: ServerJsonRpcMessage) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let outgoing = self.outgoing.clone();
        let in_flight = self.in_flight.clone();
        async move {
            let answered = match &message {
                ServerJsonRpcMessage::Response(response) => Some(response.id.clone()),
                ServerJsonRpcMessage::Error(error) => error.id.clone(),
                _ => None,
            };
            let mut line = serde_json::to_vec(&message).map_err(io::Error::other)?;
            line.push(b'\n');
            let (written, is_written) = oneshot::channel();
            let closed = || io::Error::from(io::ErrorKind::BrokenPipe);
            outgoing.send((line, Some(written))).await.map_err(|_| closed())?;
            is_written.await.map_err(|_| closed())?;
            if let Some(id) = &answered {
                in_flight.free(id);
            }
            Ok(())
        }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        self.incoming.recv().await
    }

    async fn close(&mut self) -> io::Result<()> {
        self.incoming.close();
        Ok(())
    }
}
