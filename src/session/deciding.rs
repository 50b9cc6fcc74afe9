//! Decides a connection's messages in order, and hands the results to the recorder.

use std::sync::Arc;

use super::connection::Unreadable;
use super::{Phase, Session};
use crate::audit::Anchor;
use crate::command::SessionAction;
use crate::gateway::accept::Failure;
use crate::gateway::interpret::Request;
use crate::gateway::record::{Entry, RefusedLine};
use crate::platform::clock::Moment;
use crate::replies::answers::AnswerSlot;
use crate::session::decision::{Decision, DecisionContext};
use crate::wire::id::Id;
use crate::wire::message::Message;
use crate::wire::refusal::{Code, Refusal};

impl Session {
    /// Decide every complete message that has been received, then hand the results over.
    pub(super) async fn take_messages(&mut self) {
        let mut entries = Vec::new();
        while self.may_read() {
            match self.connection.next_message() {
                Ok(Some((message, arrived))) => {
                    self.active = self.shared.clock.now();
                    if let Some((action, request)) = self.decide(&message, arrived, &mut entries) {
                        self.submit(&mut entries).await;
                        match action {
                            SessionAction::SignIn(method) => self.sign_in(method, request).await,
                            SessionAction::Pair(step) => self.pair(step, request).await,
                        }
                    }
                }
                Ok(None) => break,
                Err(unreadable) => {
                    self.submit(&mut entries).await;
                    return self.refuse_bytes(unreadable).await;
                }
            }
        }
        self.submit(&mut entries).await;
    }

    /// Decide a message. Returns a sign-in or a pairing, which the session performs itself.
    fn decide(
        &mut self,
        message: &Message,
        arrived: Moment,
        entries: &mut Vec<Entry>,
    ) -> Option<(SessionAction, Request)> {
        let policy = self.shared.policy.load();
        let standing = &self.standing;
        let allowance = &self.allowance;
        let answers = &self.answers;
        let by = DecisionContext { policy: &policy, standing, allowance, answers };
        match self.shared.decide(message, arrived, by) {
            Ok(Decision::Identify(action, request)) => return Some((action, request)),
            Ok(Decision::Permit(claimed)) => {
                let request = claimed.permitted().admitted().request();
                let slot = self.answers.slot(request.id.clone()).with_fields(request.adjusted.clone());
                tracing::debug!(parent: slot.span(), action = request.action.name, rule = %claimed.permitted().rule(), "permitted");
                let session = self.anchor.clone();
                let policy = policy.anchor.clone();
                entries.push(Entry::Permitted { claimed, session, policy, slot });
            }
            Err(refused) => {
                if self.standing.is_unauthenticated() {
                    // A request without a credential is valid data, so it is not penalised even if the door rejects it before parsing.
                    if refused.part().is_some() && refused.refusal.code != Code::Unauthenticated {
                        self.penalise(Failure::InvalidRequest);
                    }
                    self.count_sign_in_failure();
                }
                if refused.part().is_some_and(|part| part.is_http) {
                    self.phase = Phase::Closing;
                }
                let id = refused.id.clone();
                let line = Box::new(self.shared.refused_line(&message.bytes, *refused));
                entries.extend(self.refuse(id, line, policy.anchor.clone()));
            }
        }
        None
    }

    fn refuse(&mut self, id: Option<Id>, line: Box<RefusedLine>, policy: Arc<Anchor>) -> Option<Entry> {
        let session = self.anchor.clone();
        let row_bytes = line.row_bytes();
        let slot = self.answers.slot(id);
        tracing::debug!(parent: slot.span(), code = %line.refusal.code, "refused");
        let refused = (slot, line.refusal.clone());
        self.count_refusal(row_bytes, refused, |slot, _| Entry::Refused { line, session, policy, slot })
    }

    /// The entry for a refusal; `None` if it is only counted.
    pub(super) fn count_refusal(
        &self,
        row_bytes: usize,
        refused: (AnswerSlot, Refusal),
        entry: impl FnOnce(AnswerSlot, Refusal) -> Entry,
    ) -> Option<Entry> {
        let caller = self.standing.caller().map(|caller| caller.name());
        self.recorder.refuse(self.origin, caller, row_bytes, refused, entry)
    }

    /// Bytes that are not a message end the connection. They are recorded like a message.
    pub(super) async fn refuse_bytes(&mut self, unreadable: Unreadable) {
        let Unreadable { refusal, bytes } = unreadable;
        let line = RefusedLine::unreadable(refusal, None, bytes.len(), self.shared.seal.digest(&bytes));
        self.phase = Phase::Closing;
        if self.standing.is_unauthenticated() {
            self.penalise(Failure::InvalidRequest);
        }
        let policy = self.shared.policy.load().anchor.clone();
        if let Some(entry) = self.refuse(None, Box::new(line), policy) {
            self.recorder.submit(entry).await;
        }
    }

    pub(super) async fn submit(&mut self, entries: &mut Vec<Entry>) {
        self.recorder.submit_all(entries).await;
    }
}
