//! Records each request before it takes effect (audit): one thread commits rows in groups and hands requests on.
//!
//! A change is handed on when its row is durable. A read is handed on at once, but its answer waits for the row; so does the answer to a refusal.

mod commit;
mod counts;
mod dispatch;
mod entries;
mod error;
mod floods;
mod group;
mod health;
pub mod idempotency;
mod inbox;
mod live_status;
mod refused_line;
pub(crate) mod reply;
pub mod retention;
mod set_names;
mod witness;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::sync::{mpsc, oneshot};

use super::interpret::Request;
use super::limit::Limits;
use super::permit::Permitted;
use crate::audit::{self, Anchor, Detail, Event, EventSink, OutcomeKind, Sign, Trail, WriteFailure};
use crate::config;
use crate::failure::Context;
use crate::platform::clock::{self, Clock, Moment};
use crate::platform::own_thread::{self, Urgency};
use crate::replies::answers::{AnswerSlot, ConnectionHandle, Delivery};
use crate::wire::refusal::{Code, Refusal};
use commit::RowState;
pub use counts::{Counts, Durations};
pub use dispatch::Dispatch;
pub use entries::Entries;
use entries::{Next, Ready};
use floods::Floods;
pub use floods::Origin;
pub use health::Health;
use idempotency::Claimed;
use inbox::inbox;
pub use live_status::{LiveSet, LiveSets, Status};
pub use refused_line::RefusedLine;
pub use reply::Reply;
use retention::PruneOrder;
pub use set_names::SetNames;
use witness::Witness;
use writer::Writer;

/// A permitted request whose decision row is durable. For a read the row may still be pending.
#[derive(Debug)]
pub struct Recorded {
    claimed: Claimed,
    seq: i64,
    row: RowState,
    slot: AnswerSlot,
}

impl Recorded {
    /// The request with the rule that allows it.
    pub fn permitted(&self) -> &Permitted {
        self.claimed.permitted()
    }

    /// The action with its checked parameters and terms.
    pub fn request(&self) -> &Request {
        self.claimed.permitted().admitted().request()
    }

    /// The number of its decision row.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// The number of the connection that sent it.
    pub fn connection(&self) -> u64 {
        self.slot.connection()
    }

    /// The handle through which events reach its connection.
    pub fn connection_handle(&self) -> &Arc<ConnectionHandle> {
        self.slot.connection_handle()
    }

    /// Take its answer over, to give it later.
    pub fn withhold_answer(&mut self) -> AnswerSlot {
        self.slot.take()
    }

    /// Whether its caller may have this many more unread bytes.
    pub fn fits_in_memory(&self, bytes: usize) -> bool {
        self.slot.permits(bytes)
    }

    /// Whether its caller may leave an answer of this length unread.
    pub fn may_be_unread(&self, bytes: usize) -> bool {
        self.slot.permits_unread(bytes)
    }

    /// Count these bytes of its answer as unread from now on, even if its row is not durable yet.
    pub fn count_unread(&mut self, bytes: usize) {
        self.slot.count_unread(bytes);
    }

    /// Reserve this many bytes for its answer.
    pub fn expect_answer(&mut self, bytes: usize) {
        self.slot.expect(bytes);
    }

    /// Its span, in which each stage logs.
    pub fn span(&self) -> &tracing::Span {
        self.slot.span()
    }

    pub(crate) fn take_secret(&mut self) -> Option<secrecy::SecretString> {
        self.claimed.take_secret()
    }

    /// Keep the reply to a read until its row is written or the commit fails. If that has happened, the request and reply are returned.
    fn keep(self, reply: Reply) -> Option<(Recorded, Reply)> {
        match &self.row {
            RowState::Durable => Some((self, reply)),
            RowState::Pending(commit) => commit.clone().keep(self, reply),
        }
    }

    /// Refuse the request, because its row is missing.
    fn fail(mut self, failure: WriteFailure) {
        if let Some(claim) = self.claimed.take_claim() {
            claim.release();
        }
        self.slot.refuse(&unrecorded(failure));
    }

