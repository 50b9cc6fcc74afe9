//! One connection, from its first byte to its last answer: lines come in and are decided, answers go out in their order.

mod outgoing;
mod pairing;
mod signing_in;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::io::{AsyncReadExt, ReadHalf};
use tokio::sync::watch;
use tokio::time::sleep_until;

use crate::answers::{Answers, Outlet, Slot};
use crate::audit::{Anchor, Event};
use crate::config;
use crate::gateway::accept::Peer;
use crate::gateway::handshake::{Channel, ChannelKind};
use crate::gateway::identify::{self, Caller, Lapsed};
use crate::gateway::interpret::{self, Id, Request};
use crate::gateway::limit::{Allowance, Failure};
use crate::gateway::record::{Entry, Origin, Recorder, RefusedLine};
use crate::gateway::{Decision, Entrance, Shared, Then, told_to_end};
use crate::identity::Narrowing;
use crate::line::{Lines, Stream};
use crate::refusal::{Code, Refusal};
use outgoing::Outgoing;
use pairing::PairingEnd;

pub struct Session {
    shared: Arc<Shared>,
    recorder: Recorder,
    peer: Peer,
    kind: ChannelKind,
    reader: ReadHalf<Box<dyn Stream>>,
    outgoing: Outgoing,
    caller: Option<Arc<Caller>>,
    /// Whose the connection was until the sign-in expired. It is nobody's now, and they may sign in again.
    former: Option<Arc<Caller>>,
    allowance: Arc<Allowance>,
    /// The session's row, to which its decisions refer.
    anchor: Arc<Anchor>,
    lines: Lines,
    answers: Answers,
    outlet: Arc<Outlet>,
    /// Where its refusals are counted.
    origin: Origin,
    sign_in_failures: u32,
    /// Whether it has shown what was signed here, good or too old, or failed by our fault: then its silence is no stranger's.
    is_known: bool,
    pairing: PairingEnd,
    /// While there is no caller: when there must be one.
    sign_in_until: Option<Instant>,
    /// The last line or answer.
    active: Instant,
    phase: Phase,
    /// Once the gateway has been told to end: until when the last answers may take.
    end_by: Option<Instant>,
    shutdown: watch::Receiver<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The first byte is still to come.
    Opening,
    Open,
    /// Nothing more is read; what was asked is still answered.
    Closing,
    /// Nobody is there to be answered.
    Over,
}

/// What a connection waits for.
enum Next {
    Read,
    EndOfInput,
    Answers(Vec<u8>),
    Wrote(usize),
    Events,
    Gone,
    DirectoryChanged,
    Deadline,
    SentAway,
    Shutdown,
}

/// About so much of what a connection has subscribed to is written at once.
const EVENTS_BYTES: usize = 64 * 1024;
/// How long a session may take to say its last answers when the gateway ends.
const LAST_ANSWERS_MS: u64 = 3_000;

