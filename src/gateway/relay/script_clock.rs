//! The script's clock as seen from here, so that a deadline can be told to the script in its own time.

use std::time::{Duration, Instant};

use crate::platform::clock::Moment;

/// How far the script's clock is ahead of ours, never overestimated: an expiry may come early, never late.
#[derive(Debug)]
pub struct ScriptClock {
    origin: Moment,
    offset_ms: f64,
    heard: Moment,
    /// The same moment by the clock that stands still during sleep.
    heard_awake: Instant,
}

/// How fast two clocks on one machine may drift apart: 200 ppm.
const DRIFT: f64 = 200e-6;
/// When the machine has slept for so long, the script's clock may have stood still meanwhile: nothing is known of it.
const SLEEP_MAX: Duration = Duration::from_millis(500);

impl ScriptClock {
    /// `clock_ms` was read on the script's side at some time before `heard`.
    pub fn new(clock_ms: i64, heard: Moment) -> ScriptClock {
        ScriptClock { origin: heard, offset_ms: clock_ms as f64, heard, heard_awake: Instant::now() }
    }

    /// Each answer tells the time again. It was read before we heard it, so each is a lower bound, and the highest is the best.
    pub fn hear(&mut self, clock_ms: i64, heard: Moment) {
        let drifted = self.offset_ms - DRIFT * since_ms(self.heard, heard);
        self.offset_ms = drifted.max(clock_ms as f64 - since_ms(self.origin, heard));
        (self.heard, self.heard_awake) = (heard, Instant::now());
    }

    /// Whether the estimate can be relied on: not after the machine has slept, since a script's clock need not count that.
    /// Told the time of an answer that was sent before the sleep, the script would take hours for seconds.
    pub fn is_sure(&self, now: Moment) -> bool {
        (now - self.heard).saturating_sub(self.heard_awake.elapsed()) < SLEEP_MAX
    }

    /// `at` on the script's clock.
    pub fn at_ms(&self, at: Moment) -> i64 {
        let drift = DRIFT * since_ms(self.heard, at);
        (since_ms(self.origin, at) + self.offset_ms - drift).floor() as i64
    }
}

fn since_ms(earlier: Moment, later: Moment) -> f64 {
    (later - earlier).as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise: Nothing runs late and everything is answered once
    #[test]
    fn an_expiry_is_never_later_than_the_deadline() {
        let start = Moment::now();
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

    #[test]
    fn after_sleep_the_estimate_is_not_relied_on() {
        let start = Moment::now();
        let clock = ScriptClock::new(5_000, start);
        assert!(clock.is_sure(start + Duration::from_millis(100)));
        assert!(!clock.is_sure(start + Duration::from_secs(8 * 3600)));
    }
}
