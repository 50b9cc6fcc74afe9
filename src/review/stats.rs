//! Statistics of the rows that match a filter: per caller, action and hour, and refusals per code.

use std::collections::BTreeMap;

use serde::Serialize;

use super::entry::is_refused;
use super::error::Result;
use super::{Filter, Position, Review};
use crate::audit::OutcomeKind;
use crate::platform::clock;

#[derive(Debug, Default, Serialize)]
pub struct Stats {
    #[serde(flatten)]
    pub all: Count,
    /// Events that are not requests, such as sign-ins.
    pub events: u64,
    /// Sorted by number of requests, the most first.
    pub callers: Vec<Named>,
    pub actions: Vec<Named>,
    /// The newest hours in order, each named by its start in UTC.
    pub hours: Vec<Named>,
    /// Refusals by the code in the answer.
    pub refusals: BTreeMap<String, u64>,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Count {
    pub requests: u64,
    pub refused: u64,
    /// Allowed and not done: Live reported an error, the deadline passed or the client cancelled.
    pub failed: u64,
}

#[derive(Debug, Serialize)]
pub struct Named {
    pub name: String,
    #[serde(flatten)]
    pub count: Count,
}

/// Limit of lines per list. The smallest are omitted.
const LINES_MAX: usize = 1_000;
const HOUR_US: i64 = 3_600_000_000;

impl Count {
    fn add(&mut self, refused: bool, failed: bool) {
        self.requests += 1;
        self.refused += u64::from(refused);
        self.failed += u64::from(failed);
    }
}

impl Review {
    /// Counts of the selected rows: in all, by caller, by action and by hour.
    pub fn stats(&self, filter: &Filter) -> Result<Stats> {
        let mut stats = Stats::default();
        let mut callers = BTreeMap::<String, Count>::new();
        let mut actions = BTreeMap::<String, Count>::new();
        let mut hours = BTreeMap::<i64, Count>::new();
        let columns = "kind, caller, action, verdict, outcome, code, time";
        self.each(filter, Position::After(0), columns, "", |row| {
            let text = |index: usize| row.get_ref(index).map(|value| value.as_str().unwrap_or("-"));
            if text(0)? != "decision" {
                stats.events += 1;
                return Ok(());
            }
            let outcome = text(4)?;
            let code = text(5)?;
            let refused = is_refused(Some(text(3)?), Some(outcome), Some(code));
            let failed = !refused && outcome != OutcomeKind::Ok.name() && outcome != super::entry::RUNNING;
            stats.all.add(refused, failed);
            count(&mut callers, text(1)?).add(refused, failed);
            count(&mut actions, text(2)?).add(refused, failed);
            hours.entry(row.get::<_, i64>(6)?.div_euclid(HOUR_US)).or_default().add(refused, failed);
            if refused {
                *stats.refusals.entry(code.to_owned()).or_default() += 1;
            }
            Ok(())
        })?;
        stats.callers = most_first(callers);
        stats.actions = most_first(actions);
        let newest = hours.iter().skip(hours.len().saturating_sub(LINES_MAX));
        stats.hours = newest.map(|(hour, count)| Named { name: clock::rfc3339(hour * 3_600), count: *count }).collect();
        Ok(stats)
    }
}

fn count<'a>(counts: &'a mut BTreeMap<String, Count>, name: &str) -> &'a mut Count {
    if !counts.contains_key(name) {
        counts.insert(name.to_owned(), Count::default());
    }
    counts.get_mut(name).expect("it was put in")
}

fn most_first(counts: BTreeMap<String, Count>) -> Vec<Named> {
    let mut named: Vec<Named> = counts.into_iter().map(|(name, count)| Named { name, count }).collect();
    named.sort_by_key(|named| std::cmp::Reverse(named.count.requests));
    named.truncate(LINES_MAX);
    named
}
