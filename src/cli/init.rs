//! `livegate init --lan`: sets up everything that serving a LAN needs.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use serde_json::json;

use super::configuration::{ConfigFile, Line};
use super::{Outcome, State, bridge_key, console};
use crate::config::Subject;
use crate::platform;
use crate::platform::clock;
use crate::tls::{self, CertificateManager, Files, Machine};

/// Set up serving the LAN.
///
/// Creates configuration, CA, certificate, signing key, bridge key, and the owner's first token.
///
/// Example: livegate init --lan --name studio.local
#[derive(Args)]
pub struct Init {
    /// Serve the LAN over TLS
    #[arg(long, required = true)]
    lan: bool,
    /// Another name or address by which clients reach this machine
    #[arg(long, value_name = "NAME")]
    name: Vec<Subject>,
    /// Another address of this machine
    #[arg(long, value_name = "IP")]
    address: Vec<IpAddr>,
    #[command(flatten)]
    state: State,
}

const OWNER: &str = "owner";
const OWNER_TTL_S: u64 = 90 * 86_400;

impl Init {
    pub async fn run(self) -> Result<Outcome> {
        let state_dir = self.state.dir()?;
        let config = self.lan_config(&ConfigFile::read(&state_dir)?)?;
        platform::create_private_dir(&state_dir)?;
        let manager = CertificateManager::new(&state_dir, &config.config.tls);
        let certificates = manager.set_up(clock::unix_seconds(), &Machine::this())?;
        let key = bridge_key::make(&state_dir, &config.config.bridge)?;
        let token_file = issue_owners_token(&state_dir).await?;
        // Last, so that an interrupted set-up can be repeated.
        config.write()?;
        // The printed commands must act on the same folder.
        let place =
            self.state.state_dir.map(|_| format!(" --state-dir \"{}\"", state_dir.display())).unwrap_or_default();
        println!("{}", report(&config.path, &certificates, &token_file, &key.file, &place)?);
        Ok(Outcome::Done)
    }

    fn lan_config(&self, file: &ConfigFile) -> Result<ConfigFile> {
        let path = file.path.display();
        if !file.config.tls.listen.is_empty() {
            bail!("{path} already sets tls.listen; this machine is set up");
        }
        let mut lines = vec![Line::new("tls", r#"listen = ["0.0.0.0:9443"]"#)];
        let (names, addresses) = self.subjects();
        if !names.is_empty() {
            lines.push(Line::new("tls", format!("names = {}", json!(names))));
        }
        if !addresses.is_empty() {
            lines.push(Line::new("tls", format!("addresses = {}", json!(addresses))));
        }
        match file.extended("livegate serves the LAN.", &lines) {
            Some(extended) => Ok(extended),
            None => bail!("{path} already has a section [tls]; remove it, then run this again"),
        }
    }

    /// The names and the addresses of both options.
    fn subjects(&self) -> (Vec<&str>, Vec<IpAddr>) {
        let (mut names, mut addresses) = (Vec::new(), self.address.clone());
        for subject in &self.name {
            match subject {
                Subject::Host(host) => names.push(host.as_str()),
                Subject::Address(address) => addresses.push(*address),
            }
        }
        (names, addresses)
    }
}

async fn issue_owners_token(state_dir: &Path) -> Result<PathBuf> {
    let mut console = console::Console::open(state_dir).await?;
    let users = console.ask(json!({"action": "user_list"})).await?;
    let there = users["users"].as_array().is_some_and(|users| users.iter().any(|user| user["user"] == OWNER));
    if !there {
        console.ask(json!({"action": "user_add", "user": OWNER, "role": "owner"})).await?;
    }
    let answer = console.ask(json!({"action": "token_issue", "user": OWNER, "ttl_s": OWNER_TTL_S})).await?;
    let file = state_dir.join("owner.token");
    platform::write_secret(&file, &console::text(&answer, "token")?.to_owned().into())?;
    console.close().await;
    Ok(file)
}

fn report(config: &Path, certificates: &Files, token: &Path, key: &Path, place: &str) -> Result<String> {
    let pin = hex::encode(tls::pin_of(&certificates.ca)?);
    let leaf = tls::certificates(&certificates.certificate)?.swap_remove(0);
    Ok(format!(
        "configuration   {}\nCA certificate  {}  (copy it to the clients)\nCA pin          {pin}\n\
         owner's token   {}\nbridge key      {}\ncertificate for {}\n\n\
         Install the script in Live, with this key:\n  livegate install{place}\n\
         Start the gateway:\n  livegate serve{place}\n\
         From another machine:\n  livegate send whoami --to HOST:9443 --pin {pin} --token-file owner.token",
        config.display(),
        certificates.ca.display(),
        token.display(),
        key.display(),
        leaf.names.join(", ")
    ))
}
