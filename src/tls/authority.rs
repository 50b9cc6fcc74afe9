//! The installation's CA: constrained to this machine's names, with its key in a separate folder.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use pem::{EncodeConfig, LineEnding, Pem};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints, PublicKeyData, SanType, SubjectPublicKeyInfo,
};
use rustls::pki_types::CertificateDer;
use secrecy::{ExposeSecret, SecretString};
use time::{Duration, OffsetDateTime};

use super::certificates::{Certificate, key_in, parse_pem, permitted_by, read_pem};
use super::error::ManagerError;
use super::error::{Result, unusable};
use super::machine::Names;
use crate::config::HostName;
use crate::failure::Context;
use crate::platform;

/// The paths of an installation's certificates and keys.
#[derive(Clone, Debug)]
pub struct Files {
    /// The CA's certificate, for clients.
    pub ca: PathBuf,
    /// The leaf, followed by the chain to every CA that clients may know.
    pub certificate: PathBuf,
    pub key: PathBuf,
    /// The next leaf, stored until its key is written.
    pub next: PathBuf,
    /// The CA's key, followed by its certificates. Without this folder nothing is issued, so it can be kept offline.
    pub authority: PathBuf,
}

impl Files {
    pub fn in_dir(dir: &Path) -> Files {
        Files {
            ca: dir.join("ca.pem"),
            certificate: dir.join("server.pem"),
            key: dir.join("server.key"),
            next: dir.join("server.next.pem"),
            authority: dir.join("authority").join("ca.key"),
        }
    }

    /// Makes the next leaf the current one.
    pub fn put_next_in_place(&self) -> Result<()> {
        let context = || format!("cannot write {}", self.certificate.display());
        Ok(std::fs::rename(&self.next, &self.certificate).with_context(context)?)
    }
}

/// Ten years for the CA, which clients pin; 90 days at most for a leaf.
const CA_DAYS: i64 = 3650;
const LEAF_DAYS: i64 = 90;
const DAY_S: i64 = 86_400;
/// How long a replaced CA's signature of the next one is valid.
const FOLLOW_DAYS: i64 = 30;

const NO_PUBLIC_KEY: &str = "public_key must be a public key in PEM of a kind that TLS supports";

/// A client's certificate in PEM, and the SHA-256 of its public key.
pub struct ClientCertificate {
    pub pem: String,
    pub key: [u8; 32],
}

pub struct Authority {
    files: Files,
    key: KeyPair,
    /// Its own certificate; if it replaced a CA, also the former CA's signature of this key, and the former CA's certificate.
    certificates: Vec<CertificateDer<'static>>,
}

/// Create a CA for these names and addresses, and a first leaf. Existing files are replaced.
pub fn create_authority(dir: &Path, names: &Names) -> Result<Files> {
    let now = OffsetDateTime::now_utc();
    let key = KeyPair::generate().context("cannot create the CA's key")?;
    let certificate = ca_params(names, now)?.self_signed(&key).context("cannot sign the CA's certificate")?;
    let authority = Authority { files: Files::in_dir(dir), key, certificates: vec![certificate.der().clone()] };
    platform::create_private_dir(dir)?;
    authority.write()?;
    authority.issue_leaf(names, now.unix_timestamp())?;
    Ok(authority.files)
}

/// A key pair for a client's certificate, generated on the client's machine.
pub struct ClientKeyPair {
    pub private: SecretString,
    /// In PEM.
    pub public: String,
}

impl ClientKeyPair {
    pub fn generate() -> Result<ClientKeyPair> {
        let key = KeyPair::generate().context("cannot create a key")?;
        Ok(ClientKeyPair { private: key.serialize_pem().into(), public: key.public_key_pem() })
    }
}

/// Whether it is a public key in PEM for which a certificate can be made.
pub fn is_public_key(text: &str) -> bool {
    SubjectPublicKeyInfo::from_pem(text).is_ok()
}

