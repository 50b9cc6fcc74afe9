//! Settings for unauthenticated connections: their number, the grouping of their sources, and penalties.

use ipnet::IpNet;
use serde::Deserialize;

use super::{Rate, rate};

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Unauthenticated {
    /// From this number on, a new connection may displace one of the source that has most.
    pub drop_start: usize,
    /// Probability of that at drop_start; it rises linearly.
    pub drop_percent: usize,
    /// At this number a new connection always displaces one: there are never more.
    pub drop_full: usize,
    /// Connections of one source; a further one displaces that source's oldest.
    pub per_source_max: usize,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sources {
    /// IPv4 addresses with this many leading bits in common are one source.
    pub ipv4_prefix: u8,
    /// The same for IPv6.
    pub ipv6_prefix: u8,
    /// Networks without penalties and without a limit on new connections.
    pub exempt: Vec<IpNet>,
    /// Rate of new connections of one source.
    pub connections: Rate,
    /// Sources remembered, of IPv4 and of IPv6 each; the least penalised is forgotten first.
    pub remembered_max: usize,
}

/// Penalties for sources and accounts.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Penalties {
    /// A failed TLS handshake.
    pub handshake_s: u64,
    /// No handshake or no sign-in in time.
    pub silence_s: u64,
    /// A line before sign-in that is not a request.
    pub invalid_request_s: u64,
    /// A refused sign-in; an expired token of this gateway causes no penalty.
    pub sign_in_s: u64,
    /// A smaller sum does not block.
    pub min_s: u64,
    /// Largest sum.
    pub max_s: u64,
    /// A wrong password also adds this to its account's penalty, from any source.
    pub password_s: u64,
    /// At this account penalty, password sign-in is suspended; tokens still work.
    pub account_min_s: u64,
    /// Largest account penalty; addresses from which the user has signed in before are exempt.
    pub account_max_s: u64,
}

impl Default for Unauthenticated {
    fn default() -> Unauthenticated {
        Unauthenticated { drop_start: 64, drop_percent: 30, drop_full: 256, per_source_max: 32 }
    }
}

impl Default for Sources {
    fn default() -> Sources {
        let network = |text: &str| text.parse().expect("a network");
        Sources {
            ipv4_prefix: 32,
            ipv6_prefix: 64,
            exempt: vec![network("127.0.0.0/8"), network("::1/128")],
            connections: rate(20, 60),
            remembered_max: 4_096,
        }
    }
}

impl Default for Penalties {
    fn default() -> Penalties {
        Penalties {
            handshake_s: 1,
            silence_s: 10,
            invalid_request_s: 5,
            sign_in_s: 5,
            min_s: 15,
            max_s: 600,
            password_s: 2,
            account_min_s: 10,
            account_max_s: 60,
        }
    }
}
