//! The device's end of pairing: accepts the offer, stores token and pin, and signs in once to test them.

use std::io::{IsTerminal, stdin};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::super::{Outcome, console::text, print_json, say};
use crate::client::known_gateways::{KnownGateway, KnownGateways, name_of};
use crate::client::{Client, host_of};
use crate::identity::pairing::code::Code;
use crate::identity::pairing::link::Link;
use crate::identity::pairing::pake::Device;
use crate::platform;
use crate::review::printable;
use crate::tls::{ClientKeyPair, Trust};

/// Where a device keeps what it is granted.
pub struct DeviceFiles {
    /// The folder for token and client certificate.
    pub out: PathBuf,
    /// The folder with the known gateways.
    pub client_dir: PathBuf,
    pub known_as: Option<String>,
    /// The option that names `client_dir` in the next command, if it is not the default.
    pub place: String,
    pub json: bool,
}

/// The link pins the CA, so only the gateway gets the secret.
pub async fn by_link(link: &str, files: &DeviceFiles) -> Result<Outcome> {
    let link = match link {
        "-" => Link::read(&read_line("paste the link, then Enter:")?)?,
        link => Link::read(link)?,
    };
    make_ready(&files.out)?;
    let mut client = Client::connect_tls(&link.address(), None, &Trust::Pin(link.pin)).await?;
    let key = ClientKeyPair::generate()?;
    let request = json!({"action": "pair", "secret": link.secret.expose_secret(), "public_key": key.public});
    let answer = client.ask(request).await?;
    keep(&link.address(), &granted(answer)?, &key, files).await
}

/// The server is not authenticated before the PAKE, which reveals nothing to a server that does not know the code or to a
/// man in the middle.
pub async fn by_code(to: &str, files: &DeviceFiles) -> Result<Outcome> {
    let code = read_line("type the code that `livegate pair` shows, then Enter:")?;
    let code = Code::read(&code).context("a code must have eight digits")?;
    make_ready(&files.out)?;
    let mut client = Client::connect_tls(to, None, &Trust::DangerousAnyServer).await?;
    let exporter = client.exporter().context("the TLS connection has no keying material")?;
    let (device, hello) = Device::begin(code)?;
    let answer = client.ask(json!({"action": "pair_begin", "message": hex::encode(hello)})).await?;
    let answer = granted(answer)?;
    let challenge = hex::decode(text(&answer, "message")?).context("the gateway's answer is not a PAKE message")?;
    let Some(proof) = device.prove(&challenge, &exporter) else {
        bail!(
            "the code is wrong, or {to} is not the gateway that shows it; no secret was sent. If the code is right, a \
             man in the middle is possible: use the link"
        );
    };
    let key = ClientKeyPair::generate()?;
    let request = json!({"action": "pair_finish", "message": hex::encode(proof), "public_key": key.public});
    let answer = client.ask(request).await?;
    keep(to, &granted(answer)?, &key, files).await
}

/// An offer is valid once: check that its result can be stored.
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

/// Store the token readable by its owner only, remember the gateway, sign in once, and print the next command.
async fn keep(to: &str, answer: &Map<String, Value>, key: &ClientKeyPair, files: &DeviceFiles) -> Result<Outcome> {
    let caller = text(answer, "caller")?;
    let pin = text(answer, "pin")?;
    let pin_bytes =
        hex::decode(pin).ok().and_then(|bytes| bytes.try_into().ok()).context("the gateway's pin is malformed")?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if !caller.bytes().all(is_name) || caller.starts_with('.') {
        bail!("the gateway's name for this device is not a valid user name");
    }
    let mut known = KnownGateways::read(&files.client_dir)?;
    let mut gateway = KnownGateway { address: to.to_owned(), pin: Some(pin.to_owned()), ..KnownGateway::default() };
    let name = match &files.known_as {
        Some(name) => name.clone(),
        None => known.name_for(&name_of(host_of(to)), &gateway),
    };
    let token = SecretString::from(text(answer, "token")?.to_owned());
    let file = |ending: &str| files.out.join(format!("{caller}.{ending}"));
    let token_file = file("token");
    let pin_file = file("pin");
    platform::write_secret(&token_file, &token)?;
    platform::write_private(&pin_file, &format!("{pin}\n"))?;
    gateway.token_file = Some(token_file.clone());
    if let Some(certificate) = answer.get("certificate").and_then(Value::as_str) {
        let certificate_file = file("pem");
        let key_file = file("key");
        platform::write_private(&certificate_file, certificate)?;
        platform::write_secret(&key_file, &key.private)?;
        gateway.client_certificate = Some(certificate_file);
        gateway.client_key = Some(key_file);
    }
    known.put(&name, gateway)?;
    let is_default = known.default()?.is_some_and(|(default, _)| default == name);
    let works = whoami(to, pin_bytes, &token).await;
    if files.json {
        let mut report = answer.clone();
        report.remove("token");
        report.insert("gateway".into(), name.into());
        report.insert("token_file".into(), token_file.display().to_string().into());
        report.insert("pin_file".into(), pin_file.display().to_string().into());
        print_json(&report);
    } else {
        let option = if is_default { String::new() } else { format!(" --gateway {name}") };
        say(&format!(
            "paired as {caller}, role {}, until {}\nthe gateway is known as {name}; token in {}\n\nTry it:\n  \
             livegate send whoami{option}{}",
            printable(text(answer, "role")?),
            printable(text(answer, "expires")?),
            token_file.display(),
            files.place
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
