//! Devices that have been paired: a user of their own, or a further token of one who is there.

use secrecy::SecretString;

use super::pairing::Gift;
use super::tokens::check_label;
use super::tokens::check_may_have_one;
use super::users::{check_is_free, check_name};
use super::{Directory, Token, TokenTerms, Unchanged, User};
use crate::platform::clock;

impl Gift {
    /// The token that the device is to get; it is good once the device is admitted.
    pub fn token(&self) -> Token {
        let (label, narrowing) = (Some(self.label.clone()), None);
        Token::new(&self.user, TokenTerms { ttl: self.ttl, label, narrowing })
    }
}

impl Directory {
    /// Whether a device may be given this now.
    pub fn check_gift(&self, gift: &Gift) -> Result<(), Unchanged> {
        check_label(&gift.label)?;
        match gift.role {
            Some(_) => self.check_new_name(&gift.user),
            None => check_may_have_one(&self.known.load(), &gift.user),
        }
    }

    fn check_new_name(&self, name: &str) -> Result<(), Unchanged> {
        check_name(name)?;
        check_is_free(&self.known.load(), name)
    }

    /// Give a device what it was promised: the token, and the user whose it is. Both or neither; the token's text comes back.
    pub async fn admit_device(&self, gift: &Gift, token: Token) -> Result<SecretString, Unchanged> {
        let keys = self.keys.clone();
        let added = gift.role.as_ref().map(|role| User {
            name: gift.user.clone(),
            role: role.clone(),
            disabled: false,
            removed: false,
            password: None,
            passwords_set: 0,
        });
        self.change(move |store, known| {
            let text = keys.load().sign(&token).map_err(Unchanged::Unwell)?;
            match added {
                Some(user) => {
                    check_is_free(known, &user.name)?;
                    store.add_device(&user, &token, clock::unix_seconds()).map_err(Unchanged::Unwell)?;
                    known.users.insert(user.name.clone(), user);
                }
                None => {
                    check_may_have_one(known, &token.user)?;
                    store.add_token(&token).map_err(Unchanged::Unwell)?;
                }
            }
            known.tokens.insert(token.jti.clone(), token);
            Ok(text)
        })
        .await
    }
}
