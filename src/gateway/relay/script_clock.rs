//! The script's clock as seen from here, so that a deadline can be told to the script in its own time.

use std::time::{Duration, Instant};

/// How far the script's clock is ahead of ours, never overestimated: an expiry may come early, never late.
#[derive(Debug)]
pub struct ScriptClock {
    origin: Instant,
    offset_ms: f64,
    heard: Instant,
}

/// How fast two clocks on one machine may drift apart: 200 ppm.
const DRIFT: f64 = 200e-6;

impl ScriptClock {
    /// `clock_ms` was read on the script's side at some time before `heard`.
    pub fn new(clock_ms: i64, heard: Instant) -> ScriptClock {
        ScriptClock { origin: heard, offset_ms: clock_ms as f64, heard }
    }

    /// Each answer tells the time again. It was read before we heard it, so each is a lower bound, and the highest is the best.
    pub fn hear(&mut self, clock_ms: i64, heard: Instant) {
        let drifted = self.offset_ms - DRIFT * since_ms(self.heard, heard);
        self.offset_ms = drifted.max(clock_ms as f64 - since_ms(self.origin, heard));
        self.heard = heard;
    }

    /// `at` on the script's clock.
    pub fn at_ms(&self, at: Instant) -> i64 {
        let drift = DRIFT * since_ms(self.heard, at);
        (since_ms(self.origin, at) + self.offset_ms - drift).floor() as i64
    }
}

fn since_ms(earlier: Instant, later: Instant) -> f64 {
    later.saturating_duration_since(earlier).max(Duration::ZERO).as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise: Nothing runs late and everything is answered once
    #[test]
    fn an_expiry_is_never_later_than_the_deadline() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        // The script's clock shows 5000 at `start`; its first word took 30 ms, the second 2 ms.
        let mut clock = ScriptClock::new(5_000, at(30));
        assert!((6_900..=6_970).contains(&clock.at_ms(at(2_000))));
        clock.hear(5_100, at(102));
        assert!((6_990..=7_000).contains(&clock.at_ms(at(2_000))));
        // A late word does not make the estimate worse by more than the drift.
        clock.hear(6_000, at(1_900));
        assert!((6_990..=7_000).contains(&clock.at_ms(at(2_000))));
    }
}
