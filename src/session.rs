//! One connection, from its first message to its last answer: messages come in and are decided, answers go out in their order.

pub(crate) mod approved;
pub mod connection;
mod deciding;
pub(crate) mod decision;
mod ending;
mod pairing;
mod signing_in;
mod standing;

use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::sync::watch;
use tokio::time::sleep_until;

use crate::audit::{Anchor, Event};
use crate::config;
use crate::gateway::accept::Peer;
use crate::gateway::identify::{Caller, SignInEnd};
use crate::gateway::limit::Allowance;
use crate::gateway::record::{Origin, Recorder};
use crate::identity::Narrowing;
use crate::platform::clock::Moment;
use crate::platform::shutdown::shutdown_requested;
use crate::replies::answers::{Answers, ConnectionHandle};
use crate::shared::Shared;
use crate::wire::id::Id;
use crate::wire::refusal::Refusal;
use connection::{Connection, Door, Entered, Transport};
use pairing::PairingEnd;
use standing::Standing;

/// What a session needs to start.
#[derive(Clone)]
pub struct SessionContext {
    /// The tables and settings that all sessions and admin actions share.
    pub shared: Arc<Shared>,
    pub(crate) recorder: Recorder,
    /// Becomes true when the gateway shuts down.
    pub shutdown: watch::Receiver<bool>,
}

/// The driver of one connection: it reads messages, decides about each, and sends answers and events.
pub struct Session {
    shared: Arc<Shared>,
    recorder: Recorder,
    peer: Peer,
    door: Door,
    transport: Option<Transport>,
    connection: Box<dyn Connection>,
    standing: Standing,
    allowance: Arc<Allowance>,
    /// The session's row, to which its decisions refer.
    anchor: Arc<Anchor>,
    answers: Answers,
    connection_handle: Arc<ConnectionHandle>,
    /// The origin under which its refusals are counted.
    origin: Origin,
    sign_in_failures: u32,
    pairing: PairingEnd,
    /// When the last message was received or the last answer sent.
    active: Moment,
    phase: Phase,
    /// The reason for closing, to be sent after the last answer, because a client could take it for one.
    closing_refusal: Option<Refusal>,
    /// The deadline for the last answers, once the gateway shuts down.
    end_by: Option<Instant>,
    shutdown: watch::Receiver<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Open,
    /// Nothing more is read. Requests that were read are still answered.
    Closing,
    /// The client has disconnected.
    Over,
}

/// The events that a connection waits for.
enum Next {
    Received,
    EndOfInput,
    Answers(Vec<(Option<Id>, Vec<u8>)>),
    Wrote(usize),
    Events,
    Gone,
    DirectoryChanged,
    Deadline,
    Evicted,
    Shutdown,
}

/// The most bytes of events that are queued at once, approximately.
const EVENTS_BYTES: usize = 64 * 1024;
/// The limit of unread bytes of a connection whose caller has reached its own limit. Its requests are refused then, and refusals are short.
const UNREAD_BYTES_MAX_WHEN_OVER: usize = 16 * 1024;
/// How long a session may take for its last answers at shutdown.
const LAST_ANSWERS_MS: u64 = 3_000;

impl Session {
    /// The session of an admitted connection. `run` drives it until the connection closes.
    pub fn new(context: SessionContext, entered: Entered) -> Session {
        let SessionContext { shared, recorder, shutdown } = context;
        let Entered { peer, mut connection, door, transport, exporter, has_key, caller } = entered;
        let bounds = &shared.config;
        let until = Instant::now() + config::ms(bounds.connections.first_line_ms);
        connection.set_message_bytes_max(bounds.requests.line_bytes_max_before_sign_in);
        let allowance = shared.limits.unauthenticated();
        let answers = Answers::new(shared.connections.number(), allowance.unread.clone());
        let mut session = Session {
            connection,
            standing: Standing::Unauthenticated { until, known: has_key },
            allowance,
            anchor: Arc::new(Anchor::new(session_event(door, transport, &peer, caller.as_deref()))),
            connection_handle: answers.connection_handle().clone(),
            answers,
            origin: origin(door, &peer, &shared),
            sign_in_failures: 0,
            pairing: PairingEnd::over(exporter),
            active: shared.clock.now(),
            phase: Phase::Open,
            closing_refusal: None,
            end_by: None,
            door,
            transport,
            shared,
            recorder,
            peer,
            shutdown,
        };
        if let Some(caller) = caller {
            session.begin_as(caller);
        }
        session
    }

