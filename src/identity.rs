//! Who may sign in: users, their passwords and tokens (authentication data). Memory is authoritative; the file is written first.

pub mod pairing;
mod password;
mod store;
mod token;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use arc_swap::ArcSwap;
use secrecy::SecretString;
use serde::Serialize;
use tokio::sync::{Mutex, watch};

use crate::clock;
use store::Store;
pub use token::{AUDIENCE, Claims, ISSUER, Keys, TYPE};

/// How long a sign-in by password lasts.
const LOGIN_TTL: Duration = Duration::from_secs(15 * 60);
/// No caller of a user's may have these names: they are the gateway's own.
const RESERVED_NAMES: [&str; 2] = ["local", "console"];

/// All users and tokens.
pub struct Directory {
    /// Read for every command: never locked.
    known: ArcSwap<Known>,
    /// Counts changes, so that open connections look again at who they belong to.
    changed: watch::Sender<u64>,
    store: Arc<Mutex<Store>>,
    keys: Keys,
    passwords: password::Verifier,
}

#[derive(Clone, Default)]
struct Known {
    users: HashMap<Arc<str>, User>,
    tokens: HashMap<Arc<str>, Token>,
}

#[derive(Clone, Debug, Serialize)]
pub struct User {
    #[serde(rename = "user")]
    pub name: Arc<str>,
    pub role: Arc<str>,
    pub disabled: bool,
    #[serde(skip)]
    password: Option<Arc<str>>,
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
}

/// A successful sign-in: whose it is, and until when by the monotonic clock.
#[derive(Clone, Debug)]
pub struct SignIn {
    pub user: Arc<str>,
    pub jti: Arc<str>,
    pub expires_at: i64,
    pub expires: Instant,
}

/// Why somebody was not let in. For the trail; the client is told the same in every case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    pub reason: &'static str,
    pub user: Option<Arc<str>>,
    pub fault: Fault,
}

/// What a refused sign-in says of whoever tried, and so whom it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It may have been a guess.
    Guess,
    /// A password for somebody who is known, and not theirs.
    Password,
    /// Signed here, and not good any more: an expired, revoked or disabled caller's program that goes on trying.
    Outdated,
    /// Trouble of our own.
    Ours,
}

impl Denied {
    fn because(reason: &'static str) -> Denied {
        Denied { reason, user: None, fault: Fault::Guess }
    }
}

/// A change that was not made.
#[derive(Debug)]
pub enum Unchanged {
    /// The request makes no sense; the sentence says why.
    Invalid(String),
    /// `state.db` could not be written; nothing has changed.
    Unwell(anyhow::Error),
}

impl Directory {
    /// Open `state.db` and the signing key in the state folder, making both if they are not there.
    pub fn open(state_dir: &Path) -> Result<Directory> {
        let store = Store::open(&state_dir.join("state.db"))?;
        let known = store.load(clock::unix_seconds())?;
        Ok(Directory {
            known: ArcSwap::from_pointee(known),
            changed: watch::Sender::new(0),
            store: Arc::new(Mutex::new(store)),
            keys: Keys::open(&state_dir.join("keys"))?,
            passwords: password::Verifier::new(),
        })
    }

    /// The role of a user who may act now.
    pub fn role_of(&self, user: &str) -> Option<Arc<str>> {
        self.known.load().users.get(user).filter(|user| !user.disabled).map(|user| user.role.clone())
    }

    /// The role that a sign-in gives now: none once its token is revoked or its user disabled.
    pub fn role_of_sign_in(&self, sign_in: &SignIn) -> Option<Arc<str>> {
        let known = self.known.load();
        known.tokens.get(&sign_in.jti).filter(|token| !token.revoked)?;
        known.users.get(&sign_in.user).filter(|user| !user.disabled).map(|user| user.role.clone())
    }

    /// Whether anybody could sign in now.
    pub fn has_credential(&self) -> bool {
        let (known, now) = (self.known.load(), clock::unix_seconds());
        let has_token = |user: &User| {
            known.tokens.values().any(|token| token.user == user.name && !token.revoked && token.expires_at > now)
        };
        known.users.values().any(|user| !user.disabled && (user.password.is_some() || has_token(user)))
    }

