//! Fills a sentence's parts.

use serde_json::{Map, Value};

use super::units::{Unit, quoted};
use super::{Kind, Names, Part, Sentence};

type Fields = Map<String, Value>;

/// The known facts about a request.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub parameters: &'a Fields,
    /// Names of its objects by kind.
    pub names: &'a Fields,
    /// Values by member.
    pub before: &'a Fields,
    pub after: &'a Fields,
    pub tense: Tense,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tense {
    /// It was not done, or that is unknown: `mute "Vocals"`.
    Infinitive,
    /// It was done: `muted "Vocals"`.
    Past,
}

/// The text for an unknown value.
const UNKNOWN: &str = "?";

impl Sentence {
    /// The sentence, without a full stop. It may contain any character of the names and values in it.
    pub fn fill(&self, facts: &Facts<'_>) -> String {
        let mut filled = String::new();
        fill(&self.0, facts, &mut filled);
        filled
    }
}

/// Append the parts. Returns whether each had a value.
fn fill(parts: &[Part], facts: &Facts<'_>, to: &mut String) -> bool {
    let mut is_whole = true;
    for part in parts {
        let text = match part {
            Part::Text(text) => Some(text.clone()),
            Part::Verb { infinitive, past } => Some(if facts.tense == Tense::Past { past } else { infinitive }.clone()),
            Part::Value { names, unit } => facts.value(names).and_then(|value| unit.write(value)),
            Part::Change { names, unit } => facts.change(names, unit),
            Part::Was { member, unit } => Some(facts.was(member, unit)),
            Part::Object { kind, with_kind } => facts.object(kind, *with_kind),
            Part::Choice { switch, yes, no } => {
                is_whole &= fill(if facts.is_on(switch) { yes } else { no }, facts, to);
                continue;
            }
            Part::Optional(parts) => {
                let mut within = String::new();
                if fill(parts, facts, &mut within) {
                    to.push_str(&within);
                }
                continue;
            }
        };
        is_whole &= text.is_some();
        to.push_str(text.as_deref().unwrap_or(UNKNOWN));
    }
    is_whole
}

impl<'a> Facts<'a> {
    fn value(&self, names: &Names) -> Option<&'a Value> {
        let recorded = self.after.get(&names.member);
        let given = || self.parameters.get(&names.member).or_else(|| self.parameters.get(&names.param));
        recorded.or_else(given).filter(|value| !value.is_null())
    }

    fn change(&self, names: &Names, unit: &Unit) -> Option<String> {
        let before = self.before.get(&names.member);
        let after = self.value(names);
        let after = after.and_then(|value| unit.write(value));
        match (before.and_then(|value| unit.write(value)), after) {
            (Some(before), Some(after)) if before == after => Some(format!("to {after} (unchanged)")),
            (Some(before), Some(after)) => {
                let before = unit.suffix().and_then(|suffix| before.strip_suffix(suffix)).unwrap_or(&before);
                Some(format!("{before} \u{2192} {after}"))
            }
            (_, after) => after.map(|after| format!("to {after}")),
        }
    }

    fn was(&self, member: &str, unit: &Unit) -> String {
        let before = self.before.get(member).and_then(|value| unit.write(value));
        before.map(|before| format!(" (was {before})")).unwrap_or_default()
    }

    /// A switch without a value is on, which is every switch's default.
    fn is_on(&self, switch: &str) -> bool {
        let value = self.parameters.get(switch).or_else(|| self.after.get(switch));
        value.and_then(Value::as_bool).unwrap_or(true)
    }

    fn object(&self, kind: &Kind, with_kind: bool) -> Option<String> {
        let name = self.names.get(kind.name).and_then(Value::as_array).and_then(|names| names.first()?.as_str());
        let named = |name: &str| if with_kind { format!("{} {}", kind.name, quoted(name)) } else { quoted(name) };
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            return Some(named(name));
        }
        let param =
            kind.params.iter().find_map(|param| self.parameters.get(*param)).filter(|value| !value.is_null())?;
        let text = Unit::Plain.write(param)?;
        Some(if param.is_string() && !with_kind { text } else { format!("{} {text}", kind.name) })
    }
}
