//! Requests that wait for a person's approval: proposals, tickets, decisions and outcomes.
//!
//! A proposal is made when the script answers that a rule asks. It holds the targets that the person is shown; the script compares them again in the
//! tick in which the approved request runs. Proposals do not survive a restart.

mod grant;
mod proposal;
mod table;
mod waiter;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::{mpsc, watch};

use crate::audit::{Event, OutcomeKind};
use crate::config;
use crate::gateway::identify::{Caller, Role};
use crate::gateway::record::{Recorded, Reply};
use crate::platform::clock::Clock;
use crate::wire::refusal::{Code, Refusal};
pub use proposal::{Approver, Circumstances, Decision, Proof, Proposal, Requested, SeenTargets, Start};
use table::{Proposed, Table};
use waiter::Waiter;

/// All proposals of this run.
pub struct Approvals {
    config: config::Approvals,
    clock: Clock,
    /// Whether two callers on this machine count as two persons.
    this_machine: bool,
    table: Mutex<Table>,
    /// Sends approved tickets to the task that runs them.
    approved: mpsc::Sender<Arc<str>>,
    /// The number of pending proposals.
    waiting: watch::Sender<usize>,
}

impl Approvals {
    /// The table, and the receiver of approved tickets.
    pub fn new(config: &config::Config, clock: Clock) -> (Approvals, mpsc::Receiver<Arc<str>>) {
        let bounds = config.approvals.clone();
        let (approved, receiver) = mpsc::channel(bounds.max);
        let approvals = Approvals {
            this_machine: bounds.allows_this_machine(config.serves_others()),
            table: Mutex::new(Table::new(bounds.clone())),
            config: bounds,
            clock,
            approved,
            waiting: watch::channel(0).0,
        };
        (approvals, receiver)
    }

    /// The number of pending proposals, as it changes.
    pub fn waiting(&self) -> watch::Receiver<usize> {
        self.waiting.subscribe()
    }

    /// Propose a request that the script did not run because a rule asks. The reply contains the ticket.
    pub fn propose(&self, recorded: &mut Recorded, circumstances: Circumstances, seen: Option<Value>) -> Reply {
        let Some(seen) = seen.and_then(|seen| SeenTargets::read(seen, self.config.seen_bytes_max)) else {
            let message = "the script did not report the targets of the request; it did not run";
            return refused(Refusal::new(Code::Internal, message));
        };
        let requested = Requested::of(recorded, circumstances);
        let proposed = self.take_in(recorded, requested, seen);
        self.publish();
        match proposed {
            Proposed::Waits { ticket, .. } => {
                let message = "a person must approve this request; get_approval with the ticket returns its outcome";
                let refusal = Refusal::new(Code::ApprovalPending, message).ticket(ticket.as_ref());
                refused(refusal)
            }
            Proposed::Denied { retry_after } => {
                let retry_after_ms = u64::try_from(retry_after.as_millis()).unwrap_or(u64::MAX);
                let message = "a person denied this request; it cannot be proposed again yet";
                refused(Refusal::new(Code::ApprovalDenied, message).retry_after_ms(retry_after_ms))
            }
            Proposed::Full => {
                let message = "too many requests wait for approval; wait until some are decided";
                refused(Refusal::new(Code::Overloaded, message))
            }
        }
    }

    /// A request that a grant covers runs now, and its answer is that of the run.
    fn take_in(&self, recorded: &mut Recorded, requested: Requested, seen: SeenTargets) -> Proposed {
        let now = self.clock.now();
        let mut table = self.lock();
        let proposed = table.propose(requested, seen, now);
        if let Proposed::Waits { ticket, is_new: true } = &proposed {
            let is_granted = table.use_grant(ticket, now);
            if is_granted || recorded.request().terms.wait {
                table.wait(ticket, Waiter::of(recorded));
            }
            if is_granted && self.approved.try_send(ticket.clone()).is_err() {
                table.void(ticket, "the gateway is shutting down");
            }
        }
        proposed
    }

    /// The pending proposals that `may_see` accepts, oldest first.
    pub fn list(&self, may_see: impl Fn(&Proposal) -> bool) -> Vec<Map<String, Value>> {
        let now = self.clock.now();
        let mut table = self.lock();
        table.expire(now);
        table.waiting().filter(|proposal| may_see(proposal)).map(|proposal| proposal.describe(now)).collect()
    }

    /// The outcome of a proposal, for its proposer.
    pub fn outcome(&self, ticket: &str, proposer: &Caller) -> Option<Map<String, Value>> {
        let now = self.clock.now();
        let mut table = self.lock();
        table.expire(now);
        table.get(ticket).filter(|proposal| proposal.requested.caller.is_same(proposer)).map(|proposal| {
            let mut outcome = proposal.describe(now);
            outcome.extend(proposal.outcome());
            outcome
        })
    }

