//! Client certificates (mutual TLS): a client is identified by its registered key; the issuer of its certificate does not matter.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError};

use super::certificates::key_in;
use super::error::EndedKey;
use super::signatures::tls13_only;
use crate::identity::Registration;

/// Looks up a client's key by the SHA-256 of its SubjectPublicKeyInfo.
pub type Registered = dyn Fn(&[u8; 32]) -> Registration + Send + Sync;

/// Accepts a client that proves to hold a registered key. Revocation is by key, so no revocation list is needed, and a client
/// certificate stays valid when the CA is rotated.
pub struct ClientKeyVerifier {
    pub registered: Box<Registered>,
    pub client_auth: ClientAuth,
    pub provider: Arc<CryptoProvider>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    Optional,
    Required,
}

impl fmt::Debug for ClientKeyVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ClientKeyVerifier").field("client_auth", &self.client_auth).finish_non_exhaustive()
    }
}

impl ClientCertVerifier for ClientKeyVerifier {
    fn client_auth_mandatory(&self) -> bool {
        self.client_auth == ClientAuth::Required
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
            // A certificate is public. A revoked one is refused only after the client proved to hold its key, so that the refusal
            // is attributed to that device.
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
