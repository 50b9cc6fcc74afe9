//! `livegate status`: how the running gateway is.

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};

use super::{Outcome, State, print_json};
use crate::client::Client;
use crate::review::printable;

/// The way out when `state.db` is unwell.
pub const PUT_BACK: &str = "put back the state.db that was there; if that is a copy, end the gateway and start it again, which \
    without the file makes a new one without users";

/// Show how the running gateway, its bridge, the file of its users and its trail are.
///
/// Example: livegate status --json
#[derive(Args)]
pub struct Status {
    #[command(flatten)]
    state: State,
    /// One line of JSON
    #[arg(long)]
    json: bool,
}

impl Status {
    pub async fn run(self) -> Result<Outcome> {
        let state_dir = self.state.dir()?;
        let mut client = Client::connect_control(&state_dir).await.with_context(|| {
            let dir = state_dir.display();
            format!("no gateway runs with {dir}: start it with livegate serve, or name its folder with --state-dir")
        })?;
        let answer = client.ask(json!({"action": "status"})).await?;
        if self.json {
            print_json(&answer);
            return Ok(if answer.get("ok") == Some(&Value::Bool(true)) { Outcome::Done } else { Outcome::Refused });
        }
        if answer.get("ok") != Some(&Value::Bool(true)) {
            println!("livegate     {}", answer_at(&answer, "/error"));
            return Ok(Outcome::Refused);
        }
        let at = |path: &str| answer_at(&answer, path);
        println!("livegate     {}, up {} s, {} connections", at("/version"), at("/uptime_s"), at("/connections"));
        let bridge = match (at("/bridge/up").as_str(), at("/bridge/script/live_version").as_str()) {
            ("true", "?") => "up, plain".to_owned(),
            ("true", _) => format!(
                "up, Live {}, {} under way, {} waiting",
                at("/bridge/script/live_version"),
                at("/bridge/in_flight"),
                at("/bridge/queued")
            ),
            _ => "not reached yet: is Live open, with LiveGate chosen as a control surface?".to_owned(),
        };
        println!("bridge       {bridge}");
        let (sources, accounts) = (at("/penalised/sources"), at("/penalised/accounts"));
        if (sources.as_str(), accounts.as_str()) != ("0", "0") {
            println!(
                "penalties    sources that are not let in for now: {sources}; users whose passwords do not count: {accounts}"
            );
            println!("             livegate audit list shows why, and until when");
        }
        match at("/sign_in/well").as_str() {
            "true" => println!("users        well"),
            "false" => {
                let reason = at("/sign_in/reason");
                println!("users        UNWELL, so nobody signs in and users stay as they are: {reason}");
                println!("             {PUT_BACK}");
            }
            // A gateway of an older version says nothing of them.
            _ => (),
        }
        println!(
            "trail        {}",
            if at("/trail/well") == "true" {
                format!("well, {} rows signed", at("/trail/rows_signed"))
            } else {
                format!("UNWELL since {}, so every request is refused: {}", at("/trail/since"), at("/trail/reason"))
            }
        );
        if at("/trail/write_ahead/bytes") != "?" {
            let (bytes, since) = (at("/trail/write_ahead/bytes"), at("/trail/write_ahead/since"));
            println!(
                "             ITS LOG GROWS since {since} and has {bytes} bytes, because another program reads the trail:"
            );
            println!("             {}", printable(&at("/trail/write_ahead/readers")));
        }
        if at("/trail/room/is_near") == "true" {
            let (young, max) = (at("/trail/room/young_bytes"), at("/trail/room/young_bytes_max"));
            let largest = at("/trail/room/largest/caller");
            println!(
                "             FILLS UP: {young} bytes of young rows, of {max}; most are {}'s",
                printable(&largest)
            );
            println!("             refusals are only counted, and callers who have written most are refused");
        }
        if at("/trail/witness/well") == "false" {
            let (since, reason) = (at("/trail/witness/since"), at("/trail/witness/reason"));
            println!("witness      SEES NO CHECKPOINTS since {since}: {reason}");
            println!("             the gateway's log has the cause; livegate doctor says what to do");
        }
        if let Some(new_log) = answer.get("trail").and_then(|trail| trail.get("new_log")?.as_str()) {
            println!("             {}", printable(new_log));
        }
        Ok(Outcome::Done)
    }
}

fn answer_at(answer: &serde_json::Map<String, Value>, path: &str) -> String {
    match Value::Object(answer.clone()).pointer(path) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "?".into(),
    }
}
