//! Pacing of one sender's reads. Nothing slows down a sender of datagrams, so reads beyond the caller's rate wait instead of being refused.

use std::time::Duration;

use tokio::time::Instant;

use crate::config::Rate;

/// Reserves a time for each read (generic cell rate algorithm).
pub struct ReadPacing {
    interval: Duration,
    burst: Duration,
    /// When the reads so far are paid for.
    paid: Instant,
}

/// Senders use this part of the rate, in quarters. The rest is for the caller's other programs.
const QUARTERS: u32 = 3;

impl ReadPacing {
    pub fn of(rate: Rate, now: Instant) -> ReadPacing {
        let interval = Duration::from_secs(4) / (rate.per_second.get().saturating_mul(QUARTERS));
        let burst = interval.saturating_mul(rate.burst.get() / 4 * QUARTERS);
        ReadPacing { interval, burst, paid: now }
    }

    /// How long so many reads have to wait.
    pub fn reserve(&mut self, reads: usize, now: Instant) -> Duration {
        let reads = u32::try_from(reads).unwrap_or(u32::MAX);
        self.paid = self.paid.max(now) + self.interval.saturating_mul(reads);
        self.paid.saturating_duration_since(now + self.burst)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    #[test]
    fn reads_beyond_the_burst_wait_their_turn() {
        let number = |value| NonZeroU32::new(value).expect("positive");
        let now = Instant::now();
        let mut pace = ReadPacing::of(Rate { per_second: number(40), burst: number(8) }, now);
        let ms = Duration::from_millis;
        let waits: Vec<Duration> = (0..9).map(|_| pace.reserve(1, now)).collect();
        let none = Duration::ZERO;
        let close = |wait: Duration, expected: Duration| wait.abs_diff(expected) < ms(1);
        assert_eq!(waits[..6], [none; 6]);
        assert!(close(waits[6], ms(33)) && close(waits[7], ms(67)) && close(waits[8], ms(100)), "{waits:?}");
        assert!(close(pace.reserve(3, now), ms(200)));
        assert!(close(pace.reserve(0, now), ms(200)));
        // Later the burst is available again.
        assert_eq!(pace.reserve(6, now + ms(1_000)), none);
    }
}
