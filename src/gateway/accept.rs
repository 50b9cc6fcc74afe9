//! Is let in at all (listener): caps on connections in all and per address, before a byte is read.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::limit::Limits;
use crate::config;

/// A connection that was let in. Dropping it gives its place back.
#[derive(Debug)]
pub struct Peer {
    /// `None` for the console, which is no network's.
    pub address: Option<SocketAddr>,
    _place: OwnedSemaphorePermit,
    _place_of_address: Option<PlaceOfAddress>,
}

/// Counts who is in.
pub struct Door {
    places: Arc<Semaphore>,
    places_max: usize,
    /// The console has places of its own: an owner must get in when the network is full.
    console_places: Arc<Semaphore>,
    per_address_max: usize,
    by_address: Arc<Mutex<HashMap<IpAddr, usize>>>,
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
            per_address_max: config.per_address_max,
            by_address: Arc::default(),
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
        if !limits.admits_connection(address.ip()) {
            return Err("too many new connections from this address");
        }
        let place = self.places.clone().try_acquire_owned().map_err(|_| "too many connections in all")?;
        let place_of_address = self.place_of(address.ip()).ok_or("too many connections from this address")?;
        Ok(Peer { address: Some(address), _place: place, _place_of_address: Some(place_of_address) })
    }

    pub fn admit_console(&self) -> Option<Peer> {
        let place = self.console_places.clone().try_acquire_owned().ok()?;
        Some(Peer { address: None, _place: place, _place_of_address: None })
    }

    fn place_of(&self, address: IpAddr) -> Option<PlaceOfAddress> {
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let count = by_address.entry(address).or_insert(0);
        if *count >= self.per_address_max {
            return None;
        }
        *count += 1;
        Some(PlaceOfAddress { address, by_address: self.by_address.clone() })
    }
}

#[derive(Debug)]
struct PlaceOfAddress {
    address: IpAddr,
    by_address: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Drop for PlaceOfAddress {
    fn drop(&mut self) {
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}
