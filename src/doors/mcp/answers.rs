//! Answers for agents: names from Live and from callers stand only in JSON values, with invisible characters escaped, and refusals say what to do next.

use livegate_mcp::{Answer, Failure};
use serde_json::{Map, Value, json};

use crate::doors::exchange::Unread;
use crate::review::printable_lines;
use crate::wire::refusal::{Code, Refusal};

/// An answer line for an agent.
pub fn answer(unread: &Unread) -> Answer {
    if let Some(refusal) = unread.refusal() {
        let mut value = line(unread);
        value.remove("category");
        value.insert("next".to_owned(), next(&refusal).into());
        return Answer { value: Value::Object(value), is_error: true };
    }
    Answer { value: Value::Object(line(unread)), is_error: false }
}

/// The members of an answer line, as an agent may see them.
pub fn line(unread: &Unread) -> Map<String, Value> {
    match safe(serde_json::from_slice(unread.line()).unwrap_or_default()) {
        Value::Object(line) => line,
        _ => Map::new(),
    }
}

/// The refusal of a request other than a tool call. Its message is the gateway's own and contains no name.
pub fn failure(unread: &Unread) -> Failure {
    let refusal = unread.refusal().unwrap_or_else(|| Refusal::new(Code::Internal, ""));
    let mut data = line(unread);
    data.retain(|key, _| ["error", "retry_after_ms", "reference", "ticket"].contains(&key.as_str()));
    Failure { code: refusal.code.name(), message: next(&refusal).to_owned(), data: json!(data) }
}

/// A value with invisible characters escaped, also in its keys: they could hide instructions in a name. JSON itself escapes line breaks.
pub fn safe(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(printable_lines(&text)),
        Value::Array(items) => items.into_iter().map(safe).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(key, value)| (printable_lines(&key), safe(value))).collect()
        }
        other => other,
    }
}

/// What an agent should do after a refusal.
fn next(refusal: &Refusal) -> &'static str {
    match refusal.code {
        Code::ApprovalPending => {
            "a person decides elsewhere, never through this connection; inform your user, continue with something else, and call \
             get_approval with the ticket later; do not send the request again"
        }
        Code::ApprovalDenied => "a person denied it; do not try it in another way, and ask your user",
        Code::Forbidden => {
            "this caller may not do that; do not try it in another way, and name the missing right to your user"
        }
        Code::Unauthenticated => "the credential is not valid; ask your user for another token",
        Code::Frozen => "the owner has frozen all changes; reads continue, changes must wait",
        Code::RateLimited => "wait for retry_after_ms, and use run_batch for many changes",
        Code::InvalidJson | Code::InvalidParams | Code::MissingAction => {
            "correct the arguments; describe_actions lists what an action takes"
        }
        Code::UnknownAction => "find_actions finds actions by words",
        Code::LineTooLong => "send less at once",
        Code::PreconditionFailed => "the set is not as you expected; look at it again before you decide",
        Code::LiveError => "nothing or a part of it was done; look at the set before you repeat it",
        Code::OutcomeUnknown => "it may have been done; look at the set before you repeat it",
        Code::Expired | Code::Cancelled => "it did not run; repeat it if it is still wanted",
        Code::BridgeUnavailable | Code::BridgeMismatch => {
            "Live or its script is not reachable; ask your user to check Live"
        }
        Code::Overloaded | Code::Unrecorded | Code::ShuttingDown => "the gateway cannot accept it now; retry later",
        Code::Unsupported => "this cannot be done here; the error says where it can",
        Code::MethodNotAllowed | Code::UnsupportedMediaType | Code::RequestTimeout => "correct the HTTP request",
        Code::Internal => "this is a defect of the gateway; give your user the reference",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unseen_characters_are_escaped_everywhere() {
        let value = json!({"na\u{200b}me": ["a\u{e0041}b", {"x": "\u{202e}c"}], "n": 1});
        assert_eq!(safe(value), json!({"na\\u{200b}me": ["a\\u{e0041}b", {"x": "\\u{202e}c"}], "n": 1}));
    }
}
