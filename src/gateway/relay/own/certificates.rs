//! The certificates that the gateway shows.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Answer, Asked, body, internal};
use crate::clock;
use crate::gateway::Shared;
use crate::gateway::handshake::{Force, Machine, Unissued};
use crate::refusal::{Code, Refusal};

pub async fn show(asked: &Asked<'_>) -> Answer {
    let told = beside(asked, |shared| Ok(shared.tls.describe(clock::unix_seconds())?)).await?;
    Ok(body(Value::Object(told)))
}

pub async fn renew(asked: &Asked<'_>) -> Answer {
    let renew = |shared: &Shared| shared.tls.renew(clock::unix_seconds(), &Machine::this());
    let (leaf, event) = beside(asked, renew).await?;
    asked.recorder.event(event).await;
    Ok(body(json!({"until": clock::rfc3339(leaf.not_after), "names": leaf.names})))
}

/// The answer is what `certificate_show` answers then.
pub async fn rotate(asked: &Asked<'_>) -> Answer {
    let force = if asked.param("force") == Some(&Value::Bool(true)) { Force::Yes } else { Force::No };
    let rotate = move |shared: &Shared| shared.tls.rotate(clock::unix_seconds(), &Machine::this(), force);
    let event = beside(asked, rotate).await?;
    asked.recorder.event(event).await;
    show(asked).await
}

/// Files are read and keys made beside the asynchronous path.
async fn beside<T: Send + 'static>(
    asked: &Asked<'_>,
    work: impl FnOnce(&Shared) -> Result<T, Unissued> + Send + 'static,
) -> Result<T, Refusal> {
    let shared: Arc<Shared> = asked.shared.clone();
    let done = tokio::task::spawn_blocking(move || work(&shared)).await;
    done.map_err(|error| internal(&error.to_string()))?.map_err(|unissued| match unissued {
        Unissued::NotOurs(sentence) => Refusal::new(Code::PreconditionFailed, sentence),
        Unissued::Unwell(error) => internal(&format!("cannot do that with the certificates: {error:#}")),
    })
}
