//! What a caller asks about itself and about the gateway.

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::{Asked, body};
use crate::command::catalogue;
use crate::gateway::permit::Rights;

pub fn whoami(asked: &Asked<'_>) -> Map<String, Value> {
    let mut body = asked.admitted.caller().describe(asked.admitted.role());
    body.extend(asked.recorder.health().handed_out());
    body
}

/// Only what the caller may call.
pub fn tools(asked: &Asked<'_>) -> Map<String, Value> {
    let policy = asked.shared.policy.load();
    let rights = Rights::of(&policy.policy, asked.admitted.caller(), asked.admitted.role());
    let tools: Vec<_> = catalogue().actions().iter().filter(|action| rights.allow_ever(action)).collect();
    let mut answer = body(json!({"tools": tools.iter().map(|action| &action.name).collect::<Vec<_>>()}));
    if asked.param("schemas") == Some(&Value::Bool(true)) {
        answer.insert("schemas".into(), tools.iter().map(|action| action.entry.clone()).collect());
    }
    answer
}

pub async fn status(asked: &Asked<'_>) -> Map<String, Value> {
    let (shared, now) = (asked.shared, Instant::now());
    let sources = &shared.limits.sources;
    let mut sign_in = match shared.directory.trouble().await {
        None => json!({"well": true}),
        Some(reason) => json!({"well": false, "reason": reason}),
    };
    sign_in["password_evaluations"] = shared.directory.password_evaluations().into();
    let mut trail = asked.recorder.health().describe();
    trail["room"] = shared.limits.shares.describe();
    body(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "uptime_s": (shared.clock.now() - shared.started).as_secs(),
        "connections": shared.connections.count(),
        "penalised": {"sources": sources.penalised(now), "accounts": sources.slowed(now)},
        "bridge": shared.bridge.describe(),
        "trail": trail,
        "sign_in": sign_in,
        "policy": shared.policy.load().policy.digest,
    }))
}
