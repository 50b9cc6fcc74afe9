//! Writes groups of rows, and resolves what waits for them when the commit ends.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::dispatch::NotDispatched;
use super::error::{Error, ErrorKind, Result, failed};
use super::group::Group;
use super::health::{Health, LongLog};
use super::{Dispatch, Entry, Happened, LiveSet, Resources};
use crate::audit::checkpoint::Signed;
use crate::audit::{Act, Event, Plan, PruneReason, Sign, Trail, WriteFailure};
use crate::config;
use crate::platform::{self, clock};
use crate::storage::write_ahead_log;

pub struct Writer {
    /// `None` after a panic during a write. Then no request can be recorded, so none runs.
    trail: Option<Trail>,
    /// Numbers of rows whose commit failed are not reused, because an early read may refer to one.
    next_seq: i64,
    health: Arc<Health>,
    resources: Arc<Resources>,
    /// Bytes of rows written since the used part of the file was measured. `None` before the first measurement.
    bytes_since: Option<usize>,
    /// When to retry shortening the write-ahead log, while it is at its limit.
    log_due: Option<Instant>,
    onward: Dispatch,
    /// Outcomes and events that could not be written. They are written when the trail has recovered.
    kept: Vec<Entry>,
    /// When to retry writing while the trail is unavailable. Until then every group fails at once.
    retry_at: Option<Instant>,
    retry: Duration,
}

/// The length of the write-ahead log.
struct LogLength {
    bytes: u64,
    /// Longer than load explains.
    is_long: bool,
    is_held_up: bool,
    /// The readers of the trail, if they were looked up.
    readers: Option<Vec<String>>,
}

/// The log is reported from this multiple of `trail.write_ahead_pages` on. Up to there, load explains its length.
const LONG: u32 = 12;
const PAGE_BYTES: u64 = 4_096;
/// The used part of the file is measured after this many bytes of rows.
const LOOK_BYTES: usize = 16 * 1024;
/// The most unwritten outcomes and events that are retained. Requests beyond it read `interrupted` after the next start.
const KEPT_MAX: usize = 4_096;

impl Writer {
    pub fn new(trail: Trail, health: Arc<Health>, onward: Dispatch, resources: Resources) -> Writer {
        let next_seq = trail.last_seq() + 1;
        let retry = config::ms(resources.config.retry_ms);
        let trail = Some(trail);
        Writer {
            trail,
            next_seq,
            health,
            onward,
            resources: Arc::new(resources),
            bytes_since: None,
            log_due: None,
            kept: Vec::new(),
            retry_at: None,
            retry,
        }
    }

    /// The latest checkpoint, which is durable.
    pub fn checkpoint(&self) -> Option<&Arc<Signed>> {
        self.trail.as_ref().and_then(Trail::checkpoint)
    }

    /// When the writer next has work without new entries.
    pub fn wakes_at(&self) -> Option<Instant> {
        match (self.retry_at, &self.trail) {
            (_, None) => None,
            (Some(retry_at), _) => Some(retry_at),
            (None, Some(_)) if !self.kept.is_empty() => Some(Instant::now()),
            (None, Some(trail)) => trail.checkpoint_due().into_iter().chain(self.log_due).min(),
        }
    }

    /// Write retained entries, and sign rows that no checkpoint covers.
    pub fn wake(&mut self) {
        if self.retry_at.is_none() && self.log_due.is_some_and(|due| due <= Instant::now()) {
            return self.try_log();
        }
        let outcomes = self.write(Vec::new(), None, Sign::Now);
        self.kept.extend(outcomes);
    }

    /// Commit a group. Returns the outcomes of its requests, which are written next.
    pub fn write(&mut self, entries: Vec<Entry>, live_set: Option<LiveSet>, sign: Sign) -> Vec<Entry> {
        let mut all = std::mem::take(&mut self.kept);
        if all.is_empty() {
            all = entries;
        } else {
            all.extend(entries);
        }
        let must_wait = self.retry_at.is_some_and(|at| Instant::now() < at) && sign == Sign::WhenDue;
        if must_wait || self.trail.is_none() {
            let failure = self.health.failure().unwrap_or(WriteFailure::Other);
            self.keep(Group::unnumbered(all).lost(failure));
            return Vec::new();
        }
        let now = self.resources.clock.now();
        all.iter().for_each(|entry| self.health.counts.note(entry, now));
        let pruned_seq = self.trail.as_ref().map_or(0, Trail::pruned_seq);
        let mut group = Group::new(all, self.next_seq, pruned_seq, live_set);
        self.next_seq += i64::try_from(group.rows.len()).expect("a group is bounded");
        let early_reads = group.take_early_reads();
        let stopped: Vec<_> = early_reads.into_iter().filter_map(|read| self.onward.carry(read).err()).collect();
        let mut outcomes = Vec::new();
        let begun = Instant::now();
        match self.commit(&mut group, sign) {
            Ok(()) => {
                self.health.counts.commit.observe(begun.elapsed());
                self.recover();
                outcomes = group.committed(&self.onward);
            }
            Err(error) => self.fail(group, &error),
        }
        // The commit has ended, so each request has its answer; its outcome is written next.
        outcomes.extend(stopped.into_iter().filter_map(NotDispatched::conclude));
        outcomes
    }

