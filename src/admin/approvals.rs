//! Requests that wait for approval: listing them, deciding about them, and reading the outcome.

use serde_json::{Map, Value, json};

use super::{AdminRequest, Answer, body};
use crate::approvals::{Decision, Proposal};
use crate::audit::Event;
use crate::gateway::permit::Rights;
use crate::wire::refusal::{Code, Refusal};

/// The proposals that the caller may decide about.
pub fn list(request: &AdminRequest<'_>) -> Map<String, Value> {
    let waiting = request.shared.approvals.list(|proposal| may_see(request, proposal));
    let waiting: Vec<Value> = waiting.into_iter().map(Value::Object).collect();
    body(json!({"approvals": waiting}))
}

/// The state or outcome of a proposal of the caller.
pub fn show(request: &AdminRequest<'_>) -> Answer {
    let (ticket, caller) = (request.text("ticket"), request.admitted.caller().name());
    request.shared.approvals.outcome(ticket, caller).ok_or_else(|| {
        let message = format!("no request of yours has the ticket {ticket}; tickets end when the gateway restarts");
        Refusal::new(Code::InvalidParams, message)
    })
}

pub async fn decide(request: &AdminRequest<'_>, decision: Decision) -> Answer {
    let by = (request.admitted.caller(), request.admitted.role());
    let ticket = request.text("ticket");
    let decided = request.shared.approvals.decide(ticket, decision, by, |proposal| may_see(request, proposal))?;
    let word = if decision == Decision::Approve { "approved" } else { "denied" };
    let event = Event::new("approval")
        .with("ticket", ticket)
        .with("decision", word)
        .with("caller", by.0.name().as_ref())
        .with_some("proof", decided.get("proof").and_then(Value::as_str))
        .with_some("proposer", decided.get("caller").and_then(Value::as_str));
    request.recorder.event(event).await;
    Ok(decided)
}

/// Whether a person may see a proposal: they must be allowed the request, and to read its targets.
fn may_see(request: &AdminRequest<'_>, proposal: &Proposal) -> bool {
    let loaded = request.shared.policy.load();
    let rights = Rights::of(&loaded, request.admitted.caller(), request.admitted.role());
    rights.may_decide_about(proposal.requested.action, &proposal.requested.params)
}
