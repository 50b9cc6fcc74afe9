//! Pairing: an offer of the owner's that one device takes within minutes, by a link that it scans or a code that a person types.
//!
//! Offers live in memory alone. What is compared is compared in constant time, and neither secret nor code is kept as it is.

pub mod code;
pub mod link;
pub mod pake;

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use super::error::Denied;
use crate::platform::clock::{self, Moment};
use pake::{Challenge, Hello, Record};

/// The offer that is open, if one is. A newer one takes its place: what the owner wanted last holds.
#[derive(Default)]
pub struct Pairing {
    open: Mutex<Option<Offer>>,
    /// The newest offer, whether it is open or over, for whoever asks what became of it.
    newest: Mutex<Option<Followed>>,
}

/// How an offer goes on, for whoever made it.
#[derive(Clone)]
pub struct Followed {
    id: Arc<str>,
    pub progress: watch::Receiver<Progress>,
    pub until: Moment,
}

struct Offer {
    id: Arc<str>,
    gift: Arc<Gift>,
    /// The SHA-256 of the link's secret, which is random enough for that.
    secret: [u8; 32],
    record: Arc<Record>,
    tries_left: u32,
    until: Moment,
    /// The same by the time of day, which may be set ahead.
    expires_at: i64,
    vouched: Vouched,
    progress: watch::Sender<Progress>,
}

/// What a device gets that takes the offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gift {
    pub user: Arc<str>,
    /// Of a user who is to be added; `None`: the user is there already.
    pub role: Option<Arc<str>>,
    /// What the token is called.
    pub label: Arc<str>,
    pub ttl: Duration,
    /// Whether the device's key gets a certificate, too.
    pub certificate: bool,
    /// By what the device knows the gateway from then on, in hex.
    pub pin: Arc<str>,
    /// Whose offer it was.
    pub by: Arc<str>,
}

/// How far an offer has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    Open {
        tries_left: u32,
    },
    /// A device has proved that it was meant, and is being given what it was promised.
    Taken,
    Paired {
        jti: Arc<str>,
    },
    /// Nobody can take it any more; the reason is for the owner.
    Over(Cow<'static, str>),
}

/// What makes an offer, beside its gift.
pub struct Terms {
    pub secret: SecretString,
    pub record: Record,
    pub tries_max: u32,
    pub until: Moment,
    /// Whether whoever made the offer still may: their offers end with their rights.
    pub vouched: Vouched,
}

pub type Vouched = Box<dyn Fn() -> bool + Send + Sync>;

/// A device that has begun with a code and has yet to prove that it knows it.
pub struct Begun {
    offer: Arc<str>,
    challenge: Challenge,
}

/// A device that has proved to be the one that was meant. The offer is used up, whatever becomes of it.
pub struct Claim {
    pub gift: Arc<Gift>,
    progress: watch::Sender<Progress>,
}

impl Claim {
    pub fn paired(self, jti: &Arc<str>) {
        self.progress.send_replace(Progress::Paired { jti: jti.clone() });
    }

    pub fn failed(self, reason: impl Into<Cow<'static, str>>) {
        self.progress.send_replace(Progress::Over(reason.into()));
    }
}

impl Pairing {
    /// Open an offer in the place of any other. Its name comes back.
    pub fn offer(&self, gift: Gift, terms: Terms) -> Arc<str> {
        let id: Arc<str> = hex::encode(crate::platform::random::bytes::<8>()).into();
        let (progress, followed) = watch::channel(Progress::Open { tries_left: terms.tries_max });
        let left = (terms.until - Moment::now()) + Duration::from_secs(1);
        let offer = Offer {
            id: id.clone(),
            gift: Arc::new(gift),
            secret: digest_of(terms.secret.expose_secret()),
            record: Arc::new(terms.record),
            tries_left: terms.tries_max,
            until: terms.until,
            expires_at: clock::unix_seconds().saturating_add_unsigned(left.as_secs()),
            vouched: terms.vouched,
            progress,
        };
        let followed = Followed { id: id.clone(), progress: followed, until: terms.until };
        let mut slot = self.slot();
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(followed);
        if let Some(before) = slot.replace(offer) {
            before.end("a newer offer has taken its place");
        }
        id
    }

