//! The key that script and gateway share: made once, kept from then on.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::config;
use crate::gateway::relay::Key;
use crate::platform;
use crate::platform::random;

/// The key's file, and whether it was made just now.
pub struct BridgeKey {
    pub file: PathBuf,
    pub is_new: bool,
}

/// Where the key lies.
pub fn file(state_dir: &Path, config: &config::Bridge) -> PathBuf {
    state_dir.join(&config.key_file)
}

/// The key that is there, if it is a good one that nobody else can read.
pub fn read(file: &Path) -> Result<Key> {
    Key::from_hex(&platform::read_secret(file)?).with_context(|| format!("cannot use {}", file.display()))
}

/// Make a key if there is none. One that is there is kept: the script may have it already.
pub fn make(state_dir: &Path, config: &config::Bridge) -> Result<BridgeKey> {
    let file = file(state_dir, config);
    let is_new = !platform::is_there(&file);
    if is_new {
        platform::write_secret(&file, &hex::encode(random::bytes::<32>()).into())?;
    }
    read(&file)?;
    Ok(BridgeKey { file, is_new })
}
