//! Estimates the script's clock, to convert deadlines to it.

use std::time::{Duration, Instant};

use crate::platform::clock::Moment;

/// The script's clock minus ours. The estimate is never too high, so a command may expire early but not late.
#[derive(Debug)]
pub struct ScriptClock {
    origin: Moment,
    offset_ms: f64,
    received: Moment,
    /// The same moment on the clock that stops during sleep.
    received_awake: Instant,
}

/// The most that two clocks on one machine drift apart: 200 ppm.
const DRIFT: f64 = 200e-6;
/// A sleep of this length or more invalidates the estimate, because the script's clock may have stopped.
const SLEEP_MAX: Duration = Duration::from_millis(500);

impl ScriptClock {
    /// The script read `clock_ms` at some time before `received`.
    pub fn new(clock_ms: i64, received: Moment) -> ScriptClock {
        ScriptClock { origin: received, offset_ms: clock_ms as f64, received, received_awake: Instant::now() }
    }

    /// Update the estimate with another answer. Each answer gives a lower bound, because the script read its clock before the answer arrived; the
    /// highest bound is the best.
    pub fn update(&mut self, clock_ms: i64, received: Moment) {
        let drifted = self.offset_ms - DRIFT * since_ms(self.received, received);
        self.offset_ms = drifted.max(clock_ms as f64 - since_ms(self.origin, received));
        self.received = received;
        self.received_awake = Instant::now();
    }

    /// Whether the estimate is valid. It is invalid after a sleep: the script's clock may not count sleep, and an answer sent before it would shift
    /// every deadline by its length.
    pub fn is_valid(&self, now: Moment) -> bool {
        (now - self.received).saturating_sub(self.received_awake.elapsed()) < SLEEP_MAX
    }

    /// Convert `at` to the script's clock, in ms.
    pub fn at_ms(&self, at: Moment) -> i64 {
        let drift = DRIFT * since_ms(self.received, at);
        (since_ms(self.origin, at) + self.offset_ms - drift).floor() as i64
    }
}

fn since_ms(earlier: Moment, later: Moment) -> f64 {
    (later - earlier).as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise: No command runs late, and every request is answered once
    #[test]
    fn an_expiry_is_never_later_than_the_deadline() {
        let start = Moment::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        // The script's clock shows 5000 at `start`. The first answer took 30 ms, the second 2 ms.
        let mut clock = ScriptClock::new(5_000, at(30));
        assert!((6_900..=6_970).contains(&clock.at_ms(at(2_000))));
        clock.update(5_100, at(102));
        assert!((6_990..=7_000).contains(&clock.at_ms(at(2_000))));
        // A late answer worsens the estimate by the drift at most.
        clock.update(6_000, at(1_900));
        assert!((6_990..=7_000).contains(&clock.at_ms(at(2_000))));
    }

    #[test]
    fn after_sleep_the_estimate_is_not_relied_on() {
        let start = Moment::now();
        let clock = ScriptClock::new(5_000, start);
        assert!(clock.is_valid(start + Duration::from_millis(100)));
        assert!(!clock.is_valid(start + Duration::from_secs(8 * 3600)));
    }
}
