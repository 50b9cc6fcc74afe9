//! Clients with certificates (mutual TLS): a client's key counts, and what is known of it; who signed its certificate does not.

use std::sync::Arc;
use std::{fmt, io};

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError};

use super::certificates::key_in;
use super::signatures::tls13_only;
use crate::identity::Registration;

/// What is known now of a client's key, by the SHA-256 of its SubjectPublicKeyInfo.
pub type Registered = dyn Fn(&[u8; 32]) -> Registration + Send + Sync;

/// Lets in whoever proves to hold a key that is good now. Revoking is by key, so it takes no list of certificates, and a CA that was
/// replaced leaves no device behind.
pub struct KeyVerifier {
    pub registered: Box<Registered>,
    /// Whether nobody is let in without.
    pub demand: Demand,
    pub provider: Arc<CryptoProvider>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    Optional,
    Required,
}

impl fmt::Debug for KeyVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("KeyVerifier").field("demand", &self.demand).finish_non_exhaustive()
    }
}

impl ClientCertVerifier for KeyVerifier {
    fn client_auth_mandatory(&self) -> bool {
        self.demand == Demand::Required
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let key = key_in(end_entity).map_err(|_| CertificateError::BadEncoding)?;
        match (self.registered)(&key) {
            // Anybody may show the certificate of a device that was thrown out: first it is to prove that it is that device.
            Registration::Good | Registration::Ended => Ok(ClientCertVerified::assertion()),
            Registration::Unknown => Err(CertificateError::ApplicationVerificationFailure.into()),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        let valid = verify_tls13_signature(message, certificate, signature, algorithms)?;
        let key = key_in(certificate).map_err(|_| CertificateError::BadEncoding)?;
        match (self.registered)(&key) {
            Registration::Good => Ok(valid),
            _ => Err(CertificateError::Other(OtherError(Arc::new(EndedKey(key)))).into()),
        }
    }

    tls13_only!();
}

/// A client has proved to hold a key that was good once.
#[derive(Debug)]
pub struct EndedKey(pub [u8; 32]);

impl fmt::Display for EndedKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the key of its certificate was revoked or has expired")
    }
}

impl std::error::Error for EndedKey {}

/// The key that is no longer good, if a handshake has failed for that alone.
pub fn ended_key(error: &io::Error) -> Option<[u8; 32]> {
    match error.get_ref()?.downcast_ref::<Error>()? {
        Error::InvalidCertificate(CertificateError::Other(OtherError(why))) => {
            why.downcast_ref::<EndedKey>().map(|ended| ended.0)
        }
        _ => None,
    }
}

/// What the trail is told of a client whose certificate was not taken.
pub fn explain(error: io::Error) -> io::Error {
    let why = error.get_ref().and_then(|error| error.downcast_ref::<Error>());
    match why {
        Some(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)) => {
            io::Error::other("the key of its certificate is not registered")
        }
        Some(Error::NoCertificatesPresented) => io::Error::other("it shows no client certificate"),
        _ => error,
    }
}
