//! Sign-in and sign-out of a connection.

use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use super::{Phase, Session, session_event};
use crate::audit::{Anchor, Event};
use crate::command::SignInMethod;
use crate::config;
use crate::gateway::accept::Failure;
use crate::gateway::identify::{self, Caller, Credential};
use crate::gateway::interpret::Request;
use crate::gateway::limit::Purpose;
use crate::gateway::record::Entry;
use crate::identity::{Denied, Fault};
use crate::platform::shutdown::shutdown_requested;
use crate::replies::answers::AnswerSlot;
use crate::wire::refusal::{Code, Refusal};

impl Session {
    /// Sign in. The sign-in takes effect once it is recorded.
    pub(super) async fn sign_in(&mut self, method: SignInMethod, mut request: Request) {
        let slot = self.answers.slot(request.id.clone());
        let user = request.params.get("user").and_then(Value::as_str).map(str::to_owned);
        let credential = Credential { method, user, secret: request.secret.take().unwrap_or_default() };
        let recognised = tokio::select! {
            recognised = identify::recognise(credential, &self.shared.directory) => recognised,
            () = self.peer.evicted() => {
                slot.refuse(&connections_full());
                return self.leave();
            }
            () = shutdown_requested(&mut self.shutdown) => {
                slot.refuse(&Refusal::new(Code::ShuttingDown, "the gateway is shutting down and accepts no sign-in"));
                return self.close();
            }
        };
        let mut recognised = match recognised {
            Ok(recognised) => recognised,
            Err(denied) => return self.deny(&denied, slot, identify::refusal(&denied)).await,
        };
        let caller = recognised.caller().clone();
        let name = recognised.caller().name().clone();
        let address = self.peer.address.map(|address| address.ip());
        // The answer and the cost are those of a wrong password, so that neither reveals whether it was right.
        if method == SignInMethod::Password && self.shared.limits.sources.is_slowed(&name, address) {
            let reason = "a password for an account whose password sign-in is suspended";
            let denied = Denied { user: Some(name), ..Denied::because(reason) };
            return self.deny(&denied, slot, identify::refusal(&denied)).await;
        }
        // The session's row counts to its caller's share. A caller without a share may still sign in, to be able to stop the music.
        let share = &self.shared.limits.of_caller(&name).share;
        if let Err(refusal) = self.shared.limits.shares.admit(share, Purpose::Reserved) {
            let denied =
                Denied { user: Some(name), fault: Fault::Ours, ..Denied::because("the trail has no capacity for it") };
            return self.deny(&denied, slot, refusal).await;
        }
        if let Err(reason) = self.peer.become_caller() {
            let denied = Denied { user: Some(name), fault: Fault::Ours, ..Denied::because(reason) };
            return self.deny(&denied, slot, connections_full()).await;
        }
        let event = session_event(self.door, self.transport, &self.peer, Some(&caller))
            .with("role", recognised.role().as_ref());
        let issued = recognised.granted_token().map(|token| {
            Event::new("token_issued")
                .with("caller", name.as_ref())
                .with("jti", token.jti.as_ref())
                .with_some("family", token.family.as_deref())
        });
        let weak = recognised.take_weak_hash();
        let answer = match self.recorder.anchor(event).await {
            Ok(anchor) => recognised.welcome(&self.shared.directory).await.map(|body| (anchor, body)),
            Err(refusal) => {
                let denied =
                    Denied { user: Some(name), fault: Fault::Ours, ..Denied::because("it could not be recorded") };
                return self.deny(&denied, slot, refusal).await;
            }
        };
        match answer {
            Ok((anchor, mut body)) => {
                body.extend(self.recorder.health().handed_out());
                tracing::info!(connection = self.answers.connection(), caller = %name, "signed in");
                if let Some(issued) = issued {
                    self.recorder.event(issued).await;
                }
                self.anchor = anchor;
                if let Some(address) = address {
                    self.shared.limits.sources.remember(address, &name);
                }
                self.welcome(caller);
                slot.answer(body);
                if let Some(weak) = weak {
                    let shared = self.shared.clone();
                    tokio::spawn(async move { shared.directory.rehash(weak).await });
                }
            }
            Err(denied) => self.deny(&denied, slot, identify::refusal(&denied)).await,
        }
    }

