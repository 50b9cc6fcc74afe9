//! The client's side of TLS: authenticating the gateway, and explaining failures.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError, ClientConfig, RootCertStore};
use secrecy::ExposeSecret;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::certificates::{Certificate, has_signed, key_in, read_pem};
use super::error::{Result, of_rustls, unusable};
use super::{ALPN, dangerous, exporter, pin, provider};
use crate::config::Subject;
use crate::failure::Context;
use crate::platform;
use crate::platform::Stream;
use crate::platform::clock;

/// How a client authenticates the gateway.
pub enum Trust {
    /// The CA's certificate in a PEM file.
    Authority(PathBuf),
    /// The SHA-256 of the CA's public key (SubjectPublicKeyInfo).
    Pin([u8; 32]),
    /// No check of the certificate: an impostor is accepted, too. Send nothing confidential before pairing has proved both ends.
    DangerousAnyServer,
}

impl Trust {
    /// Parses a pin: 64 hex digits.
    pub fn by_pin(hex: &str) -> Result<Trust> {
        let bytes = hex::decode(hex).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Trust::Pin).ok_or_else(|| unusable("a pin is 64 hex digits, as livegate init --lan prints them"))
    }
}

/// A client certificate and its key, in PEM files.
pub struct Identity {
    /// The certificate, followed by any intermediate ones.
    pub certificate: PathBuf,
    /// The private key, which only its owner may read.
    pub key: PathBuf,
}

/// The client's end of a TLS connection.
pub struct Connected {
    pub stream: Box<dyn Stream>,
    /// Equals [`crate::gateway::handshake::Channel::exporter`] at the gateway.
    pub exporter: [u8; 32],
    /// SHA-256 of the public key of the CA by which the client trusted the gateway; `None` without a check of the certificate.
    pub authority: Option<[u8; 32]>,
    pub successor: Option<Successor>,
}

/// The gateway's new CA, which the CA known to the client has signed for a transition period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Successor {
    pub pin: [u8; 32],
    /// The end of the transition period, in Unix time.
    pub until: i64,
}

/// Performs the client's side of the handshake.
pub async fn connect(stream: TcpStream, server_name: &str, trust: &Trust) -> Result<Connected> {
    connect_as(None, ALPN, stream, server_name, trust).await
}

