//! Settings of the OSC door.

use std::net::SocketAddr;

use serde::Deserialize;

use super::error::{Result, refused};

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Osc {
    pub listen: Vec<SocketAddr>,
    pub tcp_listen: Vec<SocketAddr>,
    pub framing: Framing,
    pub reply: Reply,
    pub tags: Vec<String>,
    pub fan_out_max: usize,
    pub depth_max: usize,
    pub frame_bytes_max: usize,
    pub senders_max: usize,
    pub listeners_max: usize,
    pub connections_max: usize,
    pub ahead_ms: u64,
    pub ahead_max: usize,
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
    Own(OwnPort),
}

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
