//! Paired devices: each gets a user of its own, or a further token of an existing user.

use secrecy::SecretString;

use super::directory::Directory;
use super::error::ChangeError;
use super::names::{check_label, check_name};
use super::pairing::DeviceGrant;
use super::records::{Token, TokenTerms, User};
use crate::platform::clock;

impl DeviceGrant {
    /// The device's token, which is valid once the device is admitted.
    pub fn token(&self) -> Token {
        let label = Some(self.label.clone());
        let issuers = self.issuers.clone();
        Token::new(&self.user, TokenTerms { ttl: self.ttl, label, narrowing: None, issuers })
    }
}

impl Directory {
    /// Whether the offer can be fulfilled now.
    pub fn check_grant(&self, grant: &DeviceGrant) -> Result<(), ChangeError> {
        check_label(&grant.label)?;
        match grant.role {
            Some(_) => self.check_new_name(&grant.user),
            None => self.known.load().check_active(&grant.user),
        }
    }

    fn check_new_name(&self, name: &str) -> Result<(), ChangeError> {
        check_name(name)?;
        self.known.load().check_is_free(name)
    }

    /// Adds the device's user, if the offer has one, and its token, in one transaction. Returns the token's text.
    pub async fn admit_device(&self, grant: &DeviceGrant, token: Token) -> Result<SecretString, ChangeError> {
        let keys = self.keys.clone();
        let added = grant.role.as_ref().map(|role| User::new(grant.user.clone(), role.clone()));
        self.change(move |store, known| {
            let text = keys.load().sign(&token).map_err(ChangeError::Failed)?;
            match added {
                Some(user) => {
                    known.check_is_free(&user.name)?;
                    store.add_device(&user, &token, clock::unix_seconds()).map_err(ChangeError::Failed)?;
                    known.users.insert(user.name.clone(), user);
                }
                None => {
                    known.check_active(&token.user)?;
                    store.add_token(&token).map_err(ChangeError::Failed)?;
                }
            }
            known.tokens.insert(token.jti.clone(), token);
            Ok(text)
        })
        .await
    }
}
