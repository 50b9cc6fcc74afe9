//! One row as a sentence: what a caller did, tried, or had refused, and what happened to the gateway.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::entry::commands;
use super::in_live::{Edit, edits, same_action};
use crate::audit::{Listed, OutcomeKind};
use crate::command::{Facts, Sentence, Tense, catalogue};
use crate::wire::refusal::Code;

type Fields = Map<String, Value>;

/// A sentence without a full stop, and how it ended. It may contain any character of a name in the set.
#[derive(Debug, PartialEq, Eq)]
pub struct DisplaySentence {
    pub text: String,
    pub state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Done,
    Refused,
    /// Live reported an error, the deadline passed, or the client cancelled.
    Failed,
    /// It may have run.
    Unknown,
    Running,
    /// Changed in Live itself.
    InLive,
    /// Something that is not a request.
    Event,
}

/// Commands of a batch that its sentence lists.
const COMMANDS_MAX: usize = 3;

/// The sentence of a row.
pub fn sentence(row: &Listed) -> DisplaySentence {
    if row.kind != "decision" {
        return event(row);
    }
    let (state, prefix) = state(row);
    let tense = if matches!(state, State::Done) && prefix.is_empty() { Tense::Past } else { Tense::Infinitive };
    let body = match row.action.as_deref() {
        // Parameters that are not valid are not recorded: they could hold a secret.
        Some(action) if row.parameters.is_none() => action.to_owned(),
        Some(action) => action_sentence(row, action, tense),
        None => "a line that is not a request".to_owned(),
    };
    let is_said = |code: &&str| *code == Code::Forbidden.name() || *code == Code::ApprovalPending.name();
    let code = row.code.as_deref().filter(|code| !is_said(code) && state != State::Done);
    let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
    DisplaySentence { text: format!("{prefix}{body}{code}"), state }
}

/// How a request ended, and what stands before its sentence.
fn state(row: &Listed) -> (State, &'static str) {
    if row.verdict.as_deref() != Some("allow") {
        return (State::Refused, "refused: ");
    }
    let is_dry = row.terms.as_ref().and_then(|terms| terms.get("dry_run")) == Some(&Value::Bool(true));
    let Some(outcome) = &row.outcome else { return (State::Running, "running: ") };
    match OutcomeKind::from_name(outcome) {
        Some(OutcomeKind::Ok) if is_dry => (State::Done, "dry run: "),
        Some(OutcomeKind::Ok) => (State::Done, ""),
        Some(OutcomeKind::RefusedInLive) if is_proposed(row) => (State::Running, "proposed: "),
        Some(OutcomeKind::RefusedInLive) => (State::Refused, "refused in Live: "),
        Some(OutcomeKind::Expired) => (State::Failed, "expired: "),
        Some(OutcomeKind::NotSent) => (State::Failed, "not sent: "),
        Some(OutcomeKind::Cancelled) => (State::Failed, "cancelled: "),
        Some(OutcomeKind::Unknown | OutcomeKind::Interrupted) => (State::Unknown, "may have run: "),
        Some(OutcomeKind::Error) | None => (State::Failed, "failed: "),
    }
}

/// Whether the request became a proposal, which a person decides about.
fn is_proposed(row: &Listed) -> bool {
    row.code.as_deref() == Some(Code::ApprovalPending.name())
}

fn action_sentence(row: &Listed, action: &str, tense: Tense) -> String {
    let fields = |part: &Option<Value>| part.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    let parameters = fields(&row.parameters);
    let before = fields(&row.before);
    let after = fields(&row.after);
    let mut names = fields(&row.names);
    names.extend(fields(&row.touched));
    let facts = Facts { parameters: &parameters, names: &names, before: &before, after: &after, tense };
    let whole = fill(action, &facts);
    let mut each = commands(&parameters).map(|command| {
        let none = Fields::new();
        let facts = Facts { parameters: command, names: &none, before: &none, after: &none, tense };
        fill(command.get("action").and_then(Value::as_str).unwrap_or("?"), &facts)
    });
    let first: Vec<String> = each.by_ref().take(COMMANDS_MAX).collect();
    let more = each.count();
    let more = if more > 0 { format!("; {more} more") } else { String::new() };
    if first.is_empty() { whole } else { format!("{whole}: {}{more}", first.join("; ")) }
}

/// The sentence of an action; the name of one that this version does not have.
fn fill(action: &str, facts: &Facts<'_>) -> String {
    catalogue().find(action).map_or_else(|| action.to_owned(), |action| action.sentence.fill(facts))
}

fn event(row: &Listed) -> DisplaySentence {
    let none = Fields::new();
    let details = row.details.as_ref().and_then(Value::as_object).unwrap_or(&none);
    if row.kind == super::entry::CHANGED_IN_LIVE {
        return DisplaySentence { text: changed_in_live(details), state: State::InLive };
    }
    let mut parameters = details.clone();
    for (key, value) in [("role", &row.role), ("address", &row.address), ("channel", &row.channel)] {
        parameters.extend(value.as_ref().map(|value| (key.to_owned(), Value::from(value.as_str()))));
    }
    let facts = Facts { parameters: &parameters, names: &none, before: &none, after: &none, tense: Tense::Past };
    let sentence = EVENTS.iter().find(|(kind, _)| *kind == row.kind);
    let text = sentence.map_or_else(|| row.kind.clone(), |(_, sentence)| sentence.fill(&facts));
    let is_refusal = row.kind.ends_with("_refused") || row.kind == "refusals_counted";
    DisplaySentence { text, state: if is_refusal { State::Refused } else { State::Event } }
}

