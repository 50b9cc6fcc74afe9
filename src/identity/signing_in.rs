//! Signing in with a token or a password.

use secrecy::SecretString;

use super::directory::Directory;
use super::error::{Denied, Fault};
use super::password::Match;
use super::records::SignIn;
use super::refresh::{Grant, WeakHash};
use crate::platform::clock;

impl Directory {
    pub async fn sign_in_with_token(&self, text: SecretString) -> Result<SignIn, Denied> {
        self.check_store().await?;
        let claims = self.keys.load().verify(&text, clock::unix_seconds())?;
        let user = Some(claims.sub.clone());
        let known = self.known.load();
        let denied = |reason| Err(Denied { reason, user: user.clone(), fault: Fault::Outdated, ended: None });
        let token = match known.tokens.get(&claims.jti) {
            None => return denied("a token that was not issued here"),
            Some(token) if token.user != claims.sub => return denied("a token of another user"),
            Some(token) if token.revoked => return denied("a revoked token"),
            Some(token) => token,
        };
        match known.users.get(&claims.sub) {
            None => denied("a token of an unknown user"),
            Some(user) if user.removed => denied("a token of a removed user"),
            Some(user) if user.disabled => denied("a disabled user"),
            Some(_) => Ok(SignIn::with(token).no_later_than(claims.exp)),
        }
    }

    /// Checks a password with exactly one evaluation, also for unknown and disabled users. The result is issued with [`Directory::grant`].
    pub async fn check_password(&self, name: &str, password: SecretString) -> Result<Grant, Denied> {
        self.check_store().await?;
        let user = self.known.load().users.get(name).cloned();
        let hash = user.as_ref().and_then(|user| user.password.clone());
        let crowded = |_| Denied { fault: Fault::TooManyCallers, ..Denied::because("too many passwords wait") };
        let matched = self.passwords.verify(password.clone(), hash.clone()).await.map_err(crowded)?;
        let user = user.ok_or(Denied::because("an unknown user"))?;
        let denied = |reason, fault| Err(Denied { reason, user: Some(user.name.clone()), fault, ended: None });
        match matched {
            _ if user.removed => denied("a removed user", Fault::Guess),
            _ if user.disabled => denied("a disabled user", Fault::Guess),
            Match::Wrong => denied("a wrong password", Fault::Password),
            Match::Right => Ok(Grant::first(&user, &self.bounds)),
            Match::RightButWeak => {
                let weak = hash.map(|hash| WeakHash { user: user.name.clone(), hash, password });
                Ok(Grant::first(&user, &self.bounds).with_weak_hash(weak))
            }
        }
    }

    /// How many password hashes were computed since the start.
    pub fn password_evaluations(&self) -> u64 {
        self.passwords.evaluations()
    }
}
