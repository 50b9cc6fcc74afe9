//! A certificate and its key on disk, and whether they can be used together.

use std::path::Path;

use aws_lc_rs::digest;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::CertifiedKey;
use secrecy::{ExposeSecret, SecretString};

use super::certificates::{Certificate, parse_pem};
use super::error::Result;
use super::provider;
use crate::failure::Context;
use crate::platform;

pub struct CertifiedKeyFiles {
    certificate: Vec<u8>,
    pub key: SecretString,
}

impl CertifiedKeyFiles {
    pub fn read(certificate: &Path, key: &Path) -> Result<CertifiedKeyFiles> {
        let text = std::fs::read(certificate).with_context(|| format!("cannot read {}", certificate.display()))?;
        Ok(CertifiedKeyFiles { certificate: text, key: platform::read_secret(key)? })
    }

    /// Read the key only to determine its origin, not to use it. A missing certificate matches no key.
    pub fn read_even_if_public(certificate: &Path, key: &Path) -> Result<CertifiedKeyFiles> {
        let text = std::fs::read_to_string(key).with_context(|| format!("cannot read {}", key.display()))?;
        let certificate = std::fs::read(certificate).unwrap_or_default();
        Ok(CertifiedKeyFiles { certificate, key: SecretString::from(text.trim_end().to_owned()) })
    }

    /// Parses both, and checks that they match.
    pub fn check(&self) -> Result<(CertifiedKey, Certificate)> {
        let chain = parse_pem(&self.certificate).context("cannot use the certificate")?;
        let leaf = Certificate::read(&chain[0]).context("cannot use the certificate")?;
        let key = PrivateKeyDer::from_pem_slice(self.key.expose_secret().as_bytes());
        let key = key.context("the key must be a private key in PEM")?;
        let certified = CertifiedKey::from_der(chain, key, &provider());
        Ok((certified.context("certificate and key do not match")?, leaf))
    }

    pub fn digest(&self) -> digest::Digest {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(&self.certificate);
        context.update(self.key.expose_secret().as_bytes());
        context.finish()
    }
}

pub fn digest_of(key: &SecretString) -> digest::Digest {
    digest::digest(&digest::SHA256, key.expose_secret().as_bytes())
}

/// Whether a certificate and its key can be used together.
pub fn check(certificate: &Path, key: &Path) -> Result<()> {
    CertifiedKeyFiles::read(certificate, key)?.check().map(|_| ())
}
