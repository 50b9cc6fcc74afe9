//! The gateway's certificates, and those of clients.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{AdminRequest, Answer, body, internal, unchanged};
use crate::identity::{ClientKey, KeyTerms};
use crate::platform::clock;
use crate::shared::Shared;
use crate::tls::{Machine, ManagerError, Rotation};
use crate::wire::refusal::{Code, Refusal};

pub async fn show(request: &AdminRequest<'_>) -> Answer {
    let description = beside(request.shared, |shared| shared.tls.describe(clock::unix_seconds())).await?;
    Ok(body(Value::Object(description)))
}

pub async fn renew(request: &AdminRequest<'_>) -> Answer {
    let renew = |shared: &Shared| shared.tls.renew(clock::unix_seconds(), &Machine::this());
    let (leaf, event) = beside(request.shared, renew).await?;
    request.recorder.event(event).await;
    Ok(body(json!({"until": clock::rfc3339(leaf.not_after), "names": leaf.names})))
}

/// Renew the certificate. The answer is that of `certificate_show`.
pub async fn rotate(request: &AdminRequest<'_>) -> Answer {
    let rotation =
        if request.param("force") == Some(&Value::Bool(true)) { Rotation::Forced } else { Rotation::Graceful };
    let rotate = move |shared: &Shared| shared.tls.rotate(clock::unix_seconds(), &Machine::this(), rotation);
    let event = beside(request.shared, rotate).await?;
    request.recorder.event(event).await;
    show(request).await
}

/// Issue a certificate for a client's key, and register the key for the user.
pub async fn issue_client(request: &AdminRequest<'_>) -> Answer {
    let terms = KeyTerms {
        ttl: Duration::from_secs(request.param("ttl_s").and_then(Value::as_u64).unwrap_or_default()),
        label: request.param("label").and_then(Value::as_str),
        issuers: request.issuers(),
    };
    let (key, certificate) = issue_to(request.shared, request.text("user"), request.text("public_key"), terms).await?;
    let expires = clock::rfc3339(key.expires_at);
    Ok(body(json!({"certificate": certificate, "key": key.key, "user": key.user, "expires": expires})))
}

/// Sign a client's public key (PEM) for a user and register it. Returns the certificate in PEM.
pub async fn issue_to(
    shared: &Arc<Shared>,
    user: &str,
    public_key: &str,
    terms: KeyTerms<'_>,
) -> Result<(ClientKey, String), Refusal> {
    let until = clock::unix_seconds() + i64::try_from(terms.ttl.as_secs()).unwrap_or_default();
    let named = user.to_owned();
    let public_key = public_key.to_owned();
    let issued = beside(shared, move |shared| shared.tls.issue_client(&public_key, &named, until)).await?;
    let key = ClientKey::new(issued.key, user, terms);
    shared.directory.add_client_key(key.clone()).await.map_err(unchanged)?;
    Ok((key, issued.pem))
}

pub fn list_clients(request: &AdminRequest<'_>) -> Map<String, Value> {
    body(json!({"certificates": request.shared.directory.client_keys()}))
}

pub async fn revoke_client(request: &AdminRequest<'_>) -> Answer {
    let key = request.text("key");
    request.shared.directory.revoke_client_key(key).await.map_err(unchanged)?;
    Ok(body(json!({"key": key, "message": "revoked; its connections end now"})))
}

/// Run blocking work, such as reading files or generating keys, off the asynchronous path.
pub async fn beside<T: Send + 'static>(
    shared: &Arc<Shared>,
    work: impl FnOnce(&Shared) -> Result<T, ManagerError> + Send + 'static,
) -> Result<T, Refusal> {
    let shared = shared.clone();
    let done = tokio::task::spawn_blocking(move || work(&shared)).await;
    done.map_err(|error| internal(&error.to_string()))?.map_err(|unissued| match unissued {
        ManagerError::Refused(sentence) => Refusal::new(Code::PreconditionFailed, sentence),
        ManagerError::Failed(error) => internal(&format!("cannot change certificates: {error:#}")),
    })
}
