//! `livegate init --lan`: everything that serving a LAN needs.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use serde_json::json;

use super::{CONFIG_FILE, Outcome, State, console};
use crate::client::own_addresses;
use crate::config::Config;
use crate::gateway::handshake;
use crate::{platform, random};

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
        let config = state_dir.join(CONFIG_FILE);
        if config.exists() {
            bail!("{} exists already; this machine is set up", config.display());
        }
        platform::create_private_dir(&state_dir)?;
        let mut names = vec!["localhost".to_owned()];
        names.extend(self.name);
        let mut addresses = vec![IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])];
        addresses.extend(self.address);
        addresses.extend(own_addresses().into_iter().filter(is_private));
        let authority = handshake::create_authority(&state_dir.join("tls"), &names, &addresses)?;
        let key_file = make_bridge_key(&state_dir)?;
        let token_file = issue_owners_token(&state_dir).await?;
        // Last, so that a half-finished set-up can be begun again.
        platform::write_private(&config, LAN_CONFIG)?;
        println!("{}", report(&config, &authority.ca, &token_file, &key_file, &addresses)?);
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

/// The key that script and gateway share. One that is there is kept: the script may have it already.
fn make_bridge_key(state_dir: &Path) -> Result<PathBuf> {
    let path = state_dir.join(Config::default().bridge.key_file);
    if !path.exists() {
        platform::write_secret(&path, &hex::encode(random::bytes::<32>()).into())?;
    }
    Ok(path)
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
    let settings = json!({"key_file": key});
    Ok(format!(
        "configuration   {}\nCA certificate  {}  (copy it to the other machines)\nCA pin          {pin}\n\
         owner's token   {}\nbridge key      {}\ncertificate for {}\n\n\
         Put this into settings.json beside the script (Remote Scripts/LiveGate), then restart Live:\n  {settings}\n\
         Start the gateway:\n  livegate serve\n\
         From elsewhere:\n  livegate send whoami --to HOST:9443 --pin {pin} --token-file owner.token",
        config.display(),
        ca.display(),
        token.display(),
        key.display(),
        listed.join(", ")
    ))
}

const LAN_CONFIG: &str = r#"# livegate serves the LAN. Every key with its default: config/livegate.toml in the source.

[tls]
listen = ["0.0.0.0:9443"]
"#;
