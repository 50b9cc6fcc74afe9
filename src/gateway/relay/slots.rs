//! Slots for commands in the script: one pool for all commands, and one that only stops use.

use std::collections::HashMap;
use std::sync::Arc;

use crate::config;

/// Who has how many commands in the script.
#[derive(Debug)]
pub struct Slots {
    ordinary: Pool,
    /// A stop takes one of these when its caller can have no ordinary slot.
    reserved: Pool,
}

/// A slot that is taken. It must be given back.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Ordinary,
    Reserved,
}

impl Slots {
    pub fn new(bridge: &config::Bridge) -> Slots {
        let pool = |size, per_caller_max| Pool { size, per_caller_max, taken: 0, callers: HashMap::new() };
        Slots {
            ordinary: pool(bridge.in_flight_max, bridge.in_flight_per_caller_max),
            reserved: pool(bridge.in_flight_stops_max, bridge.in_flight_stops_max),
        }
    }

    pub fn are_free_for(&self, caller: &Arc<str>, is_stop: bool) -> bool {
        self.ordinary.is_free_for(caller) || (is_stop && self.reserved.is_free_for(caller))
    }

    /// Take a slot that is free for the caller.
    pub fn take(&mut self, caller: &Arc<str>, is_stop: bool) -> Taken {
        if is_stop && !self.ordinary.is_free_for(caller) {
            self.reserved.take(caller);
            return Taken::Reserved;
        }
        self.ordinary.take(caller);
        Taken::Ordinary
    }

    pub fn give_back(&mut self, caller: &Arc<str>, taken: Taken) {
        match taken {
            Taken::Ordinary => self.ordinary.give_back(caller),
            Taken::Reserved => self.reserved.give_back(caller),
        }
    }
}

#[derive(Debug)]
struct Pool {
    size: usize,
    per_caller_max: usize,
    taken: usize,
    /// Callers that have taken any.
    callers: HashMap<Arc<str>, usize>,
}

impl Pool {
    /// A caller may have as many slots as are free (dynamic threshold), so that a few callers do not take the last one from all others.
    fn is_free_for(&self, caller: &Arc<str>) -> bool {
        let own = self.callers.get(caller).copied().unwrap_or_default();
        own < self.per_caller_max && own < self.size.saturating_sub(self.taken)
    }

    fn take(&mut self, caller: &Arc<str>) {
        self.taken += 1;
        *self.callers.entry(caller.clone()).or_default() += 1;
    }

    fn give_back(&mut self, caller: &Arc<str>) {
        let Some(own) = self.callers.get_mut(caller) else { return };
        *own -= 1;
        self.taken -= 1;
        if *own == 0 {
            self.callers.remove(caller);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(in_flight_max: usize, in_flight_per_caller_max: usize, in_flight_stops_max: usize) -> Slots {
        let bounds = config::Bridge {
            in_flight_max,
            in_flight_per_caller_max,
            in_flight_stops_max,
            ..config::Bridge::default()
        };
        Slots::new(&bounds)
    }

    /// How many a caller can take.
    fn fill(slots: &mut Slots, caller: &str, is_stop: bool) -> usize {
        let caller = Arc::from(caller);
        let mut count = 0;
        while slots.are_free_for(&caller, is_stop) {
            let _ = slots.take(&caller, is_stop);
            count += 1;
        }
        count
    }

    #[test]
    fn a_caller_takes_its_share_and_no_more() {
        assert_eq!(fill(&mut slots(64, 24, 8), "a", false), 24);
    }

    #[test]
    fn several_callers_together_leave_slots_for_others() {
        let mut slots = slots(64, 24, 8);
        let taken = ["a", "b", "c", "d", "e"].map(|caller| fill(&mut slots, caller, false));
        assert_eq!(taken, [24, 20, 10, 5, 3]);
        assert!(slots.are_free_for(&"f".into(), false));
    }

    #[test]
    fn stops_have_slots_when_all_others_are_taken() {
        let mut slots = slots(1, 24, 8);
        assert_eq!(fill(&mut slots, "a", false), 1);
        assert!(!slots.are_free_for(&"b".into(), false));
        assert_eq!(fill(&mut slots, "a", true), 4);
        assert!(slots.are_free_for(&"b".into(), true), "one caller's stops leave slots for another's");
    }

    #[test]
    fn a_slot_that_is_given_back_is_free_again() {
        let mut slots = slots(1, 1, 1);
        let caller = Arc::from("a");
        let (first, stop) = (slots.take(&caller, true), slots.take(&caller, true));
        assert_eq!((first, stop), (Taken::Ordinary, Taken::Reserved));
        assert!(!slots.are_free_for(&caller, true));
        slots.give_back(&caller, stop);
        assert!(slots.are_free_for(&caller, true));
        assert!(!slots.are_free_for(&caller, false));
        slots.give_back(&caller, first);
        assert!(slots.are_free_for(&caller, false));
    }
}
