//! Settings for the trail: writing, retention, and limits on queries.

use std::path::PathBuf;

use serde::Deserialize;

use super::requests::{Rate, rate};

/// Settings for writing the trail.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trail {
    /// Rows committed together.
    pub group_rows_max: usize,
    /// Longest wait before an outcome is committed.
    pub outcome_wait_ms: u64,
    /// Entries that wait to be written; beyond this, the gateway stops reading from clients.
    pub queue_max: usize,
    /// Refused requests of one source that get a row each; beyond this, one row per second counts them, and their answers wait for it.
    pub refusals_per_second_max: u32,
    /// The same, of all unauthenticated connections.
    pub unauthenticated_refusals_per_second_max: u32,
    /// Sources whose refusals are counted separately.
    pub refused_sources_max: usize,
    /// Bytes recorded of a refused request's parameters, and of its terms; of longer ones also length and keyed digest.
    pub refused_parameters_bytes_max: usize,
    /// Bytes of rows of refusals, of one caller and of one source; beyond this, refusals are counted as above.
    pub refused_bytes: Rate,
    /// The same, of all unauthenticated connections.
    pub unauthenticated_refused_bytes: Rate,
    /// Rows per second for changes made in Live itself; beyond this, they are counted.
    pub changes_in_live_per_second_max: usize,
    /// Largest trail file; at this size, requests are refused.
    pub file_bytes_max: u64,
    /// Length of SQLite's write-ahead log at which it is checkpointed, in pages of 4 KiB; under load up to eight times that.
    pub write_ahead_pages: u32,
    /// Length at which only stops, administration and the console are served; the log grows while another program reads the trail.
    pub write_ahead_pages_max: u32,
    /// Pause between attempts while the trail cannot be written.
    pub retry_ms: u64,
    /// Rows after which a checkpoint is signed.
    pub checkpoint_rows: usize,
    /// Time after which a checkpoint is signed if there are new rows; one is also signed at shutdown.
    pub checkpoint_s: u64,
    /// A file to which every checkpoint is also appended, best on another disk; empty: none.
    pub witness_file: PathBuf,
    /// Such as `["/usr/local/bin/keep", "studio"]`: receives every checkpoint on standard input; empty: none.
    pub witness_command: Vec<String>,
    /// Longest run of witness_command.
    pub witness_wait_ms: u64,
    /// Such as `["rename_track.name", "@edit.text"]`: of these parameters the trail records only a keyed digest.
    pub redact: Vec<String>,
    /// With less free space `livegate doctor` warns; on a full disk requests are refused.
    pub disk_free_bytes_min: u64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Rows older than this are pruned; 0: no limit of age.
    pub days: u32,
    /// Size of all rows at which the oldest are pruned, down to nine tenths of it; at most three quarters of trail.file_bytes_max; 0: no limit.
    pub bytes_max: u64,
    /// Rows younger than this are not pruned by size; when they fill bytes_max, refusals are counted and the callers who wrote most are refused; 0:
    /// off.
    pub age_min_days: u32,
    /// Rows pruned in one transaction, during which commits wait.
    pub transaction_rows_max: usize,
    /// Interval between retention runs; the first starts this long after the gateway.
    pub interval_s: u64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Review {
    /// Interval at which new rows are indexed.
    pub build_ms: u64,
    /// Longest query.
    pub query_ms: u64,
    /// Queries at once; others wait.
    pub at_once_max: usize,
    /// Parameters and details in one answer.
    pub answer_bytes_max: usize,
    /// Objects that one `audit diff` reports.
    pub targets_max: usize,
}

impl Default for Trail {
    fn default() -> Trail {
        Trail {
            group_rows_max: 512,
            outcome_wait_ms: 20,
            queue_max: 4_096,
            refusals_per_second_max: 50,
            unauthenticated_refusals_per_second_max: 200,
            refused_sources_max: 4_096,
            refused_parameters_bytes_max: 2_048,
            refused_bytes: rate(1_024, 1 << 20),
            unauthenticated_refused_bytes: rate(2_048, 1 << 20),
            changes_in_live_per_second_max: 20,
            file_bytes_max: 16 << 30,
            write_ahead_pages: 1_000,
            write_ahead_pages_max: 65_536,
            retry_ms: 250,
            checkpoint_rows: 1_024,
            checkpoint_s: 60,
            witness_file: PathBuf::new(),
            witness_command: Vec::new(),
            witness_wait_ms: 3_000,
            redact: Vec::new(),
            disk_free_bytes_min: 1 << 30,
        }
    }
}

impl Default for Retention {
    fn default() -> Retention {
        Retention { days: 180, bytes_max: 2 << 30, age_min_days: 1, transaction_rows_max: 20_000, interval_s: 900 }
    }
}

impl Default for Review {
    fn default() -> Review {
        Review {
            build_ms: 1_000,
            query_ms: 10_000,
            at_once_max: 2,
            answer_bytes_max: 4 * 1024 * 1024,
            targets_max: 10_000,
        }
    }
}
