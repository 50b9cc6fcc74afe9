//! Tests of the limits under a manual clock.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::*;
use crate::config::Rate;
use crate::gateway::accept::Failure;
use crate::platform::clock::Moment;

/// A clock that moves only when advanced. Clones share it.
#[derive(Clone, Debug)]
pub struct ManualClock {
    start: Moment,
    passed_ms: Arc<AtomicU64>,
}

impl Default for ManualClock {
    fn default() -> ManualClock {
        ManualClock { start: Moment::now(), passed_ms: Arc::default() }
    }
}

impl ManualClock {
    pub fn advance(&self, by: Duration) {
        self.passed_ms.fetch_add(u64::try_from(by.as_millis()).expect("a short time"), Ordering::Relaxed);
    }
}

impl governor::clock::Clock for ManualClock {
    type Instant = Moment;

    fn now(&self) -> Moment {
        self.start + ms(self.passed_ms.load(Ordering::Relaxed))
    }
}

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn rate(per_second: u32, burst: u32) -> Rate {
    let positive = |number| NonZeroU32::new(number).expect("a positive number");
    Rate { per_second: positive(per_second), burst: positive(burst) }
}

fn limits(change: impl FnOnce(&mut Config)) -> (Limits<ManualClock>, ManualClock) {
    let mut config = Config::default();
    let clock = ManualClock::default();
    change(&mut config);
    (Limits::new(&config, clock.clone()), clock)
}

#[test]
fn an_allowance_is_refilled_as_its_clock_says() {
    let (limits, clock) = limits(|config| config.limits.change = rate(10, 2));
    let spend = || limits.of_caller(&"mia".into()).spend_on_nothing();
    let spent = |left| Err(OverLimit::Spent { retry_after: ms(left) });
    assert_eq!([spend(), spend(), spend()], [Ok(()), Ok(()), spent(100)]);
    clock.advance(ms(99));
    assert_eq!(spend(), spent(1));
    clock.advance(ms(1));
    assert_eq!([spend(), spend()], [Ok(()), spent(100)]);
    // Sleep refills an allowance to its burst and no further.
    clock.advance(ms(8 * 3_600_000));
    assert_eq!([spend(), spend(), spend()], [Ok(()), Ok(()), spent(100)]);
}

#[test]
fn the_bridge_admits_a_burst_then_its_rate() {
    let (limits, clock) = limits(|config| config.bridge.commands = rate(100, 3));
    let admitted = || (0..10).filter(|_| limits.admits_to_bridge()).count();
    assert_eq!(admitted(), 3);
    clock.advance(ms(20));
    assert_eq!(admitted(), 2);
}

/// Promise: Failures penalise their source
#[test]
fn a_source_is_admitted_after_its_penalty() {
    let (limits, clock) = limits(|config| (config.penalties.sign_in_s, config.penalties.min_s) = (10, 20));
    let sources = &limits.sources;
    let address = IpAddr::from([192, 168, 1, 20]);
    assert!(sources.penalise(address, Failure::SignIn).is_none() && !sources.is_penalised(address));
    assert!(sources.penalise(address, Failure::SignIn).is_some() && sources.is_penalised(address));
    clock.advance(ms(19_999));
    assert_eq!((sources.is_penalised(address), sources.penalised()), (true, 1));
    clock.advance(ms(1));
    assert_eq!((sources.is_penalised(address), sources.penalised()), (false, 0));
}

#[test]
fn a_sources_connection_allowance_refills() {
    let (limits, clock) = limits(|config| config.sources.connections = rate(1, 2));
    let connect = || limits.sources.admit_connection([192, 168, 1, 20].into());
    assert_eq!([connect(), connect(), connect()], [true, true, false]);
    clock.advance(ms(1_000));
    assert_eq!([connect(), connect()], [true, false]);
}

#[test]
fn a_spent_allowance_says_when_to_retry() {
    let refusal = Refusal::from(OverLimit::Spent { retry_after: Duration::from_micros(1_500) });
    assert_eq!((refusal.code, &*refusal.message), (Code::RateLimited, "too many requests; retry in 2 ms"));
    let commands_max = NonZeroU32::new(20).expect("a positive number");
    let refusal = Refusal::from(OverLimit::BatchTooLarge { commands: 21, commands_max });
    let message = "a batch has at most 20 commands of this kind, got 21";
    assert_eq!((refusal.code, &*refusal.message), (Code::InvalidParams, message));
}
