//! The certificates that clients are shown: whether they are good, for how long, and who renews them.

use std::path::Path;

use super::Findings;
use crate::config::Config;
use crate::platform::clock;
use crate::tls::{self, Certificate, Purpose};

const DAY_S: i64 = 86_400;
/// How many days ahead is said that something ends.
const AHEAD_DAYS: i64 = 14;

pub fn examine(state_dir: &Path, config: &Config, gateway_runs: bool, findings: &mut Findings) {
    if config.tls.listen.is_empty() {
        return findings.ok("certificate", "none needed: nobody is served over TLS");
    }
    let (certificate, key) = (state_dir.join(&config.tls.certificate), state_dir.join(&config.tls.key));
    let shown = tls::check(&certificate, &key).and_then(|()| tls::purposes(state_dir, &config.tls));
    match shown {
        Ok(shown) => shown.iter().for_each(|shown| tell(shown, gateway_runs, findings)),
        Err(error) => {
            let remedy = "correct that; what this installation's CA signed, livegate cert renew makes anew, \
                and one of your own, replace";
            findings.fail("certificate", format!("{error:#}"), remedy);
        }
    }
}

fn tell((certificate, purpose): &(Certificate, Purpose), gateway_runs: bool, findings: &mut Findings) {
    let (leaf, ca, now) = ("the server's certificate", "the CA's certificate", clock::unix_seconds());
    let (whose, remedy) = match purpose {
        Purpose::Renewed if gateway_runs => {
            (leaf, "the gateway should have renewed it: its log says why not; livegate cert renew does it now")
        }
        Purpose::Renewed => (leaf, "start the gateway, which renews it by itself; livegate cert renew does it now"),
        Purpose::Unrenewed => (leaf, "put the CA's key back into tls/authority, then run livegate cert renew"),
        Purpose::OwnersLeaf => (leaf, "it is your own: put another in its place, and the gateway takes it up"),
        Purpose::Authority => (ca, "run livegate cert rotate-ca, and give the new pin to the clients"),
        Purpose::OwnersAuthority => (ca, "it is your own: put a chain with another in its place, and tell the clients"),
        Purpose::Following => return follow(certificate, now, findings),
        Purpose::Former => return,
    };
    dates(certificate, (whose, remedy), now, findings);
}

/// It is meant to end, so there is nothing to do.
fn follow(vouched: &Certificate, now: i64, findings: &mut Findings) {
    let follow = if now < vouched.not_after { "follow" } else { "followed" };
    let until = clock::rfc3339(vouched.not_after);
    findings.ok("certificate", format!("clients that know the CA before this one {follow} until {until}"));
}

fn dates(certificate: &Certificate, (whose, remedy): (&str, &str), now: i64, findings: &mut Findings) {
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
