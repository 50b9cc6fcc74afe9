//! One caller's allowance: so much of each class of action, and so much under way.

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

/// What an action costs: fader moves are cheap, deletes are not, and a stop must always get through.
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

/// One caller's allowance, shared by all of its connections. Spending it takes no lock.
pub struct Allowance<C: LimitClock = Clock> {
    clock: C,
    classes: [DirectLimiter<C>; 4],
    /// What can be spent of each at once.
    bursts: [NonZeroU32; 4],
    /// The caller's part of the memory for requests that are under way, in shares of `ROOM_BYTES`.
    pub(super) room: Arc<Semaphore>,
    /// What the caller has written of the trail.
    pub share: Share,
    /// The answers that the caller has not taken.
    pub owed: Arc<CallerUnread>,
}

/// Why an allowance does not cover a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverLimit {
    /// Too much was spent; after this time there is enough again.
    Spent { retry_after: Duration },
    /// The batch has more commands of one class than its burst, so it never fits.
    BatchTooLarge { commands: u32, commands_max: NonZeroU32 },
}

impl From<OverLimit> for Refusal {
    fn from(over: OverLimit) -> Refusal {
        match over {
            OverLimit::Spent { retry_after } => {
                let retry_after_ms = u64::try_from(retry_after.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
                let message = format!("too many requests; try again in {retry_after_ms} ms");
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
        room: usize,
        share: Share,
        owed: Arc<CallerUnread>,
    ) -> Allowance<C> {
        let rates = [limits.read, limits.change, limits.heavy, limits.stop];
        let classes = rates.map(|rate| RateLimiter::direct_with_clock(quota(rate), clock.clone()));
        let (bursts, room) = (rates.map(|rate| rate.burst), Arc::new(Semaphore::new(room)));
        Allowance { clock, classes, bursts, room, share, owed }
    }

    /// A sign-in costs as much as a delete: it takes a signature or a password to check, and a row.
    pub fn spend_on_sign_in(&self) -> Result<(), OverLimit> {
        self.spend(Class::Heavy)
    }

    /// What comes to nothing before it is known what it would cost, costs as much as a change.
    pub fn spend_on_nothing(&self) -> Result<(), OverLimit> {
        self.spend(Class::Change)
    }

    /// A batch costs what its commands cost.
    pub(super) fn spend_on(&self, request: &Request) -> Result<(), OverLimit> {
        if request.batch().is_empty() {
            return self.spend(Class::of(request.action, &request.params));
        }
        let mut counts = [0; 4];
        request.commands().for_each(|(action, params)| counts[Class::of(action, params) as usize] += 1);
        // What can never be spent at once is refused before anything is.
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
