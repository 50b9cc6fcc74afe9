//! Is let in at all (listener): the sockets, and who gets a place, before a byte is read.

mod door;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::handshake::{self, ChannelKind, TlsListener};
use super::identify::Caller;
use super::limit::Failure;
use super::{Entrance, Shared, told_to_end};
use crate::audit::Event;
use crate::config::{self, ClientCertificates, Config};
use crate::platform::{self, ControlListener, StateDir};
use crate::session::Session;
use crate::tls::{self, Demand};
pub use door::{Door, Full, Peer};

/// The sockets that connections come in on.
pub struct Listeners {
    local: Vec<TcpListener>,
    tls: Vec<TcpListener>,
    control: ControlListener,
}

/// Beside the connections: the trail, the bridge, consoles, the script.
const OTHER_FILES: usize = 64;

impl Listeners {
    /// Bind everything that is configured, for whoever has claimed the state folder.
    pub async fn bind(config: &Config, state: &StateDir) -> Result<Listeners> {
        make_room_for_sockets(config);
        let (local, tls) = (bind_all(config.local_listen()).await?, bind_all(&config.tls.listen).await?);
        let control = ControlListener::bind(state.path()).context("cannot open the control socket")?;
        Ok(Listeners { local, tls, control })
    }

    pub fn local_addresses(&self) -> Vec<SocketAddr> {
        self.local.iter().filter_map(|listener| listener.local_addr().ok()).collect()
    }

    pub fn tls_addresses(&self) -> Vec<SocketAddr> {
        self.tls.iter().filter_map(|listener| listener.local_addr().ok()).collect()
    }

    /// Accept on all of them until the tasks are dropped.
    pub(super) fn accept_all(self, entrance: &Entrance) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        for listener in self.local {
            tasks.spawn(accept_on(entrance.clone(), listener, None));
        }
        if !self.tls.is_empty() {
            tasks.spawn(tls::run(entrance.clone()));
        }
        let tls = Arc::new(tls_listener(&entrance.shared));
        for listener in self.tls {
            tasks.spawn(accept_on(entrance.clone(), listener, Some(tls.clone())));
        }
        tasks.spawn(accept_consoles(entrance.clone(), self.control));
        tasks
    }
}

/// Accept on one socket. Whatever a connection does happens in a task of its own, so none delays another's accept.
async fn accept_on(entrance: Entrance, listener: TcpListener, tls: Option<Arc<TlsListener>>) {
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                // On a socket for both families IPv4 comes in IPv6's clothes, in which nobody knows it.
                let address = SocketAddr::new(address.ip().to_canonical(), address.port());
                let (door, limits) = (&entrance.shared.door, &entrance.shared.limits);
                let admitted = match tls {
                    Some(_) => door.admit(address, limits),
                    None => door.admit_caller(address, limits),
                };
                match admitted {
                    Ok(peer) => begin(&entrance, peer, stream, address, tls.clone()),
                    Err(reason) => entrance.recorder.note(refused_connection(address, reason)),
                }
            }
            Err(error) => pause_after(&error).await,
        }
    }
}

async fn accept_consoles(entrance: Entrance, mut control: ControlListener) {
    loop {
        match control.accept().await {
            Ok(stream) => {
                let Some(peer) = entrance.shared.door.admit_console() else { continue };
                let channel = handshake::without_tls(stream, ChannelKind::Console);
                tokio::spawn(Session::new(entrance.clone(), peer, channel, Some(Caller::at_console())).run());
            }
            Err(error) => pause_after(&error).await,
        }
    }
}

/// Out of descriptors, most likely: connections get a moment to end, instead of being asked for in a spin.
async fn pause_after(error: &std::io::Error) {
    tracing::warn!(%error, "cannot accept a connection");
    tokio::time::sleep(config::ms(50)).await;
}

