//! Runs approved requests. Each is decided again on the same path as a line of its caller, and runs only on the targets that the person was shown.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::mpsc;

use super::{SessionContext, shutdown_requested};
use crate::approvals::Start;
use crate::audit::{Anchor, Event};
use crate::gateway::identify::Caller;
use crate::gateway::permit::LoadedPolicy;
use crate::gateway::record::Entry;
use crate::replies::answers::Answers;
use crate::wire::refusal::Refusal;

/// Interval between checks for expired proposals.
const EXPIRY_MS: u64 = 500;

/// Run approved requests and expire proposals, until shutdown.
pub async fn run(mut context: SessionContext, mut approved: mpsc::Receiver<Arc<str>>) {
    let mut expiry = tokio::time::interval(Duration::from_millis(EXPIRY_MS));
    expiry.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            Some(ticket) = approved.recv() => {
                let context = context.clone();
                tokio::spawn(async move { carry_out(&context, &ticket).await });
            }
            _ = expiry.tick() => context.recorder.events(context.shared.approvals.expire()).await,
            () = shutdown_requested(&mut context.shutdown) => break,
        }
    }
    context.recorder.events(context.shared.approvals.expire()).await;
}

async fn carry_out(context: &SessionContext, ticket: &Arc<str>) {
    let shared = &context.shared;
    // One policy decides about all of it.
    let policy = shared.policy.load_full();
    // A void request reports that to its proposer.
    let Some(start) = shared.approvals.start(ticket, &policy.policy.digest) else { return };
    let body = match run_once(context, start, &policy).await {
        Ok(body) => body,
        Err(refusal) => refusal.body(),
    };
    context.recorder.event(Event::new("approval_done").with("ticket", ticket.as_ref())).await;
    shared.approvals.finish(ticket, body);
}

async fn run_once(
    context: &SessionContext,
    start: Start,
    policy: &LoadedPolicy,
) -> Result<Map<String, Value>, Refusal> {
    let shared = &context.shared;
    let Start { caller, message, approval } = start;
    let allowance = shared.limits.of_caller(caller.name());
    let decided = shared.decide_approved(&message, (caller.clone(), approval), (policy, &allowance));
    let claimed = decided.map_err(|refused| refused.refusal)?;
    let mut answers = Answers::new(shared.connections.number(), allowance.unread.clone());
    let (session, policy) = (Arc::new(Anchor::new(session_event(&caller))), policy.anchor.clone());
    context.recorder.submit(Entry::Permitted { claimed, session, policy, slot: answers.slot(None) }).await;
    let answered = answers.next().await;
    answers.written(answered.iter().map(|(_, line)| line.len()).sum());
    let line = answered.first().map_or(&[][..], |(_, line)| line);
    Ok(serde_json::from_slice(line).unwrap_or_default())
}

fn session_event(caller: &Caller) -> Event {
    Event::new("session")
        .with("channel", "approval")
        .with("caller", caller.name().as_ref())
        .with_some("jti", caller.jti().map(AsRef::<str>::as_ref))
        .with_some("key", caller.key().map(AsRef::<str>::as_ref))
}
