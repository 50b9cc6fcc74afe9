//! Limits on connections. Sessions and unauthenticated connections have separate slots, so that unauthenticated connections never take a slot of a
//! caller.
//!
//! When there are many unauthenticated connections, a new one evicts another: with a rising probability from a threshold on, and always at the limit,
//! as OpenSSH's `MaxStartups` does. Unlike there, the new connection stays. The evicted connection is one of the busiest source: of those that have
//! progressed least, the oldest. A client that signs in does so within moments.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::{Capacity, Source, Sources};
use crate::config;
use crate::platform::random;

pub struct ConnectionLimits {
    occupancy: Arc<Mutex<Occupancy>>,
    /// The console has slots of its own, so that the owner can connect when the network's slots are full.
    console_slots: Arc<Semaphore>,
    /// Listeners without sign-in have slots of their own, so that local programs take none of the callers' slots.
    local_slots: Arc<Semaphore>,
    local_max: usize,
    /// Numbers identify connections in the log and in the queue.
    next_number: AtomicU64,
}

const CONSOLE_SLOTS: usize = 8;

/// An admitted connection. Dropping it frees its slot.
#[derive(Debug)]
pub struct Peer {
    /// `None` for the console and the pipe.
    pub address: Option<SocketAddr>,
    slot: Slot,
}

#[derive(Debug)]
enum Slot {
    /// A slot of the console or of a listener without sign-in.
    Reserved(#[expect(dead_code, reason = "dropping it frees the slot")] OwnedSemaphorePermit),
    Network(NetworkSlot),
    /// The slot is held by the connections that carry the session's requests.
    Elsewhere,
}

/// Why a connection is not admitted, or gets no slot of a caller.
pub type Full = &'static str;

impl ConnectionLimits {
    pub fn new(capacity: &Capacity) -> ConnectionLimits {
        ConnectionLimits {
            occupancy: Arc::new(Mutex::new(Occupancy::new(&capacity.connections, &capacity.unauthenticated))),
            local_slots: Arc::new(Semaphore::new(capacity.local)),
            local_max: capacity.local,
            console_slots: Arc::new(Semaphore::new(CONSOLE_SLOTS)),
            next_number: AtomicU64::new(1),
        }
    }

    pub fn number(&self) -> u64 {
        self.next_number.fetch_add(1, Ordering::Relaxed)
    }

    /// The number of admitted connections, without consoles.
    pub fn count(&self) -> usize {
        let local = self.local_max - self.local_slots.available_permits();
        let occupancy = lock(&self.occupancy);
        local + occupancy.callers + occupancy.unauthenticated + occupancy.closing
    }

    /// Admit a connection that must sign in.
    pub fn admit(&self, address: SocketAddr, sources: &Sources) -> Result<Peer, Full> {
        let holder = self.check(address, sources)?;
        let mut occupancy = lock(&self.occupancy);
        if occupancy.closing >= occupancy.unauthenticated_full {
            return Err("too many connections at once");
        }
        occupancy.add_unauthenticated(&holder, Stage::Connected, draw_percent);
        Ok(self.peer(address, holder, Kind::Unauthenticated(Stage::Connected)))
    }

    /// Admit a connection from this machine that needs no sign-in.
    pub fn admit_local(&self, address: SocketAddr, sources: &Sources) -> Result<Peer, Full> {
        self.check(address, sources)?;
        let slot = self.local_slots.clone().try_acquire_owned();
        let slot = slot.map_err(|_| "too many connections to the local listeners")?;
        Ok(Peer { address: Some(address), slot: Slot::Reserved(slot) })
    }

    pub fn admit_console(&self) -> Option<Peer> {
        let slot = self.console_slots.clone().try_acquire_owned().ok()?;
        Some(Peer { address: None, slot: Slot::Reserved(slot) })
    }

    /// Admit a connection on the pipe, under the limit of the listeners without sign-in.
    pub fn admit_pipe(&self) -> Option<Peer> {
        let slot = self.local_slots.clone().try_acquire_owned().ok()?;
        Some(Peer { address: None, slot: Slot::Reserved(slot) })
    }

    fn check(&self, address: SocketAddr, sources: &Sources) -> Result<Holder, Full> {
        if sources.is_penalised(address.ip()) {
            return Err("too many failures from its source");
        }
        if !sources.admit_connection(address.ip()) {
            return Err("too many new connections from its source");
        }
        let is_exempt = sources.is_exempt(address.ip());
        Ok(Holder { source: sources.of(address.ip()), is_exempt, number: self.number(), eviction: Arc::default() })
    }

