//! One rule: the actions that it allows, asks about and denies, and the conditions under which it applies.

use serde_json::{Map, Value, json};
use toml::Spanned;

use super::RuleName;
use super::condition::Condition;
use super::demand::Demand;
use super::file::{PatternEntries, RoleEntry, RuleEntry};
use super::mistake::Mistake;
use super::rate;
use super::schedule::{self, Hours, Schedule};
use crate::command::{Action, Patterns, Tag, catalogue, nearest};
use crate::config::Rate;

/// A way to use an action that needs a permission of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionUse {
    Plain,
    /// Replacing existing objects (`overwrite`).
    Overwriting,
}

/// A rule. Its conditions apply to this rule only.
#[derive(Debug)]
pub struct Rule {
    pub name: RuleName,
    allow: Patterns,
    ask: Patterns,
    deny: Patterns,
    /// The condition on the set under which the rule is in force.
    pub when: Option<Condition>,
    demands: Vec<(String, Demand)>,
    pub schedule: Schedule,
    pub rate: Option<Rate>,
}

impl Rule {
    pub fn denies(&self, action: &Action) -> bool {
        self.deny.match_any(action)
    }

    pub fn denies_use(&self, action: &Action, how: ActionUse) -> bool {
        self.denies(action) || how == ActionUse::Overwriting && self.deny.name_tag(Tag::Destructive)
    }

    pub fn allows_use(&self, action: &Action, how: ActionUse) -> bool {
        grants(&self.allow, action, how)
    }

    /// A rule that asks about destructive actions also asks about overwriting by the actions that it allows or asks about.
    pub fn asks_for_use(&self, action: &Action, how: ActionUse) -> bool {
        let asks = match how {
            ActionUse::Plain => self.ask.grant(action),
            ActionUse::Overwriting => {
                self.ask.name_tag(Tag::Destructive) && (self.ask.grant(action) || self.allow.grant(action))
            }
        };
        action.is_askable() && asks
    }

    /// The rule's demands on parameters that the action has.
    pub fn demands_of(&self, action: &Action) -> Vec<(String, Demand)> {
        self.demands.iter().filter(|(param, _)| action.param(param).is_some()).cloned().collect()
    }

    fn is_in_force_unconditionally(&self) -> bool {
        self.when.is_none() && self.schedule == Schedule::default()
    }
}

fn grants(patterns: &Patterns, action: &Action, how: ActionUse) -> bool {
    match how {
        ActionUse::Plain => patterns.grant(action),
        ActionUse::Overwriting => patterns.grant_overwriting(action),
    }
}

/// The rules that a role states itself: the shorthand of the role first, then its `rule` entries.
pub fn own_rules(name: &str, role: &RoleEntry) -> Result<Vec<Rule>, Mistake> {
    let shorthand = Rule {
        name: name.into(),
        allow: read_patterns(&role.allow)?,
        ask: read_ask(&role.ask)?,
        deny: read_patterns(&role.deny)?,
        when: None,
        demands: Vec::new(),
        schedule: Schedule::default(),
        rate: None,
    };
    let mut rules = vec![shorthand];
    for (index, entry) in role.rule.iter().enumerate() {
        rules.push(read_rule(format!("{name}.rule{}", index + 1).into(), entry)?);
    }
    refuse_unreachable(role, &rules)?;
    Ok(rules)
}

fn read_rule(name: RuleName, spanned: &Spanned<RuleEntry>) -> Result<Rule, Mistake> {
    let entry = spanned.get_ref();
    let here = || spanned.span();
    let rule = Rule {
        allow: read_patterns(&entry.allow)?,
        ask: read_ask(&entry.ask)?,
        deny: read_patterns(&entry.deny)?,
        when: read_condition(entry).map_err(|reason| Mistake::at(here(), format!("{name}: {reason}")))?,
        demands: read_demands(entry)?,
        schedule: read_schedule(entry)?,
        rate: entry.limit.as_ref().map(rate::read).transpose()?,
        name,
    };
    let name = &rule.name;
    if rule.allow.is_empty() && rule.ask.is_empty() && rule.deny.is_empty() {
        return Err(Mistake::at(here(), format!("{name} has no effect; give it `allow`, `ask` or `deny`")));
    }
    if !rule.deny.is_empty() && !rule.demands.is_empty() {
        let message = format!("{name}: `params` bounds what a rule grants; a rule with `deny` has none");
        return Err(Mistake::at(here(), message));
    }
    refuse_idle_demands(&rule, entry)?;
    Ok(rule)
}

fn read_patterns(entries: &PatternEntries) -> Result<Patterns, Mistake> {
    let mut patterns = Patterns::default();
    for entry in entries {
        patterns.add(entry.get_ref()).map_err(|unknown| Mistake::at(entry.span(), unknown.to_string()))?;
    }
    Ok(patterns)
}

