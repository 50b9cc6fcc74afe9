//! `livegate cert`: what clients know this gateway by, and what it knows clients with certificates by.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Subcommand;
use serde_json::{Map, Value, json};

use super::token::read_ttl;
use super::{Outcome, State, console, print_json, say};
use crate::platform;
use crate::platform::clock;
use crate::tls;

/// Show, renew and replace what clients know this gateway by; issue and revoke certificates of clients.
#[derive(Subcommand)]
pub enum Cert {
    /// Show the certificates and the CA's pin. Example: livegate cert show
    Show {
        #[command(flatten)]
        state: State,
        /// One line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Issue the certificate anew, now; it also happens by itself. Example: livegate cert renew
    Renew {
        #[command(flatten)]
        state: State,
        /// One line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Replace the CA; clients that know the old one follow for 30 days. Example: livegate cert rotate-ca
    RotateCa {
        /// Although the CA before was replaced less than 30 days ago: clients that still know that one are left behind
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        state: State,
        /// One line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a certificate that signs a user in, with a key of its own. Example: livegate cert issue-client --user mia --out mia-tablet
    IssueClient {
        /// Whom it signs in
        #[arg(long)]
        user: String,
        /// A folder for client.pem and client.key
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// What it is for
        #[arg(long, value_name = "TEXT")]
        label: Option<String>,
        /// How long it is good: a number with s, m, h or d; a second to 90 days
        #[arg(long, default_value = "90d", value_parser = read_ttl, value_name = "TIME")]
        ttl: u64,
        #[command(flatten)]
        state: State,
        /// One line of JSON
        #[arg(long)]
        json: bool,
    },
    /// List the certificates of clients. Example: livegate cert list-clients
    ListClients {
        #[command(flatten)]
        state: State,
        /// One line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke a client's certificate by its key, and end its connections. Example: livegate cert revoke 9f86d081884c7d65
    Revoke {
        /// The key, or a beginning of it that no other has
        key: String,
        #[command(flatten)]
        state: State,
    },
}

impl Cert {
    pub async fn run(self) -> Result<Outcome> {
        match self {
            Cert::Show { state, json } => {
                let answer = console::ask(&state.dir()?, json!({"action": "certificate_show"})).await?;
                if json { print_json(&answer) } else { print_certificates(&answer) }
            }
            Cert::Renew { state, json } => {
                let answer = console::ask(&state.dir()?, json!({"action": "certificate_renew"})).await?;
                if json {
                    print_json(&answer);
                    return Ok(Outcome::Done);
                }
                println!("renewed: good until {}, for {}", console::text(&answer, "until")?, list(&answer["names"]));
            }
            Cert::RotateCa { force, state, json } => {
                let answer = console::ask(&state.dir()?, json!({"action": "ca_rotate", "force": force})).await?;
                if json {
                    print_json(&answer);
                    return Ok(Outcome::Done);
                }
                print_certificates(&answer);
                println!("\nGive the new pin, or tls/ca.pem, to your clients before the old pin ends.");
            }
            Cert::IssueClient { user, out, label, ttl, state, json } => {
                let issued = issue_client(&state, user, &out, label, ttl).await?;
                if json { print_json(&issued) } else { print_issued(&issued, &state)? }
            }
            Cert::ListClients { state, json } => {
                let answer = console::ask(&state.dir()?, json!({"action": "client_certificate_list"})).await?;
                if json { print_json(&answer) } else { clients(&answer).for_each(|client| say(&line_of(client))) }
            }
            Cert::Revoke { key, state } => {
                let mut console = console::Console::open(&state.dir()?).await?;
                let revoked = revoke(&mut console, &key).await;
                console.close().await;
                println!("{} is revoked, and its connections end", revoked?);
            }
        }
        Ok(Outcome::Done)
    }
}

/// The key is made here and told to nobody; the gateway signs its public half.
async fn issue_client(
    state: &State,
    user: String,
    out: &Path,
    label: Option<String>,
    ttl: u64,
) -> Result<Map<String, Value>> {
    let (certificate, key) = (out.join("client.pem"), out.join("client.key"));
    if platform::is_there(&key) {
        bail!("{} is there already; name another folder, or remove it", key.display());
    }
    let pair = tls::ClientKeyPair::generate()?;
    let mut request = json!({"action": "client_certificate_issue", "user": user, "ttl_s": ttl});
    request["public_key"] = pair.public.into();
    if let Some(label) = label {
        request["label"] = label.into();
    }
    match out.is_dir() {
        // Somebody's own folder stays as open as it is; the key is private in any.
        true => (),
        false => platform::create_private_dir(out)?,
    }
    let mut issued = console::ask(&state.dir()?, request).await?;
    platform::write_secret(&key, &pair.private)?;
    platform::write_private(&certificate, console::text(&issued, "certificate")?)?;
    // Where they lie now, instead of what they are.
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
            "\nThe gateway asks for no certificates yet: set tls.client_certificates to \"optional\", and start it again."
        );
    }
    Ok(())
}

async fn revoke(console: &mut console::Console, beginning: &str) -> Result<String> {
    // What a shell makes of a variable that is not set must revoke nothing.
    if beginning.is_empty() {
        bail!("name the key, or its beginning; see livegate cert list-clients");
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
            bail!("no client certificate has a key that begins with {beginning}; see livegate cert list-clients")
        }
        (Some(_), Some(_)) => {
            bail!("several client certificates have keys that begin with {beginning}; give more of it")
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
    println!("certificate  good until {}, for {}", text(&leaf["not_after"]), list(&leaf["names"]));
    match answer.get("renewal") {
        Some(renewal) => println!("renewal      by the gateway, from {}", text(renewal)),
        None => println!("renewal      yours: put another in its place, and the gateway takes it up"),
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