    /// Prune rows as planned. A failure changes nothing.
    pub fn prune(&mut self, plan: &Plan, reason: PruneReason) -> Result<Act> {
        // Pruning is allowed while the trail is unavailable, because it is the remedy for a full trail.
        if let Some(failure) = self.health.failure().filter(|&failure| failure != WriteFailure::Full) {
            return Err(failed(format!("the trail cannot be written: {}", failure.reason())));
        }
        let seq = self.next_seq;
        self.next_seq += 1;
        let act = self.with_trail(|trail| Ok(trail.prune(plan, reason, seq)?));
        self.bytes_since = None;
        if self.trail.is_none() {
            self.health.failed(WriteFailure::Other);
        }
        act
    }

    fn commit(&mut self, group: &mut Group, sign: Sign) -> Result<()> {
        let rows = std::mem::take(&mut group.rows);
        let written = std::mem::take(&mut group.written);
        let count = rows.len();
        let bytes = self.bytes_since.map(|before| before + written.values().sum::<usize>());
        let looks = bytes.is_none_or(|bytes| bytes >= LOOK_BYTES);
        let log = self.looks_at_log();
        let append = |trail: &mut Trail| -> Result<(Option<u64>, LogLength)> {
            trail.append(&rows, sign)?;
            Ok((looks.then(|| trail.used_bytes()).transpose()?, log(trail)?))
        };
        let (used, length) = self.with_trail(append)?;
        self.health.wrote(count);
        self.note_log(length);
        let shares = &self.resources.limits.shares;
        shares.written(written, self.resources.clock.now());
        self.bytes_since = if let Some(used) = used {
            shares.used(used);
            Some(0)
        } else {
            bytes
        };
        Ok(())
    }

    /// Measure the write-ahead log after a commit. If it has grown, also look up the processes that read the trail.
    fn looks_at_log(&self) -> impl FnOnce(&mut Trail) -> Result<LogLength> + use<> {
        let resources = self.resources.clone();
        let before = self.health.long_log().map(|log| log.bytes);
        move |trail| {
            let config = &resources.config;
            let pages = trail.write_ahead_pages(config.write_ahead_pages_max)?;
            let bytes = u64::from(pages) * PAGE_BYTES;
            let is_long = pages >= config.write_ahead_pages.saturating_mul(LONG);
            // The lookup of readers is too slow for every commit.
            let has_grown = before.is_none_or(|before| bytes > before / 8 * 9 || bytes < before);
            let file = &resources.trail_file;
            let readers =
                (is_long && has_grown).then(|| platform::others_with_open(&[file.clone(), write_ahead_log(file)]));
            Ok(LogLength { bytes, is_long, is_held_up: pages >= config.write_ahead_pages_max, readers })
        }
    }

    /// Report a write-ahead log that a reader holds up. From its limit on, refuse requests.
    fn note_log(&mut self, length: LogLength) {
        self.resources.limits.shares.hold_up(length.is_held_up);
        self.log_due = length.is_held_up.then(|| Instant::now() + self.retry);
        let before = self.health.long_log();
        if !length.is_long {
            if before.is_some() {
                tracing::info!("the trail's write-ahead log is as short as usual again");
                self.health.set_long_log(None);
            }
        } else if let Some(readers) = length.readers {
            let bytes = length.bytes;
            let since_us = before.map_or_else(clock::unix_micros, |log| log.since_us);
            let names = readers.join(", ");
            tracing::warn!(
                bytes,
                readers = names,
                "the trail's write-ahead log grows, because another process reads the trail"
            );
            self.health.set_long_log(Some(LongLog { bytes, since_us, readers }));
        }
    }

    /// Retry to reset the write-ahead log while it is at its limit.
    fn try_log(&mut self) {
        match self.with_trail(self.looks_at_log()) {
            Ok(length) => self.note_log(length),
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "the trail's write-ahead log could not be moved");
                self.log_due = Some(Instant::now() + self.retry);
            }
        }
    }

    /// Run `work` on the trail. After a panic the trail is not used again.
    fn with_trail<T>(&mut self, work: impl FnOnce(&mut Trail) -> Result<T>) -> Result<T> {
        let Some(mut trail) = self.trail.take() else {
            return Err(failed("the trail's writer has failed; restart the gateway"));
        };
        let result = catch_unwind(AssertUnwindSafe(|| work(&mut trail)))
            .map_err(|_| failed("the trail's writer panicked; restart the gateway"))?;
        self.health.signed(trail.checkpoint());
        self.trail = Some(trail);
        result
    }

    fn recover(&mut self) {
        self.retry_at = None;
        if self.health.recovered() {
            tracing::info!("the trail has recovered");
            self.kept.push(Entry::Event(Event::new("trail_well")));
        }
    }

    fn fail(&mut self, group: Group, error: &Error) {
        let failure = match error.kind() {
            ErrorKind::Trail(kind) => WriteFailure::of(kind),
            _ => WriteFailure::Other,
        };
        self.retry_at = Some(Instant::now() + self.retry);
        let mut happened = group.lost(failure);
        if self.health.failed(failure) {
            tracing::error!(
                error = format!("{error:#}"),
                reason = failure.reason(),
                "the trail is unavailable: every request is refused until it recovers"
            );
            happened.insert(0, Entry::Event(Event::new("trail_unwell").with("reason", failure.reason())));
        }
        self.keep(happened);
    }

    fn keep(&mut self, mut happened: Happened) {
        happened.truncate(KEPT_MAX);
        self.kept = happened;
    }
}
