//! Settings of the OSC door.

use std::net::SocketAddr;

use serde::Deserialize;

use super::error::{Result, refused};

/// Settings of the OSC door.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Osc {
    /// Such as `["127.0.0.1:11000"]`; loopback senders have local.role, while local.listen would be open; other machines must be paired.
    pub listen: Vec<SocketAddr>,
    /// The same over TCP.
    pub tcp_listen: Vec<SocketAddr>,
    /// Of TCP: length (OSC 1.0) or slip (OSC 1.1).
    pub framing: Framing,
    /// The sender's port to which replies to a datagram go; "sender": the port that it came from.
    pub reply: Reply,
    /// The most that OSC may do, within the caller's role; actions that need an approval are refused.
    pub tags: Vec<String>,
    /// Actions of one packet; a packet with more is refused as a whole.
    pub fan_out_max: usize,
    /// Nesting of bundles.
    pub depth_max: usize,
    /// Longest packet over TCP.
    pub frame_bytes_max: usize,
    /// Arguments of one message.
    pub arguments_max: usize,
    /// Packets of one sender that wait, and its reads that wait because they exceed three quarters of limits.read; beyond this, packets are dropped.
    pub waiting_max: usize,
    /// Bytes of the packets of one sender that wait.
    pub waiting_bytes_max: usize,
    /// The size asked of the system for the packets that it holds; it may grant less.
    pub receive_buffer_bytes: usize,
    /// Senders at once; a further one replaces the one that was silent longest.
    pub senders_max: usize,
    /// Listeners of one sender.
    pub listeners_max: usize,
    /// TCP connections at once.
    pub connections_max: usize,
    /// How far in the future a bundle may be due.
    pub ahead_ms: u64,
    /// Actions of one sender that wait until they are due.
    pub ahead_max: usize,
    /// A sender that was silent for this long is forgotten, with its listeners.
    pub idle_s: u64,
}

/// How packets are delimited in a TCP stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Framing {
    /// A length of 32 bits before each (OSC 1.0).
    Length,
    /// A byte 0xC0 around each (OSC 1.1, RFC 1055).
    Slip,
}

/// Where replies to a datagram go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Reply {
    /// To this port of the sender's address.
    Port(u16),
    /// `"sender"`.
    Own(OwnPort),
}

/// The word that stands for no fixed port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OwnPort {
    /// To the port that the datagram came from.
    Sender,
}

impl Default for Osc {
    fn default() -> Osc {
        Osc {
            listen: Vec::new(),
            tcp_listen: Vec::new(),
            framing: Framing::Length,
            reply: Reply::Port(11_001),
            tags: ["read", "transport", "launch", "stop", "mix", "view"].map(str::to_owned).to_vec(),
            fan_out_max: 64,
            depth_max: 8,
            frame_bytes_max: 64 * 1024,
            arguments_max: 16_384,
            waiting_max: 4_096,
            waiting_bytes_max: 1024 * 1024,
            receive_buffer_bytes: 4 * 1024 * 1024,
            senders_max: 64,
            listeners_max: 1_024,
            connections_max: 16,
            ahead_ms: 1_000,
            ahead_max: 64,
            idle_s: 1_800,
        }
    }
}

impl Osc {
    pub(super) fn check(&self) -> Result<()> {
        const KNOWN: [&str; 15] = [
            "read",
            "view",
            "transport",
            "stop",
            "launch",
            "mix",
            "record",
            "edit",
            "names",
            "device",
            "midi",
            "system",
            "sensitive",
            "destructive",
            "costly",
        ];
        if let Some(tag) = self.tags.iter().find(|tag| !KNOWN.contains(&tag.as_str())) {
            return Err(refused(format!("osc.tags has {tag:?}; it has some of {}", KNOWN.join(", "))));
        }
        match self.reply {
            Reply::Port(0) => {
                Err(refused("osc.reply is 0; it is a port, or \"sender\" for the port that a datagram came from"))
            }
            _ => Ok(()),
        }
    }
}
