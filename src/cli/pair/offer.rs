//! The owner's end of pairing: makes the offer, shows it, and waits for its outcome.

use std::io::{IsTerminal, stdout};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use super::super::{
    Outcome,
    console::{connect_running, text},
    print_json, say, say_raw,
};
use super::Pair;
use super::qr::Qr;
use crate::client::Client;
use crate::platform::{self, Hangup};

/// The longest wait of one `pair_wait` request; then it is repeated.
pub(super) const WAIT_MS: u64 = 30_000;

pub async fn run(pair: Pair) -> Result<Outcome> {
    let state_dir = pair.state.dir()?;
    let shutdown = platform::shutdown_signal(Hangup::ShutsDown).context("cannot catch signals")?;
    // An offer exists only in a running gateway's memory.
    let mut client = connect_running(&state_dir).await?;
    let offer = ask(&mut client, request(&pair)).await?;
    show(&pair, &offer)?;
    let id = text(&offer, "offer")?;
    let over = tokio::select! {
        over = until_over(&mut client, id, &offer, pair.json) => over?,
        () = shutdown => {
            // The first connection still waits for its answer.
            let mut client = Client::connect_control(&state_dir).await.context("the gateway has shut down")?;
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
        let user = text(&offer, "user")?;
        let jti = text(&over, "jti")?;
        say(&format!("{user} is paired. To revoke its access:\n  livegate token revoke {jti}"));
        if pair.user.is_none() {
            say(&format!("  livegate user disable {user}"));
        }
    }
    Ok(Outcome::Done)
}

fn request(pair: &Pair) -> Value {
    let mut request = json!({"action": "pair_offer", "certificate": pair.cert});
    if let Some(ttl) = pair.ttl {
        request["ttl_s"] = ttl.into();
    }
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
        "Pairing {} as {}, until {}. On the device, scan this, or run one of these:\n\n  \
         livegate pair --link '{}'\n\n  livegate pair --to {} --code      then type the code  {}\n\n\
         Waiting for the device; Ctrl-C withdraws the offer.",
        part("label")?,
        part("role")?,
        part("expires")?,
        part("link")?,
        part("address")?,
        part("code")?
    ));
    Ok(())
}

/// Poll until the offer is accepted or over, and report failed tries.
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
            if json {
                print_json(&progress);
            } else {
                say(&tried(&left));
            }
            tries_left = left;
        }
    }
}

/// After the last try the digits are void. The link stays valid: its 128 bits cannot be guessed.
pub(super) fn tried(left: &Value) -> String {
    match left.as_u64() {
        Some(0) => "A device tried a wrong code for the last time: the eight digits are void. The QR code and the link are still \
                    valid; for new digits press Ctrl-C and run livegate pair again."
            .to_owned(),
        Some(1) => "A device tried a wrong code; 1 try is left.".to_owned(),
        _ => format!("A device tried a wrong code; {left} tries are left."),
    }
}

pub(super) async fn ask(client: &mut Client, request: Value) -> Result<Map<String, Value>> {
    let answer = client.ask(request).await?;
    match answer.get("ok") {
        Some(Value::Bool(true)) => Ok(answer),
        _ => bail!("{}", text(&answer, "error")?.to_owned()),
    }
}
