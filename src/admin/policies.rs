//! The policy: explaining, listing and reloading it, and the freeze.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::reload::{self, Reloaded, Trigger};
use super::{AdminRequest, Answer, body, internal};
use crate::command::{Action, catalogue, fill};
use crate::gateway::identify::{Caller, Role};
use crate::gateway::permit::{LoadedPolicy, Rights};
use crate::platform::clock;
use crate::policy::{Freeze, GuardVerdict, Policy, Verdict};
use crate::wire::refusal::{Code, Refusal};

/// Explain the policy's verdict on a request of a user or role: the rule and its conditions. The decision is that for a real request.
pub fn explain(request: &AdminRequest<'_>) -> Answer {
    let loaded = request.shared.policy.load();
    let subject = subject(request)?;
    let given = request.param("request").and_then(Value::as_object).cloned().unwrap_or_default();
    match given.get("commands").and_then(Value::as_array).filter(|_| given.get("action") == Some(&"batch".into())) {
        Some(commands) => explain_batch(&loaded, &subject, commands),
        None => {
            let (action, params) = read_request(given)?;
            Ok(explanation(&loaded, &subject, action, &params, clock::now()))
        }
    }
}

/// Whose request is explained.
struct Subject {
    role: Role,
    /// The role that bounds it, as for agents on this machine.
    ceiling: Option<Role>,
}

/// A batch is allowed if each of its commands is.
fn explain_batch(loaded: &LoadedPolicy, subject: &Subject, commands: &[Value]) -> Answer {
    let now = clock::now();
    let explain_one = |(index, command): (usize, &Value)| {
        let command = command.as_object().cloned().unwrap_or_default();
        let read = read_request(command).map_err(|refusal| in_commands(index, &refusal));
        read.map(|(action, params)| explanation(loaded, subject, action, &params, now))
    };
    let each = commands.iter().enumerate().map(explain_one).collect::<Result<Vec<_>, Refusal>>()?;
    let is_any = |word: &str| each.iter().any(|one| one.get("verdict") == Some(&word.into()));
    let verdict = ["deny", "depends", "ask"].into_iter().find(|word| is_any(word)).unwrap_or("allow");
    let rules: BTreeSet<&str> = each.iter().filter_map(|one| one.get("rule")?.as_str()).collect();
    let rule = rules.into_iter().collect::<Vec<_>>().join(" and ");
    Ok(body(json!({"role": subject.role.as_ref(), "verdict": verdict, "rule": rule, "commands": each})))
}

fn in_commands(index: usize, refusal: &Refusal) -> Refusal {
    invalid(format!("commands[{index}]: {}", refusal.message))
}

fn explanation(
    loaded: &LoadedPolicy,
    subject: &Subject,
    action: &Action,
    params: &Map<String, Value>,
    now: Timestamp,
) -> Map<String, Value> {
    let Subject { role, ceiling } = subject;
    if let Some(freeze) = loaded.freeze.as_ref().filter(|freeze| freeze.stops(role, action)) {
        return body(json!({"role": role.as_ref(), "verdict": "deny", "frozen_by": freeze.by}));
    }
    let verdict = Rights::within(loaded, role, None, now).under(ceiling.as_ref()).verdict(action, params);
    let mut answer = body(json!({"role": role.as_ref(), "verdict": name_of(&verdict)}));
    match verdict {
        Verdict::Allow(rule) => _ = answer.insert("rule".into(), rule.as_ref().into()),
        Verdict::Forbid(rule) => {
            answer.insert("rule".into(), rule.as_ref().into());
            let bounds = loaded.policy.bounds(role, action);
            if !bounds.is_empty() {
                answer.insert("bounds".into(), bounds.into());
            }
        }
        Verdict::Guarded(rule, guard) => {
            answer.insert("rule".into(), rule.as_ref().into());
            answer.insert("guard".into(), guard.to_value());
        }
    }
    answer
}

/// The action and its parameters, checked and completed like those of a request.
fn read_request(mut given: Map<String, Value>) -> Result<(&'static Action, Map<String, Value>), Refusal> {
    let name = given.remove("action");
    let name = name.as_ref().and_then(Value::as_str).ok_or_else(|| invalid("request must have an action".into()))?;
    let action = catalogue().find(name).ok_or_else(|| {
        let meant = catalogue().nearest(name).map(|action| format!("; did you mean {}", action.name));
        invalid(format!("there is no action {name}{}", meant.unwrap_or_default()))
    })?;
    if given.is_empty() {
        return Ok((action, given));
    }
    let params = fill(&action.params, given).map_err(|reason| invalid(format!("request: {reason}")))?;
    Ok((action, params))
}

/// The verdict's name. If it depends on Live, it is `ask` when every outcome needs a person's approval, else `depends`.
fn name_of(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Allow(_) => "allow",
        Verdict::Forbid(_) => "deny",
        Verdict::Guarded(_, guard) => match guard.unconditional() {
            Some(GuardVerdict::Ask) => "ask",
            _ => "depends",
        },
    }
}

