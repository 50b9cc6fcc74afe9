//! Reads a secret from a named file. If the user gives the secret itself instead of the path, no error repeats it.

use std::path::Path;

use secrecy::SecretString;

use super::error::{Result, failed};
use crate::platform;

/// Longer than usual file names, shorter than the secrets that livegate issues.
const SECRET_BYTES_MIN: usize = 32;

/// Read a file that only its owner can read.
pub fn read(path: &Path) -> Result<SecretString> {
    let error = match platform::read_secret(path) {
        Ok(secret) => return Ok(secret),
        Err(error) => error,
    };
    // Any failed lookup counts: a long token fails as a name that is too long, not as a missing file.
    if could_be_secret(path) && std::fs::symlink_metadata(path).is_err() {
        return Err(failed(
            "cannot read the file: the path looks like the secret itself; write the secret to a file (chmod 600) and give the file's path",
        ));
    }
    Err(error.into())
}

/// Whether the path looks like a token, a password or a link: long and without a folder.
fn could_be_secret(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let in_folder = path.parent().is_some_and(|folder| !folder.as_os_str().is_empty()) && !text.contains("://");
    text.len() >= SECRET_BYTES_MIN && !in_folder
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise: A secret given instead of a file's path appears in no error
    #[test]
    fn a_secret_mistaken_for_a_path_stays_hidden() {
        let token = |length| ["eyJhbGciOiJFZERTQSJ9", &"a".repeat(60), &"b".repeat(length)].join(".");
        for secret in
            [token(80).as_str(), &token(400), &"5a".repeat(16), "livegate://studio.local:9443?pin=ab&secret=cd"]
        {
            let error = format!("{:#}", read(Path::new(secret)).expect_err("no file"));
            assert!(error.contains("give the file's path") && !error.contains(secret), "{error}");
        }
        for path in
            ["missing.token", "/no/such/folder/owner.token", "./a_file_with_a_rather_long_name_of_its_own.token"]
        {
            let error = format!("{:#}", read(Path::new(path)).expect_err("no file"));
            assert!(error.contains(path), "{error}");
        }
    }
}
