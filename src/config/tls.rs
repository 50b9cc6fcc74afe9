//! What is served over TLS, and with which certificates.

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
    /// Nobody is asked for one.
    Off,
    /// Whoever shows a good one is signed in by it.
    Optional,
    /// Whoever shows none is not let in.
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
