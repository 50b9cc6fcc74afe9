//! The table of proposals, bounded in number and bytes, and of recent denials.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::proposal::{Decision, Proof, Proposal, Requested, SeenTargets, Start, State};
use crate::config;
use crate::gateway::identify::Role;
use crate::platform::clock::Moment;
use crate::platform::random;

/// Proposals in the order in which they were made.
pub(super) struct Table {
    bounds: config::Approvals,
    proposals: VecDeque<Proposal>,
    denials: VecDeque<Denial>,
    /// Tickets that have expired and are not recorded yet.
    expired: Vec<Arc<str>>,
}

/// Until this time the same request is refused. Each further denial doubles the time.
struct Denial {
    requested: Requested,
    until: Moment,
    wait: Duration,
}

/// The outcome of proposing a request.
pub(super) enum Proposed {
    Waits { ticket: Arc<str> },
    Denied { retry_after: Duration },
    Full,
}

const DENIAL: Duration = Duration::from_secs(600);
const DENIAL_MAX: Duration = Duration::from_secs(86_400);

impl Table {
    pub fn new(bounds: config::Approvals) -> Table {
        Table { bounds, proposals: VecDeque::new(), denials: VecDeque::new(), expired: Vec::new() }
    }

    /// Propose a request. The same request with the same targets keeps its ticket; with other targets it gets a new one.
    pub fn propose(&mut self, requested: Requested, seen: SeenTargets, now: Moment) -> Proposed {
        self.expire(now);
        if let Some(denial) =
            self.denials.iter().find(|denial| denial.requested.is_same(&requested) && now < denial.until)
        {
            return Proposed::Denied { retry_after: denial.until - now };
        }
        let same = |proposal: &&mut Proposal| proposal.is_waiting() && proposal.requested.is_same(&requested);
        if let Some(earlier) = self.proposals.iter_mut().find(same) {
            if earlier.seen.digest == seen.digest {
                return Proposed::Waits { ticket: earlier.ticket.clone() };
            }
            earlier.state = State::Void("the targets have changed");
        }
        if !self.has_capacity_for(&requested, &seen) {
            return Proposed::Full;
        }
        let ttl = config::ms(self.bounds.ttl_s * 1000);
        let ticket: Arc<str> = hex::encode(random::bytes::<8>()).into();
        let proposal = Proposal { ticket: ticket.clone(), requested, seen, expires: now + ttl, state: State::Waiting };
        self.proposals.push_back(proposal);
        Proposed::Waits { ticket }
    }

    /// Make capacity by removing decided proposals. Each caller may use a quarter of the capacity.
    fn has_capacity_for(&mut self, requested: &Requested, seen: &SeenTargets) -> bool {
        let bytes = requested.bytes() + seen.targets.to_string().len();
        while self.proposals.len() >= self.bounds.max || self.bytes() + bytes > self.bounds.bytes_max {
            let Some(over) = self.proposals.iter().position(Proposal::is_over) else { return false };
            self.proposals.remove(over);
        }
        let of_caller = || {
            let caller = requested.caller.name();
            self.proposals
                .iter()
                .filter(move |proposal| !proposal.is_over() && proposal.requested.caller.name() == caller)
        };
        let bytes_of_caller: usize = of_caller().map(Proposal::bytes).sum();
        of_caller().count() < self.bounds.max.div_ceil(4)
            && bytes_of_caller + bytes <= self.bounds.bytes_max.div_ceil(4)
    }

    fn bytes(&self) -> usize {
        self.proposals.iter().map(Proposal::bytes).sum()
    }

    pub fn waiting(&self) -> impl Iterator<Item = &Proposal> {
        self.proposals.iter().filter(|proposal| proposal.is_waiting())
    }

    pub fn get(&self, ticket: &str) -> Option<&Proposal> {
        self.proposals.iter().find(|proposal| proposal.ticket.as_ref() == ticket)
    }

    fn get_mut(&mut self, ticket: &str) -> Option<&mut Proposal> {
        self.proposals.iter_mut().find(|proposal| proposal.ticket.as_ref() == ticket)
    }

    /// Deny proposals that have expired, and void approved ones that did not start in time.
    pub fn expire(&mut self, now: Moment) {
        for proposal in &mut self.proposals {
            match &proposal.state {
                State::Waiting if proposal.expires <= now => {
                    proposal.state = State::Expired;
                    self.expired.push(proposal.ticket.clone());
                }
                State::Approved { start_by, .. } if *start_by <= now => {
                    proposal.state = State::Void("it did not start in time");
                }
                _ => (),
            }
        }
        self.denials.retain(|denial| now < denial.until + denial.wait);
    }

    /// The tickets that have expired since the last call.
    pub fn take_expired(&mut self) -> Vec<Arc<str>> {
        std::mem::take(&mut self.expired)
    }

    /// Decide about a pending proposal.
    pub fn decide(
        &mut self,
        ticket: &str,
        decision: Decision,
        by: Arc<str>,
        role: Role,
        proof: Proof,
        now: Moment,
    ) -> Map<String, Value> {
        let start_by = now + config::ms(self.bounds.start_within_s * 1000);
        let Some(proposal) = self.get_mut(ticket) else { return Map::new() };
        proposal.state = match decision {
            Decision::Approve => State::Approved { by, role, proof, start_by },
            Decision::Deny => State::Denied { by },
        };
        let decided = json!({
            "ok": true,
            "ticket": ticket,
            "state": proposal.state(),
            "caller": proposal.requested.caller.name().as_ref(),
            "action": proposal.requested.action.name,
            "proof": proof.name(),
        });
        if decision == Decision::Deny {
            let requested = proposal.requested.clone();
            self.remember_denial(requested, now);
        }
        decided.as_object().cloned().unwrap_or_default()
    }

    fn remember_denial(&mut self, requested: Requested, now: Moment) {
        let earlier = self.denials.iter().position(|denial| denial.requested.is_same(&requested));
        let earlier = earlier.and_then(|at| self.denials.remove(at));
        let wait = earlier.map_or(DENIAL, |earlier| (earlier.wait * 2).min(DENIAL_MAX));
        if self.denials.len() >= self.bounds.max {
            self.denials.pop_front();
        }
        self.denials.push_back(Denial { requested, until: now + wait, wait });
    }

    /// Start an approved request: once, in time, and only under the policy under which it was proposed.
    pub fn start(&mut self, ticket: &str, policy: &str, now: Moment) -> Option<Start> {
        self.expire(now);
        let start_within_ms = self.bounds.start_within_s * 1000;
        let proposal = self.get_mut(ticket)?;
        if !matches!(proposal.state, State::Approved { .. }) {
            return None;
        }
        if proposal.requested.policy != policy {
            proposal.state = State::Void("the policy has changed");
            return None;
        }
        proposal.start_now(start_within_ms)
    }

    pub fn finish(&mut self, ticket: &str, body: Map<String, Value>) {
        if let Some(proposal) = self.get_mut(ticket) {
            proposal.state = State::Done(body);
        }
    }
}

impl Proposal {
    fn is_over(&self) -> bool {
        !matches!(self.state, State::Waiting | State::Approved { .. } | State::Running)
    }

    fn bytes(&self) -> usize {
        let answer = match &self.state {
            State::Done(body) => serde_json::to_string(body).map_or(0, |text| text.len()),
            _ => 0,
        };
        self.requested.bytes() + self.seen.targets.to_string().len() + answer
    }
}
