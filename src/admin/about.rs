//! What a caller asks about itself and about the gateway.

use serde_json::{Map, Value, json};

use super::{AdminRequest, body};
use crate::command::catalogue;
use crate::gateway::permit::Rights;

pub fn whoami(request: &AdminRequest<'_>) -> Map<String, Value> {
    let mut body = request.admitted.caller().describe(request.admitted.role());
    body.extend(request.recorder.health().handed_out());
    body
}

/// Only what the caller may call.
pub fn tools(request: &AdminRequest<'_>) -> Map<String, Value> {
    let policy = request.shared.policy.load();
    let rights = Rights::of(&policy.policy, request.admitted.caller(), request.admitted.role());
    let tools: Vec<_> = catalogue().actions().iter().filter(|action| rights.allow_ever(action)).collect();
    let mut answer = body(json!({"tools": tools.iter().map(|action| &action.name).collect::<Vec<_>>()}));
    if request.param("schemas") == Some(&Value::Bool(true)) {
        answer.insert("schemas".into(), tools.iter().map(|action| action.entry.clone()).collect());
    }
    answer
}

pub async fn status(request: &AdminRequest<'_>) -> Map<String, Value> {
    let shared = request.shared;
    let sources = &shared.limits.sources;
    let mut sign_in = match shared.directory.store_failure().await {
        None => json!({"well": true}),
        Some(reason) => json!({"well": false, "reason": reason.to_string()}),
    };
    sign_in["password_evaluations"] = shared.directory.password_evaluations().into();
    let mut trail = request.recorder.health().describe();
    trail["room"] = shared.limits.shares.describe();
    body(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "uptime_s": (shared.clock.now() - shared.started).as_secs(),
        "connections": shared.connections.count(),
        "unread_answer_bytes": shared.limits.unread_bytes(),
        "penalised": {"sources": sources.penalised(), "accounts": sources.slowed()},
        "bridge": shared.bridge.describe(),
        "trail": trail,
        "sign_in": sign_in,
        "policy": shared.policy.load().policy.digest,
    }))
}
