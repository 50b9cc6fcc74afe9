//! The certificates of an installation: its own CA, good for this machine's names only, and a leaf signed by it.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints, SanType,
};
use time::{Duration, OffsetDateTime};
use x509_parser::extensions::GeneralName;

use crate::platform;

/// Where an installation's certificates and keys lie.
pub struct Authority {
    pub ca: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Authority {
    pub fn in_dir(dir: &Path) -> Authority {
        Authority { ca: dir.join("ca.pem"), certificate: dir.join("server.pem"), key: dir.join("server.key") }
    }
}

/// What a certificate says of itself.
pub struct Certificate {
    pub is_authority: bool,
    /// In Unix time.
    pub not_before: i64,
    pub not_after: i64,
    /// The names and addresses of its holder.
    pub names: Vec<String>,
}

impl Certificate {
    pub fn read(der: &[u8]) -> Result<Certificate> {
        let (_, certificate) = x509_parser::parse_x509_certificate(der)?;
        let alternatives = certificate.subject_alternative_name()?;
        let names = alternatives.iter().flat_map(|names| &names.value.general_names).filter_map(name_of).collect();
        let validity = certificate.validity();
        Ok(Certificate {
            is_authority: certificate.is_ca(),
            not_before: validity.not_before.timestamp(),
            not_after: validity.not_after.timestamp(),
            names,
        })
    }
}

fn name_of(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|v4| IpAddr::from(v4).to_string()),
            _ => <[u8; 16]>::try_from(*bytes).ok().map(|v6| IpAddr::from(v6).to_string()),
        },
        _ => None,
    }
}

/// Ten years for the CA, which clients pin; 90 days at most for a leaf.
const CA_DAYS: i64 = 3650;
const LEAF_DAYS: i64 = 90;

/// Make a CA for `names` and `addresses`, and a first leaf. The CA's key stays beside them, readable by its owner alone.
pub fn create_authority(dir: &Path, names: &[String], addresses: &[IpAddr]) -> Result<Authority> {
    platform::create_private_dir(dir)?;
    let key = KeyPair::generate().context("cannot make the CA's key")?;
    let params = authority_params(names, addresses)?;
    let certificate = params.self_signed(&key).context("cannot sign the CA's certificate")?;
    let authority = Authority::in_dir(dir);
    platform::write_secret(&dir.join("ca.key"), &key.serialize_pem().into())?;
    platform::write_private(&authority.ca, &certificate.pem())?;
    create_leaf(&authority, &Issuer::new(params, key), &certificate.pem(), names, addresses)?;
    Ok(authority)
}

/// Make a leaf, and write it with the CA's certificate behind it, so that clients who pin the CA's key are shown it.
fn create_leaf(
    authority: &Authority,
    issuer: &Issuer<'_, KeyPair>,
    ca_pem: &str,
    names: &[String],
    addresses: &[IpAddr],
) -> Result<()> {
    let key = KeyPair::generate().context("cannot make the server's key")?;
    let mut params = CertificateParams::new(names.to_vec())?;
    params.subject_alt_names.extend(addresses.iter().copied().map(SanType::IpAddress));
    params.distinguished_name.push(DnType::CommonName, "livegate");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    (params.not_before, params.not_after) = validity(LEAF_DAYS);
    let certificate = params.signed_by(&key, issuer).context("cannot sign the server's certificate")?;
    platform::write_private(&authority.certificate, &format!("{}{ca_pem}", certificate.pem()))?;
    platform::write_secret(&authority.key, &key.serialize_pem().into())
}

/// A CA that is good for these names and addresses, and for private networks: stolen, it cannot speak for a bank.
fn authority_params(names: &[String], addresses: &[IpAddr]) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, "livegate CA of this installation");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let mut permitted: Vec<GeneralSubtree> = names.iter().cloned().map(GeneralSubtree::DnsName).collect();
    let named = addresses.iter().map(|address| CidrSubnet::from_addr_prefix(*address, bits_of(*address)));
    permitted.extend(private_networks().chain(named).map(GeneralSubtree::IpAddress));
    params.name_constraints = Some(NameConstraints { permitted_subtrees: permitted, excluded_subtrees: Vec::new() });
    (params.not_before, params.not_after) = validity(CA_DAYS);
    Ok(params)
}

fn bits_of(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// Loopback, RFC 1918, link-local, unique local (RFC 4193).
fn private_networks() -> impl Iterator<Item = CidrSubnet> {
    let networks = [
        ("127.0.0.0", 8),
        ("10.0.0.0", 8),
        ("172.16.0.0", 12),
        ("192.168.0.0", 16),
        ("169.254.0.0", 16),
        ("::1", 128),
        ("fe80::", 10),
        ("fc00::", 7),
    ];
    networks
        .into_iter()
        .map(|(address, prefix)| CidrSubnet::from_addr_prefix(address.parse().expect("an address of our own"), prefix))
}

/// From yesterday, for clocks that lag.
fn validity(days: i64) -> (OffsetDateTime, OffsetDateTime) {
    let start = OffsetDateTime::now_utc() - Duration::days(1);
    (start, start + Duration::days(days))
}
