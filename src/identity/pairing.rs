//! Pairing: the owner opens an offer, and one device claims it within minutes with a scanned link or a typed code.
//!
//! Offers exist in memory only. Comparisons take constant time, and neither secret nor code is stored in plain.

pub(crate) mod by_address;
pub mod code;
pub mod link;
pub mod pake;

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use super::error::Denied;
use super::records::Issuers;
use crate::platform::clock::{self, Moment};
use pake::{Challenge, Hello, Record};

/// The open offer, if there is one. A newer offer replaces it.
#[derive(Default)]
pub struct Pairing {
    open: Mutex<Option<Offer>>,
    /// The newest offer, open or over, for queries of its progress.
    newest: Mutex<Option<OfferProgress>>,
}

/// The progress of an offer, for its creator.
#[derive(Clone)]
pub(crate) struct OfferProgress {
    id: Arc<str>,
    pub progress: watch::Receiver<Progress>,
    pub until: Moment,
}

struct Offer {
    id: Arc<str>,
    grant: Arc<DeviceGrant>,
    /// The SHA-256 of the link's secret; its 128 random bits need no slow hash.
    secret: [u8; 32],
    record: Arc<Record>,
    tries_left: u32,
    until: Moment,
    /// The same by the time of day, which may be set ahead.
    expires_at: i64,
    still_permits: StillPermits,
    progress: Arc<watch::Sender<Progress>>,
}

/// What the paired device gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceGrant {
    /// The user whom the device signs in.
    pub user: Arc<str>,
    /// The role of a new user; `None`: the user exists.
    pub role: Option<Arc<str>>,
    /// The token's label.
    pub label: Arc<str>,
    /// How long the token is valid.
    pub ttl: Duration,
    /// Whether a certificate is issued for the device's key, too.
    pub certificate: bool,
    /// The pin by which the device authenticates the gateway from then on, in hex.
    pub pin: Arc<str>,
    /// The caller who created the offer.
    pub by: Arc<str>,
    /// The issuers of the device's token.
    pub issuers: Issuers,
}

/// The progress of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    Open {
        tries_left: u32,
    },
    /// A device has claimed the offer, and its token is being issued.
    Taken,
    Paired {
        jti: Arc<str>,
    },
    /// The offer has ended; the reason is for the owner.
    Over(Cow<'static, str>),
}

/// The terms of an offer.
pub(crate) struct Terms {
    pub secret: SecretString,
    pub record: Record,
    pub tries_max: u32,
    pub until: Moment,
    /// Whether the offer's creator still has the right to pair devices: an offer ends with that right.
    pub still_permits: StillPermits,
}

pub(crate) type StillPermits = Box<dyn Fn() -> bool + Send + Sync>;

/// An exchange by code that waits for the device's proof.
pub(crate) struct CodeExchange {
    offer: Arc<str>,
    challenge: Challenge,
    _attempt: Attempt,
}

/// One try of an offer's code. Dropped without a proof it is reported as a wrong one.
struct Attempt {
    progress: Weak<watch::Sender<Progress>>,
    tries_left: u32,
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let left = self.tries_left;
        let report = |progress: &mut Progress| match progress {
            Progress::Open { tries_left } if left < *tries_left => {
                *tries_left = left;
                true
            }
            _ => false,
        };
        if let Some(progress) = self.progress.upgrade() {
            progress.send_if_modified(report);
        }
    }
}

/// A device that has proved to know the secret or the code. The offer is used up, even if pairing fails afterwards.
pub(crate) struct ClaimedOffer {
    pub grant: Arc<DeviceGrant>,
    progress: Arc<watch::Sender<Progress>>,
}

impl ClaimedOffer {
    pub fn paired(self, jti: &Arc<str>) {
        self.progress.send_replace(Progress::Paired { jti: jti.clone() });
    }

    pub fn failed(self, reason: impl Into<Cow<'static, str>>) {
        self.progress.send_replace(Progress::Over(reason.into()));
    }
}

impl Pairing {
    /// Opens an offer, which replaces the open one. Returns its id.
    pub(crate) fn offer(&self, grant: DeviceGrant, terms: Terms) -> Arc<str> {
        let id: Arc<str> = hex::encode(crate::platform::random::bytes::<8>()).into();
        let (progress, followed) = watch::channel(Progress::Open { tries_left: terms.tries_max });
        let left = (terms.until - Moment::now()) + Duration::from_secs(1);
        let offer = Offer {
            id: id.clone(),
            grant: Arc::new(grant),
            secret: digest_of(terms.secret.expose_secret()),
            record: Arc::new(terms.record),
            tries_left: terms.tries_max,
            until: terms.until,
            expires_at: clock::unix_seconds().saturating_add_unsigned(left.as_secs()),
            still_permits: terms.still_permits,
            progress: Arc::new(progress),
        };
        let followed = OfferProgress { id: id.clone(), progress: followed, until: terms.until };
        let mut slot = self.slot();
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(followed);
        if let Some(before) = slot.replace(offer) {
            before.end("a newer offer has replaced it");
        }
        id
    }

