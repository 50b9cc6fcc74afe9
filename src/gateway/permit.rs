//! May say this (authorization): the role's verdict on the action.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::identify::Role;
use super::interpret::{Request, batch};
use super::limit::Admitted;
use crate::audit::Anchor;
use crate::command::{Action, catalogue};
use crate::once::Turn;
use crate::policy::{Guard, Policy, RuleName, Verdict};
use crate::refusal::{Code, Refusal};
use crate::topic::Topic;

/// A policy in force, with its row in the trail.
#[derive(Debug)]
pub struct Loaded {
    pub policy: Policy,
    pub anchor: Arc<Anchor>,
}

/// An admitted request that a rule allows, as far as the gateway can tell.
#[derive(Debug)]
pub struct Permitted {
    admitted: Admitted,
    rule: RuleName,
    /// Of a request with a key against repetition.
    turn: Option<Box<Turn>>,
}

/// An admitted request that no rule allows, or one forbids.
#[derive(Debug)]
pub struct Forbidden {
    pub admitted: Admitted,
    pub rule: RuleName,
    pub refusal: Refusal,
}

impl Permitted {
    pub fn admitted(&self) -> &Admitted {
        &self.admitted
    }

    pub fn rule(&self) -> &RuleName {
        &self.rule
    }

    /// The same with its place among the requests of its key.
    pub fn in_turn(self, turn: Turn) -> Permitted {
        Permitted { turn: Some(Box::new(turn)), ..self }
    }

    pub fn turn(&self) -> Option<&Turn> {
        self.turn.as_deref()
    }

    pub(super) fn take_turn(&mut self) -> Option<Turn> {
        self.turn.take().map(|turn| *turn)
    }

    /// Give it up: what it is refused for is decided after it was permitted.
    pub fn into_request(self) -> Request {
        self.admitted.into_request()
    }

    pub(super) fn take_secret(&mut self) -> Option<secrecy::SecretString> {
        self.admitted.take_secret()
    }
}

/// What a role demands of the set: for the request, or for each command of a batch.
#[derive(Debug)]
pub enum Guards {
    One(Option<Guard>),
    Each(Vec<Option<Guard>>),
}

/// Permit an admitted request, or forbid it. A batch is permitted if each of its commands is.
pub fn permit(admitted: Admitted, policy: &Policy) -> Result<Permitted, Box<Forbidden>> {
    match decide(policy, admitted.role(), admitted.request()) {
        Ok((rule, _)) => Ok(Permitted { admitted, rule, turn: None }),
        Err((rule, refusal)) => Err(Box::new(Forbidden { admitted, rule, refusal })),
    }
}

/// Whether the policy still allows a request that it once allowed, and on what condition of the set.
pub fn still_allows(policy: &Policy, role: &Role, request: &Request) -> Result<Guards, Refusal> {
    decide(policy, role, request).map(|(_, guards)| guards).map_err(|(_, refusal)| refusal)
}

type Decided<T> = Result<T, (RuleName, Refusal)>;

fn decide(policy: &Policy, role: &Role, request: &Request) -> Decided<(RuleName, Guards)> {
    if request.asks_about_the_set() {
        may_look(policy, role)?;
    }
    if request.action.name == "subscribe" {
        for (index, topic) in request.topics().iter().enumerate() {
            may_hear(policy, role, topic).map_err(|refused| in_place("topics", index, refused))?;
        }
    }
    let (rule, guard) = decide_one(policy, role, request.action, &request.params)?;
    match request.batch() {
        [] => Ok((rule, Guards::One(guard))),
        _ => decide_batch(policy, role, request),
    }
}

/// Each command for itself; the first that is forbidden stops the whole.
fn decide_batch(policy: &Policy, role: &Role, request: &Request) -> Decided<(RuleName, Guards)> {
    let (mut rules, mut guards) = (BTreeSet::new(), Vec::with_capacity(request.batch().len()));
    for (index, (action, params)) in request.commands().enumerate() {
        let decided = decide_one(policy, role, action, params);
        let (rule, guard) = decided.map_err(|refused| in_place("commands", index, refused))?;
        rules.insert(rule);
        guards.push(guard);
    }
    let names: Vec<&str> = rules.iter().map(AsRef::as_ref).collect();
    Ok((names.join(" and ").into(), Guards::Each(guards)))
}

/// What a dry run or an expectation tells is what a read would.
fn may_look(policy: &Policy, role: &Role) -> Decided<()> {
    let message = "your role may not look at the set, and so may neither expect something of it nor try a dry run";
    require_always(policy, role, "get_track_info", || message.into())
}

/// Whoever may always read an object may hear of it.
pub fn may_hear(policy: &Policy, role: &Role, topic: &Topic) -> Decided<()> {
    let message = || {
        format!(
            "your role may not hear of {}, which takes the right to {} on no condition",
            topic.name(),
            topic.right()
        )
    };
    require_always(policy, role, topic.right(), message)
}

/// A right that depends on the set is none here: nobody looks at the set for it.
fn require_always(policy: &Policy, role: &Role, right: &str, message: impl FnOnce() -> String) -> Decided<()> {
    let action = catalogue().find(right).expect("named in this file, or checked by a test of topics");
    match policy.decide(role, action, &Map::new()) {
        Verdict::Allow(_) => Ok(()),
        Verdict::Guarded(rule, _) | Verdict::Forbid(rule) => Err((rule, Refusal::new(Code::Forbidden, message()))),
    }
}

fn in_place(items: &str, index: usize, (rule, refusal): (RuleName, Refusal)) -> (RuleName, Refusal) {
    (rule, batch::of_item(items, index, refusal))
}

fn decide_one(
    policy: &Policy,
    role: &Role,
    action: &Action,
    params: &Map<String, Value>,
) -> Decided<(RuleName, Option<Guard>)> {
    match policy.decide(role, action, params) {
        Verdict::Allow(rule) => Ok((rule, None)),
        Verdict::Guarded(rule, guard) => Ok((rule, Some(guard))),
        Verdict::Forbid(rule) => {
            let message =
                format!("your role may not {}, or not with these values; ask the owner for another role", action.name);
            Err((rule, Refusal::new(Code::Forbidden, message)))
        }
    }
}
