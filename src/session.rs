//! One connection, from its first byte to its last answer: lines come in and are decided, answers go out in their order.

mod refusals;

use std::sync::Arc;
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::watch;
use tokio::time::sleep_until;

use crate::answers::Answers;
use crate::audit::{Anchor, Event};
use crate::config;
use crate::gateway::accept::Peer;
use crate::gateway::handshake::{Channel, ChannelKind};
use crate::gateway::identify::{self, Caller, Lapsed};
use crate::gateway::interpret::{self, Id, Request};
use crate::gateway::limit::Allowance;
use crate::gateway::record::{Entry, Recorder, RefusedLine};
use crate::gateway::{Decision, Shared, Then, told_to_end};
use crate::line::{Lines, Stream};
use crate::refusal::{Code, Refusal};
use refusals::Refusals;

pub struct Session {
    shared: Arc<Shared>,
    recorder: Recorder,
    peer: Peer,
    kind: ChannelKind,
    reader: ReadHalf<Box<dyn Stream>>,
    writer: WriteHalf<Box<dyn Stream>>,
    caller: Option<Arc<Caller>>,
    allowance: Arc<Allowance>,
    /// The session's row, to which its decisions refer.
    anchor: Arc<Anchor>,
    lines: Lines,
    answers: Answers,
    out: BytesMut,
    /// Whether something has been written that may not have left yet.
    unflushed: bool,
    refusals: Refusals,
    sign_in_failures: u32,
    phase: Phase,
    since: Since,
    shutdown: watch::Receiver<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The first byte is still to come.
    Opening,
    Open,
    /// Nothing more is read; what was asked is still answered.
    Closing,
}

/// What a connection waits for.
enum Next {
    Read,
    EndOfInput,
    Answers(Vec<u8>),
    Wrote(usize),
    Gone,
    DirectoryChanged,
    Deadline,
    Shutdown,
}

/// When things happened last.
struct Since {
    opened: Instant,
    /// A line or an answer.
    active: Instant,
    /// The client took bytes, or had none to take.
    drained: Instant,
}

impl Session {
    pub fn new(
        shared: Arc<Shared>,
        recorder: Recorder,
        peer: Peer,
        channel: Channel,
        caller: Option<Arc<Caller>>,
        shutdown: watch::Receiver<bool>,
    ) -> Session {
        let (now, bounds) = (Instant::now(), &shared.config);
        let allowance = match &caller {
            Some(caller) => shared.limits.of_caller(caller.name()),
            None => shared.limits.of_nobody(),
        };
        let (reader, writer) = tokio::io::split(channel.stream);
        let mut session = Session {
            lines: Lines::new(bounds.requests.line_bytes_max_before_sign_in),
            refusals: Refusals::new(bounds.trail.refusals_per_second_max, now),
            answers: Answers::new(shared.door.number()),
            anchor: Arc::new(Anchor::new(session_event(channel.kind, &peer, caller.as_deref()))),
            kind: channel.kind,
            since: Since { opened: now, active: now, drained: now },
            out: BytesMut::new(),
            unflushed: false,
            sign_in_failures: 0,
            phase: Phase::Opening,
            shared,
            recorder,
            peer,
            reader,
            writer,
            allowance,
            caller: None,
            shutdown,
        };
        if let Some(caller) = caller {
            session.admit(caller);
        }
        session
    }

    /// Serve the connection until it ends. Nothing that was asked is cancelled by its end.
    pub async fn run(mut self) {
        let mut directory = self.shared.directory.changes();
        while !self.is_over() {
            match self.next(&mut directory).await {
                Next::Read => self.take_lines().await,
                Next::EndOfInput => self.end_of_input().await,
                Next::Answers(answers) => {
                    self.since.active = Instant::now();
                    self.out.extend_from_slice(&answers);
                    // Room has become free for lines that wait in the buffer.
                    self.take_lines().await;
                }
                Next::Wrote(count) => self.wrote(count),
                Next::Gone => self.end("it is gone").await,
                Next::DirectoryChanged => self.look_again().await,
                Next::Deadline => self.deadline_passed(Instant::now()).await,
                Next::Shutdown => self.phase = Phase::Closing,
            }
            if self.answers.unwritten_bytes() > self.shared.config.connections.unread_answer_bytes_max {
                self.end("its answers were not read").await;
            }
        }
        let _ = self.writer.shutdown().await;
    }