fn begin(entrance: &Entrance, mut peer: Peer, stream: TcpStream, address: SocketAddr, tls: Option<Arc<TlsListener>>) {
    let _ = stream.set_nodelay(true);
    let mut entrance = entrance.clone();
    let Some(tls) = tls else {
        let caller = Caller::at_loopback(&entrance.shared.config.local.role);
        let channel = handshake::without_tls(Box::new(stream), ChannelKind::Loopback);
        tokio::spawn(Session::new(entrance, peer, channel, Some(caller)).run());
        return;
    };
    tokio::spawn(async move {
        let deadline = config::ms(entrance.shared.config.connections.handshake_ms);
        let (failure, reason) = tokio::select! {
            () = told_to_end(&mut entrance.shutdown) => return,
            () = peer.told_to_leave() => return entrance.recorder.note(sent_away(address)),
            accepted = tokio::time::timeout(deadline, tls.accept(stream)) => match accepted {
                Ok(Ok(channel)) => {
                    peer.made_private();
                    let caller = by_key(&entrance, channel.client_key, address).await;
                    return Session::new(entrance, peer, channel, caller).run().await;
                }
                Ok(Err(error)) => match tls::ended_key(&error) {
                    // A device that was thrown out and goes on trying. It is nobody's guess, and others may be behind its address.
                    Some(key) => return drop(by_key(&entrance, Some(key), address).await),
                    None => (Failure::Handshake, error.to_string()),
                },
                Err(_) => (Failure::Silence, "the handshake took too long".to_owned()),
            },
        };
        entrance.recorder.note(refused_connection(address, &reason));
        let penalty = entrance.shared.limits.sources.penalise(address.ip(), failure, Instant::now());
        penalty.into_iter().for_each(|event| entrance.recorder.note(event));
    });
}

fn tls_listener(shared: &Arc<Shared>) -> TlsListener {
    let demand = match shared.config.tls.client_certificates {
        ClientCertificates::Off => return TlsListener::showing(&shared.tls),
        ClientCertificates::Optional => Demand::Optional,
        ClientCertificates::Required => Demand::Required,
    };
    let shown_to = shared.clone();
    TlsListener::asking(&shared.tls, demand, Box::new(move |key| shown_to.directory.registration(key)))
}

/// Who has shown a certificate is its key's user. Who is not, any more, is nobody until a sign-in.
async fn by_key(entrance: &Entrance, key: Option<[u8; 32]>, address: SocketAddr) -> Option<Arc<Caller>> {
    let key = key?;
    match Caller::by_key(&key, &entrance.shared.directory).await {
        Ok(caller) => Some(caller),
        Err(denied) => {
            let event = Event::new("sign_in_refused")
                .with("reason", denied.reason)
                .with("channel", ChannelKind::Tls.name())
                .with("key", hex::encode(key))
                .with_some("caller", denied.user.as_deref())
                .with("address", address.to_string());
            entrance.recorder.note(event);
            None
        }
    }
}

/// A stranger that was told to leave.
pub fn sent_away(address: SocketAddr) -> Event {
    refused_connection(address, "its place was needed for others before somebody had signed in")
}

fn refused_connection(address: SocketAddr, reason: &str) -> Event {
    Event::new("connection_refused").with("address", address.to_string()).with("reason", reason)
}

/// Systems give a process few descriptors unless it asks, macOS 256: without this, strangers could use up those that the trail needs.
fn make_room_for_sockets(config: &Config) {
    let strangers = 2 * config.strangers.drop_full; // those who were sent away and are still there count again
    let needed = (config.connections.max + strangers + OTHER_FILES) as u64;
    match platform::allow_open_files(needed) {
        Ok(allowed) if allowed < needed => tracing::warn!(
            "the system allows {allowed} open files and sockets, and {needed} may be needed; raise ulimit -n, or lower connections.max and strangers.drop_full"
        ),
        Ok(_) => (),
        Err(error) => tracing::warn!(%error, "cannot tell how many files and sockets may be open"),
    }
}

async fn bind_all(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for address in addresses {
        let listener = TcpListener::bind(address).await;
        let context = || {
            format!(
                "cannot listen on {address}; if another program does, end it, or name another address in livegate.toml"
            )
        };
        listeners.push(listener.with_context(context)?);
    }
    Ok(listeners)
}
