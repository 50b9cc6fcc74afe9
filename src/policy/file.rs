//! The format of `roles.toml`. Unknown keys are errors.

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

/// Patterns of actions, each with its position in the file.
pub type PatternEntries = Vec<Spanned<String>>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleEntry {
    /// Replace the shipped role of the same name.
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
    /// The names and indexes of the objects that the rule's actions may reach, by kind.
    #[serde(default)]
    pub r#where: BTreeMap<String, Vec<Value>>,
    /// The rule is not in force while any of these states holds.
    #[serde(default)]
    pub unless: PatternEntries,
    /// The rule is in force only while all of these states hold.
    #[serde(default)]
    pub r#while: PatternEntries,
    /// Demands on parameters, by the parameter's name.
    #[serde(default)]
    pub params: BTreeMap<Spanned<String>, DemandEntry>,
    /// The hours in which the rule is in force.
    pub hours: Option<Spanned<HoursEntry>>,
    /// When the rule ends.
    pub until: Option<Spanned<Datetime>>,
    /// The rate at which the rule may allow requests, for each caller.
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
    /// `HH:MM`. If it is not after `from`, the hours end on the next day.
    pub to: String,
    /// The days on which the hours begin: `mon` to `sun`. Every day by default.
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
