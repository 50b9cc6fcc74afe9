//! Parsing of X.509 certificates.

use std::net::IpAddr;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::{Serialize, Serializer};
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::X509Certificate;

use super::error::{Result, unusable};
use super::machine::Names;
use crate::failure::Context;
use crate::platform::clock;

#[derive(Clone, Debug, Serialize)]
pub struct Certificate {
    pub subject: String,
    pub issuer: String,
    pub is_authority: bool,
    /// In Unix time.
    #[serde(serialize_with = "as_time")]
    pub not_before: i64,
    #[serde(serialize_with = "as_time")]
    pub not_after: i64,
    /// The names and addresses of its holder.
    pub names: Vec<String>,
    /// The SHA-256 of its public key (SubjectPublicKeyInfo).
    #[serde(serialize_with = "as_hex")]
    pub key: [u8; 32],
    /// The key identifiers of its own key and of its issuer's.
    #[serde(skip)]
    key_id: Option<Vec<u8>>,
    #[serde(skip)]
    issuer_key_id: Option<Vec<u8>>,
}

fn as_time<S: Serializer>(unix_seconds: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&clock::rfc3339(*unix_seconds))
}

fn as_hex<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex::encode(bytes))
}

impl Certificate {
    pub fn read(der: &[u8]) -> Result<Certificate> {
        let (_, certificate) = x509_parser::parse_x509_certificate(der)?;
        let alternatives = certificate.subject_alternative_name()?;
        let names = alternatives.iter().flat_map(|names| &names.value.general_names).filter_map(name_of).collect();
        let validity = certificate.validity();
        Ok(Certificate {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            is_authority: certificate.is_ca(),
            not_before: validity.not_before.timestamp(),
            not_after: validity.not_after.timestamp(),
            names,
            key: key_of(&certificate),
            key_id: key_id(&certificate),
            issuer_key_id: issuer_key_id(&certificate),
        })
    }

    /// Whether issuer and key identifier of the other certificate name this one. It proves nothing: see `has_signed`.
    pub fn claims_to_have_issued(&self, other: &Certificate) -> bool {
        self.key_id.is_some() && self.key_id == other.issuer_key_id && self.subject == other.issuer
    }

    /// When it is due for renewal: at two thirds of its lifetime, in Unix time.
    pub fn renewal_at(&self) -> i64 {
        self.not_before + (self.not_after - self.not_before) / 3 * 2
    }
}

fn name_of(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => address_of(bytes).map(|address| address.to_string()),
        _ => None,
    }
}

fn address_of(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from),
        _ => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
    }
}

fn key_of(certificate: &X509Certificate<'_>) -> [u8; 32] {
    digest(&SHA256, certificate.public_key().raw).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

fn key_id(certificate: &X509Certificate<'_>) -> Option<Vec<u8>> {
    certificate.iter_extensions().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectKeyIdentifier(id) => Some(id.0.to_vec()),
        _ => None,
    })
}

fn issuer_key_id(certificate: &X509Certificate<'_>) -> Option<Vec<u8>> {
    certificate.iter_extensions().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(id) => id.key_identifier.as_ref().map(|id| id.0.to_vec()),
        _ => None,
    })
}

/// The SHA-256 of a certificate's SubjectPublicKeyInfo, as `openssl pkey -pubin -outform DER` writes it.
pub fn key_in(certificate: &[u8]) -> Result<[u8; 32]> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate)?;
    Ok(key_of(&parsed))
}

/// Verifies that a CA's key signed another certificate.
pub fn has_signed(ca: &[u8], other: &[u8]) -> bool {
    let (Ok((_, ca)), Ok((_, other))) =
        (x509_parser::parse_x509_certificate(ca), x509_parser::parse_x509_certificate(other))
    else {
        return false;
    };
    ca.is_ca() && other.verify_signature(Some(ca.public_key())).is_ok()
}

/// The names that a CA's name constraints permit (RFC 5280, 4.2.1.10). Clients refuse a leaf with any other name.
pub fn permitted_by(ca: &[u8], names: &Names) -> Result<Names> {
    let (_, certificate) = x509_parser::parse_x509_certificate(ca)?;
    let constraints = certificate.name_constraints()?;
    let Some(permitted) = constraints.and_then(|constraints| constraints.value.permitted_subtrees.as_ref()) else {
        return Ok(names.clone());
    };
    let bases: Vec<&GeneralName<'_>> = permitted.iter().map(|subtree| &subtree.base).collect();
    Ok(Names {
        hosts: names
            .hosts
            .iter()
            .filter(|host| bases.iter().any(|base| holds_host(base, host.as_str())))
            .cloned()
            .collect(),
        addresses: names
            .addresses
            .iter()
            .filter(|ip| bases.iter().any(|base| holds_address(base, ip)))
            .copied()
            .collect(),
    })
}

fn holds_host(base: &GeneralName<'_>, host: &str) -> bool {
    match base {
        GeneralName::DNSName(base) => {
            host.strip_suffix(*base).is_some_and(|left| left.is_empty() || left.ends_with('.'))
        }
        _ => false,
    }
}

/// An address and a mask of the same length.
fn holds_address(base: &GeneralName<'_>, address: &IpAddr) -> bool {
    let bytes = match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    };
    match base {
        GeneralName::IPAddress(network) if network.len() == 2 * bytes.len() => {
            let (network, mask) = network.split_at(bytes.len());
            bytes.iter().zip(network).zip(mask).all(|((byte, network), mask)| byte & mask == network & mask)
        }
        _ => false,
    }
}

pub fn read_pem(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(parse_pem(&text).with_context(|| format!("cannot use {}", path.display()))?)
}

pub fn parse_pem(text: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(text).collect::<Result<_, _>>().context("it is not PEM")?;
    if chain.is_empty() { Err(unusable("it contains no certificate")) } else { Ok(chain) }
}