    fn peer(&self, address: SocketAddr, holder: Holder, kind: Kind) -> Peer {
        let slot = NetworkSlot { occupancy: self.occupancy.clone(), holder, kind };
        Peer { address: Some(address), slot: Slot::Network(slot) }
    }
}

impl Peer {
    /// The peer of a session whose requests arrive over connections with slots of their own.
    pub fn behind(address: Option<SocketAddr>) -> Peer {
        Peer { address, slot: Slot::Elsewhere }
    }

    /// Wait until the connection is evicted; it must then close at once. Only unauthenticated connections are evicted.
    pub async fn evicted(&self) {
        match &self.slot {
            Slot::Reserved(_) | Slot::Elsewhere => std::future::pending().await,
            Slot::Network(slot) => slot.holder.eviction.notified().await,
        }
    }

    /// The notification that `evicted` waits for.
    pub fn eviction(&self) -> Option<Arc<Notify>> {
        match &self.slot {
            Slot::Reserved(_) | Slot::Elsewhere => None,
            Slot::Network(slot) => Some(slot.holder.eviction.clone()),
        }
    }

    /// Record that the TLS handshake is complete. Connections without a handshake are evicted first.
    pub fn handshake_completed(&mut self) {
        if let Slot::Network(slot) = &mut self.slot {
            slot.handshake_completed();
        }
    }

    /// Exchange the slot for one of a caller.
    pub fn become_caller(&mut self) -> Result<(), Full> {
        match &mut self.slot {
            Slot::Reserved(_) | Slot::Elsewhere => Ok(()),
            Slot::Network(slot) => slot.become_caller(),
        }
    }

    /// Exchange the slot for one of an unauthenticated connection.
    pub fn become_unauthenticated(&mut self) {
        if let Slot::Network(slot) = &mut self.slot {
            slot.become_unauthenticated();
        }
    }
}

#[derive(Debug)]
struct NetworkSlot {
    occupancy: Arc<Mutex<Occupancy>>,
    holder: Holder,
    kind: Kind,
}

#[derive(Debug)]
struct Holder {
    source: Source,
    /// Whether the address is exempt from the limit per source.
    is_exempt: bool,
    number: u64,
    eviction: Arc<Notify>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unauthenticated(Stage),
    Caller,
}

/// The progress of an unauthenticated connection. The least progressed is evicted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Connected,
    Encrypted,
}

impl NetworkSlot {
    fn handshake_completed(&mut self) {
        if self.kind == Kind::Unauthenticated(Stage::Connected) && lock(&self.occupancy).promote(&self.holder) {
            self.kind = Kind::Unauthenticated(Stage::Encrypted);
        }
    }

    fn become_caller(&mut self) -> Result<(), Full> {
        let Kind::Unauthenticated(stage) = self.kind else { return Ok(()) };
        let mut occupancy = lock(&self.occupancy);
        if !occupancy.has_unauthenticated(&self.holder, stage) {
            return Err("the connection was evicted");
        }
        occupancy.add_caller(&self.holder)?;
        occupancy.remove_unauthenticated(&self.holder, stage);
        self.kind = Kind::Caller;
        Ok(())
    }

    fn become_unauthenticated(&mut self) {
        if self.kind == Kind::Caller {
            let mut occupancy = lock(&self.occupancy);
            occupancy.add_unauthenticated(&self.holder, Stage::Encrypted, draw_percent);
            occupancy.remove_caller(&self.holder);
            self.kind = Kind::Unauthenticated(Stage::Encrypted);
        }
    }
}

impl Drop for NetworkSlot {
    fn drop(&mut self) {
        let mut occupancy = lock(&self.occupancy);
        match self.kind {
            Kind::Caller => occupancy.remove_caller(&self.holder),
            Kind::Unauthenticated(stage) if occupancy.has_unauthenticated(&self.holder, stage) => {
                occupancy.remove_unauthenticated(&self.holder, stage);
            }
            Kind::Unauthenticated(_) => occupancy.closing -= 1,
        }
    }
}

/// Locked when a connection is admitted, signs in or closes; never for a command.
#[derive(Debug)]
struct Occupancy {
    callers_max: usize,
    callers_per_source_max: usize,
    unauthenticated_start: usize,
    unauthenticated_percent: usize,
    unauthenticated_full: usize,
    unauthenticated_per_source_max: usize,
    callers: usize,
    unauthenticated: usize,
    /// Evicted connections that have not closed yet.
    closing: usize,
    by_source: HashMap<Source, SourceCounts>,
}

#[derive(Debug, Default)]
struct SourceCounts {
    callers: usize,
    /// In the order of eviction.
    unauthenticated: BTreeMap<(Stage, u64), Arc<Notify>>,
}

