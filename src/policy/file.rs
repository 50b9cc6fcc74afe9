//! The form of `roles.toml`. Unknown keys stop the load.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;
use toml::value::Datetime;

use super::mistake::Mistake;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RolesFile {
    pub roles: BTreeMap<Spanned<String>, RoleEntry>,
}

/// Patterns of actions, each with its place in the file.
pub type PatternEntries = Vec<Spanned<String>>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleEntry {
    /// Take the place of the shipped role of the same name.
    #[serde(default)]
    pub replace: bool,
    #[serde(default)]
    pub inherits: PatternEntries,
    #[serde(default)]
    pub allow: PatternEntries,
    #[serde(default)]
    pub deny: PatternEntries,
    #[serde(default)]
    pub ask: PatternEntries,
    #[serde(default)]
    pub rule: Vec<Spanned<RuleEntry>>,
    pub limit: Option<Spanned<RateEntry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleEntry {
    #[serde(default)]
    pub allow: PatternEntries,
    #[serde(default)]
    pub deny: PatternEntries,
    #[serde(default)]
    pub ask: PatternEntries,
    /// Names and indexes of what the rule's actions may reach, by kind.
    #[serde(default)]
    pub r#where: BTreeMap<String, Vec<Value>>,
    /// States of the set in which the rule is not in force.
    #[serde(default)]
    pub unless: PatternEntries,
    /// States of the set in which alone the rule is in force.
    #[serde(default)]
    pub r#while: PatternEntries,
    /// What the rule demands of parameters, by name.
    #[serde(default)]
    pub params: BTreeMap<Spanned<String>, DemandEntry>,
    /// The hours in which the rule is in force.
    pub hours: Option<Spanned<HoursEntry>>,
    /// When the rule ends.
    pub until: Option<Spanned<Datetime>>,
    /// How often the rule may allow a request, for each caller.
    pub limit: Option<Spanned<RateEntry>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemandEntry {
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub r#enum: Option<Vec<Value>>,
    pub glob: Option<Vec<String>>,
    pub required: Option<bool>,
    pub forbidden: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoursEntry {
    /// `HH:MM`.
    pub from: String,
    /// `HH:MM`; not after `from` means on the next day.
    pub to: String,
    /// The days on which the hours begin: `mon` to `sun`. All without it.
    pub days: Option<Vec<String>>,
    /// A time zone of the IANA database: `Europe/Berlin`.
    pub zone: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateEntry {
    pub per_second: u32,
    pub burst: Option<u32>,
}

impl RolesFile {
    pub fn parse(text: &str) -> Result<RolesFile, Mistake> {
        Ok(toml::from_str(text)?)
    }
}
