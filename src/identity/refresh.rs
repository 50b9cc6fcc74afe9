//! Refresh tokens (RFC 9700): each can be used once, and the tokens of one sign-in by password form a family that is revoked as a whole.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use secrecy::{ExposeSecret, SecretString};

use super::accounts::Accounts;
use super::directory::Directory;
use super::error::{ChangeError, Denied, Fault};
use super::records::{Former, Refresh, Token, TokenTerms, User};
use super::store::{Store, end_family};
use crate::config;
use crate::platform::clock::{self, Moment};
use crate::platform::random;

/// A token and the next refresh token of its family, which are issued once the sign-in is recorded.
#[derive(Debug)]
pub struct Grant {
    token: Token,
    refresh: Refresh,
    earned: GrantBasis,
    weak: Option<WeakHash>,
}

/// The credential a grant was made for. It is checked again when the grant is issued.
#[derive(Debug)]
enum GrantBasis {
    /// A password; `passwords_set` is the user's count when the password was checked.
    Password { passwords_set: u64 },
    /// A refresh token, by its hash; issuing the grant spends it.
    Refresh(Arc<str>),
}

/// The result of issuing a grant.
enum Added {
    Granted,
    /// The refresh token was spent meanwhile, and the family is revoked.
    Spent,
    /// The password was changed meanwhile.
    Changed,
}

/// A correct password whose stored hash is weaker than the current parameters.
#[derive(Debug)]
pub struct WeakHash {
    pub(super) user: Arc<str>,
    pub(super) hash: Arc<str>,
    pub(super) password: SecretString,
}

/// The texts of the issued tokens, which are not kept.
pub struct Granted {
    pub token: SecretString,
    pub refresh: SecretString,
}

impl Grant {
    /// The first grant of a new family, for a correct password.
    pub(super) fn first(user: &User, bounds: &config::SignIn) -> Grant {
        let family: Arc<str> = hex::encode(random::bytes::<16>()).into();
        let issued_at = clock::unix_seconds();
        let lasts = Duration::from_secs(bounds.refresh_s);
        let refresh = Refresh {
            family,
            user: user.name.clone(),
            issued_at,
            expires_at: issued_at.saturating_add_unsigned(bounds.refresh_s),
            expires: Moment::now() + lasts,
            count: 1,
        };
        Grant::with(refresh, GrantBasis::Password { passwords_set: user.passwords_set }, user, bounds)
    }

    /// A sign-in ends when its password is replaced, so the issuers of the present one are those of its own.
    fn with(refresh: Refresh, earned: GrantBasis, user: &User, bounds: &config::SignIn) -> Grant {
        // No token outlives its family.
        let left_s = u64::try_from(refresh.expires_at - refresh.issued_at).unwrap_or(0);
        let ttl = Duration::from_secs(bounds.token_s.min(left_s));
        let family = Some(refresh.family.clone());
        let terms = TokenTerms { ttl, issuers: user.password_issuers.clone(), ..TokenTerms::default() };
        let token = Token { family, ..Token::new(&refresh.user, terms) };
        Grant { token, refresh, earned, weak: None }
    }

    pub(super) fn with_weak_hash(self, weak: Option<WeakHash>) -> Grant {
        Grant { weak, ..self }
    }

    pub fn token(&self) -> &Token {
        &self.token
    }

    /// The weak hash to replace after the sign-in is answered, if there is one.
    pub fn take_weak_hash(&mut self) -> Option<WeakHash> {
        self.weak.take()
    }

    /// The expiry of the sign-in, however often it is refreshed; Unix time.
    pub fn family_expires_at(&self) -> i64 {
        self.refresh.expires_at
    }
}

impl Directory {
    /// Checks a refresh token; issuing the grant spends it. The reuse of a spent one revokes its family, because the token was copied
    /// (RFC 9700, 4.14.2).
    pub async fn check_refresh(&self, text: SecretString) -> Result<Grant, Denied> {
        self.check_store().await?;
        let hash = hash_of(&text);
        let known = self.known.load_full();
        let Some(refresh) = known.refreshes.get(&hash) else { return Err(self.deny_former(hash).await) };
        let denied =
            |reason| Err(Denied { reason, user: Some(refresh.user.clone()), fault: Fault::Outdated, ended: None });
        if refresh.expires <= Moment::now() || refresh.expires_at <= clock::unix_seconds() {
            return denied("an expired refresh token");
        }
        if refresh.count >= self.bounds.refreshes_max {
            return denied("too many refresh tokens");
        }
        match known.users.get(&refresh.user) {
            Some(user) if user.is_active() => {
                let next = Refresh { issued_at: clock::unix_seconds(), count: refresh.count + 1, ..refresh.clone() };
                Ok(Grant::with(next, GrantBasis::Refresh(hash), user, &self.bounds))
            }
            _ => denied("a disabled user"),
        }
    }