impl Authority {
    /// The CA in a folder; `None` if its key is not there.
    pub fn open(dir: &Path) -> Result<Option<Authority>> {
        let files = Files::in_dir(dir);
        let path = &files.authority;
        if !platform::is_there(path) {
            return Ok(None);
        }
        let context = || format!("cannot use {}", path.display());
        let text = platform::read_secret(path)?;
        let key = KeyPair::from_pem(text.expose_secret()).with_context(context)?;
        let certificates = parse_pem(text.expose_secret().as_bytes()).with_context(context)?;
        if ![1, 3].contains(&certificates.len()) {
            return Err(unusable(format!("{} has unexpected contents; restore it from a backup", path.display())));
        }
        Ok(Some(Authority { files, key, certificates }))
    }

    pub fn certificate(&self) -> Result<Certificate> {
        Certificate::read(&self.certificates[0])
    }

    /// Whether this CA has issued a certificate.
    pub fn has_issued(&self, certificate: &Certificate) -> bool {
        self.certificates.iter().any(|ca| Certificate::read(ca).is_ok_and(|ca| ca.claims_to_have_issued(certificate)))
    }

    /// The names that a leaf may have. Clients of the former CA also apply that CA's constraints.
    pub fn permitted(&self, names: &Names, now: i64) -> Result<Names> {
        let names = permitted_by(&self.certificates[0], names)?;
        match self.followed_until(now) {
            Some(_) => permitted_by(&self.certificates[2], &names),
            None => Ok(names),
        }
    }

    /// Until when clients of the former CA accept this one, if they do now.
    pub fn followed_until(&self, now: i64) -> Option<i64> {
        let cross_signed = Certificate::read(self.certificates.get(1)?).ok()?;
        (now < cross_signed.not_after).then_some(cross_signed.not_after)
    }

    /// The key of the former CA.
    pub fn followed_key(&self) -> Option<[u8; 32]> {
        self.certificates.get(2).and_then(|before| key_in(before).ok())
    }

    /// Replace this CA by a new one, which this CA signs. This CA's key is deleted.
    pub fn rotate(self, names: &Names, now: i64) -> Result<Authority> {
        let time = OffsetDateTime::from_unix_timestamp(now)?;
        let key = KeyPair::generate().context("cannot create the CA's key")?;
        let mut params = ca_params(names, time)?;
        let certificate = params.self_signed(&key).context("cannot sign the CA's certificate")?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.use_authority_key_identifier_extension = true;
        let own_end = OffsetDateTime::from_unix_timestamp(self.certificate()?.not_after)?;
        params.not_after = (time + Duration::days(FOLLOW_DAYS)).min(own_end);
        let issuer = Issuer::from_ca_cert_der(&self.certificates[0], &self.key)?;
        let cross_signed = params.signed_by(&key, &issuer).context("cannot sign the next CA's certificate")?;
        let before = self.certificates[0].clone();
        let certificates = vec![certificate.der().clone(), cross_signed.der().clone(), before];
        let next = Authority { files: self.files, key, certificates };
        next.write()?;
        next.issue_leaf(names, now)?;
        Ok(next)
    }

    /// Issue a leaf for the permitted ones of these names.
    pub fn issue_leaf(&self, names: &Names, now: i64) -> Result<()> {
        let key = KeyPair::generate().context("cannot create the server's key")?;
        let names = self.permitted(names, now)?;
        let mut params = CertificateParams::new(names.hosts.iter().map(HostName::to_string).collect::<Vec<_>>())?;
        params.subject_alt_names.extend(names.addresses.iter().copied().map(SanType::IpAddress));
        params.distinguished_name.push(DnType::CommonName, "livegate");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let leaf = self
            .sign(params, &key, now + (LEAF_DAYS - 1) * DAY_S, now)
            .context("cannot sign the server's certificate")?;
        // Order: if the process ends before the last of the three, the key is still known to be livegate's own and to belong to that leaf.
        platform::write_private(&self.files.next, &in_pem(std::iter::once(&leaf).chain(self.chain(now))))?;
        platform::write_secret(&self.files.key, &key.serialize_pem().into())?;
        self.files.put_next_in_place()
    }

