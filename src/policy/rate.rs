//! Rate limits that a role or rule sets.

use std::num::NonZeroU32;

use toml::Spanned;

use super::file::RateEntry;
use super::mistake::Mistake;
use crate::config::Rate;

/// Requests per second for each caller, and a burst. The burst defaults to one second of requests.
pub fn read(entry: &Spanned<RateEntry>) -> Result<Rate, Mistake> {
    let RateEntry { per_second, burst } = *entry.get_ref();
    let at_least_one = |name: &str, value| {
        NonZeroU32::new(value).ok_or_else(|| Mistake::at(entry.span(), format!("{name} must be at least 1")))
    };
    let per_second = at_least_one("per_second", per_second)?;
    let burst = burst.map_or(Ok(per_second), |burst| at_least_one("burst", burst))?;
    Ok(Rate { per_second, burst })
}
