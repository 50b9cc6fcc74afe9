//! The outcome of a role's rules for an action, before and after its parameters and the time are known.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::RuleName;
use super::demand::Demand;
use super::guard::{Guard, GuardRule, GuardVerdict};
use super::schedule::Schedule;

/// The policy's answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// The rule of this name allows it.
    Allow(RuleName),
    /// The script decides by the state of Live when the command runs. The name is that of the rules that may allow it.
    Guarded(RuleName, Guard),
    /// The rule of this name refuses it.
    Forbid(RuleName),
}

impl Verdict {
    /// The verdict on who must be allowed by another role, too. Two guards cannot both be the script's: that is forbidden.
    pub fn within(self, ceiling: Verdict) -> Verdict {
        match (self, ceiling) {
            (Verdict::Forbid(rule), _) | (_, Verdict::Forbid(rule)) => Verdict::Forbid(rule),
            (verdict, Verdict::Allow(_)) => verdict,
            (Verdict::Allow(_), guarded) => guarded,
            (Verdict::Guarded(..), Verdict::Guarded(rule, _)) => Verdict::Forbid(rule),
        }
    }
}

/// The outcome of a role's rules for one action.
#[derive(Debug)]
pub enum Decided {
    Forbid(RuleName),
    Allow(RuleName),
    Depends(Depends),
}

/// The rules that may apply, in the order of evaluation.
#[derive(Debug)]
pub struct Depends {
    pub denies: Vec<Clause>,
    pub asks: Vec<Clause>,
    pub allows: Vec<Clause>,
}

/// The part of a rule that concerns one action.
#[derive(Debug)]
pub struct Clause {
    pub guard: GuardRule,
    pub demands: Vec<(String, Demand)>,
    pub schedule: Schedule,
}

impl Clause {
    /// The rule for actions that every signed-in caller may use.
    pub fn every_caller() -> Clause {
        let guard = GuardRule {
            rule: "everybody".into(),
            verdict: GuardVerdict::Allow,
            when: None,
            of_names: false,
            grants: true,
        };
        Clause { guard, demands: Vec::new(), schedule: Schedule::default() }
    }

    fn is_unconditional(&self) -> bool {
        self.guard.when.is_none() && self.demands.is_empty() && self.schedule == Schedule::default()
    }

    /// Whether the rule covers every parameter that it makes demands on.
    fn covers(&self, params: &Map<String, Value>) -> bool {
        self.demands.iter().all(|(param, demand)| demand.covers(params.get(param)))
    }

    /// Whether the rule may apply to these parameters.
    fn touches(&self, params: &Map<String, Value>) -> bool {
        self.demands.iter().all(|(param, demand)| demand.touches(params.get(param)))
    }

    fn describe(&self) -> String {
        let demands = self.demands.iter().map(|(param, demand)| format!("{param} {}", demand.describe()));
        demands.collect::<Vec<_>>().join(" and ")
    }
}

impl Decided {
    /// Reduce the rules to the simplest equivalent form.
    pub fn of(depends: Depends) -> Decided {
        let Depends { denies, asks, allows } = &depends;
        if asks.is_empty() && allows.is_empty() {
            return Decided::Forbid("default".into());
        }
        match allows.first() {
            Some(first) if denies.is_empty() && asks.is_empty() && first.is_unconditional() => {
                Decided::Allow(first.guard.rule.clone())
            }
            _ => Decided::Depends(depends),
        }
    }

    /// The most rules that a guard can have.
    pub fn guard_rules_max(&self) -> usize {
        match self {
            Decided::Forbid(_) | Decided::Allow(_) => 0,
            Decided::Depends(Depends { denies, asks, allows }) => denies.len() + asks.len() + allows.len(),
        }
    }

    pub fn with(&self, params: &Map<String, Value>, now: Timestamp) -> Verdict {
        match self {
            Decided::Forbid(rule) => Verdict::Forbid(rule.clone()),
            Decided::Allow(rule) => Verdict::Allow(rule.clone()),
            Decided::Depends(depends) => depends.with(params, now),
        }
    }

    /// The effect without regard to parameters: `allow`, `ask`, `depends` or `deny`.
    pub fn word(&self, now: Timestamp) -> &'static str {
        match self {
            Decided::Forbid(_) => "deny",
            Decided::Allow(_) => "allow",
            Decided::Depends(depends) if depends.asks.iter().any(Clause::is_unconditional) => "ask",
            Decided::Depends(depends) => match depends.with(&Map::new(), now) {
                Verdict::Forbid(_) if depends.demands().is_empty() => "deny",
                _ => "depends",
            },
        }
    }

    /// The rules that may allow a request.
    pub fn granting_rules(&self, params: &Map<String, Value>, now: Timestamp) -> Vec<RuleName> {
        match self {
            Decided::Forbid(_) => Vec::new(),
            Decided::Allow(rule) => vec![rule.clone()],
            Decided::Depends(depends) => {
                depends.granting(params, now).map(|clause| clause.guard.rule.clone()).collect()
            }
        }
    }
}

impl Depends {
    fn granting(&self, params: &Map<String, Value>, now: Timestamp) -> impl Iterator<Item = &Clause> {
        let all = self.asks.iter().chain(&self.allows);
        all.filter(move |clause| clause.schedule.includes(now) && clause.covers(params))
    }

    fn with(&self, params: &Map<String, Value>, now: Timestamp) -> Verdict {
        let denies = || self.denies.iter().filter(|clause| clause.schedule.includes(now));
        if let Some(deny) = denies().find(|clause| clause.guard.when.is_none()) {
            return Verdict::Forbid(deny.guard.rule.clone());
        }
        let granting: Vec<&Clause> = self.granting(params, now).collect();
        let Some(first) = granting.first() else { return Verdict::Forbid(self.first_rule()) };
        let asks = self.asks.iter().filter(|clause| clause.schedule.includes(now) && clause.touches(params));
        let asks: Vec<GuardRule> =
            asks.map(|clause| GuardRule { grants: clause.covers(params), ..clause.guard.clone() }).collect();
        let is_free = first.guard.when.is_none() && first.guard.verdict == GuardVerdict::Allow;
        if denies().next().is_none() && asks.is_empty() && is_free {
            return Verdict::Allow(first.guard.rule.clone());
        }
        let names: Vec<&str> = granting.iter().map(|clause| clause.guard.rule.as_ref()).collect();
        let allows = granting.iter().filter(|clause| clause.guard.verdict == GuardVerdict::Allow);
        let rules = denies().map(|clause| clause.guard.clone()).chain(asks);
        let rules = rules.chain(allows.map(|clause| clause.guard.clone()));
        Verdict::Guarded(names.join(" or ").into(), Guard(rules.collect()))
    }

    /// The rule to name in a refusal: one that would allow the action with other parameters or at another time.
    fn first_rule(&self) -> RuleName {
        let first = self.allows.first().or(self.asks.first());
        first.map_or_else(|| "default".into(), |clause| clause.guard.rule.clone())
    }

    /// The demands of each rule on parameters, in words.
    pub fn demands(&self) -> Vec<String> {
        let bounded = self.allows.iter().chain(&self.asks).filter(|clause| !clause.demands.is_empty());
        bounded.map(Clause::describe).collect()
    }
}
