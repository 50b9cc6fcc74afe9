//! The interface between doors and sessions: the peer, the door, and the connection that carries messages.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;

use crate::gateway::accept::Peer;
use crate::gateway::identify::Caller;
use crate::platform::clock::Moment;
use crate::wire::id::Id;
use crate::wire::message::Message;
use crate::wire::refusal::Refusal;

/// A connection whose session can begin.
pub struct Entered {
    /// The admitted connection, which holds its slot of the connection limits.
    pub peer: Peer,
    /// The codec.
    pub connection: Box<dyn Connection>,
    /// The `channel` of the session's row.
    pub door: Door,
    /// `None` for doors with a single transport.
    pub transport: Option<Transport>,
    /// Keying material exported from the TLS connection, to which a pairing is bound.
    pub exporter: Option<[u8; 32]>,
    /// Whether the client has presented a certificate. Its silence is not penalised.
    pub has_key: bool,
    /// The caller, if the connection needs no sign-in or has presented a client certificate.
    pub caller: Option<Arc<Caller>>,
}

/// The door of a session: the `channel` of its row. Later stages do not depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Door {
    /// JSON lines over TCP or TLS.
    Lines,
    /// REST and server-sent events.
    Http,
    /// JSON lines as text frames of a WebSocket.
    Websocket,
    /// The Model Context Protocol over HTTP, or over a stream of lines.
    Mcp,
    /// OSC over UDP or TCP.
    Osc,
    /// JSON lines over a socket in the state folder (Windows: a named pipe), for programs of this user.
    Pipe,
    /// JSON lines over the control socket in the state folder, for the owner.
    Console,
}

impl Door {
    /// Its name in the session's row.
    pub const fn name(self) -> &'static str {
        match self {
            Door::Lines => "lines",
            Door::Http => "http",
            Door::Websocket => "websocket",
            Door::Mcp => "mcp",
            Door::Osc => "osc",
            Door::Pipe => "pipe",
            Door::Console => "console",
        }
    }
}

/// The transport of a session, as its row names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Plain TCP on this machine.
    Loopback,
    /// TLS 1.3.
    Tls,
}

impl Transport {
    /// Its name in the session's row.
    pub const fn name(self) -> &'static str {
        match self {
            Transport::Loopback => "loopback",
            Transport::Tls => "tls",
        }
    }
}

/// A door's codec for one connection. Dropping it closes the connection.
pub trait Connection: Send {
    /// Receive available data. Cancelling the poll loses nothing. `Ok(0)`: the client has ended its input.
    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>>;

    /// The next complete message in the received data, and when it arrived.
    fn next_message(&mut self) -> Result<Option<(Message, Moment)>, Unreadable>;

    /// The client has ended its input. An error if that was within a message.
    fn finish(&mut self) -> Result<(), Unreadable>;

    /// The session stops waiting for this connection until the next `poll_receive`. Data that arrives in between counts as having arrived now.
    fn pause_reading(&mut self);

    /// Set the length limit of further messages.
    fn set_message_bytes_max(&mut self, bytes_max: usize);

    /// Queue an answer, a line of JSON. `id` is that of its message, if any.
    fn answer(&mut self, id: Option<Id>, line: Vec<u8>);

    /// Queue an event, a line of JSON.
    fn event(&mut self, line: Bytes);

    /// Queue the reason why the connection closes, a line of JSON.
    fn notice(&mut self, line: Vec<u8>);

    /// Whether queued data remains to be sent.
    fn is_pending(&self) -> bool;

    /// Since when the client has read nothing, if data is pending and the session should enforce the time limit.
    fn stuck_since(&self) -> Option<Instant>;

    /// Send pending data. Returns how many bytes of queued lines were sent.
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>>;

    /// Close the connection in order, within a bounded time.
    fn close(self: Box<Self>) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// Received bytes that are not a message, after which none can be found. The session refuses them and closes the connection.
#[derive(Debug)]
pub struct Unreadable {
    /// The answer to the client.
    pub refusal: Refusal,
    /// The beginning of the data, for its digest in the trail.
    pub bytes: Bytes,
}
