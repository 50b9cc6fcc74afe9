//! The table of proposals, bounded in number and bytes, and of recent denials.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::grant::{GRANT_MAX, Grant};
use super::proposal::{Approver, Circumstances, Decision, Proposal, Requested, SeenTargets, Start, State};
use super::waiter::Waiter;
use crate::audit::Event;
use crate::config;
use crate::platform::clock::Moment;
use crate::platform::random;
use crate::wire::refusal::{Code, Refusal};

/// Proposals in the order in which they were made.
pub(super) struct Table {
    bounds: config::Approvals,
    proposals: VecDeque<Proposal>,
    denials: VecDeque<Denial>,
    pub grants: Vec<Grant>,
    /// Ends of proposals and grants that are not recorded yet.
    events: Vec<Event>,
}

/// Until this time the same request is refused. Each further denial doubles the time.
struct Denial {
    requested: Requested,
    until: Moment,
    wait: Duration,
}

/// The outcome of proposing a request.
pub(super) enum Proposed {
    Waits { ticket: Arc<str>, is_new: bool },
    Denied { retry_after: Duration },
    Full,
}

const DENIAL: Duration = Duration::from_secs(600);
const DENIAL_MAX: Duration = Duration::from_secs(86_400);

impl Table {
    pub fn new(bounds: config::Approvals) -> Table {
        Table { bounds, proposals: VecDeque::new(), denials: VecDeque::new(), grants: Vec::new(), events: Vec::new() }
    }

    /// Propose a request. The same request with the same targets keeps its ticket; with other targets it gets a new one.
    pub fn propose(&mut self, requested: Requested, seen: SeenTargets, now: Moment) -> Proposed {
        self.expire(now);
        if let Some(denial) =
            self.denials.iter().find(|denial| denial.requested.is_same(&requested) && now < denial.until)
        {
            return Proposed::Denied { retry_after: denial.until - now };
        }
        let same = |proposal: &&Proposal| proposal.is_waiting() && proposal.requested.is_same(&requested);
        if let Some(earlier) = self.proposals.iter().find(same) {
            let ticket = earlier.ticket.clone();
            let changed = requested.circumstances.changed_since(&earlier.requested.circumstances);
            let changed = changed.or((earlier.seen.digest != seen.digest).then_some("the targets have changed"));
            match changed {
                None => return Proposed::Waits { ticket, is_new: false },
                Some(reason) => self.void(&ticket, reason),
            }
        }
        if !self.has_capacity_for(&requested, &seen) {
            return Proposed::Full;
        }
        let ttl = config::ms(self.bounds.ttl_s * 1000);
        let ticket: Arc<str> = hex::encode(random::bytes::<8>()).into();
        let proposal = Proposal {
            ticket: ticket.clone(),
            requested,
            seen,
            expires: now + ttl,
            state: State::Waiting,
            waiter: None,
        };
        self.proposals.push_back(proposal);
        Proposed::Waits { ticket, is_new: true }
    }

