//! Refusals beyond the rate or bytes of their source: they are counted in one row a second, and their answers wait for that row.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::{Map, Value};
use tokio::sync::Notify;

use super::Entry;
use crate::audit::{Budget, Event, Flood, Refused};
use crate::config::{self, Rate};
use crate::gateway::accept::Source;
use crate::replies::answers::AnswerSlot;
use crate::wire::refusal::Refusal;

/// The origin under which a refusal is counted. All connections of a source share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    Source(Source),
    Console,
    /// Connections that were not admitted, and other events of the listeners.
    Listener,
    /// All unauthenticated connections together, because an attacker can use thousands of sources.
    Unauthenticated,
    /// Sources beyond `refused_sources_max`.
    Others,
}

pub struct Floods {
    rows_max: u32,
    unauthenticated_rows_max: u32,
    sources_max: usize,
    bytes: Rate,
    unauthenticated_bytes: Rate,
    /// Whether the trail is nearly full. Then no refusal gets a row of its own.
    is_near: Box<dyn Fn() -> bool + Send + Sync>,
    /// Locked for refusals and notes, never for permitted requests.
    counts: Mutex<Counts>,
    /// Wakes the recorder when a count begins.
    pub wake: Notify,
}

#[derive(Debug, Default)]
struct Counts {
    by_origin: HashMap<Origin, Count>,
    /// Each caller's budget for refusals, across its sources. There are at most as many as users.
    by_caller: HashMap<Arc<str>, Budget>,
    /// When the first count is due.
    due: Option<Instant>,
}

#[derive(Debug)]
struct Count {
    flood: Flood,
    bytes: Budget,
    /// Refusals by caller; `None` is for those without a caller.
    by_caller: BTreeMap<Option<Arc<str>>, u64>,
    /// Answers that wait for the row that counts their refusals.
    answers: Vec<(AnswerSlot, Refusal)>,
}

impl fmt::Debug for Floods {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Floods").field("counts", &self.counts).finish_non_exhaustive()
    }
}

impl Floods {
    pub fn new(config: &config::Trail, is_near: impl Fn() -> bool + Send + Sync + 'static) -> Floods {
        Floods {
            rows_max: config.refusals_per_second_max,
            unauthenticated_rows_max: config.unauthenticated_refusals_per_second_max,
            sources_max: config.refused_sources_max,
            bytes: config.refused_bytes,
            unauthenticated_bytes: config.unauthenticated_refused_bytes,
            is_near: Box::new(is_near),
            counts: Mutex::default(),
            wake: Notify::new(),
        }
    }

    /// Return the entry for a refusal, or count the refusal.
    pub fn refuse(
        &self,
        origin: Origin,
        caller: Option<&Arc<str>>,
        row_bytes: usize,
        (slot, refusal): (AnswerSlot, Refusal),
        entry: impl FnOnce(AnswerSlot, Refusal) -> Entry,
    ) -> Option<Entry> {
        let mut counts = self.lock();
        let Some(origin) = self.origin_of_count(&mut counts, origin, caller, row_bytes) else {
            return Some(entry(slot, refusal));
        };
        self.count(&mut counts, origin, caller).answers.push((slot, refusal));
        None
    }

    /// Whether an event that any peer can cause at will gets a row of its own. Otherwise it is counted.
    pub fn note(&self, row_bytes: usize) -> Refused {
        let mut counts = self.lock();
        let now = Instant::now();
        let refused = if (self.is_near)() {
            self.limit(Origin::Listener).count(&mut counts, now).flood.count(now);
            Refused::Counted
        } else {
            self.limit(Origin::Listener).refused(&mut counts, row_bytes, now)
        };
        match refused {
            Refused::Row => Refused::Row,
            Refused::Counted => {
                self.count(&mut counts, Origin::Listener, None);
                Refused::Counted
            }
        }
    }

    /// Count an event for which the queue was full.
    pub fn note_lost(&self) {
        let mut counts = self.lock();
        let now = Instant::now();
        self.limit(Origin::Listener).count(&mut counts, now).flood.count(now);
        self.count(&mut counts, Origin::Listener, None);
    }

    /// When the next count is due.
    pub fn due(&self) -> Option<Instant> {
        self.lock().due
    }

    /// The entries for the counts that are due, or for all counts.
    pub fn take(&self, until: Option<Instant>) -> Vec<Entry> {
        let mut counts = self.lock();
        let now = Instant::now();
        let is_due = |count: &Count| count.flood.due().is_some_and(|due| until.is_none_or(|until| due <= until));
        let due: Vec<Origin> =
            counts.by_origin.iter().filter(|(_, count)| is_due(count)).map(|(origin, _)| *origin).collect();
        let entries = due
            .into_iter()
            .filter_map(|origin| Some(counts.by_origin.get_mut(&origin)?.count_row(origin, now)))
            .collect();
        counts.due = counts.by_origin.values().filter_map(|count| count.flood.due()).min();
        entries
    }

