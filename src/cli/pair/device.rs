//! The device's end: take the offer, keep token and pin, and see that they work.

use std::io::{IsTerminal, stdin};
use std::path::Path;

use anyhow::{Context, Result, bail};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::super::{Outcome, console::text, print_json, say};
use crate::client::Client;
use crate::identity::pairing::code::Code;
use crate::identity::pairing::link::Link;
use crate::identity::pairing::pake::Device;
use crate::platform;
use crate::review::printable;
use crate::tls::{ClientKeyPair, Identity, Trust};

/// The link names the CA, so the secret is told to nobody but the gateway.
pub async fn by_link(link: &str, out: &Path, json: bool) -> Result<Outcome> {
    let link = match link {
        "-" => Link::read(&read_line("paste the link, then Enter:")?)?,
        link => Link::read(link)?,
    };
    make_ready(out)?;
    let mut client = Client::connect_tls(&link.address(), None, &Trust::Pin(link.pin)).await?;
    let key = ClientKeyPair::generate()?;
    let request = json!({"action": "pair", "secret": link.secret.expose_secret(), "public_key": key.public});
    let answer = client.ask(request).await?;
    keep(&link.address(), &granted(answer)?, &key, out, json).await
}

/// Whoever answers is taken, and told nothing that helps anybody who does not know the code or stands between.
pub async fn by_code(to: &str, out: &Path, json: bool) -> Result<Outcome> {
    let code = read_line("type the code that `livegate pair` shows, then Enter:")?;
    let code = Code::read(&code).context("a code has eight digits")?;
    make_ready(out)?;
    let mut client = Client::connect_tls(to, None, &Trust::DangerouslyAnybody).await?;
    let exporter = client.exporter().context("a connection without keying material")?;
    let (device, hello) = Device::begin(code)?;
    let answer = client.ask(json!({"action": "pair_begin", "message": hex::encode(hello)})).await?;
    let answer = granted(answer)?;
    let challenge = hex::decode(text(&answer, "message")?).context("the gateway's answer is no message")?;
    let Some(proof) = device.prove(&challenge, &exporter) else {
        bail!(
            "this is not the code that the gateway shows, or {to} is not the gateway that shows it; nothing was told to it. \
             If the code is right, somebody may stand in between: use the link"
        );
    };
    let key = ClientKeyPair::generate()?;
    let request = json!({"action": "pair_finish", "message": hex::encode(proof), "public_key": key.public});
    let answer = client.ask(request).await?;
    keep(to, &granted(answer)?, &key, out, json).await
}

/// An offer is good for one device, once: what it gives must find its place.
fn make_ready(out: &Path) -> Result<()> {
    if !platform::is_there(out) {
        platform::create_private_dir(out)?;
    }
    let probe = out.join(".livegate-pair");
    platform::write_private(&probe, "")?;
    std::fs::remove_file(&probe).with_context(|| format!("cannot remove {}", probe.display()))
}

fn granted(answer: Map<String, Value>) -> Result<Map<String, Value>> {
    match answer.get("ok") {
        Some(Value::Bool(true)) => Ok(answer),
        _ => bail!("{}", printable(text(&answer, "error").unwrap_or("the gateway refused"))),
    }
}

/// Keep token and pin for their owner alone, sign in with them, and say what to do next.
async fn keep(to: &str, answer: &Map<String, Value>, key: &ClientKeyPair, out: &Path, json: bool) -> Result<Outcome> {
    let (caller, pin) = (text(answer, "caller")?, text(answer, "pin")?);
    let pin_bytes =
        hex::decode(pin).ok().and_then(|bytes| bytes.try_into().ok()).context("the gateway's pin is no pin")?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if !caller.bytes().all(is_name) || caller.starts_with('.') {
        bail!("the gateway calls this device by no name of a user's");
    }
    let token = SecretString::from(text(answer, "token")?.to_owned());
    let file = |ending: &str| out.join(format!("{caller}.{ending}"));
    let (token_file, pin_file) = (file("token"), file("pin"));
    platform::write_secret(&token_file, &token)?;
    platform::write_private(&pin_file, &format!("{pin}\n"))?;
    let identity = match answer.get("certificate").and_then(Value::as_str) {
        Some(certificate) => {
            let identity = Identity { certificate: file("pem"), key: file("key") };
            platform::write_private(&identity.certificate, certificate)?;
            platform::write_secret(&identity.key, &key.private)?;
            Some(identity)
        }
        None => None,
    };
    let works = whoami(to, pin_bytes, &token).await;
    if json {
        let mut told = answer.clone();
        told.remove("token");
        told.insert("token_file".into(), token_file.display().to_string().into());
        told.insert("pin_file".into(), pin_file.display().to_string().into());
        print_json(&told);
    } else {
        say(&format!(
            "paired as {caller}, role {}, until {}\ntoken  {}\npin    {}\n\nTry it:\n  \
             livegate send whoami --to {to} --pin \"$(cat {})\" {}",
            printable(text(answer, "role")?),
            printable(text(answer, "expires")?),
            token_file.display(),
            pin_file.display(),
            pin_file.display(),
            match &identity {
                None => format!("--token-file {}", token_file.display()),
                Some(Identity { certificate, key }) =>
                    format!("--client-cert {} --client-key {}", certificate.display(), key.display()),
            }
        ));
    }
    works.with_context(|| format!("the device is paired, but cannot sign in at {to}"))?;
    Ok(Outcome::Done)
}

async fn whoami(to: &str, pin: [u8; 32], token: &SecretString) -> Result<()> {
    let mut client = Client::connect_tls(to, None, &Trust::Pin(pin)).await?;
    granted(client.authenticate(token).await?).map(|_| ())
}

fn read_line(prompt: &str) -> Result<String> {
    if stdin().is_terminal() {
        eprintln!("{prompt}");
    }
    let mut line = String::new();
    stdin().read_line(&mut line).context("cannot read standard input")?;
    Ok(line)
}
