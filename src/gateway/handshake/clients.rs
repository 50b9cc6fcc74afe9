//! Clients with certificates (mutual TLS): a client's key counts, and what is known of it; who signed its certificate does not.

use std::sync::Arc;
use std::{fmt, io};

use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DistinguishedName, Error};

use super::certificates::key_in;
use super::signatures::tls13_signatures_only;

/// Whether a client's key, by the SHA-256 of its SubjectPublicKeyInfo, is good now.
pub type IsGood = dyn Fn(&[u8; 32]) -> bool + Send + Sync;

/// Lets in whoever proves to hold a key that is good now. Revoking is by key, so it takes no list of certificates, and a CA that was
/// replaced leaves no device behind.
pub struct KeyVerifier {
    pub is_good: Box<IsGood>,
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
        match (self.is_good)(&key) {
            true => Ok(ClientCertVerified::assertion()),
            false => Err(CertificateError::ApplicationVerificationFailure.into()),
        }
    }

    tls13_signatures_only!();
}

/// What the trail is told of a client whose certificate was not taken.
pub fn explain(error: io::Error) -> io::Error {
    let why = error.get_ref().and_then(|error| error.downcast_ref::<Error>());
    match why {
        Some(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)) => {
            io::Error::other("the key of its certificate is not registered, or no longer good")
        }
        Some(Error::NoCertificatesPresented) => io::Error::other("it shows no client certificate"),
        _ => error,
    }
}
