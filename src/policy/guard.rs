//! Guards: what of a role's rules cannot be decided without Live travels along with the command, in order, and the script decides.

use serde_json::{Map, Value, json};

use super::RuleName;
use super::condition::{Condition, Of, Situation};

/// The rules that apply to a command. The first whose condition holds decides; where none holds the command is forbidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard(pub Vec<GuardRule>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardRule {
    pub rule: RuleName,
    pub verdict: GuardVerdict,
    pub when: Option<Condition>,
    /// Whether it is about what the answer may tell the names of, not about what may change.
    pub of_names: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardVerdict {
    Allow,
    Deny,
}

impl GuardVerdict {
    const fn name(self) -> &'static str {
        match self {
            GuardVerdict::Allow => "allow",
            GuardVerdict::Deny => "deny",
        }
    }
}

impl Guard {
    /// As it travels to the script.
    pub fn to_value(&self) -> Value {
        self.0.iter().map(GuardRule::to_value).collect()
    }

    /// What the script will decide in a situation, by which rule.
    pub fn decide(&self, situation: &Situation) -> (Option<&RuleName>, GuardVerdict) {
        match self.0.iter().find(|rule| rule.holds(situation)) {
            Some(rule) => (Some(&rule.rule), rule.verdict),
            None => (None, GuardVerdict::Deny),
        }
    }
}

impl GuardRule {
    /// An allow has to hold for everything that the command reaches; a deny stops it if it holds for anything.
    fn holds(&self, situation: &Situation) -> bool {
        let of = match self.verdict {
            GuardVerdict::Allow => Of::Each,
            GuardVerdict::Deny => Of::Any,
        };
        self.when.as_ref().is_none_or(|when| when.holds(situation, of))
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
        let verdict = if value["verdict"] == "allow" { GuardVerdict::Allow } else { GuardVerdict::Deny };
        let when = value.get("when").map(|when| Condition::parse(when.clone()).expect("a condition"));
        GuardRule { rule: value["rule"].as_str().expect("a name").into(), verdict, when, of_names: false }
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
