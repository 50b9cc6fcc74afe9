//! The source of a connection: the network of its address, because a client that has one address of a network may have all of them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use crate::config;

/// A network of the configured size. Limits and penalties of all its addresses are shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source(IpNet);

impl Source {
    /// The source of an address. IPv4-mapped IPv6 addresses count as IPv4, so that a client has one source.
    pub fn of(address: IpAddr, config: &config::Sources) -> Source {
        let address = address.to_canonical();
        let prefix = if address.is_ipv4() { config.ipv4_prefix } else { config.ipv6_prefix };
        Source(IpNet::new(address, prefix).expect("the configuration is checked").trunc())
    }

    /// The source of an address that counts by itself.
    pub fn alone(address: IpAddr) -> Source {
        Source(IpNet::from(address.to_canonical()))
    }

    /// All sources of a family together, for when there are too many to count separately.
    pub fn any(is_ipv4: bool) -> Source {
        let address: IpAddr = if is_ipv4 { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        Source(IpNet::new(address, 0).expect("no prefix is a prefix"))
    }

    pub fn is_ipv4(&self) -> bool {
        self.0.addr().is_ipv4()
    }
}

/// Whether an address belongs to one of these networks.
pub fn is_within(address: IpAddr, networks: &[IpNet]) -> bool {
    networks.iter().any(|network| network.contains(&address.to_canonical()))
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() { self.0.addr().fmt(out) } else { self.0.fmt(out) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_one_prefix_are_one_source() {
        let config = config::Sources::default();
        for (address, source) in [
            ("127.0.0.2", "127.0.0.2"),
            ("::ffff:127.0.0.2", "127.0.0.2"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ] {
            assert_eq!(Source::of(address.parse().expect("an address"), &config).to_string(), source);
        }
        let wider = config::Sources { ipv4_prefix: 24, ..config };
        assert_eq!(Source::of([10, 0, 7, 9].into(), &wider).to_string(), "10.0.7.0/24");
    }

    #[test]
    fn an_exempt_network_counts_in_both_families() {
        let exempt = config::Sources::default().exempt;
        for (address, expected) in [("127.9.9.9", true), ("::ffff:127.0.0.1", true), ("::1", true), ("10.0.0.1", false)]
        {
            assert_eq!(is_within(address.parse().expect("an address"), &exempt), expected, "{address}");
        }
    }
}
