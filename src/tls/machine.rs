//! This machine's names and addresses, and which of them its certificate must have.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::config::{self, HostName, Subject};

/// The host name and addresses that the system reports now.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// The host name, as the system reports it.
    pub host: String,
    /// The addresses of all network interfaces.
    pub addresses: Vec<IpAddr>,
}

/// The names and addresses of a certificate's holder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// DNS names.
    pub hosts: BTreeSet<HostName>,
    /// IP addresses.
    pub addresses: BTreeSet<IpAddr>,
}

/// More addresses than a usual machine has. On a host with more (such as one of containers), those in `tls.addresses` come first.
const ADDRESSES_MAX: usize = 64;

impl Machine {
    /// The machine that this process runs on.
    pub fn this() -> Machine {
        let addresses = if_addrs::get_if_addrs().unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot read this machine's addresses; the certificate has only those in tls.addresses");
            Vec::new()
        });
        Machine {
            host: gethostname::gethostname().to_string_lossy().to_lowercase(),
            addresses: addresses.iter().map(if_addrs::Interface::ip).collect(),
        }
    }

    /// The names and addresses by which clients reach the listeners: those of the configuration, and those of the system.
    pub fn names(&self, config: &config::Tls) -> Names {
        let mut names = Names::new(["localhost"], []);
        names.addresses.extend(&config.addresses);
        for subject in config.names.iter().cloned() {
            match subject {
                Subject::Host(host) => _ = names.hosts.insert(host),
                Subject::Address(address) => _ = names.addresses.insert(address),
            }
        }
        if config.listen.iter().any(|address| !address.ip().is_loopback()) {
            names.hosts.extend(self.hosts());
        }
        for listener in &config.listen {
            let left = ADDRESSES_MAX.saturating_sub(names.addresses.len());
            names.addresses.extend(self.behind(listener).take(left));
        }
        names
    }

    /// A machine named `studio` is reached as `studio`, or by multicast DNS as `studio.local`.
    fn hosts(&self) -> impl Iterator<Item = HostName> {
        let first = self.host.split('.').next().unwrap_or_default();
        let all = [self.host.clone(), first.to_owned(), format!("{first}.local")];
        // A system accepts host names that a certificate cannot have.
        all.into_iter().filter_map(|name| name.parse().ok())
    }

    /// The addresses that a listener can be reached by.
    fn behind(&self, listener: &SocketAddr) -> impl Iterator<Item = IpAddr> {
        let ip = listener.ip();
        let loopback: &[IpAddr] = match ip {
            _ if !ip.is_unspecified() => &[],
            IpAddr::V4(_) => &[IpAddr::V4(Ipv4Addr::LOCALHOST)],
            // An IPv6 listener also accepts IPv4 where the system enables that.
            IpAddr::V6(_) => &[IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)],
        };
        let own = Some(ip).filter(|ip| !ip.is_unspecified());
        let reaches = move |address: &&IpAddr| ip.is_unspecified() && (ip.is_ipv6() || address.is_ipv4());
        let found = self.addresses.iter().filter(reaches).filter(|address| is_private(address));
        own.into_iter().chain(loopback.iter().copied()).chain(found.copied())
    }
}

/// Whether the certificate includes this address even if it is not in `tls.addresses`.
fn is_private(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_loopback() || v6.is_unicast_link_local(),
    }
}

impl Names {
    /// These names and addresses. Panics if a name is not a valid DNS name, so it is for constants only.
    pub fn new<const H: usize, const A: usize>(hosts: [&str; H], addresses: [IpAddr; A]) -> Names {
        let host = |name: &str| name.parse().expect("a valid name");
        Names { hosts: hosts.map(host).into(), addresses: addresses.into() }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = String> {
        self.hosts.iter().map(HostName::to_string).chain(self.addresses.iter().map(IpAddr::to_string))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names and addresses of a machine called Studio behind a listener.
    fn names(listen: &str, configured: &[&str]) -> Vec<String> {
        let addresses = ["127.0.0.1", "192.168.1.7", "203.0.113.9", "fe80::7", "2001:db8::7"];
        let addresses = addresses.iter().map(|address| address.parse().expect("an address")).collect();
        let machine = Machine { host: "studio.lan".into(), addresses };
        let listen = vec![listen.parse().expect("an address")];
        let names = configured.iter().map(|name| name.parse().expect("a name")).collect();
        machine.names(&config::Tls { listen, names, ..config::Tls::default() }).all().collect()
    }

    #[test]
    fn a_wildcard_listener_has_every_name_and_address() {
        let expected = ["localhost", "studio", "studio.lan", "studio.local", "127.0.0.1", "192.168.1.7"];
        assert_eq!(names("0.0.0.0:9443", &[]), expected);
        let expected = [&expected[..], &["::1", "fe80::7"]].concat();
        assert_eq!(names("[::]:9443", &[]), expected);
    }

    #[test]
    fn a_bound_listener_has_its_one_address() {
        assert_eq!(names("127.0.0.1:9443", &["gate.example"]), ["gate.example", "localhost", "127.0.0.1"]);
        let given = ["Büro.local.", "192.168.1.20"];
        assert_eq!(names("127.0.0.1:9443", &given), ["localhost", "xn--bro-hoa.local", "127.0.0.1", "192.168.1.20"]);
        let expected = ["localhost", "studio", "studio.lan", "studio.local", "203.0.113.9"];
        assert_eq!(names("203.0.113.9:9443", &[]), expected);
    }
}
