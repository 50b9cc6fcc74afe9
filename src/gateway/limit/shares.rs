//! Shares of the trail: the bytes of young rows that each caller has written, and how much each may still write. Retention by size removes no young
//! rows, so without shares one caller could fill the trail for all.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::audit::{Contribution, WriteFailure};
use crate::config::Config;
use crate::platform::clock::Moment;
use crate::wire::refusal::{Code, Refusal};

/// The caller of a row; `None` for unauthenticated connections and the gateway itself.
type Writer = Option<Arc<str>>;

#[derive(Debug)]
pub struct TrailShares {
    bounds: Bounds,
    began: Moment,
    /// Bytes of all young rows.
    young: AtomicI64,
    /// Bytes in use in the trail's file.
    used: AtomicI64,
    was_near: AtomicBool,
    /// Whether SQLite's write-ahead log is at its limit.
    is_held_up: AtomicBool,
    /// Locked once for a group of rows, never for a command.
    usages: Mutex<HashMap<Writer, Usage>>,
}

#[derive(Clone, Copy, Debug)]
struct Bounds {
    /// The most bytes of young rows.
    young: i64,
    file: i64,
    /// The age up to which a row is young.
    window: Duration,
}

/// One caller's bytes of young rows. Reading it takes no lock.
#[derive(Clone, Debug, Default)]
pub struct Share(Arc<AtomicI64>);

#[derive(Debug, Default)]
struct Usage {
    share: Share,
    /// Bytes by interval of time.
    slots: BTreeMap<i64, i64>,
}

/// The part of the trail's capacity that a request may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Usual,
    /// Stops and administration, for which a tenth is reserved.
    Reserved,
    /// The owner's console, which shares never refuse.
    Console,
}

/// A caller may have written at most this many times the bytes that remain for young rows. The caller that has written most is refused first, and
/// others always find capacity (dynamic thresholds, Choudhury and Hahne 1998).
const SHARE_OF_YOUNG: i64 = 2;
/// The same factor for the file, which old rows fill too.
const SHARE_OF_FILE: i64 = 8;
const HELD_UP: &str = "the audit trail cannot be written further, so the request was refused: another program reads it, and its write-ahead \
    log has reached trail.write_ahead_pages_max; livegate status names the program";
/// A row's age is counted in intervals of this fraction of `window`.
const SLOTS: u32 = 24;

impl TrailShares {
    pub fn new(config: &Config, now: Moment) -> TrailShares {
        let file = i64::try_from(config.trail.file_bytes_max).unwrap_or(i64::MAX);
        let rows = Some(config.retention.bytes_max).filter(|&bytes| bytes > 0).map_or(file, u64::cast_signed);
        let window = Duration::from_secs(86_400 * u64::from(config.retention.age_min_days));
        TrailShares {
            bounds: Bounds { young: rows.min(file / 4 * 3), file, window },
            began: now,
            young: AtomicI64::new(0),
            used: AtomicI64::new(0),
            was_near: AtomicBool::new(false),
            is_held_up: AtomicBool::new(false),
            usages: Mutex::default(),
        }
    }

    /// The share of a caller. It is updated from now on.
    pub fn of(&self, caller: Option<&Arc<str>>) -> Share {
        self.lock().entry(caller.cloned()).or_default().share.clone()
    }

    /// Count rows that have been written.
    pub fn written(&self, rows: HashMap<Writer, usize>, now: Moment) {
        if self.bounds.window.is_zero() {
            return;
        }
        let mut usages = self.lock();
        let slot = self.slot(now, Duration::ZERO);
        for (writer, bytes) in rows {
            usages.entry(writer).or_default().add(slot, i64::try_from(bytes).unwrap_or(i64::MAX));
        }
        self.forget_old(&mut usages, slot);
    }

    /// Set the bytes in use in the trail's file.
    pub fn used(&self, bytes: u64) {
        self.used.store(bytes.cast_signed(), Ordering::Relaxed);
        let is_near = self.is_near();
        if self.was_near.swap(is_near, Ordering::Relaxed) != is_near && is_near {
            tracing::warn!(
                status = %self.describe(),
                "the trail grows faster than retention may prune it: refusals are counted, and the callers that write most are refused"
            );
        }
    }

    /// Replace the counts by those read from the trail, after a start or after pruning.
    pub fn restore(&self, past: Vec<Contribution>, now_us: i64, now: Moment) {
        if self.bounds.window.is_zero() {
            return;
        }
        let mut usages = self.lock();
        for Contribution { caller, time_us, bytes } in past {
            let age = Duration::from_micros(u64::try_from(now_us.saturating_sub(time_us)).unwrap_or(0));
            let slot = self.slot(now, age);
            usages.entry(caller.map(Arc::from)).or_default().add(slot, bytes.cast_signed());
        }
        self.forget_old(&mut usages, self.slot(now, Duration::ZERO));
    }

