//! Settings for the bridge link: the script's address, the limits on commands in flight, and the topics of the trail.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

use super::{Rate, loopback, rate};

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bridge {
    pub address: SocketAddr,
    pub protocol: BridgeProtocol,
    pub key_file: PathBuf,
    pub in_flight_max: usize,
    pub in_flight_per_caller_max: usize,
    pub in_flight_stops_max: usize,
    pub plain_connections_max: usize,
    pub promoted_with_stop_max: usize,
    pub queue_max: usize,
    pub queue_per_caller_max: usize,
    pub untried_max: usize,
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
    /// Keyed if the key file exists; plain if it does not exist and only this machine is served.
    ByKey,
    Keyed,
    Plain,
}

impl Default for Bridge {
    fn default() -> Bridge {
        Bridge {
            address: loopback(9004),
            protocol: BridgeProtocol::ByKey,
            key_file: "bridge.key".into(),
            in_flight_max: 64,
            in_flight_per_caller_max: 48,
            in_flight_stops_max: 8,
            plain_connections_max: 32,
            promoted_with_stop_max: 16,
            queue_max: 1024,
            queue_per_caller_max: 512,
            untried_max: 64,
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