    /// The origin under which a refusal is counted; `None` if it gets a row of its own.
    fn origin_of_count(
        &self,
        counts: &mut Counts,
        origin: Origin,
        caller: Option<&Arc<str>>,
        row_bytes: usize,
    ) -> Option<Origin> {
        let now = Instant::now();
        if (self.is_near)() && origin != Origin::Console {
            // One row a second for all sources: one for each would be too many.
            self.limit(Origin::Others).count(counts, now).flood.count(now);
            return Some(Origin::Others);
        }
        let origin = counts.distinguish(origin, self.sources_max, now);
        if let Some(caller) = caller
            && !counts.budget_of(caller, self.bytes, now).has(row_bytes, now)
        {
            self.limit(origin).count(counts, now).flood.count(now);
            return Some(origin);
        }
        if self.limit(origin).refused(counts, row_bytes, now) == Refused::Counted {
            return Some(origin);
        }
        match caller {
            Some(caller) => {
                counts.budget_of(caller, self.bytes, now).spend(row_bytes);
                None
            }
            None => {
                let refused = self.limit(Origin::Unauthenticated).refused(counts, row_bytes, now);
                (refused == Refused::Counted).then_some(Origin::Unauthenticated)
            }
        }
    }

    fn limit(&self, origin: Origin) -> Limit {
        match origin {
            Origin::Unauthenticated => {
                Limit { origin, rows_max: self.unauthenticated_rows_max, bytes: self.unauthenticated_bytes }
            }
            _ => Limit { origin, rows_max: self.rows_max, bytes: self.bytes },
        }
    }

    /// Add the details of a refusal to the count of its origin.
    fn count<'a>(&self, counts: &'a mut Counts, origin: Origin, caller: Option<&Arc<str>>) -> &'a mut Count {
        let count = counts.by_origin.get_mut(&origin).expect("it was refused just now");
        *count.by_caller.entry(caller.cloned()).or_default() += 1;
        if counts.due.is_none() {
            self.wake.notify_one();
        }
        counts.due = counts.due.into_iter().chain(count.flood.due()).min();
        count
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The limits of an origin.
struct Limit {
    origin: Origin,
    rows_max: u32,
    bytes: Rate,
}

impl Limit {
    fn count<'a>(&self, counts: &'a mut Counts, now: Instant) -> &'a mut Count {
        counts.by_origin.entry(self.origin).or_insert_with(|| Count {
            flood: Flood::new(self.rows_max, now),
            bytes: Budget::new(self.bytes, now),
            by_caller: BTreeMap::new(),
            answers: Vec::new(),
        })
    }

    /// Whether a refusal is within the limits of rows and bytes.
    fn refused(&self, counts: &mut Counts, row_bytes: usize, now: Instant) -> Refused {
        let count = self.count(counts, now);
        if !count.bytes.has(row_bytes, now) {
            count.flood.count(now);
            return Refused::Counted;
        }
        let refused = count.flood.refused(now);
        if refused == Refused::Row {
            count.bytes.spend(row_bytes);
        }
        refused
    }
}

impl Counts {
    fn budget_of(&mut self, caller: &Arc<str>, bytes: Rate, now: Instant) -> &mut Budget {
        self.by_caller.entry(caller.clone()).or_insert_with(|| Budget::new(bytes, now))
    }

    /// Return the origin to count under. A full table drops origins that are within their limits again; if there are none, the source counts under
    /// `Others`.
    fn distinguish(&mut self, origin: Origin, sources_max: usize, now: Instant) -> Origin {
        if self.by_origin.len() < sources_max || self.by_origin.contains_key(&origin) {
            return origin;
        }
        self.by_origin.retain(|_, count| !(count.flood.is_over(now) && count.bytes.is_full(now)));
        if self.by_origin.len() < sources_max { origin } else { Origin::Others }
    }
}

impl Count {
    fn count_row(&mut self, origin: Origin, now: Instant) -> Entry {
        let event = Event::new("refusals_counted").with("count", self.flood.take(now));
        let event = match origin {
            Origin::Source(source) => event.with("address", source.to_string()),
            Origin::Console => event.with("source", "console"),
            Origin::Listener => event.with("source", "listener"),
            Origin::Unauthenticated => event.with("source", "strangers"),
            Origin::Others => event.with("source", "others"),
        };
        let by_caller = std::mem::take(&mut self.by_caller);
        let event = match by_caller.first_key_value() {
            Some((caller, _)) if by_caller.len() == 1 => event.with_some("caller", caller.as_deref()),
            // The rest of the count had no caller.
            _ => event.with("callers", named(by_caller)),
        };
        Entry::RefusedEvent { event, answers: std::mem::take(&mut self.answers) }
    }
}

fn named(by_caller: BTreeMap<Option<Arc<str>>, u64>) -> Map<String, Value> {
    by_caller.into_iter().filter_map(|(caller, count)| Some((caller?.to_string(), count.into()))).collect()
}

#[cfg(test)]
mod tests;
