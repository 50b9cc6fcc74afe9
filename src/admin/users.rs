//! Who may sign in.

use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::{Answer, Asked, body, unchanged};
use crate::gateway::Shared;
use crate::wire::refusal::{Code, Refusal};

pub async fn add(asked: &Asked<'_>, password: Option<SecretString>) -> Answer {
    let (user, role) = (asked.text("user"), asked.text("role"));
    check_role(asked.shared, role)?;
    asked.shared.directory.add_user(user, role, password).await.map_err(unchanged)?;
    Ok(body(json!({"user": user, "role": role})))
}

pub async fn set_role(asked: &Asked<'_>) -> Answer {
    let (user, role) = (asked.text("user"), asked.text("role"));
    check_role(asked.shared, role)?;
    asked.shared.directory.set_role(user, role).await.map_err(unchanged)?;
    Ok(body(json!({"user": user, "role": role})))
}

pub fn list(asked: &Asked<'_>) -> Map<String, Value> {
    body(json!({"users": asked.shared.directory.users()}))
}

pub async fn disable(asked: &Asked<'_>) -> Answer {
    let user = asked.text("user");
    asked.shared.directory.disable_user(user).await.map_err(unchanged)?;
    Ok(body(json!({"user": user, "message": "disabled; open connections end now"})))
}

pub async fn enable(asked: &Asked<'_>) -> Answer {
    let user = asked.text("user");
    asked.shared.directory.enable_user(user).await.map_err(unchanged)?;
    Ok(body(json!({"user": user, "message": "enabled; the user's tokens are good again"})))
}

pub async fn remove(asked: &Asked<'_>) -> Answer {
    let user = asked.text("user");
    asked.shared.directory.remove_user(user).await.map_err(unchanged)?;
    Ok(body(json!({"user": user, "message": "removed; open connections end now, and the name is not given again"})))
}

pub async fn set_password(asked: &Asked<'_>, password: Option<SecretString>) -> Answer {
    let user = asked.text("user");
    asked.shared.directory.set_password(user, password.unwrap_or_default()).await.map_err(unchanged)?;
    Ok(body(json!({"user": user, "message": "the old password is no longer good"})))
}

pub(super) fn check_role(shared: &Shared, role: &str) -> Result<(), Refusal> {
    let policy = shared.policy.load();
    match policy.policy.has_role(role) {
        true => Ok(()),
        false => {
            let roles = policy.policy.role_names().join(", ");
            Err(Refusal::new(Code::InvalidParams, format!("there is no such role; the roles are {roles}")))
        }
    }
}