impl Occupancy {
    fn new(connections: &config::Connections, unauthenticated: &config::Unauthenticated) -> Occupancy {
        Occupancy {
            callers_max: connections.max,
            callers_per_source_max: connections.per_source_max,
            unauthenticated_start: unauthenticated.drop_start,
            unauthenticated_percent: unauthenticated.drop_percent,
            unauthenticated_full: unauthenticated.drop_full,
            unauthenticated_per_source_max: unauthenticated.per_source_max,
            callers: 0,
            unauthenticated: 0,
            closing: 0,
            by_source: HashMap::new(),
        }
    }

    fn add_caller(&mut self, holder: &Holder) -> Result<(), Full> {
        if self.callers >= self.callers_max {
            return Err("too many connections in total");
        }
        let of_source = self.by_source.get(&holder.source).map_or(0, |of| of.callers);
        if of_source >= self.callers_per_source_max {
            return Err("too many connections from its source");
        }
        self.callers += 1;
        self.by_source.entry(holder.source).or_default().callers += 1;
        Ok(())
    }

    fn remove_caller(&mut self, holder: &Holder) {
        self.callers -= 1;
        if let Some(of) = self.by_source.get_mut(&holder.source) {
            of.callers -= 1;
        }
        self.remove_if_empty(&holder.source);
    }

    /// Add an unauthenticated connection, which may evict another. `draw_percent` returns a random number below 100.
    fn add_unauthenticated(&mut self, holder: &Holder, stage: Stage, draw_percent: impl FnOnce() -> usize) {
        let of_source = self.by_source.get(&holder.source).map_or(0, |of| of.unauthenticated.len());
        if !holder.is_exempt && of_source >= self.unauthenticated_per_source_max {
            self.evict(holder.source);
        } else if let Some(source) = self.busiest_source()
            && self.unauthenticated >= self.unauthenticated_start
            && draw_percent() < self.drop_percent()
        {
            self.evict(source);
        }
        self.unauthenticated += 1;
        let of = self.by_source.entry(holder.source).or_default();
        of.unauthenticated.insert((stage, holder.number), holder.eviction.clone());
    }

    fn has_unauthenticated(&self, holder: &Holder, stage: Stage) -> bool {
        self.by_source.get(&holder.source).is_some_and(|of| of.unauthenticated.contains_key(&(stage, holder.number)))
    }

    fn remove_unauthenticated(&mut self, holder: &Holder, stage: Stage) {
        self.unauthenticated -= 1;
        if let Some(of) = self.by_source.get_mut(&holder.source) {
            of.unauthenticated.remove(&(stage, holder.number));
        }
        self.remove_if_empty(&holder.source);
    }

    /// Change the kind of a slot. Returns false if the connection has been evicted.
    fn promote(&mut self, holder: &Holder) -> bool {
        let Some(of) = self.by_source.get_mut(&holder.source) else { return false };
        let found = of.unauthenticated.remove(&(Stage::Connected, holder.number));
        found.map(|eviction| of.unauthenticated.insert((Stage::Encrypted, holder.number), eviction)).is_some()
    }

    /// The probability of an eviction in percent: it rises linearly from the configured start to 100 at the limit.
    fn drop_percent(&self) -> usize {
        let over = self.unauthenticated - self.unauthenticated_start;
        let span = self.unauthenticated_full - self.unauthenticated_start;
        if self.unauthenticated >= self.unauthenticated_full {
            100
        } else {
            self.unauthenticated_percent + (100 - self.unauthenticated_percent) * over / span
        }
    }

    /// The source with the most unauthenticated connections. Their number is small, so the scan is short.
    fn busiest_source(&self) -> Option<Source> {
        let most = self.by_source.iter().max_by_key(|(_, of)| of.unauthenticated.len());
        most.filter(|(_, of)| !of.unauthenticated.is_empty()).map(|(source, _)| *source)
    }

    fn evict(&mut self, source: Source) {
        let next = self.by_source.get_mut(&source).and_then(|of| of.unauthenticated.pop_first());
        let Some((_, eviction)) = next else { return };
        eviction.notify_one();
        self.unauthenticated -= 1;
        self.closing += 1;
        self.remove_if_empty(&source);
    }

    fn remove_if_empty(&mut self, source: &Source) {
        if self.by_source.get(source).is_some_and(|of| of.callers == 0 && of.unauthenticated.is_empty()) {
            self.by_source.remove(source);
        }
    }
}

/// From the system's random numbers, so that clients cannot predict it.
fn draw_percent() -> usize {
    usize::from(u16::from_be_bytes(random::bytes())) * 100 / (usize::from(u16::MAX) + 1)
}

fn lock(occupancy: &Mutex<Occupancy>) -> MutexGuard<'_, Occupancy> {
    occupancy.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
