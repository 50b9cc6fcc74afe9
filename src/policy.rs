//! Roles and rules (authorization policy): which role may call which action. Deny overrides ask, and ask overrides allow. An action that no rule
//! allows is forbidden.

pub(crate) mod cases;
mod changes;
pub(crate) mod condition;
mod demand;
mod file;
mod freeze;
mod gains;
mod guard;
mod mistake;
mod name_patterns;
mod rate;
mod roles;
mod rule;
mod schedule;
mod source;
mod verdict;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::command::{Action, Handler, catalogue, nearest, reading_right};
use crate::config::Rate;
pub(crate) use changes::Change;
pub(crate) use condition::Condition;
pub(crate) use freeze::Freeze;
use guard::{GUARD_RULES_MAX, GuardRule};
pub(crate) use guard::{Guard, GuardVerdict};
pub(crate) use mistake::Mistake;
use roles::{ResolvedRole, Roles};
use rule::{ActionUse, Rule};
pub(crate) use source::Source;
pub use verdict::Verdict;
use verdict::{Clause, Decided, Depends};

/// The text of the shipped roles, `config/roles.toml`.
pub const SHIPPED: &str = include_str!("../config/roles.toml");

/// A policy. Verdicts that do not depend on parameters, time or Live are computed when it is loaded.
#[derive(Debug)]
pub struct Policy {
    roles: HashMap<String, Role>,
    /// SHA-256 of the policy's text in hex. Rows of the trail refer to the policy by it.
    pub digest: String,
    /// The rules that end, each with a sentence for when it has ended.
    endings: Vec<(Timestamp, Mistake)>,
}

/// The outcomes of a role's rules by the action's index: for ordinary use, and for overwriting.
#[derive(Debug)]
struct Role {
    plain: Vec<Decided>,
    overwriting: Vec<Decided>,
    /// Rates of the role and of those that it inherits.
    rates: Vec<(RuleName, Rate)>,
    /// Rates of its rules.
    rule_rates: HashMap<RuleName, Rate>,
    /// The characters of its patterns in `where`.
    where_chars: usize,
}

/// Effects by action and role: `allow`, `ask` or `depends`.
pub type Matrix<'a> = BTreeMap<&'static str, BTreeMap<&'a str, &'static str>>;

/// The name of the rule that decided, as the trail records it.
pub type RuleName = Arc<str>;

impl Policy {
    /// The policy of the shipped roles.
    pub fn shipped() -> Policy {
        Policy::parse("config/roles.toml", SHIPPED).expect("the shipped roles are tested")
    }

    /// Parse a self-contained policy. Unknown, contradictory and ineffective entries are mistakes, reported with their position.
    pub fn parse(source: &str, text: &str) -> Result<Policy, Mistake> {
        Policy::of(Roles::alone(text), &[text], source).map_err(|mistake| mistake.locate(source, text))
    }

    /// Parse an owner's roles, which extend the shipped ones.
    pub fn beside_shipped(source: &str, text: &str) -> Result<Policy, Mistake> {
        let roles = Roles::beside_shipped(text);
        Policy::of(roles, &[SHIPPED, text], source).map_err(|mistake| mistake.locate(source, text))
    }

    /// The same, refused if Live could not evaluate its guards: see [`Policy::check_cost`].
    pub fn for_live(source: &str, text: &str, where_chars_max: usize) -> Result<Policy, Mistake> {
        let policy = Policy::beside_shipped(source, text)?;
        policy.check_cost(where_chars_max)?;
        Ok(policy)
    }

    /// `texts` are those of the roles, of which the last comes from `source`.
    fn of(roles: Result<Roles, Mistake>, texts: &[&str], source: &str) -> Result<Policy, Mistake> {
        let all = roles?;
        let located = |(until, mistake): (_, Mistake)| (until, mistake.locate(source, texts.last().unwrap_or(&"")));
        let endings = all.own_endings()?.into_iter().map(located).collect();
        let roles = all.names().into_iter().map(|name| {
            let role = Role::of(all.flatten(&name)?);
            Ok((name, role))
        });
        Ok(Policy { roles: roles.collect::<Result<_, Mistake>>()?, digest: digest_of(texts), endings })
    }

