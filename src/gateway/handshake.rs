//! Is made private (TLS): the listener's side.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::platform::Stream;
use crate::tls::{self, ALPN, Demand, Keeper, KeyVerifier, Registered, exporter, key_in, provider};

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
        let stream = self.0.accept(stream).await.map_err(tls::explain_refused_client)?;
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
