//! What is secret, as commands take it: typed without being seen, from a private file or from standard input. Never from the command
//! line, which other users of the machine can read and shells remember.

use std::path::Path;

use anyhow::{Context, Result};
use secrecy::SecretString;

use crate::client::secret_file;

/// A file that is its owner's alone, or - for standard input.
pub fn from_file(path: &Path) -> Result<SecretString> {
    match path.as_os_str() == "-" {
        true => from_stdin(),
        false => secret_file::read(path),
    }
}

/// A line of standard input.
pub fn from_stdin() -> Result<SecretString> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("cannot read standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned().into())
}

/// What somebody types without seeing it. `instead` is what to do where nobody can be asked.
pub fn typed(what: &str, prompt: &str, instead: &str) -> Result<SecretString> {
    let typed = rpassword::prompt_password(prompt);
    Ok(typed.with_context(|| format!("cannot ask for {what} here; use {instead}"))?.into())
}
