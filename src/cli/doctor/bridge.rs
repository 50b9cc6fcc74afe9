//! The script as it runs in Live: whether it can be reached with the key, and what it says of itself.

use tokio::time::{Duration, Instant, sleep_until};

use super::Findings;
use super::gateway::Running;
use crate::cli::embedded;
use crate::cli::remote_script::source_sha256;
use crate::command::catalogue;
use crate::config;
use crate::gateway::relay::{self, Key, Meeting, Unmet};

/// The oldest Live that the script runs in.
const LIVE_MAJOR_MIN: u32 = 11;
/// How long the script's clock is watched, and how far it may be out.
const CLOCK_SPAN: Duration = Duration::from_millis(500);
const CLOCK_ERROR_MS_MAX: u64 = 250;
/// What only a meeting tells.
const TOLD: [&str; 4] = ["live", "loaded", "catalogue", "clock"];

/// How long the handshake took, if the script was met; it takes at least one of Live's ticks.
pub async fn examine(
    config: &config::Bridge,
    key: Option<&Key>,
    running: Option<&Running>,
    findings: &mut Findings,
) -> Option<Duration> {
    let meeting = match key {
        Some(key) => relay::meet(config, key).await.map_err(|unmet| tell_unmet(config, unmet, running, findings)).ok(),
        None => {
            findings.unknown("bridge", "not tried, because there is no key");
            None
        }
    };
    let (Some(key), Some(meeting)) = (key, meeting) else {
        TOLD.iter().for_each(|check| findings.unknown(check, "see bridge"));
        return None;
    };
    let again = Instant::now() + CLOCK_SPAN;
    let took_ms = meeting.took.as_millis();
    findings.ok("bridge", format!("{} is answered by LiveGate, with the key, in {took_ms} ms", config.address));
    live(&meeting, findings);
    loaded(&meeting, findings);
    same_catalogue(&meeting, findings);
    sleep_until(again).await;
    match relay::meet(config, key).await {
        Ok(later) => clock(meeting.clock_error_ms(&later), findings),
        Err(_) => findings.unknown("clock", "the script was gone when it was asked again; run this once more"),
    }
    Some(meeting.took)
}

fn tell_unmet(config: &config::Bridge, unmet: Unmet, running: Option<&Running>, findings: &mut Findings) {
    let address = config.address;
    let (message, remedy) = match unmet {
        Unmet::NobodyListens => (
            format!("Live is not running or LiveGate is not chosen, for nothing listens on {address}"),
            "start Live, and choose LiveGate under Settings > Link, Tempo & MIDI > Control Surface",
        ),
        Unmet::KeyRefused => (
            format!("the script on {address} has another key than the gateway"),
            "run livegate install, then restart Live and the gateway",
        ),
        Unmet::Silent if running.is_some_and(Running::reaches_live) => (
            format!("Live on {address} does not move: a dialog is open, or it is loading a set"),
            "close the dialog in Live, or wait",
        ),
        Unmet::Silent => (
            format!(
                "something else listens on {address}, or Live does not move, or it runs LiveGate from before it had a key"
            ),
            "close Live's dialogs and restart Live; else end the other program, or put another bridge.address into \
             livegate.toml and run livegate install",
        ),
        Unmet::Stranger(error) => (
            format!("something else listens on {address} ({error:#})"),
            "end it; or put another bridge.address into livegate.toml, run livegate install, and restart Live and the gateway",
        ),
    };
    findings.fail("bridge", message, remedy);
}

fn live(meeting: &Meeting, findings: &mut Findings) {
    let version = meeting.text("live_version");
    let major = version.split('.').next().and_then(|major| major.parse().ok());
    match major {
        Some(LIVE_MAJOR_MIN..) => findings.ok("live", format!("Live {version}")),
        _ => findings.fail(
            "live",
            format!("Live says that it is {version:?}"),
            format!("the script needs Live {LIVE_MAJOR_MIN} or newer; update Live"),
        ),
    }
}

/// Python keeps what it has loaded, whatever lies in the folder since.
fn loaded(meeting: &Meeting, findings: &mut Findings) {
    match meeting.text("source_sha256") == source_sha256(&embedded::remote_script()) {
        true => findings.ok("loaded", format!("Live runs LiveGate {}", meeting.text("version"))),
        false => findings.fail(
            "loaded",
            format!("Live runs another LiveGate ({}) than this livegate's", meeting.text("version")),
            "run livegate install, then restart Live",
        ),
    }
}

fn same_catalogue(meeting: &Meeting, findings: &mut Findings) {
    match meeting.text("catalog_sha256") == catalogue().live_sha256 {
        true => findings.ok("catalogue", "script and gateway know the same actions"),
        false => findings.fail(
            "catalogue",
            "script and gateway do not know the same actions, so changes are refused",
            "run livegate install, then restart Live",
        ),
    }
}

fn clock(error_ms: u64, findings: &mut Findings) {
    match error_ms {
        0..=CLOCK_ERROR_MS_MAX => findings.ok("clock", "the script's clock runs as ours does"),
        _ => findings.fail(
            "clock",
            format!("the script's clock was {error_ms} ms out within half a second, so deadlines cannot be kept"),
            "restart Live; if it stays so, restart the computer",
        ),
    }
}