    /// What becomes of an offer, if it is the newest.
    pub fn follow(&self, id: &str) -> Option<Followed> {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.as_ref().filter(|followed| followed.id.as_ref() == id).cloned()
    }

    /// Ends the offer whose time is up.
    pub fn expire(&self, now: Moment) {
        let _ = open_offer(&mut self.slot(), now);
    }

    /// Take an offer back. Whether it was still there comes back.
    pub fn withdraw(&self, id: &str) -> bool {
        self.take_back(id, "it was withdrawn")
    }

    /// End the offer of somebody who is gone, if it is still there.
    pub fn abandon(&self, id: &str) {
        self.take_back(id, "whoever made it is gone");
    }

    fn take_back(&self, id: &str, reason: &'static str) -> bool {
        let taken = self.slot().take_if(|offer| offer.id.as_ref() == id);
        taken.inspect(|offer| offer.end(reason)).is_some()
    }

    /// Take the offer by the link's secret.
    pub fn claim(&self, secret: &SecretString, now: Moment) -> Result<Claim, Denied> {
        let shown = digest_of(secret.expose_secret());
        let mut slot = self.slot();
        let offer = open_offer(&mut slot, now)?;
        match verify_slices_are_equal(&shown, &offer.secret) {
            Ok(()) => taken(&mut slot),
            Err(_) => Err(Denied::because("a wrong pairing secret")),
        }
    }

    /// Begin with the code: the answer for the device comes along. It is a try, because whoever reads the answer can try a code on it.
    /// A malformed message gets no answer and is no try.
    pub fn begin(&self, hello: &[u8], exporter: &[u8; 32], now: Moment) -> Result<(Begun, Vec<u8>), Denied> {
        let malformed = || Denied::because("a malformed pairing message");
        let hello = Hello::read(hello).ok_or_else(malformed)?;
        let (offer, record) = {
            let mut slot = self.slot();
            let offer = open_offer(&mut slot, now)?;
            offer.tries_left =
                offer.tries_left.checked_sub(1).ok_or(Denied::because("a pairing code without tries left"))?;
            offer.progress.send_replace(Progress::Open { tries_left: offer.tries_left });
            (offer.id.clone(), offer.record.clone())
        };
        let (challenge, message) = record.challenge(hello, exporter).ok_or_else(malformed)?;
        Ok((Begun { offer, challenge }, message))
    }

    /// Take the offer by proving to know the code.
    pub fn finish(&self, begun: Begun, proof: &[u8], now: Moment) -> Result<Claim, Denied> {
        if !begun.challenge.is_met_by(proof) {
            return Err(Denied::because("a wrong pairing code"));
        }
        let mut slot = self.slot();
        match open_offer(&mut slot, now)?.id == begun.offer {
            true => taken(&mut slot),
            false => Err(Denied::because("a pairing offer that is over")),
        }
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
    if let Some(over) = slot.take_if(|offer| !(offer.vouched)()) {
        over.end("whoever made it may not make it any more");
    }
    slot.as_mut().ok_or(Denied::because("no pairing offer is open"))
}

/// What the owner is told of an offer that nobody took in time.
const TIME_IS_UP: &str = "nobody took it in time";

fn taken(slot: &mut Option<Offer>) -> Result<Claim, Denied> {
    let offer = slot.take().ok_or(Denied::because("no pairing offer is open"))?;
    offer.progress.send_replace(Progress::Taken);
    Ok(Claim { gift: offer.gift, progress: offer.progress })
}

fn digest_of(secret: &str) -> [u8; 32] {
    digest(&SHA256, secret.as_bytes()).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests;
