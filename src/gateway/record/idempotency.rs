//! Idempotency keys: a request that a caller repeats under the same key runs once, and every repetition gets the first outcome. A request that
//! certainly did not run may be retried under its key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::audit::{Earlier, OutcomeKind};
use crate::gateway::interpret::Refused;
use crate::gateway::permit::Permitted;
use crate::wire::line;
use crate::wire::refusal::{Code, Refusal};

/// All keys in use. Only requests with a key take its lock.
#[derive(Debug)]
pub struct IdempotencyKeys {
    entries: Mutex<Entries>,
    entries_max: usize,
    ttl: Duration,
}

/// A caller and its key.
type Name = (Arc<str>, Arc<str>);

#[derive(Debug, Default)]
struct Entries {
    by_caller: HashMap<Arc<str>, HashMap<Arc<str>, Entry>>,
    /// The number of keys of all callers.
    count: usize,
    /// When expired entries were last removed, in Unix microseconds.
    swept_us: i64,
}

#[derive(Debug)]
struct Entry {
    request: Digest,
    since: KeyTime,
    /// `None` while the request is in flight.
    outcome: Option<FirstOutcome>,
}

/// A moment on two clocks, in microseconds. The wall clock may be set forward, and the monotonic clock does not cover the time before this start. A
/// key has expired only if both agree, because an expired key lets its request run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyTime {
    /// Unix time.
    pub wall_us: i64,
    /// Since the gateway's start, including sleep; negative for earlier moments.
    pub run_us: i64,
}

impl KeyTime {
    fn is_later_by(self, earlier: KeyTime, microseconds: i64) -> bool {
        self.wall_us.saturating_sub(earlier.wall_us) > microseconds
            && self.run_us.saturating_sub(earlier.run_us) > microseconds
    }
}

/// The shortest interval between two removals of expired keys, in microseconds, however many claims are refused.
const SWEEP_US: i64 = 1_000_000;

/// The outcome of the first request with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstOutcome {
    pub kind: OutcomeKind,
    pub code: Option<Code>,
}

/// The digest of the request that a key belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of everything that makes two requests the same: action, parameters and terms.
    pub fn of(action: &str, parameters: &Map<String, Value>, terms: Option<&Map<String, Value>>) -> Digest {
        let mut digest = Context::new(&SHA256);
        for part in [action.as_bytes(), line::ascii(parameters).as_bytes()] {
            digest.update(&part.len().to_be_bytes());
            digest.update(part);
        }
        digest.update(terms.map(line::ascii).unwrap_or_default().as_bytes());
        Digest(digest.finish().as_ref().try_into().expect("SHA-256 has 32 bytes"))
    }
}

/// A permitted request that holds its idempotency key, or repeats a request with a known outcome. The recorder accepts only this type.
#[derive(Debug)]
pub struct Claimed {
    permitted: Permitted,
    /// `None` if the request has no key.
    key: Option<Box<KeyUse>>,
}

/// Whether a request is the first with its key.
#[derive(Debug)]
enum KeyUse {
    First(KeyClaim),
    /// The request ran before.
    Repeated(FirstOutcome),
}

/// The right to run the request of a key. Dropping it unsettled records the outcome as unknown.
#[derive(Debug)]
pub(super) struct KeyClaim {
    keys: Arc<IdempotencyKeys>,
    name: Name,
    outcome: Option<FirstOutcome>,
    released: bool,
}

impl IdempotencyKeys {
    pub fn new(entries_max: usize, ttl: Duration) -> IdempotencyKeys {
        IdempotencyKeys { entries: Mutex::default(), entries_max, ttl }
    }

    /// Claim the request's key, if it has one. A key that belongs to another request is refused.
    pub fn claim(self: &Arc<Self>, permitted: Permitted, now: KeyTime) -> Result<Claimed, Box<Refused>> {
        let admitted = permitted.admitted();
        let request = admitted.request();
        let Some(key) = &request.terms.once else { return Ok(Claimed { permitted, key: None }) };
        let digest = Digest::of(&request.action.name, &request.recorded_params(), request.terms.to_map().as_ref());
        match self.claim_key(admitted.caller().name(), key, digest, now) {
            Ok(key) => Ok(Claimed { permitted, key: Some(Box::new(key)) }),
            Err(refusal) => Err(permitted.refuse(refusal)),
        }
    }