fn changed_in_live(details: &Fields) -> String {
    if let Some(count) = details.get("count") {
        return format!("{count} more changes");
    }
    let sentences: Vec<String> = edits(details).iter().map(|edit| edited(details, edit)).collect();
    sentences.join("; ")
}

/// A change by hand in the words of the action with the same effect.
fn edited(event: &Fields, edit: &Edit) -> String {
    let object = |key: &str| event.get(key).and_then(Value::as_object).cloned().unwrap_or_default();
    let mut parameters = object("topic");
    let mut names = object("names");
    let topic = parameters.remove("event");
    let same = same_action(topic.as_ref().and_then(Value::as_str).unwrap_or_default(), edit);
    let same = same.and_then(|same| Some((catalogue().find(same.action)?, same)));
    let (Some((action, same)), Some(before), Some(after)) = (same, &edit.before, &edit.after) else {
        return edit.describe();
    };
    if let Some(kind) = same.renames {
        names.insert(kind.to_owned(), json!([before]));
    }
    parameters.extend(edit.send.map(|send| ("send_index".to_owned(), json!(send))));
    let values = action.params.iter().filter(|param| !action.target_params().any(|target| target.name == param.name));
    parameters.extend(values.map(|param| (param.name.clone(), after.clone())));
    let value = |value: &Value| Fields::from_iter([(same.value.to_owned(), value.clone())]);
    let before = value(before);
    let after = value(after);
    let facts = Facts { parameters: &parameters, names: &names, before: &before, after: &after, tense: Tense::Past };
    action.sentence.fill(&facts)
}

/// Templates of the events' sentences; docs/trail.md lists the kinds.
const TEMPLATES: [(&str, &str); 38] = [
    ("log_begun", "began a new log[: {reason text}]"),
    ("start", "the gateway started[, version {version text}]"),
    ("stop", "the gateway stopped"),
    ("policy", "loaded the roles"),
    ("policy_reload", "reloaded the roles"),
    ("policy_rejected", "rejected the roles file[: {reason text}]"),
    ("approval", "decided a pending request[: {decision text}]"),
    ("approval_expired", "a pending request expired"),
    ("approval_void", "voided a pending request[: {reason text}]"),
    ("approval_grant", "approved the same request for some minutes"),
    ("approval_grant_ended", "ended a grant[: {reason text}]"),
    ("approval_done", "finished an approved request"),
    ("other_programs", "checked for other programs that control Live[: {found text}]"),
    ("request_refused", "refused a request[ from {address text}][: {reason text}]"),
    ("pruned", "pruned {rows rows} of the trail"),
    ("trail_unwell", "the trail became unavailable[: {reason text}]"),
    ("trail_well", "the trail recovered"),
    ("osc_unpaired", "ended the pairing of an OSC sender[, {address text}][: {reason text}]"),
    ("osc_dropped", "dropped[ {packets}] OSC packets[, the last from {address text}][: {reason text}]"),
    ("connection_refused", "refused a connection[ from {address text}][: {reason text}]"),
    ("session", "connected[ from {address text}]"),
    ("session_ended", "the session ended[: {reason text}]"),
    ("sign_in_refused", "refused a sign-in[ from {address text}][: {reason text}]"),
    ("token_issued", "handed out a token[ of the user {user}][, {jti}]"),
    ("refresh_reused", "refused a spent refresh token, and revoked its family"),
    ("paired", "paired a device[ {label}][, offered by {offered_by}]"),
    ("pairing_refused", "refused to pair a device[ from {address text}][: {reason text}]"),
    ("penalty", "blocked[ {address text}][ the account {account}][: {reason text}]"),
    ("refusals_counted", "counted further refusals[ of {address text}]"),
    ("certificate_renewed", "renewed the server's certificate[: {reason text}]"),
    ("certificate_loaded", "loaded a changed server certificate"),
    ("certificate_refused", "refused a server certificate[: {reason text}]"),
    ("ca_rotated", "replaced the certificate authority"),
    ("bridge_up", "connected to Live[ {live_version text}]"),
    ("bridge_down", "lost the connection to Live"),
    ("set_loaded", "a set was loaded in Live"),
    ("changed_in_live", "a value was changed in Live"),
    ("listening", "follows {listened} of {tracks tracks} for changes in Live"),
];

static EVENTS: LazyLock<Vec<(&str, Sentence)>> = LazyLock::new(|| {
    let parse = |(kind, template)| (kind, Sentence::parse(template).expect("a test parses each"));
    TEMPLATES.into_iter().map(parse).collect()
});

#[cfg(test)]
mod tests;
