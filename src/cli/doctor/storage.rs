//! Checks disk space and the trail's growth.

use std::path::Path;

use anyhow::Result;

use super::Findings;
use crate::audit::{self, Reader};
use crate::config::{Config, Retention};
use crate::platform;
use crate::platform::clock;

const DAY_S: i64 = 86_400;
/// Days before the disk is full at which the check warns.
const AHEAD_DAYS: i64 = 14;

pub fn examine(state_dir: &Path, config: &Config, findings: &mut Findings) {
    let free = free(state_dir, config, findings);
    trail(state_dir, &config.retention, free, findings);
}

/// Free bytes, if they can be determined.
fn free(state_dir: &Path, config: &Config, findings: &mut Findings) -> Option<u64> {
    let remedy = "free disk space; on a full disk the gateway refuses every request";
    match platform::free_bytes(state_dir) {
        Ok(free) if free < config.trail.disk_free_bytes_min => {
            let message = format!("only {} free for {}", in_units(free), state_dir.display());
            findings.fail("disk", message, remedy);
            Some(free)
        }
        Ok(free) => {
            findings.ok("disk", format!("{} free for {}", in_units(free), state_dir.display()));
            Some(free)
        }
        Err(error) => {
            findings.fail("disk", format!("{error:#}"), "give this user read permission");
            None
        }
    }
}

fn trail(state_dir: &Path, retention: &Retention, free: Option<u64>, findings: &mut Findings) {
    let path = state_dir.join(audit::FILE);
    if !platform::is_there(&path) {
        return findings.ok("trail", "none yet; the gateway creates it");
    }
    let (bytes, since_us) = match size_and_start(&path) {
        Ok(found) => found,
        Err(error) => {
            let remedy = "shut down the gateway and run livegate audit restore with a copy; or move trail.db, trail.db-wal and trail.db-shm \
                elsewhere as evidence, and the gateway starts a new trail";
            return findings.fail("trail", format!("{error:#}"), remedy);
        }
    };
    let age_s = (clock::unix_micros() - since_us) / 1_000_000;
    if age_s < DAY_S {
        return findings.ok("trail", format!("{}; its growth is known after one day", in_units(bytes)));
    }
    let per_day = per_day(bytes, age_s);
    let message = format!("{}, about {} a day", in_units(bytes), in_units(per_day));
    // Growth until retention prunes as fast as rows come.
    let grows = largest(per_day, retention).saturating_sub(bytes);
    match free.filter(|&free| free < grows).and_then(|free| free.checked_div(per_day)) {
        Some(days) if days < AHEAD_DAYS.unsigned_abs() => {
            findings.warn("trail", format!("{message}, so the disk is full in {days} days"), "free disk space");
        }
        _ => findings.ok("trail", message),
    }
}

/// The size in bytes, with the write-ahead log, and the time of the first row.
fn size_and_start(path: &Path) -> Result<(u64, i64)> {
    let beginning = Reader::open(path)?.first_time_us()?.unwrap_or_else(clock::unix_micros);
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    Ok((size(path) + size(&path.with_extension("db-wal")), beginning))
}

fn per_day(bytes: u64, age_s: i64) -> u64 {
    (bytes as f64 / (age_s as f64 / DAY_S as f64)) as u64
}

/// The largest size in bytes that retention allows.
fn largest(per_day: u64, retention: &Retention) -> u64 {
    let bounds = [per_day.saturating_mul(retention.days.into()), retention.bytes_max];
    bounds.into_iter().filter(|&bound| bound > 0).min().unwrap_or(u64::MAX)
}

fn in_units(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{:.1} KB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_the_average_per_day() {
        assert_eq!(per_day(10_000_000, 10 * DAY_S), 1_000_000);
        let retention = |days, bytes_max| Retention { days, bytes_max, ..Retention::default() };
        assert_eq!(largest(10, &retention(180, 0)), 1_800);
        assert_eq!(largest(10, &retention(180, 500)), 500);
        assert_eq!(largest(10, &retention(0, 0)), u64::MAX);
        assert_eq!(in_units(1_500), "1.5 KB");
        assert_eq!(in_units(2_000_000_000), "2.0 GB");
    }
}
