//! Settings for TLS: listeners and certificates.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use serde::Deserialize;

use super::Subject;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    pub listen: Vec<SocketAddr>,
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub names: Vec<Subject>,
    pub addresses: Vec<IpAddr>,
    pub check_ms: u64,
    pub client_certificates: ClientCertificates,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientCertificates {
    /// Clients are asked for no certificate.
    Off,
    /// A registered certificate signs its user in.
    Optional,
    /// The handshake fails without a registered certificate.
    Required,
}

impl Tls {
    pub fn asks_for_client_certificates(&self) -> bool {
        self.client_certificates != ClientCertificates::Off
    }
}

impl Default for Tls {
    fn default() -> Tls {
        Tls {
            listen: Vec::new(),
            certificate: "tls/server.pem".into(),
            key: "tls/server.key".into(),
            names: Vec::new(),
            addresses: Vec::new(),
            check_ms: 60_000,
            client_certificates: ClientCertificates::Off,
        }
    }
}