    /// The chain after a leaf: the path to the former CA while it is accepted, and this CA.
    fn chain(&self, now: i64) -> impl Iterator<Item = &CertificateDer<'static>> {
        let [own, before @ ..] = &self.certificates[..] else { unreachable!("it has its own") };
        let before = if self.followed_until(now).is_some() { before } else { &[] };
        before.iter().chain([own])
    }

    fn sign(
        &self,
        mut params: CertificateParams,
        key: &impl PublicKeyData,
        until: i64,
        now: i64,
    ) -> Result<CertificateDer<'static>> {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.is_ca = IsCa::ExplicitNoCa;
        params.use_authority_key_identifier_extension = true;
        // From yesterday, for clocks that lag.
        params.not_before = OffsetDateTime::from_unix_timestamp(now)? - Duration::days(1);
        params.not_after = OffsetDateTime::from_unix_timestamp(until)?;
        // A leaf must not be valid beyond the end of its CA.
        let end = OffsetDateTime::from_unix_timestamp(self.certificate()?.not_after)?;
        params.not_after = params.not_after.min(end);
        if params.not_after <= params.not_before {
            return Err(unusable("the CA's certificate has expired; livegate cert rotate-ca creates a new one"));
        }
        let issuer = Issuer::from_ca_cert_der(&self.certificates[0], &self.key)?;
        Ok(params.signed_by(key, &issuer)?.der().clone())
    }

    /// Issues a certificate for a client's public key (PEM, SubjectPublicKeyInfo). It names the user, for information only.
    pub fn issue_client(
        &self,
        public_key: &str,
        user: &str,
        until: i64,
        now: i64,
    ) -> Result<ClientCertificate, ManagerError> {
        let key = SubjectPublicKeyInfo::from_pem(public_key).map_err(|_| ManagerError::Refused(NO_PUBLIC_KEY))?;
        let mut params = CertificateParams::new(Vec::new()).context("cannot sign the client's certificate")?;
        params.distinguished_name.push(DnType::CommonName, user);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = self.sign(params, &key, until, now).context("cannot sign the client's certificate")?;
        Ok(ClientCertificate { key: key_in(&certificate)?, pem: in_pem([&certificate]) })
    }

    /// Writes key and certificates to one file, so that they always match, and the CA's certificate for clients beside it.
    fn write(&self) -> Result<()> {
        let folder = self.files.authority.parent().expect("a file of ours lies in a folder");
        platform::create_private_dir(folder)?;
        let text = self.key.serialize_pem() + &in_pem(&self.certificates);
        platform::write_secret(&self.files.authority, &text.into())?;
        self.publish()
    }

    /// Writes the CA's current certificate for clients, unless the file has it already.
    pub fn publish(&self) -> Result<()> {
        match read_pem(&self.files.ca) {
            Ok(there) if there[..] == self.certificates[..1] => Ok(()),
            _ => Ok(platform::write_private(&self.files.ca, &in_pem(&self.certificates[..1]))?),
        }
    }
}

/// A CA with name constraints: these names and addresses, and private networks. A stolen CA key cannot impersonate other sites.
fn ca_params(names: &Names, now: OffsetDateTime) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::new())?;
    let name = format!("livegate CA {}", hex::encode(crate::platform::random::bytes::<4>()));
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let hosts = names.hosts.iter().map(HostName::to_string).map(GeneralSubtree::DnsName);
    let single = |address: &IpAddr| CidrSubnet::from_addr_prefix(*address, if address.is_ipv4() { 32 } else { 128 });
    let networks = private_networks().chain(names.addresses.iter().map(single)).map(GeneralSubtree::IpAddress);
    let permitted_subtrees = hosts.chain(networks).collect();
    params.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
    (params.not_before, params.not_after) = validity(now, CA_DAYS);
    Ok(params)
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
fn validity(now: OffsetDateTime, days: i64) -> (OffsetDateTime, OffsetDateTime) {
    let start = now - Duration::days(1);
    (start, start + Duration::days(days))
}

pub fn in_pem<'a>(certificates: impl IntoIterator<Item = &'a CertificateDer<'static>>) -> String {
    let lines = EncodeConfig::new().set_line_ending(LineEnding::LF);
    let encode = |der: &CertificateDer<'_>| pem::encode_config(&Pem::new("CERTIFICATE", der.as_ref()), lines);
    certificates.into_iter().map(encode).collect()
}
