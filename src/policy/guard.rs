//! Guards: the part of a role's rules that depends on the state of Live. It travels with the command, and the script decides.

use serde_json::{Map, Value, json};

use super::RuleName;
use super::condition::{Condition, Quantifier, Situation};

/// The script takes no more rules with a command.
pub const GUARD_RULES_MAX: usize = 256;

/// The rules that apply to a command, in order. A matching deny decides. Otherwise a rule must allow the command; if a matching rule asks, a person
/// decides. If no rule allows the command, it is forbidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard(pub Vec<GuardRule>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardRule {
    pub rule: RuleName,
    pub verdict: GuardVerdict,
    pub when: Option<Condition>,
    /// Whether the rule restricts the names in the answer instead of the objects that change.
    pub of_names: bool,
    /// Whether a rule that asks also allows once a person has approved. It does not if a parameter fails the rule's demand.
    pub grants: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardVerdict {
    Allow,
    /// A person must approve.
    Ask,
    Deny,
}

impl GuardVerdict {
    pub const fn name(self) -> &'static str {
        match self {
            GuardVerdict::Allow => "allow",
            GuardVerdict::Ask => "ask",
            GuardVerdict::Deny => "deny",
        }
    }
}

impl Guard {
    /// The guard as sent to the script.
    pub fn to_value(&self) -> Value {
        self.0.iter().map(GuardRule::to_value).collect()
    }

    /// The same for a caller who cannot wait for a person: what would ask is denied.
    pub fn without_asking(self) -> Guard {
        let denied = |rule: GuardRule| match rule.verdict {
            GuardVerdict::Ask => GuardRule { verdict: GuardVerdict::Deny, grants: true, ..rule },
            GuardVerdict::Allow | GuardVerdict::Deny => rule,
        };
        // Rules stand in the order in which they decide: denies first.
        Guard(self.0.into_iter().map(denied).collect())
    }

    /// The rule that denies the command whatever is in Live, if there is one.
    pub fn denies_always(&self) -> Option<&RuleName> {
        let deny = self.0.iter().find(|rule| rule.verdict == GuardVerdict::Deny && rule.when.is_none());
        deny.map(|rule| &rule.rule)
    }

    /// The verdict, if it does not depend on the state of Live.
    pub fn unconditional(&self) -> Option<GuardVerdict> {
        match self.0.first() {
            Some(rule) if rule.when.is_none() && rule.grants => Some(rule.verdict),
            _ => None,
        }
    }

    /// The verdict that the script will reach in a situation, and the rule that decides.
    pub fn decide(&self, situation: &Situation) -> (Option<&RuleName>, GuardVerdict) {
        let first = |verdict| self.0.iter().find(move |rule| rule.verdict == verdict && rule.applies(situation));
        if let Some(deny) = first(GuardVerdict::Deny) {
            return (Some(&deny.rule), GuardVerdict::Deny);
        }
        let Some(granting) = self.0.iter().find(|rule| rule.allows(situation)) else {
            return (None, GuardVerdict::Deny);
        };
        match first(GuardVerdict::Ask) {
            Some(ask) => (Some(&ask.rule), GuardVerdict::Ask),
            None => (Some(&granting.rule), GuardVerdict::Allow),
        }
    }
}

impl GuardRule {
    /// A deny or an ask applies if it matches any object that the command reaches.
    fn applies(&self, situation: &Situation) -> bool {
        self.when.as_ref().is_none_or(|when| when.holds(situation, Quantifier::Any))
    }

    /// An allow applies only if it matches every object that the command reaches.
    fn allows(&self, situation: &Situation) -> bool {
        let can = self.verdict == GuardVerdict::Allow || self.verdict == GuardVerdict::Ask && self.grants;
        can && self.when.as_ref().is_none_or(|when| when.holds(situation, Quantifier::Each))
    }

    fn to_value(&self) -> Value {
        let mut rule = Map::from_iter([
            ("rule".to_owned(), json!(self.rule.as_ref())),
            ("verdict".to_owned(), json!(self.verdict.name())),
        ]);
        if let Some(when) = &self.when {
            rule.insert("when".into(), when.to_value());
        }
        if self.of_names {
            rule.insert("shown".into(), Value::Bool(true));
        }
        if !self.grants {
            rule.insert("grants".into(), Value::Bool(false));
        }
        Value::Object(rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise: Conditions are checked in Live when the command runs
    #[test]
    fn guards_decide_as_in_the_script() {
        let file: Value = serde_json::from_str(include_str!("../../tests/guards.json")).expect("JSON");
        let cases = file["cases"].as_array().expect("cases");
        assert!(cases.len() > 30);
        for case in cases {
            let guard = Guard(case["rules"].as_array().expect("rules").iter().map(read_rule).collect());
            let (rule, verdict) = guard.decide(&read_situation(&case["situation"]));
            assert_eq!(json!([rule.map(AsRef::<str>::as_ref), verdict.name()]), case["decides"], "{}", case["name"]);
            assert_eq!(guard.to_value(), case["rules"], "{}", case["name"]);
        }
    }

    fn guard_of(rules: Value) -> Guard {
        Guard(rules.as_array().expect("rules").iter().map(read_rule).collect())
    }

    #[test]
    fn an_unconditional_first_rule_decides_alone() {
        let when = json!({"track": ["Drums"]});
        for (rules, expected) in [
            (json!([{"rule": "a", "verdict": "ask"}, {"rule": "b", "verdict": "allow"}]), Some(GuardVerdict::Ask)),
            (json!([{"rule": "a", "verdict": "allow"}]), Some(GuardVerdict::Allow)),
            (json!([{"rule": "a", "verdict": "ask", "grants": false}, {"rule": "b", "verdict": "allow"}]), None),
            (json!([{"rule": "a", "verdict": "deny", "when": when}, {"rule": "b", "verdict": "allow"}]), None),
            (json!([]), None),
        ] {
            assert_eq!(guard_of(rules.clone()).unconditional(), expected, "{rules}");
        }
    }

    #[test]
    fn without_asking_what_would_ask_is_denied() {
        let rules = json!([{"rule": "a", "verdict": "ask", "grants": false}, {"rule": "b", "verdict": "allow"}]);
        let denied = json!([{"rule": "a", "verdict": "deny"}, {"rule": "b", "verdict": "allow"}]);
        assert_eq!(guard_of(rules).without_asking().to_value(), denied);
    }

    fn read_rule(value: &Value) -> GuardRule {
        let verdict = match value["verdict"].as_str() {
            Some("allow") => GuardVerdict::Allow,
            Some("ask") => GuardVerdict::Ask,
            _ => GuardVerdict::Deny,
        };
        let grants = value.get("grants").is_none_or(|grants| grants == true);
        let when = value.get("when").map(|when| Condition::parse(when.clone()).expect("a condition"));
        GuardRule { rule: value["rule"].as_str().expect("a name").into(), verdict, when, of_names: false, grants }
    }

    fn read_situation(value: &Value) -> Situation {
        let mut situation = Situation::default();
        for (member, there) in value.as_object().expect("an object") {
            match there {
                Value::Bool(state) => _ = situation.states.insert(member.clone(), *state),
                names => {
                    let names = serde_json::from_value(names.clone()).expect("names");
                    situation.names.insert(member.clone(), names);
                }
            }
        }
        situation
    }
}
