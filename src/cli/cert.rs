//! `livegate cert`: the gateway's certificates, and those of clients.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Subcommand;
use serde_json::{Map, Value, json};

use super::token::read_ttl;
use super::{Outcome, ReportArgs, State, console, print_json, say};
use crate::platform;
use crate::platform::clock;
use crate::tls;

/// Show, renew and replace the gateway's certificates; issue and revoke client certificates.
#[derive(Subcommand)]
pub enum Cert {
    /// Show the certificates and the CA's pin.
    ///
    /// Example: livegate cert show
    Show {
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Renew the certificate now; the gateway also renews it before it expires.
    ///
    /// Example: livegate cert renew
    Renew {
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Replace the CA; clients of the old one are accepted for 30 days.
    ///
    /// Example: livegate cert rotate-ca
    RotateCa {
        /// Replace it even if it is less than 30 days old; clients that only know the CA before it can no longer connect
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Issue a certificate with which a user signs in, and its key.
    ///
    /// Example: livegate cert issue-client --user mia --out mia-tablet
    IssueClient {
        /// The user who signs in with it
        #[arg(long)]
        user: String,
        /// The folder for client.pem and client.key
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// A note about its purpose
        #[arg(long, value_name = "TEXT")]
        label: Option<String>,
        /// Its lifetime: a number with s, m, h or d, from 1s to 90d
        #[arg(long, default_value = "90d", value_parser = read_ttl, value_name = "TIME")]
        ttl: u64,
        #[command(flatten)]
        report: ReportArgs,
    },
    /// List client certificates.
    ///
    /// Example: livegate cert list-clients
    ListClients {
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Revoke a client certificate by its key, and close its sessions.
    ///
    /// Example: livegate cert revoke 9f86d081884c7d65
    Revoke {
        /// The key that `livegate cert list-clients` shows, or an unambiguous beginning of it
        key: String,
        #[command(flatten)]
        state: State,
    },
}

impl Cert {
    pub async fn run(self) -> Result<Outcome> {
        match self {
            Cert::Show { report: ReportArgs { state, json } } => {
                let answer = console::ask(&state.dir()?, json!({"action": "certificate_show"})).await?;
                if json { print_json(&answer) } else { print_certificates(&answer) }
            }
            Cert::Renew { report: ReportArgs { state, json } } => {
                let answer = console::ask(&state.dir()?, json!({"action": "certificate_renew"})).await?;
                if json {
                    print_json(&answer);
                    return Ok(Outcome::Done);
                }
                println!("renewed: valid until {}, for {}", console::text(&answer, "until")?, list(&answer["names"]));
            }
            Cert::RotateCa { force, report: ReportArgs { state, json } } => {
                let answer = console::ask(&state.dir()?, json!({"action": "ca_rotate", "force": force})).await?;
                if json {
                    print_json(&answer);
                    return Ok(Outcome::Done);
                }
                print_certificates(&answer);
                println!("\nGive your clients the new pin or tls/ca.pem before the old pin expires.");
            }
            Cert::IssueClient { user, out, label, ttl, report: ReportArgs { state, json } } => {
                let issued = issue_client(&state, user, &out, label, ttl).await?;
                if json { print_json(&issued) } else { print_issued(&issued, &state)? }
            }
            Cert::ListClients { report: ReportArgs { state, json } } => {
                let answer = console::ask(&state.dir()?, json!({"action": "client_certificate_list"})).await?;
                if json { print_json(&answer) } else { clients(&answer).for_each(|client| say(&line_of(client))) }
            }
            Cert::Revoke { key, state } => {
                let mut console = console::Console::open(&state.dir()?).await?;
                let revoked = revoke(&mut console, &key).await;
                console.close().await;
                println!("{} is revoked; its sessions are closed", revoked?);
            }
        }
        Ok(Outcome::Done)
    }
}

/// The private key is generated here and never sent; the gateway signs the public key.
async fn issue_client(
    state: &State,
    user: String,
    out: &Path,
    label: Option<String>,
    ttl: u64,
) -> Result<Map<String, Value>> {
    let certificate = out.join("client.pem");
    let key = out.join("client.key");
    if platform::is_there(&key) {
        bail!("{} exists already; name another folder, or remove it", key.display());
    }
    let pair = tls::ClientKeyPair::generate()?;
    let mut request = json!({"action": "client_certificate_issue", "user": user, "ttl_s": ttl});
    request["public_key"] = pair.public.into();
    if let Some(label) = label {
        request["label"] = label.into();
    }
    // An existing folder keeps its mode; the key's own mode protects it.
    if !out.is_dir() {
        platform::create_private_dir(out)?;
    }
    let mut issued = console::ask(&state.dir()?, request).await?;
    platform::write_secret(&key, &pair.private)?;
    platform::write_private(&certificate, console::text(&issued, "certificate")?)?;
    // Report the files instead of their contents.
    issued.insert("certificate".into(), certificate.display().to_string().into());
    issued.insert("private_key".into(), key.display().to_string().into());
    Ok(issued)
}

fn print_issued(issued: &Map<String, Value>, state: &State) -> Result<()> {
    let text = |key| console::text(issued, key);
    say(&format!("certificate  {}\nkey          {}", text("certificate")?, text("private_key")?));
    say(&format!("for          {}, until {}", text("user")?, text("expires")?));
    say(&format!("revoke with  livegate cert revoke {}", text("key")?));
    if !super::load_config(None, &state.dir()?)?.tls.asks_for_client_certificates() {
        println!(
            "\nThe gateway does not accept client certificates yet: set tls.client_certificates to \"optional\" and restart it."
        );
    }
    Ok(())
}

async fn revoke(console: &mut console::Console, beginning: &str) -> Result<String> {
    // An unset shell variable must revoke nothing.
    if beginning.is_empty() {
        bail!("the key is empty; livegate cert list-clients lists the keys");
    }
    let answer = console.ask(json!({"action": "client_certificate_list"})).await?;
    let keys = clients(&answer).filter_map(|client| client["key"].as_str());
    let mut fitting = keys.filter(|key| key.starts_with(beginning));
    match (fitting.next(), fitting.next()) {
        (Some(key), None) => {
            console.ask(json!({"action": "client_certificate_revoke", "key": key})).await?;
            Ok(key.to_owned())
        }
        (None, _) => {
            bail!("no client certificate has a key that begins with {beginning}; livegate cert list-clients lists them")
        }
        (Some(_), Some(_)) => {
            bail!("several client certificates have keys that begin with {beginning}; give more digits")
        }
    }
}

fn clients(answer: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    answer.get("certificates").and_then(Value::as_array).into_iter().flatten()
}

fn line_of(client: &Value) -> String {
    let text = |key: &str| client[key].as_str().unwrap_or_default();
    let until = clock::rfc3339(client["expires_at"].as_i64().unwrap_or_default());
    let revoked = if client["revoked"] == true { " revoked" } else { "" };
    let label = client["label"].as_str().map(|label| format!(" ({label})")).unwrap_or_default();
    format!("{:.16} {:<20} until {until}{revoked}{label}", text("key"), text("user"))
}

fn print_certificates(answer: &Map<String, Value>) {
    let leaf = &answer["certificates"][0];
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    println!("certificate  valid until {}, for {}", text(&leaf["not_after"]), list(&leaf["names"]));
    match answer.get("renewal") {
        Some(renewal) => println!("renewal      by the gateway, from {} on", text(renewal)),
        None => println!("renewal      by you: replace the file, and the gateway reloads it"),
    }
    if let Some(pin) = answer.get("pin") {
        println!("pin          {}", text(pin));
    }
    if let Some(before) = answer.get("before") {
        println!("old pin      {} until {}", text(&before["pin"]), text(&before["until"]));
    }
}

fn list(names: &Value) -> String {
    let names: Vec<&str> = names.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    names.join(", ")
}
