//! How devices are let in, and how they find the gateway.

use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pairing {
    pub offer_s: u64,
    pub tries_max: u32,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Announce {
    pub mdns: bool,
    pub name: String,
}

impl Default for Pairing {
    fn default() -> Pairing {
        Pairing { offer_s: 300, tries_max: 5 }
    }
}

impl Default for Announce {
    fn default() -> Announce {
        Announce { mdns: true, name: String::new() }
    }
}
