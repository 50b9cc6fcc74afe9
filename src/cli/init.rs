//! `livegate init --lan`: sets up everything that serving a LAN needs.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use serde_json::json;

use super::configuration::{ConfigFile, Line};
use super::{Outcome, StateFolder, bridge_key, console};
use crate::client::known_gateways::{KnownGateway, KnownGateways, name_of};
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
    folder: StateFolder,
}

const TLS_PORT: u16 = 9443;
const OWNER: &str = "owner";
const OWNER_TTL_S: u64 = 90 * 86_400;

impl Init {
    pub fn new(folder: StateFolder) -> Init {
        Init { lan: true, name: Vec::new(), address: Vec::new(), folder }
    }

    pub async fn run(self) -> Result<Outcome> {
        let state_dir = self.folder.dir()?;
        let config = self.lan_config(&ConfigFile::read(&state_dir)?)?;
        platform::create_private_dir(&state_dir)?;
        let manager = CertificateManager::new(&state_dir, &config.config.tls);
        let certificates = manager.set_up(clock::unix_seconds(), &Machine::this())?;
        let key = bridge_key::make(&state_dir, &config.config.bridge)?;
        let token_file = issue_owners_token(&state_dir).await?;
        // Do this last, so that an interrupted set-up can be repeated.
        config.write()?;
        let name = self.remember(&state_dir, &certificates)?;
        // The printed commands must act on the same folder.
        let place = self.folder.option();
        println!("{}", report(&config.path, &certificates, &token_file, &key.file, &name, &place)?);
        Ok(Outcome::Done)
    }

    /// Commands on this machine reach the gateway by this name, through its control socket.
    fn remember(&self, state_dir: &Path, certificates: &Files) -> Result<String> {
        let gateway = KnownGateway {
            address: format!("localhost:{TLS_PORT}"),
            pin: Some(hex::encode(tls::pin_of(&certificates.ca)?)),
            state_dir: Some(state_dir.to_owned()),
            ..KnownGateway::default()
        };
        let mut known = KnownGateways::read(state_dir)?;
        let host = self.subjects().0.first().map_or_else(|| Machine::this().host, |host| (*host).to_owned());
        let name = known.name_for(&name_of(&host), &gateway);
        known.put(&name, gateway)?;
        Ok(name)
    }

    fn lan_config(&self, file: &ConfigFile) -> Result<ConfigFile> {
        let path = file.path.display();
        if !file.config.tls.listen.is_empty() {
            let (names, addresses) = self.subjects();
            if names.is_empty() && addresses.is_empty() {
                bail!("{path} already sets tls.listen; this machine is set up: run livegate serve, then livegate pair");
            }
            bail!(
                "{path} already sets tls.listen; to add names or addresses, put names = {} and addresses = {} under [tls] \
                 there, beside those that it has, then restart the gateway: it renews its certificate",
                json!(names),
                json!(addresses)
            );
        }
        let mut lines = vec![Line::new("tls", format!(r#"listen = ["0.0.0.0:{TLS_PORT}"]"#))];
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
        let mut names = Vec::new();
        let mut addresses = self.address.clone();
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

fn report(config: &Path, certificates: &Files, token: &Path, key: &Path, name: &str, place: &str) -> Result<String> {
    let pin = hex::encode(tls::pin_of(&certificates.ca)?);
    let leaf = tls::certificates(&certificates.certificate)?.swap_remove(0);
    Ok(format!(
        "configuration   {}\nCA certificate  {}\nCA pin          {pin}\n\
         owner's token   {}\nbridge key      {}\ncertificate for {}\nknown here as   {name}\n\n\
         While the LAN is served, 127.0.0.1:9005 is closed, and programs on this machine must sign in; livegate send need not.\n\
         local.trust = true in the configuration keeps the port open.\n\n\
         Install the script in Live, with this key:\n  livegate install{place}\n\
         Start the gateway:\n  livegate serve{place}\n\
         Admit another machine, while the gateway runs:\n  livegate pair --role performer --name guest{place}\n\
         Sign in as the owner on another machine, with copies of the CA certificate and the owner's token:\n  \
         livegate gateway add {name} --to HOST:{TLS_PORT} --ca ca.pem --token-file owner.token",
        config.display(),
        certificates.ca.display(),
        token.display(),
        key.display(),
        leaf.names.join(", ")
    ))
}
