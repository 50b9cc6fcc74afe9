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
pub use trail::Trail;
pub(crate) use trail::{Retention, Review};
pub use unauthenticated::Penalties;
pub(crate) use unauthenticated::{Sources, Unauthenticated};

/// The sections of `livegate.toml`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// JSON lines without sign-in, for programs on this machine.
    pub local: Local,
    /// JSON lines over TLS 1.3, with sign-in.
    pub tls: Tls,
    /// REST, server-sent events and WebSockets; tls.listen serves them too.
    pub http: Http,
    /// The Model Context Protocol for agents: POST /mcp at each HTTP listener, and livegate mcp.
    pub mcp: Mcp,
    /// The addresses of AbletonOSC, over UDP and TCP, without encryption.
    pub osc: Osc,
    /// Programs on this machine that control Live without sign-in and without a row: doctor, status and the trail name them.
    pub other_programs: OtherPrograms,
    /// The link to the Remote Script in Live.
    pub bridge: Bridge,
    /// What callers may do.
    pub policy: Policy,
    /// Requests that wait for a person, where a rule says `ask`.
    pub approvals: Approvals,
    /// Limits on one request.
    pub requests: Requests,
    /// Limits on connections and sessions.
    pub connections: Connections,
    /// Unauthenticated connections; they never use the slots of signed-in sessions.
    pub unauthenticated: Unauthenticated,
    /// Sign-in by password; issued tokens have a lifetime of their own.
    pub sign_in: SignIn,
    /// How client addresses are grouped: limits and penalties apply to a source.
    pub sources: Sources,
    /// Seconds for which a failing source is refused; they add up, and decay by one per second.
    pub penalties: Penalties,
    /// Offers of `livegate pair` to devices.
    pub pairing: Pairing,
    /// Announcement on the LAN, only while tls.listen serves other machines.
    pub announce: Announce,
    /// Rate limits per caller and class of action.
    pub limits: Limits,
    /// The audit trail.
    pub trail: Trail,
    /// Pruning of the oldest rows; recorded and signed, and retained rows stay provable.
    pub retention: Retention,
    /// Searching the trail through review.db beside it, which may be deleted at any time.
    pub review: Review,
    /// The gateway's log; LIVEGATE_LOG filters it.
    pub log: Log,
}

/// Settings of the listener without sign-in.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Local {
    /// Loopback addresses only.
    pub listen: Vec<SocketAddr>,
    /// The role of every caller on this listener.
    pub role: String,
    /// True: keep this listener open although tls.listen serves other machines.
    pub trust: bool,
    /// In localhost mode, accept parameters as clients of the original script write them; answers name what was ignored or clamped.
    pub lenient: bool,
    /// Connections at once, in addition to connections.max; on Linux those of other users of this machine are refused.
    pub connections_max: usize,
}

/// Settings for roles.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// A file of your own roles, which are added to the shipped ones (config/roles.toml).
    pub roles_file: PathBuf,
    /// Longest roles file.
    pub roles_file_bytes_max: usize,
    /// Characters of a role's patterns in `where`, inherited ones included; Live matches them within a tick.
    pub where_chars_max: usize,
    /// Interval between checks for a changed roles file; the gateway loads it if no role gains a right.
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

    /// Parses the text of a configuration file. Unknown and renamed keys and invalid values are errors.
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

    pub(crate) fn check(&self) -> Result<()> {
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

pub(crate) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[cfg(test)]
mod tests;
