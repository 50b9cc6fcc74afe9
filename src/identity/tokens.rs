//! Tokens come and go.

use std::sync::Arc;

use secrecy::SecretString;

use super::refresh::{self, Refresh};
use super::users::no_user;
use super::{Directory, Keys, Known, Token, TokenTerms, Unchanged};
use crate::platform::clock;

impl Directory {
    /// Issue a token and answer what is known of it, and its text, which is kept nowhere.
    pub async fn issue_token(&self, user: &str, terms: TokenTerms) -> Result<(Token, SecretString), Unchanged> {
        terms.label.as_deref().map_or(Ok(()), check_label)?;
        let token = Token::new(user, terms);
        let keys = self.keys.clone();
        self.change(move |store, known| {
            check_may_have_one(known, &token.user)?;
            // Signed within the change, so that no key is retired between a token's signature and its place in the list.
            let text = keys.load().sign(&token).map_err(Unchanged::Unwell)?;
            store.add_token(&token).map_err(Unchanged::Unwell)?;
            known.forget_expired(token.issued_at);
            known.tokens.insert(token.jti.clone(), token.clone());
            Ok((token, text))
        })
        .await
    }

    /// Sign with another key from now on, whose name comes back. The old one verifies until the last of its tokens has expired.
    pub async fn rotate_keys(&self) -> Result<String, Unchanged> {
        let (keys, dir) = (self.keys.clone(), self.keys_dir.clone());
        self.change(move |store, known| {
            let now = clock::unix_seconds();
            let last = known.tokens.values().map(|token| token.expires_at).max().unwrap_or(now);
            // First the list, then the file: cut short in between, the old key signs on, and the list is of no effect.
            store.retire_key(&keys.load().public, last, now).map_err(Unchanged::Unwell)?;
            let retired = store.retired_keys(now).map_err(Unchanged::Unwell)?;
            let replaced = Keys::replace(&dir, &retired).map_err(Unchanged::Unwell)?;
            let kid = replaced.kid().to_owned();
            keys.store(Arc::new(replaced));
            Ok(kid)
        })
        .await
    }

    /// By a `jti`, or the family of a sign-in by password, whose last token may be gone. It holds at once. Of a sign-in by password all
    /// is revoked, or the next refresh would undo it.
    pub async fn revoke_token(&self, jti: &str) -> Result<(), Unchanged> {
        let jti: Arc<str> = jti.into();
        self.change(move |store, known| {
            let unknown = || Unchanged::Invalid(format!("there is no token {jti}; token_list tells which there are"));
            let Some(token) = known.tokens.get_mut(&jti) else {
                return match known.refreshes.values().any(|refresh| refresh.family == jti) {
                    true => refresh::end(store, known, &jti),
                    false => Err(unknown()),
                };
            };
            match token.family.clone() {
                Some(family) => refresh::end(store, known, &family),
                None => {
                    store.revoke_token(&jti).map_err(Unchanged::Unwell)?;
                    token.revoked = true;
                    Ok(())
                }
            }
        })
        .await
    }

    /// Sign-ins by password that go on, each by the refresh token that is good.
    pub fn sign_ins(&self) -> Vec<Refresh> {
        let (known, now) = (self.known.load(), clock::unix_seconds());
        let mut going_on: Vec<Refresh> =
            known.refreshes.values().filter(|refresh| refresh.expires_at > now).cloned().collect();
        going_on.sort_by(|a, b| (a.issued_at, &a.family).cmp(&(b.issued_at, &b.family)));
        going_on
    }

    /// Tokens that have not expired.
    pub fn tokens(&self) -> Vec<Token> {
        let now = clock::unix_seconds();
        let known = self.known.load();
        let mut tokens: Vec<Token> = known.tokens.values().filter(|token| token.expires_at > now).cloned().collect();
        tokens.sort_by(|a, b| (a.issued_at, &a.jti).cmp(&(b.issued_at, &b.jti)));
        tokens
    }
}

pub(super) fn check_may_have_one(known: &Known, user: &str) -> Result<(), Unchanged> {
    match known.users.get(user) {
        Some(user) if user.is_active() => Ok(()),
        Some(user) if !user.removed => {
            Err(Unchanged::Invalid(format!("{} is disabled; enable the user first", user.name)))
        }
        Some(user) => Err(Unchanged::Invalid(format!("the user {} was removed", user.name))),
        None => Err(no_user(user)),
    }
}

/// Labels are read by people in lists: nothing in them draws over its neighbours, or turns them round.
pub(super) fn check_label(label: &str) -> Result<(), Unchanged> {
    let good = |char: char| char.is_alphanumeric() || " ._'()-".contains(char);
    match (1..=64).contains(&label.chars().count()) && label.chars().all(good) {
        true => Ok(()),
        false => Err(Unchanged::Invalid("a label has 1 to 64 letters, digits, spaces, and any of . _ ' ( ) -".into())),
    }
}