    /// Answer the request and return the entry for its outcome. A request whose row was lost is refused instead. `items` are the known outcomes of a
    /// batch's commands.
    pub(super) fn conclude(
        mut self,
        whole: Item,
        rule: Option<String>,
        body: Map<String, Value>,
        items: Vec<Item>,
    ) -> Option<Entry> {
        if let Some(failure) = self.row.failure() {
            self.fail(failure);
            return None;
        }
        if let Some(claim) = self.claimed.take_claim() {
            claim.settle(whole.kind, whole.code);
        }
        tracing::debug!(parent: self.span(), outcome = whole.kind.name(), code = whole.code.map(Code::name), "answered");
        let commands = self.request().batch().len();
        let duration_us = u64::try_from((Moment::now() - self.request().received).as_micros()).ok();
        // The details would reveal redacted parameters.
        let records_detail = !self.request().is_redacted();
        let delivered = Some(self.slot.answer(body) == Delivery::Delivered);
        let time_us = clock::unix_micros();
        let caller = self.claimed.permitted().admitted().caller().name();
        let outcome = |item, Item { kind, code, detail }: Item| {
            let detail = if records_detail { detail } else { Detail::default() };
            let code = code.map(Code::name);
            let rule = rule.clone();
            let decision = self.seq;
            let caller = Some(caller.clone());
            audit::Outcome { time_us, decision, item, kind, code, rule, duration_us, delivered, detail, caller }
        };
        if commands == 0 {
            return Some(Entry::Outcome(outcome(None, whole)));
        }
        // One outcome for each command of a batch. Commands without an outcome of their own share that of the batch.
        let each = items.into_iter().chain(std::iter::repeat(whole));
        let outcomes = (0..commands).zip(each).map(|(item, became)| outcome(Some(item), became));
        Some(Entry::Outcomes(outcomes.collect()))
    }
}

/// The outcome of a request, or of one command of a batch.
#[derive(Clone, Debug)]
pub struct Item {
    pub kind: OutcomeKind,
    pub code: Option<Code>,
    /// The change that it made, if the script reports it.
    pub detail: Detail,
}

/// An entry for the recorder.
#[allow(clippy::large_enum_variant, reason = "most entries are large, and a box would be an allocation per command")]
#[derive(Debug)]
pub enum Entry {
    Permitted {
        claimed: Claimed,
        session: Arc<Anchor>,
        policy: Arc<Anchor>,
        slot: AnswerSlot,
    },
    Refused {
        line: Box<RefusedLine>,
        session: Arc<Anchor>,
        policy: Arc<Anchor>,
        slot: AnswerSlot,
    },
    /// An event, and refusals that are answered once it is durable.
    RefusedEvent {
        event: Event,
        answers: Vec<(AnswerSlot, Refusal)>,
    },
    Outcome(audit::Outcome),
    /// The outcomes of a batch's commands: all of them are written, or none.
    Outcomes(Vec<audit::Outcome>),
    Event(Event),
    /// An event that later rows refer to. The sender is notified when it is durable.
    Anchor {
        anchor: Arc<Anchor>,
        durable: oneshot::Sender<()>,
    },
}

/// A handle of the recorder.
#[derive(Clone, Debug)]
pub struct Recorder {
    entries: inbox::Sender<Entry>,
    health: Arc<Health>,
    floods: Arc<Floods>,
}

/// What the recorder needs besides its trail.
#[derive(Clone)]
pub struct Resources {
    pub config: config::Trail,
    pub trail_file: PathBuf,
    pub limits: Arc<Limits>,
    pub clock: Clock,
}

/// Entries that a failed commit does not undo.
type Happened = Vec<Entry>;

impl Recorder {
    /// A recorder, and the receiving end for its task. `orders` are the acts of pruning.
    pub fn channel(resources: &Resources, trail: &Trail, orders: mpsc::Receiver<PruneOrder>) -> (Recorder, Entries) {
        let config = &resources.config;
        let (entries, receiver) = inbox(config.queue_max, config.group_rows_max);
        let health = Arc::new(Health::new(trail));
        let limits = resources.limits.clone();
        let floods = Arc::new(Floods::new(config, move || limits.shares.is_near()));
        (
            Recorder { entries, health: health.clone(), floods: floods.clone() },
            Entries { receiver, orders, health, floods, ready: Ready::default() },
        )
    }

    /// Submit an entry. If the recorder has ended, dropping the entry answers its requests.
    pub async fn submit(&self, entry: Entry) {
        self.entries.send(entry).await;
    }

