//! Checks the running gateway: its trail, its witness, its bridge, and Live's ticks as it sees them.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::Findings;
use crate::client::Client;

/// A running gateway's console, and its status.
pub struct Running {
    console: Client,
    status: Map<String, Value>,
}

/// The longest wait for an answer of the gateway or of Live.
pub const ANSWER_WAIT: Duration = Duration::from_secs(3);
/// Live ticks at least ten times a second.
const TICK_AGE_MS_MAX: f64 = 1_000.0;
pub const RESTART: &str = "restart the gateway with livegate serve";
const UNBLOCK_PLAIN: &str = "see bridge above; close the dialog in Live, or wait until the set is loaded";
const UNBLOCK: &str = "close the dialog in Live, or wait until the set is loaded";

/// One request and its answer, which may be a refusal.
pub async fn ask(client: &mut Client, request: Value) -> Result<Map<String, Value>> {
    let answer = timeout(ANSWER_WAIT, client.ask(request)).await;
    Ok(answer.with_context(|| format!("no answer within {} s", ANSWER_WAIT.as_secs()))??)
}

/// No gateway runs. Then a handshake proves a tick: doctor sends Live no actions past the gateway.
pub fn miss(state_dir: &Path, handshake_took: Option<Duration>, findings: &mut Findings) {
    findings.fail("gateway", format!("no gateway runs with {}", state_dir.display()), "start it with livegate serve");
    match handshake_took {
        Some(took) => findings.ok("tick", format!("within {} ms, the duration of the handshake", took.as_millis())),
        None => findings.unknown("tick", "see bridge"),
    }
}

impl Running {
    pub async fn find(state_dir: &Path) -> Option<Running> {
        let mut console = Client::connect_control(state_dir).await.ok()?;
        let status = ask(&mut console, json!({"action": "status"})).await.ok()?;
        Some(Running { console, status })
    }

    /// Whether it is connected to the script.
    pub fn reaches_live(&self) -> bool {
        let bridge = self.status.get("bridge").and_then(|bridge| bridge.get("up"));
        bridge == Some(&Value::Bool(true))
    }

    /// The reason that sign-in is unavailable, if it is.
    pub fn sign_in_failure(&self) -> Option<&str> {
        let sign_in = self.status.get("sign_in").filter(|sign_in| sign_in["well"] == false)?;
        sign_in["reason"].as_str()
    }

    /// The known ports that the gateway has found in use: program and address, and who reaches it.
    pub fn open_ports(&self) -> Option<Vec<(String, String)>> {
        let open = self.status.get("other_programs")?.get("open")?.as_array()?;
        let text = |of: &Value, key: &str| of[key].as_str().unwrap_or("?").to_owned();
        let one = |open: &Value| {
            let address = format!("{} at {} {}", text(open, "program"), text(open, "protocol"), text(open, "address"));
            (address, text(open, "reach"))
        };
        Some(open.iter().map(one).collect())
    }

    pub async fn examine(&mut self, bridge_is_up: bool, findings: &mut Findings) {
        self.itself(bridge_is_up, findings);
        self.capacity(findings);
        self.log(findings);
        self.witness(findings);
        if self.reaches_live() {
            self.tick(findings).await;
        } else {
            findings.unknown("tick", "the gateway is not connected to the script");
        }
    }

    /// Before a script without a key. Such a bridge is up once a command was answered.
    pub async fn examine_plain(&mut self, findings: &mut Findings) {
        if !self.is_at_fault(findings) {
            let ours = env!("CARGO_PKG_VERSION");
            findings.ok("gateway", format!("livegate {ours} runs and writes the trail"));
        }
        self.capacity(findings);
        self.log(findings);
        self.witness(findings);
        let pinged = ask(&mut self.console, json!({"action": "ping", "deadline_ms": 2_000})).await;
        match pinged {
            Ok(answer) if answer.get("ok") == Some(&Value::Bool(true)) => {
                findings.ok("tick", "the script answers through the gateway");
            }
            Ok(answer) => {
                let error = answer.get("error").and_then(Value::as_str).unwrap_or("no reason given");
                findings.fail(
                    "tick",
                    format!("the script does not answer through the gateway: {error}"),
                    UNBLOCK_PLAIN,
                );
            }
            Err(error) => findings.fail("tick", format!("{error:#}"), UNBLOCK_PLAIN),
        }
    }

    fn itself(&self, bridge_is_up: bool, findings: &mut Findings) {
        if self.is_at_fault(findings) {
            return;
        }
        if self.reaches_live() && self.status["bridge"]["script"].get("protocol").is_none() {
            let message = "it connects to the script without the key, because it started before the key existed";
            findings.fail("gateway", message, RESTART);
        } else if !self.reaches_live() && bridge_is_up {
            let message =
                "it is not connected to the script, although the script answers; its key or configuration is outdated";
            findings.fail("gateway", message, RESTART);
        } else if !self.reaches_live() {
            findings.fail("gateway", "it is not connected to the script", "see bridge above");
        } else {
            let ours = env!("CARGO_PKG_VERSION");
            findings.ok("gateway", format!("livegate {ours} runs, is connected to the script and writes the trail"));
        }
    }