    /// Serve the connection until it ends. Its end cancels no request.
    pub async fn run(mut self) {
        let mut directory = self.shared.directory.changes();
        self.record_sign_in_by_key().await;
        // The caller may have changed between its recognition and the subscription to changes.
        self.check_sign_in().await;
        while !self.is_over() {
            self.expire_sign_in().await;
            self.write_closing_refusal();
            match self.next(&mut directory).await {
                Next::Received => self.take_messages().await,
                Next::EndOfInput => self.end_of_input().await,
                Next::Answers(answers) => {
                    self.active = self.shared.clock.now();
                    for (id, line) in answers {
                        self.connection.answer(id, line);
                    }
                    self.send().await;
                    // An answered request frees capacity for messages in the buffer.
                    self.take_messages().await;
                }
                Next::Wrote(count) => {
                    self.answers.written(count);
                    // Messages in the buffer may have waited for the client to read.
                    self.take_messages().await;
                }
                Next::Events => self.write_events(),
                Next::Gone => self.end("the client disconnected"),
                Next::DirectoryChanged => {
                    self.check_sign_in().await;
                    // The new role may permit events that wait.
                    self.connection_handle.mailbox.wake();
                }
                Next::Deadline => self.deadline_passed(),
                Next::Evicted => self.leave(),
                Next::Shutdown => {
                    self.end_by = Some(Instant::now() + config::ms(LAST_ANSWERS_MS));
                    self.close();
                }
            }
        }
        self.end_pairing().await;
        let is_gone = self.phase == Phase::Over;
        let (connection, peer) = self.into_connection();
        if !is_gone {
            tokio::select! {
                () = connection.close() => (),
                () = peer.evicted() => (),
            }
        }
    }

    /// The connection and its peer. Everything else is dropped, because the recorder ends when its last handle is.
    fn into_connection(self) -> (Box<dyn Connection>, Peer) {
        (self.connection, self.peer)
    }

    async fn next(&mut self, directory: &mut watch::Receiver<u64>) -> Next {
        let expires = self.standing.caller().and_then(|caller| Some(caller.sign_in()?.expires));
        let over = [expires, self.idle_until()].into_iter().flatten().min();
        let deadline = self.next_deadline();
        let may_read = self.may_read();
        let is_pending = self.connection.is_pending();
        let may_tell = !is_pending && self.phase == Phase::Open;
        let clock = &self.shared.clock;
        let next = tokio::select! {
            moved = progress(self.connection.as_mut(), may_read, is_pending), if may_read || is_pending => moved,
            answers = self.answers.next() => Next::Answers(answers),
            // Events wait while the client does not read. It may miss values, but gets the newest.
            () = self.connection_handle.mailbox.filled(), if may_tell => Next::Events,
            _ = directory.changed() => Next::DirectoryChanged,
            () = until(deadline, |at| sleep_until(at.into())) => Next::Deadline,
            () = until(over, |at| clock.sleep_until(at)) => Next::Deadline,
            () = self.peer.evicted() => Next::Evicted,
            () = shutdown_requested(&mut self.shutdown), if self.end_by.is_none() => Next::Shutdown,
        };
        self.connection.pause_reading();
        next
    }

    /// Send answers at once, as far as the client takes them.
    async fn send(&mut self) {
        match poll_fn(|context| Poll::Ready(poll_send(self.connection.as_mut(), context))).await {
            Poll::Ready(Ok(count)) => self.answers.written(count),
            Poll::Ready(Err(_)) => self.end("the client disconnected"),
            Poll::Pending => (),
        }
    }

