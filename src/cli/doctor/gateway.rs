//! The gateway that runs: whether it is well, and when Live last ticked as seen from it.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::Findings;
use crate::client::Client;

/// A running gateway's console, and what it says of itself.
pub struct Running {
    console: Client,
    status: Map<String, Value>,
}

/// How long a gateway, and Live behind it, may take to answer.
pub const PATIENCE: Duration = Duration::from_secs(3);
/// Ticks come at least ten times a second.
const TICK_AGE_MS_MAX: f64 = 1_000.0;
pub const RESTART: &str = "end the gateway, and start it again with livegate serve";
const UNBLOCK: &str = "close the dialog that is open in Live, or wait until the set is loaded";

/// One question and its answer, which may be a refusal.
pub async fn ask(client: &mut Client, request: Value) -> Result<Map<String, Value>> {
    timeout(PATIENCE, client.ask(request)).await.context("no answer in time")?
}

/// No gateway runs. Then only the handshake tells of ticks: nobody drives Live past the gateway, not even to ask.
pub fn miss(state_dir: &Path, handshake_took: Option<Duration>, findings: &mut Findings) {
    findings.fail("gateway", format!("no gateway runs with {}", state_dir.display()), "start it with livegate serve");
    match handshake_took {
        Some(took) => {
            findings.ok("tick", format!("within {} ms, or the handshake had not been answered", took.as_millis()))
        }
        None => findings.unknown("tick", "see bridge"),
    }
}

impl Running {
    pub async fn find(state_dir: &Path) -> Option<Running> {
        let mut console = Client::connect_control(state_dir).await.ok()?;
        let status = ask(&mut console, json!({"action": "status"})).await.ok()?;
        Some(Running { console, status })
    }

    /// Whether it has a connection to the script.
    pub fn reaches_live(&self) -> bool {
        let bridge = self.status.get("bridge").and_then(|bridge| bridge.get("up"));
        bridge == Some(&Value::Bool(true))
    }

    /// Why nobody can sign in, if that is so.
    pub fn sign_in_trouble(&self) -> Option<&str> {
        let sign_in = self.status.get("sign_in").filter(|sign_in| sign_in["well"] == false)?;
        sign_in["reason"].as_str()
    }

    pub async fn examine(&mut self, bridge_is_well: bool, findings: &mut Findings) {
        self.itself(bridge_is_well, findings);
        self.room(findings);
        self.log(findings);
        self.witness(findings);
        match self.reaches_live() {
            true => self.tick(findings).await,
            false => findings.unknown("tick", "the gateway does not reach the script"),
        }
    }

    fn itself(&self, bridge_is_well: bool, findings: &mut Findings) {
        let text = |key: &str| self.status.get(key).and_then(Value::as_str).unwrap_or_default();
        let is_well = self.status.get("trail").and_then(|trail| trail.get("well")) == Some(&Value::Bool(true));
        if let Some(new_log) = self.status.get("trail").and_then(|trail| trail.get("new_log")?.as_str()) {
            findings.warn("trail", new_log, "if you did not put an older copy there, find out who did");
        }
        let ours = env!("CARGO_PKG_VERSION");
        if text("code") == "unrecorded" || (text("code").is_empty() && !is_well) {
            let remedy = format!("its log says why; see disk and trail below, then {RESTART}");
            findings.fail("gateway", "it cannot write the trail, so everything is refused", remedy);
        } else if text("version") != ours {
            let message = format!("what runs is version {:?}, and this is {ours}{}", text("version"), text("error"));
            findings.fail("gateway", message, RESTART);
        } else if self.reaches_live() && self.status["bridge"]["script"].get("protocol").is_none() {
            let message = "it speaks to the script without the key; it was started before there was one";
            findings.fail("gateway", message, RESTART);
        } else if !self.reaches_live() && bridge_is_well {
            let message =
                "it does not reach the script, which can be reached; its key or configuration is an older one";
            findings.fail("gateway", message, RESTART);
        } else if !self.reaches_live() {
            findings.fail("gateway", "it does not reach the script", "see bridge above");
        } else {
            findings.ok("gateway", format!("livegate {ours} runs, reaches the script and writes the trail"));
        }
    }

    /// Whether callers fill the trail faster than retention may empty it.
    fn room(&self, findings: &mut Findings) {
        let Some(room) = self.status.get("trail").and_then(|trail| trail.get("room")) else { return };
        if room["is_near"] == true {
            let caller = room["largest"]["caller"].as_str().unwrap_or("nobody");
            let message = format!(
                "young rows take up {} of {} bytes, most of them {caller}'s",
                room["young_bytes"], room["young_bytes_max"]
            );
            findings.warn("trail", message, "find out what that caller does; or raise retention.bytes_max");
        }
    }

    /// Whether somebody who reads the trail keeps its write-ahead log from being moved.
    fn log(&self, findings: &mut Findings) {
        let Some(log) = self.status.get("trail").and_then(|trail| trail.get("write_ahead")) else { return };
        let message =
            format!("its log has {} bytes, because another program reads the trail: {}", log["bytes"], log["readers"]);
        findings.warn(
            "trail",
            message,
            "end that program; what reads the trail for long should read a copy (livegate audit backup)",
        );
    }

    /// Where the configuration names one.
    fn witness(&self, findings: &mut Findings) {
        let Some(witness) = self.status.get("trail").and_then(|trail| trail.get("witness")) else { return };
        if witness["well"] == true {
            return findings.ok("witness", "it sees the trail's checkpoints");
        }
        let text = |key: &str| witness[key].as_str().unwrap_or("?");
        let message = format!("it sees no checkpoints since {}: {}", text("since"), text("reason"));
        let remedy =
            "see to trail.witness_file and trail.witness_command in livegate.toml; the gateway's log has the cause";
        findings.fail("witness", message, remedy);
    }

    /// Asked through the gateway, whose trail has it then.
    async fn tick(&mut self, findings: &mut Findings) {
        let question = json!({"action": "health_check", "deadline_ms": 2_000});
        let Ok(answer) = ask(&mut self.console, question).await else {
            return findings.fail("tick", format!("Live has not ticked for {} s", PATIENCE.as_secs()), UNBLOCK);
        };
        let number = |key: &str| answer.get(key).and_then(Value::as_f64);
        match (number("last_tick_age_ms"), number("tick_ms_max")) {
            (Some(age_ms), longest_ms) if age_ms <= TICK_AGE_MS_MAX => {
                let longest_ms = longest_ms.unwrap_or_default();
                findings.ok("tick", format!("{age_ms:.0} ms ago, and the longest took {longest_ms:.0} ms"));
            }
            (Some(age_ms), _) => findings.fail("tick", format!("Live last ticked {age_ms:.0} ms ago"), UNBLOCK),
            (None, _) => {
                let error = answer.get("error").and_then(Value::as_str).unwrap_or("it does not tell");
                findings.fail("tick", format!("Live was asked and did not say: {error}"), UNBLOCK);
            }
        }
    }
}
