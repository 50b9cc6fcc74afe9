//! Is made private (TLS): the listener's side, the client's side, and the certificates of a new installation. The only file that knows rustls.

mod anybody;
mod certificates;
mod pin;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ConnectionCommon, RootCertStore, ServerConfig};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::line::Stream;
use crate::platform;
pub use certificates::{Certificate, create_authority};
use secrecy::ExposeSecret;

/// A connection that is as private as it will get.
pub struct Channel {
    pub stream: Box<dyn Stream>,
    pub kind: ChannelKind,
    /// Known to the two ends of a TLS connection and to nobody between them (RFC 8446, 7.5).
    pub exporter: Option<[u8; 32]>,
    /// The SHA-256 of the public key (SubjectPublicKeyInfo) whose private key the client has proved to hold.
    pub client_key: Option<[u8; 32]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// Plain lines that never leave this machine.
    Loopback,
    Tls,
    /// The control socket.
    Console,
}

impl ChannelKind {
    pub const fn name(self) -> &'static str {
        match self {
            ChannelKind::Loopback => "loopback",
            ChannelKind::Tls => "tls",
            ChannelKind::Console => "console",
        }
    }
}

/// The name under which lines are spoken on TLS; a client may also name none.
const ALPN: &[u8] = b"livegate/1";
/// What the two ends of a connection derive for pairing.
const EXPORTER_LABEL: &[u8] = b"EXPORTER-livegate-pairing";

/// The listener's side of TLS: 1.3 only, no early data, no tickets.
pub struct TlsListener(TlsAcceptor);

impl TlsListener {
    pub fn load(certificate: &Path, key: &Path) -> Result<TlsListener> {
        let chain = read_certificates(certificate)?;
        let secret = platform::read_secret(key)?;
        let key = PrivateKeyDer::from_pem_slice(secret.expose_secret().as_bytes())
            .with_context(|| format!("{} is no private key in PEM", key.display()))?;
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .context("certificate and key do not fit each other")?;
        config.alpn_protocols = vec![ALPN.to_vec()];
        config.max_early_data_size = 0;
        config.send_tls13_tickets = 0;
        Ok(TlsListener(TlsAcceptor::from(Arc::new(config))))
    }

    pub async fn accept(&self, stream: TcpStream) -> std::io::Result<Channel> {
        let stream = self.0.accept(stream).await?;
        let exporter = exporter(stream.get_ref().1)?;
        let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let client_key = shown.map(pin::pin_of).transpose().map_err(std::io::Error::other)?;
        Ok(Channel { stream: Box::new(stream), kind: ChannelKind::Tls, exporter: Some(exporter), client_key })
    }
}

/// Plain lines: for sockets that never leave this machine.
pub fn without_tls(stream: Box<dyn Stream>, kind: ChannelKind) -> Channel {
    Channel { stream, kind, exporter: None, client_key: None }
}

fn exporter<Data>(connection: &ConnectionCommon<Data>) -> std::io::Result<[u8; 32]> {
    connection.export_keying_material([0; 32], EXPORTER_LABEL, None).map_err(std::io::Error::other)
}

/// By what a client knows the gateway it means.
pub enum Trust {
    /// The CA's certificate in a PEM file.
    Authority(std::path::PathBuf),
    /// The SHA-256 of the CA's public key (SubjectPublicKeyInfo).
    Pin([u8; 32]),
    /// By nothing: whoever answers is taken. What is said before both ends have proved themselves must tell nothing.
    DangerouslyAnybody,
}

/// The client's end of a TLS connection.
pub struct Connected {
    pub stream: Box<dyn Stream>,
    /// As [`Channel::exporter`] at the other end.
    pub exporter: [u8; 32],
}

/// The client's side of TLS.
pub async fn connect(stream: TcpStream, server_name: &str, trust: &Trust) -> Result<Connected> {
    let builder = ClientConfig::builder_with_provider(provider()).with_protocol_versions(&[&rustls::version::TLS13])?;
    let mut config = match trust {
        Trust::Authority(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in read_certificates(path)? {
                roots.add(certificate).with_context(|| format!("{} is no CA's certificate", path.display()))?;
            }
            builder.with_root_certificates(roots).with_no_client_auth()
        }
        Trust::Pin(pin) => pin::client_config(builder, *pin, provider()),
        Trust::DangerouslyAnybody => anybody::client_config(builder, provider()),
    };
    config.alpn_protocols = vec![ALPN.to_vec()];
    let name =
        ServerName::try_from(server_name.to_owned()).with_context(|| format!("{server_name} is no host name"))?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.context("TLS was refused")?;
    let exporter = exporter(stream.get_ref().1)?;
    Ok(Connected { stream: Box::new(stream), exporter })
}

/// The pin of the CA in a PEM file.
pub fn pin_of(path: &Path) -> Result<[u8; 32]> {
    match read_certificates(path)?.first() {
        Some(certificate) => {
            pin::pin_of(certificate).with_context(|| format!("{} is no CA's certificate", path.display()))
        }
        None => bail!("{} holds no certificate", path.display()),
    }
}

/// What a listener shows to clients.
pub struct Shown {
    /// Of its CA.
    pub pin: [u8; 32],
    /// The names and addresses that its certificate is for.
    pub names: Vec<String>,
}

/// What whoever connects is shown by a listener with this certificate file.
pub fn shown(path: &Path) -> Result<Shown> {
    let chain = read_certificates(path)?;
    let certificates = certificates(path)?;
    let authority = chain.iter().zip(&certificates).find(|(_, certificate)| certificate.is_authority);
    let (authority, _) = authority
        .with_context(|| format!("{} does not show the CA that devices know the gateway by", path.display()))?;
    Ok(Shown {
        pin: pin::pin_of(authority)?,
        names: certificates.first().map(|leaf| leaf.names.clone()).unwrap_or_default(),
    })
}

/// What the certificates in a PEM file say.
pub fn certificates(path: &Path) -> Result<Vec<Certificate>> {
    let context = || format!("{} holds what is no certificate", path.display());
    read_certificates(path)?.iter().map(|der| Certificate::read(der).with_context(context)).collect()
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let chain: Vec<_> = CertificateDer::pem_file_iter(path)
        .with_context(|| format!("cannot read {}", path.display()))?
        .collect::<Result<_, _>>()
        .with_context(|| format!("{} is no PEM", path.display()))?;
    match chain.is_empty() {
        true => bail!("{} holds no certificate", path.display()),
        false => Ok(chain),
    }
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

#[cfg(test)]
mod tests;