/// The same, with a client certificate if `identity` is given, for a protocol named by ALPN.
pub async fn connect_as(
    identity: Option<&Identity>,
    application: &[u8],
    stream: TcpStream,
    server_name: &str,
    trust: &Trust,
) -> Result<Connected> {
    let builder = ClientConfig::builder_with_provider(provider()).with_protocol_versions(&[&rustls::version::TLS13])?;
    let mut known = Vec::new();
    let builder = match trust {
        Trust::Authority(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in read_pem(path)? {
                known.extend(key_in(&certificate));
                roots.add(certificate).with_context(|| format!("{} is not the certificate of a CA", path.display()))?;
            }
            builder.with_root_certificates(roots)
        }
        Trust::Pin(pin) => {
            known.push(*pin);
            pin::verifying(builder, *pin, provider())
        }
        Trust::DangerousAnyServer => dangerous::accept_any_server(builder, provider()),
    };
    let mut config = match identity {
        Some(identity) => {
            let chain = read_pem(&identity.certificate)?;
            let key = platform::read_secret(&identity.key)?;
            let key = PrivateKeyDer::from_pem_slice(key.expose_secret().as_bytes())
                .with_context(|| format!("{} must hold a private key in PEM", identity.key.display()))?;
            builder.with_client_auth_cert(chain, key).context("the client's certificate and key do not match")?
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![application.to_vec()];
    let connecting = TlsConnector::from(Arc::new(config)).connect(certified_name(server_name)?, stream).await;
    let stream = connecting.map_err(|error| explain(&error).map_or_else(|| error.into(), unusable))?;
    let connection = stream.get_ref().1;
    let shown = connection.peer_certificates().unwrap_or_default();
    let authority = authority(shown, &known);
    let successor = successor(shown, &known);
    Ok(Connected { exporter: exporter(connection)?, authority, successor, stream: Box::new(stream) })
}

/// The known CA that signed the gateway's certificate: one that the gateway sends, else the first.
fn authority(shown: &[CertificateDer<'_>], known: &[[u8; 32]]) -> Option<[u8; 32]> {
    let shows = |key: &&[u8; 32]| shown.iter().any(|certificate| key_in(certificate).is_ok_and(|shown| shown == **key));
    known.iter().find(shows).or(known.first()).copied()
}

/// The name as certificates have it: in Punycode, without the final dot, and without an address's zone, which has meaning on this machine only.
fn certified_name(given: &str) -> Result<ServerName<'static>> {
    let zoned = given.split_once('%').and_then(|(address, _)| address.parse().ok());
    match zoned.map_or_else(|| given.parse(), |address| Ok(Subject::Address(address))) {
        Ok(Subject::Address(address)) => Ok(ServerName::IpAddress(address.into())),
        Ok(Subject::Host(host)) => {
            Ok(ServerName::try_from(host.to_string()).context("a validated name is a server name")?)
        }
        // The owner's own certificate may have a name that the CA here does not issue, such as one with an underscore.
        Err(_) => Ok(ServerName::try_from(given.to_owned()).with_context(|| format!("{given} is not a host name"))?),
    }
}

/// The new CA of a verified leaf, if a known CA has signed it. Names and key identifiers prove nothing: an attacker with a stolen leaf key
/// can send any certificates beside the leaf. So signatures must lead from a known CA to the leaf.
fn successor(shown: &[CertificateDer<'_>], known: &[[u8; 32]]) -> Option<Successor> {
    let (leaf, others) = shown.split_first()?;
    let is_known = |ca: &CertificateDer<'_>| key_in(ca).is_ok_and(|key| known.contains(&key));
    let is_cross_signed = |ca: &CertificateDer<'_>| others.iter().any(|old| is_known(old) && has_signed(old, ca));
    let cross_signed = others.iter().find(|ca| !is_known(ca) && has_signed(ca, leaf) && is_cross_signed(ca))?;
    let cross_signed = Certificate::read(cross_signed).ok()?;
    Some(Successor { pin: cross_signed.key, until: cross_signed.not_after })
}

/// Explain a failed handshake to the user of a client, with the remedy. `None`: TLS did not fail.
pub fn explain(error: &io::Error) -> Option<String> {
    Some(match of_rustls(error)? {
        rustls::Error::InvalidCertificate(why) => explain_certificate(why),
        rustls::Error::InvalidMessage(_) => {
            "the server does not speak TLS: name the gateway's TLS port (9443 unless configured otherwise); \
             a port without sign-in takes no --pin and no --ca"
                .into()
        }
        rustls::Error::AlertReceived(AlertDescription::NoApplicationProtocol) => {
            "the server is not a livegate gateway: it offers other protocols".into()
        }
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired) => {
            "the gateway requires a client certificate: use --client-cert and --client-key".into()
        }
        rustls::Error::AlertReceived(AlertDescription::AccessDenied) => {
            "the gateway refuses this client certificate: its key is not registered there".into()
        }
        rustls::Error::AlertReceived(AlertDescription::CertificateUnknown) => {
            "the gateway refuses this client certificate: it was revoked or has expired; \
             ask the owner for another"
                .into()
        }
        rustls::Error::General(why) => why.clone(),
        other => format!("TLS was refused: {other}"),
    })
}

fn explain_certificate(why: &CertificateError) -> String {
    match why {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the server's certificate is not from the CA that you gave: it is another server, or it has a new CA; \
             compare the output of livegate cert show on its machine"
                .into()
        }
        CertificateError::NotValidForNameContext { expected, presented } => format!(
            "the server's certificate is not for {}, but for {}; use one of these in --to or --server-name",
            expected.to_str(),
            presented.iter().map(|name| bare(name)).collect::<Vec<_>>().join(", "),
        ),
        CertificateError::ExpiredContext { time, not_after } => format!(
            "the server's certificate expired at {}, and this machine's clock says {}; livegate cert renew on its machine \
             renews it",
            at(*not_after),
            at(*time)
        ),
        CertificateError::NotValidYetContext { time, not_before } => format!(
            "the server's certificate is valid only from {}, and this machine's clock says {}; set the clock that is wrong",
            at(*not_before),
            at(*time)
        ),
        other => format!("the server's certificate cannot be used: {other}"),
    }
}

/// The name in `DnsName("studio.local")`.
fn bare(name: &str) -> &str {
    name.split_once('(').map_or(name, |(_, inner)| inner.trim_end_matches(')').trim_matches('"'))
}

fn at(time: UnixTime) -> String {
    clock::rfc3339(i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_known_by_its_certified_name() {
        for (given, certified) in [
            ("studio.local.", "studio.local"),
            ("Büro.local", "xn--bro-hoa.local"),
            ("my_studio", "my_studio"),
            ("fe80::1%wlan0", "fe80::1"),
            ("192.168.1.20", "192.168.1.20"),
        ] {
            assert_eq!(certified_name(given).expect(given).to_str(), certified, "{given}");
        }
        for given in ["Mias Studio", "", "studio%wlan0", "a..b"] {
            assert!(certified_name(given).is_err(), "{given}");
        }
    }
}
