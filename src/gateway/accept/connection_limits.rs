//! Who is in: places for callers and places for strangers, counted apart, so that no number of strangers can take the place of a caller.
//!
//! When strangers become many, a newcomer costs one of them its place, now and then at first and in the end always, as with OpenSSH's
//! `MaxStartups`. But not the newcomer is turned away: it goes one of the source that has most of them, the one that has come least far and
//! waited longest. Whoever means to sign in does so in moments; who waits in silence, or in numbers, gives way.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::Capacity;
use crate::config;
use crate::gateway::limit::{Limits, Source};
use crate::platform::random;

pub struct ConnectionLimits {
    inside: Arc<Mutex<Inside>>,
    /// The console has places of its own: an owner must get in when the network is full.
    console_places: Arc<Semaphore>,
    /// So have the listeners without sign-in: a local program must not keep out those who sign in.
    local_places: Arc<Semaphore>,
    local_max: usize,
    /// Connections are numbered, so that the log and the queue can tell them apart.
    next_number: AtomicU64,
}

const CONSOLE_PLACES: usize = 8;

/// A connection that was let in. Dropping it gives its place back.
#[derive(Debug)]
pub struct Peer {
    /// `None` for the console, which is no network's.
    pub address: Option<SocketAddr>,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// The console's, or one on a listener without sign-in.
    Reserved(#[expect(dead_code, reason = "it is given back by being dropped")] OwnedSemaphorePermit),
    Network(NetworkPlace),
}

/// Why a connection is not let in, or gets no place among the callers.
pub type Full = &'static str;

impl ConnectionLimits {
    pub fn new(capacity: &Capacity) -> ConnectionLimits {
        ConnectionLimits {
            inside: Arc::new(Mutex::new(Inside::new(&capacity.connections, &capacity.strangers))),
            local_places: Arc::new(Semaphore::new(capacity.local)),
            local_max: capacity.local,
            console_places: Arc::new(Semaphore::new(CONSOLE_PLACES)),
            next_number: AtomicU64::new(1),
        }
    }

    pub fn number(&self) -> u64 {
        self.next_number.fetch_add(1, Ordering::Relaxed)
    }

    /// Connections that are in, the console's not counted.
    pub fn count(&self) -> usize {
        let local = self.local_max - self.local_places.available_permits();
        let inside = lock(&self.inside);
        local + inside.callers + inside.strangers + inside.leaving
    }

    /// Let a connection in on which somebody has yet to sign in, or say why not.
    pub fn admit(&self, address: SocketAddr, limits: &Limits) -> Result<Peer, Full> {
        let who = self.check(address, limits)?;
        let mut inside = lock(&self.inside);
        if inside.leaving >= inside.strangers_full {
            return Err("too many connections at once");
        }
        inside.add_stranger(&who, Stage::Arrived, draw_percent);
        Ok(self.peer(address, who, Standing::Stranger(Stage::Arrived)))
    }

    /// Let a connection in that has a caller as it is, from this machine.
    pub fn admit_local(&self, address: SocketAddr, limits: &Limits) -> Result<Peer, Full> {
        self.check(address, limits)?;
        let place = self.local_places.clone().try_acquire_owned();
        let place = place.map_err(|_| "too many connections to the local listeners")?;
        Ok(Peer { address: Some(address), place: Place::Reserved(place) })
    }

    pub fn admit_console(&self) -> Option<Peer> {
        let place = self.console_places.clone().try_acquire_owned().ok()?;
        Some(Peer { address: None, place: Place::Reserved(place) })
    }

    fn check(&self, address: SocketAddr, limits: &Limits) -> Result<Who, Full> {
        let sources = &limits.sources;
        if sources.is_penalised(address.ip()) {
            return Err("too many failures of its source");
        }
        if !sources.admit_connection(address.ip()) {
            return Err("too many new connections of its source");
        }
        let is_exempt = sources.is_exempt(address.ip());
        Ok(Who { source: sources.of(address.ip()), is_exempt, number: self.number(), leave: Arc::default() })
    }

