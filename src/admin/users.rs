//! Adding, changing and removing users.

use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::{AdminRequest, Answer, body, unchanged};
use crate::identity::NewPassword;
use crate::shared::Shared;
use crate::wire::refusal::{Code, Refusal};

pub async fn add(request: &AdminRequest<'_>, password: Option<SecretString>) -> Answer {
    let user = request.text("user");
    let role = request.text("role");
    check_role(request.shared, role)?;
    let password = password.map(|text| NewPassword { text, issuers: request.issuers() });
    request.shared.directory.add_user(user, role, password).await.map_err(unchanged)?;
    Ok(body(json!({"user": user, "role": role})))
}

pub async fn set_role(request: &AdminRequest<'_>) -> Answer {
    let user = request.text("user");
    let role = request.text("role");
    check_role(request.shared, role)?;
    request.shared.directory.set_role(user, role).await.map_err(unchanged)?;
    Ok(body(json!({"user": user, "role": role})))
}

pub fn list(request: &AdminRequest<'_>) -> Map<String, Value> {
    body(json!({"users": request.shared.directory.users()}))
}

pub async fn disable(request: &AdminRequest<'_>) -> Answer {
    let user = request.text("user");
    request.shared.directory.disable_user(user).await.map_err(unchanged)?;
    Ok(body(json!({"user": user, "message": "disabled; open connections end now"})))
}

pub async fn enable(request: &AdminRequest<'_>) -> Answer {
    let user = request.text("user");
    request.shared.directory.enable_user(user).await.map_err(unchanged)?;
    Ok(body(json!({"user": user, "message": "enabled; the user's tokens are valid again"})))
}

pub async fn remove(request: &AdminRequest<'_>) -> Answer {
    let user = request.text("user");
    request.shared.directory.remove_user(user).await.map_err(unchanged)?;
    Ok(body(json!({"user": user, "message": "removed; open connections end now, and the name cannot be used again"})))
}

pub async fn set_password(request: &AdminRequest<'_>, password: Option<SecretString>) -> Answer {
    let user = request.text("user");
    let password = NewPassword { text: password.unwrap_or_default(), issuers: request.issuers() };
    request.shared.directory.set_password(user, password).await.map_err(unchanged)?;
    Ok(body(json!({"user": user, "message": "the old password is no longer valid"})))
}

pub(super) fn check_role(shared: &Shared, role: &str) -> Result<(), Refusal> {
    let policy = shared.policy.load();
    if policy.policy.has_role(role) {
        Ok(())
    } else {
        let roles = policy.policy.role_names().join(", ");
        Err(Refusal::new(Code::InvalidParams, format!("that role does not exist; the roles are {roles}")))
    }
}
