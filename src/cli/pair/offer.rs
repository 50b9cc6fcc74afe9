//! The owner's end: make the offer, show it, and wait for what becomes of it.

use std::io::{IsTerminal, stdout};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use super::super::{Outcome, console::text, print_json, say, say_raw};
use super::Pair;
use super::qr::Qr;
use crate::client::Client;
use crate::platform;

/// How long one question for what has become of it may wait; then it is asked again.
const WAIT_MS: u64 = 30_000;

pub async fn run(pair: Pair) -> Result<Outcome> {
    let state_dir = pair.state.dir()?;
    let told = platform::shutdown_signal().context("cannot catch signals")?;
    // An offer lives in the gateway's memory: there must be one that goes on.
    let mut client = Client::connect_control(&state_dir)
        .await
        .with_context(|| format!("no gateway runs with {}; livegate serve starts it", state_dir.display()))?;
    let offer = ask(&mut client, request(&pair)).await?;
    show(&pair, &offer)?;
    let id = text(&offer, "offer")?;
    let over = tokio::select! {
        over = until_over(&mut client, id, &offer, pair.json) => over?,
        () = told => {
            // What was asked is still under way on this connection.
            let mut client = Client::connect_control(&state_dir).await.context("the gateway is gone")?;
            ask(&mut client, json!({"action": "pair_withdraw", "offer": id})).await?;
            bail!("the offer is withdrawn");
        }
    };
    if pair.json {
        print_json(&over);
    }
    if over.get("state").and_then(Value::as_str) != Some("paired") {
        bail!("not paired: {}; livegate pair makes a new offer", text(&over, "reason")?);
    }
    if !pair.json {
        let (user, jti) = (text(&offer, "user")?, text(&over, "jti")?);
        say(&format!("{user} is paired. To throw it out again:\n  livegate token revoke {jti}"));
        if pair.user.is_none() {
            say(&format!("  livegate user disable {user}"));
        }
    }
    Ok(Outcome::Done)
}

fn request(pair: &Pair) -> Value {
    let mut request = json!({"action": "pair_offer", "ttl_s": pair.ttl, "certificate": pair.cert});
    for (key, value) in [("role", &pair.role), ("user", &pair.user), ("name", &pair.name), ("host", &pair.host)] {
        if let Some(value) = value {
            request[key] = value.as_str().into();
        }
    }
    request
}

fn show(pair: &Pair, offer: &Map<String, Value>) -> Result<()> {
    let qr = Qr::of(text(offer, "link")?)?;
    if let Some(path) = &pair.png {
        platform::write_private_bytes(path, &qr.png()?)?;
    }
    if pair.json {
        print_json(offer);
        return Ok(());
    }
    let part = |key| text(offer, key);
    say_raw(&qr.in_blocks(stdout().is_terminal()));
    say(&format!(
        "Pairing {} as {}, until {}. On the device, scan this, or type one of the two:\n\n  \
         livegate pair --link '{}'\n\n  livegate pair --to {} --code      and then the code  {}\n\n\
         Waiting for the device; Ctrl-C takes the offer back.",
        part("label")?,
        part("role")?,
        part("expires")?,
        part("link")?,
        part("address")?,
        part("code")?
    ));
    Ok(())
}

/// Ask again and again, until it is taken or over; tries that failed are told as they come.
async fn until_over(
    client: &mut Client,
    id: &str,
    offer: &Map<String, Value>,
    json: bool,
) -> Result<Map<String, Value>> {
    let mut tries_left = offer.get("tries_left").cloned().unwrap_or_default();
    loop {
        let wait = json!({"action": "pair_wait", "offer": id, "tries_left": tries_left, "deadline_ms": WAIT_MS});
        let progress = ask(client, wait).await?;
        if progress.get("state").and_then(Value::as_str) != Some("open") {
            return Ok(progress);
        }
        let left = progress.get("tries_left").filter(|left| **left != tries_left);
        if let Some(left) = left.cloned() {
            match json {
                true => print_json(&progress),
                false => say(&format!("A device tries the code; after this it has {left} tries left.")),
            }
            tries_left = left;
        }
    }
}

async fn ask(client: &mut Client, request: Value) -> Result<Map<String, Value>> {
    let answer = client.ask(request).await?;
    match answer.get("ok") {
        Some(Value::Bool(true)) => Ok(answer),
        _ => bail!("{}", text(&answer, "error")?.to_owned()),
    }
}
