//! Time tags: how long until a bundle is due.

use std::time::Duration;

use super::walk::TimeTag;
use crate::platform::clock;

/// From 1900, where time tags begin, to 1970 (RFC 5905).
const NTP_OFFSET_S: u64 = 2_208_988_800;

/// The time until a time tag. Past tags and the tag "at once" are due now.
pub fn until(due: TimeTag) -> Duration {
    let micros = u64::try_from(clock::unix_micros()).unwrap_or_default();
    until_from(due, Duration::from_micros(micros))
}

fn until_from(due: TimeTag, now: Duration) -> Duration {
    let seconds = due >> 32;
    let fraction = due & 0xffff_ffff;
    let Some(seconds) = seconds.checked_sub(NTP_OFFSET_S) else { return Duration::ZERO };
    let nanos = (fraction * 1_000_000_000) >> 32;
    (Duration::from_secs(seconds) + Duration::from_nanos(nanos)).saturating_sub(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_tags_are_due_at_once() {
        let now = Duration::from_secs(1_000_000);
        let tag = |seconds: u64, fraction: u64| (NTP_OFFSET_S + seconds) << 32 | fraction;
        for (due, expected) in [
            (1, Duration::ZERO),
            (0, Duration::ZERO),
            (tag(999_999, 0), Duration::ZERO),
            (tag(1_000_000, 1 << 31), Duration::from_millis(500)),
            (tag(1_000_009, 0), Duration::from_secs(9)),
        ] {
            assert_eq!(until_from(due, now), expected);
        }
    }
}
