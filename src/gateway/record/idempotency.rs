//! Keys against repetition (idempotency keys): the same caller, key and request within a day is carried out once, and answered with
//! what became of it the first time. What certainly did not run may be tried again under its key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use serde_json::{Map, Value};

use crate::audit::{Earlier, OutcomeKind};
use crate::wire::line;
use crate::wire::refusal::{Code, Refusal};

/// All keys that are in use. It is locked for requests that have one, and for no others.
#[derive(Debug)]
pub struct OnceBook {
    entries: Mutex<Entries>,
    entries_max: usize,
    keep: Duration,
}

/// A caller and its key.
type Name = (Arc<str>, Arc<str>);

#[derive(Debug, Default)]
struct Entries {
    by_caller: HashMap<Arc<str>, HashMap<Arc<str>, Entry>>,
    /// Of all callers.
    count: usize,
    /// When old entries were last removed.
    swept_us: i64,
}

#[derive(Debug)]
struct Entry {
    request: Digest,
    since: Now,
    /// Absent while it is under way.
    became: Option<Became>,
}

/// A moment on two clocks, in microseconds. The time of day may be set forward, and the other says nothing of the time before this
/// start: a key is old only when both say so, because an old key lets its request run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Unix time.
    pub wall_us: i64,
    /// Since the gateway's start, sleep included; negative before it.
    pub run_us: i64,
}

impl Now {
    fn is_later_by(self, earlier: Now, microseconds: i64) -> bool {
        self.wall_us.saturating_sub(earlier.wall_us) > microseconds
            && self.run_us.saturating_sub(earlier.run_us) > microseconds
    }
}

/// Old entries are looked for once in so many microseconds at most, however many claims are refused.
const SWEEP_US: i64 = 1_000_000;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Became {
    pub kind: OutcomeKind,
    pub code: Option<Code>,
}

/// Which request a key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of what makes two requests the same: the action, its parameters, and the terms on which it runs.
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

/// Whether a request is the first of its key.
#[derive(Debug)]
pub enum Turn {
    First(Claim),
    /// It has been carried out before.
    Repeated(Became),
}

/// The right to carry out the request of a key. Whoever drops it without a word leaves the outcome unknown.
#[derive(Debug)]
pub struct Claim {
    book: Arc<OnceBook>,
    name: Name,
    became: Option<Became>,
    released: bool,
}

impl OnceBook {
    pub fn new(entries_max: usize, keep: Duration) -> OnceBook {
        OnceBook { entries: Mutex::default(), entries_max, keep }
    }

    /// Claim a key for a request, or learn what became of it.
    pub fn claim(self: &Arc<Self>, caller: &Arc<str>, key: &str, request: Digest, now: Now) -> Result<Turn, Refusal> {
        let mut entries = self.lock();
        let entry = entries.by_caller.get(caller).and_then(|keys| keys.get(key));
        match entry.filter(|entry| !self.is_over(entry, now)) {
            Some(entry) if entry.request != request => Err(another_request()),
            Some(Entry { became: Some(became), .. }) => Ok(Turn::Repeated(*became)),
            Some(_) => Err(under_way()),
            None => {
                self.make_room(&mut entries, caller, now)?;
                let name = (caller.clone(), Arc::from(key));
                entries.insert(&name, Entry { request, since: now, became: None });
                Ok(Turn::First(Claim { book: self.clone(), name, became: None, released: false }))
            }
        }
    }

    /// What is under way has no age: it must not run beside itself.
    fn is_over(&self, entry: &Entry, now: Now) -> bool {
        entry.became.is_some() && now.is_later_by(entry.since, self.keep_us())
    }

    /// A caller may hold as many keys as are free, so that whoever comes later always finds some. No key gives way before its time: its
    /// request could run twice.
    fn make_room(&self, entries: &mut Entries, caller: &Arc<str>, now: Now) -> Result<(), Refusal> {
        let has_room = |entries: &Entries| entries.of(caller) < self.entries_max.saturating_sub(entries.count);
        if !has_room(entries) && now.run_us.saturating_sub(entries.swept_us) >= SWEEP_US {
            entries.swept_us = now.run_us;
            entries.retain(|entry| !self.is_over(entry, now));
        }
        if has_room(entries) { Ok(()) } else { Err(self.too_many(entries.of(caller))) }
    }

