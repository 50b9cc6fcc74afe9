//! Lines as text frames of a WebSocket.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::time::{Interval, MissedTickBehavior, interval_at};
use tungstenite::protocol::{Role, WebSocketConfig};
use tungstenite::{Error, Message as Frame, Utf8Bytes, WebSocket};

use super::polled::Polled;
use crate::config;
use crate::platform::Stream;
use crate::platform::clock::{Clock, Moment};
use crate::session::connection::{Connection, Unreadable};
use crate::wire::id::Id;
use crate::wire::message::Message;
use crate::wire::refusal::{Code, Refusal};

pub struct WebSocketConnection {
    socket: WebSocket<Polled>,
    clock: Clock,
    /// The door's own message, which signs in with the credential of the handshake. Its id is `FIRST`.
    first: Option<Message>,
    /// Receives the answer to it, which the client does not get as a frame.
    first_answer: Option<oneshot::Sender<Bytes>>,
    received: VecDeque<(Bytes, Moment)>,
    /// Received data that is not a message.
    unreadable: Option<Unreadable>,
    /// Since when the session has not polled this connection, until it has been empty once. Data read meanwhile may have arrived then.
    unpolled_since: Option<Moment>,
    /// Lines that are not framed yet.
    queue: VecDeque<Bytes>,
    /// Bytes of lines whose frames are being written.
    in_frames: usize,
    /// Bytes of an answer that is not passed to the client.
    discarded: usize,
    /// When data first became pending.
    began: Instant,
    beat: Interval,
    /// Whether the client has sent something since the last ping.
    is_alive: bool,
    message_bytes_max: usize,
}

const FIRST: Id = Id::Door(0);
const BUFFER_BYTES: usize = 4 * 1024;
/// The most bytes of frames that are buffered for writing.
const FRAMES_BYTES: usize = 64 * 1024;
/// How long to wait for the client when closing.
const CLOSE_MS: u64 = 1_000;

impl WebSocketConnection {
    pub fn new(stream: Box<dyn Stream>, clock: Clock, ping_s: u64) -> WebSocketConnection {
        let config = WebSocketConfig::default().read_buffer_size(BUFFER_BYTES).write_buffer_size(FRAMES_BYTES);
        let period = Duration::from_secs(ping_s);
        let mut beat = interval_at(tokio::time::Instant::now() + period, period);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        WebSocketConnection {
            socket: WebSocket::from_raw_socket(Polled::new(stream), Role::Server, Some(config)),
            clock,
            first: None,
            first_answer: None,
            received: VecDeque::new(),
            unreadable: None,
            unpolled_since: None,
            queue: VecDeque::new(),
            in_frames: 0,
            discarded: 0,
            began: Instant::now(),
            beat,
            is_alive: true,
            message_bytes_max: 0,
        }
    }

    /// Send a message of the door's own before the client's. Returns its answer, a line of JSON.
    pub fn ask_first(&mut self, mut message: Message) -> oneshot::Receiver<Bytes> {
        message.set_id(FIRST);
        let (answer, answered) = oneshot::channel();
        self.first = Some(message);
        self.first_answer = Some(answer);
        answered
    }

    fn queue(&mut self, line: Bytes) {
        if !self.is_pending() {
            self.began = Instant::now();
        }
        self.queue.push_back(line);
    }

    /// Handle one frame. `Ok(None)`: it was not a message.
    fn take(&mut self, frame: Frame) -> Option<usize> {
        self.is_alive = true;
        match frame {
            Frame::Text(text) => {
                let arrived = self.unpolled_since.unwrap_or_else(|| self.clock.arrival());
                let count = text.len().max(1);
                self.received.push_back((Bytes::from(text), arrived));
                Some(count)
            }
            Frame::Binary(bytes) => {
                let refusal = Refusal::new(Code::InvalidJson, "a frame must be text with one JSON object");
                self.unreadable = Some(Unreadable { refusal, bytes });
                Some(1)
            }
            Frame::Ping(_) | Frame::Pong(_) | Frame::Close(_) | Frame::Frame(_) => None,
        }
    }

    /// Read and discard what the client still sends. With bytes unread, the system would reset the connection and destroy the last frame.
    fn drain(&mut self) -> Poll<()> {
        let mut dropped = [0; 8 * 1024];
        loop {
            match self.socket.get_mut().read(&mut dropped) {
                Ok(0) => return Poll::Ready(()),
                Ok(_) => (),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
                Err(_) => return Poll::Ready(()),
            }
        }
    }

    /// Send a ping at intervals. `false`: nothing has arrived since the last one.
    fn poll_beat(&mut self, context: &mut Context<'_>) -> bool {
        while self.beat.poll_tick(context).is_ready() {
            if !self.is_alive {
                return false;
            }
            self.is_alive = false;
            // The rest leaves with the next frame.
            let _ = self.socket.send(Frame::Ping(Bytes::new()));
        }
        true
    }
}

