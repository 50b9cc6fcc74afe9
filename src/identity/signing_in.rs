//! Signing in: what somebody shows, and who that is.

use std::time::Duration;

use secrecy::SecretString;

use super::{Denied, Directory, Fault, SignIn, Token, TokenTerms};
use crate::clock;

/// How long a sign-in by password lasts.
const LOGIN_TTL: Duration = Duration::from_secs(15 * 60);
impl Directory {
    pub async fn sign_in_with_token(&self, text: SecretString) -> Result<SignIn, Denied> {
        self.check_store().await?;
        let claims = self.keys.verify(&text, clock::unix_seconds())?;
        let user = Some(claims.sub.clone());
        let known = self.known.load();
        let denied = |reason| Err(Denied { reason, user: user.clone(), fault: Fault::Outdated });
        let token = match known.tokens.get(&claims.jti) {
            None => return denied("a token that was not issued here"),
            Some(token) if token.user != claims.sub => return denied("a token of another user"),
            Some(token) if token.revoked => return denied("a revoked token"),
            Some(token) => token,
        };
        match known.users.get(&claims.sub) {
            None => denied("a token of nobody known"),
            Some(user) if user.disabled => denied("a disabled user"),
            Some(_) => Ok(SignIn::with(token)),
        }
    }

    /// Check a password: unknown, disabled and wrong cost the same one evaluation. What comes back is a token yet to be issued.
    pub async fn check_password(&self, name: &str, password: SecretString) -> Result<Token, Denied> {
        self.check_store().await?;
        let user = self.known.load().users.get(name).cloned();
        let hash = user.as_ref().and_then(|user| user.password.clone());
        let right = self.passwords.verify(password, hash).await;
        let user = user.ok_or(Denied::because("an unknown user"))?;
        match (user.disabled, right) {
            (true, _) => Err(Denied { reason: "a disabled user", user: Some(user.name), fault: Fault::Guess }),
            (false, false) => Err(Denied { reason: "a wrong password", user: Some(user.name), fault: Fault::Password }),
            (false, true) => Ok(Token::new(&user.name, TokenTerms { ttl: LOGIN_TTL, ..TokenTerms::default() })),
        }
    }
}