    /// Approve or deny a proposal. The person must not be the proposer, and must be permitted the request and its targets.
    pub fn decide(
        &self,
        ticket: &str,
        decision: Decision,
        lasts: Option<Duration>,
        by: (&Arc<Caller>, &Role),
        may_see: impl Fn(&Proposal) -> bool,
    ) -> Result<Map<String, Value>, Refusal> {
        let now = self.clock.now();
        let mut table = self.lock();
        table.expire(now);
        let (person, role) = by;
        let unknown = || {
            let message = format!("there is no pending proposal {ticket} that you may decide; see approval_list");
            Refusal::new(Code::InvalidParams, message)
        };
        let proposal = table.get(ticket).ok_or_else(unknown)?;
        let proof = Proof::of(&proposal.requested.caller, person, self.this_machine).ok_or_else(|| {
            Refusal::new(Code::Forbidden, "you cannot decide about your own request, nor about that of who issued your credential; another person must")
        })?;
        if !may_see(proposal) {
            return Err(unknown());
        }
        if !proposal.is_waiting() {
            let message = format!("the proposal is {} already", proposal.state());
            return Err(Refusal::new(Code::InvalidParams, message));
        }
        let by = Approver { caller: person.clone(), role: role.clone(), proof };
        if let Some(lasts) = lasts {
            if !proposal.requested.is_grantable() {
                let message =
                    "actions tagged @destructive, @costly or @sensitive need an approval each time; leave for_s out";
                return Err(Refusal::new(Code::InvalidParams, message));
            }
            let full =
                || Refusal::new(Code::Overloaded, "too many grants are in force; revoke one, or leave for_s out");
            table.grant(ticket, by.clone(), lasts, now).ok_or_else(full)?;
        }
        let decided = table.decide(ticket, decision, by, now);
        drop(table);
        if decision == Decision::Approve {
            // The channel has capacity for every proposal, so this cannot be full.
            let sent = self.approved.try_send(ticket.into());
            sent.map_err(|_| Refusal::new(Code::ShuttingDown, "the gateway is shutting down; it did not run"))?;
        }
        self.publish();
        Ok(decided)
    }

    /// Start an approved request, once: within its time to start, and under the policy under which it was proposed.
    pub fn start(&self, ticket: &str, circumstances: &Circumstances) -> Option<Start> {
        self.lock().start(ticket, circumstances, self.clock.now())
    }

    /// Store the answer to an approved request.
    pub fn finish(&self, ticket: &str, body: Map<String, Value>) {
        self.lock().finish(ticket, body);
    }

    /// End an approved request that must not run.
    pub fn void(&self, ticket: &str, reason: &'static str) {
        self.lock().void(ticket, reason);
    }

    /// The grants in force that `may_see` accepts.
    pub fn grants(&self, now_are: &Circumstances, may_see: impl Fn(&Requested) -> bool) -> Vec<Map<String, Value>> {
        let now = self.clock.now();
        let mut table = self.lock();
        table.expire(now);
        let valid = table.grants.iter().filter(|grant| grant.requested.circumstances == *now_are);
        valid.filter(|grant| may_see(&grant.requested)).map(|grant| grant.describe(now)).collect()
    }

    /// End one grant. Returns whether there was one.
    pub fn revoke_grant(&self, grant: &str, may_see: impl Fn(&Requested) -> bool) -> bool {
        self.lock().end_grants("it was revoked", |known| *known.id == *grant && may_see(&known.requested)) > 0
    }

    /// End all grants.
    pub fn end_grants(&self, reason: &str) {
        self.lock().end_grants(reason, |_| true);
    }

    /// End the grants for which `is_over` holds, by what was requested and by who approved it.
    pub fn end_grants_where(&self, reason: &str, is_over: impl Fn(&Requested, &Approver) -> bool) {
        self.lock().end_grants(reason, |grant| is_over(&grant.requested, &grant.by));
    }

    /// End the grants that a person gave.
    pub fn end_grants_of(&self, approver: &Arc<Caller>) {
        let is_theirs = |by: &Approver| by.caller.is_same(approver);
        self.lock().end_grants("the person who approved no longer has the right to", |grant| is_theirs(&grant.by));
    }

    /// Expire overdue proposals and grants. Returns the events since the last call.
    pub fn expire(&self) -> Vec<Event> {
        let events = {
            let mut table = self.lock();
            table.expire(self.clock.now());
            table.take_events()
        };
        if !events.is_empty() {
            self.publish();
        }
        events
    }

    /// The gateway shuts down: answer every request that waits for a decision.
    pub fn shut_down(&self) {
        let refusal = Refusal::new(Code::ShuttingDown, "the gateway is shutting down; it did not run");
        self.lock().answer_all(&refusal);
    }

    fn publish(&self) {
        let waiting = self.lock().waiting().count();
        self.waiting.send_if_modified(|known| std::mem::replace(known, waiting) != waiting);
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The script did not run the request.
fn refused(refusal: Refusal) -> Reply {
    Reply::refusal(OutcomeKind::RefusedInLive, refusal)
}