    fn too_many(&self, count: usize) -> Refusal {
        let (max, hours) = (self.entries_max, self.keep.as_secs() / 3_600);
        let message = format!(
            "once: you hold {count} keys, and what is left of requests.once_keys_max = {max} is not more; a key stands for {hours} hours: \
             leave it out, or wait until some are older"
        );
        Refusal::new(Code::Overloaded, message)
    }

    pub fn keep_us(&self) -> i64 {
        i64::try_from(self.keep.as_micros()).unwrap_or(i64::MAX)
    }

    /// How long before a moment, in Unix time in microseconds, rows of keys begin that must stay resolvable after a restart.
    pub fn reach_us(&self, wall_us: i64) -> i64 {
        let oldest = self.lock().each().map(|entry| entry.since.wall_us).min();
        oldest.map_or(0, |oldest| wall_us.saturating_sub(oldest)).max(self.keep_us())
    }

    /// Since when the trail is asked for requests with keys: so long before its last row, because the time of day may have been set
    /// forward since.
    pub fn remembers_since_us(&self, wall_us: i64, last_row_us: Option<i64>) -> i64 {
        last_row_us.map_or(wall_us, |last| last.min(wall_us)).saturating_sub(self.keep_us())
    }

    /// Take over what the trail, whose last row is of that moment, tells of an earlier request, oldest first. Each is taken: the gateway
    /// that wrote the trail has bounded them.
    pub fn remember(&self, earlier: &Earlier, last_row_us: Option<i64>) {
        let became = Became { kind: earlier.outcome, code: earlier.code.as_deref().and_then(Code::from_name) };
        if !became.may_be_tried_again() {
            let request = Digest::of(&earlier.action, &earlier.parameters, earlier.terms.as_ref());
            let run_us = earlier.time_us.saturating_sub(last_row_us.unwrap_or(earlier.time_us)).min(0);
            let since = Now { wall_us: earlier.time_us, run_us };
            let name = (earlier.caller.as_str().into(), earlier.once.as_str().into());
            self.lock().insert_if_new(&name, Entry { request, since, became: Some(became) });
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

impl Claim {
    /// Say what became of the request.
    pub fn settle(mut self, kind: OutcomeKind, code: Option<Code>) {
        self.became = Some(Became { kind, code });
    }

    /// It was not carried out, and nothing is in the trail.
    pub fn release(mut self) {
        self.released = true;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let became = self.became.unwrap_or(Became { kind: OutcomeKind::Unknown, code: Some(Code::OutcomeUnknown) });
        let mut entries = self.book.lock();
        if self.released || became.may_be_tried_again() {
            entries.remove(&self.name);
        } else if let Some(entry) = entries.get_mut(&self.name) {
            entry.became = Some(became);
        }
    }
}

impl Became {
    fn may_be_tried_again(self) -> bool {
        use OutcomeKind::{Cancelled, Expired, NotSent, RefusedInLive};
        matches!(self.kind, NotSent | Expired | Cancelled | RefusedInLive)
    }

    /// What a repetition is answered.
    pub fn body(self) -> Map<String, Value> {
        let mut body = match (self.kind, self.code) {
            (OutcomeKind::Ok, _) => Map::from_iter([
                ("ok".to_owned(), Value::Bool(true)),
                ("message".to_owned(), "it was done when this key was first used; it was not done again".into()),
            ]),
            (OutcomeKind::Error, code) => {
                let message = "it failed when this key was first used; it was not tried again";
                Refusal::new(code.unwrap_or(Code::LiveError), message).body()
            }
            _ => {
                let message = "it may have run when this key was first used; it was not tried again: look first";
                Refusal::new(Code::OutcomeUnknown, message).body()
            }
        };
        body.insert("repeated".into(), Value::Bool(true));
        body
    }
}

fn another_request() -> Refusal {
    Refusal::new(Code::InvalidParams, "once: this key stands for another request; use a new one")
}

fn under_way() -> Refusal {
    Refusal::new(
        Code::OutcomeUnknown,
        "once: the first request with this key is still under way; ask again in a moment",
    )
}

#[cfg(test)]
mod tests;
