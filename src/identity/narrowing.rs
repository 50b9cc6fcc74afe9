//! The scope of a token: the part of its user's rights that it has.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::error::{Result, failed};
use crate::command::{Action, AdminAction, Handler, OrderedAction, Patterns, Tag, catalogue};

/// A token's scope, fixed when it is issued. The token may do what both its scope and its user's role allow.
#[derive(Debug)]
pub struct Narrowing {
    /// As the owner wrote them.
    patterns: Vec<String>,
    /// By the action's index.
    allowed: Box<[bool]>,
    /// Of those, the actions that it may let replace existing content.
    overwriting: Box<[bool]>,
}

impl Narrowing {
    /// Parses patterns as in `roles.toml`. A pattern that allows nothing is an error.
    pub fn parse(patterns: Vec<String>) -> Result<Narrowing> {
        if patterns.is_empty() {
            return Err(failed("a token needs at least one pattern"));
        }
        let narrowing = Narrowing::of(Patterns::parse(&patterns)?, patterns);
        for pattern in &narrowing.patterns {
            let alone = Patterns::parse(std::slice::from_ref(pattern))?;
            let is_of_use = |action: &Action| alone.match_any(action) && narrowing.allows(action);
            if !catalogue().actions().iter().any(is_of_use) {
                return Err(failed(format!(
                    "{pattern} grants nothing: actions tagged sensitive, destructive, costly, system, review, approve or admin must \
                     be named by tag or name, and only a token without a scope may give rights to others"
                )));
            }
        }
        Ok(narrowing)
    }

    /// The scope in `state.db`. Patterns that this version does not know allow nothing.
    pub fn recorded(patterns: Vec<String>) -> Narrowing {
        let known: Vec<&String> =
            patterns.iter().filter(|pattern| Patterns::parse(std::slice::from_ref(*pattern)).is_ok()).collect();
        let known = Patterns::parse(&known).unwrap_or_default();
        Narrowing::of(known, patterns)
    }

    fn of(known: Patterns, patterns: Vec<String>) -> Narrowing {
        let allows = |action: &Action| action.access.is_empty() || (known.grant(action) && gives_nothing(action));
        let allowed: Box<[bool]> = catalogue().actions().iter().map(allows).collect();
        let overwrites = |action: &Action| allowed[action.index] && known.grant_overwriting(action);
        let overwriting = catalogue().actions().iter().map(overwrites).collect();
        Narrowing { patterns, allowed, overwriting }
    }

    pub fn allows(&self, action: &Action) -> bool {
        self.allowed[action.index]
    }

    pub fn allows_with(&self, action: &Action, params: &Map<String, Value>) -> bool {
        if action.overwrites(params) { self.overwriting[action.index] } else { self.allows(action) }
    }

    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }
}

impl Serialize for Narrowing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.patterns.serialize(serializer)
    }
}

/// Whether an action gives no caller a right. With the right to add users or issue tokens, a caller could give itself any other.
fn gives_nothing(action: &Action) -> bool {
    use OrderedAction::{TokenRevoke, UserDisable, UserRemove};
    let only_takes = matches!(
        action.handler,
        Handler::Admin(AdminAction::AuditPrune | AdminAction::Ordered(UserDisable | UserRemove | TokenRevoke))
    );
    !action.access.contains(Tag::Admin) || action.is_read() || only_takes
}