    /// Refuse roles whose guards Live could not evaluate within a tick, or not at all.
    pub fn check_cost(&self, where_chars_max: usize) -> Result<(), Mistake> {
        for (name, role) in &self.roles {
            if role.where_chars > where_chars_max {
                return Err(Mistake::of_file(format!(
                    "role {name} has patterns of {} characters in `where`, inherited ones included; policy.where_chars_max allows \
                     {where_chars_max}",
                    role.where_chars
                )));
            }
            let rules = role.plain.iter().chain(&role.overwriting).map(Decided::guard_rules_max).max().unwrap_or(0);
            if rules > GUARD_RULES_MAX {
                return Err(Mistake::of_file(format!(
                    "role {name} has {rules} rules for one action, inherited ones included; at most {GUARD_RULES_MAX} are possible"
                )));
            }
        }
        Ok(())
    }

    /// Decide whether `role` may call `action` with these parameters at this time. An unknown role may call nothing.
    pub fn decide(&self, role: &str, action: &Action, params: &Map<String, Value>, now: Timestamp) -> Verdict {
        match self.roles.get(role) {
            Some(role) => role.of_use(action, params).with(params, now),
            None => decide(&[], action, ActionUse::Plain).with(params, now),
        }
    }

    /// Whether `role` could call `action` with some parameters, in some state of the set, at some time.
    pub fn could_allow(&self, role: &str, action: &Action) -> bool {
        self.roles.get(role).is_some_and(|role| !matches!(role.plain[action.index], Decided::Forbid(_)))
    }

    /// The demands of `role` on the parameters of an action, one text for each rule that allows it: `bpm between 60 and 130`.
    pub fn bounds(&self, role: &str, action: &Action) -> Vec<String> {
        match self.roles.get(role).map(|role| &role.plain[action.index]) {
            Some(Decided::Depends(depends)) => depends.demands(),
            _ => Vec::new(),
        }
    }

    /// The rate limits that apply to a request of `role`, each with the role or rule that sets it.
    pub fn rates(
        &self,
        role: &str,
        action: &Action,
        params: &Map<String, Value>,
        now: Timestamp,
    ) -> Vec<(RuleName, Rate)> {
        let Some(role) = self.roles.get(role) else { return Vec::new() };
        let mut rates = role.rates.clone();
        if !role.rule_rates.is_empty() {
            let granting = role.of_use(action, params).granting_rules(params, now);
            rates.extend(granting.into_iter().filter_map(|rule| Some((rule.clone(), *role.rule_rates.get(&rule)?))));
        }
        rates
    }

    /// Whether some call of `action` by `role` needs a person's approval.
    pub fn asks(&self, role: &str, action: &Action) -> bool {
        let asks = |decided: &Decided| matches!(decided, Decided::Depends(depends) if !depends.asks.is_empty());
        let may_overwrite = action.param("overwrite").is_some();
        let of =
            |role: &Role| asks(&role.plain[action.index]) || may_overwrite && asks(&role.overwriting[action.index]);
        self.roles.get(role).is_some_and(of)
    }

    /// The effect of each action for each role: `allow`, `ask`, `depends` or `deny`. Actions that every role is denied are left out.
    pub fn matrix(&self, now: Timestamp) -> Matrix<'_> {
        let of_action = |action: &'static Action| {
            let cells = self.roles.iter().map(|(name, role)| (name.as_str(), role.plain[action.index].word(now)));
            let cells: BTreeMap<_, _> = cells.filter(|(_, word)| *word != "deny").collect();
            (action.name.as_str(), cells)
        };
        catalogue().actions().iter().map(of_action).filter(|(_, cells)| !cells.is_empty()).collect()
    }

    /// What a person should know of a policy that loads: rules that have ended, and roles in use that it does not have. `in_use` has
    /// each role with those who use it.
    pub fn warnings<'a>(&self, now: Timestamp, in_use: impl IntoIterator<Item = (&'a str, String)>) -> Vec<String> {
        let ended = self.endings.iter().filter(|(until, _)| *until <= now).map(|(_, sentence)| sentence.to_string());
        let missing = in_use.into_iter().filter(|(role, _)| !self.has_role(role)).map(|(role, users)| {
            let meant = nearest::among(role, self.role_names());
            let meant = meant.map(|meant| format!("; was it renamed to {meant}?")).unwrap_or_default();
            format!("there is no role {role}, so {users} may do nothing{meant}")
        });
        ended.chain(missing).collect()
    }

    pub(crate) fn has_role(&self, role: &str) -> bool {
        self.roles.contains_key(role)
    }

    /// The names of all roles, sorted.
    pub fn role_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.roles.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }
}

