//! The last checkpoint that was signed, remembered outside of the database: what an older copy in its place does not know.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use anyhow::{Context, Result};

use super::checkpoint::{NOTE_BYTES_MAX, Signed, SigningKey};
use crate::platform;

/// In a state folder. It may be behind the database, never before it.
pub const REMEMBERED_FILE: &str = "trail.checkpoint";

/// What a state folder remembers.
#[derive(Debug)]
pub enum Remembered {
    Nothing,
    Checkpoint(Signed),
    /// Something that tells nothing, and why.
    Unusable(String),
}

impl Remembered {
    pub fn read(state_dir: &Path, key: &SigningKey) -> Remembered {
        let path = state_dir.join(REMEMBERED_FILE);
        let file = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Remembered::Nothing,
            file => file,
        };
        let read = file.map_err(Into::into).and_then(|file| read_note(file, key));
        match read.with_context(|| format!("cannot use {}", path.display())) {
            Ok(signed) => Remembered::Checkpoint(signed),
            Err(error) => Remembered::Unusable(format!("{error:#}")),
        }
    }
}

fn read_note(file: File, key: &SigningKey) -> Result<Signed> {
    let mut note = String::new();
    file.take(NOTE_BYTES_MAX as u64 + 1).read_to_string(&mut note)?;
    key.verifier(&Signed::unverified(&note)?.checkpoint.origin).open(&note)
}

/// Remember a checkpoint, which must be durable in the database.
pub fn remember(state_dir: &Path, signed: &Signed) -> Result<()> {
    platform::write_private(&state_dir.join(REMEMBERED_FILE), &signed.note)
}
