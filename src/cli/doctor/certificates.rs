//! Checks the certificates that clients get: their validity, their expiry and their renewal.

use std::path::Path;

use super::Findings;
use crate::cli::counted;
use crate::config::Config;
use crate::platform::clock;
use crate::tls::{self, Certificate, Purpose};

const DAY_S: i64 = 86_400;
/// Days before expiry at which the check warns.
const AHEAD_DAYS: i64 = 14;

pub fn examine(state_dir: &Path, config: &Config, gateway_runs: bool, findings: &mut Findings) {
    if config.tls.listen.is_empty() {
        return findings.ok("certificate", "none needed: TLS is off");
    }
    let certificate = state_dir.join(&config.tls.certificate);
    let key = state_dir.join(&config.tls.key);
    let shown = tls::check(&certificate, &key).and_then(|()| tls::purposes(state_dir, &config.tls));
    match shown {
        Ok(shown) => shown.iter().for_each(|shown| report(shown, gateway_runs, findings)),
        Err(error) => {
            let remedy = "correct it: livegate cert renew reissues what this installation's CA signed; replace a certificate of \
                your own";
            findings.fail("certificate", format!("{error:#}"), remedy);
        }
    }
}

fn report((certificate, purpose): &(Certificate, Purpose), gateway_runs: bool, findings: &mut Findings) {
    let leaf = "the server's certificate";
    let ca = "the CA's certificate";
    let now = clock::unix_seconds();
    let (whose, remedy) = match purpose {
        Purpose::Renewed if gateway_runs => {
            (leaf, "the gateway failed to renew it; its log has the cause; livegate cert renew renews it now")
        }
        Purpose::Renewed => (leaf, "start the gateway, which renews it; livegate cert renew renews it now"),
        Purpose::Unrenewed => (leaf, "put the CA's key back into tls/authority, then run livegate cert renew"),
        Purpose::OwnersLeaf => (leaf, "replace your own certificate; the gateway reloads it"),
        Purpose::Authority => (ca, "run livegate cert rotate-ca, and give clients the new pin"),
        Purpose::OwnersAuthority => (ca, "replace your own chain, and give clients the new CA"),
        Purpose::Following => return follow(certificate, now, findings),
        Purpose::Former => return,
    };
    dates(certificate, (whose, remedy), now, findings);
}

/// The cross-signed certificate of a former CA. Its expiry is intended.
fn follow(cross_signed: &Certificate, now: i64, findings: &mut Findings) {
    let follow = if now < cross_signed.not_after { "trust the new one" } else { "trusted the new one" };
    let until = clock::rfc3339(cross_signed.not_after);
    findings.ok("certificate", format!("clients that know the previous CA {follow} until {until}"));
}

fn dates(certificate: &Certificate, (whose, remedy): (&str, &str), now: i64, findings: &mut Findings) {
    let from = certificate.not_before;
    let until = certificate.not_after;
    let days = (until - now).div_euclid(DAY_S);
    if now < from {
        let message = format!("{whose} is valid only from {}", clock::rfc3339(from));
        findings.fail("certificate", message, "set this computer's clock");
    } else if now >= until {
        findings.fail("certificate", format!("{whose} expired at {}", clock::rfc3339(until)), remedy);
    } else if days < AHEAD_DAYS {
        findings.warn(
            "certificate",
            format!("{whose} expires in {}, at {}", counted(days, "day"), clock::rfc3339(until)),
            remedy,
        );
    } else {
        findings.ok("certificate", format!("{whose} is valid for {}", counted(days, "day")));
    }
}