fn would_block(error: &Error) -> bool {
    matches!(error, Error::Io(error) if error.kind() == io::ErrorKind::WouldBlock)
}

impl Connection for WebSocketConnection {
    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.first.is_some() {
            return Poll::Ready(Ok(1));
        }
        self.socket.get_mut().wake(context);
        loop {
            match self.socket.read() {
                Ok(frame) => {
                    if let Some(count) = self.take(frame) {
                        return Poll::Ready(Ok(count));
                    }
                }
                Err(error) if would_block(&error) => {
                    self.unpolled_since = None;
                    return if self.poll_beat(context) { Poll::Pending } else { Poll::Ready(Ok(0)) };
                }
                Err(Error::ConnectionClosed | Error::AlreadyClosed) => return Poll::Ready(Ok(0)),
                Err(Error::Capacity(_)) => {
                    let message = format!("a frame has at most {} bytes here", self.message_bytes_max);
                    let refusal = Refusal::new(Code::LineTooLong, message);
                    self.unreadable = Some(Unreadable { refusal, bytes: Bytes::new() });
                    return Poll::Ready(Ok(1));
                }
                Err(Error::Utf8(_)) => {
                    let refusal = Refusal::new(Code::InvalidJson, "the frame is not UTF-8");
                    self.unreadable = Some(Unreadable { refusal, bytes: Bytes::new() });
                    return Poll::Ready(Ok(1));
                }
                Err(error) => return Poll::Ready(Err(io::Error::other(error))),
            }
        }
    }

    fn next_message(&mut self) -> Result<Option<(Message, Moment)>, Unreadable> {
        if let Some(first) = self.first.take() {
            return Ok(Some((first, self.clock.now())));
        }
        while let Some((bytes, arrived)) = self.received.pop_front() {
            if !bytes.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some((Message::line(bytes), arrived)));
            }
        }
        self.unreadable.take().map_or(Ok(None), Err)
    }

    fn finish(&mut self) -> Result<(), Unreadable> {
        Ok(())
    }

    fn pause_reading(&mut self) {
        self.unpolled_since.get_or_insert_with(|| self.clock.arrival());
    }

    fn set_message_bytes_max(&mut self, bytes_max: usize) {
        self.message_bytes_max = bytes_max;
        self.socket.set_config(|config| {
            config.max_message_size = Some(bytes_max);
            config.max_frame_size = Some(bytes_max);
        });
    }

    fn answer(&mut self, id: Option<Id>, line: Vec<u8>) {
        let first = if id == Some(FIRST) { self.first_answer.take() } else { None };
        match first {
            Some(first) => {
                self.discarded += line.len();
                // If the client has gone meanwhile, the handshake does not wait for it.
                let _ = first.send(line.into());
            }
            None => self.queue(line.into()),
        }
    }

    fn event(&mut self, line: Bytes) {
        self.queue(line);
    }

    fn notice(&mut self, line: Vec<u8>) {
        self.queue(line.into());
    }

    fn is_pending(&self) -> bool {
        self.discarded > 0 || self.in_frames > 0 || !self.queue.is_empty()
    }

    fn stuck_since(&self) -> Option<Instant> {
        self.is_pending().then(|| self.began.max(self.socket.get_ref().moved))
    }

    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.discarded > 0 {
            return Poll::Ready(Ok(std::mem::take(&mut self.discarded)));
        }
        self.socket.get_mut().wake(context);
        while self.in_frames < FRAMES_BYTES
            && let Some(line) = self.queue.pop_front()
        {
            self.in_frames += line.len();
            let text = line.slice(..line.trim_ascii_end().len());
            let text = Utf8Bytes::try_from(text).map_err(io::Error::other)?;
            match self.socket.write(Frame::Text(text)) {
                Err(error) if !would_block(&error) => return Poll::Ready(Err(io::Error::other(error))),
                _ => (),
            }
        }
        match self.socket.flush() {
            Ok(()) => Poll::Ready(Ok(std::mem::take(&mut self.in_frames))),
            Err(error) if would_block(&error) => Poll::Pending,
            Err(error) => Poll::Ready(Err(io::Error::other(error))),
        }
    }

    fn close(mut self: Box<Self>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            let closing = poll_fn(|context| {
                self.socket.get_mut().wake(context);
                // The first call sends the close frame; later ones wait for the client's.
                let _ = self.socket.close(None);
                loop {
                    match self.socket.read() {
                        Ok(_) => (),
                        Err(error) if would_block(&error) => return Poll::Pending,
                        Err(Error::ConnectionClosed | Error::AlreadyClosed) => return Poll::Ready(()),
                        Err(_) => return self.drain(),
                    }
                }
            });
            let _ = tokio::time::timeout(config::ms(CLOSE_MS), closing).await;
        })
    }
}
