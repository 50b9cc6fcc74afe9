//! Pinning: a client accepts the CA in the server's chain whose public key has the pinned SHA-256.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use rustls::client::danger::{ServerCertVerified, ServerCertVerifier};
use rustls::client::{WantsClientCert, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ConfigBuilder, Error, RootCertStore, WantsVerifier};

use super::certificates::key_in;
use super::signatures::tls13_signatures_only;

pub fn verifying(
    builder: ConfigBuilder<ClientConfig, WantsVerifier>,
    pin: [u8; 32],
    provider: Arc<CryptoProvider>,
) -> ConfigBuilder<ClientConfig, WantsClientCert> {
    builder.dangerous().with_custom_certificate_verifier(Arc::new(PinVerifier { pin, provider }))
}

/// Finds the pinned CA in the server's chain, and delegates everything else to the WebPKI verifier.
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
        let authority = authority.ok_or_else(|| Error::General("the server's CA is not the pinned one: it is another server, or its CA was replaced; compare the output of livegate cert show on its machine".into()))?;
        let mut roots = RootCertStore::empty();
        roots.add(authority.clone().into_owned())?;
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), self.provider.clone())
            .build()
            .map_err(|error| Error::General(error.to_string()))?
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    tls13_signatures_only!();
}
