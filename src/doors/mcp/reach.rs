//! How far MCP reaches into the catalogue.

use crate::command::{Action, Handler, Tag};

/// What MCP may list: the catalogue's actions of this caller, without those that are for people.
pub type Allowed = Vec<&'static Action>;

/// Whether an action is for people alone.
pub fn is_for_people(action: &Action) -> bool {
    action.access.contains(Tag::Admin) || action.access.contains(Tag::Approve)
}

/// Whether MCP can carry an action at all.
pub fn is_here(action: &Action) -> bool {
    !is_for_people(action) && !matches!(action.handler, Handler::Session(_) | Handler::Bridge(_))
}

/// What an action does, from the catalogue.
pub fn doc(action: &'static Action) -> &'static str {
    action.entry["doc"].as_str().unwrap_or_default()
}

/// The category that it stands in.
pub fn category(action: &'static Action) -> &'static str {
    action.entry["category"].as_str().unwrap_or_default()
}
