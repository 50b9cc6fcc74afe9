//! The sign-in state of a connection, and the deadline for the next sign-in.

use std::sync::Arc;
use std::time::Instant;

use crate::gateway::identify::{self, Caller, SignInEnd};
use crate::wire::refusal::Refusal;

/// The sign-in state of a connection.
#[derive(Debug)]
pub enum Standing {
    Unauthenticated {
        /// The connection closes unless a caller signs in before.
        until: Instant,
        /// Whether the client has presented a credential that this gateway issued, valid or expired, or a sign-in failed because of the gateway. Its
        /// silence is not penalised.
        known: bool,
    },
    SignedIn(Arc<Caller>),
    /// The sign-in has expired. The connection keeps its subscriptions and may sign in again.
    Lapsed {
        former: Arc<Caller>,
        /// The connection closes unless a caller signs in before.
        until: Instant,
    },
}

impl Standing {
    pub fn caller(&self) -> Option<&Arc<Caller>> {
        match self {
            Standing::SignedIn(caller) => Some(caller),
            Standing::Unauthenticated { .. } | Standing::Lapsed { .. } => None,
        }
    }

    /// The caller, even if the sign-in has expired.
    pub fn caller_or_former(&self) -> Option<&Arc<Caller>> {
        match self {
            Standing::SignedIn(caller) | Standing::Lapsed { former: caller, .. } => Some(caller),
            Standing::Unauthenticated { .. } => None,
        }
    }

    /// The caller, or the refusal of a request that needs one.
    pub fn require_caller(&self) -> Result<&Arc<Caller>, Refusal> {
        match self {
            Standing::SignedIn(caller) => Ok(caller),
            Standing::Lapsed { .. } => Err(SignInEnd::Expired.refusal()),
            Standing::Unauthenticated { .. } => Err(identify::required()),
        }
    }

    pub fn is_unauthenticated(&self) -> bool {
        matches!(self, Standing::Unauthenticated { .. })
    }

    /// The deadline of the next sign-in, if one is needed.
    pub fn sign_in_until(&self) -> Option<Instant> {
        match self {
            Standing::SignedIn(_) => None,
            Standing::Unauthenticated { until, .. } | Standing::Lapsed { until, .. } => Some(*until),
        }
    }

    pub fn mark_known(&mut self) {
        if let Standing::Unauthenticated { known, .. } = self {
            *known = true;
        }
    }

    /// Sign a caller in. Returns the former caller, even if its sign-in had expired.
    pub fn sign_in(&mut self, caller: Arc<Caller>) -> Option<Arc<Caller>> {
        match std::mem::replace(self, Standing::SignedIn(caller)) {
            Standing::SignedIn(before) | Standing::Lapsed { former: before, .. } => Some(before),
            Standing::Unauthenticated { .. } => None,
        }
    }

    /// End the sign-in and require another by `until`, unless a deadline is running already. Returns whether there was a sign-in.
    pub fn sign_out(&mut self, until: Instant) -> bool {
        let until = match self {
            Standing::Unauthenticated { .. } => return false,
            Standing::SignedIn(_) => until,
            Standing::Lapsed { until, .. } => *until,
        };
        *self = Standing::Unauthenticated { until, known: true };
        true
    }

    /// Let an expired sign-in lapse and require another by `until`. Returns the former caller.
    pub fn lapse_if_expired(&mut self, until: Instant) -> Option<Arc<Caller>> {
        let former = self.caller().filter(|caller| caller.has_expired())?.clone();
        *self = Standing::Lapsed { former: former.clone(), until };
        Some(former)
    }
}
