//! The actions of the catalogue that MCP offers.

use crate::command::{Action, Handler, Tag};

/// The actions that MCP lists for a caller: those that the caller may be allowed, without administration and approvals.
pub type Allowed = Vec<&'static Action>;

/// Whether an action is administration or an approval, which no agent may run.
pub fn is_for_people(action: &Action) -> bool {
    action.access.contains(Tag::Admin) || action.access.contains(Tag::Approve)
}

/// Whether MCP offers an action.
pub fn is_here(action: &Action) -> bool {
    !is_for_people(action) && !matches!(action.handler, Handler::Session(_) | Handler::Bridge(_))
}

/// The description of an action, from the catalogue.
pub fn doc(action: &'static Action) -> &'static str {
    action.entry["doc"].as_str().unwrap_or_default()
}

/// The category of an action.
pub fn category(action: &'static Action) -> &'static str {
    action.entry["category"].as_str().unwrap_or_default()
}
