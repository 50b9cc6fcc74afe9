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

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::audit::{Event, EventSink};
use crate::config::{self, Config};
use crate::failure::Context;
use crate::platform::{BoxedStream, End, OwnListener, PeerUser, PeerUsers, Result, StateDir};
pub(crate) use capacity::Capacity;
pub(crate) use connection_limits::{ConnectionLimits, Full, Peer};
pub(crate) use limiter::{DirectLimiter, LimitClock, quota};
pub(crate) use source::Source;
pub(crate) use sources::{Failure, Sources};

/// The listening sockets.
pub struct Listeners {
    local: Vec<TcpListener>,
    tls: Vec<TcpListener>,
    http: Vec<TcpListener>,
    http_tls: Vec<TcpListener>,
    control: OwnListener,
    /// Bound if programs on this machine need no sign-in.
    pipe: Option<OwnListener>,
    /// The same for agents.
    mcp: Option<OwnListener>,
    /// Look up the user of a connection, for each of `local` and then each of `http`.
    users: Vec<PeerUsers>,
}

impl Listeners {
    /// Bind every configured listener. The caller must hold the state folder's lock.
    pub async fn bind(config: &Config, state: &StateDir) -> Result<Listeners> {
        let local = bind_all(config.local_listen()).await?;
        let tls = bind_all(&config.tls.listen).await?;
        let control = OwnListener::bind(state.path(), End::Control).context("cannot open the control socket")?;
        let http = bind_all(&config.http.listen).await?;
        let http_tls = bind_all(&config.http.tls_listen).await?;
        let pipe = config.serves_local().then(|| OwnListener::bind(state.path(), End::Lines)).transpose();
        let pipe = pipe.context("cannot open the pipe run/livegate.sock")?;
        let mcp = config.serves_local().then(|| OwnListener::bind(state.path(), End::Mcp)).transpose();
        let mcp = mcp.context("cannot open the pipe run/mcp.sock")?;
        let users: Vec<PeerUsers> = local.iter().chain(&http).map(|_| PeerUsers::begin()).collect();
        if users.iter().any(|users| !users.is_available()) {
            tracing::warn!(
                "this system does not report the user of a loopback connection: every user of this machine can reach local.listen and http.listen"
            );
        }
        Ok(Listeners { local, tls, http, http_tls, control, pipe, mcp, users })
    }

    /// The bound addresses of `local.listen`, with the ports that the system chose for port 0.
    pub fn local_addresses(&self) -> Vec<SocketAddr> {
        self.local.iter().filter_map(|listener| listener.local_addr().ok()).collect()
    }

    pub(crate) fn serves_tls(&self) -> bool {
        !self.tls.is_empty() || !self.http_tls.is_empty()
    }

    /// The bound addresses of `tls.listen`.
    pub fn tls_addresses(&self) -> Vec<SocketAddr> {
        self.tls.iter().filter_map(|listener| listener.local_addr().ok()).collect()
    }

    /// The bound addresses of `http.listen`.
    pub fn http_addresses(&self) -> Vec<SocketAddr> {
        self.http.iter().filter_map(|listener| listener.local_addr().ok()).collect()
    }

    pub(crate) fn http_tls_addresses(&self) -> Vec<SocketAddr> {
        self.http_tls.iter().filter_map(|listener| listener.local_addr().ok()).collect()
    }

    /// Accept on all listeners until the returned tasks are dropped. `arrive` starts a task for the connection and returns at once.
    pub fn accept_all(self, admission: &Admission, arrive: impl OnArrival) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        let mut users = self.users.into_iter();
        for (listener, users) in self.local.into_iter().zip(users.by_ref()) {
            tasks.spawn(accept_own(admission.clone(), listener, users, Service::Local, arrive.clone()));
        }
        for (listener, users) in self.http.into_iter().zip(users) {
            tasks.spawn(accept_own(admission.clone(), listener, users, Service::Http, arrive.clone()));
        }
        for listener in self.tls {
            tasks.spawn(accept_tls(admission.clone(), listener, Arrival::Tls, arrive.clone()));
        }
        for listener in self.http_tls {
            tasks.spawn(accept_tls(admission.clone(), listener, Arrival::HttpTls, arrive.clone()));
        }
        if let Some(pipe) = self.pipe {
            tasks.spawn(accept_own_streams(admission.clone(), pipe, arrive.clone(), |admission, stream| {
                admission.connections.admit_pipe().map(|peer| Arrival::Pipe(peer, stream))
            }));
        }
        if let Some(mcp) = self.mcp {
            tasks.spawn(accept_own_streams(admission.clone(), mcp, arrive.clone(), |admission, stream| {
                admission.connections.admit_pipe().map(|peer| Arrival::Mcp(peer, stream))
            }));
        }
        tasks.spawn(accept_own_streams(admission.clone(), self.control, arrive, |admission, stream| {
            admission.connections.admit_console().map(|peer| Arrival::Console(peer, stream))
        }));
        tasks
    }
}

