//! Who may sign in: users, their passwords and tokens (authentication data). Memory is authoritative; the file is written first.

mod client_key;
mod devices;
mod known;
mod narrowing;
pub mod pairing;
mod password;
mod refresh;
mod signing_in;
mod store;
mod token;
mod tokens;
mod users;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use arc_swap::ArcSwap;
use tokio::sync::{Mutex, watch};

use crate::config;
use crate::platform::Moved;
use crate::platform::clock;
use crate::storage::Cut;
pub use client_key::{ClientKey, Registration};
use known::Known;
pub use known::{Proof, SignIn, Token, TokenTerms, User};
pub use narrowing::Narrowing;
pub use refresh::{Grant, Granted, Weak};
use store::Store;
pub use store::count_users;
pub use token::{AUDIENCE, Claims, ISSUER, Keys, TYPE};

/// The file in a state folder.
pub const FILE: &str = "state.db";

/// All users and tokens.
pub struct Directory {
    /// Read for every command: never locked.
    known: Arc<ArcSwap<Known>>,
    /// Counts changes, so that open connections look again at who they belong to.
    changed: Arc<watch::Sender<u64>>,
    store: Arc<Mutex<Store>>,
    keys: Arc<ArcSwap<Keys>>,
    keys_dir: PathBuf,
    passwords: password::Verifier,
    bounds: config::SignIn,
}

/// Why somebody was not let in. For the trail; the client is told the same in every case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    pub reason: &'static str,
    pub user: Option<Arc<str>>,
    pub fault: Fault,
    /// The family of refresh tokens that has ended with it.
    pub ended: Option<Arc<str>>,
}

/// What a refused sign-in says of whoever tried, and so whom it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It may have been a guess.
    Guess,
    /// A password for somebody who is known, and not theirs.
    Password,
    /// Issued here, but not valid now: expired, revoked, of a disabled user, or not valid yet because the clock was set back. No guess.
    Outdated,
    /// Trouble of our own.
    Ours,
    /// Nothing: too many passwords wait to be looked at, and this one was not.
    Crowd,
}

impl Denied {
    /// Somebody showed what anybody may make up.
    pub fn because(reason: &'static str) -> Denied {
        Denied { reason, user: None, fault: Fault::Guess, ended: None }
    }

    fn unwell() -> Denied {
        Denied { reason: "state.db is unwell", user: None, fault: Fault::Ours, ended: None }
    }
}

/// A change that was not made.
#[derive(Debug)]
pub enum Unchanged {
    /// The request makes no sense; the sentence says why.
    Invalid(String),
    /// `state.db` could not be written; nothing has changed.
    Unwell(anyhow::Error),
}

impl Directory {
    /// Open `state.db` and the signing key in the state folder, making both if they are not there.
    pub fn open(state_dir: &Path, bounds: &config::SignIn) -> Result<Directory> {
        let store = Store::open(&state_dir.join(FILE))?;
        let known = store.load(clock::unix_seconds())?;
        let keys_dir = state_dir.join("keys");
        let keys = Keys::open(&keys_dir, &store.retired_keys(clock::unix_seconds())?)?;
        Ok(Directory {
            known: Arc::new(ArcSwap::from_pointee(known)),
            changed: Arc::default(),
            store: Arc::new(Mutex::new(store)),
            keys: Arc::new(ArcSwap::from_pointee(keys)),
            keys_dir,
            passwords: password::Verifier::new(bounds.passwords_waiting_max)?,
            bounds: bounds.clone(),
        })
    }

    /// The role of a user who may act now.
    pub fn role_of(&self, user: &str) -> Option<Arc<str>> {
        self.known.load().users.get(user).filter(|user| user.is_active()).map(|user| user.role.clone())
    }

    /// The role of a sign-in's user now: none once what proved it is revoked or the user disabled. What has expired may be forgotten,
    /// and is not revoked by that.
    pub fn role_of_sign_in(&self, sign_in: &SignIn) -> Option<Arc<str>> {
        let known = self.known.load();
        let is_revoked = match &sign_in.proof {
            Proof::Token(jti) => known.tokens.get(jti).map(|token| token.revoked),
            Proof::Key(key) => known.client_keys.get(key).map(|key| key.revoked),
        };
        if is_revoked.unwrap_or_else(|| !sign_in.has_expired()) {
            return None;
        }
        known.users.get(&sign_in.user).filter(|user| user.is_active()).map(|user| user.role.clone())
    }

    /// Whether anybody could sign in now.
    pub fn has_credential(&self) -> bool {
        let (known, now) = (self.known.load(), clock::unix_seconds());
        let has_token = |user: &User| {
            known.tokens.values().any(|token| token.user == user.name && !token.revoked && token.expires_at > now)
        };
        known.users.values().any(|user| user.is_active() && (user.password.is_some() || has_token(user)))
    }

    /// Wakes whoever waits for a change of users or tokens.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Durable first, then in memory, then told: one change at a time.
    async fn change<T, F>(&self, change: F) -> Result<T, Unchanged>
    where
        T: Send + 'static,
        F: FnOnce(&mut Store, &mut Known) -> Result<T, Unchanged> + Send + 'static,
    {
        let mut store = self.store.clone().lock_owned().await;
        let (known, changed) = (self.known.clone(), self.changed.clone());
        // All of it on the blocking thread: what is in the file is known, even if nobody waits for it any more.
        let work = move || {
            let mut after = Known::clone(&known.load());
            let answer = change(&mut store, &mut after)?;
            known.store(Arc::new(after));
            changed.send_modify(|count| *count += 1);
            Ok(answer)
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Unchanged::Unwell(error.into()))?
    }

    /// When the file is unwell, nobody signs in.
    async fn check_store(&self) -> Result<(), Denied> {
        self.look_at_store().await.map_err(|error| {
            tracing::error!(error = format!("{error:#}"), "state.db is unwell: nobody signs in");
            Denied::unwell()
        })
    }

    async fn look_at_store(&self) -> Result<()> {
        let store = self.store.clone().lock_owned().await;
        tokio::task::spawn_blocking(move || store.check()).await?
    }

    /// What is wrong with the file, if anything is, for whoever may see the status.
    pub async fn trouble(&self) -> Option<&'static str> {
        let error = self.look_at_store().await.err()?;
        Some(match error.downcast_ref::<Moved>() {
            Some(Moved::Gone) => "state.db is gone",
            Some(Moved::Replaced) => "state.db is another file than it was",
            None if error.is::<Cut>() => "state.db, or the -wal beside it, was emptied or overwritten",
            None => "state.db cannot be read",
        })
    }
}

#[cfg(test)]
mod tests;
