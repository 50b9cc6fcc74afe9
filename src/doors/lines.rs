//! The line door: newline-delimited JSON over TLS, over loopback, over the pipe and over the control socket.

mod incoming;
mod outgoing;

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;

use crate::gateway::accept::Peer;
use crate::gateway::handshake::{self, Channel};
use crate::gateway::identify::Caller;
use crate::gateway::interpret;
use crate::platform::Stream;
use crate::platform::clock::{Clock, Moment};
use crate::session::connection::{Connection, Door, Entered, Transport, Unreadable};
use crate::wire::id::Id;
use crate::wire::line::TooLong;
use crate::wire::message::{Leniency, Message};
use crate::wire::refusal::{Code, Refusal};
use incoming::Incoming;
use outgoing::Outgoing;

/// The connection for a peer that uses the line protocol.
pub fn enter(peer: Peer, channel: Channel, door: Door, caller: Option<Arc<Caller>>, clock: &Clock) -> Entered {
    enter_read(peer, channel, door, Leniency::Strict, caller, clock)
}

/// The same with a choice of lenient or strict parsing of parameters.
pub fn enter_read(
    peer: Peer,
    channel: Channel,
    door: Door,
    reading: Leniency,
    caller: Option<Arc<Caller>>,
    clock: &Clock,
) -> Entered {
    let Channel { stream, exporter, client_key, application: _ } = channel;
    let transport = match (door, exporter) {
        (Door::Lines, Some(_)) => Some(Transport::Tls),
        (Door::Lines, None) => Some(Transport::Loopback),
        _ => None,
    };
    let connection = Box::new(LineConnection::new(stream, reading, clock.clone(), exporter.is_none()));
    Entered { peer, connection, door, transport, exporter, has_key: client_key.is_some(), caller }
}

/// A console, on the owner's control socket.
pub fn console(peer: Peer, stream: Box<dyn Stream>, clock: &Clock) -> Entered {
    enter(peer, handshake::without_tls(stream), Door::Console, Some(Caller::at_console()), clock)
}

/// Lines over a byte stream.
struct LineConnection {
    stream: Box<dyn Stream>,
    incoming: Incoming,
    outgoing: Outgoing,
    reading: Leniency,
    /// Whether the first byte has been checked.
    is_open: bool,
    /// Whether the client began with an HTTP request, whose answer has not been written.
    expects_http: bool,
}

impl LineConnection {
    fn new(stream: Box<dyn Stream>, reading: Leniency, clock: Clock, short_read_empties: bool) -> LineConnection {
        let incoming = Incoming::new(0, clock, short_read_empties);
        LineConnection { stream, incoming, outgoing: Outgoing::new(), reading, is_open: false, expects_http: false }
    }

    fn unreadable(&self, code: Code, message: String) -> Unreadable {
        self.refuse(Refusal::new(code, message))
    }

    fn refuse(&self, refusal: Refusal) -> Unreadable {
        Unreadable { refusal, bytes: Bytes::copy_from_slice(self.incoming.waiting()) }
    }
}

impl Connection for LineConnection {
    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.incoming.poll_read(&mut self.stream, context)
    }

    fn next_message(&mut self) -> Result<Option<(Message, Moment)>, Unreadable> {
        if !self.is_open {
            if self.incoming.is_blank() {
                return Ok(None);
            }
            self.is_open = true;
            let opening = interpret::opening(self.incoming.waiting()[0]);
            self.expects_http = opening.is_err() && begins_with_http(self.incoming.waiting());
            opening.map_err(|refusal| self.refuse(refusal))?;
        }
        match self.incoming.next_line() {
            Ok(line) => Ok(line.map(|(line, arrived)| (Message::line_read(line, self.reading), arrived))),
            Err(TooLong { line_bytes_max }) => {
                Err(self.unreadable(Code::LineTooLong, format!("a line has at most {line_bytes_max} bytes here")))
            }
        }
    }

    fn finish(&mut self) -> Result<(), Unreadable> {
        if self.incoming.is_blank() {
            return Ok(());
        }
        let message = "the connection ended within a line; a line ends with a newline".to_owned();
        Err(self.unreadable(Code::InvalidJson, message))
    }

    fn pause_reading(&mut self) {
        self.incoming.pause_reading();
    }

    fn set_message_bytes_max(&mut self, bytes_max: usize) {
        self.incoming.set_line_bytes_max(bytes_max);
    }

    fn answer(&mut self, _: Option<Id>, line: Vec<u8>) {
        if std::mem::take(&mut self.expects_http) {
            self.outgoing.push(http_head(line.len()).as_bytes());
        }
        self.outgoing.push(&line);
    }

    fn event(&mut self, line: Bytes) {
        self.outgoing.push(&line);
    }

    fn notice(&mut self, line: Vec<u8>) {
        self.outgoing.push(&line);
    }

    fn is_pending(&self) -> bool {
        self.outgoing.is_pending()
    }

    fn stuck_since(&self) -> Option<Instant> {
        self.outgoing.stuck_since()
    }

    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.outgoing.poll_write(&mut self.stream, context)
    }

    fn close(self: Box<Self>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(outgoing::close(self.stream))
    }
}

/// Whether bytes begin with the method of an HTTP request (RFC 9110, 9.3; RFC 5789).
fn begins_with_http(bytes: &[u8]) -> bool {
    const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
    METHODS.iter().any(|method| bytes.strip_prefix(method.as_bytes()).is_some_and(|rest| rest.starts_with(b" ")))
}

/// The head of the refusal that an HTTP client gets at a port for lines, so that it shows the reason (RFC 9112, 4).
fn http_head(body_bytes: usize) -> String {
    format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: {body_bytes}\r\n\
         Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )
}
