//! Reads and writes settings.json, the Remote Script's settings in its folder.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The script refuses unknown keys, and so does this.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptSettings {
    #[serde(default = "default_port")]
    pub port: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    /// The script's own limits. `install` keeps the owner's values.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub limits: Map<String, Value>,
}

pub const FILE: &str = "settings.json";

/// The script's own default.
fn default_port() -> u16 {
    9004
}

impl ScriptSettings {
    /// The settings, or `None` if the file does not exist.
    pub fn find(path: &Path) -> Result<Option<ScriptSettings>> {
        let text = match std::fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("cannot read {}", path.display()))?,
        };
        serde_json::from_str(&text).map(Some).with_context(|| format!("cannot use {}", path.display()))
    }

    pub fn read(path: &Path) -> Result<ScriptSettings> {
        ScriptSettings::find(path)?.with_context(|| format!("cannot read {}: it does not exist", path.display()))
    }

    /// The owner's limits, none without a file. An unusable file is an error, because replacing it would lose them.
    pub fn limits_to_keep(path: &Path) -> Result<Map<String, Value>> {
        match ScriptSettings::find(path) {
            Ok(settings) => Ok(settings.map(|settings| settings.limits).unwrap_or_default()),
            Err(error) => bail!("{error:#}; correct it, or remove it to drop its limits, then run this again"),
        }
    }

    pub fn text(&self) -> Result<String> {
        let text = serde_json::to_string(self).context("the key file's path is not UTF-8; use --state-dir")?;
        Ok(format!("{text}\n"))
    }
}