    async fn next(&mut self, directory: &mut watch::Receiver<u64>) -> Next {
        let deadline = tokio::time::Instant::from_std(self.next_deadline());
        let may_read = self.may_read();
        let has_output = !self.out.is_empty() || self.unflushed;
        tokio::select! {
            read = self.reader.read_buf(self.lines.buffer_mut()), if may_read => match read {
                Ok(0) | Err(_) => Next::EndOfInput,
                Ok(_) => Next::Read,
            },
            answers = self.answers.next() => Next::Answers(answers),
            wrote = write(&mut self.writer, &mut self.out), if has_output => wrote.map_or(Next::Gone, Next::Wrote),
            _ = directory.changed() => Next::DirectoryChanged,
            _ = sleep_until(deadline) => Next::Deadline,
            () = told_to_end(&mut self.shutdown), if self.phase != Phase::Closing => Next::Shutdown,
        }
    }

    fn is_over(&self) -> bool {
        self.phase == Phase::Closing && self.answers.outstanding() == 0 && self.out.is_empty() && !self.unflushed
    }

    /// A client that does not take its answers is not read.
    fn may_read(&self) -> bool {
        self.phase != Phase::Closing && self.answers.outstanding() < self.shared.config.connections.unanswered_max
    }

    /// Decide every complete line that is here, in a row; then hand the results over.
    async fn take_lines(&mut self) {
        if self.phase == Phase::Opening {
            let Some(first_byte) = self.lines.first_byte() else { return };
            self.phase = Phase::Open;
            if let Err(refusal) = interpret::opening(first_byte) {
                return self.refuse_bytes(refusal).await;
            }
        }
        let mut entries = Vec::new();
        while self.may_read() {
            match self.lines.next_line() {
                Ok(Some(line)) => {
                    self.since.active = Instant::now();
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
        match self.shared.decide(line, self.caller.as_ref(), &self.allowance, &self.answers) {
            Decision::SignIn(request) => return Some(request),
            Decision::Permit { permitted, policy } => {
                let request = permitted.admitted().request();
                tracing::debug!(
                    connection = self.answers.connection(),
                    request = self.answers.next_number(),
                    action = request.action.name,
                    "permitted"
                );
                let slot = self.answers.slot(request.id.clone());
                entries.push(Entry::Permitted { permitted, session: self.anchor.clone(), policy, slot });
            }
            Decision::Refuse { id, line, policy, then } => {
                if self.caller.is_none() {
                    self.count_failure();
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
        tracing::debug!(connection = self.answers.connection(), request = self.answers.next_number(), code = %line.refusal.code, "refused");
        let slot = self.answers.slot(id);
        self.refusals.add(line, slot, &self.anchor, policy)
    }

    /// Bytes that are no line end the connection. They are recorded like one.
    async fn refuse_bytes(&mut self, refusal: Refusal) {
        let waiting = self.lines.waiting();
        let unreadable = Some((waiting.len(), self.shared.seal.digest(waiting)));
        let line = RefusedLine { refusal, action: None, parameters: None, role: None, rule: None, unreadable };
        self.phase = Phase::Closing;
        let policy = self.shared.policy.load().anchor.clone();
        if let Some(entry) = self.refuse(None, Box::new(line), policy) {
            self.recorder.submit(entry).await;
        }
        self.tell_counted(Instant::now()).await;
    }

    async fn sign_in(&mut self, request: Request) {
        let id = request.id.clone();
        let named = request.params.get("user").and_then(|user| user.as_str()).map(str::to_owned);
        let slot = self.answers.slot(id);
        match identify::sign_in(request, &self.shared.directory).await {
            Ok(welcome) => {
                let event = session_event(self.kind, &self.peer, Some(&welcome.caller))
                    .with("role", welcome.body["role"].clone());
                match self.recorder.anchor(event).await {
                    Ok(anchor) => {
                        self.anchor = anchor;
                        self.admit(welcome.caller);
                        slot.answer(welcome.body);
                    }
                    Err(refusal) => _ = slot.refuse(&refusal),
                }
            }
            Err(denied) => {
                self.caller = None;
                self.count_failure();
                let event = Event::new("sign_in_refused")
                    .with("reason", denied.reason)
                    .with("channel", self.kind.name())
                    .with_some("caller", denied.user.as_deref().map(str::to_owned).or(named))
                    .with_some("address", self.peer.address.map(|address| address.to_string()));
                tracing::info!(connection = self.answers.connection(), reason = denied.reason, "sign-in refused");
                self.recorder.submit(Entry::Told { event, answers: vec![(slot, identify::refused())] }).await;
            }
        }
    }

    fn admit(&mut self, caller: Arc<Caller>) {
        self.allowance = self.shared.limits.of_caller(caller.name());
        self.lines.set_line_bytes_max(self.shared.config.requests.line_bytes_max);
        self.sign_in_failures = 0;
        self.caller = Some(caller);
    }

    /// A failure before there is a caller costs the address, and too many end the connection.
    fn count_failure(&mut self) {
        self.sign_in_failures += 1;
        let spent = self.peer.address.is_some_and(|address| !self.shared.limits.admits_failure(address.ip()));
        if spent || self.sign_in_failures >= self.shared.config.connections.sign_in_failures_max {
            self.phase = Phase::Closing;
        }
    }

    /// Users or tokens have changed: does this connection still belong to somebody?
    async fn look_again(&mut self) {
        let Some(caller) = &self.caller else { return };
        if let Err(lapsed @ Lapsed::Revoked) = caller.standing(&self.shared.directory) {
            let body = lapsed.refusal().body();
            let event = Event::new("session_ended")
                .with("caller", caller.name().as_ref())
                .with("reason", "its sign-in is no longer good");
            self.recorder.event(event).await;
            self.caller = None;
            self.phase = Phase::Closing;
            self.out.extend_from_slice(&self.answers.announce(&body));
        }
    }

    async fn end_of_input(&mut self) {
        let cut = self.phase == Phase::Open && !self.lines.is_empty();
        self.phase = Phase::Closing;
        if cut {
            self.refuse_bytes(Refusal::new(
                Code::InvalidJson,
                "the connection ended within a line; a line ends with a newline",
            ))
            .await;
        }
        self.tell_counted(Instant::now()).await;
    }

    fn wrote(&mut self, count: usize) {
        self.answers.written(count);
        self.unflushed = count > 0;
        self.since.drained = Instant::now();
    }

    /// The nearest of the deadlines that hold now.
    fn next_deadline(&self) -> Instant {
        let bounds = &self.shared.config.connections;
        let mut next = self.since.active + std::time::Duration::from_secs(bounds.idle_s);
        if self.caller.is_none() {
            next = next.min(self.since.opened + config::ms(bounds.first_line_ms));
        }
        if self.answers.unwritten_bytes() > 0 {
            next = next.min(self.since.drained.max(self.since.active) + config::ms(bounds.unread_answer_ms));
        }
        self.refusals.due().map_or(next, |due| next.min(due))
    }

    async fn deadline_passed(&mut self, now: Instant) {
        if self.refusals.due().is_some_and(|due| due <= now) {
            return self.tell_counted(now).await;
        }
        if self.next_deadline() <= now {
            self.end("its time was over").await;
        }
    }

    async fn tell_counted(&mut self, now: Instant) {
        let event = Event::new("refusals_counted")
            .with_some("session", self.anchor.seq())
            .with_some("caller", self.caller.as_ref().map(|caller| caller.name().to_string()))
            .with_some("address", self.peer.address.map(|address| address.to_string()));
        if let Some(entry) = self.refusals.tell(now, event) {
            self.recorder.submit(entry).await;
        }
    }

    /// End at once: whoever is there takes nothing, or says nothing.
    async fn end(&mut self, reason: &str) {
        tracing::debug!(connection = self.answers.connection(), reason, "ending a connection");
        self.tell_counted(Instant::now()).await;
        self.phase = Phase::Closing;
        self.out.clear();
        self.answers.abandon();
    }

    async fn submit(&mut self, entries: &mut Vec<Entry>) {
        for entry in entries.drain(..) {
            self.recorder.submit(entry).await;
        }
    }
}

/// Write what there is; when nothing is left, flush what TLS may still hold. 0: flushed.
async fn write(writer: &mut WriteHalf<Box<dyn Stream>>, out: &mut BytesMut) -> std::io::Result<usize> {
    if out.is_empty() {
        writer.flush().await?;
        return Ok(0);
    }
    match writer.write_buf(out).await? {
        0 => Err(std::io::ErrorKind::WriteZero.into()),
        count => Ok(count),
    }
}

fn session_event(kind: ChannelKind, peer: &Peer, caller: Option<&Caller>) -> Event {
    Event::new("session")
        .with("channel", kind.name())
        .with_some("address", peer.address.map(|address| address.to_string()))
        .with_some("caller", caller.map(|caller| caller.name().as_ref()))
        .with_some("jti", caller.and_then(Caller::jti).map(AsRef::<str>::as_ref))
}