    fn claim_key(
        self: &Arc<Self>,
        caller: &Arc<str>,
        key: &str,
        request: Digest,
        now: KeyTime,
    ) -> Result<KeyUse, Refusal> {
        let mut entries = self.lock();
        let entry = entries.by_caller.get(caller).and_then(|keys| keys.get(key));
        match entry.filter(|entry| !self.has_expired(entry, now)) {
            Some(entry) if entry.request != request => Err(another_request()),
            Some(Entry { outcome: Some(outcome), .. }) => Ok(KeyUse::Repeated(*outcome)),
            Some(_) => Err(key_in_use()),
            None => {
                self.reserve_slot(&mut entries, caller, now)?;
                let name = (caller.clone(), Arc::from(key));
                entries.insert(&name, Entry { request, since: now, outcome: None });
                Ok(KeyUse::First(KeyClaim { keys: self.clone(), name, outcome: None, released: false }))
            }
        }
    }

    /// The key of a request in flight does not expire, because the request must not run twice at once.
    fn has_expired(&self, entry: &Entry, now: KeyTime) -> bool {
        entry.outcome.is_some() && now.is_later_by(entry.since, self.ttl_us())
    }

    /// A caller may hold as many keys as are free, so that other callers can always claim some. No key is evicted before it expires, because its
    /// request could run twice.
    fn reserve_slot(&self, entries: &mut Entries, caller: &Arc<str>, now: KeyTime) -> Result<(), Refusal> {
        let has_slot = |entries: &Entries| entries.of(caller) < self.entries_max.saturating_sub(entries.count);
        if !has_slot(entries) && now.run_us.saturating_sub(entries.swept_us) >= SWEEP_US {
            entries.swept_us = now.run_us;
            entries.retain(|entry| !self.has_expired(entry, now));
        }
        if has_slot(entries) { Ok(()) } else { Err(self.too_many(entries.of(caller))) }
    }

    fn too_many(&self, count: usize) -> Refusal {
        let max = self.entries_max;
        let hours = self.ttl.as_secs() / 3_600;
        let message = format!(
            "once: you hold {count} idempotency keys, and no more of requests.once_keys_max = {max} are free for you; a key is kept for \
             {hours} hours: leave once out, or retry when older keys have expired"
        );
        Refusal::new(Code::Overloaded, message)
    }

    pub fn ttl_us(&self) -> i64 {
        i64::try_from(self.ttl.as_micros()).unwrap_or(i64::MAX)
    }

    /// The age in microseconds, counted back from `wall_us`, up to which keys must be restorable after a restart.
    pub fn resolvable_us(&self, wall_us: i64) -> i64 {
        let oldest = self.lock().each().map(|entry| entry.since.wall_us).min();
        oldest.map_or(0, |oldest| wall_us.saturating_sub(oldest)).max(self.ttl_us())
    }

    /// The Unix time in microseconds from which keys are restored. It counts from the trail's last row, because the wall clock may have been set
    /// forward since.
    pub fn restore_since_us(&self, wall_us: i64, last_row_us: Option<i64>) -> i64 {
        last_row_us.map_or(wall_us, |last| last.min(wall_us)).saturating_sub(self.ttl_us())
    }

