//! What a demo leaves for other commands while it runs: its configuration, a token file for each role, and known gateways.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use super::super::CONFIG_FILE;
use crate::client::known_gateways::{KnownGateway, KnownGateways};
use crate::platform;
use crate::tls;

/// The first line of a configuration that a demo may replace.
const HEAD: &str = "# Written by livegate demo at each start.";
/// The name of the gateway as this machine's user reaches it; `demo-ROLE` signs in as the user of a role.
pub const NAME: &str = "demo";

/// The folders of a demo.
pub struct DemoPaths {
    pub state_dir: PathBuf,
    /// The folder with the known gateways.
    pub client_dir: PathBuf,
    /// The option that names `client_dir` on a command line, if it is not the default.
    pub option: String,
}

/// Where the demo listens.
pub struct Addresses {
    pub local: SocketAddr,
    pub tls: SocketAddr,
    pub http: SocketAddr,
    pub osc: SocketAddr,
    pub bridge: SocketAddr,
}

/// A port of the demo: the usual one, or 0, any free one, if another program has it.
pub fn free_or_any(port: u16) -> u16 {
    match TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))) {
        Ok(_) => port,
        Err(_) => 0,
    }
}

/// The same for a port of UDP.
pub fn free_or_any_udp(port: u16) -> u16 {
    match UdpSocket::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))) {
        Ok(_) => port,
        Err(_) => 0,
    }
}

impl DemoPaths {
    /// Refuse to replace a configuration or a known gateway that is not a demo's.
    pub fn check(&self) -> Result<()> {
        let path = self.state_dir.join(CONFIG_FILE);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        if platform::is_there(&path) && !text.starts_with(HEAD) {
            bail!("{} is not a demo's configuration; name a folder of its own with --state-dir", path.display());
        }
        let known = KnownGateways::read(&self.client_dir)?;
        let own = self.own(&known);
        let is_ours = |name: &str| name == NAME || name.starts_with(&name_of(""));
        match known.all().find(|(name, _)| is_ours(name) && !own.iter().any(|own| own == name)) {
            Some((name, _)) => bail!("another gateway is known as {name}; livegate gateway remove {name} forgets it"),
            None => Ok(()),
        }
    }

    /// The configuration with which `status` and `doctor` find everything.
    pub fn write_config(&self, Addresses { local, tls, http, osc, bridge }: &Addresses) -> Result<()> {
        let text = format!(
            "{HEAD}\n\n[local]\nlisten = [\"{local}\"]\n\n[tls]\nlisten = [\"{tls}\"]\n\n[http]\nlisten = [\"{http}\"]\n\n\
             [osc]\nlisten = [\"{osc}\"]\nreply = \"sender\"\n\n[bridge]\naddress = \"{bridge}\"\nprotocol = \"keyed\"\n"
        );
        Ok(platform::write_private(&self.state_dir.join(CONFIG_FILE), &text)?)
    }

    pub fn token_file(&self, role: &str) -> PathBuf {
        self.state_dir.join(format!("{role}.token"))
    }

    /// Write the token files, and remember the gateway as each of the roles.
    pub fn remember(&self, local: &str, tls: &str, ca: &Path, tokens: &Map<String, Value>) -> Result<()> {
        let pin = hex::encode(tls::pin_of(ca)?);
        let here = KnownGateway {
            address: local.to_owned(),
            state_dir: Some(self.state_dir.clone()),
            ..KnownGateway::default()
        };
        let mut added = vec![(NAME.to_owned(), here.clone())];
        for (role, token) in tokens {
            let token = token.as_str().context("a token is text")?;
            platform::write_secret(&self.token_file(role), &token.to_owned().into())?;
            let gateway = KnownGateway {
                address: tls.to_owned(),
                pin: Some(pin.clone()),
                server_name: Some("localhost".to_owned()),
                token_file: Some(self.token_file(role)),
                ..here.clone()
            };
            added.push((name_of(role), gateway));
        }
        let mut known = KnownGateways::read(&self.client_dir)?;
        let stale = self.own(&known);
        Ok(known.put_beside(added, &stale)?)
    }

    /// Remove what [`DemoPaths::remember`] wrote.
    pub fn forget(&self) -> Result<()> {
        let mut known = KnownGateways::read(&self.client_dir)?;
        let own = self.own(&known);
        let files = own.iter().filter_map(|name| known.find(name).ok()?.token_file.as_ref());
        // It may be removed already.
        files.for_each(|file| _ = std::fs::remove_file(file));
        Ok(known.put_beside(Vec::new(), &own)?)
    }

    fn own(&self, known: &KnownGateways) -> Vec<String> {
        let is_own = |gateway: &KnownGateway| gateway.state_dir.as_ref() == Some(&self.state_dir);
        known.all().filter(|(_, gateway)| is_own(gateway)).map(|(name, _)| name.to_owned()).collect()
    }
}

/// The name of the gateway for the user of a role.
pub fn name_of(role: &str) -> String {
    format!("{NAME}-{role}")
}
