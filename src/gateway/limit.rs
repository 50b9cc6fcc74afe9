//! Has allowance (rate limiting): so much per caller and class of action, and so much per address before there is a caller.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::identify::{Caller, Role};
use super::interpret::Request;
use crate::command::{Action, Home, Tag, Tags};
use crate::config::{self, Config, Rate};
use crate::refusal::{Code, Refusal};

/// A request within its caller's allowance.
#[derive(Debug)]
pub struct Admitted {
    request: Request,
    caller: Arc<Caller>,
    role: Role,
    /// Given back when the request is gone, wherever that happens.
    _room: Option<Room>,
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

    /// What a refused request was, for the trail.
    pub fn into_request(self) -> Request {
        self.request
    }

    /// A password that the gateway's own administration needs; whoever takes it is `identity`'s caller.
    pub(super) fn take_secret(&mut self) -> Option<secrecy::SecretString> {
        self.request.secret.take()
    }
}

/// What an action costs: fader moves are cheap, deletes are not, and a stop must always get through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Read,
    Change,
    Heavy,
    Stop,
}

impl Class {
    fn of(action: &Action) -> Class {
        let heavy = !action.access.intersection(Tags::GUARDED).is_empty() || action.access.contains(Tag::Admin);
        match action {
            _ if action.access.contains(Tag::Stop) => Class::Stop,
            _ if heavy => Class::Heavy,
            _ if action.is_read() => Class::Read,
            _ => Class::Change,
        }
    }
}

/// One caller's allowance, shared by all of its connections. Spending it takes no lock.
#[derive(Debug)]
pub struct Allowance {
    classes: [DefaultDirectRateLimiter; 4],
    /// What can be spent of each at once.
    bursts: [NonZeroU32; 4],
    /// The caller's part of the memory for requests that are under way, in shares of `ROOM_BYTES`.
    room: Arc<Semaphore>,
}

impl Allowance {
    fn new(limits: &config::Limits, room: usize) -> Allowance {
        let rates = [limits.read, limits.change, limits.heavy, limits.stop];
        let classes = rates.map(|rate| RateLimiter::direct(quota(rate)));
        Allowance { classes, bursts: rates.map(|rate| rate.burst), room: Arc::new(Semaphore::new(room)) }
    }

    /// A sign-in costs as much as a delete: it takes a signature or a password to check, and a row.
    pub fn spend_on_sign_in(&self) -> Result<(), Refusal> {
        self.spend(Class::Heavy)
    }

    /// What comes to nothing before it is known what it would cost, costs as much as a change.
    pub fn spend_on_nothing(&self) -> Result<(), Refusal> {
        self.spend(Class::Change)
    }

    /// A batch costs what its commands cost.
    fn spend_on(&self, request: &Request) -> Result<(), Refusal> {
        if request.batch().is_empty() {
            return self.spend(Class::of(request.action));
        }
        let mut counts = [0; 4];
        request.commands().for_each(|(action, _)| counts[Class::of(action) as usize] += 1);
        // What can never be spent at once is refused before anything is.
        if let Some((most, count)) = self.bursts.iter().zip(counts).find(|(burst, count)| burst.get() < *count) {
            let message = format!("a batch has at most {most} commands of this kind, got {count}");
            return Err(Refusal::new(Code::InvalidParams, message));
        }
        for (limiter, count) in self.classes.iter().zip(counts) {
            let Some(count) = NonZeroU32::new(count) else { continue };
            if let Ok(Err(until)) = limiter.check_n(count) {
                return Err(spent(until.wait_time_from(DefaultClock::default().now())));
            }
        }
        Ok(())
    }

    fn spend(&self, class: Class) -> Result<(), Refusal> {
        self.classes[class as usize].check().map_err(|until| spent(until.wait_time_from(DefaultClock::default().now())))
    }
}

fn spent(wait: Duration) -> Refusal {
    let retry_after_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
    let message = format!("too many requests; try again in {retry_after_ms} ms");
    Refusal::new(Code::RateLimited, message).retry_after_ms(retry_after_ms)
}

/// All allowances: of callers by name, and of addresses.
pub struct Limits {
    config: config::Limits,
    /// Locked when a connection gets its caller, never per command. As many entries as there are users.
    callers: Mutex<HashMap<Arc<str>, Arc<Allowance>>>,
    connections: DefaultKeyedRateLimiter<IpAddr>,
    failures: DefaultKeyedRateLimiter<IpAddr>,
    /// Addresses that have failed too often, until when they are not let in.
    barred: Mutex<HashMap<IpAddr, Instant>>,
    bridge: DefaultDirectRateLimiter,
    /// In shares of `ROOM_BYTES`.
    room: Arc<Semaphore>,
    room_of_one: usize,
}

