//! Settings for the bridge link: the script's address, the limits on commands in flight, and the topics of the trail.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

use super::{Rate, loopback, rate};

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bridge {
    /// Where the script listens.
    pub address: SocketAddr,
    /// Keyed; plain; by_key: keyed if key_file exists, otherwise plain while only this machine is served.
    pub protocol: BridgeProtocol,
    /// The key that script and gateway share.
    pub key_file: PathBuf,
    /// Commands in the script at once.
    pub in_flight_max: usize,
    /// Of those, commands of one caller; a quarter is reserved for callers without one, and callers share the free slots.
    pub in_flight_per_caller_max: usize,
    /// Additional slots for @stop only.
    pub in_flight_stops_max: usize,
    /// Connections to a script without a key, one for each client connection with a command in flight; a quarter is reserved for callers without one,
    /// and in_flight_stops_max are added.
    pub plain_connections_max: usize,
    /// A stop overtakes other callers together with at most this many earlier commands of its connection; with more, it waits its turn.
    pub promoted_with_stop_max: usize,
    /// Commands that wait in the gateway.
    pub queue_max: usize,
    /// Of those, commands of one caller.
    pub queue_per_caller_max: usize,
    /// Commands that wait for the first attempt to reach Live, at the start or after Live closed the connection.
    pub untried_max: usize,
    /// Rate of commands, all callers together.
    pub commands: Rate,
    /// Longest answer of the script.
    pub answer_bytes_max: usize,
    /// Bytes that the trail keeps of one change: the objects, and the values before and after.
    pub detail_bytes_max: usize,
    /// Topics that the trail follows for changes made in Live itself, about eight per track with up to 64 scenes; 0: none.
    pub trail_topics_max: usize,
    /// Clip slots among those topics, each with a listener in Live (about 1 KB); tracks beyond either limit are not followed.
    pub trail_slots_max: usize,
    /// Longest wait for an answer after the command's deadline.
    pub answer_wait_ms: u64,
    /// Longest handshake with the script.
    pub handshake_ms: u64,
    /// Pause between attempts while Live is not reachable.
    pub reconnect_ms: u64,
    /// Different topics that all connections follow.
    pub topics_max: usize,
}

/// How gateway and script authenticate each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BridgeProtocol {
    /// Keyed if the key file exists; plain if it does not exist and only this machine is served.
    ByKey,
    /// In the handshake both prove that they know the key in `bridge.key_file` (docs/protocol.md).
    Keyed,
    /// The script's original protocol, without authentication.
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
