//! The health of the trail, for `status`, sign-in answers and the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwapOption;
use serde_json::{Map, Value, json};

use super::Counts;
use crate::audit::checkpoint::Signed;
use crate::audit::{Trail, WriteFailure};
use crate::platform::clock;

/// The result of the last commit, and the last checkpoint.
#[derive(Debug)]
pub struct Health {
    outage: ArcSwapOption<Outage>,
    checkpoint: ArcSwapOption<Signed>,
    key: String,
    /// A sentence about a new log, if one was started.
    new_log: Option<String>,
    /// Whether the new log was started in this run.
    has_begun: bool,
    /// The write-ahead log while it is longer than usual; otherwise `None`.
    long_log: ArcSwapOption<LongLog>,
    witness_file: ArcSwapOption<WitnessState>,
    witness_command: ArcSwapOption<WitnessState>,
    rows_written: AtomicU64,
    pub counts: Counts,
}

/// SQLite's write-ahead log, which another reader of the trail keeps from being reset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LongLog {
    pub bytes: u64,
    pub since_us: i64,
    /// Other processes that have the trail open, as far as the system reports them.
    pub readers: Vec<String>,
}

/// One of the two kinds of witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WitnessKind {
    File,
    Command,
}

impl WitnessKind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            WitnessKind::File => "file",
            WitnessKind::Command => "command",
        }
    }
}

/// Whether the witness has received the last checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WitnessState {
    Sees,
    Misses(MissedCheckpoint),
}

/// Why a witness has not received the last checkpoint, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MissedCheckpoint {
    pub reason: &'static str,
    pub since_us: i64,
}

#[derive(Debug)]
struct Outage {
    failure: WriteFailure,
    since_us: i64,
}

impl Health {
    pub fn new(trail: &Trail) -> Health {
        let checkpoint = ArcSwapOption::new(trail.checkpoint().cloned());
        let key = trail.verifier().to_string();
        let new_log = trail.warning().map(str::to_owned);
        let outage = ArcSwapOption::empty();
        let has_begun = trail.has_begun();
        let [witness_file, witness_command] = [ArcSwapOption::empty(), ArcSwapOption::empty()];
        let long_log = ArcSwapOption::empty();
        let rows_written = AtomicU64::new(0);
        let counts = Counts::default();
        Health {
            outage,
            checkpoint,
            key,
            new_log,
            has_begun,
            long_log,
            witness_file,
            witness_command,
            rows_written,
            counts,
        }
    }

    pub fn is_available(&self) -> bool {
        self.outage.load().is_none()
    }

    pub fn failure(&self) -> Option<WriteFailure> {
        self.outage.load().as_ref().map(|outage| outage.failure)
    }

    /// The latest checkpoint and its key. Callers receive them to verify the log later.
    pub fn handed_out(&self) -> Map<String, Value> {
        let mut body = Map::new();
        if let Some(signed) = &*self.checkpoint.load() {
            body.insert("checkpoint".into(), signed.note.as_str().into());
            body.insert("checkpoint_key".into(), self.key.as_str().into());
        }
        body
    }

    /// The warning for the owner, if a new log was started in this run.
    pub fn log_begun(&self) -> Option<&str> {
        self.new_log.as_deref().filter(|_| self.has_begun)
    }

    pub fn describe(&self) -> Value {
        let covered = self.checkpoint.load().as_ref().map_or(0, |signed| signed.size());
        let mut status = match &*self.outage.load() {
            None => json!({"well": true}),
            Some(outage) => degraded(outage.failure.reason(), outage.since_us),
        };
        status["rows_signed"] = covered.into();
        status["rows_written"] = self.rows_written().into();
        if let Some(log) = &*self.long_log.load() {
            let since = clock::rfc3339(log.since_us / 1_000_000);
            status["write_ahead"] = json!({"bytes": log.bytes, "since": since, "readers": log.readers});
        }
        // If one of two witnesses misses checkpoints, report that one.
        let states = [WitnessKind::File, WitnessKind::Command].map(|of| self.state_of(of));
        let misses = states.iter().flatten().find(|state_of| matches!(state_of, WitnessState::Misses(_)));
        match misses.or(states.iter().flatten().next()) {
            Some(WitnessState::Sees) => status["witness"] = json!({"well": true}),
            Some(WitnessState::Misses(missed)) => status["witness"] = degraded(missed.reason, missed.since_us),
            None => (),
        }
        if let Some(new_log) = &self.new_log {
            status["new_log"] = new_log.as_str().into();
            status["new_log_at_this_start"] = self.has_begun.into();
        }
        status
    }

    /// The number of rows written since the start.
    pub fn rows_written(&self) -> u64 {
        self.rows_written.load(Ordering::Relaxed)
    }

    pub(super) fn wrote(&self, rows: usize) {
        self.rows_written.fetch_add(rows as u64, Ordering::Relaxed);
    }

    pub(super) fn long_log(&self) -> Option<Arc<LongLog>> {
        self.long_log.load_full()
    }

    pub(super) fn set_long_log(&self, log: Option<LongLog>) {
        self.long_log.store(log.map(Arc::new));
    }

    /// The state of a witness, if there is one.
    pub(super) fn state_of(&self, of: WitnessKind) -> Option<WitnessState> {
        self.at(of).load().as_deref().copied()
    }

    pub(super) fn witness(&self, of: WitnessKind, state_of: WitnessState) {
        self.at(of).store(Some(Arc::new(state_of)));
    }

    fn at(&self, of: WitnessKind) -> &ArcSwapOption<WitnessState> {
        match of {
            WitnessKind::File => &self.witness_file,
            WitnessKind::Command => &self.witness_command,
        }
    }

    pub(super) fn signed(&self, checkpoint: Option<&Arc<Signed>>) {
        // Storing waits for readers, and few commits have a new one.
        if self.checkpoint.load().as_ref().map(Arc::as_ptr) != checkpoint.map(Arc::as_ptr) {
            self.checkpoint.store(checkpoint.cloned());
        }
    }

    /// Mark the trail as available. Returns whether it was unavailable before.
    pub(super) fn recovered(&self) -> bool {
        !self.is_available() && self.outage.swap(None).is_some()
    }

    /// Mark the trail as unavailable. Returns whether it was available before.
    pub(super) fn failed(&self, failure: WriteFailure) -> bool {
        let before = self.outage.load_full();
        let since_us = before.as_ref().map_or_else(clock::unix_micros, |outage| outage.since_us);
        self.outage.store(Some(Arc::new(Outage { failure, since_us })));
        before.is_none()
    }
}

fn degraded(reason: &str, since_us: i64) -> Value {
    json!({"well": false, "reason": reason, "since": clock::rfc3339(since_us / 1_000_000)})
}