/// A share of the memory for requests that are under way.
#[derive(Debug)]
struct Room {
    _of_caller: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

const ROOM_BYTES: usize = 256;

impl Limits {
    pub fn new(config: &Config) -> Limits {
        let (limits, room) = (&config.limits, config.requests.bytes_under_way_max.div_ceil(ROOM_BYTES));
        Limits {
            config: limits.clone(),
            callers: Mutex::default(),
            connections: RateLimiter::keyed(quota(limits.address_connections)),
            failures: RateLimiter::keyed(quota(limits.address_failures)),
            barred: Mutex::default(),
            bridge: RateLimiter::direct(quota(config.bridge.commands)),
            room: Arc::new(Semaphore::new(room)),
            room_of_one: room.div_ceil(4),
        }
    }

    /// Admit a request, or say when there is allowance again. It stands before `permit`, so that probing costs.
    pub fn admit(
        &self,
        request: Request,
        line_bytes: usize,
        caller: &Arc<Caller>,
        role: Role,
        allowance: &Allowance,
    ) -> Result<Admitted, Box<(Request, Refusal)>> {
        if let Err(refusal) = allowance.spend_on(&request) {
            return Err(Box::new((request, refusal)));
        }
        // What stops the music or throws somebody out always has room; there is little of it.
        let has_room = request.action.home != Home::Live || request.action.access.contains(Tag::Stop);
        let room = self.room_for(line_bytes, allowance);
        match room.is_some() || has_room {
            true => Ok(Admitted { request, caller: caller.clone(), role, _room: room }),
            false => {
                let message = "too much is under way; wait for some answers, then try again";
                Err(Box::new((request, Refusal::new(Code::Overloaded, message))))
            }
        }
    }

    /// Room for a line that is under way, from its decision to its answer: the caller's, and everybody's.
    fn room_for(&self, line_bytes: usize, allowance: &Allowance) -> Option<Room> {
        let shares = u32::try_from(line_bytes.div_ceil(ROOM_BYTES)).ok()?;
        let take = |room: &Arc<Semaphore>| room.clone().try_acquire_many_owned(shares).ok();
        Some(Room { _of_caller: take(&allowance.room)?, _of_all: take(&self.room)? })
    }

    /// The allowance of a caller. It outlives the caller's connections: hanging up does not refill it.
    pub fn of_caller(&self, name: &Arc<str>) -> Arc<Allowance> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        callers.entry(name.clone()).or_insert_with(|| Arc::new(Allowance::new(&self.config, self.room_of_one))).clone()
    }

    /// The allowance of a connection that has no caller yet; its address is held to the other limits.
    pub fn of_nobody(&self) -> Arc<Allowance> {
        Arc::new(Allowance::new(&self.config, self.room_of_one))
    }

    pub fn admits_connection(&self, address: IpAddr) -> bool {
        self.spend_of_address(&self.connections, address)
    }

    /// Count a refused sign-in or handshake. An address that has had its share of them is not let in for a while.
    pub fn count_failure(&self, address: IpAddr) {
        let is_exempt = self.config.exempt_loopback && address.is_loopback();
        if is_exempt || !self.has_place(&self.failures) || self.failures.check_key(&address).is_ok() {
            return;
        }
        let (now, bar) = (Instant::now(), Duration::from_secs(self.config.address_bar_s));
        let mut barred = self.barred.lock().unwrap_or_else(PoisonError::into_inner);
        if barred.len() >= self.config.addresses_max {
            barred.retain(|_, until| *until > now);
        }
        if barred.len() < self.config.addresses_max {
            barred.insert(address, now + bar);
        }
    }

    pub fn is_barred(&self, address: IpAddr, now: Instant) -> bool {
        let barred = self.barred.lock().unwrap_or_else(PoisonError::into_inner);
        barred.get(&address).is_some_and(|until| *until > now)
    }

    /// Whether the bridge takes one more command now, all callers together.
    pub fn admits_to_bridge(&self) -> bool {
        self.bridge.check().is_ok()
    }

    /// The table is bounded: when it is full of addresses that are not idle, strangers wait.
    fn spend_of_address(&self, limiter: &DefaultKeyedRateLimiter<IpAddr>, address: IpAddr) -> bool {
        if self.config.exempt_loopback && address.is_loopback() {
            return true;
        }
        self.has_place(limiter) && limiter.check_key(&address).is_ok()
    }

    fn has_place(&self, limiter: &DefaultKeyedRateLimiter<IpAddr>) -> bool {
        if limiter.len() >= self.config.addresses_max {
            limiter.retain_recent();
        }
        limiter.len() < self.config.addresses_max
    }
}

fn quota(rate: Rate) -> Quota {
    Quota::per_second(rate.per_second).allow_burst(rate.burst)
}
