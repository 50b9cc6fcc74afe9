//! The decision about a message: one straight function. Each stage returns evidence for the next, or the refusal.

use std::sync::Arc;

use crate::audit::Excerpt;
use crate::command::{Action, Handler, SessionAction, catalogue};
use crate::gateway::identify::{Caller, SignInEnd};
use crate::gateway::interpret::{self, Approval, Refused, Request, Understood};
use crate::gateway::limit::{Allowance, Purpose};
use crate::gateway::permit::{self, Guards, LoadedPolicy, Permitted, Rights};
use crate::gateway::record::RefusedLine;
use crate::gateway::record::idempotency::{Claimed, KeyTime};
use crate::platform::clock::{self, Moment};
use crate::replies::answers::Answers;
use crate::session::standing::Standing;
use crate::shared::Shared;
use crate::wire::message::Message;
use crate::wire::refusal::{Code, Refusal};
use crate::wire::topic::Topic;

/// The result of a decision that does not refuse.
pub enum Decision {
    /// To be recorded.
    Permit(Claimed),
    /// The session signs a caller in or pairs a device, before it reads further messages.
    Identify(SessionAction, Request),
}

/// The context of a decision.
#[derive(Clone, Copy)]
pub struct DecisionContext<'a> {
    pub policy: &'a LoadedPolicy,
    pub standing: &'a Standing,
    pub allowance: &'a Allowance,
    pub answers: &'a Answers,
}

impl Shared {
    /// Decide about a message. A refusal before the caller's allowance is spent costs as much as a change.
    pub fn decide(
        &self,
        message: &Message,
        arrived: Moment,
        by: DecisionContext<'_>,
    ) -> Result<Decision, Box<Refused>> {
        let charged = |refused| charge(refused, by.allowance);
        let request = self.understand(message, arrived, by)?;
        let (request, ()) =
            request.require(|request| require_new_id(request, by.answers)).map_err(without_id).map_err(charged)?;
        if let Handler::Session(action) = request.action.handler {
            let (request, ()) = request.require(|_| Ok(by.allowance.spend_on_sign_in()?))?;
            return Ok(Decision::Identify(action, request));
        }
        let (request, caller) = request.require(|_| by.standing.require_caller()).map_err(charged)?;
        let role = |_: &Request| caller.current_role(&self.directory).map_err(SignInEnd::refusal);
        let (request, role) = request.require(role).map_err(charged)?;
        let admitted = self.limits.admit(request, message.len(), caller, role, by.allowance)?;
        let permitted = permit::permit(admitted, by.policy)?;
        let permitted = permit::within_rates(permitted, &by.policy.policy, &self.limits.rates)?;
        let claimed = self.idempotency_keys.claim(permitted, self.now())?;
        Ok(Decision::Permit(claimed))
    }

    /// Decide about an approved request on the same path, by the present sign-in, role, limits and policy.
    pub fn decide_approved(
        &self,
        message: &Message,
        (caller, approval): (Arc<Caller>, Approval),
        (policy, allowance): (&LoadedPolicy, &Allowance),
    ) -> Result<Claimed, Box<Refused>> {
        let mut request = interpret::interpret(message, catalogue(), &self.config.requests, Moment::now())?;
        self.redaction.apply(&mut request, &self.seal);
        request.terms.approval = Some(approval.into());
        let role = |_: &Request| caller.current_role(&self.directory).map_err(SignInEnd::refusal);
        let (request, role) = request.require(role)?;
        let admitted = self.limits.admit(request, message.len(), &caller, role, allowance)?;
        let permitted = permit::permit(admitted, policy)?;
        self.idempotency_keys.claim(permitted, self.now())
    }

    /// Parse a message, and redact it for the trail.
    fn understand(&self, message: &Message, arrived: Moment, by: DecisionContext<'_>) -> Result<Request, Box<Refused>> {
        let interpreted = interpret::interpret(message, catalogue(), &self.config.requests, arrived);
        let mut request = interpreted.map_err(|refused| self.refuse_unreadable(refused, by))?;
        self.redaction.apply(&mut request, &self.seal);
        Ok(request)
    }

