//! A client that knows its gateway by the SHA-256 of the CA's public key: the CA that the server shows is taken if its key fits.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WantsClientCert, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ConfigBuilder, DigitallySignedStruct, Error, RootCertStore, SignatureScheme, WantsVerifier,
};

use super::certificates::key_in;

pub fn client_config(
    builder: ConfigBuilder<ClientConfig, WantsVerifier>,
    pin: [u8; 32],
    provider: Arc<CryptoProvider>,
) -> ClientConfig {
    let verifier = Arc::new(PinVerifier { pin, provider });
    let builder: ConfigBuilder<ClientConfig, WantsClientCert> =
        builder.dangerous().with_custom_certificate_verifier(verifier);
    builder.with_no_client_auth()
}

/// Finds the pinned CA in what the server shows, then leaves everything else to the ordinary verifier.
#[derive(Debug)]
struct PinVerifier {
    pin: [u8; 32],
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for PinVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let fits = |shown: &&CertificateDer<'_>| {
            key_in(shown).is_ok_and(|pin| verify_slices_are_equal(&pin, &self.pin).is_ok())
        };
        let authority = intermediates.iter().find(fits);
        let authority = authority.ok_or_else(|| Error::General("the server's CA is not the pinned one".into()))?;
        let mut roots = RootCertStore::empty();
        roots.add(authority.clone().into_owned())?;
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), self.provider.clone())
            .build()
            .map_err(|error| Error::General(error.to_string()))?
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.2 is not spoken here".into()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
