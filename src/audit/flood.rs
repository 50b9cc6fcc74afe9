//! A source that is refused again and again fills no disk: beyond so many refusals a second, one row counts the rest.

use std::time::{Duration, Instant};

/// One source's refusals within the current second.
#[derive(Debug)]
pub struct Flood {
    rows_max: u32,
    since: Instant,
    rows: u32,
    counted: u64,
}

/// What becomes of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It gets a row of its own.
    Row,
    /// It is counted; its answer waits for the row that tells the count.
    Counted,
}

const WINDOW: Duration = Duration::from_secs(1);

impl Flood {
    pub fn new(rows_max: u32, now: Instant) -> Flood {
        Flood { rows_max, since: now, rows: 0, counted: 0 }
    }

    pub fn refused(&mut self, now: Instant) -> Refused {
        if now.duration_since(self.since) >= WINDOW && self.counted == 0 {
            (self.since, self.rows) = (now, 0);
        }
        if self.rows < self.rows_max {
            self.rows += 1;
            return Refused::Row;
        }
        self.count();
        Refused::Counted
    }

    /// Count one that has no row.
    pub fn count(&mut self) {
        self.counted += 1;
    }

    /// When the count is due, if something was counted.
    pub fn due(&self) -> Option<Instant> {
        (self.counted > 0).then(|| self.since + WINDOW)
    }

    /// Whether nothing is left of it: its second is over, and nothing is counted.
    pub fn is_over(&self, now: Instant) -> bool {
        self.counted == 0 && now.duration_since(self.since) >= WINDOW
    }

    /// The count, taken; a new second begins.
    pub fn take(&mut self, now: Instant) -> u64 {
        (self.since, self.rows) = (now, 0);
        std::mem::take(&mut self.counted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_beyond_the_bound_are_counted_until_the_second_is_over() {
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
    fn a_new_second_brings_new_rows() {
        let start = Instant::now();
        let mut flood = Flood::new(1, start);
        assert_eq!(flood.refused(start), Refused::Row);
        assert_eq!(flood.refused(start + WINDOW), Refused::Row);
        assert_eq!(flood.refused(start + WINDOW), Refused::Counted);
    }
}
