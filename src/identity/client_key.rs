//! Client keys: registering, revoking, and signing in with a client certificate.

use std::sync::Arc;

use super::directory::Directory;
use super::error::{ChangeError, Denied, Fault};
use super::names::check_label;
use super::records::{ClientKey, Proof, Registration, SignIn};
use super::store::REMEMBERED_S;
use crate::platform::clock;

impl Directory {
    /// Registers a key for a user. Errors: the key was registered before, for any user.
    pub async fn add_client_key(&self, key: ClientKey) -> Result<(), ChangeError> {
        key.label.as_deref().map_or(Ok(()), check_label)?;
        self.change(move |store, known| {
            known.check_active(&key.user)?;
            if known.client_keys.contains_key(&key.key) {
                return Err(ChangeError::Invalid(
                    "this key is registered already; a new certificate needs a new key".into(),
                ));
            }
            store.add_client_key(&key).map_err(ChangeError::Failed)?;
            known.client_keys.retain(|_, other| other.expires_at >= key.issued_at - REMEMBERED_S);
            known.client_keys.insert(key.key.clone(), key);
            Ok(())
        })
        .await
    }

    pub async fn revoke_client_key(&self, key: &str) -> Result<(), ChangeError> {
        let key: Arc<str> = key.into();
        self.change(move |store, known| {
            let unknown = || ChangeError::Invalid(format!("there is no client certificate with the key {key}"));
            let known = known.client_keys.get_mut(&key).ok_or_else(unknown)?;
            store.revoke_client_key(&key).map_err(ChangeError::Failed)?;
            known.revoked = true;
            Ok(())
        })
        .await
    }

    /// The keys that have not expired.
    pub fn client_keys(&self) -> Vec<ClientKey> {
        let known = self.known.load();
        let now = clock::unix_seconds();
        let mut keys: Vec<ClientKey> = known.client_keys.values().filter(|key| key.expires_at > now).cloned().collect();
        keys.sort_by(|a, b| (a.issued_at, &a.key).cmp(&(b.issued_at, &b.key)));
        keys
    }

    /// The standing of a key that a client presents in the handshake.
    pub fn registration(&self, key: &[u8; 32]) -> Registration {
        match self.known.load().client_keys.get(hex::encode(key).as_str()) {
            Some(key) if key.is_good() => Registration::Good,
            Some(_) => Registration::Ended,
            None => Registration::Unknown,
        }
    }

    /// Signs in the user of a key that the client proved to hold.
    pub async fn sign_in_with_key(&self, key: &[u8; 32]) -> Result<SignIn, Denied> {
        self.check_store().await?;
        let known = self.known.load();
        let unknown = || Denied::because("a client key that is not registered");
        let key = known.client_keys.get(hex::encode(key).as_str()).ok_or_else(unknown)?;
        let denied = |reason| Err(Denied { reason, user: Some(key.user.clone()), fault: Fault::Outdated, ended: None });
        match known.users.get(&key.user) {
            _ if !key.is_good() => denied("a client key that was revoked or has expired"),
            None => denied("a client key of an unknown user"),
            Some(user) if !user.is_active() => denied("a disabled user"),
            Some(_) => {
                let sign_in = SignIn::until(key.user.clone(), Proof::Key(key.key.clone()), key.expires_at);
                Ok(SignIn { issuers: key.issuers.clone(), ..sign_in })
            }
        }
    }
}
