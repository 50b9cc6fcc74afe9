//! `livegate status`: prints the state of the running gateway.

use std::io::IsTerminal;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;
use serde_json::{Map, Value, json};

use super::{Outcome, ReportArgs, bridge_key, console, counted, load_config, print_json};
use crate::platform;
use crate::review::printable;

/// The remedy for a missing or damaged `state.db`.
pub const RESTORE_USERS: &str = "restore state.db from a copy and restart the gateway; without the file the gateway creates a new \
    one without users";

/// Show the state of the running gateway, its bridge and its trail.
///
/// Example: livegate status --watch
#[derive(Args)]
pub struct Status {
    #[command(flatten)]
    report: ReportArgs,
    /// Print it every second, until Ctrl-C
    #[arg(long, conflicts_with = "json")]
    watch: bool,
    /// Print counts and durations as Prometheus text
    #[arg(long, conflicts_with_all = ["json", "watch"])]
    prometheus: bool,
}

/// Clears a terminal and goes to its beginning.
const CLEAR: &str = "\x1b[2J\x1b[H";

impl Status {
    pub async fn run(self) -> Result<Outcome> {
        let state_dir = self.report.state.dir()?;
        let mut client = console::connect_running(&state_dir).await?;
        if self.prometheus {
            let answer = client.ask(json!({"action": "metrics"})).await?;
            print!("{}", answer.get("metrics").and_then(Value::as_str).unwrap_or_default());
            return Ok(outcome(&answer));
        }
        let mut before: Option<(Instant, u64)> = None;
        loop {
            let answer = client.ask(json!({"action": "status"})).await?;
            if self.report.json {
                print_json(&answer);
                return Ok(outcome(&answer));
            }
            if !self.watch {
                return Ok(print_status(&answer, &state_dir));
            }
            let rows = answer.get("trail").and_then(|trail| trail["rows_written"].as_u64()).unwrap_or_default();
            let now = (Instant::now(), rows);
            if std::io::stdout().is_terminal() {
                print!("{CLEAR}");
            }
            print_status(&answer, &state_dir);
            if let Some((at, rows_before)) = before.replace(now) {
                let rate = rows.saturating_sub(rows_before) as f64 / (now.0 - at).as_secs_f64();
                println!("             {rate:.0} rows per second");
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

fn outcome(answer: &Map<String, Value>) -> Outcome {
    if answer.get("ok") == Some(&Value::Bool(true)) { Outcome::Done } else { Outcome::Refused }
}

fn print_status(answer: &Map<String, Value>, state_dir: &Path) -> Outcome {
    if matches!(outcome(answer), Outcome::Refused) {
        println!("livegate     {}", answer_at(answer, "/error"));
        return Outcome::Refused;
    }
    let at = |path: &str| answer_at(answer, path);
    let connections = counted(at("/connections"), "connection");
    let uptime = answer.get("uptime_s").and_then(Value::as_u64).map_or_else(|| "?".into(), duration);
    println!("livegate     {}, up {uptime}, {connections}", at("/version"));
    let bridge = match (at("/bridge/up").as_str(), at("/bridge/script/live_version").as_str()) {
        ("true", "?") => "up, without a key".to_owned(),
        ("true", _) => format!(
            "up, Live {}, {} in flight, {} queued",
            at("/bridge/script/live_version"),
            at("/bridge/in_flight"),
            at("/bridge/queued")
        ),
        _ if !has_key(state_dir) => {
            "down, and the script is not installed: run livegate install, restart the gateway, then start Live"
                .to_owned()
        }
        _ => "down: start Live, and choose LiveGate as a control surface; livegate doctor checks both".to_owned(),
    };
    println!("bridge       {bridge}");
    let sources = at("/penalised/sources");
    let accounts = at("/penalised/accounts");
    if (sources.as_str(), accounts.as_str()) != ("0", "0") {
        let sources = counted(sources, "blocked source");
        let accounts = counted(accounts, "user");
        println!("penalties    {sources}, {accounts} with password sign-in suspended");
        println!("             livegate audit list --kind penalty shows reasons and ends");
    }
    match at("/sign_in/well").as_str() {
        "true" => println!("users        ok"),
        "false" => {
            let reason = at("/sign_in/reason");
            println!("users        UNAVAILABLE, so sign-in and changes of users are refused: {reason}");
            println!("             {RESTORE_USERS}");
        }
        // Older gateways do not report this.
        _ => (),
    }
    if let Some(problem) = answer.get("policy_problem").and_then(Value::as_str) {
        println!("policy       the roles in force are not those in the file: {}", printable(problem));
    }
    others(answer);
    println!(
        "trail        {}",
        if at("/trail/well") == "true" {
            format!("ok, {} signed", counted(at("/trail/rows_signed"), "row"))
        } else {
            format!("UNAVAILABLE since {}, so every request is refused: {}", at("/trail/since"), at("/trail/reason"))
        }
    );
    if at("/trail/write_ahead/bytes") != "?" {
        let bytes = at("/trail/write_ahead/bytes");
        let since = at("/trail/write_ahead/since");
        println!(
            "             ITS WRITE-AHEAD LOG GROWS since {since} and has {bytes} bytes, because another program reads the trail:"
        );
        println!("             {}", printable(&at("/trail/write_ahead/readers")));
    }
    if at("/trail/room/is_near") == "true" {
        let young = at("/trail/room/young_bytes");
        let max = at("/trail/room/young_bytes_max");
        let largest = at("/trail/room/largest/caller");
        println!(
            "             NEARLY FULL: rows younger than the minimum age take {young} of {max} bytes, most of them written by {}",
            printable(&largest)
        );
        println!("             refusals are counted without rows, and the callers who wrote most are refused");
    }
    if at("/trail/witness/well") == "false" {
        let since = at("/trail/witness/since");
        let reason = at("/trail/witness/reason");
        println!("witness      GETS NO CHECKPOINTS since {since}: {reason}");
        println!("             the gateway's log has the cause; livegate doctor prints the remedy");
    }
    if let Some(new_log) = answer.get("trail").and_then(|trail| trail.get("new_log")?.as_str()) {
        println!("             {}", printable(new_log));
    }
    Outcome::Done
}

/// Other programs that control Live past the gateway.
fn others(answer: &Map<String, Value>) {
    let Some(found) = answer.get("other_programs") else { return };
    for open in found["open"].as_array().into_iter().flatten() {
        let text = |key: &str| printable(open[key].as_str().unwrap_or("?"));
        let program = text("program");
        let protocol = text("protocol");
        let address = text("address");
        println!("others       {program} at {protocol} {address} lets {} control Live past the gateway", text("reach"));
    }
    for name in found["scripts"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        println!("others       the Remote Script {} may open a port past the gateway", printable(name));
    }
    if found["open"].get(0).or(found["scripts"].get(0)).is_some() {
        println!("             livegate doctor prints the remedy");
    }
}

/// In the largest unit of which there are two: `90 s`, `2 min`, `47 h`, `3 days`.
fn duration(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// Whether `livegate install` or `init --lan` has made the key that the script needs. Assumes so if the configuration cannot be read.
fn has_key(state_dir: &Path) -> bool {
    load_config(None, state_dir).map_or(true, |config| platform::is_there(&bridge_key::file(state_dir, &config.bridge)))
}

fn answer_at(answer: &serde_json::Map<String, Value>, path: &str) -> String {
    match Value::Object(answer.clone()).pointer(path) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "?".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_uptime_has_a_readable_unit() {
        let shown = [0, 119, 120, 7_199, 7_200, 172_799, 172_800].map(duration);
        assert_eq!(shown, ["0 s", "119 s", "2 min", "119 min", "2 h", "47 h", "2 days"]);
    }
}
