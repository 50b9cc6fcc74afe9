//! Writes groups of rows, and resolves what waits for them when the commit has ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::group::Group;
use super::health::{Health, LongLog};
use super::onward::Stopped;
use super::{Entry, Happened, LiveSet, Onward, Resources};
use crate::audit::checkpoint::Signed;
use crate::audit::{Act, Event, Plan, Reason, Sign, Trail, WriteFailure};
use crate::config;
use crate::platform::{self, clock};
use crate::storage::write_ahead_log;

pub struct Writer {
    /// Gone only if a write panicked; then nothing is recorded any more, and so nothing runs.
    trail: Option<Trail>,
    /// Numbers of lost rows are not given again: a read that travelled meanwhile may still refer to one.
    next_seq: i64,
    health: Arc<Health>,
    resources: Resources,
    /// Bytes of rows since it was looked how much of the file is in use.
    bytes_since: Option<usize>,
    /// When it is tried again to shorten the write-ahead log, while it is as long as it may be.
    log_due: Option<Instant>,
    onward: Onward,
    /// What happened and could not be written: it is written when the trail is well again.
    kept: Vec<Entry>,
    /// While the trail is unwell: when it is tried again. Until then everything is lost without a try.
    retry_at: Option<Instant>,
    retry: Duration,
}

/// What was found of the write-ahead log.
struct LogLength {
    bytes: u64,
    /// Longer than it is under load alone.
    is_long: bool,
    is_held_up: bool,
    /// If it was looked who they are.
    readers: Option<Vec<String>>,
}

/// From so many times `trail.write_ahead_pages` on the log is told of: until then it is long under load alone.
const LONG: u32 = 12;
const PAGE_BYTES: u64 = 4_096;
/// After so many bytes of rows it is looked how much of the file is in use.
const LOOK_BYTES: usize = 16 * 1024;
/// How much of what happened is kept. What is beyond reads `interrupted` after the next start.
const KEPT_MAX: usize = 4_096;

