//! Refusals that come faster than rows are to be written: counted per source, and told in one row a second, with the answers that waited for it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::{Map, Value};
use tokio::sync::Notify;

use super::Entry;
use crate::answers::Slot;
use crate::audit::{Event, Flood, Refused};
use crate::config;
use crate::gateway::limit::Source;
use crate::refusal::Refusal;

/// Where a refusal is counted: however many connections a source has, its refusals get the rows of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    Source(Source),
    Console,
    /// Connections that were not let in, and what else the listeners note.
    Listener,
    /// All who have no caller, together: sources can be had by the thousand.
    Strangers,
    /// Sources beyond those that are told apart.
    Others,
}

#[derive(Debug)]
pub struct Floods {
    rows_max: u32,
    strangers_rows_max: u32,
    sources_max: usize,
    /// Locked for what is refused and noted, never for what is permitted.
    counts: Mutex<Counts>,
    /// A count has begun.
    pub wake: Notify,
}

#[derive(Debug, Default)]
struct Counts {
    by_origin: HashMap<Origin, Count>,
    /// When the first count is to be told.
    due: Option<Instant>,
}

#[derive(Debug)]
struct Count {
    flood: Flood,
    /// Those without a caller stand under `None`.
    by_caller: BTreeMap<Option<Arc<str>>, u64>,
    /// They wait for the row that counts them.
    answers: Vec<(Slot, Refusal)>,
}

impl Floods {
    pub fn new(config: &config::Trail) -> Floods {
        Floods {
            rows_max: config.refusals_per_second_max,
            strangers_rows_max: config.strangers_refusals_per_second_max,
            sources_max: config.refused_sources_max,
            counts: Mutex::default(),
            wake: Notify::new(),
        }
    }

    /// A refusal becomes an entry, or is counted.
    pub fn refuse(
        &self,
        origin: Origin,
        caller: Option<&Arc<str>>,
        (slot, refusal): (Slot, Refusal),
        entry: impl FnOnce(Slot, Refusal) -> Entry,
    ) -> Option<Entry> {
        let mut counts = self.lock();
        let Some(origin) = self.origin_of_count(&mut counts, origin, caller.is_none()) else {
            return Some(entry(slot, refusal));
        };
        self.count(&mut counts, origin, caller).answers.push((slot, refusal));
        None
    }

    /// Whether an event of which anybody may cause any number gets a row of its own. If not, it is counted.
    pub fn note(&self) -> Refused {
        let mut counts = self.lock();
        match counts.refused(Origin::Listener, self.rows_max, Instant::now()) {
            Refused::Row => Refused::Row,
            Refused::Counted => {
                self.count(&mut counts, Origin::Listener, None);
                Refused::Counted
            }
        }
    }

    /// Count an event for which there was no room among the entries.
    pub fn note_lost(&self) {
        let mut counts = self.lock();
        counts.of(Origin::Listener, self.rows_max, Instant::now()).flood.count();
        self.count(&mut counts, Origin::Listener, None);
    }

    /// When the next count is to be told.
    pub fn due(&self) -> Option<Instant> {
        self.lock().due
    }

    /// The counts that are due, or all that there are, as the rows that tell them.
    pub fn take(&self, until: Option<Instant>) -> Vec<Entry> {
        let mut counts = self.lock();
        let now = Instant::now();
        let is_due = |count: &Count| count.flood.due().is_some_and(|due| until.is_none_or(|until| due <= until));
        let due: Vec<Origin> =
            counts.by_origin.iter().filter(|(_, count)| is_due(count)).map(|(origin, _)| *origin).collect();
        let told =
            due.into_iter().filter_map(|origin| Some(counts.by_origin.get_mut(&origin)?.tell(origin, now))).collect();
        counts.due = counts.by_origin.values().filter_map(|count| count.flood.due()).min();
        told
    }

    /// Under what a refusal is counted, if it gets no row of its own.
    fn origin_of_count(&self, counts: &mut Counts, origin: Origin, is_stranger: bool) -> Option<Origin> {
        let now = Instant::now();
        let origin = counts.tell_apart(origin, self.sources_max, now);
        if counts.refused(origin, self.rows_max, now) == Refused::Counted {
            return Some(origin);
        }
        let counted =
            is_stranger && counts.refused(Origin::Strangers, self.strangers_rows_max, now) == Refused::Counted;
        counted.then_some(Origin::Strangers)
    }

