//! Penalties for failures, in seconds: they add up and expire over time. From a minimum on, a penalty is in force until it expires.
//!
//! The accounting follows OpenSSH's `PerSourcePenalties`: below the minimum, seconds only add up; a penalty in force lasts until its end, which is
//! never further away than the maximum.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::time::Duration;

use super::limiter::LimitClock;
use crate::platform::clock::{Clock, Moment};

/// Limits of penalties.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The minimum from which a penalty is in force.
    pub min: Duration,
    pub max: Duration,
    /// The most penalties that are stored.
    pub entries_max: usize,
}

/// All penalties, bounded.
///
/// A full table drops the penalty that ends first, if it ends before the new one would. Many small penalties therefore displace no large one: to have
/// a penalty dropped, an attacker needs that many sources with larger ones.
pub struct Penalties<K, C: LimitClock = Clock> {
    clock: C,
    bounds: Bounds,
    known: HashMap<K, Penalty>,
    by_end: BTreeSet<(Moment, K)>,
    in_force: usize,
}

#[derive(Clone, Copy, Debug)]
struct Penalty {
    until: Moment,
    in_force: bool,
}

impl<K: Clone + Eq + Hash + Ord, C: LimitClock> Penalties<K, C> {
    pub fn new(bounds: Bounds, clock: C) -> Penalties<K, C> {
        Penalties { clock, bounds, known: HashMap::new(), by_end: BTreeSet::new(), in_force: 0 }
    }

    /// Add to the penalty of a key. If that brings it into force, returns how long it lasts.
    pub fn add(&mut self, key: &K, cost: Duration) -> Option<Duration> {
        if cost.is_zero() {
            return None;
        }
        let now = self.clock.now();
        self.forget_ended(now);
        let before = self.known.get(key).copied();
        let until = (before.map_or(now, |penalty| penalty.until) + cost).min(now + self.bounds.max);
        match before {
            Some(penalty) => _ = self.by_end.remove(&(penalty.until, key.clone())),
            None if self.known.len() >= self.bounds.entries_max => self.make_room(until)?,
            None => (),
        }
        let was_in_force = before.is_some_and(|penalty| penalty.in_force);
        let in_force = was_in_force || until - now >= self.bounds.min;
        self.by_end.insert((until, key.clone()));
        self.known.insert(key.clone(), Penalty { until, in_force });
        let begins = in_force && !was_in_force;
        self.in_force += usize::from(begins);
        begins.then(|| until - now)
    }

    /// How long the penalty of a key remains in force, if it is.
    pub fn in_force(&self, key: &K) -> Option<Duration> {
        let now = self.clock.now();
        self.known.get(key).filter(|penalty| penalty.in_force && penalty.until > now).map(|penalty| penalty.until - now)
    }

    /// The number of penalties in force.
    pub fn count(&mut self) -> usize {
        self.forget_ended(self.clock.now());
        self.in_force
    }

    /// Drop the penalty that ends first, if it ends before `until`.
    fn make_room(&mut self, until: Moment) -> Option<()> {
        let (first, _) = self.by_end.first()?;
        (*first < until).then(|| self.forget_first())
    }

    fn forget_ended(&mut self, now: Moment) {
        while self.by_end.first().is_some_and(|(until, _)| *until <= now) {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        let Some((_, key)) = self.by_end.pop_first() else { return };
        let forgotten = self.known.remove(&key);
        self.in_force -= usize::from(forgotten.is_some_and(|penalty| penalty.in_force));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::limit::tests::ManualClock;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn penalties(entries_max: usize) -> (Penalties<&'static str, ManualClock>, ManualClock) {
        let clock = ManualClock::default();
        (Penalties::new(Bounds { min: s(15), max: s(60), entries_max }, clock.clone()), clock)
    }

    /// Promise: Failures penalise their source
    #[test]
    fn penalties_add_up_and_last_to_their_end() {
        let (mut penalties, clock) = penalties(8);
        assert_eq!(penalties.add(&"a", s(10)), None);
        assert_eq!(penalties.in_force(&"a"), None);
        assert_eq!(penalties.add(&"a", s(10)), Some(s(20)));
        clock.advance(s(19));
        assert_eq!(penalties.in_force(&"a"), Some(s(1)), "less than the minimum remains");
        clock.advance(s(1));
        assert_eq!(penalties.in_force(&"a"), None);
        assert_eq!(penalties.in_force(&"b"), None);
    }

    /// Promise: Failures penalise their source
    #[test]
    fn an_expired_penalty_counts_no_more() {
        let (mut penalties, clock) = penalties(8);
        for _ in 0..20 {
            assert_eq!(penalties.add(&"a", s(10)), None, "one every ten seconds is not penalised");
            clock.advance(s(10));
        }
        assert_eq!(penalties.add(&"a", s(10)), None);
        clock.advance(s(5));
        assert_eq!(penalties.add(&"a", s(10)), Some(s(15)));
    }

    #[test]
    fn no_penalty_ends_later_than_the_maximum() {
        let (mut penalties, clock) = penalties(8);
        for _ in 0..100 {
            penalties.add(&"a", s(10));
        }
        assert_eq!(penalties.in_force(&"a"), Some(s(60)));
        clock.advance(s(30));
        penalties.add(&"a", s(10));
        assert_eq!(penalties.in_force(&"a"), Some(s(40)));
    }

    /// Promise: Failures penalise their source
    #[test]
    fn many_small_penalties_displace_no_large_one() {
        let names: Vec<String> = (0..100).map(|number| number.to_string()).collect();
        let bounds = Bounds { min: s(15), max: s(60), entries_max: 4 };
        let mut penalties = Penalties::new(bounds, ManualClock::default());
        for _ in 0..5 {
            penalties.add(&"worst", s(10));
        }
        for name in &names {
            penalties.add(&name.as_str(), s(10));
        }
        assert!(penalties.in_force(&"worst").is_some());
        assert!(penalties.known.len() <= 4 && penalties.by_end.len() == penalties.known.len());
    }

    #[test]
    fn penalties_in_force_are_counted() {
        let (mut penalties, clock) = penalties(2);
        penalties.add(&"a", s(20));
        penalties.add(&"b", s(30));
        penalties.add(&"b", s(5));
        assert_eq!(penalties.count(), 2);
        penalties.add(&"c", s(40));
        assert_eq!((penalties.count(), penalties.in_force(&"a")), (2, None));
        clock.advance(s(35));
        assert_eq!(penalties.count(), 1);
        clock.advance(s(5));
        assert_eq!(penalties.count(), 0);
        assert!(penalties.known.is_empty() && penalties.by_end.is_empty());
    }
}
