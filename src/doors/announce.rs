//! Announces the gateway on the LAN (DNS-SD over multicast DNS, RFC 6763 and 6762) while it serves other machines.
//!
//! The announcement contains only what every program that connects to the port learns: name, port, and a prefix of the pin, to compare with a known pin. It
//! is not authenticated: a device trusts only the pin or the code that it was given.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use mdns_sd::{IfKind, ServiceDaemon, ServiceInfo};

use super::{ErrorKind, Result};
use crate::config;
use crate::failure::Context;

const SERVICE: &str = "_livegate._tcp.local.";
/// The bytes of the announced prefix: enough to distinguish gateways, too few to replace the pin.
const PIN_BYTES: usize = 8;
const WITHDRAWAL_WAIT: Duration = Duration::from_secs(1);

/// An announcement, in force until it is withdrawn.
pub struct Announcement {
    daemon: ServiceDaemon,
    full_name: String,
    config: config::Announce,
    listeners: Vec<SocketAddr>,
    host: String,
}

impl Announcement {
    /// Announce the first listener that other machines can reach, if there is one and announcing is enabled. The library answers queries on its own
    /// thread.
    pub fn begin(
        config: &config::Announce,
        listeners: &[SocketAddr],
        host: &str,
        pin: [u8; 32],
    ) -> Result<Option<Announcement>> {
        let Some(service) = service(config, listeners, host, pin)? else { return Ok(None) };
        let daemon = ServiceDaemon::new().context("cannot start multicast DNS")?;
        daemon.disable_interface(vec![IfKind::LoopbackV4, IfKind::LoopbackV6])?;
        let full_name = service.get_fullname().to_owned();
        daemon.register(service).context("cannot announce the gateway")?;
        let config = config.clone();
        let listeners = listeners.to_vec();
        let host = host.to_owned();
        Ok(Some(Announcement { daemon, full_name, config, listeners, host }))
    }

    pub fn full_name(&self) -> &str {
        &self.full_name
    }

    /// Announce another pin instead of the current one.
    pub fn announce_pin(&self, pin: [u8; 32]) -> Result<()> {
        let service = service(&self.config, &self.listeners, &self.host, pin)?.ok_or(ErrorKind::NothingToAnnounce)?;
        Ok(self.daemon.register(service).context("cannot announce the gateway")?)
    }

    /// Withdraw the announcement, so that clients do not look for a stopped gateway.
    pub async fn end(self) {
        // Clients that miss the withdrawal drop the gateway when its record expires.
        if let Ok(said) = self.daemon.unregister(&self.full_name) {
            let _ = tokio::time::timeout(WITHDRAWAL_WAIT, said.recv_async()).await;
        }
        let _ = self.daemon.shutdown();
    }
}

/// The service record to announce.
fn service(
    config: &config::Announce,
    listeners: &[SocketAddr],
    host: &str,
    pin: [u8; 32],
) -> Result<Option<ServiceInfo>> {
    let Some(listener) = listeners.iter().find(|listener| !listener.ip().is_loopback()) else { return Ok(None) };
    if !config.mdns {
        return Ok(None);
    }
    let label = host.split('.').next().filter(|label| !label.is_empty()).unwrap_or("livegate");
    let name = if config.name.is_empty() { label } else { &config.name };
    let about = [("protocol", "1".to_owned()), ("pin", hex::encode(&pin[..PIN_BYTES]))];
    let addresses: Vec<IpAddr> = Some(listener.ip()).filter(|ip| !ip.is_unspecified()).into_iter().collect();
    let is_any = addresses.is_empty();
    let host = format!("{label}.local.");
    let service = ServiceInfo::new(SERVICE, name, &host, &addresses[..], listener.port(), &about[..])
        .context("cannot announce the gateway")?;
    Ok(Some(if is_any { service.enable_addr_auto() } else { service }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announced(config: &config::Announce, listener: &str) -> Option<ServiceInfo> {
        let listeners = ["127.0.0.1:9443".parse().expect("an address"), listener.parse().expect("an address")];
        service(config, &listeners, "studio.lan", [0xab; 32]).expect("a service that can be announced")
    }

    /// Promise: A paired device authenticates its gateway
    #[test]
    fn only_name_port_and_pin_prefix_are_announced() {
        let service = announced(&config::Announce::default(), "0.0.0.0:9444").expect("an announcement");
        assert_eq!(service.get_fullname(), "studio._livegate._tcp.local.");
        assert_eq!((service.get_hostname(), service.get_port()), ("studio.local.", 9444));
        assert!(service.is_addr_auto());
        let announced: Vec<String> = service.get_properties().iter().map(ToString::to_string).collect();
        assert_eq!(announced, ["protocol=1", "pin=abababababababab"]);
    }

    #[test]
    fn the_configured_name_and_address_are_announced() {
        let config = config::Announce { name: "Mia's Studio".into(), ..config::Announce::default() };
        let service = announced(&config, "192.168.1.7:9443").expect("an announcement");
        assert_eq!(service.get_fullname(), "Mia's Studio._livegate._tcp.local.");
        assert!(!service.is_addr_auto());
        assert_eq!(
            service.get_addresses_v4().into_iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["192.168.1.7"]
        );
    }

    /// Promise: A paired device authenticates its gateway
    #[test]
    fn loopback_or_disabled_listeners_are_not_announced() {
        assert!(announced(&config::Announce::default(), "[::1]:9443").is_none());
        let off = config::Announce { mdns: false, ..config::Announce::default() };
        assert!(announced(&off, "0.0.0.0:9443").is_none());
    }
}
