//! Which names users may have, and which labels tokens.

use super::error::ChangeError;

/// Callers without a user have these names. Limits, tickets and rows go by name, so a user would share them.
const RESERVED_NAMES: [&str; 3] = ["local", "console", "agent"];

pub(super) fn check_name(name: &str) -> Result<(), ChangeError> {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    if name.is_empty() || name.len() > 64 || !name.bytes().all(good) {
        return Err(ChangeError::Invalid("a user's name has 1 to 64 of a-z, 0-9, '.', '_' and '-'".into()));
    }
    if RESERVED_NAMES.contains(&name) {
        let callers = "that of callers without a user: programs, agents and the owner on this machine";
        return Err(ChangeError::Invalid(format!("the name {name} is {callers}; take another")));
    }
    Ok(())
}

/// People read labels in lists: control and bidirectional characters could disguise the neighbouring text.
pub(super) fn check_label(label: &str) -> Result<(), ChangeError> {
    let good = |char: char| char.is_alphanumeric() || " ._'()-".contains(char);
    if (1..=64).contains(&label.chars().count()) && label.chars().all(good) {
        return Ok(());
    }
    Err(ChangeError::Invalid("a label has 1 to 64 letters, digits, spaces, and any of . _ ' ( ) -".into()))
}
