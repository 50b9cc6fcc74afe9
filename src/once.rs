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
type Entries = HashMap<Name, Entry>;

#[derive(Debug)]
struct Entry {
    request: Digest,
    /// Unix time in microseconds.
    since_us: i64,
    /// Absent while it is under way.
    became: Option<Became>,
}

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
    pub fn claim(
        self: &Arc<Self>,
        caller: &Arc<str>,
        key: &str,
        request: Digest,
        now_us: i64,
    ) -> Result<Turn, Refusal> {
        let name = (caller.clone(), Arc::from(key));
        let mut entries = self.lock();
        let oldest = now_us.saturating_sub(self.keep_us());
        // What is under way has no age: the clock may jump, and it must not run beside itself.
        let is_in_force = |entry: &&Entry| entry.became.is_none() || entry.since_us >= oldest;
        match entries.get(&name).filter(is_in_force) {
            Some(entry) if entry.request != request => Err(another_request()),
            Some(Entry { became: Some(became), .. }) => Ok(Turn::Repeated(*became)),
            Some(_) => Err(under_way()),
            None => {
                self.make_room(&mut entries, caller, oldest)?;
                entries.insert(name.clone(), Entry { request, since_us: now_us, became: None });
                Ok(Turn::First(Claim { book: self.clone(), name, became: None, released: false }))
            }
        }
    }

    /// One caller has at most a quarter of all keys, so that nobody can take them from the others.
    fn make_room(&self, entries: &mut Entries, caller: &Arc<str>, oldest: i64) -> Result<(), Refusal> {
        let of_caller = |entries: &Entries| entries.keys().filter(|(owner, _)| owner == caller).count();
        let is_full = |entries: &Entries| {
            let share = self.entries_max.div_ceil(4);
            entries.len() >= self.entries_max || (entries.len() >= share && of_caller(entries) >= share)
        };
        if is_full(entries) {
            entries.retain(|_, entry| entry.became.is_none() || entry.since_us >= oldest);
        }
        match is_full(entries) {
            true => Err(too_many()),
            false => Ok(()),
        }
    }

    pub fn keep_us(&self) -> i64 {
        i64::try_from(self.keep.as_micros()).unwrap_or(i64::MAX)
    }

    /// Take over what the trail tells of earlier requests, oldest first.
    pub fn remember(&self, earlier: &Earlier) {
        let became = Became { kind: earlier.outcome, code: earlier.code.as_deref().and_then(Code::from_name) };
        let mut entries = self.lock();
        if entries.len() < self.entries_max && !became.may_be_tried_again() {
            let request = Digest::of(&earlier.action, &earlier.parameters, earlier.terms.as_ref());
            let entry = Entry { request, since_us: earlier.time_us, became: Some(became) };
            entries.entry((earlier.caller.as_str().into(), earlier.once.as_str().into())).or_insert(entry);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
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

fn too_many() -> Refusal {
    Refusal::new(Code::Overloaded, "once: too many keys are in use; leave it out, or wait until some are a day old")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn book(entries_max: usize) -> Arc<OnceBook> {
        Arc::new(OnceBook::new(entries_max, DAY))
    }

    fn digest(action: &str) -> Digest {
        Digest::of(action, &Map::new(), None)
    }

    fn claim(book: &Arc<OnceBook>, key: &str, now_us: i64) -> Result<Turn, Refusal> {
        book.claim(&"mia".into(), key, digest("undo"), now_us)
    }

    fn first(book: &Arc<OnceBook>, key: &str, now_us: i64) -> Claim {
        match claim(book, key, now_us) {
            Ok(Turn::First(claim)) => claim,
            other => panic!("not the first: {other:?}"),
        }
    }

    #[test]
    fn what_was_done_is_told_and_not_done_again() {
        let book = book(36);
        first(&book, "a", 0).settle(OutcomeKind::Ok, None);
        let Ok(Turn::Repeated(became)) = claim(&book, "a", 1) else { panic!("it ran twice") };
        assert_eq!((became.body()["ok"].clone(), became.body()["repeated"].clone()), (true.into(), true.into()));
    }

    #[test]
    fn another_request_or_one_under_way_is_refused() {
        let book = book(36);
        let claimed = first(&book, "a", 0);
        assert_eq!(claim(&book, "a", 1).expect_err("under way").code, Code::OutcomeUnknown);
        claimed.settle(OutcomeKind::Ok, None);
        let other = book.claim(&"mia".into(), "a", digest("redo"), 1);
        assert_eq!(other.expect_err("another request").code, Code::InvalidParams);
    }

    #[test]
    fn callers_do_not_share_keys() {
        let book = book(36);
        let _mias = first(&book, "a", 0);
        assert!(matches!(book.claim(&"tom".into(), "a", digest("redo"), 0), Ok(Turn::First(_))));
    }

    /// Promise: An idempotency key has one effect
    #[test]
    fn what_certainly_did_not_run_may_be_tried_again_and_what_may_have_run_may_not() {
        let book = book(36);
        for kind in [OutcomeKind::NotSent, OutcomeKind::Expired, OutcomeKind::Cancelled, OutcomeKind::RefusedInLive] {
            first(&book, "a", 0).settle(kind, Some(Code::Expired));
        }
        first(&book, "a", 0).release();
        drop(first(&book, "a", 0));
        let Ok(Turn::Repeated(became)) = claim(&book, "a", 1) else { panic!("it ran twice") };
        assert_eq!(became.body()["code"], "outcome_unknown");
    }

    #[test]
    fn a_key_is_free_again_after_a_day_and_no_sooner() {
        let book = book(36);
        first(&book, "a", 0).settle(OutcomeKind::Ok, None);
        let day_us = i64::try_from(DAY.as_micros()).expect("a day");
        assert!(matches!(claim(&book, "a", day_us), Ok(Turn::Repeated(_))));
        assert!(matches!(claim(&book, "a", day_us + 1), Ok(Turn::First(_))));
    }

    #[test]
    fn a_full_book_takes_no_new_keys_until_old_ones_are_over() {
        let book = book(8);
        for key in ["a", "b"] {
            first(&book, key, 0).settle(OutcomeKind::Ok, None);
        }
        assert_eq!(claim(&book, "c", 1).expect_err("full").code, Code::Overloaded);
        // A quarter is one caller's; the others have room.
        assert!(matches!(book.claim(&"tom".into(), "a", digest("redo"), 1), Ok(Turn::First(_))));
        let day_us = i64::try_from(DAY.as_micros()).expect("a day");
        drop(first(&book, "c", day_us + 1));
    }

    #[test]
    fn the_trail_is_taken_over_but_for_what_did_not_run() {
        let book = book(36);
        let earlier = |once: &str, outcome| Earlier {
            caller: "mia".into(),
            once: once.into(),
            action: "undo".into(),
            parameters: Map::new(),
            terms: None,
            time_us: 0,
            outcome,
            code: None,
        };
        book.remember(&earlier("a", OutcomeKind::Ok));
        // The repetition's own row does not undo the first.
        book.remember(&earlier("a", OutcomeKind::NotSent));
        book.remember(&earlier("b", OutcomeKind::NotSent));
        assert!(matches!(claim(&book, "a", 1), Ok(Turn::Repeated(_))));
        assert!(matches!(claim(&book, "b", 1), Ok(Turn::First(_))));
    }
}
