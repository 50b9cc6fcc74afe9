//! Paired devices: each gets a user of its own, or a further token of an existing user.

use secrecy::SecretString;

use super::directory::Directory;
use super::error::Unchanged;
use super::names::{check_label, check_name};
use super::pairing::Gift;
use super::records::{Token, TokenTerms, User};
use crate::platform::clock;

impl Gift {
    /// The device's token, which is valid once the device is admitted.
    pub fn token(&self) -> Token {
        let (label, narrowing) = (Some(self.label.clone()), None);
        Token::new(&self.user, TokenTerms { ttl: self.ttl, label, narrowing })
    }
}

impl Directory {
    /// Whether the offer can be fulfilled now.
    pub fn check_gift(&self, gift: &Gift) -> Result<(), Unchanged> {
        check_label(&gift.label)?;
        match gift.role {
            Some(_) => self.check_new_name(&gift.user),
            None => self.known.load().check_active(&gift.user),
        }
    }

    fn check_new_name(&self, name: &str) -> Result<(), Unchanged> {
        check_name(name)?;
        self.known.load().check_is_free(name)
    }

    /// Adds the device's user, if the offer has one, and its token, in one transaction. Returns the token's text.
    pub async fn admit_device(&self, gift: &Gift, token: Token) -> Result<SecretString, Unchanged> {
        let keys = self.keys.clone();
        let added = gift.role.as_ref().map(|role| User::new(gift.user.clone(), role.clone(), None));
        self.change(move |store, known| {
            let text = keys.load().sign(&token).map_err(Unchanged::Failed)?;
            match added {
                Some(user) => {
                    known.check_is_free(&user.name)?;
                    store.add_device(&user, &token, clock::unix_seconds()).map_err(Unchanged::Failed)?;
                    known.users.insert(user.name.clone(), user);
                }
                None => {
                    known.check_active(&token.user)?;
                    store.add_token(&token).map_err(Unchanged::Failed)?;
                }
            }
            known.tokens.insert(token.jti.clone(), token);
            Ok(text)
        })
        .await
    }
}
