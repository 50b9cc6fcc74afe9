//! Pairing of senders that are known by their address alone: the owner opens an offer with eight digits, a device sends them once, and
//! the owner confirms the address that they came from. A binding lasts for hours at most.
//!
//! Datagrams are in the clear, so the digits are good for nothing else: never over TLS, and the digits of [`super::Pairing`] never here.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use tokio::sync::watch;

use super::StillPermits;
use super::code::Code;
use crate::identity::Denied;
use crate::platform::clock::Moment;

/// The open offer, and the addresses that are bound.
#[derive(Default)]
pub struct AddressPairing(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    offer: Option<AddressOffer>,
    bindings: HashMap<IpAddr, Arc<Binding>>,
}

struct AddressOffer {
    id: Arc<str>,
    code: Code,
    grant: Arc<AddressGrant>,
    tries_left: u32,
    until: Moment,
    still_permits: StillPermits,
    /// Where the digits came from.
    asks: Option<IpAddr>,
    progress: watch::Sender<AddressProgress>,
}

/// What the address gets.
#[derive(Clone, Debug)]
pub struct AddressGrant {
    pub user: Arc<str>,
    /// The role of a new user; `None`: the user exists.
    pub role: Option<Arc<str>>,
    pub ttl: Duration,
    pub by: Arc<str>,
}

/// The progress of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressProgress {
    Open {
        tries_left: u32,
    },
    /// The digits came from this address; the owner has to confirm it.
    Asks(IpAddr),
    Paired(IpAddr),
    Over(&'static str),
}

/// The terms of an offer.
pub struct AddressTerms {
    pub tries_max: u32,
    pub until: Moment,
    pub still_permits: StillPermits,
}

/// An address whose datagrams count as a user's.
#[derive(Debug)]
pub struct Binding {
    pub user: Arc<str>,
    pub address: IpAddr,
    until: Moment,
    received: Mutex<Moment>,
    end: watch::Sender<bool>,
}

impl Binding {
    /// Something came from the address.
    pub fn note_received(&self, now: Moment) {
        *self.received.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Wait until the binding has ended.
    pub async fn ended(&self) {
        // The sender is this binding's own.
        let _ = self.end.subscribe().wait_for(|ended| *ended).await;
    }

    fn is_silent(&self, now: Moment, silence: Duration) -> bool {
        *self.received.lock().unwrap_or_else(PoisonError::into_inner) + silence <= now
    }
}

impl AddressPairing {
    /// Opens an offer, which replaces the open one. Returns its id, its code, and its progress.
    pub fn offer(
        &self,
        grant: AddressGrant,
        terms: AddressTerms,
    ) -> (Arc<str>, String, watch::Receiver<AddressProgress>) {
        let id: Arc<str> = hex::encode(crate::platform::random::bytes::<8>()).into();
        let (progress, followed) = watch::channel(AddressProgress::Open { tries_left: terms.tries_max });
        let code = Code::new();
        let digits = code.expose().to_owned();
        let AddressTerms { tries_max, until, still_permits } = terms;
        let grant = Arc::new(grant);
        let asks = None;
        let offer =
            AddressOffer { id: id.clone(), code, grant, tries_left: tries_max, until, still_permits, asks, progress };
        if let Some(before) = self.inner().offer.replace(offer) {
            before.end("a newer offer has replaced it");
        }
        (id, digits, followed)
    }

    /// The progress of an offer, and until when it is open.
    pub fn follow(&self, id: &str) -> Option<(watch::Receiver<AddressProgress>, Moment)> {
        let inner = self.inner();
        let offer = inner.offer.as_ref().filter(|offer| offer.id.as_ref() == id)?;
        Some((offer.progress.subscribe(), offer.until))
    }

    /// Takes digits that came from an address. They are used up by the first that sends them.
    pub fn try_code(&self, digits: &str, from: IpAddr, now: Moment) -> Result<(), Denied> {
        let mut inner = self.inner();
        expire(&mut inner, now);
        let offer = inner.offer.as_mut().ok_or(Denied::because("no pairing offer is open"))?;
        if offer.asks.is_some() {
            return Err(Denied::because("a pairing code that was used"));
        }
        if offer.tries_left == 0 {
            return Err(Denied::because("a pairing code without tries left"));
        }
        if verify_slices_are_equal(digits.as_bytes(), offer.code.expose().as_bytes()).is_err() {
            offer.tries_left -= 1;
            offer.progress.send_replace(AddressProgress::Open { tries_left: offer.tries_left });
            return Err(Denied::because("a wrong pairing code"));
        }
        offer.asks = Some(from);
        offer.progress.send_replace(AddressProgress::Asks(from));
        Ok(())
    }

    /// The grant and the address of an offer whose digits have come. The offer stays open until `bind` or `withdraw`.
    pub fn asking(&self, id: &str, now: Moment) -> Option<(Arc<AddressGrant>, IpAddr)> {
        let mut inner = self.inner();
        expire(&mut inner, now);
        let offer = inner.offer.as_ref().filter(|offer| offer.id.as_ref() == id)?;
        Some((offer.grant.clone(), offer.asks?))
    }