fn digest_of(texts: &[&str]) -> String {
    let mut context = Context::new(&SHA256);
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            context.update(&[0]);
        }
        context.update(text.as_bytes());
    }
    hex::encode(context.finish())
}

impl Role {
    fn of(ResolvedRole { rules, rates }: ResolvedRole) -> Role {
        let decided = |how| catalogue().actions().iter().map(|action| decide(&rules, action, how)).collect();
        let plain = decided(ActionUse::Plain);
        let overwriting = decided(ActionUse::Overwriting);
        let rule_rates = rules.iter().filter_map(|rule| Some((rule.name.clone(), rule.rate?))).collect();
        let where_chars = rules.iter().filter_map(|rule| rule.when.as_ref()).map(Condition::pattern_chars).sum();
        Role { plain, overwriting, rates, rule_rates, where_chars }
    }

    fn of_use(&self, action: &Action, params: &Map<String, Value>) -> &Decided {
        let by_action = if action.overwrites(params) { &self.overwriting } else { &self.plain };
        &by_action[action.index]
    }
}

/// Combine the rules for an action, whatever their order: deny, else ask, else allow, else nothing.
fn decide(rules: &[Rule], action: &Action, how: ActionUse) -> Decided {
    let is_in_live = action.handler == Handler::Live;
    let mut denies = Vec::new();
    for rule in rules {
        // For admin actions the gateway does not consult Live, so it treats a deny's condition on the set as met.
        let when = rule.when.as_ref().filter(|_| is_in_live);
        if rule.denies_use(action, how) {
            if when.is_none() && rule.schedule == Default::default() {
                return Decided::Forbid(rule.name.clone());
            }
            denies.push(clause(rule, action, GuardVerdict::Deny, when));
        } else if when.is_some() && hides_names(rule, action) {
            let mut hiding = clause(rule, action, GuardVerdict::Deny, when);
            hiding.guard.of_names = true;
            denies.push(hiding);
        }
    }
    if action.access.is_empty() && denies.is_empty() {
        return Decided::Allow("everybody".into());
    }
    // A rule with a condition on the set never allows admin actions.
    let in_reach = |rule: &&Rule| rule.when.is_none() || action.handler.is_in_live();
    let granting = |verdict, grants: fn(&Rule, &Action, ActionUse) -> bool| -> Vec<Clause> {
        let rules = rules.iter().filter(in_reach).filter(|rule| grants(rule, action, how));
        rules.map(|rule| clause(rule, action, verdict, rule.when.as_ref())).collect()
    };
    let asks = granting(GuardVerdict::Ask, Rule::asks_for_use);
    let mut allows = granting(GuardVerdict::Allow, Rule::allows_use);
    if action.access.is_empty() {
        allows.push(Clause::every_caller());
    }
    Decided::of(Depends { denies, asks, allows })
}

/// Whether a rule denies reading objects whose names the action's answer may contain.
fn hides_names(rule: &Rule, action: &Action) -> bool {
    action.shows.iter().any(|kind| rule.denies(reading_right(kind)))
}

fn clause(rule: &Rule, action: &Action, verdict: GuardVerdict, when: Option<&Condition>) -> Clause {
    let guard = GuardRule { rule: rule.name.clone(), verdict, when: when.cloned(), of_names: false, grants: true };
    Clause { guard, demands: rule.demands_of(action), schedule: rule.schedule.clone() }
}

#[cfg(test)]
mod tests;
