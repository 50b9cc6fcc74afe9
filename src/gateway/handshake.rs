//! Is made private (TLS): the listener's side, the client's side, and the certificates of both. The only stage that knows rustls.

mod anybody;
mod authority;
mod certificates;
mod certified;
mod clients;
mod connecting;
mod keeper;
mod machine;
mod pin;
mod purpose;
mod signatures;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{ConnectionCommon, ServerConfig};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::line::Stream;
pub use authority::{ClientCertificate, ClientKeyPair, Files, create_authority, is_public_key};
pub use certificates::Certificate;
use certificates::{key_in, read_pem};
pub use certified::check;
use clients::KeyVerifier;
pub use clients::{Demand, Registered, ended_key};
pub use connecting::{Connected, Identity, Successor, Trust, connect, connect_as, explain};
pub use keeper::{Force, Keeper, Unissued, run};
pub use machine::{Machine, Names};
pub use purpose::{Purpose, purposes};

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
    /// What it shows is the keeper's, and may be another certificate for each connection.
    pub fn showing(keeper: &Keeper) -> TlsListener {
        TlsListener::with(keeper, WebPkiClientVerifier::no_client_auth())
    }

    /// Clients may, or must, show a certificate whose key is good.
    pub fn asking(keeper: &Keeper, demand: Demand, registered: Box<Registered>) -> TlsListener {
        TlsListener::with(keeper, Arc::new(KeyVerifier { registered, demand, provider: provider() }))
    }

    fn with(keeper: &Keeper, clients: Arc<dyn ClientCertVerifier>) -> TlsListener {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13])
            .expect("the provider speaks TLS 1.3")
            .with_client_cert_verifier(clients)
            .with_cert_resolver(keeper.shown());
        config.alpn_protocols = vec![ALPN.to_vec()];
        config.max_early_data_size = 0;
        config.send_tls13_tickets = 0;
        TlsListener(TlsAcceptor::from(Arc::new(config)))
    }

    pub async fn accept(&self, stream: TcpStream) -> std::io::Result<Channel> {
        let stream = self.0.accept(stream).await.map_err(clients::explain)?;
        let exporter = exporter(stream.get_ref().1)?;
        let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let client_key = shown.map(|certificate| key_in(certificate)).transpose().map_err(std::io::Error::other)?;
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

/// The pin of the CA in a PEM file.
pub fn pin_of(path: &Path) -> Result<[u8; 32]> {
    let certificates = read_pem(path)?;
    key_in(&certificates[0]).with_context(|| format!("{} is no CA's certificate", path.display()))
}

/// What a listener shows to clients.
pub struct Shown {
    /// Of its CA.
    pub pin: [u8; 32],
    /// The names and addresses that its certificate is for.
    pub names: Vec<String>,
}

impl Shown {
    /// `None` where no CA is shown behind the leaf: then there is nothing to know the gateway by but the leaf, which does not last.
    pub fn of(certificates: &[Certificate]) -> Option<Shown> {
        let (leaf, others) = certificates.split_first()?;
        let authority = others.iter().find(|certificate| certificate.is_authority)?;
        Some(Shown { pin: authority.key, names: leaf.names.clone() })
    }
}

/// What whoever connects is shown by a listener with this certificate file.
pub fn shown(path: &Path) -> Result<Shown> {
    Shown::of(&certificates(path)?)
        .with_context(|| format!("{} does not show the CA that devices know the gateway by", path.display()))
}

/// What the certificates in a PEM file say.
pub fn certificates(path: &Path) -> Result<Vec<Certificate>> {
    let context = || format!("{} holds what is no certificate", path.display());
    read_pem(path)?.iter().map(|der| Certificate::read(der).with_context(context)).collect()
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

#[cfg(test)]
mod tests;
