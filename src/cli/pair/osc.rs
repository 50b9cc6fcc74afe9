//! The owner's end of pairing a sender of OSC: shows the digits, and asks whether the address that sent them is the device's.

use std::io::BufRead;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use super::super::{
    Outcome,
    console::{connect_running, text},
    print_json, say,
};
use super::Pair;
use super::offer::{WAIT_MS, ask, tried};
use crate::client::Client;
use crate::platform::{self, Hangup};

pub async fn run(pair: Pair) -> Result<Outcome> {
    let state_dir = pair.state.dir()?;
    let shutdown = platform::shutdown_signal(Hangup::ShutsDown).context("cannot catch signals")?;
    let mut client = connect_running(&state_dir).await?;
    let offer = ask(&mut client, request(&pair)).await?;
    if pair.json {
        print_json(&offer);
    } else {
        say(&format!(
            "Pairing {} as {} for OSC, until {}. Let the device send the message\n\n  /livegate/pair \"{}\"\n\n\
             with one string, once. Waiting for it; Ctrl-C withdraws the offer.",
            text(&offer, "label")?,
            text(&offer, "role")?,
            text(&offer, "expires")?,
            text(&offer, "code")?
        ));
    }
    let paired = tokio::select! {
        paired = until_paired(&mut client, &offer, pair.json) => paired?,
        () = shutdown => bail!("the offer is withdrawn"),
    };
    if pair.json {
        print_json(&paired);
    } else {
        let user = text(&paired, "user")?;
        let address = text(&paired, "address")?;
        say(&format!("{address} sends as {user} now. To end it:\n  livegate user disable {user}"));
    }
    Ok(Outcome::Done)
}

fn request(pair: &Pair) -> Value {
    let mut request = json!({"action": "pair_osc_offer"});
    for (key, value) in [("role", &pair.role), ("user", &pair.user), ("name", &pair.name)] {
        if let Some(value) = value {
            request[key] = value.as_str().into();
        }
    }
    if let Some(ttl) = pair.ttl {
        request["ttl_s"] = ttl.into();
    }
    request
}

/// Wait for the digits, and confirm the address that they came from.
async fn until_paired(client: &mut Client, offer: &Map<String, Value>, json: bool) -> Result<Map<String, Value>> {
    let id = text(offer, "offer")?;
    let mut tries_left = offer.get("tries_left").cloned().unwrap_or_default();
    loop {
        let wait = json!({"action": "pair_wait", "offer": id, "tries_left": tries_left, "deadline_ms": WAIT_MS});
        let progress = ask(client, wait).await?;
        match progress.get("state").and_then(Value::as_str) {
            Some("open") => {
                let left = progress.get("tries_left").filter(|left| **left != tries_left).cloned();
                if let Some(left) = left {
                    if json {
                        print_json(&progress)
                    } else {
                        say(&tried(&left))
                    }
                    tries_left = left;
                }
            }
            Some("confirm") => {
                let address = text(&progress, "address")?;
                if json {
                    print_json(&progress);
                } else {
                    say(&format!("{address} has sent the digits. Is that the device's address? Type yes:"));
                }
                if !is_confirmed().await? {
                    ask(client, json!({"action": "pair_withdraw", "offer": id})).await?;
                    bail!("not paired: the address was not confirmed; livegate pair makes a new offer");
                }
                return ask(client, json!({"action": "pair_osc_confirm", "offer": id, "address": address})).await;
            }
            _ => bail!("not paired: {}; livegate pair makes a new offer", text(&progress, "reason")?),
        }
    }
}

/// Whether the owner says yes.
async fn is_confirmed() -> Result<bool> {
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    Ok(matches!(read.await??.trim().to_lowercase().as_str(), "y" | "yes"))
}
