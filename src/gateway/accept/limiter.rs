//! Rate limiters on a clock that includes sleep. Tests substitute a manual clock.

use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::config::Rate;
use crate::platform::clock::Moment;

/// The clock of rate limiters: the gateway's, or a manual one in tests.
pub trait LimitClock: governor::clock::Clock<Instant = Moment> + Clone {}

impl<C: governor::clock::Clock<Instant = Moment> + Clone> LimitClock for C {}

pub type DirectLimiter<C> = RateLimiter<NotKeyed, InMemoryState, C, NoOpMiddleware<Moment>>;
pub type KeyedLimiter<K, C> = RateLimiter<K, DefaultKeyedStateStore<K>, C, NoOpMiddleware<Moment>>;

pub fn quota(rate: Rate) -> Quota {
    Quota::per_second(rate.per_second).allow_burst(rate.burst)
}