impl Writer {
    pub fn new(trail: Trail, health: Arc<Health>, onward: Onward, resources: Resources) -> Writer {
        let (next_seq, retry) = (trail.last_seq() + 1, config::ms(resources.config.retry_ms));
        let trail = Some(trail);
        Writer {
            trail,
            next_seq,
            health,
            onward,
            resources,
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

    /// When there is something to do though nobody hands anything over.
    pub fn wakes_at(&self) -> Option<Instant> {
        match (self.retry_at, &self.trail) {
            (_, None) => None,
            (Some(retry_at), _) => Some(retry_at),
            (None, Some(_)) if !self.kept.is_empty() => Some(Instant::now()),
            (None, Some(trail)) => trail.checkpoint_due().into_iter().chain(self.log_due).min(),
        }
    }

    /// Write what was kept, and sign what is not covered by a checkpoint.
    pub async fn wake(&mut self) {
        if self.retry_at.is_none() && self.log_due.is_some_and(|due| due <= Instant::now()) {
            return self.try_log().await;
        }
        self.write(Vec::new(), None, Sign::Now).await;
    }

    pub async fn write(&mut self, entries: Vec<Entry>, live_set: Option<LiveSet>, sign: Sign) {
        let mut all = std::mem::take(&mut self.kept);
        all.extend(entries);
        let must_wait = self.retry_at.is_some_and(|at| Instant::now() < at) && sign == Sign::WhenDue;
        if must_wait || self.trail.is_none() {
            let failure = self.health.failure().unwrap_or(WriteFailure::Other);
            return self.keep(Group::unnumbered(all).lost(failure));
        }
        let pruned_seq = self.trail.as_ref().map_or(0, Trail::pruned_seq);
        let mut group = Group::new(all, self.next_seq, pruned_seq, live_set);
        self.next_seq += i64::try_from(group.rows.len()).expect("a group is bounded");
        let early_reads = group.take_early_reads();
        let mut stopped: Vec<_> = early_reads.into_iter().filter_map(|read| self.onward.carry(read).err()).collect();
        match self.commit(&mut group, sign).await {
            Ok(()) => {
                self.recover();
                stopped.extend(group.committed(&self.onward));
            }
            Err(error) => self.lose(group, &error),
        }
        // The commit has ended, so each has its answer now, and its outcome is written next.
        self.kept.extend(stopped.into_iter().filter_map(Stopped::conclude));
    }

    /// Let rows go as planned. What fails leaves all as it was, and the trail as well as it was.
    pub async fn prune(&mut self, plan: Box<Plan>, reason: Reason) -> anyhow::Result<Act> {
        // That there is no room is what it mends.
        if let Some(failure) = self.health.failure().filter(|&failure| failure != WriteFailure::Full) {
            anyhow::bail!("the trail cannot be written: {}", failure.reason());
        }
        let seq = self.next_seq;
        self.next_seq += 1;
        let act = self.with_trail(move |trail| trail.prune(&plan, reason, seq)).await;
        self.bytes_since = None;
        if self.trail.is_none() {
            self.health.failed(WriteFailure::Other);
        }
        act
    }

    async fn commit(&mut self, group: &mut Group, sign: Sign) -> anyhow::Result<()> {
        let (rows, written) = (std::mem::take(&mut group.rows), std::mem::take(&mut group.written));
        let bytes = self.bytes_since.map(|before| before + written.values().sum::<usize>());
        let looks = bytes.is_none_or(|bytes| bytes >= LOOK_BYTES);
        let log = self.looks_at_log();
        let append = move |trail: &mut Trail| -> anyhow::Result<(Option<u64>, LogLength)> {
            trail.append(&rows, sign)?;
            Ok((looks.then(|| trail.used_bytes()).transpose()?, log(trail)?))
        };
        let (used, length) = self.with_trail(append).await?;
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

    /// How long the write-ahead log is, to be found out beside a commit; and when it has grown, who reads the trail.
    fn looks_at_log(&self) -> impl FnOnce(&mut Trail) -> anyhow::Result<LogLength> + Send + use<> {
        let (resources, before) = (self.resources.clone(), self.health.long_log().map(|log| log.bytes));
        move |trail| {
            let config = &resources.config;
            let pages = trail.write_ahead_pages(config.write_ahead_pages_max)?;
            let bytes = u64::from(pages) * PAGE_BYTES;
            let is_long = pages >= config.write_ahead_pages.saturating_mul(LONG);
            // It is not looked for every commit who reads.
            let has_grown = before.is_none_or(|before| bytes > before / 8 * 9 || bytes < before);
            let file = &resources.trail_file;
            let readers =
                (is_long && has_grown).then(|| platform::others_with_open(&[file.clone(), write_ahead_log(file)]));
            Ok(LogLength { bytes, is_long, is_held_up: pages >= config.write_ahead_pages_max, readers })
        }
    }

    /// While somebody who reads the trail keeps its write-ahead log from being moved, that is told; from a bound on it acts.
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
                "the trail's write-ahead log grows, because somebody reads the trail"
            );
            self.health.set_long_log(Some(LongLog { bytes, since_us, readers }));
        }
    }

    /// Try to begin the write-ahead log anew while it is as long as it may be.
    async fn try_log(&mut self) {
        match self.with_trail(self.looks_at_log()).await {
            Ok(length) => self.note_log(length),
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "the trail's write-ahead log could not be moved");
                self.log_due = Some(Instant::now() + self.retry);
            }
        }
    }

    /// Off the async path, and waited for.
    async fn with_trail<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Trail) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let Some(mut trail) = self.trail.take() else {
            anyhow::bail!("the trail's writer is gone; restart the gateway");
        };
        let work = tokio::task::spawn_blocking(move || {
            let result = work(&mut trail);
            (trail, result)
        });
        let (trail, result) = work.await?;
        self.health.signed(trail.checkpoint());
        self.trail = Some(trail);
        result
    }

    fn recover(&mut self) {
        self.retry_at = None;
        if self.health.recovered() {
            tracing::info!("the trail is well again");
            self.kept.push(Entry::Event(Event::new("trail_well")));
        }
    }

    fn lose(&mut self, group: Group, error: &anyhow::Error) {
        let failure = WriteFailure::of(error);
        self.retry_at = Some(Instant::now() + self.retry);
        let mut happened = group.lost(failure);
        if self.health.failed(failure) {
            tracing::error!(
                error = format!("{error:#}"),
                reason = failure.reason(),
                "the trail is unwell: every request is refused until it is well"
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
