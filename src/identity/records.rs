//! Users and credentials, as memory and `state.db` hold them.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde::Serialize;

use super::narrowing::Narrowing;
use crate::platform::clock::{self, Moment};
use crate::platform::random;

#[derive(Clone, Debug, Serialize)]
pub struct User {
    #[serde(rename = "user")]
    pub name: Arc<str>,
    pub role: Arc<str>,
    pub disabled: bool,
    /// Removed. The name stays reserved: user names are never reused.
    #[serde(skip)]
    pub(super) removed: bool,
    #[serde(skip)]
    pub(super) password: Option<Arc<str>>,
    /// Who set the password.
    #[serde(skip)]
    pub(super) password_issuers: Issuers,
    /// How many passwords were set since the start: a check of an older password grants nothing. The hash cannot show it, because the same password
    /// may be hashed again.
    #[serde(skip)]
    pub(super) passwords_set: u64,
}

impl User {
    pub(super) fn new(name: Arc<str>, role: Arc<str>) -> User {
        let password_issuers = Issuers::default();
        User { name, role, disabled: false, removed: false, password: None, password_issuers, passwords_set: 0 }
    }

    pub(super) fn with_password(self, password: HashedPassword) -> User {
        User { password: Some(password.hash), password_issuers: password.issuers, ..self }
    }

    /// Whether the user may sign in and act.
    pub(super) fn is_active(&self) -> bool {
        !self.disabled && !self.removed
    }
}

/// A password to set, and who sets it.
#[derive(Debug)]
pub struct NewPassword {
    pub text: SecretString,
    pub issuers: Issuers,
}

/// A password's hash, and who set it.
#[derive(Clone)]
pub(super) struct HashedPassword {
    pub hash: Arc<str>,
    pub issuers: Issuers,
}

/// An issued token. Its text is not kept.
#[derive(Clone, Debug, Serialize)]
pub struct Token {
    pub jti: Arc<str>,
    /// The user whom it signs in.
    pub user: Arc<str>,
    /// Unix time in seconds.
    pub issued_at: i64,
    pub expires_at: i64,
    pub revoked: bool,
    /// What the token is for, as its issuer wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Arc<str>>,
    /// The token's scope; `None`: everything that its user may do.
    #[serde(rename = "only", skip_serializing_if = "Option::is_none")]
    pub narrowing: Option<Arc<Narrowing>>,
    /// The family of a sign-in by password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<Arc<str>>,
    /// The user who issued it, and those who issued the credential that was used for it; of a sign-in by password who set the password. Empty: the
    /// console.
    #[serde(skip_serializing_if = "issuers_is_empty")]
    pub issuers: Issuers,
}

/// Names of users.
pub type Issuers = Arc<[Arc<str>]>;

fn issuers_is_empty(issuers: &Issuers) -> bool {
    issuers.is_empty()
}

/// The terms of a new token.
#[derive(Debug, Default)]
pub struct TokenTerms {
    pub ttl: Duration,
    pub label: Option<Arc<str>>,
    pub narrowing: Option<Narrowing>,
    pub issuers: Issuers,
}

/// A successful sign-in: its user, its credential and its expiry, in Unix time and on the clock that counts sleep.
#[derive(Clone, Debug)]
pub struct SignIn {
    pub user: Arc<str>,
    pub proof: Proof,
    /// Unix time in seconds.
    pub expires_at: i64,
    pub expires: Moment,
    pub narrowing: Option<Arc<Narrowing>>,
    /// Of its credential.
    pub issuers: Issuers,
}

/// The credential of a sign-in. It is looked up for every request, so that a revocation takes effect at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A token, by its `jti`.
    Token(Arc<str>),
    /// A client certificate, by the SHA-256 of its public key in hex.
    Key(Arc<str>),
}

impl Token {
    pub(super) fn new(user: &str, terms: TokenTerms) -> Token {
        let issued_at = clock::unix_seconds();
        let ttl_s = i64::try_from(terms.ttl.as_secs()).expect("a time to live is bounded by 90 days");
        Token {
            jti: new_jti(),
            user: user.into(),
            issued_at,
            expires_at: issued_at + ttl_s,
            revoked: false,
            label: terms.label,
            narrowing: terms.narrowing.map(Arc::new),
            family: None,
            issuers: terms.issuers,
        }
    }
}

