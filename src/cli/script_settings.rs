//! settings.json beside the Remote Script: what `install` writes there, and `doctor` reads.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// In the form that the script accepts: unknown keys stop it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptSettings {
    #[serde(default = "default_port")]
    pub port: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    /// The script's own bounds. Whoever has changed them keeps them.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub limits: Map<String, Value>,
}

pub const FILE: &str = "settings.json";

/// What the script takes if nothing is said.
fn default_port() -> u16 {
    9004
}

impl ScriptSettings {
    pub fn read(path: &Path) -> Result<ScriptSettings> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("cannot use {}", path.display()))
    }

    pub fn text(&self) -> Result<String> {
        let text = serde_json::to_string(self).context("the key file's path is not UTF-8; use --state-dir")?;
        Ok(format!("{text}\n"))
    }
}