    /// The flood has counted it; what else is to be told of it is noted here.
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

impl Counts {
    fn of(&mut self, origin: Origin, rows_max: u32, now: Instant) -> &mut Count {
        let new = || Count { flood: Flood::new(rows_max, now), by_caller: BTreeMap::new(), answers: Vec::new() };
        self.by_origin.entry(origin).or_insert_with(new)
    }

    fn refused(&mut self, origin: Origin, rows_max: u32, now: Instant) -> Refused {
        self.of(origin, rows_max, now).flood.refused(now)
    }

    /// When the table is full, those are forgotten whose second is over; if that is not enough, a new source is one of the others.
    fn tell_apart(&mut self, origin: Origin, sources_max: usize, now: Instant) -> Origin {
        if self.by_origin.len() < sources_max || self.by_origin.contains_key(&origin) {
            return origin;
        }
        self.by_origin.retain(|_, count| !count.flood.is_over(now));
        if self.by_origin.len() < sources_max { origin } else { Origin::Others }
    }
}

impl Count {
    fn tell(&mut self, origin: Origin, now: Instant) -> Entry {
        let event = Event::new("refusals_counted").with("count", self.flood.take(now));
        let event = match origin {
            Origin::Source(source) => event.with("address", source.to_string()),
            Origin::Console => event.with("source", "console"),
            Origin::Listener => event.with("source", "listener"),
            Origin::Strangers => event.with("source", "strangers"),
            Origin::Others => event.with("source", "others"),
        };
        let by_caller = std::mem::take(&mut self.by_caller);
        let event = match by_caller.first_key_value() {
            Some((caller, _)) if by_caller.len() == 1 => event.with_some("caller", caller.as_deref()),
            // What is left of the count was nobody's.
            _ => event.with("callers", named(by_caller)),
        };
        Entry::Told { event, answers: std::mem::take(&mut self.answers) }
    }
}

fn named(by_caller: BTreeMap<Option<Arc<str>>, u64>) -> Map<String, Value> {
    by_caller.into_iter().filter_map(|(caller, count)| Some((caller?.to_string(), count.into()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floods(sources_max: usize) -> Floods {
        let trail = config::Trail {
            refusals_per_second_max: 2,
            strangers_refusals_per_second_max: 5,
            refused_sources_max: sources_max,
            ..Default::default()
        };
        Floods::new(&trail)
    }

    fn source(number: u8) -> Origin {
        Origin::Source(Source::of([10, 0, 0, number].into(), &config::Sources::default()))
    }

    /// How many rows a number of refusals of each of these sources gets in one moment.
    fn rows(floods: &Floods, sources: std::ops::Range<u8>, each: usize, is_stranger: bool) -> usize {
        let mut counts = floods.lock();
        let refused = sources.flat_map(|number| std::iter::repeat_n(source(number), each));
        refused.filter(|origin| floods.origin_of_count(&mut counts, *origin, is_stranger).is_none()).count()
    }

    #[test]
    fn those_who_have_no_caller_share_a_bound_whatever_their_sources() {
        let floods = floods(100);
        assert_eq!(rows(&floods, 0..1, 10, true), 2, "one source's own bound");
        assert_eq!(rows(&floods, 1..50, 10, true), 3, "what is left of the bound of all");
        assert_eq!(rows(&floods, 50..60, 10, false), 20, "callers have their sources' bounds alone");
    }

    #[test]
    fn sources_beyond_the_table_are_counted_together() {
        let floods = floods(4);
        assert_eq!(rows(&floods, 0..100, 10, false), 4 * 2 + 2);
        assert!(floods.lock().by_origin.len() <= 5);
    }

    #[test]
    fn a_count_names_the_callers_whose_refusals_it_holds() {
        let floods = floods(9);
        let mia: Arc<str> = "mia".into();
        let mut counts = floods.lock();
        for caller in [Some(&mia), Some(&mia), Some(&mia), Some(&mia), None] {
            if let Some(origin) = floods.origin_of_count(&mut counts, source(1), false) {
                floods.count(&mut counts, origin, caller);
            }
        }
        let due = counts.due;
        drop(counts);
        assert!(due.is_some() && due == floods.due());
        let told = format!("{:?}", floods.take(due));
        for part in ["refusals_counted", "\"count\": Number(3)", "10.0.0.1", "\"callers\": Object {\"mia\": Number(2)}"]
        {
            assert!(told.contains(part), "no {part} in {told}");
        }
        assert!(floods.due().is_none() && floods.take(None).is_empty());
    }
}