impl SignIn {
    pub fn with(token: &Token) -> SignIn {
        let narrowing = token.narrowing.clone();
        let issuers = token.issuers.clone();
        SignIn {
            narrowing,
            issuers,
            ..SignIn::until(token.user.clone(), Proof::Token(token.jti.clone()), token.expires_at)
        }
    }

    /// Limits the expiry to `expires_at`: of the token's claim and the directory's record, the earlier one counts.
    pub(super) fn no_later_than(self, expires_at: i64) -> SignIn {
        let narrowing = self.narrowing;
        let issuers = self.issuers;
        SignIn { narrowing, issuers, ..SignIn::until(self.user, self.proof, self.expires_at.min(expires_at)) }
    }

    pub(super) fn until(user: Arc<str>, proof: Proof, expires_at: i64) -> SignIn {
        let left = u64::try_from(expires_at - clock::unix_seconds()).unwrap_or(0);
        let expires = Moment::now() + Duration::from_secs(left);
        SignIn { user, proof, expires_at, expires, narrowing: None, issuers: Issuers::default() }
    }

    /// The issuers of a token that is issued by this sign-in.
    pub fn as_issuers(&self) -> Issuers {
        let mut issuers = vec![self.user.clone()];
        issuers.extend(self.issuers.iter().filter(|issuer| **issuer != self.user).cloned());
        issuers.into()
    }

    /// By either clock: the time of day may be set back, and the monotonic clock stops while the machine sleeps.
    pub fn has_expired(&self) -> bool {
        self.expires <= Moment::now() || self.expires_at <= clock::unix_seconds()
    }
}

/// 128 random bits, in hex.
fn new_jti() -> Arc<str> {
    hex::encode(random::bytes::<16>()).into()
}

/// A valid refresh token: the unspent one of its family. The directory knows it by the SHA-256 of its text in hex.
#[derive(Clone, Debug, Serialize)]
pub struct Refresh {
    pub family: Arc<str>,
    pub user: Arc<str>,
    pub issued_at: i64,
    /// The family's expiry, which a refresh never extends: in Unix time, and on the clock that counts sleep.
    pub expires_at: i64,
    #[serde(skip)]
    pub expires: Moment,
    /// How many refresh tokens the family has had.
    #[serde(skip)]
    pub count: usize,
}

/// A refresh token that is no longer valid, as `state.db` has it.
pub struct Former {
    pub family: Arc<str>,
    pub user: Arc<str>,
    pub is_spent: bool,
    pub is_revoked: bool,
}

/// A registered client key. A client is identified by its key, not by its certificate.
#[derive(Clone, Debug, Serialize)]
pub struct ClientKey {
    /// The SHA-256 of its SubjectPublicKeyInfo in hex.
    pub key: Arc<str>,
    /// The user whom it signs in.
    pub user: Arc<str>,
    /// What people call the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Arc<str>>,
    /// Unix time in seconds.
    pub issued_at: i64,
    /// Unix time in seconds.
    pub expires_at: i64,
    /// Whether it was revoked before it expired.
    pub revoked: bool,
    /// As of a token.
    #[serde(skip_serializing_if = "issuers_is_empty")]
    pub issuers: Issuers,
}

/// The terms of a new client key.
#[derive(Debug, Default)]
pub struct KeyTerms<'a> {
    /// How long the key is valid from now.
    pub ttl: Duration,
    /// What people call the device.
    pub label: Option<&'a str>,
    /// The caller who issued it, and that caller's issuers.
    pub issuers: Issuers,
}

/// The standing of a client's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    Good,
    /// Registered, but revoked or expired.
    Ended,
    Unknown,
}

impl ClientKey {
    /// The record of a key from now on. `key` is the SHA-256 of its SubjectPublicKeyInfo.
    pub fn new(key: [u8; 32], user: &str, terms: KeyTerms<'_>) -> ClientKey {
        let issued_at = clock::unix_seconds();
        let ttl_s = i64::try_from(terms.ttl.as_secs()).expect("a time to live is bounded by 90 days");
        ClientKey {
            key: hex::encode(key).into(),
            user: user.into(),
            label: terms.label.map(Into::into),
            issued_at,
            expires_at: issued_at + ttl_s,
            revoked: false,
            issuers: terms.issuers,
        }
    }

    pub(super) fn is_good(&self) -> bool {
        !self.revoked && self.expires_at > clock::unix_seconds()
    }
}