    /// Issues a grant and returns the texts of its tokens.
    pub async fn grant(&self, grant: Grant) -> Result<Granted, Denied> {
        let user = grant.refresh.user.clone();
        let family = grant.refresh.family.clone();
        let denied = |reason, fault, ended| Denied { reason, user: Some(user.clone()), fault, ended };
        let refresh = SecretString::from(hex::encode(random::bytes::<32>()));
        let hash = hash_of(&refresh);
        let families_max = self.bounds.families_max;
        let keys = self.keys.clone();
        let granted = self.change(move |store, known| {
            let token = keys.load().sign(&grant.token).map_err(ChangeError::Failed)?;
            Ok((add(store, known, grant, hash, families_max)?, token))
        });
        match granted.await {
            Ok((Added::Granted, token)) => Ok(Granted { token, refresh }),
            Ok((Added::Spent, _)) => Err(denied(SPENT, Fault::Outdated, Some(family))),
            Ok((Added::Changed, _)) => Err(denied("a password that was changed meanwhile", Fault::Outdated, None)),
            Err(unchanged) => {
                tracing::error!(?unchanged, "a sign-in could not be granted");
                Err(denied("it could not be issued", Fault::Ours, None))
            }
        }
    }

    async fn deny_former(&self, hash: Arc<str>) -> Denied {
        let store = self.store.clone().lock_owned().await;
        let found = tokio::task::spawn_blocking(move || store.former_refresh(&hash)).await;
        let Ok(Ok(found)) = found else { return Denied::store_failed() };
        let Some(former) = found else { return Denied::because("an unknown refresh token") };
        let Former { family, user, is_spent, is_revoked } = former;
        let denied = |reason, ended| Denied { reason, user: Some(user), fault: Fault::Outdated, ended };
        if is_revoked || !is_spent {
            return denied(if is_revoked { "a revoked refresh token" } else { "an expired refresh token" }, None);
        }
        match self.end_family(family.clone()).await {
            Ok(()) => denied(SPENT, Some(family)),
            Err(_) => Denied::store_failed(),
        }
    }

    /// Revokes a sign-in by password with its tokens.
    async fn end_family(&self, family: Arc<str>) -> Result<(), ChangeError> {
        self.change(move |store, known| end_family(store, known, &family)).await
    }
}

const SPENT: &str = "a spent refresh token";

fn add(
    store: &mut Store,
    known: &mut Accounts,
    grant: Grant,
    hash: Arc<str>,
    families_max: usize,
) -> Result<Added, ChangeError> {
    let Grant { token, refresh, earned, weak: _ } = grant;
    known.check_active(&refresh.user)?;
    let spent = match &earned {
        GrantBasis::Refresh(spent) if known.refreshes.remove(spent).is_none() => {
            return end_family(store, known, &refresh.family).map(|()| Added::Spent);
        }
        GrantBasis::Refresh(spent) => Some(spent.as_ref()),
        GrantBasis::Password { passwords_set } if known.users[&refresh.user].passwords_set != *passwords_set => {
            return Ok(Added::Changed);
        }
        GrantBasis::Password { .. } => None,
    };
    let ends = match spent {
        Some(_) => Vec::new(),
        None => too_many(known, &refresh.user, families_max),
    };
    store.grant(&token, &refresh, &hash, spent, &ends).map_err(ChangeError::Failed)?;
    ends.iter().for_each(|family| known.end_family(family));
    known.forget_expired(refresh.issued_at);
    known.tokens.insert(token.jti.clone(), token);
    known.refreshes.insert(hash, refresh);
    Ok(Added::Granted)
}

/// The least recently refreshed families of a user beyond `families_max`, counting the new one.
fn too_many(known: &Accounts, user: &str, families_max: usize) -> Vec<Arc<str>> {
    let mut families: Vec<(i64, Arc<str>)> = known
        .refreshes
        .values()
        .filter(|refresh| &*refresh.user == user)
        .map(|refresh| (refresh.issued_at, refresh.family.clone()))
        .collect();
    families.sort();
    let too_many = (families.len() + 1).saturating_sub(families_max);
    families.into_iter().take(too_many).map(|(_, family)| family).collect()
}

fn hash_of(text: &SecretString) -> Arc<str> {
    hex::encode(digest(&SHA256, text.expose_secret().as_bytes())).into()
}
