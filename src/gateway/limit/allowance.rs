//! One caller's allowance: rates for each class of action, and memory for requests in flight.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::{NotUntil, RateLimiter};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use super::{DirectLimiter, LimitClock, Share, quota};
use crate::command::{Action, Tag, Tags};
use crate::config;
use crate::gateway::interpret::Request;
use crate::platform::clock::{Clock, Moment};
use crate::replies::unread::CallerUnread;
use crate::wire::refusal::{Code, Refusal};

/// The class of an action, which determines its cost. Fader moves are cheap, deletes are expensive, and stops have a rate of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Read,
    Change,
    Heavy,
    Stop,
}

impl Class {
    pub const ALL: [Class; 4] = [Class::Read, Class::Change, Class::Heavy, Class::Stop];

    pub const fn name(self) -> &'static str {
        match self {
            Class::Read => "read",
            Class::Change => "change",
            Class::Heavy => "heavy",
            Class::Stop => "stop",
        }
    }

    pub fn of(action: &Action, params: &Map<String, Value>) -> Class {
        let heavy = action.is_heavy(params) || !action.access.intersection(Tags::HEAVY).is_empty();
        match action {
            _ if action.access.contains(Tag::Stop) => Class::Stop,
            _ if heavy => Class::Heavy,
            _ if action.is_read() => Class::Read,
            _ => Class::Change,
        }
    }
}

/// The allowance of a caller, shared by all of its connections. Spending takes no lock.
pub struct Allowance<C: LimitClock = Clock> {
    clock: C,
    classes: [DirectLimiter<C>; 4],
    /// The burst of each class.
    bursts: [NonZeroU32; 4],
    /// The caller's part of the memory for requests in flight, in units of `MEMORY_UNIT_BYTES`.
    pub(super) memory: Arc<Semaphore>,
    /// The caller's share of the trail.
    pub share: Share,
    /// The caller's unread answers.
    pub unread: Arc<CallerUnread>,
}

/// Why an allowance does not cover a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverLimit {
    /// The rate is exceeded; enough is available again after this time.
    Spent { retry_after: Duration },
    /// The batch has more commands of one class than the class's burst, so it can never be admitted.
    BatchTooLarge { commands: u32, commands_max: NonZeroU32 },
}

impl From<OverLimit> for Refusal {
    fn from(over: OverLimit) -> Refusal {
        match over {
            OverLimit::Spent { retry_after } => {
                let retry_after_ms = u64::try_from(retry_after.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
                let message = format!("too many requests; retry in {retry_after_ms} ms");
                Refusal::new(Code::RateLimited, message).retry_after_ms(retry_after_ms)
            }
            OverLimit::BatchTooLarge { commands, commands_max } => {
                let message = format!("a batch has at most {commands_max} commands of this kind, got {commands}");
                Refusal::new(Code::InvalidParams, message)
            }
        }
    }
}

impl<C: LimitClock> Allowance<C> {
    pub(super) fn new(
        limits: &config::Limits,
        clock: C,
        memory: usize,
        share: Share,
        unread: Arc<CallerUnread>,
    ) -> Allowance<C> {
        let rates = [limits.read, limits.change, limits.heavy, limits.stop];
        let classes = rates.map(|rate| RateLimiter::direct_with_clock(quota(rate), clock.clone()));
        let bursts = rates.map(|rate| rate.burst);
        let memory = Arc::new(Semaphore::new(memory));
        Allowance { clock, classes, bursts, memory, share, unread }
    }

    /// A sign-in costs as much as a delete, because it checks a signature or a password and writes a row.
    pub fn spend_on_sign_in(&self) -> Result<(), OverLimit> {
        self.spend(Class::Heavy)
    }

    /// A message that is refused before its class is known costs as much as a change.
    pub fn spend_on_nothing(&self) -> Result<(), OverLimit> {
        self.spend(Class::Change)
    }

    /// A batch costs the sum of its commands.
    pub(super) fn spend_on(&self, request: &Request) -> Result<(), OverLimit> {
        if request.batch().is_empty() {
            return self.spend(Class::of(request.action, &request.params));
        }
        let mut counts = [0; 4];
        request.commands().for_each(|(action, params)| counts[Class::of(action, params) as usize] += 1);
        // Check every burst before anything is spent.
        let too_large = self.bursts.iter().zip(counts).find(|(burst, count)| burst.get() < *count);
        if let Some((&commands_max, commands)) = too_large {
            return Err(OverLimit::BatchTooLarge { commands, commands_max });
        }
        for (limiter, count) in self.classes.iter().zip(counts) {
            let Some(count) = NonZeroU32::new(count) else { continue };
            if let Ok(Err(until)) = limiter.check_n(count) {
                return Err(self.spent(&until));
            }
        }
        Ok(())
    }

    fn spend(&self, class: Class) -> Result<(), OverLimit> {
        self.classes[class as usize].check().map_err(|until| self.spent(&until))
    }

    fn spent(&self, until: &NotUntil<Moment>) -> OverLimit {
        OverLimit::Spent { retry_after: until.wait_time_from(self.clock.now()) }
    }
}
