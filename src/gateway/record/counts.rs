//! Counters since the start of the recorder: requests by class and verdict, and durations. They contain no caller and no parameter.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Map;

use super::Entry;
use crate::gateway::limit::Class;
use crate::platform::clock::Moment;

#[derive(Debug, Default)]
pub struct Counts {
    allowed: [AtomicU64; Class::ALL.len()],
    refused: [AtomicU64; Class::ALL.len()],
    unreadable: AtomicU64,
    /// From the arrival of a line to the recorder.
    pub waiting: Durations,
    /// Of committing a group of rows.
    pub commit: Durations,
    /// From the arrival of a line to its answer, for allowed requests.
    pub answer: Durations,
}

impl Counts {
    /// Count an entry that the recorder takes.
    pub(super) fn note(&self, entry: &Entry, now: Moment) {
        match entry {
            Entry::Permitted { claimed, .. } => {
                let request = claimed.permitted().admitted().request();
                add(&self.allowed[Class::of(request.action, &request.params) as usize]);
                self.waiting.observe(now - request.received);
            }
            Entry::Refused { line, .. } => {
                let none = Map::new();
                let parameters = line.parameters.as_ref().map_or(&none, |excerpt| &excerpt.kept);
                match line.action {
                    Some(action) => add(&self.refused[Class::of(action, parameters) as usize]),
                    None => add(&self.unreadable),
                }
            }
            Entry::Outcome(outcome) => self.note_answer(outcome.duration_us),
            // The commands of a batch have one answer.
            Entry::Outcomes(outcomes) => self.note_answer(outcomes.first().and_then(|outcome| outcome.duration_us)),
            Entry::RefusedEvent { .. } | Entry::Event(_) | Entry::Anchor { .. } => (),
        }
    }

    fn note_answer(&self, duration_us: Option<u64>) {
        if let Some(duration_us) = duration_us {
            self.answer.observe(Duration::from_micros(duration_us));
        }
    }

    /// Class, verdict and number of requests that have rows. Refusals that the trail only counts have none.
    pub fn requests(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let classes = Class::ALL.into_iter().flat_map(move |class| {
            let name = class.name();
            [
                (name, "allow", read(&self.allowed[class as usize])),
                (name, "refuse", read(&self.refused[class as usize])),
            ]
        });
        classes.chain([("unreadable", "refuse", read(&self.unreadable))])
    }
}

/// A histogram.
#[derive(Debug, Default)]
pub struct Durations {
    /// The last bucket is for durations above all bounds.
    buckets: [AtomicU64; BOUNDS_US.len() + 1],
    sum_us: AtomicU64,
}

const BOUNDS_US: [u64; 12] = [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000];

impl Durations {
    pub(super) fn observe(&self, duration: Duration) {
        let duration_us = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        add(&self.buckets[BOUNDS_US.partition_point(|&bound| bound < duration_us)]);
        self.sum_us.fetch_add(duration_us, Ordering::Relaxed);
    }

    /// For each bound in microseconds, the number of durations up to it; `None`: all of them.
    pub fn buckets(&self) -> Vec<(Option<u64>, u64)> {
        let bounds = BOUNDS_US.into_iter().map(Some).chain([None]);
        let mut total = 0;
        let cumulated = self.buckets.iter().map(move |bucket| {
            total += bucket.load(Ordering::Relaxed);
            total
        });
        bounds.zip(cumulated).collect()
    }

    pub fn sum(&self) -> Duration {
        Duration::from_micros(self.sum_us.load(Ordering::Relaxed))
    }
}

fn add(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_counts_in_every_longer_bucket() {
        let durations = Durations::default();
        for micros in [100, 101, 2_000_000] {
            durations.observe(Duration::from_micros(micros));
        }
        let buckets = durations.buckets();
        assert_eq!(buckets[..2], [(Some(100), 1), (Some(250), 2)]);
        assert_eq!(buckets.last(), Some(&(None, 3)));
        assert_eq!(durations.sum(), Duration::from_micros(2_000_201));
    }
}