    /// Submit entries in order, so that the next group can include them all.
    pub async fn submit_all(&self, entries: &mut Vec<Entry>) {
        self.entries.send_all(entries).await;
    }

    pub async fn event(&self, event: Event) {
        self.submit(Entry::Event(event)).await;
    }

    pub async fn events(&self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.event(event).await;
        }
    }

    /// Record an event that any peer can cause at will. Events beyond the limit of rows or bytes a second are counted in one row.
    pub fn note(&self, event: Event) {
        if self.floods.note(event.bytes()) == audit::Refused::Row && self.entries.try_send(Entry::Event(event)).is_err()
        {
            self.floods.note_lost();
        }
    }

    /// The entry for a refusal with a row of about `row_bytes` bytes. `None` beyond the limits of its origin or caller: then the refusal is counted,
    /// and answered when the count is durable.
    pub fn refuse(
        &self,
        origin: Origin,
        caller: Option<&Arc<str>>,
        row_bytes: usize,
        (slot, refusal): (AnswerSlot, Refusal),
        entry: impl FnOnce(AnswerSlot, Refusal) -> Entry,
    ) -> Option<Entry> {
        self.floods.refuse(origin, caller, row_bytes, (slot, refusal), entry)
    }

    /// Write an event that later rows refer to, and wait until it is durable.
    pub async fn anchor(&self, event: Event) -> Result<Arc<Anchor>, Refusal> {
        let anchor = Arc::new(Anchor::new(event));
        let (durable, written) = oneshot::channel();
        self.submit(Entry::Anchor { anchor: anchor.clone(), durable }).await;
        written.await.map_err(|_| unrecorded(self.health.failure().unwrap_or(WriteFailure::Other)))?;
        Ok(anchor)
    }

    /// The number of entries that wait to be written.
    pub fn waiting(&self) -> usize {
        self.entries.waiting()
    }

    pub fn health(&self) -> &Arc<Health> {
        &self.health
    }
}

impl EventSink for Recorder {
    fn note(&self, event: Event) {
        Recorder::note(self, event);
    }
}

/// Start the recorder on its own thread: a commit blocks nothing else, and no commit waits for another thread. When the last handle is dropped, it
/// writes a last row and ends, and the returned future completes. The state folder stays claimed until then.
pub fn start(
    entries: Entries,
    trail: Trail,
    onward: Dispatch,
    live_set: LiveSets,
    resources: Resources,
) -> crate::platform::Result<impl Future<Output = ()> + use<>> {
    let state_dir = resources.trail_file.parent().unwrap_or(&resources.trail_file);
    let witness = Witness::start(&resources.config, state_dir, entries.health.clone());
    let task = move || run(entries, trail, onward, live_set, resources, witness);
    Ok(own_thread::spawn("recorder", Urgency::Usual, task).context("cannot start the recorder")?)
}

async fn run(
    mut entries: Entries,
    trail: Trail,
    onward: Dispatch,
    live_set: LiveSets,
    resources: Resources,
    witness: Witness,
) {
    let mut writer = Writer::new(trail, entries.health.clone(), onward, resources.clone());
    loop {
        witness.show(writer.checkpoint());
        let group = match entries.next(writer.wakes_at(), &resources.config).await {
            Some(Next::Group(group)) => group,
            Some(Next::PruneOrder(order)) => {
                // The requester may have disconnected; the rows are pruned anyway.
                let _ = order.done.send(writer.prune(&order.plan, order.reason));
                continue;
            }
            Some(Next::Wake) => {
                writer.wake();
                continue;
            }
            None => break,
        };
        let mut live_set = live_set.borrow().clone();
        // A name may equal a redacted parameter of an earlier request.
        if let Some(set) = live_set.as_mut().filter(|_| !resources.config.redact.is_empty()) {
            set.names = Arc::default();
        }
        // They are written with the next group.
        entries.ready.extend(writer.write(group, live_set, Sign::WhenDue));
    }
    let last = entries.floods.take(None).into_iter().chain([Entry::Event(Event::new("stop"))]).collect();
    writer.write(last, None, Sign::Now);
    witness.show(writer.checkpoint());
    drop(writer);
    witness.end().await;
}

fn unrecorded(failure: WriteFailure) -> Refusal {
    let reason = failure.reason();
    Refusal::new(Code::Unrecorded, format!("the audit trail cannot be written, so the request was refused: {reason}"))
}
