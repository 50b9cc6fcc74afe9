//! The only reader of files and environment for settings. `config/livegate.toml` states every key, its default and its meaning.

mod check;
mod environment;
mod pairing;
mod sign_in;
mod strangers;
mod tls;

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

pub use environment::{crashes, log_filter, python, python_module, requires_all, token_from_environment};
pub use pairing::{Announce, Pairing};
pub use sign_in::SignIn;
pub use strangers::{Penalties, Sources, Strangers};
pub use tls::{ClientCertificates, Tls};

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub local: Local,
    pub tls: Tls,
    pub bridge: Bridge,
    pub policy: Policy,
    pub requests: Requests,
    pub connections: Connections,
    pub strangers: Strangers,
    pub sign_in: SignIn,
    pub sources: Sources,
    pub penalties: Penalties,
    pub pairing: Pairing,
    pub announce: Announce,
    pub limits: Limits,
    pub trail: Trail,
    pub retention: Retention,
    pub review: Review,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Local {
    pub listen: Vec<SocketAddr>,
    pub role: String,
    pub trust: bool,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bridge {
    pub address: SocketAddr,
    pub protocol: BridgeProtocol,
    pub key_file: PathBuf,
    pub in_flight_max: usize,
    pub queue_max: usize,
    pub queue_per_caller_max: usize,
    pub commands: Rate,
    pub answer_bytes_max: usize,
    pub detail_bytes_max: usize,
    pub trail_topics_max: usize,
    pub trail_slots_max: usize,
    pub answer_wait_ms: u64,
    pub handshake_ms: u64,
    pub reconnect_ms: u64,
    pub topics_max: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BridgeProtocol {
    /// Keyed where the key file exists; plain where it does not and nobody but this machine is served.
    ByKey,
    Keyed,
    Plain,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    pub roles_file: PathBuf,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Requests {
    pub line_bytes_max_before_sign_in: usize,
    pub line_bytes_max: usize,
    pub bytes_under_way_max: usize,
    pub depth_max: usize,
    pub deadline_ms: u64,
    pub deadline_ms_max: u64,
    pub once_keys_max: usize,
    pub once_hours: usize,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    pub max: usize,
    pub per_source_max: usize,
    pub handshake_ms: u64,
    pub first_line_ms: u64,
    pub idle_s: u64,
    pub sign_in_failures_max: u32,
    pub unanswered_max: usize,
    pub unread_answer_bytes_max: usize,
    pub unread_answer_ms: u64,
    pub topics_max: usize,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    pub read: Rate,
    pub change: Rate,
    pub heavy: Rate,
    pub stop: Rate,
}

/// So many a second on average, and so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    pub per_second: NonZeroU32,
    pub burst: NonZeroU32,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trail {
    pub group_rows_max: usize,
    pub outcome_wait_ms: u64,
    pub queue_max: usize,
    pub refusals_per_second_max: u32,
    pub strangers_refusals_per_second_max: u32,
    pub refused_sources_max: usize,
    pub changes_in_live_per_second_max: usize,
    pub file_bytes_max: u64,
    pub write_ahead_pages: u32,
    pub retry_ms: u64,
    pub checkpoint_rows: usize,
    pub checkpoint_s: u64,
    pub witness_file: PathBuf,
    pub witness_command: Vec<String>,
    pub witness_wait_ms: u64,
    pub redact: Vec<String>,
    pub disk_free_bytes_min: u64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    pub days: u32,
    pub bytes_max: u64,
    pub act_rows_max: usize,
    pub look_s: u64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Review {
    pub build_ms: u64,
    pub query_ms: u64,
    pub at_once_max: usize,
    pub answer_bytes_max: usize,
    pub targets_max: usize,
}

const fn rate(per_second: u32, burst: u32) -> Rate {
    match (NonZeroU32::new(per_second), NonZeroU32::new(burst)) {
        (Some(per_second), Some(burst)) => Rate { per_second, burst },
        _ => panic!("a rate of nothing"),
    }
}

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), port)
}

impl Default for Local {
    fn default() -> Local {
        Local { listen: vec![loopback(9005)], role: "local".into(), trust: false }
    }
}

impl Default for Bridge {
    fn default() -> Bridge {
        Bridge {
            address: loopback(9004),
            protocol: BridgeProtocol::ByKey,
            key_file: "bridge.key".into(),
            in_flight_max: 64,
            queue_max: 1024,
            queue_per_caller_max: 512,
            commands: rate(20_000, 20_000),
            answer_bytes_max: 8 * 1024 * 1024,
            detail_bytes_max: 2048,
            trail_topics_max: 2_048,
            trail_slots_max: 32_768,
            answer_wait_ms: 15_000,
            handshake_ms: 2_000,
            reconnect_ms: 250,
            topics_max: 4_096,
        }
    }
}

impl Default for Requests {
    fn default() -> Requests {
        Requests {
            line_bytes_max_before_sign_in: 8 * 1024,
            line_bytes_max: 1024 * 1024,
            bytes_under_way_max: 16 * 1024 * 1024,
            depth_max: 16,
            deadline_ms: 10_000,
            deadline_ms_max: 60_000,
            once_keys_max: 10_000,
            once_hours: 24,
        }
    }
}

impl Default for Connections {
    fn default() -> Connections {
        Connections {
            max: 512,
            per_source_max: 128,
            handshake_ms: 5_000,
            first_line_ms: 10_000,
            idle_s: 21_600,
            sign_in_failures_max: 3,
            unanswered_max: 256,
            unread_answer_bytes_max: 16 * 1024 * 1024,
            unread_answer_ms: 30_000,
            topics_max: 1_024,
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { read: rate(500, 1_000), change: rate(500, 1_000), heavy: rate(20, 50), stop: rate(100, 200) }
    }
}

impl Default for Trail {
    fn default() -> Trail {
        Trail {
            group_rows_max: 512,
            outcome_wait_ms: 20,
            queue_max: 4_096,
            refusals_per_second_max: 50,
            strangers_refusals_per_second_max: 200,
            refused_sources_max: 4_096,
            changes_in_live_per_second_max: 20,
            file_bytes_max: 16 << 30,
            write_ahead_pages: 1_000,
            retry_ms: 250,
            checkpoint_rows: 1_024,
            checkpoint_s: 60,
            witness_file: PathBuf::new(),
            witness_command: Vec::new(),
            witness_wait_ms: 3_000,
            redact: Vec::new(),
            disk_free_bytes_min: 1 << 30,
        }
    }
}

impl Default for Retention {
    fn default() -> Retention {
        Retention { days: 180, bytes_max: 2 << 30, act_rows_max: 20_000, look_s: 3_600 }
    }
}

impl Default for Review {
    fn default() -> Review {
        Review {
            build_ms: 1_000,
            query_ms: 10_000,
            at_once_max: 2,
            answer_bytes_max: 4 * 1024 * 1024,
            targets_max: 10_000,
        }
    }
}

impl Config {
    /// Read a configuration file. Unknown keys and values that make no sense stop the start.
    pub fn load(path: &Path) -> Result<Config> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Config::parse(&text).with_context(|| format!("cannot use {}", path.display()))
    }

    pub fn parse(text: &str) -> Result<Config> {
        let config: Config = toml::from_str(text)?;
        config.check()?;
        Ok(config)
    }

    /// Whether anybody beyond this machine is served.
    pub fn serves_others(&self) -> bool {
        self.tls.listen.iter().any(|address| !address.ip().is_loopback())
    }

    /// Where lines without sign-in are served: nowhere once others are served, unless `local.trust` says so.
    pub fn local_listen(&self) -> &[SocketAddr] {
        if self.serves_others() && !self.local.trust { &[] } else { &self.local.listen }
    }

    pub fn check(&self) -> Result<()> {
        if let Some(address) = self.local.listen.iter().find(|address| !address.ip().is_loopback()) {
            bail!("local.listen has {address}, which others can reach without sign-in; use tls.listen for it");
        }
        if !self.bridge.address.ip().is_loopback() {
            bail!("bridge.address is {}; the bridge is on this machine: use 127.0.0.1", self.bridge.address);
        }
        if self.serves_others() && self.bridge.protocol == BridgeProtocol::Plain && !self.local.trust {
            bail!(
                "bridge.protocol = \"plain\" lets every local program past the gateway; with tls.listen beyond this machine it needs local.trust = true"
            );
        }
        self.announce.check()?;
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
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../config/livegate.toml");

    #[test]
    fn the_shipped_file_states_every_default() {
        assert_eq!(Config::parse(SHIPPED).expect("the shipped file"), Config::default());
    }

    #[test]
    fn the_shipped_file_names_every_key() {
        let shipped: toml::Table = toml::from_str(SHIPPED).expect("TOML");
        let debug = format!("{:?}", Config::default());
        let stated: usize = shipped.values().filter_map(|section| section.as_table()).map(toml::Table::len).sum();
        // `Debug` writes `key: ` for each field: those of the sections, of the sections, and two for each rate.
        let rates = debug.matches("Rate {").count();
        assert_eq!(debug.matches(": ").count(), stated + shipped.len() + 2 * rates);
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_the_key() {
        for (text, expected) in [
            ("[bridge]\nadress = '127.0.0.1:1'", "unknown field `adress`"),
            ("[bridge]\naddress = '10.0.0.1:1'", "bridge.address is 10.0.0.1:1"),
            ("[local]\nlisten = ['0.0.0.0:9005']", "local.listen has 0.0.0.0:9005"),
            ("[tls]\nlisten = ['0.0.0.0:9443']\n[bridge]\nprotocol = 'plain'", "local.trust = true"),
            ("[bridge]\nqueue_max = 0", "bridge.queue_max is 0; it must be between 1 and"),
            ("[connections]\nidle_s = 99999999999", "connections.idle_s must be"),
            ("[sources]\nipv4_prefix = 33", "sources.ipv4_prefix is 33; it must be between 1 and 32"),
            ("[sources]\nexempt = ['10.0.0.0/99']", "exempt"),
            ("[penalties]\nmin_s = 700", "penalties.min_s is 700, which is more than penalties.max_s"),
            (
                "[announce]\nname = 'a name that no label of the domain name system has room for at all'",
                "announce.name has at most 63",
            ),
            ("[pairing]\ntries_max = 1000", "pairing.tries_max is 1000"),
            ("[limits]\nread = { per_second = 0, burst = 1 }", "nonzero"),
        ] {
            let error = format!("{:#}", Config::parse(text).expect_err(text));
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn the_local_listener_is_off_once_others_are_served() {
        let parse = |text| Config::parse(text).expect("a good file");
        assert!(parse("[tls]\nlisten = ['0.0.0.0:9443']").local_listen().is_empty());
        assert!(!parse("[tls]\nlisten = ['127.0.0.1:9443']").local_listen().is_empty());
        assert!(!parse("[tls]\nlisten = ['0.0.0.0:9443']\n[local]\ntrust = true").local_listen().is_empty());
    }
}
