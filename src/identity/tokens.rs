//! Tokens come and go.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::users::no_user;
use super::{Directory, Token, Unchanged};
use crate::clock;

impl Directory {
    /// Issue a token and answer what is known of it, and its text, which is kept nowhere.
    pub async fn issue_token(&self, user: &str, ttl: Duration) -> Result<(Token, SecretString), Unchanged> {
        let token = Token::new(user, ttl);
        Ok((token.clone(), self.issue(token).await?))
    }

    /// Make a token good, and answer its text.
    pub async fn issue(&self, token: Token) -> Result<SecretString, Unchanged> {
        let text = self.keys.sign(&token).map_err(Unchanged::Unwell)?;
        self.change(move |store, known| {
            known.users.get(&token.user).filter(|user| !user.disabled).ok_or_else(|| no_user(&token.user))?;
            store.add_token(&token).map_err(Unchanged::Unwell)?;
            known.tokens.retain(|_, other| other.expires_at >= token.issued_at);
            known.tokens.insert(token.jti.clone(), token);
            Ok(())
        })
        .await?;
        Ok(text)
    }

    pub async fn revoke_token(&self, jti: &str) -> Result<(), Unchanged> {
        let jti: Arc<str> = jti.into();
        self.change(move |store, known| {
            let unknown = || Unchanged::Invalid(format!("there is no token {jti}"));
            let token = known.tokens.get_mut(&jti).ok_or_else(unknown)?;
            store.revoke_token(&jti).map_err(Unchanged::Unwell)?;
            token.revoked = true;
            Ok(())
        })
        .await
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
