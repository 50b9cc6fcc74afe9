//! Configuration: the only code that reads settings from files and the environment. `config/livegate.toml` lists every key with its
//! default and its meaning.

mod approvals;
mod bridge;
mod check;
mod environment;
mod error;
mod host_name;
mod http;
mod log;
mod mcp;
mod osc;
mod other_programs;
mod pairing;
mod renamed;
mod requests;
mod sign_in;
mod tls;
mod trail;
mod unauthenticated;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::failure::Context;
use error::refused;

pub(crate) use approvals::Approvals;
pub use approvals::ThisMachine;
pub(crate) use bridge::Bridge;
pub use bridge::BridgeProtocol;
pub use environment::{blesses, crashes, python, requires_all, soak};
pub(crate) use environment::{log_filter, pager, token_from_environment, windows_user};
pub(crate) use error::{Error, ErrorKind, Result};
pub(crate) use host_name::{HostName, Subject};
pub(crate) use http::Http;
pub(crate) use log::{Log, LogFormat};
pub(crate) use mcp::{Mcp, McpTools};
pub(crate) use osc::Framing;
pub use osc::{Osc, OwnPort, Reply};
pub(crate) use other_programs::OtherPrograms;
pub use other_programs::{IpProtocol, KnownPort};
pub(crate) use pairing::{Announce, Pairing};
pub(crate) use requests::{Connections, Requests};
pub use requests::{Limits, Rate, rate};
pub(crate) use sign_in::SignIn;
pub use tls::{ClientCertificates, Tls};
pub(crate) use trail::Retention;
pub use trail::{Review, Trail};
pub use unauthenticated::Penalties;
pub(crate) use unauthenticated::{Sources, Unauthenticated};

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub local: Local,
    pub tls: Tls,
    pub http: Http,
    pub mcp: Mcp,
    pub osc: Osc,
    pub other_programs: OtherPrograms,
    pub bridge: Bridge,
    pub policy: Policy,
    pub approvals: Approvals,
    pub requests: Requests,
    pub connections: Connections,
    pub unauthenticated: Unauthenticated,
    pub sign_in: SignIn,
    pub sources: Sources,
    pub penalties: Penalties,
    pub pairing: Pairing,
    pub announce: Announce,
    pub limits: Limits,
    pub trail: Trail,
    pub retention: Retention,
    pub review: Review,
    pub log: Log,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Local {
    pub listen: Vec<SocketAddr>,
    pub role: String,
    pub trust: bool,
    pub lenient: bool,
    pub connections_max: usize,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    pub roles_file: PathBuf,
    pub roles_file_bytes_max: usize,
    pub where_chars_max: usize,
    pub watch_ms: u64,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy { roles_file: PathBuf::new(), roles_file_bytes_max: 1 << 20, where_chars_max: 4096, watch_ms: 2_000 }
    }
}

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), port)
}

impl Default for Local {
    fn default() -> Local {
        Local { listen: vec![loopback(9005)], role: "local".into(), trust: false, lenient: true, connections_max: 128 }
    }
}

impl Config {
    /// Reads a configuration file. Unknown and renamed keys and invalid values are errors.
    pub fn load(path: &Path) -> Result<Config> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Config::parse(&text).with_context(|| format!("cannot use {}", path.display()))?)
    }

    pub fn parse(text: &str) -> Result<Config> {
        renamed::check(text)?;
        let config: Config = toml::from_str(text)?;
        config.check()?;
        Ok(config)
    }

    /// Whether the gateway listens for other machines.
    pub fn serves_others(&self) -> bool {
        let mut addresses = self.tls.listen.iter().chain(&self.http.tls_listen);
        addresses.any(|address| !address.ip().is_loopback())
    }

    /// Whether programs on this machine need no sign-in.
    pub fn serves_local(&self) -> bool {
        !self.serves_others() || self.local.trust
    }

    /// Whether the local listener parses parameters leniently: only in localhost mode.
    pub fn local_is_lenient(&self) -> bool {
        self.local.lenient && !self.serves_others()
    }

    /// The addresses for lines without sign-in. There are none while other machines are served, unless `local.trust` is set.
    pub fn local_listen(&self) -> &[SocketAddr] {
        if self.serves_local() { &self.local.listen } else { &[] }
    }

    pub fn check(&self) -> Result<()> {
        if let Some(address) = self.local.listen.iter().find(|address| !address.ip().is_loopback()) {
            return Err(refused(format!(
                "local.listen has {address}, which others can reach without sign-in; use tls.listen for it"
            )));
        }
        if !self.bridge.address.ip().is_loopback() {
            return Err(refused(format!(
                "bridge.address is {}; the bridge is on this machine: use 127.0.0.1",
                self.bridge.address
            )));
        }
        if self.serves_others() && self.bridge.protocol == BridgeProtocol::Plain && !self.local.trust {
            return Err(refused(
                "bridge.protocol = \"plain\" lets every local program bypass the gateway; while tls.listen serves other machines it needs local.trust = true",
            ));
        }
        self.http.check()?;
        self.osc.check()?;
        self.log.check()?;
        self.other_programs.check()?;
        self.announce.check()?;
        self.approvals.check()?;
        self.check_counts()?;
        self.check_penalties()?;
        self.check_trail()?;
        self.check_retention()?;
        self.check_times()
    }
}

pub fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[cfg(test)]
mod tests;
