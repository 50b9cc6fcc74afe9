//! What runs out: disk space, and how fast the trail takes it.

use std::path::Path;

use anyhow::Result;

use super::Findings;
use crate::audit::{self, Reader};
use crate::clock;
use crate::config::Config;
use crate::platform;

const DAY_S: i64 = 86_400;
/// How many days ahead is said that the disk is full.
const AHEAD_DAYS: i64 = 14;

pub fn examine(state_dir: &Path, config: &Config, findings: &mut Findings) {
    let free = free(state_dir, config, findings);
    trail(state_dir, free, findings);
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

fn trail(state_dir: &Path, free: Option<u64>, findings: &mut Findings) {
    let path = state_dir.join(audit::FILE);
    if !path.exists() {
        return findings.ok("trail", "none yet; the gateway begins it");
    }
    let (bytes, since_us) = match size_and_beginning(&path) {
        Ok(found) => found,
        Err(error) => {
            let remedy = "move trail.db and what is beside it away and keep them; the gateway then begins a new one";
            return findings.fail("trail", format!("{error:#}"), remedy);
        }
    };
    let age_s = (clock::unix_micros() - since_us) / 1_000_000;
    if age_s < DAY_S {
        return findings.ok("trail", format!("{}; how much a day is known after a day", in_units(bytes)));
    }
    let per_day = per_day(bytes, age_s);
    let message = format!("{}, about {} a day", in_units(bytes), in_units(per_day));
    match free.and_then(|free| free.checked_div(per_day)) {
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
        assert_eq!(in_units(1_500), "1.5 KB");
        assert_eq!(in_units(2_000_000_000), "2.0 GB");
    }
}
