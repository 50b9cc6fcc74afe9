//! One proposal: the request, what a person is shown about it, and its state.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::command::Action;
use crate::gateway::identify::{Caller, Role};
use crate::gateway::interpret::Approval;
use crate::gateway::record::Recorded;
use crate::platform::clock::{self, Moment};
use crate::policy::Condition;
use crate::wire::message::Message;

/// A request that needs approval.
#[derive(Clone)]
pub struct Requested {
    pub caller: Arc<Caller>,
    pub role: Role,
    pub action: &'static Action,
    pub params: Map<String, Value>,
    pub expect: Option<Condition>,
    /// The digest of the policy under which it was proposed.
    pub policy: String,
    /// The seq of its decision row.
    pub seq: i64,
}

/// The targets of the request, as the script found them. A person is shown these.
pub struct SeenTargets {
    /// The digest of the targets. The script compares it before the approved request runs.
    pub digest: String,
    /// Names and contents of the targets, by kind.
    pub targets: Value,
}

/// A proposal and its state.
pub struct Proposal {
    pub ticket: Arc<str>,
    pub requested: Requested,
    pub seen: SeenTargets,
    pub expires: Moment,
    pub(super) state: State,
}

pub(super) enum State {
    Waiting,
    Approved {
        by: Arc<str>,
        role: Role,
        proof: Proof,
        start_by: Moment,
    },
    Denied {
        by: Arc<str>,
    },
    Expired,
    /// Approved, but not run; the text says why.
    Void(&'static str),
    Running,
    Done(Map<String, Value>),
}

/// A person's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Deny,
}

/// The evidence that the person who decides is not the proposer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Another signed-in user decides.
    AnotherUser,
    /// Both are on this machine, where one person may use several programs.
    SameMachine,
}

impl Proof {
    /// The evidence for two callers; `None` if they count as one person.
    pub fn of(proposer: &Caller, person: &Caller, this_machine: bool) -> Option<Proof> {
        match (proposer.sign_in().is_none(), person.sign_in().is_none()) {
            (true, true) => this_machine.then_some(Proof::SameMachine),
            (false, false) if proposer.name() == person.name() => None,
            _ => Some(Proof::AnotherUser),
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Proof::AnotherUser => "another user",
            Proof::SameMachine => "same machine",
        }
    }
}

/// An approved request, ready to run.
pub struct Start {
    pub caller: Arc<Caller>,
    /// The request, serialised again from checked values.
    pub message: Message,
    pub approval: Approval,
}

impl Requested {
    pub fn of(recorded: &Recorded, policy: &str) -> Requested {
        let (admitted, request) = (recorded.permitted().admitted(), recorded.request());
        Requested {
            caller: admitted.caller().clone(),
            role: admitted.role().clone(),
            action: request.action,
            params: request.params.clone(),
            expect: request.terms.expect.as_deref().cloned(),
            policy: policy.to_owned(),
            seq: recorded.seq(),
        }
    }

    /// Whether another request is the same: same caller, action, parameters and terms.
    pub fn is_same(&self, other: &Requested) -> bool {
        self.caller.name() == other.caller.name()
            && self.caller.jti() == other.caller.jti()
            && self.action.index == other.action.index
            && self.params == other.params
            && self.expect == other.expect
    }

    /// The approximate memory in bytes that it takes.
    pub fn bytes(&self) -> usize {
        serde_json::to_string(&self.params).map_or(0, |text| text.len()) + self.policy.len() + 256
    }

    fn message(&self, deadline_ms: u64) -> Message {
        let mut line = self.params.clone();
        line.insert("action".into(), self.action.name.as_str().into());
        line.insert("deadline_ms".into(), deadline_ms.into());
        if let Some(expect) = &self.expect {
            line.insert("expect".into(), expect.to_value());
        }
        Message::line(serde_json::to_vec(&line).expect("a JSON object").into())
    }
}

impl SeenTargets {
    /// Parse the targets that the script found; `None` if they are malformed or longer than `bytes_max`.
    pub fn read(value: Value, bytes_max: usize) -> Option<SeenTargets> {
        let digest = value.get("digest")?.as_str().filter(|digest| digest.len() == 64)?.to_owned();
        let targets = value.get("targets").filter(|targets| targets.is_object())?.clone();
        (serde_json::to_string(&targets).ok()?.len() <= bytes_max).then_some(SeenTargets { digest, targets })
    }
}

impl Proposal {
    pub fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting)
    }

    /// The state's name in answers.
    pub fn state(&self) -> &'static str {
        match self.state {
            State::Waiting => "waiting",
            State::Approved { .. } | State::Running => "approved",
            State::Denied { .. } => "denied",
            State::Expired => "expired",
            State::Void(_) => "void",
            State::Done(_) => "done",
        }
    }

    /// The fields that a person reads before deciding.
    pub fn describe(&self, now: Moment) -> Map<String, Value> {
        let requested = &self.requested;
        let expires = clock::unix_seconds() + i64::try_from((self.expires - now).as_secs()).unwrap_or(0);
        let described = json!({
            "ok": true,
            "ticket": self.ticket.as_ref(),
            "state": self.state(),
            "caller": requested.caller.name().as_ref(),
            "role": requested.role.as_ref(),
            "action": requested.action.name,
            "params": requested.params,
            "targets": self.seen.targets,
            "expires": clock::rfc3339(expires),
            "row": requested.seq,
        });
        described.as_object().cloned().unwrap_or_default()
    }

    /// Who decided, and the answer to the request once it has run.
    pub(super) fn outcome(&self) -> Map<String, Value> {
        let outcome = match &self.state {
            State::Approved { by, .. } | State::Denied { by } => json!({"by": by.as_ref()}),
            State::Void(reason) => json!({"reason": reason}),
            State::Done(body) => json!({"answer": body}),
            State::Waiting | State::Expired | State::Running => json!({}),
        };
        outcome.as_object().cloned().unwrap_or_default()
    }

    pub(super) fn start_now(&mut self, start_within_ms: u64) -> Option<Start> {
        let State::Approved { by, role, proof, .. } = std::mem::replace(&mut self.state, State::Running) else {
            return None;
        };
        let approval = Approval {
            ticket: self.ticket.clone(),
            digest: self.seen.digest.as_str().into(),
            by,
            role,
            proof: proof.name(),
        };
        let requested = &self.requested;
        Some(Start { caller: requested.caller.clone(), message: requested.message(start_within_ms), approval })
    }
}
