//! What runs out: disk space, and how fast the trail takes it.

use std::path::Path;

use anyhow::Result;

use super::Findings;
use crate::audit::{self, Reader};
use crate::config::{Config, Retention};
use crate::platform;
use crate::platform::clock;

const DAY_S: i64 = 86_400;
/// How many days ahead is said that the disk is full.
const AHEAD_DAYS: i64 = 14;

pub fn examine(state_dir: &Path, config: &Config, findings: &mut Findings) {
    let free = free(state_dir, config, findings);
    trail(state_dir, &config.retention, free, findings);
}

/// How much is free, if that can be told.
fn free(state_dir: &Path, config: &Config, findings: &mut Findings) -> Option<u64> {
    let remedy = "make room; on a full disk every request is refused";
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
            findings.fail("disk", format!("{error:#}"), "see to it that this user can read that folder");
            None
        }
    }
}

fn trail(state_dir: &Path, retention: &Retention, free: Option<u64>, findings: &mut Findings) {
    let path = state_dir.join(audit::FILE);
    if !platform::is_there(&path) {
        return findings.ok("trail", "none yet; the gateway begins it");
    }
    let (bytes, since_us) = match size_and_beginning(&path) {
        Ok(found) => found,
        Err(error) => {
            let remedy = "end the gateway and run livegate audit restore with a copy; or move trail.db and what is beside it away and \
                keep them, and the gateway begins a new one";
            return findings.fail("trail", format!("{error:#}"), remedy);
        }
    };
    let age_s = (clock::unix_micros() - since_us) / 1_000_000;
    if age_s < DAY_S {
        return findings.ok("trail", format!("{}; how much a day is known after a day", in_units(bytes)));
    }
    let per_day = per_day(bytes, age_s);
    let message = format!("{}, about {} a day", in_units(bytes), in_units(per_day));
    // What it grows by until retention takes away as much as comes.
    let grows = largest(per_day, retention).saturating_sub(bytes);
    match free.filter(|&free| free < grows).and_then(|free| free.checked_div(per_day)) {
        Some(days) if days < AHEAD_DAYS.unsigned_abs() => {
            findings.warn("trail", format!("{message}, so the disk is full in {days} days"), "make room");
        }
        _ => findings.ok("trail", message),
    }
}

/// With its log, in which commits lie first.
fn size_and_beginning(path: &Path) -> Result<(u64, i64)> {
    let beginning = Reader::open(path)?.first_time_us()?.unwrap_or_else(clock::unix_micros);
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    Ok((size(path) + size(&path.with_extension("db-wal")), beginning))
}

fn per_day(bytes: u64, age_s: i64) -> u64 {
    (bytes as f64 / (age_s as f64 / DAY_S as f64)) as u64
}

/// How much it takes up at most, as far as retention bounds it.
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
    fn a_trail_grows_by_what_it_took_over_its_days() {
        assert_eq!(per_day(10_000_000, 10 * DAY_S), 1_000_000);
        let retention = |days, bytes_max| Retention { days, bytes_max, ..Retention::default() };
        assert_eq!(largest(10, &retention(180, 0)), 1_800);
        assert_eq!(largest(10, &retention(180, 500)), 500);
        assert_eq!(largest(10, &retention(0, 0)), u64::MAX);
        assert_eq!(in_units(1_500), "1.5 KB");
        assert_eq!(in_units(2_000_000_000), "2.0 GB");
    }
}
