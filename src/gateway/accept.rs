//! Is let in at all (listener): the sockets, and who gets a place, before a byte is read.

mod capacity;
mod door;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::handshake::{self, ChannelKind, TlsListener};
use super::identify::Caller;
use super::limit::Failure;
use super::{Entrance, Shared, told_to_end};
use crate::audit::Event;
use crate::config::{self, ClientCertificates, Config};
use crate::platform::{ControlListener, PeerUser, PeerUsers, StateDir};
use crate::session::Session;
use crate::tls::{self, Demand};
pub use capacity::Capacity;
pub use door::{Door, Full, Peer};

/// The sockets that connections come in on.
pub struct Listeners {
    local: Vec<TcpListener>,
    tls: Vec<TcpListener>,
    control: ControlListener,
    /// Whose the connections to each of `local` are.
    users: Vec<PeerUsers>,
}

impl Listeners {
    /// Bind everything that is configured, for whoever has claimed the state folder.
    pub async fn bind(config: &Config, state: &StateDir) -> Result<Listeners> {
        let (local, tls) = (bind_all(config.local_listen()).await?, bind_all(&config.tls.listen).await?);
        let control = ControlListener::bind(state.path()).context("cannot open the control socket")?;
        let users: Vec<PeerUsers> = local.iter().map(|_| PeerUsers::begin()).collect();
        if users.iter().any(|users| !users.are_told()) {
            tracing::warn!(
                "this system does not tell whose a local connection is: every user of this machine can use local.listen"
            );
        }
        Ok(Listeners { local, tls, control, users })
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
        for (listener, users) in self.local.into_iter().zip(self.users) {
            tasks.spawn(accept_local(entrance.clone(), listener, users));
        }
        if !self.tls.is_empty() {
            tasks.spawn(tls::run(entrance.clone()));
        }
        let tls = Arc::new(tls_listener(&entrance.shared));
        for listener in self.tls {
            tasks.spawn(accept_tls(entrance.clone(), listener, tls.clone()));
        }
        tasks.spawn(accept_consoles(entrance.clone(), self.control));
        tasks
    }
}

/// Accept on one socket, for programs of this user. Whatever a connection does happens in a task of its own, so none delays another's accept.
async fn accept_local(entrance: Entrance, listener: TcpListener, mut users: PeerUsers) {
    let mut failures = AcceptFailures::default();
    loop {
        let (stream, address) = failures.accept(&listener).await;
        let user = stream.local_addr().map_or(PeerUser::Gone, |local| users.of(address, local));
        let reason = match user {
            PeerUser::Own | PeerUser::Untold => None,
            PeerUser::Other(uid) => Some(format!("uid {uid} is another user of this machine")),
            PeerUser::Gone => Some("it was closed before its user could be told".to_owned()),
        };
        if let Some(reason) = reason {
            entrance.recorder.note(refused_connection(address, &reason));
            continue;
        }
        match entrance.shared.door.admit_local(address, &entrance.shared.limits) {
            Ok(peer) => begin_local(&entrance, peer, stream),
            Err(reason) => entrance.recorder.note(refused_connection(address, reason)),
        }
    }
}

/// Accept on one socket, for whoever signs in.
async fn accept_tls(entrance: Entrance, listener: TcpListener, tls: Arc<TlsListener>) {
    let mut failures = AcceptFailures::default();
    loop {
        let (stream, address) = failures.accept(&listener).await;
        match entrance.shared.door.admit(address, &entrance.shared.limits) {
            Ok(peer) => begin_tls(&entrance, peer, stream, address, tls.clone()),
            Err(reason) => entrance.recorder.note(refused_connection(address, reason)),
        }
    }
}

async fn accept_consoles(entrance: Entrance, mut control: ControlListener) {
    let mut failures = AcceptFailures::default();
    loop {
        match control.accept().await {
            Ok(stream) => {
                let Some(peer) = entrance.shared.door.admit_console() else { continue };
                let channel = handshake::without_tls(stream, ChannelKind::Console);
                tokio::spawn(Session::new(entrance.clone(), peer, channel, Some(Caller::at_console())).run());
            }
            Err(error) => failures.pause(&error).await,
        }
    }
}

/// What goes wrong on a socket that accepts: logged at once, then once a minute with how often.
#[derive(Default)]
struct AcceptFailures {
    logged: Option<Instant>,
    unlogged: u64,
}

const FAILURE_LOG_INTERVAL: Duration = Duration::from_secs(60);

impl AcceptFailures {
    /// The next connection, and where it comes from.
    async fn accept(&mut self, listener: &TcpListener) -> (TcpStream, SocketAddr) {
        loop {
            match listener.accept().await {
                Ok((stream, address)) => {
                    let _ = stream.set_nodelay(true);
                    // Dual-stack sockets report IPv4-mapped IPv6; canonicalise.
                    return (stream, SocketAddr::new(address.ip().to_canonical(), address.port()));
                }
                Err(error) => self.pause(&error).await,
            }
        }
    }

    /// Out of descriptors, most likely: connections get a moment to end, instead of being asked for in a spin.
    async fn pause(&mut self, error: &std::io::Error) {
        if self.is_due(Instant::now()) {
            tracing::warn!(%error, times = self.unlogged, "cannot accept connections");
            self.unlogged = 0;
        }
        tokio::time::sleep(config::ms(50)).await;
    }

    fn is_due(&mut self, now: Instant) -> bool {
        self.unlogged += 1;
        let is_due = self.logged.is_none_or(|logged| now.saturating_duration_since(logged) >= FAILURE_LOG_INTERVAL);
        if is_due {
            self.logged = Some(now);
        }
        is_due
    }
}

fn begin_local(entrance: &Entrance, peer: Peer, stream: TcpStream) {
    let caller = Caller::at_loopback(&entrance.shared.config.local.role);
    let channel = handshake::without_tls(Box::new(stream), ChannelKind::Loopback);
    tokio::spawn(Session::new(entrance.clone(), peer, channel, Some(caller)).run());
}

fn begin_tls(entrance: &Entrance, mut peer: Peer, stream: TcpStream, address: SocketAddr, tls: Arc<TlsListener>) {
    let mut entrance = entrance.clone();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_to_accept_are_logged_once_a_minute() {
        let (mut failures, start) = (AcceptFailures::default(), Instant::now());
        let due = |failures: &mut AcceptFailures, ms| failures.is_due(start + config::ms(ms));
        assert!(due(&mut failures, 0));
        assert!((1..1_200).all(|number| !due(&mut failures, 50 * number)));
        assert!(due(&mut failures, 60_000) && !due(&mut failures, 60_050));
    }
}
