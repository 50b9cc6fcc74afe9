//! Refusals: a code for programs, a sentence for people, and their form on the wire.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

/// Why a request was refused or failed. The names are part of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The line is not one JSON object with unique keys (RFC 8259).
    InvalidJson,
    /// The line is longer than the limit that applies before or after sign-in.
    LineTooLong,
    /// The request has no `action`.
    MissingAction,
    /// The catalogue has no such action.
    UnknownAction,
    /// A parameter or term is missing, unknown or out of range.
    InvalidParams,
    /// HTTP: the resource lacks the method.
    MethodNotAllowed,
    /// HTTP: the body is not JSON by its type.
    UnsupportedMediaType,
    /// HTTP: the body took too long.
    RequestTimeout,
    /// The connection has not signed in, the sign-in was refused, or it has ended.
    Unauthenticated,
    /// The caller's role or token does not permit it.
    Forbidden,
    /// A person must approve it; the answer has the ticket.
    ApprovalPending,
    /// A person denied it, or it expired before a decision.
    ApprovalDenied,
    /// Changes in Live are frozen.
    Frozen,
    /// The caller or its source has exceeded a limit.
    RateLimited,
    /// The trail cannot be written. No row has this code.
    Unrecorded,
    /// The request was not run.
    BridgeUnavailable,
    /// The script in Live has another version of the action.
    BridgeMismatch,
    /// A queue or table is full.
    Overloaded,
    /// The deadline passed before the request ran.
    Expired,
    /// Cancelled before it ran.
    Cancelled,
    /// The request may have run. The client must check before repeating it.
    OutcomeUnknown,
    /// The gateway shuts down. The request was not run.
    ShuttingDown,
    /// Live or the action refused, perhaps after a part was done.
    LiveError,
    /// This version of Live, this bridge or this door cannot do it.
    Unsupported,
    /// A precondition does not hold. Nothing was changed.
    PreconditionFailed,
    /// A defect. The log has the cause under the reference in the answer.
    Internal,
}

impl Code {
    /// Every code, in the order of docs/protocol.md.
    pub const ALL: [Code; 26] = [
        Code::InvalidJson,
        Code::LineTooLong,
        Code::MissingAction,
        Code::UnknownAction,
        Code::InvalidParams,
        Code::MethodNotAllowed,
        Code::UnsupportedMediaType,
        Code::RequestTimeout,
        Code::Unauthenticated,
        Code::Forbidden,
        Code::ApprovalPending,
        Code::ApprovalDenied,
        Code::Frozen,
        Code::RateLimited,
        Code::Unrecorded,
        Code::BridgeUnavailable,
        Code::BridgeMismatch,
        Code::Overloaded,
        Code::Expired,
        Code::Cancelled,
        Code::OutcomeUnknown,
        Code::ShuttingDown,
        Code::LiveError,
        Code::Unsupported,
        Code::PreconditionFailed,
        Code::Internal,
    ];

    /// Its name on the wire and in rows, such as `invalid_json`.
    pub const fn name(self) -> &'static str {
        self.describe().0
    }

    /// Its group for clients that do not know the code, such as `protocol` or `access`.
    pub const fn category(self) -> &'static str {
        self.describe().1
    }

    pub(crate) fn from_name(name: &str) -> Option<Code> {
        Code::ALL.into_iter().find(|code| code.name() == name)
    }

    const fn describe(self) -> (&'static str, &'static str) {
        match self {
            Code::InvalidJson => ("invalid_json", "protocol"),
            Code::LineTooLong => ("line_too_long", "protocol"),
            Code::MissingAction => ("missing_action", "protocol"),
            Code::UnknownAction => ("unknown_action", "protocol"),
            Code::InvalidParams => ("invalid_params", "protocol"),
            Code::MethodNotAllowed => ("method_not_allowed", "protocol"),
            Code::UnsupportedMediaType => ("unsupported_media_type", "protocol"),
            Code::RequestTimeout => ("request_timeout", "protocol"),
            Code::Unauthenticated => ("unauthenticated", "access"),
            Code::Forbidden => ("forbidden", "access"),
            Code::ApprovalPending => ("approval_pending", "access"),
            Code::ApprovalDenied => ("approval_denied", "access"),
            Code::Frozen => ("frozen", "access"),
            Code::RateLimited => ("rate_limited", "access"),
            Code::Unrecorded => ("unrecorded", "access"),
            Code::BridgeUnavailable => ("bridge_unavailable", "network"),
            Code::BridgeMismatch => ("bridge_mismatch", "network"),
            Code::Overloaded => ("overloaded", "network"),
            Code::Expired => ("expired", "network"),
            Code::Cancelled => ("cancelled", "network"),
            Code::OutcomeUnknown => ("outcome_unknown", "network"),
            Code::ShuttingDown => ("shutting_down", "network"),
            Code::LiveError => ("live_error", "live"),
            Code::Unsupported => ("unsupported", "live"),
            Code::PreconditionFailed => ("precondition_failed", "live"),
            Code::Internal => ("internal", "runtime"),
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A refusal. `message` names the parameter, the limit and the remedy; it contains no path, traceback or other caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The reason, for programs.
    pub code: Code,
    /// The sentence for people: lower case, without a full stop.
    pub message: Cow<'static, str>,
    /// How long to wait before a retry, if waiting helps.
    pub retry_after_ms: Option<u64>,
    /// Also written to the gateway's or Live's log, beside the cause.
    pub reference: Option<String>,
    /// The ticket of a request that waits for approval.
    pub ticket: Option<Box<str>>,
}

impl Refusal {
    pub(crate) fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Refusal {
        Refusal { code, message: message.into(), retry_after_ms: None, reference: None, ticket: None }
    }

    pub(crate) fn retry_after_ms(self, retry_after_ms: u64) -> Refusal {
        Refusal { retry_after_ms: Some(retry_after_ms), ..self }
    }

    pub(crate) fn reference(self, reference: impl Into<String>) -> Refusal {
        Refusal { reference: Some(reference.into()), ..self }
    }

    pub(crate) fn ticket(self, ticket: impl Into<Box<str>>) -> Refusal {
        Refusal { ticket: Some(ticket.into()), ..self }
    }

    /// The body of the answer, without the request's id.
    pub fn body(&self) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("ok".into(), Value::Bool(false));
        body.insert("error".into(), Value::String(self.message.clone().into_owned()));
        body.insert("code".into(), self.code.name().into());
        body.insert("category".into(), self.code.category().into());
        if let Some(ms) = self.retry_after_ms {
            body.insert("retry_after_ms".into(), ms.into());
        }
        if let Some(reference) = &self.reference {
            body.insert("reference".into(), reference.clone().into());
        }
        if let Some(ticket) = &self.ticket {
            body.insert("ticket".into(), ticket.as_ref().into());
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_by_its_name() {
        for code in Code::ALL {
            assert_eq!(Code::from_name(code.name()), Some(code));
        }
        assert_eq!(Code::from_name("no_such_code"), None);
    }
}
