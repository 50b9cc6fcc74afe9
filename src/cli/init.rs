//! `livegate init --lan`: everything that serving a LAN needs.

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
use crate::tls::{self, Files, Keeper, Machine};

/// Write what serving the LAN needs: configuration, CA, certificate, signing key, and the owner's first token.
///
/// Example: livegate init --lan --name studio.local
#[derive(Args)]
pub struct Init {
    /// Serve the LAN over TLS
    #[arg(long, required = true)]
    lan: bool,
    /// A further name, or address, that clients know this machine by
    #[arg(long, value_name = "NAME")]
    name: Vec<Subject>,
    /// A further address of this machine
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
        let keeper = Keeper::new(&state_dir, &config.config.tls);
        let certificates = keeper.set_up(clock::unix_seconds(), &Machine::this())?;
        let key = bridge_key::make(&state_dir, &config.config.bridge)?;
        let token_file = issue_owners_token(&state_dir).await?;
        // Last, so that a half-finished set-up can be begun again.
        config.write()?;
        // Pasted, the commands must not act on another folder.
        let place =
            self.state.state_dir.map(|_| format!(" --state-dir \"{}\"", state_dir.display())).unwrap_or_default();
        println!("{}", report(&config.path, &certificates, &token_file, &key.file, &place)?);
        Ok(Outcome::Done)
    }

    fn lan_config(&self, file: &ConfigFile) -> Result<ConfigFile> {
        let path = file.path.display();
        if !file.config.tls.listen.is_empty() {
            bail!("{path} has tls.listen already; this machine is set up");
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
            None => bail!("{path} has a section [tls]; take it out, then run this again"),
        }
    }

    /// Names and addresses apart, whichever option brought them.
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
        "configuration   {}\nCA certificate  {}  (copy it to the other machines)\nCA pin          {pin}\n\
         owner's token   {}\nbridge key      {}\ncertificate for {}\n\n\
         Put the script into Live, with this key:\n  livegate install{place}\n\
         Start the gateway:\n  livegate serve{place}\n\
         From elsewhere:\n  livegate send whoami --to HOST:9443 --pin {pin} --token-file owner.token",
        config.display(),
        certificates.ca.display(),
        token.display(),
        key.display(),
        leaf.names.join(", ")
    ))
}