    /// Refuse a sign-in. An earlier caller of the connection is signed out.
    async fn deny(&mut self, denied: &Denied, slot: AnswerSlot, refusal: Refusal) {
        let event = self.denied_event(denied);
        if let Some(family) = &denied.ended {
            let reused = Event::new("refresh_reused").with("family", family.as_ref());
            let reused = reused.with_some("caller", denied.user.as_deref()).with_some("address", self.address());
            self.recorder.event(reused).await;
        }
        self.sign_out();
        match denied.fault {
            Fault::Guess => self.penalise(Failure::SignIn),
            Fault::Password => {
                let sources = &self.shared.limits.sources;
                let user = denied.user.as_ref();
                let penalty = user.and_then(|user| sources.penalise_account(user));
                if let Some(event) = penalty {
                    self.recorder.note(event);
                }
                self.penalise(Failure::SignIn);
            }
            Fault::Outdated | Fault::Ours | Fault::TooManyCallers => self.standing.mark_known(),
        }
        self.count_sign_in_failure();
        let entry = self.count_refusal(event.bytes(), (slot, refusal), |slot, refusal| Entry::RefusedEvent {
            event,
            answers: vec![(slot, refusal)],
        });
        self.submit(&mut Vec::from_iter(entry)).await;
    }

    fn denied_event(&self, denied: &Denied) -> Event {
        tracing::info!(connection = self.answers.connection(), reason = denied.reason, "sign-in refused");
        Event::new("sign_in_refused")
            .with("reason", denied.reason)
            .with("channel", self.door.name())
            .with_some("caller", denied.user.as_deref())
            .with_some("address", self.address())
    }

    /// Begin with a caller, if a slot is free.
    pub(super) fn begin_as(&mut self, caller: Arc<Caller>) {
        match self.peer.become_caller() {
            Ok(()) => self.welcome(caller),
            Err(_) => self.close_with(connections_full()),
        }
    }

    /// A client certificate signs its user in. That is recorded like any sign-in before it takes effect.
    pub(super) async fn record_sign_in_by_key(&mut self) {
        let Some(caller) = self.standing.caller().filter(|caller| caller.key().is_some()).cloned() else { return };
        let role = caller.current_role(&self.shared.directory).ok();
        let event =
            session_event(self.door, self.transport, &self.peer, Some(&caller)).with_some("role", role.as_deref());
        match self.recorder.anchor(event).await {
            Ok(anchor) => self.anchor = anchor,
            Err(refusal) => {
                self.sign_out();
                return self.close_with(refusal);
            }
        }
        if let Some(address) = self.peer.address {
            self.shared.limits.sources.remember(address.ip(), caller.name());
        }
    }

    /// From now on the connection has this caller.
    pub(super) fn welcome(&mut self, caller: Arc<Caller>) {
        self.allowance = self.shared.limits.of_caller(caller.name());
        let before = self.standing.sign_in(caller.clone());
        if before.is_some_and(|before| before.name() != caller.name()) {
            self.connection_handle.mailbox.renew();
        }
        self.answers.count_to(self.allowance.unread.clone());
        self.connection.set_message_bytes_max(self.shared.config.requests.line_bytes_max);
        self.sign_in_failures = 0;
        self.connection_handle.mailbox.wake();
    }

    /// From now on the connection has no caller.
    pub(super) fn sign_out(&mut self) {
        self.peer.become_unauthenticated();
        if !self.standing.sign_out(self.sign_in_deadline()) {
            return;
        }
        self.connection_handle.mailbox.renew();
        self.connection.set_message_bytes_max(self.shared.config.requests.line_bytes_max_before_sign_in);
        self.begin_unauthenticated();
    }

    /// Let an expired sign-in lapse: it frees the caller's slot and allowance. If the user signs in again in time, subscriptions continue. A line in
    /// progress is refused with the reason.
    pub(super) async fn expire_sign_in(&mut self) {
        let Some(caller) = self.standing.lapse_if_expired(self.sign_in_deadline()) else { return };
        let event = Event::new("session_ended").with("caller", caller.name().as_ref());
        self.recorder.event(event.with("reason", "its sign-in has expired")).await;
        self.peer.become_unauthenticated();
        self.begin_unauthenticated();
    }

    fn begin_unauthenticated(&mut self) {
        self.allowance = self.shared.limits.unauthenticated();
        self.answers.count_to(self.allowance.unread.clone());
        self.anchor = Arc::new(Anchor::new(session_event(self.door, self.transport, &self.peer, None)));
    }

    /// The deadline for signing in, from now.
    fn sign_in_deadline(&self) -> Instant {
        Instant::now() + config::ms(self.shared.config.connections.first_line_ms)
    }

    /// Penalise the source for a failure before sign-in.
    pub(super) fn penalise(&mut self, failure: Failure) {
        let Some(address) = self.peer.address else { return };
        let penalty = self.shared.limits.sources.penalise(address.ip(), failure);
        if let Some(event) = penalty {
            self.recorder.note(event);
        }
    }

    /// Count a failed sign-in. Too many end the connection.
    pub(super) fn count_sign_in_failure(&mut self) {
        self.sign_in_failures += 1;
        if self.sign_in_failures >= self.shared.config.connections.sign_in_failures_max {
            self.phase = Phase::Closing;
        }
    }
}

/// No slot is free for another caller; existing callers have theirs.
fn connections_full() -> Refusal {
    Refusal::new(Code::Overloaded, "no connection slot is free; retry later")
}
