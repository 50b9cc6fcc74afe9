//! The clocks: the time of day, for people and tokens, and the clock that deadlines are measured by, which counts the machine's sleep.
//!
//! `Instant` stands still while a laptop sleeps (on Linux and macOS), and tokio's timers with it. So a timer only wakes its task; whether
//! a deadline has passed is decided by a [`Clock`], at every exit from a queue. The time of day cannot decide it, because it is set.

mod moment;
mod pauses;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::watch;
use tokio::time::Instant;

pub use moment::Moment;
use pauses::{BEAT, PAUSE_MIN, Pauses};

pub fn unix_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// The wall clock, for calendars and time zones.
pub fn now() -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(unix_micros()).unwrap_or(jiff::Timestamp::MAX)
}

pub fn unix_seconds() -> i64 {
    unix_micros() / 1_000_000
}

/// RFC 3339 in UTC, to the second; what cannot be written so is written as a number.
pub fn rfc3339(unix_seconds: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(unix_seconds).ok();
    time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_else(|| unix_seconds.to_string())
}

/// The clock of one gateway. Its clones are the same clock.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// How far the clock is ahead of the system's: zero but in tests, which let the machine sleep with it.
    slept_ns: AtomicU64,
    /// Wakes whatever waits for a moment, when the machine has slept.
    woke: watch::Sender<()>,
    pauses: Pauses,
}

impl Clock {
    /// The system's.
    pub fn system() -> Clock {
        Clock(Arc::new(Inner { slept_ns: AtomicU64::new(0), woke: watch::Sender::new(()), pauses: Pauses::default() }))
    }

    pub fn now(&self) -> Moment {
        Moment::now() + Duration::from_nanos(self.0.slept_ns.load(Ordering::Relaxed))
    }

    /// As if the machine slept now for so long: the clock goes on by that, and `Instant` does not. For tests.
    pub fn sleep_through(&self, sleep: Duration) {
        self.0.slept_ns.fetch_add(u64::try_from(sleep.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.wake();
    }

    /// Waits until a moment. After the machine's sleep it does not wait for what has passed meanwhile.
    pub async fn sleep_until(&self, moment: Moment) {
        let mut woke = self.0.woke.subscribe();
        loop {
            let left = moment - self.now();
            if left.is_zero() {
                return;
            }
            tokio::select! {
                // The timer may fire a little early by this clock; then it waits for the rest.
                () = tokio::time::sleep(left) => (),
                _ = woke.changed() => (),
            }
        }
    }

    /// When bytes arrived that were read now: at the latest when the process was paused, if it has just come back from a pause.
    pub fn arrival(&self) -> Moment {
        self.0.pauses.arrival(self.now())
    }

    /// Beat, so that pauses are noticed: of the process (`SIGSTOP`, a machine that swaps), and of the machine, whose sleep tokio's
    /// timers do not see. It never ends.
    pub async fn beat(self) {
        loop {
            let (before, awake) = (self.now(), Instant::now());
            self.0.pauses.beat(before);
            tokio::time::sleep(BEAT).await;
            if (self.now() - before).saturating_sub(awake.elapsed()) > PAUSE_MIN {
                tracing::info!("the machine has slept");
                self.wake();
            }
        }
    }

    fn wake(&self) {
        self.0.woke.send_replace(());
    }
}

impl governor::clock::Clock for Clock {
    type Instant = Moment;

    fn now(&self) -> Moment {
        Clock::now(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sleep_ends_a_wait_at_once() {
        let clock = Clock::system();
        let hours = Duration::from_secs(8 * 3600);
        let waits = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(clock.now() + hours).await }
        });
        tokio::task::yield_now().await;
        clock.sleep_through(hours);
        waits.await.expect("it has waited");
    }
}
