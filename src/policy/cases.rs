//! Test cases for a policy: TOML entries with a role, a request, a state of the set, a time and the expected verdict. They run before a policy is
//! used.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::condition::Situation;
use super::guard::GuardVerdict;
use super::{Policy, Verdict};
use crate::command::{catalogue, nearest};
use crate::platform::clock;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CasesFile {
    #[serde(default)]
    case: Vec<Case>,
}

/// One request of a role, and the verdict that it must get.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    role: String,
    action: String,
    #[serde(default)]
    params: Map<String, Value>,
    /// The names of the objects that the request reaches, by kind, and the states that are true (`playing`, …).
    #[serde(default)]
    set: BTreeMap<String, Value>,
    /// The time of the request, RFC 3339; now by default.
    at: Option<String>,
    /// `allow`, `ask` or `deny`.
    expect: String,
}

/// The result of running a file of cases.
#[derive(Debug, Default)]
pub struct Report {
    pub passed: usize,
    /// One sentence for each case that failed.
    pub failures: Vec<String>,
}

/// The cases of the shipped roles.
pub const SHIPPED: &str = include_str!("../../config/roles.test.toml");

/// Run all cases of `text` against a policy. `Err` describes the mistake in the text.
pub fn run(policy: &Policy, text: &str) -> Result<Report, String> {
    let file: CasesFile = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut report = Report::default();
    for case in &file.case {
        match case.run(policy) {
            Ok(()) => report.passed += 1,
            Err(reason) => report.failures.push(format!("{}: {reason}", case.name)),
        }
    }
    Ok(report)
}

impl Case {
    fn run(&self, policy: &Policy) -> Result<(), String> {
        if !policy.has_role(&self.role) {
            return Err(format!("there is no role {}", self.role));
        }
        let action = catalogue().find(&self.action).ok_or_else(|| {
            let meant = catalogue().nearest(&self.action).map(|action| format!("; did you mean {}?", action.name));
            format!("there is no action {}{}", self.action, meant.unwrap_or_default())
        })?;
        let now = match &self.at {
            Some(at) => at.parse::<Timestamp>().map_err(|_| format!("at must be an RFC 3339 time, got {at}"))?,
            None => clock::now(),
        };
        let expected = nearest_verdict(&self.expect)?;
        let (got, rule) = resolve(policy.decide(&self.role, action, &self.params, now), &self.situation()?);
        if got == expected {
            return Ok(());
        }
        Err(format!("expected {}, got {} by {rule}", expected.name(), got.name()))
    }

    fn situation(&self) -> Result<Situation, String> {
        let mut situation = Situation::default();
        for state in super::condition::STATES {
            situation.states.insert(state.to_owned(), false);
        }
        for (member, value) in &self.set {
            match value {
                Value::Bool(state) if super::condition::STATES.contains(&member.as_str()) => {
                    situation.states.insert(member.clone(), *state);
                }
                names if super::condition::KINDS.contains(&member.as_str()) => {
                    let names = serde_json::from_value(names.clone());
                    let names = names.map_err(|_| format!("set.{member} must be a list of names"))?;
                    situation.names.insert(member.clone(), names);
                }
                _ => return Err(format!("set has no {member}")),
            }
        }
        Ok(situation)
    }
}

/// Resolve a verdict in a situation; returns the effect and the rule that decided.
pub fn resolve(verdict: Verdict, situation: &Situation) -> (GuardVerdict, String) {
    match verdict {
        Verdict::Allow(rule) => (GuardVerdict::Allow, rule.to_string()),
        Verdict::Forbid(rule) => (GuardVerdict::Deny, rule.to_string()),
        Verdict::Guarded(_, guard) => {
            let (rule, verdict) = guard.decide(situation);
            (verdict, rule.map_or_else(|| "default".to_owned(), ToString::to_string))
        }
    }
}

fn nearest_verdict(text: &str) -> Result<GuardVerdict, String> {
    let all = [GuardVerdict::Allow, GuardVerdict::Ask, GuardVerdict::Deny];
    all.into_iter().find(|verdict| verdict.name() == text).ok_or_else(|| {
        let meant = nearest::among(text, all.iter().map(|verdict| verdict.name()));
        let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
        format!("expect must be allow, ask or deny, got {text}{meant}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_roles_pass_their_own_cases() {
        let report = run(&Policy::shipped(), SHIPPED).expect("cases");
        assert_eq!(report.failures, Vec::<String>::new());
        assert!(report.passed >= 30, "{} cases", report.passed);
    }

    #[test]
    fn a_case_that_fails_says_what_was_expected() {
        let case = |rest: &str| format!("[[case]]\nname = 'x'\nrole = 'viewer'\naction = 'set_tempo'\n{rest}");
        for (text, expected) in [
            (case("expect = 'allow'"), "x: expected allow, got deny by default"),
            (case("expect = 'denny'"), "x: expect must be allow, ask or deny, got denny; did you mean deny?"),
            (case("expect = 'deny'\nset = { trakc = ['A'] }"), "x: set has no trakc"),
            (case("expect = 'deny'\nset = { trakc = true }"), "x: set has no trakc"),
            (case("expect = 'deny'\nset = { track = true }"), "x: set.track must be a list of names"),
            (case("expect = 'deny'\nat = 'noon'"), "x: at must be an RFC 3339 time, got noon"),
        ] {
            let report = run(&Policy::shipped(), &text).expect("cases");
            assert_eq!(report.failures, [expected]);
        }
        assert!(run(&Policy::shipped(), "[[case]]\nnom = 'x'").is_err());
    }
}
