//! Authentication: users, their passwords, tokens, client certificates and paired devices.

mod accounts;
mod client_key;
mod devices;
mod directory;
mod error;
mod names;
mod narrowing;
pub mod pairing;
mod password;
mod records;
mod refresh;
mod signing_in;
mod store;
mod token;
mod tokens;
mod users;

pub(crate) use directory::Directory;
pub use directory::FILE;
pub(crate) use error::{ChangeError, Denied, ErrorKind, Fault};
pub(crate) use narrowing::Narrowing;
pub use records::{ClientKey, KeyTerms, Proof};
pub(crate) use records::{Issuers, NewPassword, Registration, SignIn, Token, TokenTerms};
pub(crate) use refresh::{Grant, WeakHash};
pub(crate) use store::{count_users, roles_in_use};
pub use token::Keys;

#[cfg(test)]
mod tests;
