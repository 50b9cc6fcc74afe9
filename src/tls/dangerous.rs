//! A verifier that accepts any server certificate: for pairing by code, where both ends authenticate each other over the connection.

use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::client::danger::{ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ConfigBuilder, Error, WantsVerifier};

use super::signatures::tls13_signatures_only;

/// Accept any server that proves to hold the key of the certificate it sends.
pub fn accept_any_server(
    builder: ConfigBuilder<ClientConfig, WantsVerifier>,
    provider: Arc<CryptoProvider>,
) -> ConfigBuilder<ClientConfig, WantsClientCert> {
    builder.dangerous().with_custom_certificate_verifier(Arc::new(AnyServerVerifier { provider }))
}

/// Checks no certificate, only that the server holds its key.
#[derive(Debug)]
struct AnyServerVerifier {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyServerVerifier {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    tls13_signatures_only!();
}
