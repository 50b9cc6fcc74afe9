//! A secret in a file that somebody names. Who gives the secret itself in its place must not find it in an error, and so in a log.

use std::path::Path;

use anyhow::{Result, bail};
use secrecy::SecretString;

use crate::platform;

/// Longer than names of files usually are, and shorter than what livegate issues.
const SECRET_BYTES_MIN: usize = 32;

/// Read a file that is its owner's alone.
pub fn read(path: &Path) -> Result<SecretString> {
    if !platform::is_there(path) && could_be_secret(path) {
        bail!(
            "cannot read the file: the path names none, and it looks like the secret itself; write that into a file (chmod 600) and give the file's path"
        );
    }
    platform::read_secret(path)
}

/// A token, a password or a link, by its look: long, and in no folder.
fn could_be_secret(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let in_folder = path.parent().is_some_and(|folder| !folder.as_os_str().is_empty()) && !text.contains("://");
    text.len() >= SECRET_BYTES_MIN && !in_folder
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise: A secret given in place of its file's path stands in no error
    #[test]
    fn a_secret_in_the_place_of_its_path_is_not_repeated() {
        let token = ["eyJhbGciOiJFZERTQSJ9", &"a".repeat(60), &"b".repeat(80)].join(".");
        for secret in [token.as_str(), &"5a".repeat(16), "livegate://studio.local:9443?pin=ab&secret=cd"] {
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
