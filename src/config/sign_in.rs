//! How long sign-ins last, and how many of them there may be.

use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignIn {
    pub passwords_waiting_max: usize,
}

impl Default for SignIn {
    fn default() -> SignIn {
        SignIn { passwords_waiting_max: 64 }
    }
}
