//! The OSC door: the addresses of AbletonOSC, over UDP and TCP. Each sender has a session; its messages become requests on the usual path.

mod answering;
mod due;
pub(crate) mod framing;
mod listeners;
mod pace;
mod pairing;
pub(crate) mod pattern;
pub(crate) mod plan;
mod reply_sender;
pub(crate) mod sender;
pub mod table;
mod tcp;
mod udp;
mod values;
mod waiting;
pub(crate) mod walk;

use std::net::SocketAddr;
use std::sync::Arc;

use socket2::SockRef;
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinSet;

use super::Result;
use crate::config::Config;
use crate::failure::Context;
use crate::gateway::identify::Caller;
use crate::identity::Narrowing;
use crate::identity::pairing::by_address::Binding;
use crate::session::SessionContext;

/// The sockets of this door.
pub struct OscSockets {
    udp: Vec<UdpSocket>,
    tcp: Vec<TcpListener>,
}

/// A sender whose messages are accepted.
struct Accepted {
    caller: Arc<Caller>,
    /// `None` for senders on this machine, which need none.
    binding: Option<Arc<Binding>>,
}

/// State that all senders share.
pub struct OscDoor {
    context: SessionContext,
    /// The most that OSC may do.
    scope: Arc<Narrowing>,
}

impl OscSockets {
    /// Bind every configured socket.
    pub async fn bind(config: &Config) -> Result<OscSockets> {
        let taken = |address: &SocketAddr| {
            format!(
                "cannot listen for OSC on {address}; if another program does (AbletonOSC uses 11000), end it, or name another address in \
                 livegate.toml"
            )
        };
        let mut sockets = OscSockets { udp: Vec::new(), tcp: Vec::new() };
        for address in &config.osc.listen {
            let socket = UdpSocket::bind(address).await.with_context(|| taken(address))?;
            // A smaller buffer is no reason to stop: then long bursts lose packets.
            let _ = SockRef::from(&socket).set_recv_buffer_size(config.osc.receive_buffer_bytes);
            sockets.udp.push(socket);
        }
        for address in &config.osc.tcp_listen {
            sockets.tcp.push(TcpListener::bind(address).await.with_context(|| taken(address))?);
        }
        Ok(sockets)
    }

    /// The bound addresses of `osc.tcp_listen`, with the ports that the system chose for port 0.
    pub fn tcp_addresses(&self) -> Vec<SocketAddr> {
        self.tcp.iter().filter_map(|listener| listener.local_addr().ok()).collect()
    }

    /// The bound addresses of `osc.listen`, likewise.
    pub fn udp_addresses(&self) -> Vec<SocketAddr> {
        self.udp.iter().filter_map(|socket| socket.local_addr().ok()).collect()
    }
}

impl OscDoor {
    pub(crate) fn new(context: SessionContext) -> Result<Arc<OscDoor>> {
        let tags = context.shared.config.osc.tags.iter().map(|tag| format!("@{tag}")).collect();
        let scope = Arc::new(Narrowing::parse(tags).context("cannot use osc.tags")?);
        Ok(Arc::new(OscDoor { context, scope }))
    }

    /// Serve every socket until the tasks are dropped.
    pub fn serve_all(self: Arc<OscDoor>, sockets: OscSockets, tasks: &mut JoinSet<()>) {
        for socket in sockets.udp {
            tasks.spawn(udp::serve(self.clone(), socket));
        }
        for listener in sockets.tcp {
            tasks.spawn(tcp::serve(self.clone(), listener));
        }
        tasks.spawn(pairing::sweep(self.context.clone()));
    }

    /// The sender of messages from an address, if they are accepted.
    fn accepted_from(&self, local: SocketAddr, from: SocketAddr) -> Option<Accepted> {
        let shared = &self.context.shared;
        // The kernel drops packets from elsewhere that claim to come from loopback.
        if local.ip().is_loopback() && shared.config.serves_local() {
            let caller = Caller::by_datagram_at_loopback(&shared.config.local.role, self.scope.clone());
            return Some(Accepted { caller, binding: None });
        }
        let binding = shared.osc_pairing.at(from.ip().to_canonical())?;
        shared.directory.role_of(&binding.user)?;
        binding.note_received(shared.clock.now());
        let caller = Caller::by_address(&binding.user, self.scope.clone());
        Some(Accepted { caller, binding: Some(binding) })
    }
}