    /// The refusal of a message that is not a request. It costs as much as a change. A caller who may never call the action is refused for that
    /// reason instead, so that the refusal does not explain the parameters.
    fn refuse_unreadable(&self, mut refused: Box<Refused>, by: DecisionContext<'_>) -> Box<Refused> {
        refused.id = refused.id.filter(|id| !by.answers.has_in_flight(id));
        let spent = by.allowance.spend_on_nothing().map_err(Refusal::from);
        let spent = spent.and_then(|()| self.limits.shares.admit(&by.allowance.share, Purpose::Usual));
        if let Err(refusal) = spent {
            return refused.with_refusal(refusal);
        }
        let Ok(caller) = by.standing.require_caller() else { return refused };
        let Ok(role) = caller.current_role(&self.directory) else { return refused };
        match Rights::of(by.policy, caller, &role).refuse_unreadable(&refused) {
            Some((rule, refusal)) => refused.with_refusal(refusal).with_role(role).with_rule(rule),
            None => refused,
        }
    }

    /// The current moment on the two clocks of idempotency keys.
    fn now(&self) -> KeyTime {
        let run_us = i64::try_from((self.clock.now() - self.started).as_micros()).unwrap_or(i64::MAX);
        KeyTime { wall_us: clock::unix_micros(), run_us }
    }

    /// The record of a refused line. Long parameters are recorded as excerpts, so that refusals do not fill the trail; a line that is not a request
    /// is recorded by length and keyed digest only.
    pub fn refused_line(&self, line: &[u8], refused: Refused) -> RefusedLine {
        let Refused { understood, role, rule, refusal, id: _ } = refused;
        let request = match understood {
            Understood::Request(request) => request,
            Understood::Part(part) => {
                let unread = RefusedLine::unreadable(refusal, part.action, line.len(), self.seal.digest(line));
                return RefusedLine { role, rule, ..unread };
            }
        };
        let bytes_max = self.config.trail.refused_parameters_bytes_max;
        let excerpt = |object| Excerpt::of(object, bytes_max, &self.seal);
        RefusedLine {
            refusal,
            action: Some(request.action),
            parameters: Some(excerpt(request.recorded_params().into_owned())),
            terms: request.terms.to_map().map(excerpt),
            once: request.terms.once,
            role,
            rule,
            unreadable: None,
        }
    }

    /// Whether a caller may subscribe to a topic now.
    pub fn may_subscribe(&self, caller: &Caller, topic: &Topic) -> bool {
        let role = caller.current_role(&self.directory);
        role.is_ok_and(|role| Rights::of(&self.policy.load(), caller, &role).allow_subscription(topic).is_ok())
    }

    /// Whether a caller could call an action with some parameters.
    pub fn could_allow(&self, caller: &Caller, action: &Action) -> bool {
        let role = caller.current_role(&self.directory);
        role.is_ok_and(|role| Rights::of(&self.policy.load(), caller, &role).could_allow(action))
    }

    /// Check again whether a permitted request is still permitted, because policy, role or sign-in may have changed. Returns its guards.
    pub fn still_permits(&self, permitted: &Permitted) -> Result<Guards, Refusal> {
        let admitted = permitted.admitted();
        let role = admitted.caller().current_role(&self.directory).map_err(SignInEnd::refusal)?;
        Rights::of(&self.policy.load(), admitted.caller(), &role).still_allow(admitted.request())
    }
}

/// A refusal before the caller's allowance is spent costs as much as a change, to limit probing.
fn charge(refused: Box<Refused>, allowance: &Allowance) -> Box<Refused> {
    match allowance.spend_on_nothing() {
        Ok(()) => refused,
        Err(over) => refused.with_refusal(over.into()),
    }
}

/// Omit an id that is in flight from the refusal: the answer could be taken for that of the earlier request.
fn without_id(refused: Box<Refused>) -> Box<Refused> {
    Box::new(Refused { id: None, ..*refused })
}

fn require_new_id(request: &Request, answers: &Answers) -> Result<(), Refusal> {
    if !request.id.as_ref().is_some_and(|id| answers.has_in_flight(id)) {
        return Ok(());
    }
    let message = "a request with this id is in flight; give each request in flight its own id";
    Err(Refusal::new(Code::InvalidParams, message))
}
