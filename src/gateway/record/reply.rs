//! The reply to a recorded request: the answer for the client and the outcome for the trail.

use serde_json::{Map, Value, json};

use super::idempotency::FirstOutcome;
use super::{Entry, Item, Recorded, Recorder};
use crate::audit::{Detail, OutcomeKind};
use crate::wire::refusal::{Code, Refusal};

/// The answer for the client and the outcome for the trail.
#[derive(Debug)]
pub struct Reply {
    pub(in crate::gateway) kind: OutcomeKind,
    pub(in crate::gateway) code: Option<Code>,
    /// The rule by which the script decided, if it names one.
    pub(in crate::gateway) rule: Option<String>,
    pub(in crate::gateway) body: Map<String, Value>,
    /// Details of the change, for the trail only.
    pub(in crate::gateway) detail: Detail,
    /// The outcomes of a batch's commands, if the batch ran.
    pub(in crate::gateway) items: Vec<Item>,
}

impl Reply {
    pub(crate) fn ok(body: Map<String, Value>) -> Reply {
        Reply { kind: OutcomeKind::Ok, code: None, rule: None, body, detail: Detail::default(), items: Vec::new() }
    }

    /// Whether the script did not run the request because a person must approve it.
    pub(in crate::gateway) fn asks_a_person(&self) -> bool {
        self.code == Some(Code::ApprovalPending)
    }

    /// A request that certainly did not run.
    pub(crate) fn not_sent(refusal: Refusal) -> Reply {
        Reply::refusal(OutcomeKind::NotSent, refusal)
    }

    pub(crate) fn refusal(kind: OutcomeKind, refusal: Refusal) -> Reply {
        Reply { kind, code: Some(refusal.code), ..Reply::ok(refusal.body()) }
    }

    /// A repetition: the request ran before and is not run again.
    pub(crate) fn repeated(first: FirstOutcome) -> Reply {
        Reply { kind: OutcomeKind::NotSent, code: first.code, ..Reply::ok(first.body()) }
    }

    pub(crate) fn unknown() -> Reply {
        let message = "no answer came back from Live; it may have run; check before you repeat it";
        Reply::refusal(OutcomeKind::Unknown, Refusal::new(Code::OutcomeUnknown, message))
    }

    pub(crate) fn cancelled() -> Reply {
        let message = "it was cancelled before it ran; it did not run";
        Reply::refusal(OutcomeKind::Cancelled, Refusal::new(Code::Cancelled, message))
    }

    /// The request did not run, because a later request of its client sets the same target.
    pub(crate) fn superseded() -> Reply {
        let message = "a later value for the same target replaced it; this one was not set";
        let body = json!({"ok": true, "superseded": true, "message": message});
        Reply { kind: OutcomeKind::NotSent, ..Reply::ok(body.as_object().cloned().unwrap_or_default()) }
    }

    pub(crate) fn expired() -> Reply {
        let message = "its deadline passed before Live could run it; it did not run";
        Reply::refusal(OutcomeKind::Expired, Refusal::new(Code::Expired, message))
    }

    /// Answer the client, then record the outcome. The answer to a read whose row is not durable yet is left to the recorder, so that the caller of
    /// this function does not wait for the commit.
    pub(crate) async fn deliver(self, recorded: Recorded, recorder: &Recorder) {
        let Some((recorded, reply)) = recorded.keep(self) else { return };
        if let Some(entry) = reply.conclude(recorded) {
            recorder.submit(entry).await;
        }
    }

    /// Answer the client; returns the outcome to record.
    pub(super) fn conclude(self, recorded: Recorded) -> Option<Entry> {
        let whole = Item { kind: self.kind, code: self.code, detail: self.detail };
        recorded.conclude(whole, self.rule, self.body, self.items)
    }
}

pub(crate) fn overloaded() -> Refusal {
    Refusal::new(Code::Overloaded, "too many commands wait for Live; retry in a moment")
}

pub(crate) fn shutting_down() -> Refusal {
    Refusal::new(Code::ShuttingDown, "the gateway is shutting down; it did not run")
}
