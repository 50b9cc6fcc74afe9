//! Failures of handshakes, of the certificate manager, and of certificates and keys.

use std::borrow::Cow;
use std::{fmt, io};

use rustls::{CertificateError, OtherError};
use x509_parser::error::X509Error;
use x509_parser::nom;

use crate::failure::{Failure, convert};
use crate::platform;

pub type Error = Failure<ErrorKind>;
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a certificate, a key or a TLS connection cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    #[error(transparent)]
    File(#[from] platform::ErrorKind),
    #[error(transparent)]
    Pem(#[from] rustls::pki_types::pem::Error),
    /// DER that is no certificate.
    #[error(transparent)]
    Der(#[from] nom::Err<X509Error>),
    #[error(transparent)]
    X509(#[from] X509Error),
    /// A certificate or key cannot be made.
    #[error(transparent)]
    Making(#[from] rcgen::Error),
    #[error(transparent)]
    Time(#[from] time::error::ComponentRange),
    #[error(transparent)]
    Rustls(#[from] rustls::Error),
    #[error(transparent)]
    Name(#[from] rustls::pki_types::InvalidDnsNameError),
    /// The sentence says why it cannot be used and what to do.
    #[error("{0}")]
    Unusable(Cow<'static, str>),
}

convert! {
    ErrorKind {
        File: io::Error;
    } failures platform::Error
}

pub(super) fn unusable(why: impl Into<Cow<'static, str>>) -> Error {
    ErrorKind::Unusable(why.into()).into()
}

/// The error of rustls in the error of a stream. tokio-rustls hands it over boxed in an `io::Error`: a downcast is its API's way.
pub(super) fn of_rustls(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// Carries a key that was revoked or has expired from the verifier of client certificates through rustls, which hands a verifier's own
/// error back boxed in `Other`.
#[derive(Debug, thiserror::Error)]
#[error("{}", ENDED_KEY)]
pub(super) struct EndedKey(pub [u8; 32]);

/// Why a handshake failed, from the error of an accepting stream.
pub(crate) fn handshake_error(error: io::Error) -> HandshakeError {
    match of_rustls(&error) {
        Some(rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(why)))) => {
            match why.downcast_ref::<EndedKey>() {
                Some(&EndedKey(key)) => HandshakeError::EndedKey(key),
                None => HandshakeError::Failed(error),
            }
        }
        Some(rustls::Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)) => {
            HandshakeError::UnregisteredKey
        }
        Some(rustls::Error::NoCertificatesPresented) => HandshakeError::NoCertificate,
        _ => HandshakeError::Failed(error),
    }
}

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
            HandshakeError::EndedKey(_) => ENDED_KEY,
            HandshakeError::UnregisteredKey => "the key of its certificate is not registered",
            HandshakeError::NoCertificate => "it presents no client certificate",
            HandshakeError::Failed(error) => return error.fmt(out),
        })
    }
}

impl std::error::Error for HandshakeError {}

const ENDED_KEY: &str = "the key of its certificate was revoked or has expired";

/// Why the certificate manager did not do what the owner requested.
#[derive(Debug)]
pub enum ManagerError {
    /// The certificates on disk, or the given key, do not allow it; the sentence says why and what to do.
    Refused(&'static str),
    /// A file could not be read or written, or holds no usable certificate.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for ManagerError {
    fn from(error: E) -> ManagerError {
        ManagerError::Failed(error.into())
    }
}
