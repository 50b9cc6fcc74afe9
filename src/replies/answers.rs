//! Answer slots: each request has one. It is answered at most once; a slot that is dropped unanswered sends a refusal.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Map, Value};
use tokio::sync::{mpsc, watch};
use tracing::Span;

use crate::replies::mailbox::Mailbox;
use crate::replies::unread::{CallerUnread, Reservation, WriteReservations};
use crate::wire::id::Id;
use crate::wire::line;
use crate::wire::refusal::{Code, Refusal};

/// A handle to a connection. It lives as long as the connection or any of its requests.
#[derive(Debug, Default)]
pub struct ConnectionHandle {
    /// Bytes queued and not written yet.
    unwritten: AtomicUsize,
    /// The connection's subscriptions and waiting events.
    pub mailbox: Mailbox,
    has_ended: watch::Sender<bool>,
}

impl ConnectionHandle {
    /// Marks the connection as closed: further answers are discarded.
    pub fn end(&self) {
        self.has_ended.send_replace(true);
    }

    pub fn has_ended(&self) -> bool {
        *self.has_ended.borrow()
    }

    /// Waits until the connection is closed.
    pub async fn ended(&self) {
        // No error: the sender is a field of this handle.
        let _ = self.has_ended.subscribe().wait_for(|&ended| ended).await;
    }
}

/// The slot for one request's answer. It outlives the connection, because a client that disconnects cancels nothing.
#[derive(Debug)]
pub struct AnswerSlot {
    answers: mpsc::UnboundedSender<Answer>,
    connection_handle: Arc<ConnectionHandle>,
    id: Option<Id>,
    /// Fields to add to an `ok` answer.
    fields: Option<Box<Map<String, Value>>>,
    connection: u64,
    number: u64,
    /// Memory reserved for the answer; `None` once it is answered.
    reservation: Option<Reservation>,
    /// The request in the log, from its decision to its answer.
    span: Span,
}

#[derive(Debug)]
struct Answer {
    number: u64,
    id: Option<Id>,
    line: Line,
}

/// An answer. It counts as unread until it is written or dropped.
#[derive(Debug)]
struct Line {
    bytes: Vec<u8>,
    reservation: Reservation,
}

/// Whether an answer could be handed to the client's connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    Delivered,
    ConnectionGone,
}

impl AnswerSlot {
    /// The number of the connection that sent the request.
    pub fn connection(&self) -> u64 {
        self.connection
    }

    pub fn connection_handle(&self) -> &Arc<ConnectionHandle> {
        &self.connection_handle
    }

    /// The request's span, in which each stage logs.
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Take the answer over, to give it later. What stays here answers nothing.
    pub fn take(&mut self) -> AnswerSlot {
        AnswerSlot {
            answers: self.answers.clone(),
            connection_handle: self.connection_handle.clone(),
            id: self.id.take(),
            fields: self.fields.take(),
            connection: self.connection,
            number: self.number,
            reservation: self.reservation.take(),
            span: self.span.clone(),
        }
    }

    pub fn with_fields(mut self, fields: Option<Box<Map<String, Value>>>) -> AnswerSlot {
        self.fields = fields;
        self
    }

    /// Reserve this many bytes for the answer.
    pub fn expect(&mut self, bytes: usize) {
        if let Some(reservation) = &mut self.reservation {
            reservation.expect(bytes);
        }
    }

    /// Whether the caller may have this many more unread bytes.
    pub fn permits(&self, bytes: usize) -> bool {
        self.reservation.as_ref().is_none_or(|reservation| reservation.account().permits(bytes))
    }

    /// Count this many bytes as unread: the answer exists, or soon will.
    pub fn count_unread(&mut self, bytes: usize) {
        if let Some(reservation) = &mut self.reservation {
            reservation.set(bytes);
        }
    }

    /// Whether an answer of this length may be unread.
    pub fn permits_unread(&self, bytes: usize) -> bool {
        self.reservation.as_ref().is_none_or(|reservation| reservation.account().permits_unread(bytes))
    }

    pub fn answer(mut self, body: Map<String, Value>) -> Delivery {
        self.send(body)
    }

    pub fn refuse(self, refusal: &Refusal) -> Delivery {
        self.answer(refusal.body())
    }

    fn send(&mut self, mut body: Map<String, Value>) -> Delivery {
        let Some(mut reservation) = self.reservation.take() else { return Delivery::ConnectionGone };
        if body.get("ok") == Some(&Value::Bool(true)) {
            body.extend(self.fields.take().into_iter().flat_map(|fields| *fields));
        }
        if let Some(id) = self.id.as_ref().and_then(Id::echo) {
            body.insert("id".into(), id);
        }
        let bytes = line::encode(&body);
        reservation.set(bytes.len());
        self.connection_handle.unwritten.fetch_add(bytes.len(), Ordering::Relaxed);
        let answer = Answer { number: self.number, id: self.id.take(), line: Line { bytes, reservation } };
        match self.answers.send(answer) {
            Ok(()) => Delivery::Delivered,
            Err(_) => Delivery::ConnectionGone,
        }
    }
}