    /// Write the events that the caller is still permitted to read.
    fn write_events(&mut self) {
        let Some(caller) = self.standing.caller().cloned() else { return };
        for line in self.connection_handle.mailbox.take(EVENTS_BYTES, |topic| self.shared.may_subscribe(&caller, topic))
        {
            self.active = self.shared.clock.now();
            self.answers.announced(line.len());
            self.connection.event(line);
        }
    }

    /// Whether to read from the client. A client that does not read its answers is not read.
    fn may_read(&self) -> bool {
        let bounds = &self.shared.config.connections;
        let unread_bytes_max =
            if self.answers.may_be_unread() { bounds.unread_answer_bytes_max } else { UNREAD_BYTES_MAX_WHEN_OVER };
        self.phase == Phase::Open
            && self.answers.outstanding() < bounds.unanswered_max
            && self.answers.unwritten_bytes() <= unread_bytes_max
    }

    /// Close the connection if its user or token has been revoked.
    async fn check_sign_in(&mut self) {
        let Some(caller) = self.standing.caller_or_former() else { return };
        if let Err(revoked @ SignInEnd::Revoked) = caller.current_role(&self.shared.directory) {
            let event = Event::new("session_ended")
                .with("caller", caller.name().as_ref())
                .with("reason", "its sign-in was revoked");
            self.recorder.event(event).await;
            self.sign_out();
            self.close_with(revoked.refusal());
        }
    }

    fn address(&self) -> Option<String> {
        self.peer.address.map(|address| address.to_string())
    }
}

/// The origin under which a session's refusals are counted. A pipe has no address and counts as this machine.
fn origin(door: Door, peer: &Peer, shared: &Shared) -> Origin {
    match (door, peer.address) {
        (Door::Console, _) => Origin::Console,
        (_, address) => {
            let ip = address.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip());
            Origin::Source(shared.limits.sources.of(ip))
        }
    }
}

/// Send pending data, or receive.
async fn progress(connection: &mut dyn Connection, may_read: bool, is_pending: bool) -> Next {
    poll_fn(|context| {
        if is_pending && let Poll::Ready(wrote) = poll_send(connection, context) {
            return Poll::Ready(wrote.map_or(Next::Gone, Next::Wrote));
        }
        if may_read && let Poll::Ready(received) = connection.poll_receive(context) {
            return Poll::Ready(match received {
                Ok(0) | Err(_) => Next::EndOfInput,
                Ok(_) => Next::Received,
            });
        }
        Poll::Pending
    })
    .await
}

/// Send pending data as far as the client takes it. Returns how many bytes were sent.
fn poll_send(connection: &mut dyn Connection, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
    let mut sent = 0;
    while connection.is_pending() {
        match connection.poll_send(context) {
            Poll::Ready(Ok(0)) => break,
            Poll::Ready(Ok(count)) => sent += count,
            Poll::Pending if sent > 0 => break,
            other => return other,
        }
    }
    Poll::Ready(Ok(sent))
}

/// Wait until a moment, if there is one.
async fn until<T, F: Future<Output = ()>>(moment: Option<T>, sleep: impl FnOnce(T) -> F) {
    match moment {
        Some(moment) => sleep(moment).await,
        None => std::future::pending().await,
    }
}

fn session_event(door: Door, transport: Option<Transport>, peer: &Peer, caller: Option<&Caller>) -> Event {
    Event::new("session")
        .with("channel", door.name())
        .with_some("transport", transport.map(Transport::name))
        .with_some("address", peer.address.map(|address| address.to_string()))
        .with_some("caller", caller.map(|caller| caller.name().as_ref()))
        .with_some("proof", caller.and_then(Caller::proof))
        .with_some("only", caller.and_then(Caller::narrowing).map(Narrowing::patterns))
        .with_some("jti", caller.and_then(Caller::jti).map(AsRef::<str>::as_ref))
        .with_some("key", caller.and_then(Caller::key).map(AsRef::<str>::as_ref))
}
