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

pub use directory::{Directory, FILE};
pub use error::{ChangeError, Denied, Error, ErrorKind, Fault, Result, StoreFailure};
pub use narrowing::Narrowing;
pub use records::{ClientKey, Issuers, KeyTerms, NewPassword, Proof, Registration, SignIn, Token, TokenTerms, User};
pub use refresh::{Grant, Granted, WeakHash};
pub use store::{count_users, roles_in_use};
pub use token::{AUDIENCE, Claims, ISSUER, Keys, TYPE};

#[cfg(test)]
mod tests;