impl Session {
    pub fn new(entrance: Entrance, peer: Peer, channel: Channel, caller: Option<Arc<Caller>>) -> Session {
        let Entrance { shared, recorder, shutdown } = entrance;
        let (now, bounds) = (Instant::now(), &shared.config);
        let (reader, writer) = tokio::io::split(channel.stream);
        let answers = Answers::new(shared.door.number());
        let mut session = Session {
            reader,
            outgoing: Outgoing::new(writer),
            allowance: shared.limits.of_nobody(),
            anchor: Arc::new(Anchor::new(session_event(channel.kind, &peer, caller.as_deref()))),
            lines: Lines::new(bounds.requests.line_bytes_max_before_sign_in),
            outlet: answers.outlet().clone(),
            answers,
            origin: peer
                .address
                .map_or(Origin::Console, |address| Origin::Source(shared.limits.sources.of(address.ip()))),
            sign_in_failures: 0,
            is_known: false,
            pairing: PairingEnd::over(channel.exporter),
            sign_in_until: Some(now + config::ms(bounds.connections.first_line_ms)),
            active: now,
            phase: Phase::Opening,
            end_by: None,
            kind: channel.kind,
            caller: None,
            former: None,
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

    /// Serve the connection until it ends. Nothing that was asked is cancelled by its end.
    pub async fn run(mut self) {
        let mut directory = self.shared.directory.changes();
        self.record_sign_in_by_key().await;
        // The caller of a connection that begins with one was recognised before changes were waited for.
        self.look_again().await;
        while !self.is_over() {
            self.let_go_of_expired().await;
            match self.next(&mut directory).await {
                Next::Read => self.take_lines().await,
                Next::EndOfInput => self.end_of_input().await,
                Next::Answers(answers) => {
                    self.active = Instant::now();
                    self.outgoing.push(&answers);
                    // Room has become free for lines that wait in the buffer.
                    self.take_lines().await;
                }
                Next::Wrote(count) => self.answers.written(count),
                Next::Events => self.tell_events(),
                Next::Gone => self.end("it is gone"),
                Next::DirectoryChanged => {
                    self.look_again().await;
                    // What could not be told to this role may be told to its next one.
                    self.outlet.mailbox.remind();
                }
                Next::Deadline => self.deadline_passed(Instant::now()),
                Next::SentAway => self.leave(),
                Next::Shutdown => {
                    self.end_by = Some(Instant::now() + config::ms(LAST_ANSWERS_MS));
                    self.close();
                }
            }
        }
        self.end_pairing().await;
        let is_gone = self.phase == Phase::Over;
        let (outgoing, reader, peer) = self.into_ends();
        if !is_gone {
            tokio::select! {
                () = outgoing.close(reader) => (),
                () = peer.told_to_leave() => (),
            }
        }
    }

    /// The connection itself, and its place. Everything else is let go of: the recorder ends when nobody can hand it rows any more.
    fn into_ends(self) -> (Outgoing, ReadHalf<Box<dyn Stream>>, Peer) {
        (self.outgoing, self.reader, self.peer)
    }

    async fn next(&mut self, directory: &mut watch::Receiver<u64>) -> Next {
        let expires = self.caller.as_ref().and_then(|caller| Some(caller.sign_in()?.expires));
        let deadline = expires.into_iter().fold(self.next_deadline(), Instant::min).into();
        let may_read = self.may_read();
        let is_pending = self.outgoing.is_pending();
        let may_tell = !is_pending && self.phase == Phase::Open;
        tokio::select! {
            read = self.reader.read_buf(self.lines.buffer_mut()), if may_read => match read {
                Ok(0) | Err(_) => Next::EndOfInput,
                Ok(_) => Next::Read,
            },
            answers = self.answers.next() => Next::Answers(answers),
            wrote = self.outgoing.write(), if is_pending => wrote.map_or(Next::Gone, Next::Wrote),
            // Values wait while the client does not take what there is: it misses some, and gets the newest.
            () = self.outlet.mailbox.filled(), if may_tell => Next::Events,
            _ = directory.changed() => Next::DirectoryChanged,
            _ = sleep_until(deadline) => Next::Deadline,
            () = self.peer.told_to_leave() => Next::SentAway,
            () = told_to_end(&mut self.shutdown), if self.end_by.is_none() => Next::Shutdown,
        }
    }

    /// Pass on what the connection has subscribed to, as far as its caller may still read it.
    fn tell_events(&mut self) {
        let Some(caller) = self.caller.clone() else { return };
        for line in self.outlet.mailbox.take(EVENTS_BYTES, |topic| self.shared.may_hear(&caller, topic)) {
            self.active = Instant::now();
            self.answers.announced(line.len());
            self.outgoing.push(&line);
        }
    }

    fn is_over(&self) -> bool {
        let all_said = self.answers.outstanding() == 0 && !self.outgoing.is_pending();
        self.phase == Phase::Over || (self.phase == Phase::Closing && all_said)
    }

    /// A client that does not take its answers is not read.
    fn may_read(&self) -> bool {
        let bounds = &self.shared.config.connections;
        matches!(self.phase, Phase::Opening | Phase::Open)
            && self.answers.outstanding() < bounds.unanswered_max
            && self.answers.unwritten_bytes() <= bounds.unread_answer_bytes_max
    }

    /// Decide every complete line that is here, in a row; then hand the results over.
    async fn take_lines(&mut self) {
        if self.phase == Phase::Opening {
            if self.lines.is_blank() {
                return;
            }
            self.phase = Phase::Open;
            if let Err(refusal) = interpret::opening(self.lines.waiting()[0]) {
                return self.refuse_bytes(refusal).await;
            }
        }
        let mut entries = Vec::new();
        while self.may_read() {
            match self.lines.next_line() {
                Ok(Some(line)) => {
                    self.active = Instant::now();
                    if let Some(request) = self.decide(&line, &mut entries) {
                        self.submit(&mut entries).await;
                        self.sign_in(request).await;
                    }
                }
                Ok(None) => break,
                Err(too_long) => {
                    self.submit(&mut entries).await;
                    let message = format!("a line has at most {} bytes here", too_long.line_bytes_max);
                    return self.refuse_bytes(Refusal::new(Code::LineTooLong, message)).await;
                }
            }
        }
        self.submit(&mut entries).await;
    }

    /// Decide a line. What comes back is a sign-in, which takes its time.
    fn decide(&mut self, line: &Bytes, entries: &mut Vec<Entry>) -> Option<Request> {
        let (connection, number) = (self.answers.connection(), self.answers.next_number());
        match self.shared.decide(line, self.who(), &self.allowance, &self.answers) {
            Decision::SignIn(request) => return Some(request),
            Decision::Permit { permitted, policy } => {
                let request = permitted.admitted().request();
                tracing::debug!(connection, request = number, action = request.action.name, "permitted");
                let slot = self.answers.slot(request.id.clone());
                entries.push(Entry::Permitted { permitted, session: self.anchor.clone(), policy, slot });
            }
            Decision::Refuse { id, line, policy, then } => {
                tracing::debug!(connection, request = number, code = %line.refusal.code, "refused");
                if self.is_strangers() {
                    if line.unreadable.is_some() {
                        self.penalise(Failure::Nonsense);
                    }
                    self.lose_patience();
                }
                if then == Then::Close {
                    self.phase = Phase::Closing;
                }
                entries.extend(self.refuse(id, line, policy));
            }
        }
        None
    }

    fn refuse(&mut self, id: Option<Id>, line: Box<RefusedLine>, policy: Arc<Anchor>) -> Option<Entry> {
        let session = self.anchor.clone();
        let (slot, refusal) = (self.answers.slot(id), line.refusal.clone());
        self.count_refusal(slot, refusal, |slot, _| Entry::Refused { line, session, policy, slot })
    }

    /// A refusal becomes an entry, or is counted.
    fn count_refusal(&self, slot: Slot, refusal: Refusal, entry: impl FnOnce(Slot, Refusal) -> Entry) -> Option<Entry> {
        let caller = self.caller.as_ref().map(|caller| caller.name());
        self.recorder.refuse(self.origin, caller, slot, refusal, entry)
    }

    /// Bytes that are no line end the connection. They are recorded like one.
    async fn refuse_bytes(&mut self, refusal: Refusal) {
        let waiting = self.lines.waiting();
        let line = RefusedLine::unreadable(refusal, None, waiting.len(), self.shared.seal.digest(waiting));
        self.phase = Phase::Closing;
        if self.is_strangers() {
            self.penalise(Failure::Nonsense);
        }
        let policy = self.shared.policy.load().anchor.clone();
        if let Some(entry) = self.refuse(None, Box::new(line), policy) {
            self.recorder.submit(entry).await;
        }
    }

    /// Users or tokens have changed: does this connection still belong to somebody?
    async fn look_again(&mut self) {
        let Some(caller) = self.caller.as_ref().or(self.former.as_ref()) else { return };
        if let Err(lapsed @ Lapsed::Revoked) = caller.standing(&self.shared.directory) {
            let event = Event::new("session_ended")
                .with("caller", caller.name().as_ref())
                .with("reason", "its sign-in is no longer good");
            self.recorder.event(event).await;
            self.dismiss();
            self.turn_away(&lapsed.refusal());
        }
    }

    async fn end_of_input(&mut self) {
        self.outlet.end();
        if self.phase == Phase::Open && !self.lines.is_blank() {
            let message = "the connection ended within a line; a line ends with a newline";
            return self.refuse_bytes(Refusal::new(Code::InvalidJson, message)).await;
        }
        self.close();
    }

    /// Nothing more is read; what was asked is still answered.
    fn close(&mut self) {
        self.phase = Phase::Closing;
    }

    /// End at once: whoever is there takes nothing, or says nothing.
    fn end(&mut self, reason: &str) {
        tracing::debug!(connection = self.answers.connection(), reason, "ending a connection");
        self.phase = Phase::Over;
    }

    /// The nearest of the deadlines that hold now.
    fn next_deadline(&self) -> Instant {
        let bounds = &self.shared.config.connections;
        let idle = self.active + Duration::from_secs(bounds.idle_s);
        let sign_in = self.sign_in_until.filter(|_| self.phase != Phase::Closing);
        let stuck = self.outgoing.stuck_since().map(|since| since + config::ms(bounds.unread_answer_ms));
        [sign_in, stuck, self.end_by].into_iter().flatten().fold(idle, Instant::min)
    }

    fn deadline_passed(&mut self, now: Instant) {
        if self.next_deadline() > now {
            return;
        }
        let is_unsigned = self.sign_in_until.is_some_and(|until| until <= now);
        if is_unsigned && self.former.is_some() && self.phase != Phase::Closing {
            // What it asked while it was signed in is still answered.
            return self.turn_away(&Lapsed::Expired.refusal());
        }
        if is_unsigned && !self.is_known {
            self.penalise(Failure::Silence);
        }
        self.end("its time was over");
    }

    /// Whoever may act here, or what those are told who may not.
    fn who(&self) -> Result<&Arc<Caller>, Refusal> {
        let nobody = || self.former.as_ref().map_or_else(identify::required, |_| Lapsed::Expired.refusal());
        self.caller.as_ref().ok_or_else(nobody)
    }

    /// Whether nobody has signed in here, so that what is said is a stranger's.
    fn is_strangers(&self) -> bool {
        self.caller.is_none() && self.former.is_none()
    }

    fn address(&self) -> Option<String> {
        self.peer.address.map(|address| address.to_string())
    }

    async fn submit(&mut self, entries: &mut Vec<Entry>) {
        for entry in entries.drain(..) {
            self.recorder.submit(entry).await;
        }
    }
}

fn session_event(kind: ChannelKind, peer: &Peer, caller: Option<&Caller>) -> Event {
    Event::new("session")
        .with("channel", kind.name())
        .with_some("address", peer.address.map(|address| address.to_string()))
        .with_some("caller", caller.map(|caller| caller.name().as_ref()))
        .with_some("only", caller.and_then(Caller::narrowing).map(Narrowing::patterns))
        .with_some("jti", caller.and_then(Caller::jti).map(AsRef::<str>::as_ref))
        .with_some("key", caller.and_then(Caller::key).map(AsRef::<str>::as_ref))
}
