//! The form of `roles.toml`. What this version does not decide is refused here by name, never passed over.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RolesFile {
    pub roles: BTreeMap<String, RoleEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleEntry {
    #[serde(default)]
    pub inherits: Vec<String>,
    #[serde(default)]
    pub allow: Vec<String>,
    #[serde(default)]
    pub deny: Vec<String>,
    #[serde(default)]
    pub rule: Vec<RuleEntry>,
    limit: Option<toml::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleEntry {
    #[serde(default)]
    pub allow: Vec<String>,
    #[serde(default)]
    pub deny: Vec<String>,
    /// Names of what the rule's actions may reach, by kind.
    #[serde(default)]
    pub r#where: BTreeMap<String, Vec<String>>,
    /// States of the set in which the rule is not in force.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Bounds of the values that the rule grants, by parameter.
    #[serde(default)]
    pub params: BTreeMap<String, Bounds>,
    ask: Option<toml::Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    pub min: Option<f64>,
    pub max: Option<f64>,
}

impl RolesFile {
    pub fn parse(text: &str) -> Result<RolesFile> {
        let file: RolesFile = toml::from_str(text).context("the roles cannot be read")?;
        for (name, role) in &file.roles {
            refuse_unsupported(name, [("limit", &role.limit)])?;
            for rule in &role.rule {
                refuse_unsupported(name, [("ask", &rule.ask)])?;
            }
        }
        Ok(file)
    }
}

fn refuse_unsupported<const N: usize>(role: &str, keys: [(&str, &Option<toml::Value>); N]) -> Result<()> {
    match keys.into_iter().find(|(_, value)| value.is_some()) {
        Some((key, _)) => bail!("role {role}: `{key}` is not supported by this version; take it out"),
        None => Ok(()),
    }
}
