//! Checks the script that runs in Live: its key, its version, its catalogue and its clock.

use tokio::time::{Duration, Instant, sleep_until};

use super::Findings;
use super::gateway::Running;
use crate::cli::embedded;
use crate::cli::remote_script::source_sha256;
use crate::command::catalogue;
use crate::config;
use crate::gateway::relay::{self, CompletedHandshake, HandshakeFailure, Key};

/// The oldest Live that the script runs in.
const LIVE_MAJOR_MIN: u32 = 11;
/// The interval over which the script's clock is compared with ours, and the largest error allowed in it.
const CLOCK_SPAN: Duration = Duration::from_millis(500);
const CLOCK_ERROR_MS_MAX: u64 = 250;
/// The checks that need a connection to the script.
pub const NEED_CONNECTION: [&str; 4] = ["live", "loaded", "catalogue", "clock"];

/// Returns the duration of the handshake, which takes at least one tick of Live, or `None` if there was none.
pub async fn examine(
    config: &config::Bridge,
    key: Option<&Key>,
    running: Option<&Running>,
    findings: &mut Findings,
) -> Option<Duration> {
    let handshake = match key {
        Some(key) => relay::complete_handshake(config, key)
            .await
            .map_err(|failure| report_failure(config, failure, running, findings))
            .ok(),
        None => {
            findings.unknown("bridge", "not checked, because there is no key");
            None
        }
    };
    let (Some(key), Some(handshake)) = (key, handshake) else {
        NEED_CONNECTION.iter().for_each(|check| findings.unknown(check, "see bridge"));
        return None;
    };
    let again = Instant::now() + CLOCK_SPAN;
    let took_ms = handshake.took.as_millis();
    findings.ok("bridge", format!("LiveGate answers on {} with the key, in {took_ms} ms", config.address));
    live(&handshake, findings);
    loaded(&handshake, findings);
    same_catalogue(&handshake, findings);
    sleep_until(again).await;
    match relay::complete_handshake(config, key).await {
        Ok(later) => clock(handshake.clock_error_ms(&later), findings),
        Err(_) => findings.unknown("clock", "the second connection to the script failed; run livegate doctor again"),
    }
    Some(handshake.took)
}

fn report_failure(
    config: &config::Bridge,
    failure: HandshakeFailure,
    running: Option<&Running>,
    findings: &mut Findings,
) {
    let address = config.address;
    let (message, remedy) = match failure {
        HandshakeFailure::NotListening => (
            format!(
                "nothing listens on {address}: Live is not running, or LiveGate is not chosen as a control surface"
            ),
            "start Live, and choose LiveGate under Settings > Link, Tempo & MIDI > Control Surface",
        ),
        HandshakeFailure::KeyRefused => (
            format!("the script on {address} has a different key than the gateway"),
            "run livegate install, then restart Live and the gateway",
        ),
        HandshakeFailure::Silent if running.is_some_and(Running::reaches_live) => (
            format!("Live does not answer on {address}: a dialog is open, or it is loading a set"),
            "close the dialog in Live, or wait",
        ),
        HandshakeFailure::Silent => (
            format!(
                "no answer on {address}: another program listens there, or Live is blocked, or it runs LiveGate without a key"
            ),
            "close Live's dialogs and restart Live; otherwise close the other program, or set another bridge.address in \
             livegate.toml and run livegate install",
        ),
        HandshakeFailure::NotTheScript(error) => (
            format!("another program listens on {address} ({error:#})"),
            "close it; or set another bridge.address in livegate.toml, run livegate install, and restart Live and the gateway",
        ),
    };
    findings.fail("bridge", message, remedy);
}

fn live(handshake: &CompletedHandshake, findings: &mut Findings) {
    let version = handshake.text("live_version");
    let major = version.split('.').next().and_then(|major| major.parse().ok());
    match major {
        Some(LIVE_MAJOR_MIN..) => findings.ok("live", format!("Live {version}")),
        _ => findings.fail(
            "live",
            format!("Live reports the version {version:?}"),
            format!("the script needs Live {LIVE_MAJOR_MIN} or newer; update Live"),
        ),
    }
}

/// Live keeps running the source that it loaded, even after the files change.
fn loaded(handshake: &CompletedHandshake, findings: &mut Findings) {
    if handshake.text("source_sha256") == source_sha256(&embedded::remote_script()) {
        findings.ok("loaded", format!("Live runs LiveGate {}", handshake.text("version")));
    } else {
        findings.fail(
            "loaded",
            format!("Live runs LiveGate {}, which is not the one in this livegate", handshake.text("version")),
            "run livegate install, then restart Live",
        );
    }
}

fn same_catalogue(handshake: &CompletedHandshake, findings: &mut Findings) {
    if handshake.text("catalog_sha256") == catalogue().live_sha256 {
        findings.ok("catalogue", "script and gateway have the same catalogue");
    } else {
        findings.fail(
            "catalogue",
            "script and gateway have different catalogues, so changes are refused",
            "run livegate install, then restart Live",
        );
    }
}

fn clock(error_ms: u64, findings: &mut Findings) {
    match error_ms {
        0..=CLOCK_ERROR_MS_MAX => findings.ok("clock", "the script's clock and the gateway's agree"),
        _ => findings.fail(
            "clock",
            format!(
                "the script's clock drifted by {error_ms} ms within half a second, so deadlines cannot be enforced"
            ),
            "restart Live; if that does not help, restart the computer",
        ),
    }
}
