//! What comes back for a recorded request, for the client and for the trail.

use serde_json::{Map, Value, json};

use super::idempotency::FirstOutcome;
use super::{Entry, Item, Recorded, Recorder};
use crate::audit::{Detail, OutcomeKind};
use crate::wire::refusal::{Code, Refusal};

/// What comes back, for the client and for the trail.
#[derive(Debug)]
pub struct Reply {
    pub(in crate::gateway) kind: OutcomeKind,
    pub(in crate::gateway) code: Option<Code>,
    /// By which rule the script decided, if it tells.
    pub(in crate::gateway) rule: Option<String>,
    pub(in crate::gateway) body: Map<String, Value>,
    /// What it did, for the trail alone.
    pub(in crate::gateway) detail: Detail,
    /// Of a batch that ran: what became of each of its commands.
    pub(in crate::gateway) items: Vec<Item>,
}

impl Reply {
    pub(crate) fn ok(body: Map<String, Value>) -> Reply {
        Reply { kind: OutcomeKind::Ok, code: None, rule: None, body, detail: Detail::default(), items: Vec::new() }
    }

    /// Whether the script did not run it because a person has to approve it.
    pub(in crate::gateway) fn asks_a_person(&self) -> bool {
        self.code == Some(Code::ApprovalPending)
    }

    /// Certainly not run.
    pub(crate) fn not_sent(refusal: Refusal) -> Reply {
        Reply::refusal(OutcomeKind::NotSent, refusal)
    }

    pub(crate) fn refusal(kind: OutcomeKind, refusal: Refusal) -> Reply {
        Reply { kind, code: Some(refusal.code), ..Reply::ok(refusal.body()) }
    }

    /// It was carried out before, and is not again.
    pub(crate) fn repeated(first: FirstOutcome) -> Reply {
        Reply { kind: OutcomeKind::NotSent, code: first.code, ..Reply::ok(first.body()) }
    }

    pub(crate) fn unknown() -> Reply {
        let message = "no answer came back from Live; it may have run: look before you repeat it";
        Reply::refusal(OutcomeKind::Unknown, Refusal::new(Code::OutcomeUnknown, message))
    }

    pub(crate) fn cancelled() -> Reply {
        let message = "it was cancelled before its turn came; it did not run";
        Reply::refusal(OutcomeKind::Cancelled, Refusal::new(Code::Cancelled, message))
    }

    /// It did not run, and what its client wants of the same target comes after it.
    pub(crate) fn superseded() -> Reply {
        let message = "a later value for the same target took its place; this one was not set";
        let body = json!({"ok": true, "superseded": true, "message": message});
        Reply { kind: OutcomeKind::NotSent, ..Reply::ok(body.as_object().cloned().unwrap_or_default()) }
    }

    pub(crate) fn expired() -> Reply {
        let message = "its deadline passed before Live could run it; it did not run";
        Reply::refusal(OutcomeKind::Expired, Refusal::new(Code::Expired, message))
    }

    /// Answer the client, then record the outcome. A read whose row is still being written waits for it, and holds up nobody else: the
    /// recorder answers it when the commit has ended.
    pub(crate) async fn deliver(self, recorded: Recorded, recorder: &Recorder) {
        let Some((recorded, reply)) = recorded.keep(self) else { return };
        if let Some(entry) = reply.conclude(recorded) {
            recorder.submit(entry).await;
        }
    }

    /// Answer the client; what comes back is the outcome to write.
    pub(super) fn conclude(self, recorded: Recorded) -> Option<Entry> {
        let whole = Item { kind: self.kind, code: self.code, detail: self.detail };
        recorded.conclude(whole, self.rule, self.body, self.items)
    }
}

pub(crate) fn overloaded() -> Refusal {
    Refusal::new(Code::Overloaded, "too many commands wait for Live; try again in a moment")
}

pub(crate) fn shutting_down() -> Refusal {
    Refusal::new(Code::ShuttingDown, "the gateway is shutting down; it did not run")
}
