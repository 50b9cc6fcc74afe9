//! Issuing, listing and revoking tokens.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};

use super::{AdminRequest, Answer, body, unchanged};
use crate::audit::Event;
use crate::identity::{Narrowing, TokenTerms};
use crate::platform::clock;
use crate::wire::refusal::{Code, Refusal};

pub async fn issue(request: &AdminRequest<'_>) -> Answer {
    let terms = TokenTerms {
        ttl: Duration::from_secs(request.param("ttl_s").and_then(Value::as_u64).unwrap_or_default()),
        label: request.param("label").and_then(Value::as_str).map(Arc::from),
        narrowing: request.param("only").map(read_narrowing).transpose()?,
        issuers: request.issuers(),
    };
    let directory = &request.shared.directory;
    let (token, text) = directory.issue_token(request.text("user"), terms).await.map_err(unchanged)?;
    let issued = Event::new("token_issued")
        .with("caller", request.admitted.caller().name().as_ref())
        .with("user", token.user.as_ref())
        .with("jti", token.jti.as_ref());
    // The trail has no row of the token's issue, so it is treated as unknown.
    if let Err(refusal) = request.recorder.anchor(issued).await {
        directory.revoke_token(&token.jti).await.map_err(unchanged)?;
        return Err(refusal);
    }
    let expires = clock::rfc3339(token.expires_at);
    Ok(body(json!({"token": text.expose_secret(), "jti": token.jti, "user": token.user, "expires": expires})))
}

fn read_narrowing(patterns: &Value) -> Result<Narrowing, Refusal> {
    let patterns = patterns.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    Narrowing::parse(patterns).map_err(|error| Refusal::new(Code::InvalidParams, format!("only: {error}")))
}

pub fn list(request: &AdminRequest<'_>) -> Map<String, Value> {
    let directory = &request.shared.directory;
    body(json!({"tokens": directory.tokens(), "sign_ins": directory.sign_ins()}))
}

pub async fn revoke(request: &AdminRequest<'_>) -> Answer {
    let jti = request.text("jti");
    request.shared.directory.revoke_token(jti).await.map_err(unchanged)?;
    Ok(body(json!({"jti": jti, "message": "revoked; its connections end now"})))
}

pub async fn rotate_keys(request: &AdminRequest<'_>) -> Answer {
    let kid = request.shared.directory.rotate_keys().await.map_err(unchanged)?;
    Ok(body(json!({"kid": kid, "message": "new tokens are signed with a new key; issued tokens stay valid"})))
}