    /// Reset all counts; [`TrailShares::restore`] follows.
    pub fn clear(&self) {
        self.lock().values_mut().for_each(Usage::clear);
        self.young.store(0, Ordering::Relaxed);
    }

    /// The age up to which a row is young.
    pub fn window(&self) -> Duration {
        self.bounds.window
    }

    /// Whether a caller may write more.
    pub fn admit(&self, share: &Share, purpose: Purpose) -> Result<(), Refusal> {
        // A tenth of the young rows and a twentieth of the file are reserved.
        let (of_young, of_file) = match purpose {
            Purpose::Console => return Ok(()),
            Purpose::Usual => (self.bounds.young / 10 * 9, self.bounds.file / 20 * 19),
            Purpose::Reserved => (self.bounds.young, self.bounds.file),
        };
        if purpose == Purpose::Usual && self.is_held_up.load(Ordering::Relaxed) {
            return Err(Refusal::new(Code::Unrecorded, HELD_UP));
        }
        let written = share.bytes();
        let may_write = |free: i64, share: i64| written < free.saturating_mul(share);
        if !may_write(of_file - self.used.load(Ordering::Relaxed), SHARE_OF_FILE) {
            let reason = WriteFailure::Full.reason();
            let message = format!("the audit trail has no capacity for your requests, so they are refused: {reason}");
            return Err(Refusal::new(Code::Unrecorded, message));
        }
        if !may_write(of_young - self.young.load(Ordering::Relaxed), SHARE_OF_YOUNG) {
            return Err(self.over(written));
        }
        Ok(())
    }

    /// Set whether the write-ahead log is at its limit, because another process reads the trail.
    pub fn hold_up(&self, is_held_up: bool) {
        self.is_held_up.store(is_held_up, Ordering::Relaxed);
    }

    /// Whether so little capacity remains that refusals are counted instead of written.
    pub fn is_near(&self) -> bool {
        self.young.load(Ordering::Relaxed) > self.bounds.young / 2
            || self.used.load(Ordering::Relaxed) > self.bounds.file / 5 * 4
    }

    /// The fields for `status`.
    pub fn describe(&self) -> Value {
        let usages = self.lock();
        let largest = usages.iter().filter(|(writer, _)| writer.is_some()).max_by_key(|(_, usage)| usage.share.bytes());
        json!({
            "is_near": self.is_near(),
            "young_bytes": self.young.load(Ordering::Relaxed),
            "young_bytes_max": self.bounds.young,
            "largest": largest.map(|(writer, usage)| json!({"caller": writer.as_deref(), "bytes": usage.share.bytes()})),
        })
    }

    fn over(&self, written: i64) -> Refusal {
        let days = self.bounds.window.as_secs() / 86_400;
        let message = format!(
            "your requests have taken {written} bytes of the audit trail within {days} days (retention.age_min_days), and more than the share of \
             retention.bytes_max that is left for you; send less, or ask the owner to raise retention.bytes_max"
        );
        let wait = self.bounds.window / SLOTS;
        Refusal::new(Code::RateLimited, message).retry_after_ms(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))
    }

    fn slot(&self, now: Moment, age: Duration) -> i64 {
        let width = (self.bounds.window / SLOTS).as_micros().cast_signed();
        let at = (now - self.began).as_micros().cast_signed() - age.as_micros().cast_signed();
        i64::try_from(at.div_euclid(width)).unwrap_or(i64::MIN)
    }

    fn forget_old(&self, usages: &mut HashMap<Writer, Usage>, slot: i64) {
        let young = usages.values_mut().map(|usage| usage.forget_before(slot.saturating_sub(SLOTS.into()))).sum();
        self.young.store(young, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Writer, Usage>> {
        self.usages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share {
    fn bytes(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Usage {
    fn add(&mut self, slot: i64, bytes: i64) {
        *self.slots.entry(slot).or_default() += bytes;
        self.share.0.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Remove the intervals before `slot`; returns the bytes that remain.
    fn forget_before(&mut self, slot: i64) -> i64 {
        while let Some(first) = self.slots.first_entry()
            && *first.key() < slot
        {
            self.share.0.fetch_sub(first.remove(), Ordering::Relaxed);
        }
        self.share.bytes()
    }

    fn clear(&mut self) {
        self.slots.clear();
        self.share.0.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