    /// Wakes whoever waits for a change of users or tokens.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub async fn sign_in_with_token(&self, text: SecretString) -> Result<SignIn, Denied> {
        self.check_store().await?;
        let claims = self.keys.verify(&text, clock::unix_seconds())?;
        let user = Some(claims.sub.clone());
        let known = self.known.load();
        let denied = |reason| Err(Denied { reason, user: user.clone(), fault: Fault::Outdated });
        match known.tokens.get(&claims.jti) {
            None => return denied("a token that was not issued here"),
            Some(token) if token.user != claims.sub => return denied("a token of another user"),
            Some(token) if token.revoked => return denied("a revoked token"),
            Some(_) => (),
        }
        match known.users.get(&claims.sub) {
            None => denied("a token of nobody known"),
            Some(user) if user.disabled => denied("a disabled user"),
            Some(_) => Ok(SignIn::until(claims.sub, claims.jti, claims.exp)),
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
            (false, true) => Ok(Token::new(&user.name, LOGIN_TTL)),
        }
    }

    pub async fn add_user(&self, name: &str, role: &str, password: Option<SecretString>) -> Result<User, Unchanged> {
        check_name(name)?;
        let password = match password {
            Some(password) => Some(self.passwords.hash(password).await.map_err(Unchanged::Unwell)?),
            None => None,
        };
        let user = User { name: name.into(), role: role.into(), disabled: false, password };
        let added = user.clone();
        self.change(move |store, known| {
            if known.users.contains_key(&added.name) {
                return Err(Unchanged::Invalid(format!("there is a user {} already", added.name)));
            }
            store.add_user(&added, clock::unix_seconds()).map_err(Unchanged::Unwell)?;
            known.users.insert(added.name.clone(), added);
            Ok(())
        })
        .await?;
        Ok(user)
    }

    /// It holds at once, on open connections too.
    pub async fn set_role(&self, name: &str, role: &str) -> Result<(), Unchanged> {
        let (name, role): (Arc<str>, Arc<str>) = (name.into(), role.into());
        self.change(move |store, known| {
            let user = known.users.get_mut(&name).ok_or_else(|| no_user(&name))?;
            store.set_role(&name, &role).map_err(Unchanged::Unwell)?;
            user.role = role;
            Ok(())
        })
        .await
    }

    pub async fn disable_user(&self, name: &str) -> Result<(), Unchanged> {
        let name: Arc<str> = name.into();
        self.change(move |store, known| {
            let user = known.users.get_mut(&name).ok_or_else(|| no_user(&name))?;
            store.disable_user(&name).map_err(Unchanged::Unwell)?;
            user.disabled = true;
            Ok(())
        })
        .await
    }

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

    pub fn users(&self) -> Vec<User> {
        let mut users: Vec<User> = self.known.load().users.values().cloned().collect();
        users.sort_by(|a, b| a.name.cmp(&b.name));
        users
    }

    /// Tokens that have not expired.
    pub fn tokens(&self) -> Vec<Token> {
        let now = clock::unix_seconds();
        let known = self.known.load();
        let mut tokens: Vec<Token> = known.tokens.values().filter(|token| token.expires_at > now).cloned().collect();
        tokens.sort_by(|a, b| (a.issued_at, &a.jti).cmp(&(b.issued_at, &b.jti)));
        tokens
    }

    /// Durable first, then in memory, then told: one change at a time.
    async fn change<F>(&self, change: F) -> Result<(), Unchanged>
    where
        F: FnOnce(&mut Store, &mut Known) -> Result<(), Unchanged> + Send + 'static,
    {
        let mut store = self.store.clone().lock_owned().await;
        let mut known = Known::clone(&self.known.load());
        let work = move || (change(&mut store, &mut known).map(|()| known), store);
        let (known, _store) =
            tokio::task::spawn_blocking(work).await.map_err(|error| Unchanged::Unwell(error.into()))?;
        self.known.store(Arc::new(known?));
        self.changed.send_modify(|count| *count += 1);
        Ok(())
    }

    /// When the file is unwell, nobody signs in.
    async fn check_store(&self) -> Result<(), Denied> {
        let store = self.store.clone().lock_owned().await;
        match tokio::task::spawn_blocking(move || store.check()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::error!(error = format!("{error:#}"), "state.db is unwell: nobody signs in");
                Err(Denied { fault: Fault::Ours, ..Denied::because("state.db is unwell") })
            }
            Err(_) => Err(Denied { fault: Fault::Ours, ..Denied::because("state.db is unwell") }),
        }
    }
}

impl Token {
    fn new(user: &str, ttl: Duration) -> Token {
        let issued_at = clock::unix_seconds();
        let ttl_s = i64::try_from(ttl.as_secs()).expect("a time to live is bounded by 90 days");
        Token { jti: token::new_jti(), user: user.into(), issued_at, expires_at: issued_at + ttl_s, revoked: false }
    }
}

impl SignIn {
    pub fn with(token: &Token) -> SignIn {
        SignIn::until(token.user.clone(), token.jti.clone(), token.expires_at)
    }

    fn until(user: Arc<str>, jti: Arc<str>, expires_at: i64) -> SignIn {
        let left = u64::try_from(expires_at - clock::unix_seconds()).unwrap_or(0);
        SignIn { user, jti, expires_at, expires: Instant::now() + Duration::from_secs(left) }
    }
}

fn check_name(name: &str) -> Result<(), Unchanged> {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    if name.is_empty() || name.len() > 64 || !name.bytes().all(good) {
        return Err(Unchanged::Invalid("a user's name has 1 to 64 of a-z, 0-9, '.', '_' and '-'".into()));
    }
    match RESERVED_NAMES.contains(&name) {
        true => Err(Unchanged::Invalid(format!("the name {name} is the gateway's own"))),
        false => Ok(()),
    }
}

fn no_user(name: &str) -> Unchanged {
    Unchanged::Invalid(format!("there is no active user {name}"))
}

#[cfg(test)]
mod tests;
