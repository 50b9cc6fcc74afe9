//! How long sign-ins last, and how many of them there may be.

use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignIn {
    pub token_s: u64,
    pub refresh_s: u64,
    pub refreshes_max: usize,
    pub families_max: usize,
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
