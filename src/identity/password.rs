//! Passwords: argon2id hashes, one evaluation at a time, and the same work whoever is named.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// Hashes and verifies with argon2's defaults: argon2id, 19 MiB, two passes, one lane, which is OWASP's minimum.
pub struct Verifier {
    turns: Arc<Semaphore>,
    /// Verified against when there is no user or no password, so that the answer's timing tells nothing.
    dummy: Arc<str>,
}

impl Verifier {
    pub fn new() -> Verifier {
        let dummy = hash("no password is ever compared with this one").expect("argon2's defaults are valid");
        Verifier { turns: Arc::new(Semaphore::new(1)), dummy }
    }

    pub async fn hash(&self, password: SecretString) -> Result<Arc<str>> {
        self.in_turn(move || hash(password.expose_secret())).await?
    }

    /// Whether `password` is the one that `expected` was made from. Nobody's password is anything.
    pub async fn verify(&self, password: SecretString, expected: Option<Arc<str>>) -> bool {
        let (known, against) = (expected.is_some(), expected.unwrap_or_else(|| self.dummy.clone()));
        let matches = self.in_turn(move || matches(password.expose_secret(), &against)).await;
        matches.unwrap_or(false) && known
    }

    /// On a blocking thread, one at a time: the memory of an evaluation is spent once, and a core is left for the others.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let turn = self.turns.clone().acquire_owned().await?;
        Ok(tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        })
        .await?)
    }
}

fn hash(password: &str) -> Result<Arc<str>> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|error| anyhow!("cannot hash: {error}"))?;
    Ok(hash.to_string().into())
}

fn matches(password: &str, expected: &str) -> bool {
    PasswordHash::new(expected).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}
