//! The directory of users and tokens. Memory is authoritative; `state.db` is written first.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::{Mutex, watch};

use super::accounts::Accounts;
use super::error::Result;
use super::error::{ChangeError, Denied, StoreFailure};
use super::password;
use super::records::{Proof, SignIn, User};
use super::store::Store;
use super::token::Keys;
use crate::config;
use crate::platform::clock;

/// The users' database in a state folder.
pub const FILE: &str = "state.db";

/// All users and tokens.
pub struct Directory {
    /// Read for every command without a lock.
    pub(super) known: Arc<ArcSwap<Accounts>>,
    /// Counts changes, so that open sessions check their credential again.
    pub(super) changed: Arc<watch::Sender<u64>>,
    pub(super) store: Arc<Mutex<Store>>,
    pub(super) keys: Arc<ArcSwap<Keys>>,
    pub(super) keys_dir: PathBuf,
    pub(super) passwords: password::Verifier,
    pub(super) bounds: config::SignIn,
}

impl Directory {
    /// Opens `state.db` and the signing key in the state folder, and creates what is missing.
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

    /// The role of an active user.
    pub fn role_of(&self, user: &str) -> Option<Arc<str>> {
        self.known.load().users.get(user).filter(|user| user.is_active()).map(|user| user.role.clone())
    }

    /// The current role of a sign-in's user: none once its credential is revoked or the user disabled. An expired credential may be
    /// forgotten already, which is no revocation.
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

    /// Whether at least one user has a valid credential.
    pub fn has_credential(&self) -> bool {
        let known = self.known.load();
        let now = clock::unix_seconds();
        let has_token = |user: &User| {
            known.tokens.values().any(|token| token.user == user.name && !token.revoked && token.expires_at > now)
        };
        known.users.values().any(|user| user.is_active() && (user.password.is_some() || has_token(user)))
    }

    /// Changes when users or tokens change.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Makes one change at a time: durable in `state.db` first, then in memory, then published to [`Directory::changes`].
    pub(super) async fn change<T, F>(&self, change: F) -> Result<T, ChangeError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Store, &mut Accounts) -> Result<T, ChangeError> + Send + 'static,
    {
        let mut store = self.store.clone().lock_owned().await;
        let known = self.known.clone();
        let changed = self.changed.clone();
        // The whole change runs on the blocking thread: memory follows the file even if the caller's future was dropped.
        let work = move || {
            let mut after = Accounts::clone(&known.load());
            let answer = change(&mut store, &mut after)?;
            known.store(Arc::new(after));
            changed.send_modify(|count| *count += 1);
            Ok(answer)
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| ChangeError::Failed(error.into()))?
    }

    /// While `state.db` is unavailable, every sign-in is denied.
    pub(super) async fn check_store(&self) -> Result<(), Denied> {
        self.read_store().await.map_err(|error| {
            tracing::error!(error = format!("{error:#}"), "state.db is unavailable: every sign-in is denied");
            Denied::store_failed()
        })
    }

    async fn read_store(&self) -> Result<()> {
        let store = self.store.clone().lock_owned().await;
        tokio::task::spawn_blocking(move || store.check()).await?
    }

    /// What is wrong with `state.db`, if anything is, for `status`.
    pub async fn store_failure(&self) -> Option<StoreFailure> {
        self.read_store().await.err().map(|error| StoreFailure::of(&error))
    }
}
