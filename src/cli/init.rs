//! `livegate init --lan`: everything that serving a LAN needs.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use serde_json::json;

use super::configuration::{ConfigFile, Line};
use super::{Outcome, State, bridge_key, console};
use crate::client::own_addresses;
use crate::gateway::handshake;
use crate::platform;

/// Write what serving the LAN needs: configuration, CA, certificate, signing key, and the owner's first token.
///
/// Example: livegate init --lan --name studio.local
#[derive(Args)]
pub struct Init {
    /// Serve the LAN over TLS
    #[arg(long, required = true)]
    lan: bool,
    /// A further name that clients know this machine by
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,
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
        let config = lan_config(&ConfigFile::read(&state_dir)?)?;
        platform::create_private_dir(&state_dir)?;
        let mut names = vec!["localhost".to_owned()];
        names.extend(self.name);
        let mut addresses = vec![IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])];
        addresses.extend(self.address);
        addresses.extend(own_addresses().into_iter().filter(is_private));
        let authority = handshake::create_authority(&state_dir.join("tls"), &names, &addresses)?;
        let key = bridge_key::make(&state_dir, &config.config.bridge)?;
        let token_file = issue_owners_token(&state_dir).await?;
        // Last, so that a half-finished set-up can be begun again.
        config.write()?;
        println!("{}", report(&config.path, &authority.ca, &token_file, &key.file, &addresses)?);
        Ok(Outcome::Done)
    }
}

/// Which of this machine's addresses the certificate names without being asked to.
fn is_private(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_loopback() || v6.is_unicast_link_local(),
    }
}

fn lan_config(file: &ConfigFile) -> Result<ConfigFile> {
    let path = file.path.display();
    if !file.config.tls.listen.is_empty() {
        bail!("{path} has tls.listen already; this machine is set up");
    }
    let listen = Line::new("tls", r#"listen = ["0.0.0.0:9443"]"#);
    match file.extended("livegate serves the LAN.", &[listen]) {
        Some(extended) => Ok(extended),
        None => bail!("{path} has a section [tls]; take it out, then run this again"),
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

fn report(config: &Path, ca: &Path, token: &Path, key: &Path, addresses: &[IpAddr]) -> Result<String> {
    let pin = hex::encode(handshake::pin_of(ca)?);
    let listed: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
    Ok(format!(
        "configuration   {}\nCA certificate  {}  (copy it to the other machines)\nCA pin          {pin}\n\
         owner's token   {}\nbridge key      {}\ncertificate for {}\n\n\
         Put the script into Live, with this key:\n  livegate install\n\
         Start the gateway:\n  livegate serve\n\
         From elsewhere:\n  livegate send whoami --to HOST:9443 --pin {pin} --token-file owner.token",
        config.display(),
        ca.display(),
        token.display(),
        key.display(),
        listed.join(", ")
    ))
}
