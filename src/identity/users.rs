//! Users come, change and go.

use std::sync::Arc;

use secrecy::SecretString;

use super::{Directory, Unchanged, User};
use crate::clock;

/// No caller of a user's may have these names: they are the gateway's own.
const RESERVED_NAMES: [&str; 2] = ["local", "console"];

impl Directory {
    pub async fn add_user(&self, name: &str, role: &str, password: Option<SecretString>) -> Result<User, Unchanged> {
        check_name(name)?;
        let password = match password {
            Some(password) => Some(self.passwords.hash(password).await.map_err(Unchanged::Unwell)?),
            None => None,
        };
        let user = User { name: name.into(), role: role.into(), disabled: false, password };
        let added = user.clone();
        self.change(move |store, known| {
            if known.users.contains_key(&added.name) {
                return Err(Unchanged::Invalid(format!("there is a user {} already", added.name)));
            }
            store.add_user(&added, clock::unix_seconds()).map_err(Unchanged::Unwell)?;
            known.users.insert(added.name.clone(), added);
            Ok(())
        })
        .await?;
        Ok(user)
    }

    /// It holds at once, on open connections too.
    pub async fn set_role(&self, name: &str, role: &str) -> Result<(), Unchanged> {
        let (name, role): (Arc<str>, Arc<str>) = (name.into(), role.into());
        self.change(move |store, known| {
            let user = known.users.get_mut(&name).ok_or_else(|| no_user(&name))?;
            store.set_role(&name, &role).map_err(Unchanged::Unwell)?;
            user.role = role;
            Ok(())
        })
        .await
    }

    pub async fn disable_user(&self, name: &str) -> Result<(), Unchanged> {
        let name: Arc<str> = name.into();
        self.change(move |store, known| {
            let user = known.users.get_mut(&name).ok_or_else(|| no_user(&name))?;
            store.disable_user(&name).map_err(Unchanged::Unwell)?;
            user.disabled = true;
            Ok(())
        })
        .await
    }

    pub fn users(&self) -> Vec<User> {
        let mut users: Vec<User> = self.known.load().users.values().cloned().collect();
        users.sort_by(|a, b| a.name.cmp(&b.name));
        users
    }
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

pub(super) fn no_user(name: &str) -> Unchanged {
    Unchanged::Invalid(format!("there is no active user {name}"))
}