impl Drop for AnswerSlot {
    fn drop(&mut self) {
        if self.reservation.is_some() {
            let lost = Refusal::new(
                Code::OutcomeUnknown,
                "the gateway dropped this request unanswered; check before you repeat it",
            );
            self.send(lost.body());
        }
    }
}

/// The answers of one connection. Requests without ids are answered in the order of the requests.
#[derive(Debug)]
pub struct Answers {
    sender: mpsc::UnboundedSender<Answer>,
    receiver: mpsc::UnboundedReceiver<Answer>,
    connection_handle: Arc<ConnectionHandle>,
    connection: u64,
    next_number: u64,
    outstanding: usize,
    /// Requests without ids in order, each with its answer once that is complete.
    ordered: VecDeque<(u64, Option<Line>)>,
    /// Ids in flight, which must be unique.
    ids: HashSet<Id>,
    /// The caller to whom unread answers count.
    account: Arc<CallerUnread>,
    /// Answers that are being written.
    leaving: WriteReservations,
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.connection_handle.end();
    }
}

impl Answers {
    pub fn new(connection: u64, account: Arc<CallerUnread>) -> Answers {
        let (sender, receiver) = mpsc::unbounded_channel();
        Answers {
            sender,
            receiver,
            connection_handle: Arc::default(),
            connection,
            next_number: 0,
            outstanding: 0,
            ordered: VecDeque::new(),
            ids: HashSet::new(),
            account,
            leaving: WriteReservations::default(),
        }
    }

    /// Count later answers to this caller.
    pub fn count_to(&mut self, account: Arc<CallerUnread>) {
        self.account = account;
    }

    pub fn slot(&mut self, id: Option<Id>) -> AnswerSlot {
        let number = self.next_number;
        self.next_number += 1;
        self.outstanding += 1;
        match &id {
            Some(id) => _ = self.ids.insert(id.clone()),
            None => self.ordered.push_back((number, None)),
        }
        let answers = self.sender.clone();
        let connection_handle = self.connection_handle.clone();
        AnswerSlot {
            answers,
            connection_handle,
            id,
            fields: None,
            connection: self.connection,
            number,
            reservation: Some(Reservation::new(&self.account)),
            span: tracing::debug_span!("request", connection = self.connection, number),
        }
    }

    pub fn connection(&self) -> u64 {
        self.connection
    }

    pub fn connection_handle(&self) -> &Arc<ConnectionHandle> {
        &self.connection_handle
    }

    /// Whether a request with this id is unanswered.
    pub fn has_in_flight(&self, id: &Id) -> bool {
        self.ids.contains(id)
    }

    /// Requests without an answer yet.
    pub fn outstanding(&self) -> usize {
        self.outstanding
    }

    pub fn unwritten_bytes(&self) -> usize {
        self.connection_handle.unwritten.load(Ordering::Relaxed)
    }

    /// Whether the caller has fewer unread bytes than its limit, over all of its connections.
    pub fn may_be_unread(&self) -> bool {
        self.account.permits_unread(0)
    }

    pub fn written(&mut self, bytes: usize) {
        self.leaving.written(bytes);
        self.connection_handle.unwritten.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Waits for answers; returns those that can be sent now, in order, each with its id and as a line.
    pub async fn next(&mut self) -> Vec<(Option<Id>, Vec<u8>)> {
        let mut out = Vec::new();
        // The sender is a field of `self`, so the channel never closes.
        if let Some(answer) = self.receiver.recv().await {
            self.take(answer, &mut out);
        }
        while let Ok(answer) = self.receiver.try_recv() {
            self.take(answer, &mut out);
        }
        out
    }

    /// Count queued bytes that answer no request, such as events.
    pub fn announced(&mut self, bytes: usize) {
        let mut reservation = Reservation::new(&self.account);
        reservation.set(bytes);
        self.leaving.push(reservation);
        self.connection_handle.unwritten.fetch_add(bytes, Ordering::Relaxed);
    }

    fn take(&mut self, answer: Answer, out: &mut Vec<(Option<Id>, Vec<u8>)>) {
        self.outstanding -= 1;
        if let Some(id) = answer.id {
            self.ids.remove(&id);
            out.push((Some(id), self.hand_out(answer.line)));
            return;
        }
        let place = self.ordered.iter_mut().find(|(number, _)| *number == answer.number);
        place.expect("each request without an id is queued").1 = Some(answer.line);
        while let Some(line) = self.ordered.front_mut().and_then(|(_, line)| line.take()) {
            self.ordered.pop_front();
            let line = self.hand_out(line);
            out.push((None, line));
        }
    }

    fn hand_out(&mut self, line: Line) -> Vec<u8> {
        self.leaving.push(line.reservation);
        line.bytes
    }
}