    /// Reports a gateway that cannot write its trail, or that is of another version.
    fn is_at_fault(&self, findings: &mut Findings) -> bool {
        let text = |key: &str| self.status.get(key).and_then(Value::as_str).unwrap_or_default();
        let is_available = self.status.get("trail").and_then(|trail| trail.get("well")) == Some(&Value::Bool(true));
        self.new_log(findings);
        let ours = env!("CARGO_PKG_VERSION");
        if text("code") == "unrecorded" || (text("code").is_empty() && !is_available) {
            let remedy = format!("its log has the cause; see disk and trail below, then {RESTART}");
            findings.fail("gateway", "it cannot write the trail, so it refuses every request", remedy);
        } else if text("version") != ours {
            let message = format!("the running version is {:?}, this one is {ours}{}", text("version"), text("error"));
            findings.fail("gateway", message, RESTART);
        } else {
            return false;
        }
        true
    }

    /// A new log is a warning at the start that began it, and a fact afterwards: `status` and the trail keep it.
    fn new_log(&self, findings: &mut Findings) {
        let Some(trail) = self.status.get("trail") else { return };
        let Some(new_log) = trail.get("new_log").and_then(Value::as_str) else { return };
        if trail.get("new_log_at_this_start") == Some(&Value::Bool(false)) {
            findings.ok("trail", format!("reported at an earlier start: {new_log}"));
        } else {
            findings.warn("trail", new_log, "if you did not restore an older copy, find out who did");
        }
    }

    /// Whether callers fill the trail faster than retention may prune it.
    fn capacity(&self, findings: &mut Findings) {
        let Some(capacity) = self.status.get("trail").and_then(|trail| trail.get("room")) else { return };
        if capacity["is_near"] == true {
            let caller = capacity["largest"]["caller"].as_str().unwrap_or("unknown callers");
            let message = format!(
                "rows younger than the minimum age take {} of {} bytes, most of them written by {caller}",
                capacity["young_bytes"], capacity["young_bytes_max"]
            );
            findings.warn("trail", message, "check what that caller does, or raise retention.bytes_max");
        }
    }

    /// Whether a reader of the trail keeps its write-ahead log from being checkpointed.
    fn log(&self, findings: &mut Findings) {
        let Some(log) = self.status.get("trail").and_then(|trail| trail.get("write_ahead")) else { return };
        let message = format!(
            "its write-ahead log has {} bytes, because another program reads the trail: {}",
            log["bytes"], log["readers"]
        );
        findings.warn("trail", message, "close that program; long reads should use a copy (livegate audit backup)");
    }

    /// Only if a witness is configured.
    fn witness(&self, findings: &mut Findings) {
        let Some(witness) = self.status.get("trail").and_then(|trail| trail.get("witness")) else { return };
        if witness["well"] == true {
            return findings.ok("witness", "it receives the trail's checkpoints");
        }
        let text = |key: &str| witness[key].as_str().unwrap_or("?");
        let message = format!("it receives no checkpoints since {}: {}", text("since"), text("reason"));
        let remedy =
            "check trail.witness_file and trail.witness_command in livegate.toml; the gateway's log has the cause";
        findings.fail("witness", message, remedy);
    }

    /// Through the gateway, so that the request is recorded.
    async fn tick(&mut self, findings: &mut Findings) {
        let request = json!({"action": "health_check", "deadline_ms": 2_000});
        let Ok(answer) = ask(&mut self.console, request).await else {
            return findings.fail("tick", format!("Live has not ticked for {} s", ANSWER_WAIT.as_secs()), UNBLOCK);
        };
        let number = |key: &str| answer.get(key).and_then(Value::as_f64);
        match (number("last_tick_age_ms"), number("tick_ms_max")) {
            (Some(age_ms), longest_ms) if age_ms <= TICK_AGE_MS_MAX => {
                let longest_ms = longest_ms.unwrap_or_default();
                findings.ok("tick", format!("{age_ms:.0} ms ago; the longest took {longest_ms:.0} ms"));
            }
            (Some(age_ms), _) => findings.fail("tick", format!("Live last ticked {age_ms:.0} ms ago"), UNBLOCK),
            (None, _) => {
                let error = answer.get("error").and_then(Value::as_str).unwrap_or("no reason given");
                findings.fail("tick", format!("Live did not report its ticks: {error}"), UNBLOCK);
            }
        }
    }
}