    fn peer(&self, address: SocketAddr, who: Who, standing: Standing) -> Peer {
        let place = NetworkPlace { inside: self.inside.clone(), who, standing };
        Peer { address: Some(address), place: Place::Network(place) }
    }
}

impl Peer {
    /// Waits until the place is needed for others. Only strangers are ever told so; whoever is, ends at once.
    pub async fn told_to_leave(&self) {
        match &self.place {
            Place::Reserved(_) => std::future::pending().await,
            Place::Network(place) => place.who.leave.notified().await,
        }
    }

    /// Its TLS stands: it has come further than those that only occupy a socket.
    pub fn made_private(&mut self) {
        if let Place::Network(place) = &mut self.place {
            place.made_private();
        }
    }

    /// From now on it has one of the callers' places.
    pub fn become_caller(&mut self) -> Result<(), Full> {
        match &mut self.place {
            Place::Reserved(_) => Ok(()),
            Place::Network(place) => place.become_caller(),
        }
    }

    /// From now on it has one of the strangers' places again.
    pub fn become_stranger(&mut self) {
        if let Place::Network(place) = &mut self.place {
            place.become_stranger();
        }
    }
}

#[derive(Debug)]
struct NetworkPlace {
    inside: Arc<Mutex<Inside>>,
    who: Who,
    standing: Standing,
}

#[derive(Debug)]
struct Who {
    source: Source,
    /// Then the source's own bound does not hold.
    is_exempt: bool,
    number: u64,
    leave: Arc<Notify>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Stranger(Stage),
    Caller,
}

/// How far a stranger has come. Whoever has come less far goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Arrived,
    /// It has gone to the trouble of a handshake.
    Private,
}

impl NetworkPlace {
    fn made_private(&mut self) {
        if self.standing == Standing::Stranger(Stage::Arrived) && lock(&self.inside).promote(&self.who) {
            self.standing = Standing::Stranger(Stage::Private);
        }
    }

    fn become_caller(&mut self) -> Result<(), Full> {
        let Standing::Stranger(stage) = self.standing else { return Ok(()) };
        let mut inside = lock(&self.inside);
        if !inside.has_stranger(&self.who, stage) {
            return Err("its place was needed for others");
        }
        inside.add_caller(&self.who)?;
        inside.remove_stranger(&self.who, stage);
        self.standing = Standing::Caller;
        Ok(())
    }

    fn become_stranger(&mut self) {
        if self.standing == Standing::Caller {
            let mut inside = lock(&self.inside);
            inside.add_stranger(&self.who, Stage::Private, draw_percent);
            inside.remove_caller(&self.who);
            self.standing = Standing::Stranger(Stage::Private);
        }
    }
}

impl Drop for NetworkPlace {
    fn drop(&mut self) {
        let mut inside = lock(&self.inside);
        match self.standing {
            Standing::Caller => inside.remove_caller(&self.who),
            Standing::Stranger(stage) if inside.has_stranger(&self.who, stage) => {
                inside.remove_stranger(&self.who, stage);
            }
            Standing::Stranger(_) => inside.leaving -= 1,
        }
    }
}

/// Locked when a connection comes, signs in, and goes; never per command.
#[derive(Debug)]
struct Inside {
    callers_max: usize,
    callers_per_source_max: usize,
    strangers_start: usize,
    strangers_percent: usize,
    strangers_full: usize,
    strangers_per_source_max: usize,
    callers: usize,
    strangers: usize,
    /// Strangers who were sent away, and are not gone yet.
    leaving: usize,
    by_source: HashMap<Source, OfSource>,
}

#[derive(Debug, Default)]
struct OfSource {
    callers: usize,
    /// The next to go comes first.
    strangers: BTreeMap<(Stage, u64), Arc<Notify>>,
}

impl Inside {
    fn new(connections: &config::Connections, strangers: &config::Strangers) -> Inside {
        Inside {
            callers_max: connections.max,
            callers_per_source_max: connections.per_source_max,
            strangers_start: strangers.drop_start,
            strangers_percent: strangers.drop_percent,
            strangers_full: strangers.drop_full,
            strangers_per_source_max: strangers.per_source_max,
            callers: 0,
            strangers: 0,
            leaving: 0,
            by_source: HashMap::new(),
        }
    }

