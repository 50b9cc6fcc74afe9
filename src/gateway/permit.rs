//! May say this (authorization): the role's verdict on the action.

use std::sync::Arc;

use super::identify::Role;
use super::limit::Admitted;
use crate::audit::Anchor;
use crate::command::Action;
use crate::policy::{Policy, RuleName, Verdict};
use crate::refusal::{Code, Refusal};

/// A policy in force, with its row in the trail.
#[derive(Debug)]
pub struct Loaded {
    pub policy: Policy,
    pub anchor: Arc<Anchor>,
}

/// An admitted request that a rule allows.
#[derive(Debug)]
pub struct Permitted {
    admitted: Admitted,
    rule: RuleName,
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

    pub(super) fn take_secret(&mut self) -> Option<secrecy::SecretString> {
        self.admitted.take_secret()
    }
}

/// Permit an admitted request, or forbid it.
pub fn permit(admitted: Admitted, policy: &Policy) -> Result<Permitted, Box<Forbidden>> {
    let action = admitted.request().action;
    match policy.decide(admitted.role(), action) {
        Verdict::Allow(rule) => Ok(Permitted { admitted, rule }),
        Verdict::Forbid(rule) => Err(Box::new(Forbidden { admitted, rule, refusal: forbidden(action) })),
    }
}

/// Whether the policy still allows an action that it once allowed.
pub fn still_allows(policy: &Policy, role: &Role, action: &Action) -> Result<(), Refusal> {
    match policy.decide(role, action) {
        Verdict::Allow(_) => Ok(()),
        Verdict::Forbid(_) => Err(forbidden(action)),
    }
}

fn forbidden(action: &Action) -> Refusal {
    Refusal::new(Code::Forbidden, format!("your role may not {}; ask the owner for another role", action.name))
}
