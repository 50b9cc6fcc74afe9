//! Issuing, listing and revoking tokens; rotating the signing key.

use std::sync::Arc;

use secrecy::SecretString;

use super::directory::Directory;
use super::error::ChangeError;
use super::names::check_label;
use super::records::{Refresh, Token, TokenTerms};
use super::store::end_family;
use super::token::Keys;
use crate::platform::clock;

impl Directory {
    /// Issues a token; returns its record and its text, which is not kept.
    pub async fn issue_token(&self, user: &str, terms: TokenTerms) -> Result<(Token, SecretString), ChangeError> {
        terms.label.as_deref().map_or(Ok(()), check_label)?;
        let token = Token::new(user, terms);
        let keys = self.keys.clone();
        self.change(move |store, known| {
            known.check_active(&token.user)?;
            // Signed within the change: the key cannot be retired between the signature and the token's record.
            let text = keys.load().sign(&token).map_err(ChangeError::Failed)?;
            store.add_token(&token).map_err(ChangeError::Failed)?;
            known.forget_expired(token.issued_at);
            known.tokens.insert(token.jti.clone(), token.clone());
            Ok((token, text))
        })
        .await
    }

    /// Replaces the signing key and returns the new one's `kid`. The old key verifies until the last of its tokens has expired.
    pub async fn rotate_keys(&self) -> Result<String, ChangeError> {
        let keys = self.keys.clone();
        let dir = self.keys_dir.clone();
        self.change(move |store, known| {
            let now = clock::unix_seconds();
            let last = known.tokens.values().map(|token| token.expires_at).max().unwrap_or(now);
            // The list first, then the file: if interrupted in between, the old key stays in use, and its entry in the list has no effect.
            store.retire_key(&keys.load().public, last, now).map_err(ChangeError::Failed)?;
            let retired = store.retired_keys(now).map_err(ChangeError::Failed)?;
            let replaced = Keys::replace(&dir, &retired).map_err(ChangeError::Failed)?;
            let kid = replaced.kid().to_owned();
            keys.store(Arc::new(replaced));
            Ok(kid)
        })
        .await
    }

    /// Revokes by `jti`, or by the family of a sign-in by password, whose last token may have expired. It takes effect at once. The
    /// whole family of such a token is revoked: a refresh would otherwise replace it.
    pub async fn revoke_token(&self, jti: &str) -> Result<(), ChangeError> {
        let jti: Arc<str> = jti.into();
        self.change(move |store, known| {
            let unknown = || ChangeError::Invalid(format!("there is no token {jti}; token_list lists them"));
            let Some(token) = known.tokens.get_mut(&jti) else {
                if !known.refreshes.values().any(|refresh| refresh.family == jti) {
                    return Err(unknown());
                }
                return end_family(store, known, &jti);
            };
            match token.family.clone() {
                Some(family) => end_family(store, known, &family),
                None => {
                    store.revoke_token(&jti).map_err(ChangeError::Failed)?;
                    token.revoked = true;
                    Ok(())
                }
            }
        })
        .await
    }

    /// Active sign-ins by password, each by its valid refresh token.
    pub fn sign_ins(&self) -> Vec<Refresh> {
        let known = self.known.load();
        let now = clock::unix_seconds();
        let mut active: Vec<Refresh> =
            known.refreshes.values().filter(|refresh| refresh.expires_at > now).cloned().collect();
        active.sort_by(|a, b| (a.issued_at, &a.family).cmp(&(b.issued_at, &b.family)));
        active
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
