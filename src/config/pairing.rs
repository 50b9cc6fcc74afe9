//! Settings for pairing, and for the announcement on the LAN.

use serde::Deserialize;

use super::error::{Result, refused};

/// A label of a DNS name (RFC 1035, 2.3.4).
const NAME_BYTES_MAX: usize = 63;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pairing {
    /// Lifetime of an offer, which admits one device.
    pub offer_ttl_s: u64,
    /// Attempts at its code, from all addresses together; its link stays valid.
    pub tries_max: u32,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Announce {
    /// Announce _livegate._tcp with name, port and the first digits of the pin.
    pub mdns: bool,
    /// The name that people see; empty: this machine's name.
    pub name: String,
}

impl Default for Pairing {
    fn default() -> Pairing {
        Pairing { offer_ttl_s: 300, tries_max: 5 }
    }
}

impl Default for Announce {
    fn default() -> Announce {
        Announce { mdns: true, name: String::new() }
    }
}

impl Announce {
    pub(super) fn check(&self) -> Result<()> {
        let is_name = self.name.len() <= NAME_BYTES_MAX && !self.name.chars().any(char::is_control);
        if !is_name {
            return Err(refused(format!(
                "announce.name has at most {NAME_BYTES_MAX} bytes, none of them control characters"
            )));
        }
        Ok(())
    }
}
