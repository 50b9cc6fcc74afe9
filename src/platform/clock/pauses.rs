//! Pauses of the process. Data that is read after a pause may have been sent when the pause began.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::Moment;

/// Heartbeats, and the last pause, detected by missing heartbeats. One task runs them; readers take no lock.
#[derive(Debug, Default)]
pub struct Pauses {
    /// In nanoseconds, like the other fields. 0: there are no heartbeats, so pauses are not detected.
    beat: AtomicU64,
    began: AtomicU64,
    /// Until when data that is read counts as sent at the beginning of the pause.
    until: AtomicU64,
}

// These describe the scheduler and limit nothing, so they are not settings. A heartbeat that load delays by more than `PAUSE_MIN` counts as a pause:
// requests then count as older than they are, and may expire early.

/// Interval between heartbeats.
pub const BEAT: Duration = Duration::from_millis(250);
/// A heartbeat later than this indicates a pause.
pub const PAUSE_MIN: Duration = Duration::from_secs(1);
/// How long after a pause all data that arrived during it has been read, if nothing delays reading.
const SETTLE: Duration = Duration::from_millis(500);

impl Pauses {
    pub fn beat(&self, now: Moment) {
        let beat = self.beat.load(Ordering::Relaxed);
        if beat > 0 && now - Moment::from_nanos(beat) > PAUSE_MIN {
            self.began.store(self.arrival(now).nanos(), Ordering::Relaxed);
            self.until.store((now + SETTLE).nanos(), Ordering::Relaxed);
        }
        self.beat.store(now.nanos(), Ordering::Release);
    }

    /// When bytes that were just read arrived, at the latest.
    pub fn arrival(&self, now: Moment) -> Moment {
        let beat = Moment::from_nanos(self.beat.load(Ordering::Acquire));
        let began = self.began.load(Ordering::Relaxed);
        let until = self.until.load(Ordering::Relaxed);
        let is_paused = beat.nanos() > 0 && now - beat > PAUSE_MIN;
        // A pause soon after another: data from before the first may still be unread.
        let last_seen = if is_paused { beat } else { now };
        if last_seen.nanos() < until { Moment::from_nanos(began) } else { last_seen }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_read_after_a_pause_predates_it() {
        let start = Moment::now();
        let at = |ms| start + Duration::from_millis(ms);
        let pauses = Pauses::default();
        assert_eq!(pauses.arrival(at(0)), at(0), "nothing beats");
        pauses.beat(at(0));
        pauses.beat(at(250));
        assert_eq!(pauses.arrival(at(400)), at(400));
        // Stopped for 30 s. Some data is read before the first heartbeat, some after.
        assert_eq!(pauses.arrival(at(30_250)), at(250));
        pauses.beat(at(30_251));
        assert_eq!(pauses.arrival(at(30_400)), at(250));
        pauses.beat(at(30_501));
        assert_eq!(pauses.arrival(at(30_700)), at(250));
        pauses.beat(at(30_751));
        assert_eq!(pauses.arrival(at(30_800)), at(30_800));
    }

    #[test]
    fn a_second_pause_keeps_the_first() {
        let start = Moment::now();
        let at = |ms| start + Duration::from_millis(ms);
        let pauses = Pauses::default();
        pauses.beat(at(0));
        pauses.beat(at(5_000));
        assert_eq!(pauses.arrival(at(9_000)), at(0));
    }
}
