//! Slots for commands in the script: one pool for all commands, and one for stops only.
//!
//! A slot is the right to wait in the script, where callers have equal shares of Live's time. Few slots keep that queue short. A quarter of the pool
//! is reserved for callers without a slot, who take one each; with 64 slots, 16 callers find a slot while others flood. Further callers wait in the
//! gateway's queue until a slot is free. Its turns are fair, and commands of the script are short.

use std::collections::HashMap;
use std::sync::Arc;

use crate::config;

/// The commands in the script, by caller.
#[derive(Debug)]
pub struct Slots {
    ordinary: Pool,
    /// A stop takes one of these if no ordinary slot is free for its caller.
    reserved: Pool,
}

/// A taken slot, which must be returned.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenSlot {
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
    pub fn take(&mut self, caller: &Arc<str>, is_stop: bool) -> TakenSlot {
        if is_stop && !self.ordinary.is_free_for(caller) {
            self.reserved.take(caller);
            return TakenSlot::Reserved;
        }
        self.ordinary.take(caller);
        TakenSlot::Ordinary
    }

    pub fn give_back(&mut self, caller: &Arc<str>, taken: TakenSlot) {
        match taken {
            TakenSlot::Ordinary => self.ordinary.give_back(caller),
            TakenSlot::Reserved => self.reserved.give_back(caller),
        }
    }
}

/// One slot of this many is reserved for callers without a slot.
const NEWCOMERS_PART: usize = 4;

#[derive(Debug)]
struct Pool {
    size: usize,
    per_caller_max: usize,
    taken: usize,
    /// The slots in use, by caller.
    callers: HashMap<Arc<str>, usize>,
}

impl Pool {
    /// A caller without a slot may take the last one. Others must leave the reserve; beside other callers, one may hold at most as many as are free
    /// outside the reserve (dynamic threshold).
    fn is_free_for(&self, caller: &Arc<str>) -> bool {
        let free = self.size.saturating_sub(self.taken);
        let Some(own) = self.callers.get(caller) else { return free > 0 };
        let free = free.saturating_sub(self.size / NEWCOMERS_PART);
        let is_alone = self.callers.len() == 1;
        *own < self.per_caller_max && free > 0 && (is_alone || *own < free)
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

    /// How many slots a caller can take.
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
    fn a_caller_takes_only_its_share() {
        assert_eq!(fill(&mut slots(64, 24, 8), "a", false), 24);
    }

    #[test]
    fn a_lone_caller_leaves_slots_for_newcomers() {
        let mut slots = slots(64, 64, 8);
        assert_eq!(fill(&mut slots, "a", false), 48);
        let newcomers: Vec<usize> = (0..17).map(|number| fill(&mut slots, &number.to_string(), false)).collect();
        assert_eq!(newcomers, [[1; 16].as_slice(), &[0]].concat());
    }

    #[test]
    fn a_caller_yields_slots_to_another() {
        let mut slots = slots(64, 64, 8);
        let a = Arc::from("a");
        let taken = fill(&mut slots, "a", false);
        assert_eq!(fill(&mut slots, "b", false), 1);
        (0..taken / 2).for_each(|_| slots.give_back(&a, TakenSlot::Ordinary));
        assert!(!slots.are_free_for(&a, false));
        assert_eq!(fill(&mut slots, "b", false), 11, "beside the one that it has");
    }

    #[test]
    fn flooding_callers_leave_slots_for_newcomers() {
        let mut slots = slots(64, 24, 8);
        let taken = ["a", "b", "c", "d", "e", "f", "g"].map(|caller| fill(&mut slots, caller, false));
        assert_eq!(taken, [24, 12, 6, 3, 2, 1, 1]);
        assert!(slots.are_free_for(&"h".into(), false));
    }

    #[test]
    fn stops_have_slots_when_all_others_are_taken() {
        let mut slots = slots(1, 24, 8);
        assert_eq!(fill(&mut slots, "a", false), 1);
        assert!(!slots.are_free_for(&"b".into(), false));
        assert_eq!(fill(&mut slots, "a", true), 6);
        assert!(slots.are_free_for(&"b".into(), true), "one caller's stops leave slots for another's");
    }

    #[test]
    fn a_released_slot_is_free() {
        let mut slots = slots(1, 1, 1);
        let caller = Arc::from("a");
        let first = slots.take(&caller, true);
        let stop = slots.take(&caller, true);
        assert_eq!((first, stop), (TakenSlot::Ordinary, TakenSlot::Reserved));
        assert!(!slots.are_free_for(&caller, true));
        slots.give_back(&caller, stop);
        assert!(slots.are_free_for(&caller, true));
        assert!(!slots.are_free_for(&caller, false));
        slots.give_back(&caller, first);
        assert!(slots.are_free_for(&caller, false));
    }
}
