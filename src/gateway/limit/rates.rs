//! Rate limits set by roles and rules.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use governor::RateLimiter;

use super::{DirectLimiter, LimitClock, OverLimit, quota};
use crate::config::Rate;
use crate::platform::clock::Clock;
use crate::policy::RuleName;

/// Limiters by caller, role or rule, and rate. A request to which no rate applies takes no lock.
pub struct Rates<C: LimitClock = Clock> {
    clock: C,
    limiters: Mutex<HashMap<Key, Arc<DirectLimiter<C>>>>,
}

/// The rate is part of the key, so a changed rate starts with a full burst.
type Key = (Arc<str>, RuleName, NonZeroU32, NonZeroU32);

/// If there are this many limiters, all are reset. Callers cannot cause that: there is one for each user and limited rule, and one more after each
/// change of a rate.
const LIMITERS_MAX: usize = 4096;

/// How often each rate applies to a request.
#[derive(Debug, Default)]
pub struct Due(Vec<(RuleName, Rate, u32)>);

impl Due {
    /// Apply these rates again.
    pub fn add(&mut self, rates: Vec<(RuleName, Rate)>) {
        for (rule, rate) in rates {
            match self.0.iter_mut().find(|(known, ..)| *known == rule) {
                Some((.., times)) => *times += 1,
                None => self.0.push((rule, rate, 1)),
            }
        }
    }
}

impl<C: LimitClock> Rates<C> {
    pub(super) fn new(clock: C) -> Rates<C> {
        Rates { clock, limiters: Mutex::default() }
    }

    /// Spend from each rate, or return the role or rule whose rate is exhausted. Amounts spent before that stay spent.
    pub fn spend(&self, caller: &Arc<str>, due: Due) -> Result<(), (RuleName, OverLimit)> {
        for (rule, rate, times) in due.0 {
            let limiter = self.limiter(caller, &rule, rate);
            let times = NonZeroU32::new(times).expect("at least once");
            let over = match limiter.check_n(times) {
                Ok(Ok(())) => continue,
                Ok(Err(not_until)) => OverLimit::Spent { retry_after: not_until.wait_time_from(self.clock.now()) },
                Err(_) => OverLimit::BatchTooLarge { commands: times.get(), commands_max: rate.burst },
            };
            return Err((rule, over));
        }
        Ok(())
    }

    fn limiter(&self, caller: &Arc<str>, rule: &RuleName, rate: Rate) -> Arc<DirectLimiter<C>> {
        let mut limiters = self.limiters.lock().unwrap_or_else(PoisonError::into_inner);
        if limiters.len() >= LIMITERS_MAX {
            limiters.clear();
        }
        let key = (caller.clone(), rule.clone(), rate.per_second, rate.burst);
        let new = || Arc::new(RateLimiter::direct_with_clock(quota(rate), self.clock.clone()));
        limiters.entry(key).or_insert_with(new).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ManualClock;
    use super::*;

    #[test]
    fn a_spent_rate_refuses_only_its_caller() {
        let clock = ManualClock::default();
        let rates = Rates::new(clock.clone());
        let rate = Rate { per_second: NonZeroU32::MIN, burst: NonZeroU32::new(2).expect("two") };
        let spend = |caller: &str, times: u32| {
            let mut due = Due::default();
            (0..times).for_each(|_| due.add(vec![("a.rule1".into(), rate)]));
            rates.spend(&caller.into(), due)
        };
        assert_eq!(spend("mia", 2), Ok(()));
        let (rule, over) = spend("mia", 1).expect_err("spent");
        assert_eq!(rule.as_ref(), "a.rule1");
        assert!(matches!(over, OverLimit::Spent { .. }));
        assert_eq!(spend("guest", 1), Ok(()));
        clock.advance(std::time::Duration::from_secs(1));
        assert_eq!(spend("mia", 1), Ok(()));
        assert!(matches!(spend("mia", 3), Err((_, OverLimit::BatchTooLarge { commands: 3, .. }))));
    }
}
