//! One rule: what it grants, what it forbids, and the conditions that bound both.

use anyhow::{Result, bail, ensure};
use serde_json::{Map, Value, json};

use super::condition::Condition;
use super::file::{Bounds, RoleEntry, RuleEntry};
use super::{RuleName, file::RolesFile};
use crate::command::{Action, Patterns, Tag, catalogue};

/// How an action is used, where that takes rights of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Plain,
    /// To replace what is there.
    Overwriting,
}

/// A rule is a unit: its conditions bound its own grants and refusals, and nobody else's.
#[derive(Debug)]
pub struct Rule {
    pub name: RuleName,
    allow: Patterns,
    deny: Patterns,
    /// What has to hold in Live for the rule to be in force.
    pub when: Option<Condition>,
    bounds: Vec<(String, Bounds)>,
}

impl Rule {
    pub fn forbids(&self, action: &Action) -> bool {
        self.deny.match_any(action)
    }

    pub fn grants(&self, action: &Action) -> bool {
        self.allow.grant(action)
    }

    pub fn forbids_use(&self, action: &Action, how: Use) -> bool {
        self.forbids(action) || how == Use::Overwriting && self.deny.name_tag(Tag::Destructive)
    }

    pub fn grants_use(&self, action: &Action, how: Use) -> bool {
        match how {
            Use::Plain => self.grants(action),
            Use::Overwriting => self.allow.grant_overwriting(action),
        }
    }

    /// The bounds on what the action takes.
    pub fn bounds_of(&self, action: &Action) -> Vec<(String, Bounds)> {
        self.bounds.iter().filter(|(param, _)| action.param(param).is_some()).cloned().collect()
    }

    /// The role's own rules and those that it inherits. `heirs` are the roles on the way here.
    pub fn all_of<'a>(file: &'a RolesFile, name: &'a str, heirs: &mut Vec<&'a str>) -> Result<Vec<Rule>> {
        let Some(role) = file.roles.get(name) else { bail!("there is no role {name} to inherit from") };
        if heirs.contains(&name) {
            bail!("role {name} inherits from itself, by way of {}", heirs.join(", "));
        }
        heirs.push(name);
        let mut rules = own_rules(name, role).map_err(|error| error.context(format!("role {name}")))?;
        for parent in &role.inherits {
            rules.extend(Rule::all_of(file, parent, heirs)?);
        }
        heirs.pop();
        Ok(rules)
    }
}

impl Bounds {
    /// A value that is no number is outside: what cannot be compared is not granted.
    pub fn hold(&self, value: Option<&Value>) -> bool {
        let Some(value) = value.and_then(Value::as_f64) else { return false };
        self.min.is_none_or(|min| value >= min) && self.max.is_none_or(|max| value <= max)
    }

    /// As a refusal states them: `between 0 and 0.9`.
    pub fn describe(&self) -> String {
        match (self.min, self.max) {
            (Some(min), Some(max)) => format!("between {min} and {max}"),
            (Some(min), None) => format!("at least {min}"),
            (None, Some(max)) => format!("at most {max}"),
            (None, None) => "of any value".to_owned(),
        }
    }
}

fn own_rules(name: &str, role: &RoleEntry) -> Result<Vec<Rule>> {
    let shorthand = Rule {
        name: name.into(),
        allow: Patterns::parse(&role.allow)?,
        deny: Patterns::parse(&role.deny)?,
        when: None,
        bounds: Vec::new(),
    };
    let mut rules = vec![shorthand];
    for (index, entry) in role.rule.iter().enumerate() {
        let rule = read_rule(format!("{name}.rule{}", index + 1).into(), entry)?;
        refuse_idle_bounds(&rule)?;
        rules.push(rule);
    }
    Ok(rules)
}

fn read_rule(name: RuleName, entry: &RuleEntry) -> Result<Rule> {
    let mut members: Map<String, Value> =
        entry.r#where.iter().map(|(kind, names)| (kind.clone(), json!(names))).collect();
    for state in &entry.unless {
        members.insert(state.clone(), json!(false));
    }
    let when = match members.is_empty() {
        true => None,
        false => Some(Condition::parse(Value::Object(members)).map_err(|reason| anyhow::anyhow!("{name}: {reason}"))?),
    };
    let bounds = entry.params.iter().map(|(param, bounds)| (param.clone(), bounds.clone())).collect();
    Ok(Rule { name, allow: Patterns::parse(&entry.allow)?, deny: Patterns::parse(&entry.deny)?, when, bounds })
}

/// A bound that bounds nothing is a mistake in the file.
fn refuse_idle_bounds(rule: &Rule) -> Result<()> {
    ensure!(
        rule.bounds.is_empty() || rule.deny.is_empty(),
        "{}: `params` bounds grants; a rule with `deny` has none",
        rule.name
    );
    for (param, bounds) in &rule.bounds {
        let granted = catalogue().actions().iter().filter(|action| rule.grants(action));
        let is_idle = !granted.into_iter().any(|action| action.param(param).is_some());
        ensure!(!is_idle, "{}: nothing that it grants has a parameter {param}", rule.name);
        ensure!(bounds.min.is_some() || bounds.max.is_some(), "{}: {param} needs `min`, `max` or both", rule.name);
    }
    Ok(())
}
