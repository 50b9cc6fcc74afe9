//! One connection's refusals: each gets its row, until there are too many; the rest are counted in one row a second.

use std::time::Instant;

use crate::answers::Slot;
use crate::audit::{Event, Flood, Refused};
use crate::gateway::record::Entry;
use crate::refusal::Refusal;

pub struct Refusals {
    flood: Flood,
    /// Their answers wait for the row that counts them.
    counted: Vec<(Slot, Refusal)>,
}

impl Refusals {
    pub fn new(rows_per_second_max: u32, now: Instant) -> Refusals {
        Refusals { flood: Flood::new(rows_per_second_max, now), counted: Vec::new() }
    }

    /// A refusal becomes an entry, or is counted.
    pub fn add(&mut self, slot: Slot, refusal: Refusal, entry: impl FnOnce(Slot, Refusal) -> Entry) -> Option<Entry> {
        match self.flood.refused(Instant::now()) {
            Refused::Row => Some(entry(slot, refusal)),
            Refused::Counted => {
                self.counted.push((slot, refusal));
                None
            }
        }
    }

    /// When the count is due, if there is one.
    pub fn due(&self) -> Option<Instant> {
        self.flood.due()
    }

    /// The row that tells the count, with the answers that waited for it.
    pub fn tell(&mut self, now: Instant, event: Event) -> Option<Entry> {
        match self.flood.take(now) {
            0 => None,
            count => {
                Some(Entry::Told { event: event.with("count", count), answers: std::mem::take(&mut self.counted) })
            }
        }
    }
}
