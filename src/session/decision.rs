//! The decision about a line, the whole policy in one function: what is understood, and may be done, by whom.

use std::sync::Arc;

use crate::audit::{Anchor, Excerpt};
use crate::command::{Handler, SessionAction, catalogue};
use crate::gateway::Shared;
use crate::gateway::identify::{Caller, Role, SignInEnd};
use crate::gateway::interpret::{self, Request};
use crate::gateway::limit::{Allowance, Purpose};
use crate::gateway::permit::{self, Guards, Permitted, Rights};
use crate::gateway::record::RefusedLine;
use crate::gateway::record::idempotency as once;
use crate::platform::clock::{self, Moment};
use crate::replies::answers::Answers;
use crate::wire::id::Id;
use crate::wire::refusal::{Code, Refusal};
use crate::wire::topic::Topic;

/// What one line comes to.
pub enum Decision {
    Permit {
        permitted: Permitted,
        policy: Arc<Anchor>,
    },
    /// Identification takes its time, and nothing of the connection passes it.
    Identify(SessionAction, Request),
    Refuse {
        id: Option<Id>,
        line: Box<RefusedLine>,
        policy: Arc<Anchor>,
        then: Then,
    },
}

/// What a refusal means for its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    GoOn,
    Close,
}

impl Shared {
    /// The whole policy in one place: what is understood, from a caller in good standing, within its allowance, and allowed by a rule.
    pub fn decide(
        &self,
        line: &[u8],
        arrived: Moment,
        who: Result<&Arc<Caller>, Refusal>,
        allowance: &Allowance,
        answers: &Answers,
    ) -> Decision {
        let policy = self.policy.load();
        let refuse =
            |id, line| Decision::Refuse { id, line: Box::new(line), policy: policy.anchor.clone(), then: Then::GoOn };
        // Whoever has no standing pays all the same.
        let refuse_nobody = |id, request, refusal| {
            let refusal = allowance.spend_on_nothing().err().map_or(refusal, Refusal::from);
            refuse(id, self.refused(request, None, refusal))
        };
        let request = match interpret::interpret(line, catalogue(), &self.config.requests, arrived) {
            Ok(mut request) => {
                self.redaction.apply(&mut request, &self.seal);
                request
            }
            Err(mut unreadable) => {
                unreadable.id = unreadable.id.filter(|id| !answers.has_in_flight(id));
                return self.refuse_unreadable(line, *unreadable, who, allowance);
            }
        };
        if request.id.as_ref().is_some_and(|id| answers.has_in_flight(id)) {
            return refuse_nobody(None, request, repeated_id());
        }
        let id = request.id.clone();
        if let Handler::Session(action) = request.action.handler {
            return match allowance.spend_on_sign_in() {
                Ok(()) => Decision::Identify(action, request),
                Err(over) => refuse(id, self.refused(request, None, over.into())),
            };
        }
        let caller = match who {
            Ok(caller) => caller,
            Err(refusal) => return refuse_nobody(id, request, refusal),
        };
        let role = match caller.current_role(&self.directory) {
            Ok(role) => role,
            Err(ended) => return refuse_nobody(id, request, ended.refusal()),
        };
        let admitted = match self.limits.admit(request, line.len(), caller, role.clone(), allowance) {
            Ok(admitted) => admitted,
            Err(over) => {
                let (request, refusal) = *over;
                return refuse(id, self.refused(request, Some(role), refusal));
            }
        };
        match permit::permit(admitted, &policy.policy) {
            Ok(permitted) => match self.take_turn(permitted) {
                Ok(permitted) => Decision::Permit { permitted, policy: policy.anchor.clone() },
                Err(over) => {
                    let (permitted, refusal) = *over;
                    refuse(id, self.refused(permitted.into_request(), Some(role), refusal))
                }
            },
            Err(forbidden) => {
                let line = self.refused(forbidden.admitted.into_request(), Some(role), forbidden.refusal);
                refuse(id, RefusedLine { rule: Some(forbidden.rule), ..line })
            }
        }
    }

