//! Users come, change and go.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::store::Store;
use super::{Directory, Known, Token, Unchanged, User, Weak};
use crate::platform::clock;

/// No caller of a user's may have these names: they are the gateway's own.
const RESERVED_NAMES: [&str; 2] = ["local", "console"];

/// What is in front of a password is a person, who is told what is wrong with it. NIST SP 800-63B: length, and no composition.
const PASSWORD_CHARS_MIN: usize = 8;

impl Directory {
    pub async fn add_user(&self, name: &str, role: &str, password: Option<SecretString>) -> Result<User, Unchanged> {
        check_name(name)?;
        let password = match password {
            Some(password) => Some(self.hash(password).await?),
            None => None,
        };
        let (disabled, removed, passwords_set) = (false, false, 0);
        let user = User { name: name.into(), role: role.into(), disabled, removed, password, passwords_set };
        let added = user.clone();
        self.change(move |store, known| {
            check_is_free(known, &added.name)?;
            store.add_user(&added, clock::unix_seconds()).map_err(Unchanged::Unwell)?;
            known.users.insert(added.name.clone(), added);
            Ok(())
        })
        .await?;
        Ok(user)
    }

    /// It holds at once, on open connections too.
    pub async fn set_role(&self, name: &str, role: &str) -> Result<(), Unchanged> {
        let role: Arc<str> = role.into();
        self.change_user(name, move |store, user| {
            store.set_role(&user.name, &role)?;
            user.role = role;
            Ok(())
        })
        .await
    }

    /// Tokens stay as they are, and are good again when the user is enabled.
    pub async fn disable_user(&self, name: &str) -> Result<(), Unchanged> {
        self.change_user(name, |store, user| {
            store.set_disabled(&user.name, true)?;
            user.disabled = true;
            Ok(())
        })
        .await
    }

    pub async fn enable_user(&self, name: &str) -> Result<(), Unchanged> {
        self.change_user(name, |store, user| {
            store.set_disabled(&user.name, false)?;
            user.disabled = false;
            Ok(())
        })
        .await
    }

    /// For good: password, tokens and keys are gone, and the name is never given again.
    pub async fn remove_user(&self, name: &str) -> Result<(), Unchanged> {
        let name: Arc<str> = name.into();
        self.change(move |store, known| {
            let user = user_of(known, &name)?;
            store.remove_user(&name, clock::unix_seconds()).map_err(Unchanged::Unwell)?;
            (user.removed, user.password) = (true, None);
            known.refreshes.retain(|_, refresh| refresh.user != name);
            known.tokens.values_mut().filter(|token| token.user == name).for_each(|token| token.revoked = true);
            known.client_keys.values_mut().filter(|key| key.user == name).for_each(|key| key.revoked = true);
            Ok(())
        })
        .await
    }

    /// Whatever came of the old password ends with it. Tokens that were issued to the user stay.
    pub async fn set_password(&self, name: &str, password: SecretString) -> Result<(), Unchanged> {
        let (name, hash): (Arc<str>, _) = (name.into(), self.hash(password).await?);
        self.change(move |store, known| {
            let user = user_of(known, &name)?;
            store.replace_password(&name, &hash).map_err(Unchanged::Unwell)?;
            user.password = Some(hash);
            user.passwords_set += 1;
            known.refreshes.retain(|_, refresh| refresh.user != name);
            let came_of_it = |token: &&mut Token| token.user == name && token.family.is_some();
            known.tokens.values_mut().filter(came_of_it).for_each(|token| token.revoked = true);
            Ok(())
        })
        .await
    }

    /// Hash a password anew, unless it has been changed meanwhile. If that fails, the old hash goes on. It is for after the answer: an
    /// evaluation more before it would tell that the password was right, where that is not told.
    pub async fn strengthen(&self, weak: Weak) {
        let Weak { user, hash: before, password } = weak;
        let Ok(hash) = self.passwords.hash(password).await else { return };
        let replaced = self.change_user(&user, move |store, user| {
            if user.password.as_ref() == Some(&before) {
                store.strengthen_password(&user.name, &hash)?;
                user.password = Some(hash);
            }
            Ok(())
        });
        if let Err(unchanged) = replaced.await {
            tracing::warn!(?unchanged, "a password's hash could not be made stronger");
        }
    }

    /// Whether somebody had this name who was removed, so that nobody can have it again.
    pub fn was_removed(&self, name: &str) -> bool {
        self.known.load().users.get(name).is_some_and(|user| user.removed)
    }

    /// All but those who were removed.
    pub fn users(&self) -> Vec<User> {
        let mut users: Vec<User> = self.known.load().users.values().filter(|user| !user.removed).cloned().collect();
        users.sort_by(|a, b| a.name.cmp(&b.name));
        users
    }

    async fn hash(&self, password: SecretString) -> Result<Arc<str>, Unchanged> {
        if password.expose_secret().chars().count() < PASSWORD_CHARS_MIN {
            return Err(Unchanged::Invalid(format!("a password has at least {PASSWORD_CHARS_MIN} characters")));
        }
        self.passwords.hash(password).await.map_err(Unchanged::Unwell)
    }

    async fn change_user<F>(&self, name: &str, change: F) -> Result<(), Unchanged>
    where
        F: FnOnce(&mut Store, &mut User) -> anyhow::Result<()> + Send + 'static,
    {
        let name: Arc<str> = name.into();
        self.change(move |store, known| change(store, user_of(known, &name)?).map_err(Unchanged::Unwell)).await
    }
}

fn user_of<'a>(known: &'a mut Known, name: &str) -> Result<&'a mut User, Unchanged> {
    known.users.get_mut(name).filter(|user| !user.removed).ok_or_else(|| no_user(name))
}

pub(super) fn check_name(name: &str) -> Result<(), Unchanged> {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    if name.is_empty() || name.len() > 64 || !name.bytes().all(good) {
        return Err(Unchanged::Invalid("a user's name has 1 to 64 of a-z, 0-9, '.', '_' and '-'".into()));
    }
    match RESERVED_NAMES.contains(&name) {
        true => Err(Unchanged::Invalid(format!("the name {name} is the gateway's own"))),
        false => Ok(()),
    }
}

/// A name is given once.
pub(super) fn check_is_free(known: &Known, name: &str) -> Result<(), Unchanged> {
    match known.users.get(name) {
        None => Ok(()),
        Some(user) if user.removed => {
            Err(Unchanged::Invalid(format!("{name} was somebody else's name, who was removed; take another")))
        }
        Some(_) => Err(Unchanged::Invalid(format!("there is a user {name} already"))),
    }
}

pub(super) fn no_user(name: &str) -> Unchanged {
    Unchanged::Invalid(format!("there is no user {name}; user_list tells who there is"))
}
