//! The last signed checkpoint, stored outside the database. It reveals that the database was replaced by an older copy.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::checkpoint::{NOTE_BYTES_MAX, Signed, SigningKey};
use super::error::{Error, Result};
use crate::platform;

/// File name in the state folder. Its checkpoint may be older than that of the database, never newer.
pub const REMEMBERED_FILE: &str = "trail.checkpoint";

/// The remembered checkpoint of a state folder.
#[derive(Debug)]
pub enum Remembered {
    Nothing,
    Checkpoint(Signed),
    /// The file is unusable, with the reason.
    Unusable(String),
}

impl Remembered {
    pub fn read(state_dir: &Path, key: &SigningKey) -> Remembered {
        let path = state_dir.join(REMEMBERED_FILE);
        let file = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Remembered::Nothing,
            file => file,
        };
        let read = file.map_err(Error::from).and_then(|file| read_note(file, key));
        match read.map_err(|error| error.of_attempt(format!("cannot use {}", path.display()))) {
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

/// Write the remembered checkpoint. `signed` must be durable in the database.
pub fn remember(state_dir: &Path, signed: &Signed) -> Result<()> {
    Ok(platform::write_private(&state_dir.join(REMEMBERED_FILE), &signed.note)?)
}
