//! What is known of users and tokens, in memory.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::refresh::Refresh;
use super::{ClientKey, Narrowing, token};
use crate::platform::clock::{self, Moment};

#[derive(Clone, Default)]
pub struct Known {
    pub users: HashMap<Arc<str>, User>,
    pub tokens: HashMap<Arc<str>, Token>,
    pub client_keys: HashMap<Arc<str>, ClientKey>,
    /// By hash. Those that are spent are in the file alone.
    pub refreshes: HashMap<Arc<str>, Refresh>,
}

impl Known {
    pub fn forget_expired(&mut self, now: i64) {
        self.tokens.retain(|_, token| token.expires_at >= now);
        self.refreshes.retain(|_, refresh| refresh.expires_at >= now);
    }

    pub fn end_family(&mut self, family: &str) {
        self.refreshes.retain(|_, refresh| &*refresh.family != family);
        let of_family = |token: &&mut Token| token.family.as_deref() == Some(family);
        self.tokens.values_mut().filter(of_family).for_each(|token| token.revoked = true);
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct User {
    #[serde(rename = "user")]
    pub name: Arc<str>,
    pub role: Arc<str>,
    pub disabled: bool,
    /// Gone for good. What is left is the name, which nobody else is ever given.
    #[serde(skip)]
    pub(super) removed: bool,
    #[serde(skip)]
    pub(super) password: Option<Arc<str>>,
    /// How often another password was set since the start: what an older one was right for is not granted any more. The hash tells
    /// less, because it is made anew for the same password.
    #[serde(skip)]
    pub(super) passwords_set: u64,
}

impl User {
    /// Whether the user may sign in and act.
    pub(super) fn is_active(&self) -> bool {
        !self.disabled && !self.removed
    }
}

/// What is known of a token; its text is known to its bearer alone.
#[derive(Clone, Debug, Serialize)]
pub struct Token {
    pub jti: Arc<str>,
    pub user: Arc<str>,
    /// Unix time in seconds.
    pub issued_at: i64,
    pub expires_at: i64,
    pub revoked: bool,
    /// What it is for, as people wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Arc<str>>,
    /// What it may do of what its user may; `None`: all of it.
    #[serde(rename = "only", skip_serializing_if = "Option::is_none")]
    pub narrowing: Option<Arc<Narrowing>>,
    /// Of a sign-in by password: what else came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<Arc<str>>,
}

/// What a token is to be like.
#[derive(Debug, Default)]
pub struct TokenTerms {
    pub ttl: Duration,
    pub label: Option<Arc<str>>,
    pub narrowing: Option<Narrowing>,
}

/// A successful sign-in: whose it is, by what, and until when by the clock that counts sleep.
#[derive(Clone, Debug)]
pub struct SignIn {
    pub user: Arc<str>,
    pub proof: Proof,
    pub expires_at: i64,
    pub expires: Moment,
    pub narrowing: Option<Arc<Narrowing>>,
}

/// What somebody showed. It is looked up again for every request, so that revoking it holds at once.
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
            jti: token::new_jti(),
            user: user.into(),
            issued_at,
            expires_at: issued_at + ttl_s,
            revoked: false,
            label: terms.label,
            narrowing: terms.narrowing.map(Arc::new),
            family: None,
        }
    }
}

impl SignIn {
    pub fn with(token: &Token) -> SignIn {
        let narrowing = token.narrowing.clone();
        SignIn { narrowing, ..SignIn::until(token.user.clone(), Proof::Token(token.jti.clone()), token.expires_at) }
    }

    /// A token says when it expires, and so does the directory: the earlier one holds.
    pub(super) fn no_later_than(self, expires_at: i64) -> SignIn {
        let narrowing = self.narrowing;
        SignIn { narrowing, ..SignIn::until(self.user, self.proof, self.expires_at.min(expires_at)) }
    }

    pub(super) fn until(user: Arc<str>, proof: Proof, expires_at: i64) -> SignIn {
        let left = u64::try_from(expires_at - clock::unix_seconds()).unwrap_or(0);
        SignIn { user, proof, expires_at, expires: Moment::now() + Duration::from_secs(left), narrowing: None }
    }

    /// By either clock: the time of day may be set back.
    pub fn has_expired(&self) -> bool {
        self.expires <= Moment::now() || self.expires_at <= clock::unix_seconds()
    }
}