    /// Make capacity by removing decided proposals. Each caller may use a quarter of the capacity.
    fn has_capacity_for(&mut self, requested: &Requested, seen: &SeenTargets) -> bool {
        let bytes = requested.bytes() + seen.targets.to_string().len();
        while self.proposals.len() >= self.bounds.max || self.bytes() + bytes > self.bounds.bytes_max {
            let Some(over) = self.proposals.iter().position(Proposal::is_over) else { return false };
            self.proposals.remove(over);
        }
        let of_caller = || {
            let is_theirs = |proposal: &&Proposal| proposal.requested.caller.is_same(&requested.caller);
            self.proposals.iter().filter(|proposal| !proposal.is_over()).filter(is_theirs)
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

    /// Deny proposals that have expired, and void those that did not start in time or whose client waits no longer.
    pub fn expire(&mut self, now: Moment) {
        let mut ends = Vec::new();
        for proposal in &self.proposals {
            let over = proposal.waiter.as_ref().and_then(|waiter| waiter.is_over(now));
            match (&proposal.state, over) {
                (State::Waiting, Some(reason)) => ends.push((proposal.ticket.clone(), Some(reason))),
                (State::Waiting, None) if proposal.expires <= now => ends.push((proposal.ticket.clone(), None)),
                (State::Approved { start_by, .. }, _) if *start_by <= now => {
                    ends.push((proposal.ticket.clone(), Some("the approved request did not start in time")));
                }
                _ => (),
            }
        }
        for (ticket, reason) in ends {
            match reason {
                Some(reason) => self.void(&ticket, reason),
                None => self.time_out(&ticket),
            }
        }
        self.end_grants("its time has ended", |grant| grant.until <= now || grant.uses_left == 0);
        self.denials.retain(|denial| now < denial.until + denial.wait);
    }

    fn time_out(&mut self, ticket: &str) {
        self.events.push(Event::new("approval_expired").with("ticket", ticket));
        let Some(proposal) = self.get_mut(ticket) else { return };
        proposal.state = State::Expired;
        if let Some(waiter) = proposal.waiter.take() {
            waiter.refuse(Code::ApprovalDenied, "no person decided in time");
        }
    }

    /// End a proposal that must not run any more.
    pub fn void(&mut self, ticket: &str, reason: &'static str) {
        self.events.push(Event::new("approval_void").with("ticket", ticket).with("reason", reason));
        let Some(proposal) = self.get_mut(ticket) else { return };
        proposal.state = State::Void(reason);
        if let Some(waiter) = proposal.waiter.take() {
            waiter.refuse(Code::ApprovalDenied, reason);
        }
    }

    /// The events since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Let the request of a proposal wait for its answer.
    pub fn wait(&mut self, ticket: &str, waiter: Waiter) {
        match self.get_mut(ticket) {
            Some(proposal) => proposal.waiter = Some(waiter),
            None => waiter.refuse(Code::Internal, "its proposal is missing"),
        }
    }

    /// The gateway shuts down: answer every request that waits for a decision.
    pub fn answer_all(&mut self, refusal: &Refusal) {
        let undecided = self.proposals.iter_mut().filter(|proposal| !matches!(proposal.state, State::Running));
        undecided.filter_map(|proposal| proposal.waiter.take()).for_each(|waiter| waiter.answer(refusal.body()));
    }

    /// Grant the request of a proposal for some time. `None`: too many grants are in force.
    pub fn grant(&mut self, ticket: &str, by: Approver, lasts: Duration, now: Moment) -> Option<()> {
        let proposal = self.get(ticket)?;
        if self.grants.len() >= self.bounds.grants_max {
            return None;
        }
        let grant = Grant {
            id: hex::encode(random::bytes::<8>()).into(),
            requested: proposal.requested.clone(),
            identity: proposal.seen.identity.clone(),
            by,
            until: now + lasts.min(GRANT_MAX),
            uses_left: self.bounds.grant_uses_max,
            uses: 0,
        };
        self.events.push(grant.began(ticket));
        self.grants.push(grant);
        Some(())
    }

    /// Approve a proposal by a grant that covers it, if there is one.
    pub fn use_grant(&mut self, ticket: &str, now: Moment) -> bool {
        let start_by = now + config::ms(self.bounds.start_within_s * 1000);
        let Some(proposal) = self.proposals.iter_mut().find(|proposal| *proposal.ticket == *ticket) else {
            return false;
        };
        let covers = |grant: &&mut Grant| grant.covers(&proposal.requested, &proposal.seen.identity, now);
        let Some(grant) = self.grants.iter_mut().find(covers) else { return false };
        grant.uses += 1;
        grant.uses_left -= 1;
        proposal.state = State::Approved { by: grant.by.clone(), grant: Some(grant.id.clone()), start_by };
        true
    }

    /// End the grants for which `is_over` holds. Returns how many there were.
    pub fn end_grants(&mut self, reason: &str, is_over: impl Fn(&Grant) -> bool) -> usize {
        let (ended, left) = std::mem::take(&mut self.grants).into_iter().partition(is_over);
        self.grants = left;
        let ended: Vec<Grant> = ended;
        self.events.extend(ended.iter().map(|grant| grant.ended(reason)));
        ended.len()
    }

    /// Decide about a pending proposal.
    pub fn decide(&mut self, ticket: &str, decision: Decision, by: Approver, now: Moment) -> Map<String, Value> {
        let start_by = now + config::ms(self.bounds.start_within_s * 1000);
        let Some(proposal) = self.get_mut(ticket) else { return Map::new() };
        let proof = by.proof;
        proposal.state = match decision {
            Decision::Approve => State::Approved { by, grant: None, start_by },
            Decision::Deny => State::Denied { by: by.name().clone() },
        };
        if decision == Decision::Deny
            && let Some(waiter) = proposal.waiter.take()
        {
            waiter.refuse(Code::ApprovalDenied, "a person denied this request");
        }
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
    pub fn start(&mut self, ticket: &str, circumstances: &Circumstances, now: Moment) -> Option<Start> {
        self.expire(now);
        self.end_grants("the policy has changed, or another set was loaded", |grant| {
            grant.requested.circumstances != *circumstances
        });
        let start_within_ms = self.bounds.start_within_s * 1000;
        let proposal = self.get_mut(ticket)?;
        if !matches!(proposal.state, State::Approved { .. }) {
            return None;
        }
        if let Some(reason) = circumstances.changed_since(&proposal.requested.circumstances) {
            self.void(ticket, reason);
            return None;
        }
        proposal.start_now(start_within_ms)
    }

    pub fn finish(&mut self, ticket: &str, body: Map<String, Value>) {
        if let Some(proposal) = self.get_mut(ticket) {
            if let Some(waiter) = proposal.waiter.take() {
                waiter.answer(body.clone());
            }
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
