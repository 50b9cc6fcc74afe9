//! What runs out: certificates, disk space, and how fast the trail takes it.

use std::path::Path;

use anyhow::Result;

use super::Findings;
use crate::audit::{self, Reader};
use crate::clock;
use crate::config::Config;
use crate::gateway::handshake::{self, Certificate};
use crate::platform;

const DAY_S: i64 = 86_400;
/// How many days ahead is said that something ends.
const AHEAD_DAYS: i64 = 14;
const RENEW: &str = "run livegate cert renew; one of your own, replace";
const ROTATE: &str = "run livegate cert rotate-ca, and give the new pin to the clients";

pub fn examine(state_dir: &Path, config: &Config, findings: &mut Findings) {
    certificates(state_dir, config, findings);
    let free = free(state_dir, config, findings);
    trail(state_dir, free, findings);
}

fn certificates(state_dir: &Path, config: &Config, findings: &mut Findings) {
    if config.tls.listen.is_empty() {
        return findings.ok("certificate", "none needed: nobody is served over TLS");
    }
    let (certificate, key) = (state_dir.join(&config.tls.certificate), state_dir.join(&config.tls.key));
    let chain = handshake::check(&certificate, &key).and_then(|_| handshake::certificates(&certificate));
    match chain {
        Ok(chain) => chain.iter().for_each(|certificate| dates(certificate, clock::unix_seconds(), findings)),
        Err(error) => findings.fail("certificate", format!("{error:#}"), format!("correct that; or {RENEW}")),
    }
}

fn dates(certificate: &Certificate, now: i64, findings: &mut Findings) {
    let whose = if certificate.is_authority { "the CA's certificate" } else { "the server's certificate" };
    let remedy = if certificate.is_authority { ROTATE } else { RENEW };
    let (from, until) = (certificate.not_before, certificate.not_after);
    let days = (until - now).div_euclid(DAY_S);
    if now < from {
        let message = format!("{whose} is good only from {}", clock::rfc3339(from));
        findings.fail("certificate", message, "set this computer's clock");
    } else if now >= until {
        findings.fail("certificate", format!("{whose} ended at {}", clock::rfc3339(until)), remedy);
    } else if days < AHEAD_DAYS {
        findings.warn("certificate", format!("{whose} ends in {days} days, at {}", clock::rfc3339(until)), remedy);
    } else {
        findings.ok("certificate", format!("{whose} is good for {days} days"));
    }
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
