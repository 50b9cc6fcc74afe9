//! Parses answers of the script, to a command or a batch, and rebuilds them from checked values.

use serde_json::{Map, Value};

use crate::audit::{Detail, OutcomeKind};
use crate::gateway::record::{Item, Reply};
use crate::wire::refusal::{Code, Refusal};

use super::answer_lines::LineError;

const MESSAGE_CHARS_MAX: usize = 500;
const RULE_CHARS_MAX: usize = 256;

/// Parse an answer; `None` if it is malformed.
pub fn read(mut body: Map<String, Value>, detail_bytes_max: usize) -> Option<Reply> {
    body.remove("id");
    body.remove("clock_ms");
    let detail = Detail::take_from(&mut body, detail_bytes_max);
    let reply = match body.get("ok") {
        Some(Value::Bool(true)) if body.contains_key("superseded") => Reply::superseded(),
        Some(Value::Bool(true)) => Reply::ok(body),
        Some(Value::Bool(false)) => read_error(&body),
        _ => return None,
    };
    Some(Reply { detail, ..reply })
}

/// Parse the answer to a batch.
pub fn read_batch(mut body: Map<String, Value>, commands: usize, detail_bytes_max: usize) -> Option<Reply> {
    let Some(Value::Array(results)) = body.remove("results") else {
        // The script failed internally; some commands may have run.
        return read(body, detail_bytes_max).filter(|reply| reply.code != Some(Code::Internal));
    };
    let undo_steps = body.remove("undo_steps");
    let mut results: Vec<Reply> = results
        .into_iter()
        .map(|result| match result {
            Value::Object(result) => read(result, detail_bytes_max),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let mut reply = read(body, detail_bytes_max).filter(|_| results.len() == commands)?;
    let item =
        |result: &mut Reply| Item { kind: result.kind, code: result.code, detail: std::mem::take(&mut result.detail) };
    reply.items = results.iter_mut().map(item).collect();
    let ran = |item: &Item| matches!(item.kind, OutcomeKind::Ok | OutcomeKind::Error);
    if reply.kind != OutcomeKind::Ok && reply.items.iter().any(ran) {
        // Some commands ran, so the batch does not count as not run.
        reply.kind = OutcomeKind::Error;
    }
    reply.body.insert("results".into(), results.into_iter().map(|result| Value::Object(result.body)).collect());
    reply.body.insert("undo_steps".into(), undo_steps.unwrap_or_default());
    Some(reply)
}

/// Rebuild an error of the bridge from checked values: one bounded line, and one of our codes.
fn read_error(body: &Map<String, Value>) -> Reply {
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let code = text("code").map_or(Code::LiveError, |name| Code::from_name(name).unwrap_or(Code::Internal));
    let line = text("error").and_then(|error| error.lines().next()).unwrap_or("the script gave no reason");
    let message: String = line.chars().take(MESSAGE_CHARS_MAX).collect();
    let mut refusal = Refusal::new(code, message);
    refusal.reference = text("reference").map(|reference| reference.chars().take(64).collect());
    match code {
        Code::Expired => Reply::refusal(OutcomeKind::Expired, refusal),
        Code::Cancelled => Reply::refusal(OutcomeKind::Cancelled, refusal),
        Code::Overloaded | Code::ShuttingDown => Reply::not_sent(refusal),
        Code::Forbidden | Code::ApprovalPending => {
            let rule = text("rule").map(|rule| rule.chars().take(RULE_CHARS_MAX).collect());
            Reply { rule, ..Reply::refusal(OutcomeKind::RefusedInLive, refusal) }
        }
        Code::PreconditionFailed => Reply::refusal(OutcomeKind::RefusedInLive, refusal),
        _ => Reply::refusal(OutcomeKind::Error, refusal),
    }
}

/// The reply to a request whose answer cannot be read; it ran or may have run.
pub fn unreadable(is_read: bool, flaw: LineError) -> Reply {
    let problem = match flaw {
        LineError::TooLong(bytes_max) => {
            format!("Live's answer is longer than {bytes_max} bytes (bridge.answer_bytes_max)")
        }
        LineError::NotJson | LineError::NoId => "Live's answer cannot be read".to_owned(),
    };
    if is_read {
        let message = format!("{problem}; ask for less, or for a page with offset and limit");
        Reply::refusal(OutcomeKind::Error, Refusal::new(Code::LiveError, message))
    } else {
        let message = format!("{problem}; it may have run; check before you repeat it");
        Reply::refusal(OutcomeKind::Unknown, Refusal::new(Code::OutcomeUnknown, message))
    }
}
