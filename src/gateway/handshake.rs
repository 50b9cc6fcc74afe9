//! The TLS handshake, the listener's side.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::platform::Stream;
use crate::tls::{
    ALPN, CertificateManager, ClientAuth, ClientKeyVerifier, HandshakeError, MCP_ALPN, Registered, exporter,
    handshake_error, key_in, provider,
};

/// A connection after its handshake, or a local one that needs none.
pub struct Channel {
    /// The bytes of the client, decrypted.
    pub stream: Box<dyn Stream>,
    /// Keying material exported from the TLS connection, which binds a pairing to it (RFC 8446, 7.5).
    pub exporter: Option<[u8; 32]>,
    /// SHA-256 of the client's public key (SubjectPublicKeyInfo), if the client has proved possession of the private key.
    pub client_key: Option<[u8; 32]>,
    /// The application protocol, chosen by ALPN.
    pub application: Application,
}

/// The application protocol of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Application {
    /// `livegate/1`, or no ALPN.
    Lines,
    /// `livegate-mcp/1`: MCP as on standard input and output.
    Mcp,
    /// `http/1.1`.
    Http1,
    /// `h2`.
    Http2,
}

/// The protocols that a listener offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Lines, MCP and HTTP, by ALPN; a client without ALPN speaks lines.
    Everything,
    /// HTTP only, also for clients without ALPN.
    HttpAlone,
}

const HTTP1: &[u8] = b"http/1.1";
const HTTP2: &[u8] = b"h2";

impl Offer {
    fn protocols(self) -> Vec<Vec<u8>> {
        let own = if self == Offer::Everything { &[ALPN, MCP_ALPN][..] } else { &[] };
        own.iter().copied().chain([HTTP2, HTTP1]).map(<[u8]>::to_vec).collect()
    }

    fn application(self, protocol: Option<&[u8]>) -> Application {
        match (protocol, self) {
            (Some(MCP_ALPN), Offer::Everything) => Application::Mcp,
            (Some(HTTP2), _) => Application::Http2,
            (Some(HTTP1), _) | (None, Offer::HttpAlone) => Application::Http1,
            _ => Application::Lines,
        }
    }
}

/// The listener's side of TLS: 1.3 only, no early data, no tickets.
pub struct TlsListener {
    acceptor: TlsAcceptor,
    offer: Offer,
}

impl TlsListener {
    /// A listener that requests no client certificate. The manager chooses the server's certificate for each connection.
    pub fn new(manager: &CertificateManager) -> TlsListener {
        TlsListener::with(manager, WebPkiClientVerifier::no_client_auth(), Offer::Everything)
    }

    /// A listener that requests, or requires, a client certificate with a registered key.
    pub fn with_client_auth(
        manager: &CertificateManager,
        client_auth: ClientAuth,
        registered: Box<Registered>,
    ) -> TlsListener {
        let clients = Arc::new(ClientKeyVerifier { registered, client_auth, provider: provider() });
        TlsListener::with(manager, clients, Offer::Everything)
    }

    /// The same listener, offering HTTP only.
    pub fn for_http(&self) -> TlsListener {
        let mut config = ServerConfig::clone(self.acceptor.config());
        config.alpn_protocols = Offer::HttpAlone.protocols();
        TlsListener { acceptor: TlsAcceptor::from(Arc::new(config)), offer: Offer::HttpAlone }
    }

    fn with(manager: &CertificateManager, clients: Arc<dyn ClientCertVerifier>, offer: Offer) -> TlsListener {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13])
            .expect("the provider supports TLS 1.3")
            .with_client_cert_verifier(clients)
            .with_cert_resolver(manager.resolver());
        config.alpn_protocols = offer.protocols();
        config.max_early_data_size = 0;
        config.send_tls13_tickets = 0;
        TlsListener { acceptor: TlsAcceptor::from(Arc::new(config)), offer }
    }

    /// Perform the server's side of the handshake.
    pub async fn accept(&self, stream: TcpStream) -> Result<Channel, HandshakeError> {
        let stream = self.acceptor.accept(stream).await.map_err(handshake_error)?;
        let exporter = exporter(stream.get_ref().1).map_err(HandshakeError::Failed)?;
        let certificate = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let client_key = certificate.map(|certificate| key_in(certificate)).transpose();
        let client_key = client_key.map_err(|error| HandshakeError::Failed(std::io::Error::other(error)))?;
        let application = self.offer.application(stream.get_ref().1.alpn_protocol());
        Ok(Channel { stream: Box::new(stream), exporter: Some(exporter), client_key, application })
    }
}

/// A plain channel, for sockets that stay on this machine.
pub fn without_tls(stream: Box<dyn Stream>) -> Channel {
    Channel { stream, exporter: None, client_key: None, application: Application::Lines }
}
