//! Settings for TLS: listeners and certificates.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use serde::Deserialize;

use super::Subject;

/// Settings for TLS.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// Such as `["0.0.0.0:9443"]`; `livegate init --lan` sets it.
    pub listen: Vec<SocketAddr>,
    /// PEM, the leaf first.
    pub certificate: PathBuf,
    /// PEM; only its owner may be able to read it.
    pub key: PathBuf,
    /// Additional DNS names for the certificate, without wildcards; localhost and the host name are always included.
    pub names: Vec<Subject>,
    /// Additional IP addresses for the certificate, such as that of a router that forwards connections; private ones are always included.
    pub addresses: Vec<IpAddr>,
    /// Interval between checks for renewal and for replaced files.
    pub check_ms: u64,
    /// Off; optional: a registered certificate signs its user in; required: the handshake fails without one.
    pub client_certificates: ClientCertificates,
}

/// Whether clients may or must present a certificate of their own.
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
    pub(crate) fn asks_for_client_certificates(&self) -> bool {
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
