//! Performs the handshake of an arrival, determines its caller where no sign-in is needed, and passes it to its door.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::watch;

use super::http::{HttpArrival, Protocol};
use super::lines;
use super::mcp::McpArrival;
use crate::audit::{Event, EventSink};
use crate::config::{self, ClientCertificates, Config};
use crate::gateway::accept::Failure;
use crate::gateway::accept::{Arrival, Peer, evicted, refused_connection};
use crate::gateway::handshake::{self, Application, Channel, TlsListener};
use crate::gateway::identify::Caller;
use crate::gateway::limit::Limits;
use crate::identity::Directory;
use crate::platform::clock::Clock;
use crate::platform::shutdown::shutdown_requested;
use crate::session::connection::{Door, Entered, Transport};
use crate::tls::{CertificateManager, ClientAuth, HandshakeError};
use crate::wire::message::Leniency;

/// An admitted connection, by the door that serves it.
pub enum DoorArrival {
    /// A session can begin on it.
    Session(Entered),
    Http(HttpArrival),
    Mcp(McpArrival),
}

/// Admits every arrival.
pub struct Entry {
    tls: TlsListener,
    http_tls: TlsListener,
    local_role: String,
    agent_role: String,
    local_reading: Leniency,
    handshake_ms: u64,
    directory: Arc<Directory>,
    limits: Arc<Limits>,
    events: Arc<dyn EventSink>,
    clock: Clock,
    shutdown: watch::Receiver<bool>,
}

impl Entry {
    pub fn new(
        config: &Config,
        certificates: &CertificateManager,
        directory: Arc<Directory>,
        limits: Arc<Limits>,
        events: Arc<dyn EventSink>,
        clock: Clock,
        shutdown: watch::Receiver<bool>,
    ) -> Entry {
        let tls = tls_listener(config.tls.client_certificates, certificates, &directory);
        Entry {
            http_tls: tls.for_http(),
            tls,
            local_role: config.local.role.clone(),
            agent_role: config.mcp.local_role.clone(),
            local_reading: if config.local_is_lenient() { Leniency::Lenient } else { Leniency::Strict },
            handshake_ms: config.connections.handshake_ms,
            directory,
            limits,
            events,
            clock,
            shutdown,
        }
    }

    /// Admit an arrival, or record why it is refused.
    pub async fn enter(&self, arrival: Arrival) -> Option<DoorArrival> {
        match arrival {
            Arrival::Local(peer, stream) => {
                let channel = handshake::without_tls(Box::new(stream));
                let caller = Caller::at_loopback(&self.local_role);
                let entered =
                    lines::enter_read(peer, channel, Door::Lines, self.local_reading, Some(caller), &self.clock);
                Some(DoorArrival::Session(entered))
            }
            Arrival::Console(peer, stream) => Some(DoorArrival::Session(lines::console(peer, stream, &self.clock))),
            Arrival::Pipe(peer, stream) => {
                let channel = handshake::without_tls(stream);
                let caller = Caller::at_loopback(&self.local_role);
                Some(DoorArrival::Session(lines::enter(peer, channel, Door::Pipe, Some(caller), &self.clock)))
            }
            Arrival::Mcp(peer, stream) => {
                let caller = Some(Caller::agent(&self.agent_role, &self.local_role));
                Some(DoorArrival::Mcp(McpArrival { peer, address: None, stream, transport: None, caller }))
            }
            Arrival::Tls(peer, stream, address) => self.enter_by_tls(&self.tls, peer, stream, address).await,
            Arrival::HttpTls(peer, stream, address) => self.enter_by_tls(&self.http_tls, peer, stream, address).await,
            Arrival::Http(peer, stream, address) => {
                let port = port_of(&stream);
                let stream = Box::new(stream);
                let protocol = Protocol::Http1;
                let transport = Transport::Loopback;
                Some(DoorArrival::Http(HttpArrival { peer, address, port, stream, transport, protocol, caller: None }))
            }
        }
    }

    async fn enter_by_tls(
        &self,
        tls: &TlsListener,
        mut peer: Peer,
        stream: TcpStream,
        address: SocketAddr,
    ) -> Option<DoorArrival> {
        let port = port_of(&stream);
        let deadline = config::ms(self.handshake_ms);
        let mut shutdown = self.shutdown.clone();
        let accepted = tokio::select! {
            () = shutdown_requested(&mut shutdown) => return None,
            () = peer.evicted() => {
                self.events.note(evicted(address));
                return None;
            }
            accepted = tokio::time::timeout(deadline, tls.accept(stream)) => accepted,
        };
        let (failure, reason) = match accepted {
            Ok(Ok(channel)) => {
                peer.handshake_completed();
                let caller = match channel.client_key {
                    Some(key) => self.by_key(&key, address).await,
                    None => None,
                };
                return Some(self.arrived(peer, channel, caller, address, port));
            }
            // A revoked device retries without guessing, and other clients may share its address: no penalty.
            Ok(Err(HandshakeError::EndedKey(key))) => {
                self.by_key(&key, address).await;
                return None;
            }
            Ok(Err(error)) => (Failure::Handshake, error.to_string()),
            Err(_) => (Failure::Silence, "the handshake took too long".to_owned()),
        };
        self.events.note(refused_connection(address, &reason));
        if let Some(penalty) = self.limits.sources.penalise(address.ip(), failure) {
            self.events.note(penalty);
        }
        None
    }

    fn arrived(
        &self,
        peer: Peer,
        channel: Channel,
        caller: Option<Arc<Caller>>,
        address: SocketAddr,
        port: u16,
    ) -> DoorArrival {
        let protocol = match channel.application {
            Application::Lines => {
                return DoorArrival::Session(lines::enter(peer, channel, Door::Lines, caller, &self.clock));
            }
            Application::Mcp => {
                let stream = channel.stream;
                let transport = Some(Transport::Tls);
                return DoorArrival::Mcp(McpArrival { peer, address: Some(address), stream, transport, caller });
            }
            Application::Http1 => Protocol::Http1,
            Application::Http2 => Protocol::Http2,
        };
        let stream = channel.stream;
        let transport = Transport::Tls;
        DoorArrival::Http(HttpArrival { peer, address, port, stream, transport, protocol, caller })
    }

    /// The user of a client certificate's key. If the key is no longer registered, the connection is unauthenticated.
    async fn by_key(&self, key: &[u8; 32], address: SocketAddr) -> Option<Arc<Caller>> {
        match Caller::by_key(key, &self.directory).await {
            Ok(caller) => Some(caller),
            Err(denied) => {
                let event = Event::new("sign_in_refused")
                    .with("reason", denied.reason)
                    .with("channel", Door::Lines.name())
                    .with("key", hex::encode(key))
                    .with_some("caller", denied.user.as_deref())
                    .with("address", address.to_string());
                self.events.note(event);
                None
            }
        }
    }
}

/// The port that a client connected to.
fn port_of(stream: &TcpStream) -> u16 {
    stream.local_addr().map_or(0, |address| address.port())
}

fn tls_listener(
    wanted: ClientCertificates,
    certificates: &CertificateManager,
    directory: &Arc<Directory>,
) -> TlsListener {
    let client_auth = match wanted {
        ClientCertificates::Off => return TlsListener::new(certificates),
        ClientCertificates::Optional => ClientAuth::Optional,
        ClientCertificates::Required => ClientAuth::Required,
    };
    let directory = directory.clone();
    TlsListener::with_client_auth(certificates, client_auth, Box::new(move |key| directory.registration(key)))
}
