//! What failing costs: seconds that add up and pass with time. From so many on, whoever has them is turned away until they have passed.
//!
//! The accounting is that of OpenSSH's `PerSourcePenalties`: below a minimum seconds only add up, and once in force a penalty stays so until its
//! end, which is never further away than the maximum.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::time::{Duration, Instant};

/// Within what bounds penalties count.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Below it, penalties are not in force yet.
    pub min: Duration,
    pub max: Duration,
    /// So many are remembered.
    pub entries_max: usize,
}

/// Everybody who has a penalty, bounded.
///
/// When it is full the one that ends first makes room, if it ends before the new one would: so small penalties of many wash out no large
/// one, and whoever wants to be forgotten has to find that many others who have failed more.
#[derive(Debug)]
pub struct Penalties<K> {
    bounds: Bounds,
    known: HashMap<K, Penalty>,
    by_end: BTreeSet<(Instant, K)>,
    in_force: usize,
}

#[derive(Clone, Copy, Debug)]
struct Penalty {
    until: Instant,
    in_force: bool,
}

impl<K: Clone + Eq + Hash + Ord> Penalties<K> {
    pub fn new(bounds: Bounds) -> Penalties<K> {
        Penalties { bounds, known: HashMap::new(), by_end: BTreeSet::new(), in_force: 0 }
    }

    /// Add to somebody's penalty. What comes back is its end, if it has come into force by this.
    pub fn add(&mut self, key: &K, cost: Duration, now: Instant) -> Option<Instant> {
        if cost.is_zero() {
            return None;
        }
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
        begins.then_some(until)
    }

    /// Until when somebody is turned away, if so.
    pub fn in_force(&self, key: &K, now: Instant) -> Option<Instant> {
        self.known.get(key).filter(|penalty| penalty.in_force && penalty.until > now).map(|penalty| penalty.until)
    }

    /// How many are turned away now.
    pub fn count(&mut self, now: Instant) -> usize {
        self.forget_ended(now);
        self.in_force
    }

    /// Forget the one that ends first, if that is before `until`.
    fn make_room(&mut self, until: Instant) -> Option<()> {
        let (first, _) = self.by_end.first()?;
        (*first < until).then(|| self.forget_first())
    }

    fn forget_ended(&mut self, now: Instant) {
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

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn penalties(entries_max: usize) -> (Penalties<&'static str>, Instant) {
        (Penalties::new(Bounds { min: s(15), max: s(60), entries_max }), Instant::now())
    }

    /// Promise: Failures penalise their source
    #[test]
    fn penalties_add_up_until_they_are_in_force_and_stay_so_until_their_end() {
        let (mut penalties, start) = penalties(8);
        assert_eq!(penalties.add(&"a", s(10), start), None);
        assert_eq!(penalties.in_force(&"a", start), None);
        assert_eq!(penalties.add(&"a", s(10), start), Some(start + s(20)));
        assert_eq!(penalties.in_force(&"a", start + s(19)), Some(start + s(20)), "fewer than the minimum are left");
        assert_eq!(penalties.in_force(&"a", start + s(20)), None);
        assert_eq!(penalties.in_force(&"b", start), None);
    }

    /// Promise: Failures penalise their source
    #[test]
    fn what_has_passed_does_not_count_any_more() {
        let (mut penalties, start) = penalties(8);
        for failure in 0..20 {
            assert_eq!(penalties.add(&"a", s(10), start + failure * s(10)), None, "one every ten seconds passes");
        }
        assert_eq!(penalties.add(&"a", s(10), start + s(195)), Some(start + s(210)));
    }

    #[test]
    fn no_penalty_ends_later_than_the_maximum() {
        let (mut penalties, start) = penalties(8);
        for _ in 0..100 {
            penalties.add(&"a", s(10), start);
        }
        assert_eq!(penalties.in_force(&"a", start), Some(start + s(60)));
        penalties.add(&"a", s(10), start + s(30));
        assert_eq!(penalties.in_force(&"a", start + s(30)), Some(start + s(70)));
    }

    /// Promise: Failures penalise their source
    #[test]
    fn small_penalties_of_many_wash_out_no_large_one() {
        let names: Vec<String> = (0..100).map(|number| number.to_string()).collect();
        let start = Instant::now();
        let mut penalties = Penalties::new(Bounds { min: s(15), max: s(60), entries_max: 4 });
        for _ in 0..5 {
            penalties.add(&"worst", s(10), start);
        }
        for name in &names {
            penalties.add(&name.as_str(), s(10), start);
        }
        assert!(penalties.in_force(&"worst", start).is_some());
        assert!(penalties.known.len() <= 4 && penalties.by_end.len() == penalties.known.len());
    }

    #[test]
    fn those_in_force_are_counted_until_they_end_or_are_forgotten() {
        let (mut penalties, start) = penalties(2);
        penalties.add(&"a", s(20), start);
        penalties.add(&"b", s(30), start);
        penalties.add(&"b", s(5), start);
        assert_eq!(penalties.count(start), 2);
        penalties.add(&"c", s(40), start);
        assert_eq!((penalties.count(start), penalties.in_force(&"a", start)), (2, None));
        assert_eq!(penalties.count(start + s(35)), 1);
        assert_eq!(penalties.count(start + s(40)), 0);
        assert!(penalties.known.is_empty() && penalties.by_end.is_empty());
    }
}
