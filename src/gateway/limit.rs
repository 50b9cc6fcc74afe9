//! Has allowance (rate limiting): so much per caller and class of action, and so much per source before there is a caller.

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
    /// Given back when the request is gone, wherever that happens.
    _room: Option<MemoryPermit>,
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

    /// Refuse it at a later stage.
    pub(super) fn refuse(self, refusal: Refusal) -> Box<Refused> {
        Refused::request(self.request, refusal).with_role(self.role)
    }

    /// A password that the gateway's own administration needs; whoever takes it is `identity`'s caller.
    pub(super) fn take_secret(&mut self) -> Option<secrecy::SecretString> {
        self.request.secret.take()
    }
}

/// All allowances: of callers by name, and of sources.
pub struct Limits<C: LimitClock = Clock> {
    pub sources: Arc<Sources<C>>,
    pub shares: TrailShares,
    /// Of roles and rules.
    pub rates: Rates<C>,
    config: config::Limits,
    /// Locked when a connection gets its caller, never per command. As many entries as there are users.
    callers: Mutex<HashMap<Arc<str>, Arc<Allowance<C>>>>,
    bridge: DirectLimiter<C>,
    clock: C,
    /// In shares of `ROOM_BYTES`.
    room: Arc<Semaphore>,
    room_of_one: usize,
    owed: Arc<TotalUnread>,
    owed_to_one_max: usize,
}

/// A share of the memory for requests that are under way.
#[derive(Debug)]
struct MemoryPermit {
    _of_caller: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

const ROOM_BYTES: usize = 256;

impl<C: LimitClock> Limits<C> {
    pub fn new(config: &Config, clock: C) -> Limits<C> {
        let (limits, room) = (&config.limits, config.requests.bytes_in_flight_max.div_ceil(ROOM_BYTES));
        Limits {
            sources: Arc::new(Sources::new(config, clock.clone())),
            shares: TrailShares::new(config, clock.now()),
            rates: Rates::new(clock.clone()),
            config: limits.clone(),
            callers: Mutex::default(),
            bridge: RateLimiter::direct_with_clock(quota(config.bridge.commands), clock.clone()),
            clock,
            room: Arc::new(Semaphore::new(room)),
            room_of_one: room.div_ceil(4),
            owed: TotalUnread::new(config.connections.unread_answers_bytes_max),
            owed_to_one_max: config.connections.unread_answers_per_caller_bytes_max,
        }
    }

    /// Admit a request, or say when there is allowance again. It stands before `permit`, so that probing costs.
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
        // What stops the music or throws somebody out always has room; there is little of it.
        let has_capacity = !request.action.handler.is_in_live() || request.action.access.contains(Tag::Stop);
        if !(has_capacity || allowance.owed.permits_unread(0)) {
            return Err(Refused::request(request, unread()).with_role(role));
        }
        let room = self.room_for(line_bytes, allowance);
        let admitted = Admitted { request, caller: caller.clone(), role, _room: room };
        if admitted._room.is_some() || has_capacity {
            return Ok(admitted);
        }
        let message = "too many requests are in flight; wait for some answers, then retry";
        Err(admitted.refuse(Refusal::new(Code::Overloaded, message)))
    }

    /// Room for a line that is under way, from its decision to its answer: the caller's, and everybody's.
    fn room_for(&self, line_bytes: usize, allowance: &Allowance<C>) -> Option<MemoryPermit> {
        let shares = u32::try_from(line_bytes.div_ceil(ROOM_BYTES)).ok()?;
        let take = |room: &Arc<Semaphore>| room.clone().try_acquire_many_owned(shares).ok();
        Some(MemoryPermit { _of_caller: take(&allowance.room)?, _of_all: take(&self.room)? })
    }

    /// The allowance of a caller. It outlives the caller's connections: hanging up does not refill it.
    pub fn of_caller(&self, name: &Arc<str>) -> Arc<Allowance<C>> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        callers.entry(name.clone()).or_insert_with(|| self.new_allowance(Some(name))).clone()
    }

    /// The allowance of a connection that has no caller yet; its source is held to the other limits.
    pub fn unauthenticated(&self) -> Arc<Allowance<C>> {
        self.new_allowance(None)
    }

    fn new_allowance(&self, caller: Option<&Arc<str>>) -> Arc<Allowance<C>> {
        let owed = CallerUnread::new(self.owed_to_one_max, &self.owed);
        Arc::new(Allowance::new(&self.config, self.clock.clone(), self.room_of_one, self.shares.of(caller), owed))
    }

    /// Bytes of answers that clients have not read.
    pub fn unread_bytes(&self) -> usize {
        self.owed.unread()
    }

    /// Whether the bridge takes one more command now, all callers together.
    pub fn admits_to_bridge(&self) -> bool {
        self.bridge.check().is_ok()
    }
}

/// The caller reads too little of its answers.
pub fn unread() -> Refusal {
    Refusal::new(Code::Overloaded, "too many answers to this caller are unread; read them, then try again")
}

/// What room in the trail a request may use.
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
