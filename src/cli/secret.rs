//! Reads secrets from a hidden prompt, a private file or standard input. Never from the command line, which other users can read and
//! shells record.

use std::io::IsTerminal;
use std::path::Path;

use anyhow::{Context, Result, bail};
use secrecy::SecretString;

use crate::client::secret_file;

/// A file that only its owner can read, or - for standard input.
pub fn from_file(path: &Path) -> Result<SecretString> {
    if path.as_os_str() == "-" { from_stdin() } else { Ok(secret_file::read(path)?) }
}

/// A line of standard input.
pub fn from_stdin() -> Result<SecretString> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("cannot read standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned().into())
}

/// Prompt for `what` without echo. The prompt opens the controlling terminal, which a script or an agent may have inherited unattended,
/// so it also requires that standard input is one; the error names the option `instead`.
pub fn typed(what: &str, prompt: &str, instead: &str) -> Result<SecretString> {
    let refusal = || format!("cannot prompt for {what}: standard input is not a terminal; use {instead}");
    if !std::io::stdin().is_terminal() {
        bail!(refusal());
    }
    Ok(rpassword::prompt_password(prompt).with_context(refusal)?.into())
}