    /// The progress of an offer, if it is the newest.
    pub(crate) fn follow(&self, id: &str) -> Option<OfferProgress> {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.as_ref().filter(|followed| followed.id.as_ref() == id).cloned()
    }

    /// Ends the offer whose time is up.
    pub(crate) fn expire(&self, now: Moment) {
        let _ = open_offer(&mut self.slot(), now);
    }

    /// Withdraws an offer; returns whether it was open.
    pub(crate) fn withdraw(&self, id: &str) -> bool {
        self.take_back(id, "it was withdrawn")
    }

    /// Ends the offer of a caller who disconnected, if it is open.
    pub(crate) fn abandon(&self, id: &str) {
        self.take_back(id, "its creator has disconnected");
    }

    fn take_back(&self, id: &str, reason: &'static str) -> bool {
        let taken = self.slot().take_if(|offer| offer.id.as_ref() == id);
        taken.inspect(|offer| offer.end(reason)).is_some()
    }

    /// Claims the offer with the link's secret.
    pub(crate) fn claim(&self, secret: &SecretString, now: Moment) -> Result<ClaimedOffer, Denied> {
        let shown = digest_of(secret.expose_secret());
        let mut slot = self.slot();
        let offer = open_offer(&mut slot, now)?;
        match verify_slices_are_equal(&shown, &offer.secret) {
            Ok(()) => taken(&mut slot),
            Err(_) => Err(Denied::because("a wrong pairing secret")),
        }
    }

    /// Starts an exchange by code; returns the answer for the device. It counts as an attempt, because the answer lets an attacker test one
    /// code. A malformed message gets no answer and does not count.
    pub(crate) fn begin(
        &self,
        hello: &[u8],
        exporter: &[u8; 32],
        now: Moment,
    ) -> Result<(CodeExchange, Vec<u8>), Denied> {
        let malformed = || Denied::because("a malformed pairing message");
        let hello = Hello::read(hello).ok_or_else(malformed)?;
        let (offer, record, attempt) = {
            let mut slot = self.slot();
            let offer = open_offer(&mut slot, now)?;
            offer.tries_left =
                offer.tries_left.checked_sub(1).ok_or(Denied::because("a pairing code without tries left"))?;
            let attempt = Attempt { progress: Arc::downgrade(&offer.progress), tries_left: offer.tries_left };
            (offer.id.clone(), offer.record.clone(), attempt)
        };
        let (challenge, message) = record.challenge(hello, exporter).ok_or_else(malformed)?;
        Ok((CodeExchange { offer, challenge, _attempt: attempt }, message))
    }

    /// Claims the offer if the proof shows that the device knows the code.
    pub(crate) fn finish(&self, exchange: CodeExchange, proof: &[u8], now: Moment) -> Result<ClaimedOffer, Denied> {
        if !exchange.challenge.is_met_by(proof) {
            return Err(Denied::because("a wrong pairing code"));
        }
        let mut slot = self.slot();
        if open_offer(&mut slot, now)?.id != exchange.offer {
            return Err(Denied::because("a pairing offer that is over"));
        }
        taken(&mut slot)
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Offer>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Offer {
    fn end(&self, reason: &'static str) {
        self.progress.send_replace(Progress::Over(reason.into()));
    }
}

fn open_offer(slot: &mut Option<Offer>, now: Moment) -> Result<&mut Offer, Denied> {
    if let Some(over) = slot.take_if(|offer| offer.until <= now || offer.expires_at <= clock::unix_seconds()) {
        over.end(TIME_IS_UP);
    }
    if let Some(over) = slot.take_if(|offer| !(offer.still_permits)()) {
        over.end("its creator no longer has the right to pair devices");
    }
    slot.as_mut().ok_or(Denied::because("no pairing offer is open"))
}

/// The reason that the owner gets for an expired offer.
const TIME_IS_UP: &str = "no device accepted it in time";

fn taken(slot: &mut Option<Offer>) -> Result<ClaimedOffer, Denied> {
    let offer = slot.take().ok_or(Denied::because("no pairing offer is open"))?;
    offer.progress.send_replace(Progress::Taken);
    Ok(ClaimedOffer { grant: offer.grant, progress: offer.progress })
}

fn digest_of(secret: &str) -> [u8; 32] {
    digest(&SHA256, secret.as_bytes()).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests;
