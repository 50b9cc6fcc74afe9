//! The bridge key, which script and gateway share: created once, then kept.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::config;
use crate::gateway::relay::Key;
use crate::platform;
use crate::platform::random;

/// The key's file, and whether this call created it.
pub struct BridgeKey {
    pub file: PathBuf,
    pub is_new: bool,
}

/// The key's path.
pub fn file(state_dir: &Path, config: &config::Bridge) -> PathBuf {
    state_dir.join(&config.key_file)
}

/// Read the key. Fails if it is malformed or other users can read it.
pub fn read(file: &Path) -> Result<Key> {
    Key::from_hex(&platform::read_secret(file)?).with_context(|| format!("cannot use {}", file.display()))
}

/// Create the key unless it exists: the script may already use it.
pub fn make(state_dir: &Path, config: &config::Bridge) -> Result<BridgeKey> {
    let file = file(state_dir, config);
    let is_new = !platform::is_there(&file);
    if is_new {
        platform::write_secret(&file, &hex::encode(random::bytes::<32>()).into())?;
    }
    read(&file)?;
    Ok(BridgeKey { file, is_new })
}
