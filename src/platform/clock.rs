//! The clocks: the wall clock, for people and tokens, and a monotonic clock for deadlines, which includes the machine's sleep.
//!
//! `Instant` stops while a laptop sleeps (on Linux and macOS), and so do tokio's timers. A timer therefore only wakes its task; a [`Clock`] decides
//! whether a deadline has passed, at every exit from a queue. The wall clock cannot decide it, because it may be set.

mod moment;
mod pauses;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::watch;
use tokio::time::Instant;

pub(crate) use moment::Moment;
use pauses::{BEAT, PAUSE_MIN, Pauses};

pub(crate) fn unix_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// The wall clock, for calendars and time zones.
pub fn now() -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(unix_micros()).unwrap_or(jiff::Timestamp::MAX)
}

/// Unix time in seconds.
pub fn unix_seconds() -> i64 {
    unix_micros() / 1_000_000
}

/// RFC 3339 in UTC, to the second; the number itself if it is out of range.
pub fn rfc3339(unix_seconds: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(unix_seconds).ok();
    time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_else(|| unix_seconds.to_string())
}

/// The clock of one gateway. Clones share it.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// How far the clock is ahead of the system's: zero except in tests, which simulate sleep.
    slept_ns: AtomicU64,
    /// Wakes tasks that wait for a moment when the machine has slept.
    woke: watch::Sender<()>,
    pauses: Pauses,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Clock {
        Clock(Arc::new(Inner { slept_ns: AtomicU64::new(0), woke: watch::Sender::new(()), pauses: Pauses::default() }))
    }

    /// Time since an arbitrary start, including the time during which the machine slept.
    pub fn now(&self) -> Moment {
        Moment::now() + Duration::from_nanos(self.0.slept_ns.load(Ordering::Relaxed))
    }

    /// Simulate a sleep of the machine: this clock advances and `Instant` does not. For tests.
    pub fn sleep_through(&self, sleep: Duration) {
        self.0.slept_ns.fetch_add(u64::try_from(sleep.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.wake();
    }

    /// Wait until a moment. After the machine has slept, time that passed during the sleep counts.
    pub async fn sleep_until(&self, moment: Moment) {
        let mut woke = self.0.woke.subscribe();
        loop {
            let left = moment - self.now();
            if left.is_zero() {
                return;
            }
            tokio::select! {
                // The timer may fire slightly early by this clock; then wait for the rest.
                () = tokio::time::sleep(left) => (),
                _ = woke.changed() => (),
            }
        }
    }

    /// When bytes that were just read arrived. After a pause of the process, the earliest possible time.
    pub fn arrival(&self) -> Moment {
        self.0.pauses.arrival(self.now())
    }

    /// Run heartbeats, which detect pauses: of the process (`SIGSTOP`, a machine that swaps), and of the machine, whose sleep tokio's timers do not
    /// include. It never returns.
    pub async fn beat(self) {
        loop {
            let before = self.now();
            let awake = Instant::now();
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
