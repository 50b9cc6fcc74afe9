//! Roles and rules (authorization policy): which role may call which action. Deny stands above allow; what no rule grants is forbidden.

mod file;
mod pattern;

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Result, bail};
use aws_lc_rs::digest::{SHA256, digest};

use crate::command::{Action, Home, Tags, catalogue};
use file::{RoleEntry, RolesFile};
use pattern::Pattern;

/// The roles that ship, as `config/roles.toml` states them.
pub const SHIPPED: &str = include_str!("../config/roles.toml");

/// A policy, decided ahead for every role and action, so that deciding is one look into a table.
#[derive(Debug)]
pub struct Policy {
    roles: HashMap<String, Vec<Verdict>>,
    /// The SHA-256 of the file, in hex: rows of the trail name the policy by it.
    pub digest: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    Allow(RuleName),
    Forbid(RuleName),
}

/// Which rule decided, as the trail records it.
pub type RuleName = Arc<str>;

impl Policy {
    /// Read a policy. Anything unknown, unsupported, contradictory or without effect stops the load.
    pub fn parse(text: &str) -> Result<Policy> {
        let file = RolesFile::parse(text)?;
        let mut roles = HashMap::new();
        for name in file.roles.keys() {
            let rules = rules_of(&file, name, &mut Vec::new())?;
            roles.insert(name.clone(), catalogue().actions().iter().map(|action| decide(&rules, action)).collect());
        }
        Ok(Policy { roles, digest: hex::encode(digest(&SHA256, text.as_bytes())) })
    }

    /// What `role` may do with `action`. A role that the policy does not know may nothing.
    pub fn decide(&self, role: &str, action: &Action) -> Verdict {
        match self.roles.get(role) {
            Some(verdicts) => verdicts[action.index].clone(),
            None => decide(&[], action),
        }
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

/// One rule: what its allow side grants together, and what its deny side forbids.
struct Rule {
    name: RuleName,
    allow: Vec<Pattern>,
    deny: Vec<Pattern>,
}

/// Deny, whatever the order; else the first rule that grants; else nothing.
fn decide(rules: &[Rule], action: &Action) -> Verdict {
    if action.home == Home::Gateway && action.access.is_empty() {
        return Verdict::Allow("everybody".into());
    }
    if let Some(rule) = rules.iter().find(|rule| rule.deny.iter().any(|pattern| pattern.matches(action))) {
        return Verdict::Forbid(rule.name.clone());
    }
    match rules.iter().find(|rule| rule.grants(action)) {
        Some(rule) => Verdict::Allow(rule.name.clone()),
        None => Verdict::Forbid("default".into()),
    }
}

impl Rule {
    /// A broad pattern is no leave to destroy: every guarded tag of the action must be named, or the action itself.
    fn grants(&self, action: &Action) -> bool {
        let named: Tags = self.allow.iter().filter_map(Pattern::tag).collect();
        let guarded = action.access.intersection(Tags::GUARDED);
        self.allow.iter().any(|pattern| match pattern {
            Pattern::Name(_) => pattern.matches(action),
            _ => pattern.matches(action) && guarded.without(named).is_empty(),
        })
    }
}

/// The role's own rules and those that it inherits. `heirs` are the roles on the way here.
fn rules_of<'a>(file: &'a RolesFile, name: &'a str, heirs: &mut Vec<&'a str>) -> Result<Vec<Rule>> {
    let Some(role) = file.roles.get(name) else { bail!("there is no role {name} to inherit from") };
    if heirs.contains(&name) {
        bail!("role {name} inherits from itself, by way of {}", heirs.join(", "));
    }
    heirs.push(name);
    let mut rules = own_rules(name, role)?;
    for parent in &role.inherits {
        rules.extend(rules_of(file, parent, heirs)?);
    }
    heirs.pop();
    Ok(rules)
}

fn own_rules(name: &str, role: &RoleEntry) -> Result<Vec<Rule>> {
    let shorthand = (name.to_owned(), &role.allow, &role.deny);
    let numbered = role
        .rule
        .iter()
        .enumerate()
        .map(|(index, rule)| (format!("{name}.rule{}", index + 1), &rule.allow, &rule.deny));
    let mut rules = Vec::new();
    for (rule, allow, deny) in std::iter::once(shorthand).chain(numbered) {
        let patterns = |texts: &[String]| texts.iter().map(|text| Pattern::parse(text)).collect::<Result<Vec<_>>>();
        let context = |error: anyhow::Error| error.context(format!("role {name}"));
        rules.push(Rule {
            name: rule.into(),
            allow: patterns(allow).map_err(context)?,
            deny: patterns(deny).map_err(context)?,
        });
    }
    Ok(rules)
}

#[cfg(test)]
mod tests;