    /// Binds the address of an offer, which ends. A binding of the address before ends, too.
    pub fn bind(&self, id: &str, now: Moment) -> bool {
        let mut inner = self.inner();
        let Some(offer) = inner.offer.take_if(|offer| offer.id.as_ref() == id && offer.asks.is_some()) else {
            return false;
        };
        let address = offer.asks.expect("it was looked at");
        let user = offer.grant.user.clone();
        let until = now + offer.grant.ttl;
        let binding = Binding { user, address, until, received: Mutex::new(now), end: watch::Sender::new(false) };
        if let Some(before) = inner.bindings.insert(address, Arc::new(binding)) {
            before.end.send_replace(true);
        }
        offer.progress.send_replace(AddressProgress::Paired(address));
        true
    }

    /// Withdraws an offer; returns whether it was open.
    pub fn withdraw(&self, id: &str, reason: &'static str) -> bool {
        let taken = self.inner().offer.take_if(|offer| offer.id.as_ref() == id);
        taken.inspect(|offer| offer.end(reason)).is_some()
    }

    /// Whom datagrams from an address belong to.
    pub fn at(&self, address: IpAddr) -> Option<Arc<Binding>> {
        self.inner().bindings.get(&address).cloned()
    }

    /// Ends what is over. `moved`: the network is another one, in which the address may belong to another device. Returns each binding with the reason.
    pub fn sweep(&self, now: Moment, silence: Duration, moved: bool) -> Vec<(Arc<Binding>, &'static str)> {
        let mut inner = self.inner();
        expire(&mut inner, now);
        let reason = |binding: &Binding| match () {
            () if moved => Some("the network has changed"),
            () if binding.until <= now => Some("its time is up"),
            () if binding.is_silent(now, silence) => Some("it was silent for too long"),
            () => None,
        };
        let over: Vec<_> =
            inner.bindings.values().filter_map(|binding| Some((binding.clone(), reason(binding)?))).collect();
        for (binding, _) in &over {
            inner.bindings.remove(&binding.address);
            binding.end.send_replace(true);
        }
        over
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AddressOffer {
    fn end(&self, reason: &'static str) {
        self.progress.send_replace(AddressProgress::Over(reason));
    }
}

fn expire(inner: &mut Inner, now: Moment) {
    if let Some(over) = inner.offer.take_if(|offer| offer.until <= now) {
        over.end("no device accepted it in time");
    }
    if let Some(over) = inner.offer.take_if(|offer| !(offer.still_permits)()) {
        over.end("its creator no longer has the right to pair devices");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLET: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 1, 7));
    const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 1, 8));
    const HOUR: Duration = Duration::from_secs(3_600);

    fn offered(pairing: &AddressPairing) -> (Arc<str>, String, watch::Receiver<AddressProgress>) {
        let grant = AddressGrant { user: "ipad".into(), role: Some("mixer".into()), ttl: HOUR, by: "console".into() };
        let until = Moment::now() + Duration::from_secs(300);
        pairing.offer(grant, AddressTerms { tries_max: 2, until, still_permits: Box::new(|| true) })
    }

    /// Promise: OSC accepts only this machine and paired senders
    #[test]
    fn an_address_is_bound_once_it_is_confirmed() {
        let pairing = AddressPairing::default();
        let (id, code, progress) = offered(&pairing);
        let now = Moment::now();
        assert!(pairing.asking(&id, now).is_none() && !pairing.bind(&id, now));
        assert!(pairing.try_code(&code, TABLET, now).is_ok());
        assert_eq!(*progress.borrow(), AddressProgress::Asks(TABLET));
        assert!(pairing.at(TABLET).is_none(), "it is not confirmed yet");
        assert!(pairing.try_code(&code, OTHER, now).is_err(), "the digits are used up");
        assert!(pairing.bind(&id, now));
        assert_eq!(pairing.at(TABLET).map(|binding| binding.user.to_string()), Some("ipad".to_owned()));
        assert!(pairing.at(OTHER).is_none());
    }

    #[test]
    fn wrong_digits_use_up_the_tries() {
        let pairing = AddressPairing::default();
        let (_, code, progress) = offered(&pairing);
        let wrong = if code == "00000000" { "00000001" } else { "00000000" };
        for _ in 0..2 {
            assert!(pairing.try_code(wrong, TABLET, Moment::now()).is_err());
        }
        assert_eq!(*progress.borrow(), AddressProgress::Open { tries_left: 0 });
        assert!(pairing.try_code(&code, TABLET, Moment::now()).is_err());
    }

    #[test]
    fn a_binding_ends_by_time_silence_or_network() {
        let pairing = AddressPairing::default();
        let silence = Duration::from_secs(1_800);
        for (later, moved, receives, reason) in [
            (Duration::from_secs(60), false, false, None),
            (Duration::from_secs(1_900), false, false, Some("it was silent for too long")),
            (HOUR, false, true, Some("its time is up")),
            (Duration::ZERO, true, false, Some("the network has changed")),
        ] {
            let (id, code, _) = offered(&pairing);
            let now = Moment::now();
            pairing.try_code(&code, TABLET, now).expect("the digits");
            assert!(pairing.bind(&id, now));
            if receives {
                pairing.at(TABLET).expect("a binding").note_received(now + later);
            }
            let swept = pairing.sweep(now + later, silence, moved);
            assert_eq!(swept.first().map(|(_, reason)| *reason), reason);
            assert_eq!(pairing.at(TABLET).is_none(), reason.is_some());
        }
    }
}