fn subject(request: &AdminRequest<'_>) -> Result<Subject, Refusal> {
    let shared = request.shared;
    let alone = |role: &str| Subject { role: role.into(), ceiling: None };
    let subject = match (request.text("user"), request.text("role")) {
        ("", "") => return Err(invalid("give user or role".into())),
        ("", role) => alone(role),
        (user, "") => match (shared.directory.role_of(user), user) {
            (Some(role), _) => alone(&role),
            (None, "console") => alone("owner"),
            (None, "local") => alone(&shared.config.local.role),
            (None, "agent") => {
                let agent = Caller::agent(&shared.config.mcp.local_role, &shared.config.local.role);
                Subject { ceiling: agent.ceiling().cloned(), ..alone(&shared.config.mcp.local_role) }
            }
            (None, _) => return Err(invalid(format!("there is no user {user}; see user_list"))),
        },
        _ => return Err(invalid("give user or role, not both".into())),
    };
    let policy = shared.policy.load();
    if policy.policy.has_role(&subject.role) { Ok(subject) } else { Err(no_such_role(&policy.policy, &subject.role)) }
}

/// The verdict for each action and role.
pub fn matrix(request: &AdminRequest<'_>) -> Answer {
    Ok(body(json!({"matrix": request.shared.policy.load().policy.matrix(clock::now())})))
}

/// All roles, or one role with the actions that it could call.
pub fn roles(request: &AdminRequest<'_>) -> Answer {
    let loaded = request.shared.policy.load();
    let policy = &loaded.policy;
    match request.text("role") {
        "" => Ok(body(json!({"roles": policy.role_names(), "sha256": policy.digest}))),
        role if !policy.has_role(role) => Err(no_such_role(policy, role)),
        role => {
            let may = catalogue().actions().iter().filter(|action| policy.could_allow(role, action));
            let names: Vec<&str> = may.map(|action| action.name.as_str()).collect();
            Ok(body(json!({"role": role, "actions": names})))
        }
    }
}

/// Load the roles again. If they do not load, or their test cases fail, the policy in force stays.
pub async fn reload(request: &AdminRequest<'_>) -> Answer {
    match reload::reload(request.shared, request.recorder, Trigger::Request).await {
        Ok(Reloaded { before, after, warnings }) => Ok(body(json!({
            "sha256": after, "before": before, "changed": before != after, "warnings": warnings
        }))),
        Err(reason) => Err(Refusal::new(Code::PreconditionFailed, format!("{reason}; the policy in force stays"))),
    }
}

/// Freeze: refuse every change in Live except stops, at once, for all but the exempt roles.
pub fn freeze(request: &AdminRequest<'_>) -> Answer {
    let shared = request.shared;
    let loaded = shared.policy.load_full();
    let except: Vec<String> = request
        .param("except")
        .and_then(Value::as_array)
        .map(|roles| roles.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default();
    if let Some(unknown) = except.iter().find(|role| !loaded.policy.has_role(role)) {
        return Err(no_such_role(&loaded.policy, unknown));
    }
    let by = request.admitted.caller().name().to_string();
    let freeze = Freeze { by, since: clock::unix_seconds(), except };
    // The freeze is in force from here, even if it cannot be stored.
    let frozen = Arc::new(freeze.clone());
    shared.policy.rcu(|current| current.with_freeze(Some(frozen.clone())));
    shared.approvals.end_grants("a freeze began");
    let kept = freeze.keep(shared.state.path());
    kept.map_err(|error| internal(&format!("frozen, but a restart would thaw it: {error:#}")))?;
    Ok(body(json!({"frozen": true, "except": freeze.except})))
}

/// End a freeze.
pub fn thaw(request: &AdminRequest<'_>) -> Answer {
    let shared = request.shared;
    Freeze::lift(shared.state.path()).map_err(|error| internal(&format!("cannot end the freeze: {error}")))?;
    let was_frozen = shared.policy.rcu(|current| current.with_freeze(None)).freeze.is_some();
    Ok(body(json!({"frozen": false, "changed": was_frozen})))
}

/// The actions that a caller may call now or under some condition.
pub fn tools(request: &AdminRequest<'_>) -> Map<String, Value> {
    let loaded = request.shared.policy.load();
    let rights = Rights::of(&loaded, request.admitted.caller(), request.admitted.role());
    let tools: Vec<_> = catalogue().actions().iter().filter(|action| rights.could_allow(action)).collect();
    let asks = tools.iter().filter(|action| rights.could_ask(action));
    let mut answer = body(json!({
        "tools": tools.iter().map(|action| &action.name).collect::<Vec<_>>(),
        "ask": asks.map(|action| &action.name).collect::<Vec<_>>(),
    }));
    if request.param("schemas") == Some(&Value::Bool(true)) {
        answer.insert("schemas".into(), tools.iter().map(|action| Value::clone(&action.entry)).collect());
    }
    answer
}

fn no_such_role(policy: &Policy, role: &str) -> Refusal {
    invalid(format!("there is no role {role}; the roles are {}", policy.role_names().join(", ")))
}

fn invalid(message: String) -> Refusal {
    Refusal::new(Code::InvalidParams, message)
}

#[cfg(test)]
mod agreement;
