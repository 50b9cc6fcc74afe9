//! Keys of client certificates: whoever proves in the handshake to hold one is its user.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use rusqlite::params;
use serde::Serialize;

use super::store::{Store, run};
use super::tokens::{check_label, check_may_have_one};
use super::{Denied, Directory, Fault, Proof, SignIn, Unchanged};
use crate::platform::clock;

/// The key of a client's certificate. Not the certificate counts but its key, and what is known of it here.
#[derive(Clone, Debug, Serialize)]
pub struct ClientKey {
    /// The SHA-256 of its SubjectPublicKeyInfo in hex.
    pub key: Arc<str>,
    pub user: Arc<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Arc<str>>,
    /// Unix time in seconds.
    pub issued_at: i64,
    pub expires_at: i64,
    pub revoked: bool,
}

/// What is known of a key that a client shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    Good,
    /// It was good once, and was revoked or has expired.
    Ended,
    Unknown,
}

/// A key that has expired is remembered for as long as one may live, so that its device is known for what it is when it comes again.
const REMEMBERED_S: i64 = 90 * 86_400;

impl ClientKey {
    pub fn new(key: [u8; 32], user: &str, label: Option<&str>, ttl: Duration) -> ClientKey {
        let issued_at = clock::unix_seconds();
        let ttl_s = i64::try_from(ttl.as_secs()).expect("a time to live is bounded by 90 days");
        let (key, label) = (hex::encode(key).into(), label.map(Into::into));
        ClientKey { key, user: user.into(), label, issued_at, expires_at: issued_at + ttl_s, revoked: false }
    }

    fn is_good(&self) -> bool {
        !self.revoked && self.expires_at > clock::unix_seconds()
    }
}

impl Directory {
    /// From now on whoever holds the key is its user. A key is one user's, once.
    pub async fn add_client_key(&self, key: ClientKey) -> Result<(), Unchanged> {
        key.label.as_deref().map_or(Ok(()), check_label)?;
        self.change(move |store, known| {
            check_may_have_one(known, &key.user)?;
            if known.client_keys.contains_key(&key.key) {
                return Err(Unchanged::Invalid(
                    "this key is registered already; a new certificate takes a new key".into(),
                ));
            }
            store.add_client_key(&key).map_err(Unchanged::Unwell)?;
            known.client_keys.retain(|_, other| other.expires_at >= key.issued_at - REMEMBERED_S);
            known.client_keys.insert(key.key.clone(), key);
            Ok(())
        })
        .await
    }

    pub async fn revoke_client_key(&self, key: &str) -> Result<(), Unchanged> {
        let key: Arc<str> = key.into();
        self.change(move |store, known| {
            let unknown = || Unchanged::Invalid(format!("there is no client certificate with the key {key}"));
            let known = known.client_keys.get_mut(&key).ok_or_else(unknown)?;
            store.revoke_client_key(&key).map_err(Unchanged::Unwell)?;
            known.revoked = true;
            Ok(())
        })
        .await
    }

    /// Those that have not expired.
    pub fn client_keys(&self) -> Vec<ClientKey> {
        let (known, now) = (self.known.load(), clock::unix_seconds());
        let mut keys: Vec<ClientKey> = known.client_keys.values().filter(|key| key.expires_at > now).cloned().collect();
        keys.sort_by(|a, b| (a.issued_at, &a.key).cmp(&(b.issued_at, &b.key)));
        keys
    }

    /// Whether a handshake with this key is worth going on with.
    pub fn registration(&self, key: &[u8; 32]) -> Registration {
        match self.known.load().client_keys.get(hex::encode(key).as_str()) {
            Some(key) if key.is_good() => Registration::Good,
            Some(_) => Registration::Ended,
            None => Registration::Unknown,
        }
    }

    /// Whose the key is that a client has proved to hold.
    pub async fn sign_in_with_key(&self, key: &[u8; 32]) -> Result<SignIn, Denied> {
        self.check_store().await?;
        let known = self.known.load();
        let unknown = || Denied::because("a client key that is not registered");
        let key = known.client_keys.get(hex::encode(key).as_str()).ok_or_else(unknown)?;
        let denied = |reason| Err(Denied { reason, user: Some(key.user.clone()), fault: Fault::Outdated, ended: None });
        match known.users.get(&key.user) {
            _ if !key.is_good() => denied("a client key that was revoked or has expired"),
            None => denied("a client key of nobody known"),
            Some(user) if !user.is_active() => denied("a disabled user"),
            Some(_) => Ok(SignIn::until(key.user.clone(), Proof::Key(key.key.clone()), key.expires_at)),
        }
    }
}

impl Store {
    pub(super) fn load_client_keys(&self) -> Result<Vec<ClientKey>> {
        let columns = "SELECT spki_sha256, user, label, issued_at, expires_at, revoked FROM client_key";
        let mut keys = self.db.prepare(columns)?;
        let rows = keys.query_map([], |row| {
            Ok(ClientKey {
                key: row.get(0)?,
                user: row.get(1)?,
                label: row.get(2)?,
                issued_at: row.get(3)?,
                expires_at: row.get(4)?,
                revoked: row.get(5)?,
            })
        })?;
        rows.collect::<Result<_, _>>().context("cannot read the client keys")
    }

    fn add_client_key(&mut self, key: &ClientKey) -> Result<()> {
        let row = params![key.key, key.user, key.label, key.issued_at, key.expires_at, key.revoked];
        let columns = "spki_sha256, user, label, issued_at, expires_at, revoked";
        let sql = format!("INSERT INTO client_key ({columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        self.write(|file| {
            run(file, "DELETE FROM client_key WHERE expires_at < ?1", params![key.issued_at - REMEMBERED_S])?;
            run(file, &sql, row)
        })
    }

    fn revoke_client_key(&mut self, key: &str) -> Result<()> {
        self.write(|file| run(file, "UPDATE client_key SET revoked = 1 WHERE spki_sha256 = ?1", params![key]))
    }
}
