//! What a door hands a session: who has come, by which door, and the connection that messages come over.

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
    pub peer: Peer,
    pub connection: Box<dyn Connection>,
    pub door: Door,
    /// `None` where the door has one alone.
    pub transport: Option<Transport>,
    /// Keying material exported from the TLS connection, to which a pairing is bound.
    pub exporter: Option<[u8; 32]>,
    /// Whether the client has shown a certificate. Its silence is not penalised.
    pub has_key: bool,
    /// Of a connection that needs no sign-in, or that has shown a client certificate.
    pub caller: Option<Arc<Caller>>,
}

/// How a session came in: the `channel` of its row. Nothing else behind the doors depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Door {
    Lines,
    Http,
    Websocket,
    Mcp,
    Osc,
    Pipe,
    Console,
}

impl Door {
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

/// What carries a session: the `transport` of its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    Loopback,
    Tls,
}

impl Transport {
    pub const fn name(self) -> &'static str {
        match self {
            Transport::Loopback => "loopback",
            Transport::Tls => "tls",
        }
    }
}

/// A door's codec over one connection. Dropping it closes the connection.
pub trait Connection: Send {
    /// Receive what is there; nothing is lost if the session polls for something else. `Ok(0)`: the client sends no more.
    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>>;

    /// The next whole message among what was received, and when it arrived.
    fn next_message(&mut self) -> Result<Option<(Message, Moment)>, Unreadable>;

    /// The client sends no more. An error if it ended within a message.
    fn finish(&mut self) -> Result<(), Unreadable>;

    /// The session does something else than wait for this connection, until the next `poll_receive`: what comes meanwhile counts as
    /// having arrived now.
    fn pause_reading(&mut self);

    /// How long the messages that follow may be.
    fn set_message_bytes_max(&mut self, bytes_max: usize);

    /// Queue an answer, a line of JSON. `id` is that of its message, if it had one.
    fn answer(&mut self, id: Option<Id>, line: Vec<u8>);

    /// Queue an event, a line of JSON.
    fn event(&mut self, line: Bytes);

    /// Queue the reason why the connection closes, a line of JSON.
    fn notice(&mut self, line: Vec<u8>);

    /// Whether something queued has not left yet.
    fn is_pending(&self) -> bool;

    /// Since when the client has taken nothing, if something is pending and the session is to close the connection for it.
    fn stuck_since(&self) -> Option<Instant>;

    /// Send what is pending. Returns how many bytes of the queued lines have left.
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>>;

    /// Close the connection in an orderly way, within a bounded time.
    fn close(self: Box<Self>) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// Received bytes that are no message, and after which none can be found. The session refuses them and closes the connection.
#[derive(Debug)]
pub struct Unreadable {
    pub refusal: Refusal,
    pub bytes: Bytes,
}
