//! The end of a connection: by its client, a deadline, an eviction or a refusal.

use std::time::{Duration, Instant};

use super::{Phase, Session, Standing};
use crate::config;
use crate::gateway::accept;
use crate::gateway::accept::Failure;
use crate::gateway::identify::SignInEnd;
use crate::platform::clock::Moment;
use crate::wire::line;
use crate::wire::refusal::Refusal;

impl Session {
    pub(super) fn is_over(&self) -> bool {
        let all_said =
            self.answers.outstanding() == 0 && self.closing_refusal.is_none() && !self.connection.is_pending();
        self.phase == Phase::Over || (self.phase == Phase::Closing && all_said)
    }

    pub(super) async fn end_of_input(&mut self) {
        self.connection_handle.end();
        if self.phase == Phase::Open
            && let Err(unreadable) = self.connection.finish()
        {
            return self.refuse_bytes(unreadable).await;
        }
        self.close();
    }

    /// Stop reading. Requests that were read are still answered.
    pub(super) fn close(&mut self) {
        self.phase = Phase::Closing;
    }

    /// End at once, without waiting for the client.
    pub(super) fn end(&mut self, reason: &str) {
        tracing::debug!(connection = self.answers.connection(), reason, "ending a connection");
        self.phase = Phase::Over;
    }

    /// When the connection will have been idle too long. It is not idle while it waits for answers, which arrive even after the machine has slept.
    pub(super) fn idle_until(&self) -> Option<Moment> {
        let idle = Duration::from_secs(self.shared.config.connections.idle_s);
        (self.answers.outstanding() == 0).then(|| self.active + idle)
    }

    /// The nearest deadline for the peer. The machine's sleep does not count, because the peer could not act during it.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let bounds = &self.shared.config.connections;
        let sign_in = self.standing.sign_in_until().filter(|_| self.phase != Phase::Closing);
        let stuck = self.connection.stuck_since().map(|since| since + config::ms(bounds.unread_answer_ms));
        [sign_in, stuck, self.end_by].into_iter().flatten().min()
    }

    pub(super) fn deadline_passed(&mut self) {
        let now = Instant::now();
        let is_idle = self.idle_until().is_some_and(|until| until <= self.shared.clock.now());
        if !is_idle && self.next_deadline().is_none_or(|deadline| deadline > now) {
            return;
        }
        match &self.standing {
            // Requests from before the expiry of the sign-in are still answered.
            Standing::Lapsed { until, .. } if *until <= now && self.phase != Phase::Closing => {
                return self.close_with(SignInEnd::Expired.refusal());
            }
            Standing::Unauthenticated { until, known: false } if *until <= now => self.penalise(Failure::Silence),
            _ => (),
        }
        self.end("its deadline passed");
    }

    /// Close the connection with a refusal that gives the reason, after everything that was requested is answered.
    pub(super) fn close_with(&mut self, refusal: Refusal) {
        self.closing_refusal = Some(refusal);
        self.close();
    }

    /// The refusal has no id. Before an answer, a client that matches answers by order would take it for that answer.
    pub(super) fn write_closing_refusal(&mut self) {
        if self.answers.outstanding() > 0 {
            return;
        }
        let Some(refusal) = self.closing_refusal.take() else { return };
        let closing_refusal = line::encode(&refusal.body());
        self.answers.announced(closing_refusal.len());
        self.connection.notice(closing_refusal);
    }

    /// Close at once, because the slot is needed for another connection.
    pub(super) fn leave(&mut self) {
        if let Some(address) = self.peer.address {
            self.recorder.note(accept::evicted(address));
        }
        self.end("its slot was needed for another connection");
    }
}
