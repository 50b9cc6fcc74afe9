//! How long sign-ins last, and how many of them there may be.

use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignIn {
    /// Lifetime of its token; its refresh token then gets a new pair.
    pub token_s: u64,
    /// Longest time from the password to the end of the sign-in, with any number of refreshes.
    pub refresh_s: u64,
    /// Refreshes of one sign-in.
    pub refreshes_max: usize,
    /// Concurrent sign-ins of one user; a further one ends the least recently used.
    pub families_max: usize,
    /// Passwords that wait to be checked, one at a time; beyond this, sign-in is refused as `overloaded`.
    pub passwords_waiting_max: usize,
}

impl Default for SignIn {
    fn default() -> SignIn {
        SignIn {
            token_s: 15 * 60,
            refresh_s: 30 * 86_400,
            refreshes_max: 4_096,
            families_max: 16,
            passwords_waiting_max: 64,
        }
    }
}