    /// Restore the key of an earlier request from the trail, oldest first. `last_row_us` is the time of the trail's last row. No limit applies,
    /// because the gateway that wrote the trail enforced it.
    pub fn restore(&self, earlier: &Earlier, last_row_us: Option<i64>) {
        let outcome = FirstOutcome { kind: earlier.outcome, code: earlier.code.as_deref().and_then(Code::from_name) };
        if !outcome.may_be_retried() {
            let request = Digest::of(&earlier.action, &earlier.parameters, earlier.terms.as_ref());
            let run_us = earlier.time_us.saturating_sub(last_row_us.unwrap_or(earlier.time_us)).min(0);
            let since = KeyTime { wall_us: earlier.time_us, run_us };
            let name = (earlier.caller.as_str().into(), earlier.once.as_str().into());
            self.lock().insert_if_new(&name, Entry { request, since, outcome: Some(outcome) });
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn of(&self, caller: &Arc<str>) -> usize {
        self.by_caller.get(caller).map_or(0, HashMap::len)
    }

    fn each(&self) -> impl Iterator<Item = &Entry> {
        self.by_caller.values().flat_map(HashMap::values)
    }

    fn insert(&mut self, (caller, key): &Name, entry: Entry) {
        let before = self.by_caller.entry(caller.clone()).or_default().insert(key.clone(), entry);
        self.count += usize::from(before.is_none());
    }

    fn insert_if_new(&mut self, name: &Name, entry: Entry) {
        if !self.by_caller.get(&name.0).is_some_and(|keys| keys.contains_key(&name.1)) {
            self.insert(name, entry);
        }
    }

    fn get_mut(&mut self, (caller, key): &Name) -> Option<&mut Entry> {
        self.by_caller.get_mut(caller)?.get_mut(key)
    }

    fn remove(&mut self, (caller, key): &Name) {
        let removed = self.by_caller.get_mut(caller).and_then(|keys| keys.remove(key));
        self.count -= usize::from(removed.is_some());
    }

    fn retain(&mut self, keeps: impl Fn(&Entry) -> bool) {
        self.by_caller.retain(|_, keys| {
            keys.retain(|_, entry| keeps(entry));
            !keys.is_empty()
        });
        self.count = self.by_caller.values().map(HashMap::len).sum();
    }
}

impl Claimed {
    pub fn permitted(&self) -> &Permitted {
        &self.permitted
    }

    /// The outcome of the first request with this key, if that request ran.
    pub(super) fn repeats(&self) -> Option<FirstOutcome> {
        match self.key.as_deref() {
            Some(KeyUse::Repeated(outcome)) => Some(*outcome),
            Some(KeyUse::First(_)) | None => None,
        }
    }

    pub(super) fn take_claim(&mut self) -> Option<KeyClaim> {
        match *self.key.take()? {
            KeyUse::First(claim) => Some(claim),
            KeyUse::Repeated(_) => None,
        }
    }

    pub(super) fn take_secret(&mut self) -> Option<SecretString> {
        self.permitted.take_secret()
    }
}

impl KeyClaim {
    /// Store the outcome for repetitions.
    pub fn settle(mut self, kind: OutcomeKind, code: Option<Code>) {
        self.outcome = Some(FirstOutcome { kind, code });
    }

    /// Free the key: the request did not run, and the trail has no row of it.
    pub fn release(mut self) {
        self.released = true;
    }
}

impl Drop for KeyClaim {
    fn drop(&mut self) {
        let outcome =
            self.outcome.unwrap_or(FirstOutcome { kind: OutcomeKind::Unknown, code: Some(Code::OutcomeUnknown) });
        let mut entries = self.keys.lock();
        if self.released || outcome.may_be_retried() {
            entries.remove(&self.name);
        } else if let Some(entry) = entries.get_mut(&self.name) {
            entry.outcome = Some(outcome);
        }
    }
}

impl FirstOutcome {
    fn may_be_retried(self) -> bool {
        use OutcomeKind::{Cancelled, Expired, NotSent, RefusedInLive};
        matches!(self.kind, NotSent | Expired | Cancelled | RefusedInLive)
    }

    /// The answer to a repetition.
    pub fn body(self) -> Map<String, Value> {
        let mut body = match (self.kind, self.code) {
            (OutcomeKind::Ok, _) => Map::from_iter([
                ("ok".to_owned(), Value::Bool(true)),
                ("message".to_owned(), "it was done when this key was first used; it was not done again".into()),
            ]),
            (OutcomeKind::Error, code) => {
                let message = "it failed when this key was first used; it was not run again";
                Refusal::new(code.unwrap_or(Code::LiveError), message).body()
            }
            _ => {
                let message =
                    "it may have run when this key was first used; it was not run again: check before you repeat it";
                Refusal::new(Code::OutcomeUnknown, message).body()
            }
        };
        body.insert("repeated".into(), Value::Bool(true));
        body
    }
}

fn another_request() -> Refusal {
    Refusal::new(Code::InvalidParams, "once: this key belongs to another request; use a new key")
}

fn key_in_use() -> Refusal {
    Refusal::new(Code::OutcomeUnknown, "once: the first request with this key is still in flight; retry in a moment")
}

#[cfg(test)]
mod tests;
