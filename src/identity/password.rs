//! Passwords: argon2id hashes, one evaluation at a time, and the same work whoever is named.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, anyhow};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// OWASP's minimum for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

pub struct Verifier {
    turns: Arc<Semaphore>,
    /// Places for those who wait for a turn, and the one who has it.
    places: Arc<Semaphore>,
    /// Verified against when there is no user or no password, so that the answer's timing tells nothing.
    dummy: Arc<str>,
    /// How many passwords have been looked at.
    checked: Arc<AtomicU64>,
}

/// What a password turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    Wrong,
    Right,
    /// Right, and its hash is weaker than those that are made now.
    RightButWeak,
}

/// Too many wait: this one was not looked at.
#[derive(Debug)]
pub struct Busy;

impl Verifier {
    pub fn new(waiting_max: usize) -> Verifier {
        let dummy =
            hash("no password is ever compared with this one").expect("the parameters are argon2's own minimum");
        Verifier {
            turns: Arc::new(Semaphore::new(1)),
            places: Arc::new(Semaphore::new(waiting_max)),
            dummy,
            checked: Arc::default(),
        }
    }

    pub async fn hash(&self, password: SecretString) -> Result<Arc<str>> {
        self.in_turn(move || hash(password.expose_secret())).await?
    }

    /// Compare `password` with the one that `expected` was made from. Nobody's password is anything. It is one evaluation in any case,
    /// or none at all.
    pub async fn verify(&self, password: SecretString, expected: Option<Arc<str>>) -> Result<Match, Busy> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| Busy)?;
        let (dummy, checked) = (self.dummy.clone(), self.checked.clone());
        let work = move || {
            let _place = place;
            checked.fetch_add(1, Ordering::Relaxed);
            compare(password.expose_secret(), expected.as_deref(), &dummy)
        };
        Ok(self.in_turn(work).await.unwrap_or(Match::Wrong))
    }

    pub fn checked(&self) -> u64 {
        self.checked.load(Ordering::Relaxed)
    }

    /// On a blocking thread, one at a time: the memory of an evaluation is spent once, and a core is left for the others. The turn is
    /// the evaluation's, not the caller's: who hangs up does not let the next one in early.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let turn = self.turns.clone().acquire_owned().await?;
        Ok(tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        })
        .await?)
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &str) -> Result<Arc<str>> {
    let hash = argon2().hash_password(password.as_bytes()).map_err(|error| anyhow!("cannot hash: {error}"))?;
    Ok(hash.to_string().into())
}

fn compare(password: &str, expected: Option<&str>, dummy: &str) -> Match {
    let expected = expected.and_then(|text| PasswordHash::new(text).ok());
    let against = match &expected {
        Some(hash) => hash,
        // What cannot be read is nobody's password either.
        None => &PasswordHash::new(dummy).expect("made by this file"),
    };
    let is_right = argon2().verify_password(password.as_bytes(), against).is_ok();
    match expected {
        Some(hash) if is_right && is_weak(&hash).unwrap_or(true) => Match::RightButWeak,
        Some(_) if is_right => Match::Right,
        _ => Match::Wrong,
    }
}

/// Whether a hash costs whoever guesses less than one that is made now.
fn is_weak(hash: &PasswordHash) -> Result<bool> {
    let params = Params::try_from(hash).ok().context("parameters of another kind")?;
    let is_ours =
        hash.algorithm.as_str() == Algorithm::Argon2id.as_str() && hash.version == Some(Version::V0x13.into());
    Ok(!is_ours || params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES)
}