/// An admitted connection. Nothing has been read from it yet.
pub enum Arrival {
    /// From a program of this user, on a listener without sign-in.
    Local(Peer, TcpStream),
    /// Before its handshake; the address is the client's.
    Tls(Peer, TcpStream, SocketAddr),
    /// Plain HTTP, from a program of this user; the address is the client's.
    Http(Peer, TcpStream, SocketAddr),
    /// HTTP only, over TLS.
    HttpTls(Peer, TcpStream, SocketAddr),
    /// From the owner, on the control socket.
    Console(Peer, BoxedStream),
    /// From a program of this user, on the pipe.
    Pipe(Peer, BoxedStream),
    /// From an agent of this user, on the pipe for agents.
    Mcp(Peer, BoxedStream),
}

/// Handles each arrival.
pub trait OnArrival: Fn(Arrival) + Clone + Send + Sync + 'static {}

impl<F: Fn(Arrival) + Clone + Send + Sync + 'static> OnArrival for F {}

/// The limits that decide about a connection, and the recorder for refusals.
#[derive(Clone)]
pub struct Admission {
    pub(crate) connections: Arc<ConnectionLimits>,
    pub(crate) sources: Arc<Sources>,
    pub(crate) events: Arc<dyn EventSink>,
}

/// The service of a listener for this machine.
#[derive(Clone, Copy, Debug)]
enum Service {
    Local,
    Http,
}

async fn accept_own(
    admission: Admission,
    listener: TcpListener,
    mut users: PeerUsers,
    service: Service,
    arrive: impl OnArrival,
) {
    let mut failures = AcceptFailures::default();
    loop {
        let (stream, address) = failures.accept(&listener).await;
        let user = stream.local_addr().map_or(PeerUser::Gone, |local| users.of(address, local));
        let reason = match user {
            PeerUser::Own | PeerUser::Unknown => None,
            PeerUser::Other(uid) => Some(format!("uid {uid} is another user of this machine")),
            PeerUser::Gone => Some("it was closed before its user could be determined".to_owned()),
        };
        if let Some(reason) = reason {
            admission.events.note(refused_connection(address, &reason));
            continue;
        }
        let arrival = match service {
            Service::Local => {
                let admitted = admission.connections.admit_local(address, &admission.sources);
                admitted.map(|peer| Arrival::Local(peer, stream))
            }
            Service::Http => {
                let admitted = admission.connections.admit(address, &admission.sources);
                admitted.map(|peer| Arrival::Http(peer, stream, address))
            }
        };
        match arrival {
            Ok(arrival) => arrive(arrival),
            Err(reason) => admission.events.note(refused_connection(address, reason)),
        }
    }
}

async fn accept_tls(
    admission: Admission,
    listener: TcpListener,
    arrival: fn(Peer, TcpStream, SocketAddr) -> Arrival,
    arrive: impl OnArrival,
) {
    let mut failures = AcceptFailures::default();
    loop {
        let (stream, address) = failures.accept(&listener).await;
        match admission.connections.admit(address, &admission.sources) {
            Ok(peer) => arrive(arrival(peer, stream, address)),
            Err(reason) => admission.events.note(refused_connection(address, reason)),
        }
    }
}

async fn accept_own_streams(
    admission: Admission,
    mut listener: OwnListener,
    arrive: impl OnArrival,
    admit: impl Fn(&Admission, BoxedStream) -> Option<Arrival>,
) {
    let mut failures = AcceptFailures::default();
    loop {
        match listener.accept().await {
            Ok(stream) => {
                if let Some(arrival) = admit(&admission, stream) {
                    arrive(arrival);
                }
            }
            Err(error) => failures.pause(&error).await,
        }
    }
}

/// Failures of `accept`: the first is logged at once, then their number once a minute.
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

    /// Most likely no descriptor is free. Pause, so that connections can close meanwhile.
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

/// An unauthenticated connection was evicted.
pub fn evicted(address: SocketAddr) -> Event {
    refused_connection(address, "its slot was needed before it signed in")
}

pub(crate) fn refused_connection(address: SocketAddr, reason: &str) -> Event {
    Event::new("connection_refused").with("address", address.to_string()).with("reason", reason)
}

async fn bind_all(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for address in addresses {
        let listener = TcpListener::bind(address).await;
        let context = || {
            format!(
                "cannot listen on {address}; if another program uses it, stop that program or choose another address in livegate.toml"
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
        let mut failures = AcceptFailures::default();
        let start = Instant::now();
        let due = |failures: &mut AcceptFailures, ms| failures.is_due(start + config::ms(ms));
        assert!(due(&mut failures, 0));
        assert!((1..1_200).all(|number| !due(&mut failures, 50 * number)));
        assert!(due(&mut failures, 60_000) && !due(&mut failures, 60_050));
    }
}
