//! A moment on the monotonic clock that includes the machine's sleep.

use std::ops::{Add, Sub};
use std::time::Duration;

use governor::clock::Reference;
use governor::nanos::Nanos;

use crate::platform;

/// Differences saturate at zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Duration);

impl Moment {
    /// By the system's clock. Where a [`Clock`](super::Clock) is available, use that.
    pub fn now() -> Moment {
        Moment(platform::time_with_sleep())
    }

    /// For atomics; enough for five hundred years.
    pub(super) fn nanos(self) -> u64 {
        u64::try_from(self.0.as_nanos()).unwrap_or(u64::MAX)
    }

    pub(super) fn from_nanos(nanos: u64) -> Moment {
        Moment(Duration::from_nanos(nanos))
    }
}

impl Add<Duration> for Moment {
    type Output = Moment;

    fn add(self, duration: Duration) -> Moment {
        Moment(self.0.saturating_add(duration))
    }
}

impl Sub<Duration> for Moment {
    type Output = Moment;

    fn sub(self, duration: Duration) -> Moment {
        Moment(self.0.saturating_sub(duration))
    }
}

impl Sub<Moment> for Moment {
    type Output = Duration;

    fn sub(self, earlier: Moment) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Nanos> for Moment {
    type Output = Moment;

    fn add(self, nanos: Nanos) -> Moment {
        self + Duration::from(nanos)
    }
}

impl Reference for Moment {
    fn duration_since(&self, earlier: Moment) -> Nanos {
        Nanos::from(*self - earlier)
    }

    fn saturating_sub(&self, duration: Nanos) -> Moment {
        *self - Duration::from(duration)
    }
}
