//! settings.json beside the Remote Script: what `install` writes there, and `doctor` reads.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
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

    /// The bounds that somebody has set; none where there is no file. One that cannot be used is not replaced: they would be lost.
    pub fn limits_to_keep(path: &Path) -> Result<Map<String, Value>> {
        let is_absent = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        match ScriptSettings::read(path) {
            Ok(settings) => Ok(settings.limits),
            Err(error) if error.downcast_ref().is_some_and(is_absent) => Ok(Map::new()),
            Err(error) => bail!("{error:#}; correct it, or remove it to do without its limits, then run this again"),
        }
    }

    pub fn text(&self) -> Result<String> {
        let text = serde_json::to_string(self).context("the key file's path is not UTF-8; use --state-dir")?;
        Ok(format!("{text}\n"))
    }
}
