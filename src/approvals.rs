//! Requests that wait for a person's approval: proposals, tickets, decisions and outcomes.
//!
//! A proposal is made when the script answers that a rule asks. It holds the targets that the person is shown; the script compares them again in the
//! tick in which the approved request runs. Proposals do not survive a restart.

mod proposal;
mod table;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};
use tokio::sync::{mpsc, watch};

use crate::audit::{Event, OutcomeKind};
use crate::config;
use crate::gateway::identify::{Caller, Role};
use crate::gateway::record::{Recorded, Reply};
use crate::platform::clock::Clock;
use crate::wire::refusal::{Code, Refusal};
pub use proposal::{Decision, Proof, Proposal, Requested, SeenTargets, Start};
use table::{Proposed, Table};

/// All proposals of this run.
pub struct Approvals {
    config: config::Approvals,
    clock: Clock,
    /// Whether two callers on this machine count as two persons.
    this_machine: bool,
    table: Mutex<Table>,
    /// Approved tickets, on their way to being run.
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
    pub fn propose(&self, recorded: &Recorded, policy: &str, seen: Option<Value>) -> Reply {
        let Some(seen) = seen.and_then(|seen| SeenTargets::read(seen, self.config.seen_bytes_max)) else {
            let message = "the script did not report the targets of the request; it did not run";
            return refused(Refusal::new(Code::Internal, message));
        };
        let requested = Requested::of(recorded, policy);
        let proposed = self.lock().propose(requested, seen, self.clock.now());
        self.publish();
        match proposed {
            Proposed::Waits { ticket } => {
                let message = "a person has to approve this; get_approval with the ticket has its outcome";
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

    /// The pending proposals that `may_see` accepts, oldest first.
    pub fn list(&self, may_see: impl Fn(&Proposal) -> bool) -> Vec<Map<String, Value>> {
        let now = self.clock.now();
        let mut table = self.lock();
        table.expire(now);
        table.waiting().filter(|proposal| may_see(proposal)).map(|proposal| proposal.describe(now)).collect()
    }

    /// The outcome of a proposal, for its proposer.
    pub fn outcome(&self, ticket: &str, proposer: &str) -> Option<Map<String, Value>> {
        let now = self.clock.now();
        let mut table = self.lock();
        table.expire(now);
        table.get(ticket).filter(|proposal| proposal.requested.caller.name().as_ref() == proposer).map(|proposal| {
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
            Refusal::new(Code::Forbidden, "you cannot decide about your own request; another person must")
        })?;
        if !may_see(proposal) {
            return Err(unknown());
        }
        if !proposal.is_waiting() {
            let message = format!("the proposal is {} already", proposal.state());
            return Err(Refusal::new(Code::InvalidParams, message));
        }
        let decided = table.decide(ticket, decision, person.name().clone(), role.clone(), proof, now);
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
    pub fn start(&self, ticket: &str, policy: &str) -> Option<Start> {
        self.lock().start(ticket, policy, self.clock.now())
    }

    /// Store the answer to an approved request.
    pub fn finish(&self, ticket: &str, body: Map<String, Value>) {
        self.lock().finish(ticket, body);
    }

    /// Expire overdue proposals; returns one event for each.
    pub fn expire(&self) -> Vec<Event> {
        let expired = {
            let mut table = self.lock();
            table.expire(self.clock.now());
            table.take_expired()
        };
        if !expired.is_empty() {
            self.publish();
        }
        let event = |ticket: Arc<str>| Event::new("approval_expired").with("ticket", ticket.as_ref());
        expired.into_iter().map(event).collect()
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
