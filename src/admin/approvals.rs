//! Requests that wait for approval: listing them, deciding about them, and reading the outcome.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{AdminRequest, Answer, body};
use crate::approvals::{Decision, Proposal, Requested};
use crate::audit::Event;
use crate::gateway::permit::Rights;
use crate::wire::refusal::{Code, Refusal};

/// The proposals that the caller may decide about.
pub fn list(request: &AdminRequest<'_>) -> Map<String, Value> {
    let waiting = request.shared.approvals.list(|proposal| may_decide(request, &proposal.requested));
    let waiting: Vec<Value> = waiting.into_iter().map(Value::Object).collect();
    body(json!({"approvals": waiting}))
}

/// The state or outcome of a proposal of the caller.
pub fn show(request: &AdminRequest<'_>) -> Answer {
    let ticket = request.text("ticket");
    let caller = request.admitted.caller();
    request.shared.approvals.outcome(ticket, caller).ok_or_else(|| {
        let message = format!("no request of yours has the ticket {ticket}; tickets end when the gateway restarts");
        Refusal::new(Code::InvalidParams, message)
    })
}

pub async fn decide(request: &AdminRequest<'_>, decision: Decision) -> Answer {
    let by = (request.admitted.caller(), request.admitted.role());
    let ticket = request.text("ticket");
    let lasts = request.param("for_s").and_then(Value::as_u64).map(Duration::from_secs);
    let may_see = |proposal: &Proposal| may_decide(request, &proposal.requested);
    let decided = request.shared.approvals.decide(ticket, decision, lasts, by, may_see)?;
    let word = if decision == Decision::Approve { "approved" } else { "denied" };
    let event = Event::new("approval")
        .with("ticket", ticket)
        .with("decision", word)
        .with("caller", by.0.name().as_ref())
        .with_some("proof", decided.get("proof").and_then(Value::as_str))
        .with_some("proposer", decided.get("caller").and_then(Value::as_str));
    request.recorder.event(event).await;
    request.recorder.events(request.shared.approvals.expire()).await;
    Ok(decided)
}

/// The grants in force that the caller could have given.
pub fn grants(request: &AdminRequest<'_>) -> Map<String, Value> {
    let shared = request.shared;
    let grants = shared.approvals.grants(&shared.circumstances(), |requested| may_decide(request, requested));
    let grants: Vec<Value> = grants.into_iter().map(Value::Object).collect();
    body(json!({"grants": grants}))
}

/// End a grant.
pub async fn revoke(request: &AdminRequest<'_>) -> Answer {
    let grant = request.text("grant");
    if !request.shared.approvals.revoke_grant(grant, |requested| may_decide(request, requested)) {
        let message = format!("there is no grant {grant} that you may end; see approval_grants");
        return Err(Refusal::new(Code::InvalidParams, message));
    }
    request.recorder.events(request.shared.approvals.expire()).await;
    Ok(body(json!({"grant": grant})))
}

/// Whether a person may see a proposal: they must be allowed the request, and to read its targets.
fn may_decide(request: &AdminRequest<'_>, requested: &Requested) -> bool {
    let loaded = request.shared.policy.load();
    let rights = Rights::of(&loaded, request.admitted.caller(), request.admitted.role());
    rights.may_decide_about_all(&requested.commands)
}
