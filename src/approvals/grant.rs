//! Grants: approvals of a request and its repetitions for some minutes.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::proposal::{Approver, Requested};
use crate::audit::Event;
use crate::platform::clock::{self, Moment};

/// The longest that a grant lasts.
pub const GRANT_MAX: Duration = Duration::from_secs(600);

/// An approval of the same request: by the same token, with the same parameters, on the same objects, under the same policy, in the same set.
pub(super) struct Grant {
    pub id: Arc<str>,
    pub requested: Requested,
    /// The script's digest of the objects, without their contents.
    pub identity: Box<str>,
    pub by: Approver,
    pub until: Moment,
    pub uses_left: u32,
    pub uses: u32,
}

impl Grant {
    pub fn covers(&self, requested: &Requested, identity: &str, now: Moment) -> bool {
        now < self.until
            && self.uses_left > 0
            && self.requested.is_same(requested)
            && self.requested.circumstances == requested.circumstances
            && *self.identity == *identity
    }

    pub fn describe(&self, now: Moment) -> Map<String, Value> {
        let left = i64::try_from((self.until - now).as_secs()).unwrap_or(0);
        let described = json!({
            "grant": self.id.as_ref(),
            "caller": self.requested.caller.name().as_ref(),
            "action": self.requested.action.name,
            "params": self.requested.params,
            "by": self.by.name().as_ref(),
            "expires": clock::rfc3339(clock::unix_seconds() + left),
            "uses": self.uses,
            "uses_left": self.uses_left,
        });
        described.as_object().cloned().unwrap_or_default()
    }

    pub fn began(&self, ticket: &str) -> Event {
        Event::new("approval_grant")
            .with("grant", self.id.as_ref())
            .with("ticket", ticket)
            .with("caller", self.by.name().as_ref())
            .with("proposer", self.requested.caller.name().as_ref())
            .with("action", self.requested.action.name.as_str())
            .with("uses_max", self.uses_left)
    }

    pub fn ended(&self, reason: &str) -> Event {
        Event::new("approval_grant_ended")
            .with("grant", self.id.as_ref())
            .with("reason", reason)
            .with("uses", self.uses)
    }
}
