//! Limits the rows of repeated refusals from one source: above a number per second, one row counts the rest. This keeps a flood from
//! filling the disk.

use std::time::{Duration, Instant};

use crate::config::Rate;

/// One source's refusals within the current second.
#[derive(Debug)]
pub struct Flood {
    rows_max: u32,
    since: Instant,
    rows: u32,
    counted: u64,
}

/// Token bucket for the bytes of refusal rows: a burst and a rate per second.
#[derive(Debug)]
pub struct Budget {
    rate: Rate,
    left: f64,
    at: Instant,
}

impl Budget {
    pub fn new(rate: Rate, now: Instant) -> Budget {
        Budget { rate, left: f64::from(rate.burst.get()), at: now }
    }

    /// Whether this many bytes remain.
    pub fn has(&mut self, bytes: usize, now: Instant) -> bool {
        self.refill(now);
        bytes as f64 <= self.left
    }

    pub fn spend(&mut self, bytes: usize) {
        self.left -= bytes as f64;
    }

    /// Whether the budget is full.
    pub fn is_full(&mut self, now: Instant) -> bool {
        self.refill(now);
        self.left >= f64::from(self.rate.burst.get())
    }

    fn refill(&mut self, now: Instant) {
        let seconds = now.saturating_duration_since(self.at).as_secs_f64();
        self.left = (self.left + seconds * f64::from(self.rate.per_second.get())).min(self.rate.burst.get().into());
        self.at = now;
    }
}

/// How a refusal is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// In its own row.
    Row,
    /// In a count; its answer waits for the row with the count.
    Counted,
}

const WINDOW: Duration = Duration::from_secs(1);

impl Flood {
    pub fn new(rows_max: u32, now: Instant) -> Flood {
        Flood { rows_max, since: now, rows: 0, counted: 0 }
    }

    pub fn refused(&mut self, now: Instant) -> Refused {
        self.begin_second(now);
        if self.rows < self.rows_max {
            self.rows += 1;
            return Refused::Row;
        }
        self.count(now);
        Refused::Counted
    }

    /// Count a refusal without a row.
    pub fn count(&mut self, now: Instant) {
        self.begin_second(now);
        self.counted += 1;
    }

    fn begin_second(&mut self, now: Instant) {
        if now.duration_since(self.since) >= WINDOW && self.counted == 0 {
            self.since = now;
            self.rows = 0;
        }
    }

    /// When the row with the count is due; `None` if nothing was counted.
    pub fn due(&self) -> Option<Instant> {
        (self.counted > 0).then(|| self.since + WINDOW)
    }

    /// Whether the second has passed without a pending count.
    pub fn is_over(&self, now: Instant) -> bool {
        self.counted == 0 && now.duration_since(self.since) >= WINDOW
    }

    /// Take the count and start a new second.
    pub fn take(&mut self, now: Instant) -> u64 {
        self.since = now;
        self.rows = 0;
        std::mem::take(&mut self.counted)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    #[test]
    fn refusals_above_the_limit_are_counted_per_second() {
        let start = Instant::now();
        let mut flood = Flood::new(2, start);
        let refused: Vec<Refused> = (0..4).map(|_| flood.refused(start)).collect();
        assert_eq!(refused, [Refused::Row, Refused::Row, Refused::Counted, Refused::Counted]);
        assert_eq!(flood.due(), Some(start + WINDOW));
        assert_eq!(flood.take(start + WINDOW), 2);
        assert_eq!(flood.due(), None);
        assert_eq!(flood.refused(start + WINDOW), Refused::Row);
    }

    #[test]
    fn a_budget_of_bytes_refills_to_its_burst() {
        let start = Instant::now();
        let rate =
            Rate { per_second: NonZeroU32::new(10).expect("ten"), burst: NonZeroU32::new(100).expect("a hundred") };
        let mut budget = Budget::new(rate, start);
        assert!(budget.has(100, start) && !budget.has(101, start));
        budget.spend(100);
        assert!(!budget.has(1, start) && !budget.is_full(start));
        assert!(budget.has(10, start + WINDOW) && !budget.has(11, start + WINDOW));
        assert!(budget.is_full(start + 60 * WINDOW) && !budget.has(101, start + 60 * WINDOW));
    }

    #[test]
    fn each_second_allows_new_rows() {
        let start = Instant::now();
        let mut flood = Flood::new(1, start);
        assert_eq!(flood.refused(start), Refused::Row);
        assert_eq!(flood.refused(start + WINDOW), Refused::Row);
        assert_eq!(flood.refused(start + WINDOW), Refused::Counted);
    }
}