    fn add_caller(&mut self, who: &Who) -> Result<(), Full> {
        if self.callers >= self.callers_max {
            return Err("too many connections in all");
        }
        let of_source = self.by_source.get(&who.source).map_or(0, |of| of.callers);
        if of_source >= self.callers_per_source_max {
            return Err("too many connections of its source");
        }
        self.callers += 1;
        self.by_source.entry(who.source).or_default().callers += 1;
        Ok(())
    }

    fn remove_caller(&mut self, who: &Who) {
        self.callers -= 1;
        if let Some(of) = self.by_source.get_mut(&who.source) {
            of.callers -= 1;
        }
        self.tidy(&who.source);
    }

    /// Take a stranger in, for whom another may have to go. `draw_percent` draws a number below 100.
    fn add_stranger(&mut self, who: &Who, stage: Stage, draw_percent: impl FnOnce() -> usize) {
        let of_source = self.by_source.get(&who.source).map_or(0, |of| of.strangers.len());
        if !who.is_exempt && of_source >= self.strangers_per_source_max {
            self.send_away(who.source);
        } else if let Some(source) = self.most_strangers()
            && self.strangers >= self.strangers_start
            && draw_percent() < self.drop_percent()
        {
            self.send_away(source);
        }
        self.strangers += 1;
        let of = self.by_source.entry(who.source).or_default();
        of.strangers.insert((stage, who.number), who.leave.clone());
    }

    fn has_stranger(&self, who: &Who, stage: Stage) -> bool {
        self.by_source.get(&who.source).is_some_and(|of| of.strangers.contains_key(&(stage, who.number)))
    }

    fn remove_stranger(&mut self, who: &Who, stage: Stage) {
        self.strangers -= 1;
        if let Some(of) = self.by_source.get_mut(&who.source) {
            of.strangers.remove(&(stage, who.number));
        }
        self.tidy(&who.source);
    }

    /// Whether the stranger is still in.
    fn promote(&mut self, who: &Who) -> bool {
        let Some(of) = self.by_source.get_mut(&who.source) else { return false };
        let found = of.strangers.remove(&(Stage::Arrived, who.number));
        found.map(|leave| of.strangers.insert((Stage::Private, who.number), leave)).is_some()
    }

    /// How likely a newcomer costs a stranger its place: from the configured likelihood at the start, evenly up to always.
    fn drop_percent(&self) -> usize {
        let (over, span) = (self.strangers - self.strangers_start, self.strangers_full - self.strangers_start);
        match self.strangers >= self.strangers_full {
            true => 100,
            false => self.strangers_percent + (100 - self.strangers_percent) * over / span,
        }
    }

    /// The source that has most strangers. There are at most as many sources as strangers, and those are few.
    fn most_strangers(&self) -> Option<Source> {
        let most = self.by_source.iter().max_by_key(|(_, of)| of.strangers.len());
        most.filter(|(_, of)| !of.strangers.is_empty()).map(|(source, _)| *source)
    }

    fn send_away(&mut self, source: Source) {
        let next = self.by_source.get_mut(&source).and_then(|of| of.strangers.pop_first());
        let Some((_, leave)) = next else { return };
        leave.notify_one();
        self.strangers -= 1;
        self.leaving += 1;
        self.tidy(&source);
    }

    fn tidy(&mut self, source: &Source) {
        if self.by_source.get(source).is_some_and(|of| of.callers == 0 && of.strangers.is_empty()) {
            self.by_source.remove(source);
        }
    }
}

/// Drawn from the system's randomness, so that nobody can wait for a good moment.
fn draw_percent() -> usize {
    usize::from(u16::from_be_bytes(random::bytes())) * 100 / (usize::from(u16::MAX) + 1)
}

fn lock(inside: &Mutex<Inside>) -> MutexGuard<'_, Inside> {
    inside.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
