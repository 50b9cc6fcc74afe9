//! Failures of handshakes and of the certificate manager.

use std::{fmt, io};

/// Why a client's handshake failed.
#[derive(Debug)]
pub enum HandshakeError {
    /// The client proved that it holds this registered key (SHA-256 of its SubjectPublicKeyInfo), which was revoked or has expired.
    EndedKey([u8; 32]),
    /// The key of the client's certificate is not registered.
    UnregisteredKey,
    /// Client certificates are required, and the client sent none.
    NoCertificate,
    Failed(io::Error),
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            HandshakeError::EndedKey(_) => "the key of its certificate was revoked or has expired",
            HandshakeError::UnregisteredKey => "the key of its certificate is not registered",
            HandshakeError::NoCertificate => "it shows no client certificate",
            HandshakeError::Failed(error) => return error.fmt(out),
        })
    }
}

impl std::error::Error for HandshakeError {}

/// Why the certificate manager did not do what the owner requested.
#[derive(Debug)]
pub enum ManagerError {
    /// The certificates on disk, or the given key, do not allow it; the sentence says why and what to do.
    Refused(&'static str),
    /// A file could not be read or written, or holds no usable certificate.
    Failed(anyhow::Error),
}

impl From<anyhow::Error> for ManagerError {
    fn from(error: anyhow::Error) -> ManagerError {
        ManagerError::Failed(error)
    }
}
