//! Settings for unauthenticated connections: their number, the grouping of their sources, and penalties.

use ipnet::IpNet;
use serde::Deserialize;

use super::{Rate, rate};

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Unauthenticated {
    pub drop_start: usize,
    pub drop_percent: usize,
    pub drop_full: usize,
    pub per_source_max: usize,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sources {
    pub ipv4_prefix: u8,
    pub ipv6_prefix: u8,
    pub exempt: Vec<IpNet>,
    pub connections: Rate,
    pub remembered_max: usize,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Penalties {
    pub handshake_s: u64,
    pub silence_s: u64,
    pub invalid_request_s: u64,
    pub sign_in_s: u64,
    pub min_s: u64,
    pub max_s: u64,
    pub password_s: u64,
    pub account_min_s: u64,
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
