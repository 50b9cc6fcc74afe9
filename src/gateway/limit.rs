//! Rate limiting: allowances per caller and class of action, and limits per source before sign-in.

mod allowance;
mod rates;
mod shares;
#[cfg(test)]
pub(super) mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use governor::RateLimiter;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::accept::{DirectLimiter, LimitClock, Sources, quota};
use super::identify::{Caller, Role};
use super::interpret::{Refused, Request};
use crate::command::Tag;
use crate::config::{self, Config};
use crate::platform::clock::Clock;
use crate::replies::unread::{CallerUnread, TotalUnread};
use crate::wire::refusal::{Code, Refusal};
pub use allowance::{Allowance, Class, OverLimit};
pub use rates::{Due, Rates};
pub use shares::{Purpose, Share, TrailShares};

/// A request within its caller's allowance.
#[derive(Debug)]
pub struct Admitted {
    request: Request,
    caller: Arc<Caller>,
    role: Role,
    /// Released when the request is dropped.
    _memory: Option<MemoryPermit>,
}

impl Admitted {
    pub fn request(&self) -> &Request {
        &self.request
    }

    pub fn caller(&self) -> &Arc<Caller> {
        &self.caller
    }

    pub fn role(&self) -> &Role {
        &self.role
    }

    /// Refuse the request at a later stage.
    pub(super) fn refuse(self, refusal: Refusal) -> Box<Refused> {
        Refused::request(self.request, refusal).with_role(self.role)
    }

    /// The password of an admin action. Only `identity` may read it.
    pub(super) fn take_secret(&mut self) -> Option<secrecy::SecretString> {
        self.request.secret.take()
    }
}

/// All limits: of callers by name, and of sources.
pub struct Limits<C: LimitClock = Clock> {
    pub sources: Arc<Sources<C>>,
    pub shares: TrailShares,
    /// Rates of roles and rules.
    pub rates: Rates<C>,
    config: config::Limits,
    /// Locked when a connection gets a caller, never for a command. It has at most as many entries as there are users.
    callers: Mutex<HashMap<Arc<str>, Arc<Allowance<C>>>>,
    bridge: DirectLimiter<C>,
    clock: C,
    /// In units of `MEMORY_UNIT_BYTES`.
    memory: Arc<Semaphore>,
    memory_of_one: usize,
    unread_answers: Arc<TotalUnread>,
    unread_of_one_max: usize,
}

/// A reservation of memory for a request in flight.
#[derive(Debug)]
struct MemoryPermit {
    _of_caller: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

const MEMORY_UNIT_BYTES: usize = 256;

impl<C: LimitClock> Limits<C> {
    pub fn new(config: &Config, clock: C) -> Limits<C> {
        let limits = &config.limits;
        let memory = config.requests.bytes_in_flight_max.div_ceil(MEMORY_UNIT_BYTES);
        Limits {
            sources: Arc::new(Sources::new(config, clock.clone())),
            shares: TrailShares::new(config, clock.now()),
            rates: Rates::new(clock.clone()),
            config: limits.clone(),
            callers: Mutex::default(),
            bridge: RateLimiter::direct_with_clock(quota(config.bridge.commands), clock.clone()),
            clock,
            memory: Arc::new(Semaphore::new(memory)),
            memory_of_one: memory.div_ceil(4),
            unread_answers: TotalUnread::new(config.connections.unread_answers_bytes_max),
            unread_of_one_max: config.connections.unread_answers_per_caller_bytes_max,
        }
    }

    /// Admit a request, or return when to retry. It precedes `permit`, so that probing for rights is limited too.
    pub fn admit(
        &self,
        request: Request,
        line_bytes: usize,
        caller: &Arc<Caller>,
        role: Role,
        allowance: &Allowance<C>,
    ) -> Result<Admitted, Box<Refused>> {
        let purpose = purpose(&request, caller);
        let spent = allowance.spend_on(&request).map_err(Refusal::from);
        let allowed = spent.and_then(|()| self.shares.admit(&allowance.share, purpose));
        if let Err(refusal) = allowed {
            return Err(Refused::request(request, refusal).with_role(role));
        }
        // Stops and revocations are few and small, so memory is never the reason to refuse them.
        let has_capacity = !request.action.handler.is_in_live() || request.action.access.contains(Tag::Stop);
        if !(has_capacity || allowance.unread.permits_unread(0)) {
            return Err(Refused::request(request, unread()).with_role(role));
        }
        let memory = self.memory_for(line_bytes, allowance);
        let admitted = Admitted { request, caller: caller.clone(), role, _memory: memory };
        if admitted._memory.is_some() || has_capacity {
            return Ok(admitted);
        }
        let message = "too many requests are in flight; wait for some answers, then retry";
        Err(admitted.refuse(Refusal::new(Code::Overloaded, message)))
    }

    /// Reserve memory for a line from its decision to its answer, from the caller's part and from the total.
    fn memory_for(&self, line_bytes: usize, allowance: &Allowance<C>) -> Option<MemoryPermit> {
        let shares = u32::try_from(line_bytes.div_ceil(MEMORY_UNIT_BYTES)).ok()?;
        let take = |memory: &Arc<Semaphore>| memory.clone().try_acquire_many_owned(shares).ok();
        Some(MemoryPermit { _of_caller: take(&allowance.memory)?, _of_all: take(&self.memory)? })
    }

    /// The allowance of a caller. It outlives the caller's connections, so disconnecting does not refill it.
    pub fn of_caller(&self, name: &Arc<str>) -> Arc<Allowance<C>> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        callers.entry(name.clone()).or_insert_with(|| self.new_allowance(Some(name))).clone()
    }

    /// The allowance of an unauthenticated connection. Limits of its source apply besides.
    pub fn unauthenticated(&self) -> Arc<Allowance<C>> {
        self.new_allowance(None)
    }

    fn new_allowance(&self, caller: Option<&Arc<str>>) -> Arc<Allowance<C>> {
        let unread_answers = CallerUnread::new(self.unread_of_one_max, &self.unread_answers);
        Arc::new(Allowance::new(
            &self.config,
            self.clock.clone(),
            self.memory_of_one,
            self.shares.of(caller),
            unread_answers,
        ))
    }

    /// Bytes of answers that clients have not read.
    pub fn unread_bytes(&self) -> usize {
        self.unread_answers.unread()
    }

    /// Whether the total rate to the bridge admits one more command.
    pub fn admits_to_bridge(&self) -> bool {
        self.bridge.check().is_ok()
    }
}

/// The refusal for a caller with too many unread answers.
pub fn unread() -> Refusal {
    Refusal::new(Code::Overloaded, "too many answers to this caller are unread; read them, then retry")
}

/// The part of the trail's capacity that a request may use.
fn purpose(request: &Request, caller: &Caller) -> Purpose {
    let access = request.action.access;
    if caller.is_console() {
        Purpose::Console
    } else if access.contains(Tag::Stop) || access.contains(Tag::Admin) {
        Purpose::Reserved
    } else {
        Purpose::Usual
    }
}
