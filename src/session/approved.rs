//! Runs approved requests. Each is decided again on the same path as a line of its caller, and runs only on the targets that the person was shown.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::mpsc;

use super::{SessionContext, shutdown_requested};
use crate::approvals::{Approver, Circumstances, Requested, Start};
use crate::audit::{Anchor, Event};
use crate::gateway::identify::{Caller, SignInEnd};
use crate::gateway::permit::{LoadedPolicy, Rights};
use crate::gateway::record::Entry;
use crate::replies::answers::Answers;
use crate::shared::Shared;

/// Interval between checks for expired proposals.
const EXPIRY_MS: u64 = 500;

/// Run approved requests and expire proposals, until shutdown.
pub async fn run(mut context: SessionContext, mut approved: mpsc::Receiver<Arc<str>>) {
    let mut expiry = tokio::time::interval(Duration::from_millis(EXPIRY_MS));
    expiry.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut directory_changes = context.shared.directory.changes();
    loop {
        tokio::select! {
            Some(ticket) = approved.recv() => {
                let context = context.clone();
                tokio::spawn(async move { carry_out(&context, &ticket).await });
            }
            Ok(()) = directory_changes.changed() => {
                end_grants_without_rights(&context.shared);
                context.recorder.events(context.shared.approvals.expire()).await;
            }
            _ = expiry.tick() => {
                end_grants_of_other_circumstances(&context.shared);
                context.recorder.events(context.shared.approvals.expire()).await;
            }
            () = shutdown_requested(&mut context.shutdown) => break,
        }
    }
    context.shared.approvals.shut_down();
    context.recorder.events(context.shared.approvals.expire()).await;
}

async fn carry_out(context: &SessionContext, ticket: &Arc<str>) {
    let shared = &context.shared;
    let approvals = &context.shared.approvals;
    // All of it is decided by one policy.
    let policy = shared.policy.load_full();
    let circumstances = Circumstances { policy: policy.policy.digest.clone(), ..shared.circumstances() };
    if let Some(start) = approvals.start(ticket, &circumstances) {
        if may_still_approve(shared, &policy, &start.by, &start.requested) {
            let body = run_once(context, start, &policy).await;
            context.recorder.event(Event::new("approval_done").with("ticket", ticket.as_ref())).await;
            approvals.finish(ticket, body);
        } else {
            approvals.void(ticket, APPROVER_ENDED);
            approvals.end_grants_of(&start.by.caller);
        }
    }
    context.recorder.events(approvals.expire()).await;
}

const APPROVER_ENDED: &str = "the person who approved no longer has the right to";

/// After a change of users or credentials: end the grants of which one side lost its rights.
fn end_grants_without_rights(shared: &Shared) {
    let policy = shared.policy.load_full();
    let is_revoked = |caller: &Caller| caller.current_role(&shared.directory) == Err(SignInEnd::Revoked);
    let approvals = &shared.approvals;
    approvals.end_grants_where("the rights of who asked have ended", |requested, _| is_revoked(&requested.caller));
    approvals.end_grants_where(APPROVER_ENDED, |requested, by| !may_still_approve(shared, &policy, by, requested));
}

/// A grant is for one policy and one set. While no set is known, none has replaced it.
fn end_grants_of_other_circumstances(shared: &Shared) {
    let now = shared.circumstances();
    let reason = "the policy has changed, or another set was loaded";
    if now.set_epoch.is_some() {
        shared.approvals.end_grants_where(reason, |requested, _| requested.circumstances != now);
    }
}

/// Whether the person who approved may still do so.
fn may_still_approve(shared: &Shared, policy: &LoadedPolicy, by: &Approver, requested: &Requested) -> bool {
    let by = &by.caller;
    match by.current_role(&shared.directory) {
        // A grant outlives the sign-in of who gave it, but not their token.
        Err(SignInEnd::Expired) => true,
        Err(SignInEnd::Revoked) => false,
        Ok(role) => Rights::of(policy, by, &role).may_decide_about_all(&requested.commands),
    }
}

/// The answer. A refusal has its row, too.
async fn run_once(context: &SessionContext, start: Start, policy: &LoadedPolicy) -> Map<String, Value> {
    let shared = &context.shared;
    let Start { caller, message, approval, .. } = start;
    let allowance = shared.limits.of_caller(caller.name());
    let mut answers = Answers::new(shared.connections.number(), allowance.unread.clone());
    let session = Arc::new(Anchor::new(session_event(&caller)));
    let policy_row = policy.anchor.clone();
    let slot = answers.slot(None);
    let entry = match shared.decide_approved(&message, (caller, approval), (policy, &allowance)) {
        Ok(claimed) => Entry::Permitted { claimed, session, policy: policy_row, slot },
        Err(refused) => {
            let line = Box::new(shared.refused_line(&message.bytes, *refused));
            Entry::Refused { line, session, policy: policy_row, slot }
        }
    };
    context.recorder.submit(entry).await;
    let answered = answers.next().await;
    answers.written(answered.iter().map(|(_, line)| line.len()).sum());
    let line = answered.first().map_or(&[][..], |(_, line)| line);
    serde_json::from_slice(line).unwrap_or_default()
}

fn session_event(caller: &Caller) -> Event {
    Event::new("session")
        .with("channel", "approval")
        .with("caller", caller.name().as_ref())
        .with_some("jti", caller.jti().map(AsRef::<str>::as_ref))
        .with_some("key", caller.key().map(AsRef::<str>::as_ref))
}