/// Only actions on Live can need approval, because a proposal shows the person the objects in Live.
fn read_ask(entries: &PatternEntries) -> Result<Patterns, Mistake> {
    let patterns = read_patterns(entries)?;
    let asked = |action: &Action| action.is_askable() && patterns.match_any(action);
    match entries.first() {
        Some(first) if !catalogue().actions().iter().any(asked) => {
            Err(Mistake::at(first.span(), format!("`ask` is for actions on Live; {} is not one", first.get_ref())))
        }
        _ => Ok(patterns),
    }
}

fn read_condition(entry: &RuleEntry) -> Result<Option<Condition>, String> {
    if let Some((kind, _)) = entry.r#where.iter().find(|(_, names)| names.is_empty()) {
        return Err(format!("`where` lists nothing for {kind}; leave it out, or list a pattern"));
    }
    let mut members: Map<String, Value> =
        entry.r#where.iter().map(|(kind, names)| (kind.clone(), json!(names))).collect();
    let states = entry.unless.iter().map(|state| (state, false)).chain(entry.r#while.iter().map(|state| (state, true)));
    for (state, wanted) in states {
        if members.insert(state.get_ref().clone(), json!(wanted)) == Some(json!(!wanted)) {
            return Err(format!("{} is in both `while` and `unless`", state.get_ref()));
        }
    }
    if members.is_empty() { Ok(None) } else { Condition::parse(Value::Object(members)).map(Some) }
}

fn read_demands(entry: &RuleEntry) -> Result<Vec<(String, Demand)>, Mistake> {
    let read = |(param, demand): (&Spanned<String>, _)| match Demand::read(demand) {
        Ok(demand) => Ok((param.get_ref().clone(), demand)),
        Err(reason) => Err(Mistake::at(param.span(), format!("{} {reason}", param.get_ref()))),
    };
    entry.params.iter().map(read).collect()
}

fn read_schedule(entry: &RuleEntry) -> Result<Schedule, Mistake> {
    let hours = entry
        .hours
        .as_ref()
        .map(|hours| Hours::read(hours.get_ref()).map_err(|reason| Mistake::at(hours.span(), reason)));
    let until = entry
        .until
        .as_ref()
        .map(|until| schedule::read_until(until.get_ref()).map_err(|reason| Mistake::at(until.span(), reason)));
    Ok(Schedule { hours: hours.transpose()?, until: until.transpose()? })
}

/// A demand on a parameter that none of the rule's actions has is a mistake.
fn refuse_idle_demands(rule: &Rule, entry: &RuleEntry) -> Result<(), Mistake> {
    let granted = || {
        catalogue()
            .actions()
            .iter()
            .filter(|action| rule.allows_use(action, ActionUse::Plain) || rule.asks_for_use(action, ActionUse::Plain))
    };
    for param in entry.params.keys() {
        if granted().any(|action| action.param(param.get_ref()).is_some()) {
            continue;
        }
        let mut of_granted = granted().flat_map(|action| action.params.iter());
        if let Some(own) = of_granted.find(|own| own.alias.as_ref() == Some(param.get_ref())) {
            let message = format!(
                "{}: {} is another name of {} there; rules name {}",
                rule.name,
                param.get_ref(),
                own.name,
                own.name
            );
            return Err(Mistake::at(param.span(), message));
        }
        let names = granted().flat_map(|action| action.params.iter().map(|param| param.name.as_str()));
        let meant = nearest::among(param.get_ref(), names).map(|name| format!("; did you mean {name}?"));
        let message = format!(
            "{}: no action that it grants has a parameter {}{}",
            rule.name,
            param.get_ref(),
            meant.unwrap_or_default()
        );
        return Err(Mistake::at(param.span(), message));
    }
    Ok(())
}

/// A rule can never decide if the role denies everything that the rule allows.
fn refuse_unreachable(role: &RoleEntry, rules: &[Rule]) -> Result<(), Mistake> {
    let denied = |action: &Action| {
        rules.iter().any(|rule| rule.is_in_force_unconditionally() && rule.denies_use(action, ActionUse::Plain))
    };
    for (rule, entry) in rules.iter().skip(1).zip(&role.rule) {
        if !rule.deny.is_empty() {
            continue;
        }
        let granted = |action: &&Action| {
            let in_reach = rule.when.is_none() || action.handler.is_in_live();
            in_reach && (rule.allows_use(action, ActionUse::Plain) || rule.asks_for_use(action, ActionUse::Plain))
        };
        if catalogue().actions().iter().filter(granted).all(denied) {
            let message = format!(
                "{} can never decide: it allows no action, or the role denies every action that it allows",
                rule.name
            );
            return Err(Mistake::at(entry.span(), message));
        }
    }
    Ok(())
}
