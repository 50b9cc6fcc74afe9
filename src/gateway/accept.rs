//! Admits connections (listener): the sockets and the connection limits, before a byte is read.

mod capacity;
mod connection_limits;
mod familiar;
mod limiter;
mod penalty;
mod source;
mod sources;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::audit::{Event, EventSink};
use crate::config::{self, Config};
use crate::platform::{BoxedStream, ControlListener, PeerUser, PeerUsers, StateDir};
pub use capacity::Capacity;
pub use connection_limits::{ConnectionLimits, Full, Peer};
pub use limiter::{DirectLimiter, LimitClock, quota};
pub use source::Source;
pub use sources::{Failure, Sources};

/// The listening sockets.
pub struct Listeners {
    local: Vec<TcpListener>,
    tls: Vec<TcpListener>,
    control: ControlListener,
    /// Tells the user of each connection, for each of `local`.
    users: Vec<PeerUsers>,
}

impl Listeners {
    /// Bind every configured listener. The caller has claimed the state folder.
    pub async fn bind(config: &Config, state: &StateDir) -> Result<Listeners> {
        let (local, tls) = (bind_all(config.local_listen()).await?, bind_all(&config.tls.listen).await?);
        let control = ControlListener::bind(state.path()).context("cannot open the control socket")?;
        let users: Vec<PeerUsers> = local.iter().map(|_| PeerUsers::begin()).collect();
        if users.iter().any(|users| !users.are_told()) {
            tracing::warn!(
                "this system does not report the user of a loopback connection: every user of this machine can use local.listen"
            );
        }
        Ok(Listeners { local, tls, control, users })
    }

    pub fn local_addresses(&self) -> Vec<SocketAddr> {
        self.local.iter().filter_map(|listener| listener.local_addr().ok()).collect()
    }

    pub fn serves_tls(&self) -> bool {
        !self.tls.is_empty()
    }

    pub fn tls_addresses(&self) -> Vec<SocketAddr> {
        self.tls.iter().filter_map(|listener| listener.local_addr().ok()).collect()
    }

    /// Accept on all of them until the tasks are dropped. `arrive` starts the connection's own task and never waits, so none delays
    /// another's accept.
    pub fn accept_all(self, admission: &Admission, arrive: impl Arrive) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        for (listener, users) in self.local.into_iter().zip(self.users) {
            tasks.spawn(accept_local(admission.clone(), listener, users, arrive.clone()));
        }
        for listener in self.tls {
            tasks.spawn(accept_tls(admission.clone(), listener, arrive.clone()));
        }
        tasks.spawn(accept_consoles(admission.clone(), self.control, arrive));
        tasks
    }
}

/// An admitted connection. No byte of it has been read.
pub enum Arrival {
    /// From a program of this user, on a listener without sign-in.
    Local(Peer, TcpStream),
    Tls(Peer, TcpStream, SocketAddr),
    /// From the owner, on the control socket.
    Console(Peer, BoxedStream),
}

/// Takes each arrival.
pub trait Arrive: Fn(Arrival) + Clone + Send + Sync + 'static {}

impl<F: Fn(Arrival) + Clone + Send + Sync + 'static> Arrive for F {}

/// What accepting needs: the limits that decide about a connection, and where a refusal is recorded.
#[derive(Clone)]
pub struct Admission {
    pub connections: Arc<ConnectionLimits>,
    pub sources: Arc<Sources>,
    pub events: Arc<dyn EventSink>,
}

async fn accept_local(admission: Admission, listener: TcpListener, mut users: PeerUsers, arrive: impl Arrive) {
    let mut failures = AcceptFailures::default();
    loop {
        let (stream, address) = failures.accept(&listener).await;
        let user = stream.local_addr().map_or(PeerUser::Gone, |local| users.of(address, local));
        let reason = match user {
            PeerUser::Own | PeerUser::Untold => None,
            PeerUser::Other(uid) => Some(format!("uid {uid} is another user of this machine")),
            PeerUser::Gone => Some("it was closed before its user could be determined".to_owned()),
        };
        if let Some(reason) = reason {
            admission.events.note(refused_connection(address, &reason));
            continue;
        }
        match admission.connections.admit_local(address, &admission.sources) {
            Ok(peer) => arrive(Arrival::Local(peer, stream)),
            Err(reason) => admission.events.note(refused_connection(address, reason)),
        }
    }
}

async fn accept_tls(admission: Admission, listener: TcpListener, arrive: impl Arrive) {
    let mut failures = AcceptFailures::default();
    loop {
        let (stream, address) = failures.accept(&listener).await;
        match admission.connections.admit(address, &admission.sources) {
            Ok(peer) => arrive(Arrival::Tls(peer, stream, address)),
            Err(reason) => admission.events.note(refused_connection(address, reason)),
        }
    }
}

async fn accept_consoles(admission: Admission, mut control: ControlListener, arrive: impl Arrive) {
    let mut failures = AcceptFailures::default();
    loop {
        match control.accept().await {
            Ok(stream) => {
                if let Some(peer) = admission.connections.admit_console() {
                    arrive(Arrival::Console(peer, stream));
                }
            }
            Err(error) => failures.pause(&error).await,
        }
    }
}

/// Failures of `accept`: logged at once, then once a minute with their number.
#[derive(Default)]
struct AcceptFailures {
    logged: Option<Instant>,
    unlogged: u64,
}

const FAILURE_LOG_INTERVAL: Duration = Duration::from_secs(60);

impl AcceptFailures {
    /// The next connection and its address.
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

    /// Most likely no descriptor is free: pause instead of spinning, so that connections can close.
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

/// An unauthenticated connection was closed to free its slot.
pub fn evicted(address: SocketAddr) -> Event {
    refused_connection(address, "its slot was needed for others before a caller signed in")
}

pub fn refused_connection(address: SocketAddr, reason: &str) -> Event {
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
