//! Users and credentials in memory.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::ChangeError;
use super::records::{ClientKey, Refresh, Token, User};

#[derive(Clone, Default)]
pub struct Accounts {
    pub users: HashMap<Arc<str>, User>,
    pub tokens: HashMap<Arc<str>, Token>,
    pub client_keys: HashMap<Arc<str>, ClientKey>,
    /// The unspent ones, by hash; `state.db` has the spent ones, too.
    pub refreshes: HashMap<Arc<str>, Refresh>,
}

impl Accounts {
    pub fn forget_expired(&mut self, now: i64) {
        self.tokens.retain(|_, token| token.expires_at >= now);
        self.refreshes.retain(|_, refresh| refresh.expires_at >= now);
    }

    pub fn end_family(&mut self, family: &str) {
        self.refreshes.retain(|_, refresh| &*refresh.family != family);
        let of_family = |token: &&mut Token| token.family.as_deref() == Some(family);
        self.tokens.values_mut().filter(of_family).for_each(|token| token.revoked = true);
    }

    pub fn user_mut(&mut self, name: &str) -> Result<&mut User, ChangeError> {
        self.users.get_mut(name).filter(|user| !user.removed).ok_or_else(|| no_user(name))
    }

    /// Whether the user exists and is active, as a new credential requires.
    pub fn check_active(&self, user: &str) -> Result<(), ChangeError> {
        match self.users.get(user) {
            Some(user) if user.is_active() => Ok(()),
            Some(user) if !user.removed => {
                Err(ChangeError::Invalid(format!("{} is disabled; enable the user first", user.name)))
            }
            Some(user) => Err(ChangeError::Invalid(format!("the user {} was removed", user.name))),
            None => Err(no_user(user)),
        }
    }

    /// User names are never reused.
    pub fn check_is_free(&self, name: &str) -> Result<(), ChangeError> {
        match self.users.get(name) {
            None => Ok(()),
            Some(user) if user.removed => Err(ChangeError::Invalid(format!(
                "{name} is the name of a removed user, and names are never reused; choose another"
            ))),
            Some(_) => Err(ChangeError::Invalid(format!("the user {name} exists already"))),
        }
    }
}

fn no_user(name: &str) -> ChangeError {
    ChangeError::Invalid(format!("there is no user {name}; user_list lists them"))
}
