//! Adding, changing and removing users.

use std::sync::Arc;

use secrecy::ExposeSecret;

use super::directory::Directory;
use super::error::ChangeError;
use super::names::check_name;
use super::records::{HashedPassword, NewPassword, Token, User};
use super::refresh::WeakHash;
use super::store::Store;
use crate::platform::clock;

/// NIST SP 800-63B: a minimum length, and no rules of composition.
const PASSWORD_CHARS_MIN: usize = 8;

impl Directory {
    pub async fn add_user(&self, name: &str, role: &str, password: Option<NewPassword>) -> Result<User, ChangeError> {
        check_name(name)?;
        let user = User::new(name.into(), role.into());
        let user = match password {
            Some(password) => user.with_password(self.hash(password).await?),
            None => user,
        };
        let added = user.clone();
        self.change(move |store, known| {
            known.check_is_free(&added.name)?;
            store.add_user(&added, clock::unix_seconds()).map_err(ChangeError::Failed)?;
            known.users.insert(added.name.clone(), added);
            Ok(())
        })
        .await?;
        Ok(user)
    }

    /// Takes effect at once, on open sessions too.
    pub async fn set_role(&self, name: &str, role: &str) -> Result<(), ChangeError> {
        let role: Arc<str> = role.into();
        self.change_user(name, move |store, user| {
            store.set_role(&user.name, &role)?;
            user.role = role;
            Ok(())
        })
        .await
    }

    /// The user's tokens are refused until the user is enabled again.
    pub async fn disable_user(&self, name: &str) -> Result<(), ChangeError> {
        self.change_user(name, |store, user| {
            store.set_disabled(&user.name, true)?;
            user.disabled = true;
            Ok(())
        })
        .await
    }

    pub async fn enable_user(&self, name: &str) -> Result<(), ChangeError> {
        self.change_user(name, |store, user| {
            store.set_disabled(&user.name, false)?;
            user.disabled = false;
            Ok(())
        })
        .await
    }

    /// Permanent: the password is deleted, tokens and keys are revoked, and the name is never reused.
    pub async fn remove_user(&self, name: &str) -> Result<(), ChangeError> {
        let name: Arc<str> = name.into();
        self.change(move |store, known| {
            let user = known.user_mut(&name)?;
            store.remove_user(&name, clock::unix_seconds()).map_err(ChangeError::Failed)?;
            user.removed = true;
            user.password = None;
            known.refreshes.retain(|_, refresh| refresh.user != name);
            known.tokens.values_mut().filter(|token| token.user == name).for_each(|token| token.revoked = true);
            known.client_keys.values_mut().filter(|key| key.user == name).for_each(|key| key.revoked = true);
            Ok(())
        })
        .await
    }

    /// Revokes the sign-ins made with the old password. Issued tokens stay valid.
    pub async fn set_password(&self, name: &str, password: NewPassword) -> Result<(), ChangeError> {
        let name: Arc<str> = name.into();
        let password = self.hash(password).await?;
        self.change(move |store, known| {
            let user = known.user_mut(&name)?;
            store.replace_password(&name, &password).map_err(ChangeError::Failed)?;
            user.password = Some(password.hash);
            user.password_issuers = password.issuers;
            user.passwords_set += 1;
            known.refreshes.retain(|_, refresh| refresh.user != name);
            let of_sign_ins = |token: &&mut Token| token.user == name && token.family.is_some();
            known.tokens.values_mut().filter(of_sign_ins).for_each(|token| token.revoked = true);
            Ok(())
        })
        .await
    }

    /// Replaces a weak hash, unless the password was changed meanwhile. If that fails, the old hash stays. Call it after the answer: an
    /// additional evaluation before it would reveal by its time that the password was correct.
    pub async fn rehash(&self, weak: WeakHash) {
        let WeakHash { user, hash: before, password } = weak;
        let Ok(hash) = self.passwords.hash(password).await else { return };
        let replaced = self.change_user(&user, move |store, user| {
            if user.password.as_ref() == Some(&before) {
                store.strengthen_password(&user.name, &hash)?;
                user.password = Some(hash);
            }
            Ok(())
        });
        if let Err(unchanged) = replaced.await {
            tracing::warn!(?unchanged, "a password's hash could not be upgraded");
        }
    }

    /// Whether this is the name of a removed user; names are never reused.
    pub fn was_removed(&self, name: &str) -> bool {
        self.known.load().users.get(name).is_some_and(|user| user.removed)
    }

    /// All users that were not removed, by name.
    pub fn users(&self) -> Vec<User> {
        let mut users: Vec<User> = self.known.load().users.values().filter(|user| !user.removed).cloned().collect();
        users.sort_by(|a, b| a.name.cmp(&b.name));
        users
    }

    async fn hash(&self, password: NewPassword) -> Result<HashedPassword, ChangeError> {
        let NewPassword { text, issuers } = password;
        if text.expose_secret().chars().count() < PASSWORD_CHARS_MIN {
            return Err(ChangeError::Invalid(format!("a password has at least {PASSWORD_CHARS_MIN} characters")));
        }
        let hash = self.passwords.hash(text).await.map_err(ChangeError::Failed)?;
        Ok(HashedPassword { hash, issuers })
    }

    async fn change_user<F>(&self, name: &str, change: F) -> Result<(), ChangeError>
    where
        F: FnOnce(&mut Store, &mut User) -> super::error::Result<()> + Send + 'static,
    {
        let name: Arc<str> = name.into();
        self.change(move |store, known| change(store, known.user_mut(&name)?).map_err(ChangeError::Failed)).await
    }
}
