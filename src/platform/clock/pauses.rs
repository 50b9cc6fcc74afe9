//! Pauses of the process: what it reads when it goes on may have been sent when they began.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::Moment;

/// Heartbeats, and the pause that was noticed last by their absence. One task beats; whoever reads asks, without a lock.
#[derive(Debug, Default)]
pub struct Pauses {
    /// In nanoseconds, as the others. 0: nothing beats, so nothing is known of pauses.
    beat: AtomicU64,
    began: AtomicU64,
    /// Until when what is read counts as sent at the pause's beginning.
    until: AtomicU64,
}

// These are measures of the scheduler, no bounds on what others send, so they are no settings. A beat that load delays by more than
// `PAUSE_MIN` counts as a pause: requests then count as older than they are, and at worst expire early.

/// How often the process notes that it is there.
pub const BEAT: Duration = Duration::from_millis(250);
/// So long after a beat without the next one, the process was paused.
pub const PAUSE_MIN: Duration = Duration::from_secs(1);
/// How long after a pause everything that came during it has been read, where nothing holds up the reading.
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

    /// When bytes came that were read now, as late as can be known.
    pub fn arrival(&self, now: Moment) -> Moment {
        let beat = Moment::from_nanos(self.beat.load(Ordering::Acquire));
        let (began, until) = (self.began.load(Ordering::Relaxed), self.until.load(Ordering::Relaxed));
        let is_paused = beat.nanos() > 0 && now - beat > PAUSE_MIN;
        // A second pause right after a first: what was sent before the first may still lie there.
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
        // Stopped for 30 s. Some of what is read comes before the first beat, some after.
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
