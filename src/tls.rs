//! TLS: certificates, the CA, the certificate manager, pins, and the client's side of a connection. Only this folder and `gateway/handshake.rs` know rustls.

mod authority;
mod certificates;
mod certified;
mod clients;
mod connecting;
mod dangerous;
mod error;
mod machine;
mod manager;
mod pin;
mod purpose;
mod signatures;

use std::path::Path;
use std::sync::Arc;

use rustls::ConnectionCommon;

pub use authority::create_authority;
pub(crate) use authority::{ClientKeyPair, Files, is_public_key};
use certificates::read_pem;
pub(crate) use certificates::{Certificate, key_in};

use crate::failure::Context;
pub(crate) use certified::check;
pub(crate) use clients::{ClientAuth, ClientKeyVerifier, Registered};
pub use connecting::{Identity, Trust, connect};
pub(crate) use connecting::{Successor, connect_as, explain};
use error::unusable;
pub(crate) use error::{Error, ErrorKind, HandshakeError, ManagerError, Result, handshake_error};
pub use machine::{Machine, Names};
pub(crate) use manager::run;
pub use manager::{CertificateManager, Rotation};
pub(crate) use purpose::{Purpose, purposes};

/// The ALPN protocol of the line protocol. A client may also offer none.
pub(crate) const ALPN: &[u8] = b"livegate/1";
/// The ALPN protocol of `livegate mcp`.
pub(crate) const MCP_ALPN: &[u8] = b"livegate-mcp/1";
/// The label of the keying material that both ends export for pairing (RFC 8446, 7.5).
const EXPORTER_LABEL: &[u8] = b"EXPORTER-livegate-pairing";

pub(crate) fn exporter<Data>(connection: &ConnectionCommon<Data>) -> std::io::Result<[u8; 32]> {
    connection.export_keying_material([0; 32], EXPORTER_LABEL, None).map_err(std::io::Error::other)
}

/// The pin of the CA in a PEM file.
pub fn pin_of(path: &Path) -> Result<[u8; 32]> {
    let certificates = read_pem(path)?;
    Ok(key_in(&certificates[0]).with_context(|| format!("{} is not a CA certificate", path.display()))?)
}

/// What clients need to recognise a listener.
pub struct ListenerIdentity {
    /// The SHA-256 of its CA's public key (SubjectPublicKeyInfo).
    pub pin: [u8; 32],
    /// The names and addresses in its certificate.
    pub names: Vec<String>,
}

impl ListenerIdentity {
    /// `None` if the chain has no CA: a leaf cannot be pinned, because it is renewed.
    pub fn of(certificates: &[Certificate]) -> Option<ListenerIdentity> {
        let (leaf, others) = certificates.split_first()?;
        let authority = others.iter().find(|certificate| certificate.is_authority)?;
        Some(ListenerIdentity { pin: authority.key, names: leaf.names.clone() })
    }
}

/// Reads the pin and the names from a listener's certificate file.
pub fn shown(path: &Path) -> Result<ListenerIdentity> {
    ListenerIdentity::of(&certificates(path)?).ok_or_else(|| {
        unusable(format!(
            "{} has no CA certificate after the leaf, which devices need to recognise the gateway",
            path.display()
        ))
    })
}

/// Reads the certificates in a PEM file, the leaf first.
pub fn certificates(path: &Path) -> Result<Vec<Certificate>> {
    let context = || format!("{} holds an invalid certificate", path.display());
    read_pem(path)?.iter().map(|der| Ok(Certificate::read(der).with_context(context)?)).collect()
}

pub(crate) fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

#[cfg(test)]
mod tests;
