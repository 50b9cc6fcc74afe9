//! One proposal: the request, what a person is shown about it, and its state.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::waiter::Waiter;
use crate::command::{Action, Tag};
use crate::gateway::identify::{Caller, Role};
use crate::gateway::interpret::{Approval, Request};
use crate::gateway::record::Recorded;
use crate::platform::clock::{self, Moment};
use crate::policy::Condition;
use crate::wire::message::Message;

/// What an approval depends on, besides its callers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// The digest of the policy in force.
    pub policy: String,
    /// The loaded set.
    pub set_epoch: Option<i64>,
}

impl Circumstances {
    /// The first difference; `None` without one.
    pub fn changed_since(&self, before: &Circumstances) -> Option<&'static str> {
        if self.policy != before.policy {
            Some("the policy has changed")
        } else if self.set_epoch != before.set_epoch {
            Some("another set was loaded")
        } else {
            None
        }
    }
}

/// A request that needs approval.
#[derive(Clone)]
pub struct Requested {
    pub caller: Arc<Caller>,
    pub role: Role,
    pub action: &'static Action,
    /// The parameters; of a batch with its commands.
    pub params: Map<String, Value>,
    /// The request itself, or each command of a batch.
    pub commands: Arc<[(&'static Action, Map<String, Value>)]>,
    pub expect: Option<Condition>,
    /// The policy and the set at the time of the proposal.
    pub circumstances: Circumstances,
    /// The seq of its decision row.
    pub seq: i64,
}

/// The targets of the request, as the script found them. A person is shown these.
pub struct SeenTargets {
    /// The digest of the targets. The script compares it before the approved request runs.
    pub digest: String,
    /// The digest of the objects alone, without their contents.
    pub identity: Box<str>,
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
    /// The request, if it waits for its answer.
    pub(super) waiter: Option<Waiter>,
}

pub(super) enum State {
    Waiting,
    Approved {
        by: Approver,
        grant: Option<Arc<str>>,
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
            (false, false) if proposer.is_same(person) || person.has_issuer(proposer.name()) => None,
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

/// The person who approved, and the evidence that it is another person.
#[derive(Clone)]
pub struct Approver {
    pub caller: Arc<Caller>,
    pub role: Role,
    pub proof: Proof,
}

impl Approver {
    pub fn name(&self) -> &Arc<str> {
        self.caller.name()
    }
}

/// An approved request, ready to run.
pub struct Start {
    pub by: Approver,
    pub requested: Requested,
    pub caller: Arc<Caller>,
    /// The request, serialised again from checked values.
    pub message: Message,
    pub approval: Approval,
}

impl Requested {
    pub fn of(recorded: &Recorded, circumstances: Circumstances) -> Requested {
        let admitted = recorded.permitted().admitted();
        let request = recorded.request();
        Requested {
            caller: admitted.caller().clone(),
            role: admitted.role().clone(),
            action: request.action,
            params: whole_params(request),
            commands: request.commands().map(|(action, params)| (action, params.clone())).collect(),
            expect: request.terms.expect.as_deref().cloned(),
            circumstances,
            seq: recorded.seq(),
        }
    }

    /// Whether a grant may cover it: an action tagged @destructive, @costly or @sensitive needs a decision each time.
    pub fn is_grantable(&self) -> bool {
        let guarded = [Tag::Destructive, Tag::Sensitive, Tag::Costly];
        let is_guarded = guarded.into_iter().any(|tag| self.action.access.contains(tag));
        self.action.is_askable() && !is_guarded && !self.action.overwrites(&self.params)
    }

    /// Whether another request is the same: same caller, action, parameters and terms.
    pub fn is_same(&self, other: &Requested) -> bool {
        self.caller.is_same(&other.caller)
            && self.caller.jti() == other.caller.jti()
            && self.action.index == other.action.index
            && self.params == other.params
            && self.expect == other.expect
    }

    /// The approximate memory in bytes that it takes.
    pub fn bytes(&self) -> usize {
        2 * serde_json::to_string(&self.params).map_or(0, |text| text.len()) + self.circumstances.policy.len() + 256
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

fn whole_params(request: &Request) -> Map<String, Value> {
    let mut params = request.params.clone();
    if !request.batch().is_empty() {
        params
            .insert("commands".into(), request.batch().iter().map(|command| Value::Object(command.to_map())).collect());
    }
    params
}

impl SeenTargets {
    /// Parse the targets that the script found; `None` if they are malformed or longer than `bytes_max`.
    pub fn read(value: Value, bytes_max: usize) -> Option<SeenTargets> {
        let digest = value.get("digest")?.as_str().filter(|digest| digest.len() == 64)?.to_owned();
        let identity = value.get("identity")?.as_str().filter(|identity| identity.len() == 64)?.into();
        let targets = value.get("targets").filter(|targets| targets.is_object())?.clone();
        (serde_json::to_string(&targets).ok()?.len() <= bytes_max).then_some(SeenTargets { digest, identity, targets })
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
            "grantable": requested.is_grantable(),
        });
        described.as_object().cloned().unwrap_or_default()
    }

    /// The person who decided, and the answer to the request once it has run.
    pub(super) fn outcome(&self) -> Map<String, Value> {
        let outcome = match &self.state {
            State::Approved { by, .. } => json!({"by": by.name().as_ref()}),
            State::Denied { by } => json!({"by": by.as_ref()}),
            State::Void(reason) => json!({"reason": reason}),
            State::Done(body) => json!({"answer": body}),
            State::Waiting | State::Expired | State::Running => json!({}),
        };
        outcome.as_object().cloned().unwrap_or_default()
    }

    pub(super) fn start_now(&mut self, start_within_ms: u64) -> Option<Start> {
        let State::Approved { by, grant, .. } = std::mem::replace(&mut self.state, State::Running) else {
            return None;
        };
        let approval = Approval {
            ticket: self.ticket.clone(),
            digest: self.seen.digest.as_str().into(),
            by: by.name().clone(),
            role: by.role.clone(),
            proof: by.proof.name(),
            grant,
        };
        let requested = &self.requested;
        let message = requested.message(start_within_ms);
        Some(Start { by, requested: requested.clone(), caller: requested.caller.clone(), message, approval })
    }
}
