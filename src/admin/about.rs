//! Answers questions of a caller about itself and about the gateway.

use serde_json::{Map, Value, json};

use super::{AdminRequest, body};

pub fn whoami(request: &AdminRequest<'_>) -> Map<String, Value> {
    let mut body = request.admitted.caller().describe(request.admitted.role());
    body.extend(request.recorder.health().handed_out());
    body
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
        "policy_problem": shared.policy_problem.load_full(),
        "other_programs": shared.other_programs.load().describe(),
        "frozen": shared.policy.load().freeze,
    }))
}