    /// By the two clocks that idempotency keys are measured with.
    fn now(&self) -> once::Now {
        let run_us = i64::try_from((self.clock.now() - self.started).as_micros()).unwrap_or(i64::MAX);
        once::Now { wall_us: clock::unix_micros(), run_us }
    }

    /// A request with a key against repetition claims it, or learns what became of the first.
    fn take_turn(&self, permitted: Permitted) -> Result<Permitted, Box<(Permitted, Refusal)>> {
        let request = permitted.admitted().request();
        let Some(key) = &request.terms.once else { return Ok(permitted) };
        let digest =
            once::Digest::of(&request.action.name, &request.recorded_params(), request.terms.to_map().as_ref());
        let caller = permitted.admitted().caller().name();
        match self.once.claim(caller, key, digest, self.now()) {
            Ok(turn) => Ok(permitted.in_turn(turn)),
            Err(refusal) => Err(Box::new((permitted, refusal))),
        }
    }

    /// An understood request that is refused. Of long parameters an excerpt is kept, so that refusals do not fill the trail.
    fn refused(&self, request: Request, role: Option<Role>, refusal: Refusal) -> RefusedLine {
        let bytes_max = self.config.trail.refused_parameters_bytes_max;
        let excerpt = |object| Excerpt::of(object, bytes_max, &self.seal);
        RefusedLine {
            refusal,
            action: Some(request.action),
            parameters: Some(excerpt(request.recorded_params().into_owned())),
            terms: request.terms.to_map().map(excerpt),
            once: request.terms.once,
            role,
            rule: None,
            unreadable: None,
        }
    }

    /// What cannot be understood is recorded by its length and a keyed digest, never by its bytes; and it costs.
    fn refuse_unreadable(
        &self,
        line: &[u8],
        unreadable: interpret::Unreadable,
        who: Result<&Arc<Caller>, Refusal>,
        allowance: &Allowance,
    ) -> Decision {
        let policy = self.policy.load();
        let role = who.ok().and_then(|caller| caller.current_role(&self.directory).ok().map(|role| (caller, role)));
        // What its parameters should be is of no use to a caller who may not call the action at all.
        let forbidden = role.and_then(|(caller, role)| {
            let (rule, refusal) = Rights::of(&policy.policy, caller, &role).refuse_unreadable(&unreadable)?;
            Some((role, rule, refusal))
        });
        let spent = allowance.spend_on_nothing().err().map(Refusal::from);
        let over = spent.or_else(|| self.limits.shares.admit(&allowance.share, Purpose::Usual).err());
        let (refusal, role, rule) = match (over, forbidden) {
            (Some(over), _) => (over, None, None),
            (None, Some((role, rule, refusal))) => (refusal, Some(role), Some(rule)),
            (None, None) => (unreadable.refusal, None, None),
        };
        let unread = RefusedLine::unreadable(refusal, unreadable.action, line.len(), self.seal.digest(line));
        let line = RefusedLine { role, rule, ..unread };
        let then = if unreadable.hopeless { Then::Close } else { Then::GoOn };
        Decision::Refuse { id: unreadable.id, line: Box::new(line), policy: policy.anchor.clone(), then }
    }

    /// Whether a caller may hear of a topic now.
    pub fn may_hear(&self, caller: &Caller, topic: &Topic) -> bool {
        let role = caller.current_role(&self.directory);
        role.is_ok_and(|role| Rights::of(&self.policy.load().policy, caller, &role).allow_hearing(topic).is_ok())
    }

    /// Whether what allowed a request still holds when its turn comes: policy, role and sign-in may have changed since.
    /// The guard that comes back is what the role demands of the set.
    pub fn still_permits(&self, permitted: &Permitted) -> Result<Guards, Refusal> {
        let admitted = permitted.admitted();
        let role = admitted.caller().current_role(&self.directory).map_err(SignInEnd::refusal)?;
        Rights::of(&self.policy.load().policy, admitted.caller(), &role).still_allow(admitted.request())
    }
}

fn repeated_id() -> Refusal {
    Refusal::new(
        Code::InvalidParams,
        "id is that of a request which has not been answered yet; ids in flight are unique",
    )
}
