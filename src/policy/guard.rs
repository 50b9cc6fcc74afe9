//! Guards: what of a role's rules cannot be decided without Live travels along with the command, in order, and the script decides.

use serde_json::{Map, Value, json};

use super::RuleName;
use super::condition::{Condition, Quantifier, Situation};

/// The script takes no more rules with a command.
pub const GUARD_RULES_MAX: usize = 256;

/// The rules that apply to a command. A deny that holds decides. Else a rule must grant the command, and if a rule that asks holds, a
/// person decides. Where no rule grants it, it is forbidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard(pub Vec<GuardRule>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardRule {
    pub rule: RuleName,
    pub verdict: GuardVerdict,
    pub when: Option<Condition>,
    /// Whether it is about what the answer may tell the names of, not about what may change.
    pub of_names: bool,
    /// Whether a rule that asks also grants, once a person has approved: not if a parameter lies outside what it demands.
    pub grants: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardVerdict {
    Allow,
    /// A person has to approve.
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
    /// As it travels to the script.
    pub fn to_value(&self) -> Value {
        self.0.iter().map(GuardRule::to_value).collect()
    }

    /// The verdict, where it is the same whatever is in Live.
    pub fn unconditional(&self) -> Option<GuardVerdict> {
        match self.0.first() {
            Some(rule) if rule.when.is_none() && rule.grants => Some(rule.verdict),
            _ => None,
        }
    }

    /// What the script will decide in a situation, by which rule.
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
    /// A deny stops the command, and an ask holds it up, if it holds for anything that the command reaches.
    fn applies(&self, situation: &Situation) -> bool {
        self.when.as_ref().is_none_or(|when| when.holds(situation, Quantifier::Any))
    }

    /// A grant has to hold for everything that the command reaches.
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

    /// Promise: Conditions are checked where the command runs
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
