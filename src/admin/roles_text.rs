//! Roles files that are not in force: checked, tested, and compared with those that are.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{AdminRequest, Answer, body, internal, reload};
use crate::platform::clock;
use crate::policy::{Policy, Source, cases};
use crate::shared::Shared;
use crate::wire::refusal::{Code, Refusal};

/// Read roles as when they are loaded, and run their tests.
pub async fn check(request: &AdminRequest<'_>) -> Answer {
    let roles = text(request, "roles").unwrap_or_default();
    let cases = text(request, "cases");
    beside(request.shared, move |shared| {
        let policy = read(shared, "roles", &roles)?;
        let report = cases.map(|cases| run(&policy, &cases)).transpose()?.unwrap_or_default();
        let warnings = reload::warnings(shared, &policy);
        Ok(json!({
            "roles": policy.role_names(), "sha256": policy.digest, "passed": report.passed, "failures": report.failures,
            "warnings": warnings,
        }))
    })
    .await
}

/// Run cases against roles: those of the request, or those in force.
pub async fn test(request: &AdminRequest<'_>) -> Answer {
    let roles = text(request, "roles");
    let cases = text(request, "cases");
    beside(request.shared, move |shared| {
        let policy = match roles {
            Some(roles) => Arc::new(read(shared, "roles", &roles)?),
            None => shared.policy.load().policy.clone(),
        };
        let report = run(&policy, &cases.map_or_else(|| cases_in_force(&shared.policy_source), Ok)?)?;
        Ok(json!({"sha256": policy.digest, "passed": report.passed, "failures": report.failures}))
    })
    .await
}

/// What each role gains and loses.
pub async fn diff(request: &AdminRequest<'_>) -> Answer {
    let roles = text(request, "roles").unwrap_or_default();
    let before = text(request, "before");
    beside(request.shared, move |shared| {
        let before = match before {
            Some(before) => Arc::new(read(shared, "before", &before)?),
            None => shared.policy.load().policy.clone(),
        };
        let after = read(shared, "roles", &roles)?;
        let changes = after.changes_since(&before, clock::now());
        Ok(json!({"changes": changes, "before": before.digest, "sha256": after.digest}))
    })
    .await
}

fn read(shared: &Shared, param: &str, text: &str) -> Result<Policy, Refusal> {
    let policy = Policy::for_live(param, text, shared.config.policy.where_chars_max);
    policy.map_err(|mistake| Refusal::new(Code::InvalidParams, mistake.to_string()))
}

fn run(policy: &Policy, cases: &str) -> Result<cases::Report, Refusal> {
    cases::run(policy, cases).map_err(|reason| Refusal::new(Code::InvalidParams, format!("cases: {reason}")))
}

/// The cases beside the roles file, or those of the shipped roles.
fn cases_in_force(source: &Source) -> Result<String, Refusal> {
    let cases = source.cases().map_err(|error| Refusal::new(Code::PreconditionFailed, error.to_string()))?;
    Ok(cases.unwrap_or_else(|| cases::SHIPPED.to_owned()))
}

fn text(request: &AdminRequest<'_>, param: &str) -> Option<String> {
    request.param(param).and_then(Value::as_str).map(str::to_owned)
}

/// Compiling roles takes milliseconds, and reading cases may wait for a disk.
async fn beside(shared: &Arc<Shared>, work: impl FnOnce(&Shared) -> Result<Value, Refusal> + Send + 'static) -> Answer {
    let shared = shared.clone();
    let done = tokio::task::spawn_blocking(move || work(&shared)).await;
    done.map_err(|error| internal(&error.to_string()))?.map(body)
}
