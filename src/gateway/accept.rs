//! Is let in at all (listener): the sockets, and caps on connections in all and per source, before a byte is read.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use super::handshake::{self, ChannelKind, TlsListener};
use super::identify::Caller;
use super::limit::{Failure, Limits, Source};
use super::{Entrance, told_to_end};
use crate::audit::Event;
use crate::config::{self, Config};
use crate::platform::{ControlListener, StateDir};
use crate::session::Session;

/// The sockets that connections come in on.
pub struct Listeners {
    local: Vec<TcpListener>,
    tls: Vec<TcpListener>,
    tls_config: Option<Arc<TlsListener>>,
    control: ControlListener,
}

impl Listeners {
    /// Bind everything that is configured, for whoever has claimed the state folder.
    pub async fn bind(config: &Config, state: &StateDir) -> Result<Listeners> {
        let tls_config = match config.tls.listen.is_empty() {
            true => None,
            false => {
                let file = |path: &Path| state.path().join(path);
                Some(Arc::new(TlsListener::load(&file(&config.tls.certificate), &file(&config.tls.key))?))
            }
        };
        let (local, tls) = (bind_all(config.local_listen()).await?, bind_all(&config.tls.listen).await?);
        let control = ControlListener::bind(state.path()).context("cannot open the control socket")?;
        Ok(Listeners { local, tls, tls_config, control })
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
        for listener in self.tls {
            tasks.spawn(accept_on(entrance.clone(), listener, self.tls_config.clone()));
        }
        tasks.spawn(accept_consoles(entrance.clone(), self.control));
        tasks
    }
}

/// Accept on one socket. Whatever a connection does happens in a task of its own, so none delays another's accept.
async fn accept_on(entrance: Entrance, listener: TcpListener, tls: Option<Arc<TlsListener>>) {
    loop {
        match listener.accept().await {
            Ok((stream, address)) => match entrance.shared.door.admit(address, &entrance.shared.limits) {
                Ok(peer) => begin(&entrance, peer, stream, address, tls.clone()),
                Err(reason) => entrance.recorder.note(refused_connection(address, reason)),
            },
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

fn begin(entrance: &Entrance, peer: Peer, stream: TcpStream, address: SocketAddr, tls: Option<Arc<TlsListener>>) {
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
            accepted = tokio::time::timeout(deadline, tls.accept(stream)) => match accepted {
                Ok(Ok(channel)) => return Session::new(entrance, peer, channel, None).run().await,
                Ok(Err(error)) => (Failure::Handshake, error.to_string()),
                Err(_) => (Failure::Silence, "the handshake took too long".to_owned()),
            },
        };
        entrance.recorder.note(refused_connection(address, &reason));
        let penalty = entrance.shared.limits.sources.penalise(address.ip(), failure, Instant::now());
        penalty.into_iter().for_each(|event| entrance.recorder.note(event));
    });
}

fn refused_connection(address: SocketAddr, reason: &str) -> Event {
    Event::new("connection_refused").with("address", address.to_string()).with("reason", reason)
}

async fn bind_all(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for address in addresses {
        let listener = TcpListener::bind(address).await;
        listeners.push(listener.with_context(|| format!("cannot listen on {address}; is another gateway running?"))?);
    }
    Ok(listeners)
}

/// A connection that was let in. Dropping it gives its place back.
#[derive(Debug)]
pub struct Peer {
    /// `None` for the console, which is no network's.
    pub address: Option<SocketAddr>,
    _place: OwnedSemaphorePermit,
    _place_of_source: Option<PlaceOfSource>,
}

/// Counts who is in.
pub struct Door {
    places: Arc<Semaphore>,
    places_max: usize,
    /// The console has places of its own: an owner must get in when the network is full.
    console_places: Arc<Semaphore>,
    per_source_max: usize,
    by_source: Arc<Mutex<HashMap<Source, usize>>>,
    /// Connections are numbered, so that the log and the queue can tell them apart.
    next_number: AtomicU64,
}

const CONSOLE_PLACES: usize = 8;

impl Door {
    pub fn new(config: &config::Connections) -> Door {
        Door {
            places: Arc::new(Semaphore::new(config.max)),
            places_max: config.max,
            console_places: Arc::new(Semaphore::new(CONSOLE_PLACES)),
            per_source_max: config.per_source_max,
            by_source: Arc::default(),
            next_number: AtomicU64::new(1),
        }
    }

    pub fn number(&self) -> u64 {
        self.next_number.fetch_add(1, Ordering::Relaxed)
    }

    /// Connections that are in, the console's not counted.
    pub fn count(&self) -> usize {
        self.places_max - self.places.available_permits()
    }

    /// Let a connection in, or say why not.
    pub fn admit(&self, address: SocketAddr, limits: &Limits) -> Result<Peer, &'static str> {
        if limits.sources.is_penalised(address.ip(), Instant::now()) {
            return Err("too many failures of its source");
        }
        if !limits.sources.admit_connection(address.ip()) {
            return Err("too many new connections of its source");
        }
        let place = self.places.clone().try_acquire_owned().map_err(|_| "too many connections in all")?;
        let place_of_source =
            self.place_of(limits.sources.of(address.ip())).ok_or("too many connections of its source")?;
        Ok(Peer { address: Some(address), _place: place, _place_of_source: Some(place_of_source) })
    }

    pub fn admit_console(&self) -> Option<Peer> {
        let place = self.console_places.clone().try_acquire_owned().ok()?;
        Some(Peer { address: None, _place: place, _place_of_source: None })
    }

    fn place_of(&self, source: Source) -> Option<PlaceOfSource> {
        let mut by_source = self.by_source.lock().unwrap_or_else(PoisonError::into_inner);
        let count = by_source.entry(source).or_insert(0);
        if *count >= self.per_source_max {
            return None;
        }
        *count += 1;
        Some(PlaceOfSource { source, by_source: self.by_source.clone() })
    }
}

#[derive(Debug)]
struct PlaceOfSource {
    source: Source,
    by_source: Arc<Mutex<HashMap<Source, usize>>>,
}

impl Drop for PlaceOfSource {
    fn drop(&mut self) {
        let mut by_source = self.by_source.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = by_source.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                by_source.remove(&self.source);
            }
        }
    }
}
