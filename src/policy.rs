//! Roles and rules (authorization policy): which role may call which action. Deny stands above allow; what no rule grants is forbidden.

mod condition;
mod file;
mod guard;
mod name_patterns;
mod rule;

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Result;
use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value};

use crate::command::{Action, Handler, catalogue, reading_right};
pub use condition::Condition;
use file::{Bounds, RolesFile};
pub use guard::Guard;
use guard::{GuardRule, GuardVerdict};
use rule::{Rule, Use};

/// The roles that ship, as `config/roles.toml` states them.
pub const SHIPPED: &str = include_str!("../config/roles.toml");

/// A policy, decided ahead for every role and action as far as that goes.
#[derive(Debug)]
pub struct Policy {
    roles: HashMap<String, Role>,
    /// The SHA-256 of the file, in hex: rows of the trail name the policy by it.
    pub digest: String,
}

/// What a role's rules come to, by the action's index: as it is, and where it replaces what is there.
#[derive(Debug)]
struct Role {
    plain: Vec<Decided>,
    overwriting: Vec<Decided>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    Allow(RuleName),
    /// The script decides, by what is in Live when the command's turn comes. The name is that of the rules that may allow it.
    Guarded(RuleName, Guard),
    Forbid(RuleName),
}

/// Which rule decided, as the trail records it.
pub type RuleName = Arc<str>;

/// What a role's rules come to for one action, before its parameters and the set are known.
#[derive(Debug)]
enum Decided {
    Forbid(RuleName),
    Allow(RuleName),
    Depends { denies: Vec<GuardRule>, allows: Vec<(GuardRule, Vec<(String, Bounds)>)> },
}

impl Policy {
    /// Read a policy. Anything unknown, unsupported, contradictory or without effect stops the load.
    pub fn parse(text: &str) -> Result<Policy> {
        let file = RolesFile::parse(text)?;
        let mut roles = HashMap::new();
        for name in file.roles.keys() {
            let rules = Rule::all_of(&file, name, &mut Vec::new())?;
            let decided = |how| catalogue().actions().iter().map(|action| decide(&rules, action, how)).collect();
            roles.insert(name.clone(), Role { plain: decided(Use::Plain), overwriting: decided(Use::Overwriting) });
        }
        Ok(Policy { roles, digest: hex::encode(digest(&SHA256, text.as_bytes())) })
    }

    /// What `role` may do with `action` and these parameters. A role that the policy does not know may nothing.
    pub fn decide(&self, role: &str, action: &Action, params: &Map<String, Value>) -> Verdict {
        match self.roles.get(role) {
            Some(role) if action.overwrites(params) => role.overwriting[action.index].with(params),
            Some(role) => role.plain[action.index].with(params),
            None => decide(&[], action, Use::Plain).with(params),
        }
    }

    /// Whether `role` may call `action` at all, with the right parameters in the right set.
    pub fn may_ever(&self, role: &str, action: &Action) -> bool {
        self.roles.get(role).is_some_and(|role| !matches!(role.plain[action.index], Decided::Forbid(_)))
    }

    /// What `role` demands of the parameters of an action, one text for each rule that grants it: `bpm between 60 and 130`.
    pub fn bounds(&self, role: &str, action: &Action) -> Vec<String> {
        let Some(Decided::Depends { allows, .. }) = self.roles.get(role).map(|role| &role.plain[action.index]) else {
            return Vec::new();
        };
        let of_rule = |bounds: &[(String, Bounds)]| {
            let each: Vec<String> =
                bounds.iter().map(|(param, bounds)| format!("{param} {}", bounds.describe())).collect();
            each.join(" and ")
        };
        allows.iter().filter(|(_, bounds)| !bounds.is_empty()).map(|(_, bounds)| of_rule(bounds)).collect()
    }

    pub fn has_role(&self, role: &str) -> bool {
        self.roles.contains_key(role)
    }

    pub fn role_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.roles.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }
}

/// Deny, whatever the order; else the first rule that grants; else nothing.
fn decide(rules: &[Rule], action: &Action, how: Use) -> Decided {
    let mut denies = Vec::new();
    let is_in_live = action.handler == Handler::Live;
    for rule in rules {
        match &rule.when {
            // What the gateway does itself is not looked at in Live: there, a condition counts as met.
            Some(when) if is_in_live && rule.forbids_use(action, how) => {
                denies.push(guard_rule(rule, GuardVerdict::Deny, Some(when)))
            }
            Some(when) if is_in_live && hides_names(rule, action) => {
                denies.push(GuardRule { of_names: true, ..guard_rule(rule, GuardVerdict::Deny, Some(when)) })
            }
            _ if rule.forbids_use(action, how) => return Decided::Forbid(rule.name.clone()),
            _ => (),
        }
    }
    if action.access.is_empty() {
        return Decided::Allow("everybody".into());
    }
    let mut allows = Vec::new();
    for rule in rules.iter().filter(|rule| rule.grants_use(action, how)) {
        if rule.when.is_some() && !action.handler.is_in_live() {
            continue;
        }
        allows.push((guard_rule(rule, GuardVerdict::Allow, rule.when.as_ref()), rule.bounds_of(action)));
    }
    match allows.first() {
        None => Decided::Forbid("default".into()),
        Some((first, bounds)) if denies.is_empty() && first.when.is_none() && bounds.is_empty() => {
            Decided::Allow(first.rule.clone())
        }
        Some(_) => Decided::Depends { denies, allows },
    }
}

/// Whether a rule forbids to read objects whose names the action's answer may tell.
fn hides_names(rule: &Rule, action: &Action) -> bool {
    action.shows.iter().any(|kind| rule.forbids(reading_right(kind)))
}

fn guard_rule(rule: &Rule, verdict: GuardVerdict, when: Option<&Condition>) -> GuardRule {
    GuardRule { rule: rule.name.clone(), verdict, when: when.cloned(), of_names: false }
}

impl Decided {
    fn with(&self, params: &Map<String, Value>) -> Verdict {
        let (denies, allows) = match self {
            Decided::Forbid(rule) => return Verdict::Forbid(rule.clone()),
            Decided::Allow(rule) => return Verdict::Allow(rule.clone()),
            Decided::Depends { denies, allows } => (denies, allows),
        };
        let within = |bounds: &[(String, Bounds)]| bounds.iter().all(|(param, bounds)| bounds.hold(params.get(param)));
        let granting: Vec<&GuardRule> =
            allows.iter().filter(|(_, bounds)| within(bounds)).map(|(rule, _)| rule).collect();
        let Some(first) = granting.first() else {
            return Verdict::Forbid(allows[0].0.rule.clone());
        };
        if denies.is_empty() && first.when.is_none() {
            return Verdict::Allow(first.rule.clone());
        }
        let names: Vec<&str> = granting.iter().map(|rule| rule.rule.as_ref()).collect();
        Verdict::Guarded(names.join(" or ").into(), Guard(denies.iter().chain(granting).cloned().collect()))
    }
}

#[cfg(test)]
mod tests;
