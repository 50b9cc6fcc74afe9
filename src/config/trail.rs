//! Settings for the trail: writing, retention, and limits on queries.

use std::path::PathBuf;

use serde::Deserialize;

use super::requests::{Rate, rate};

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trail {
    pub group_rows_max: usize,
    pub outcome_wait_ms: u64,
    pub queue_max: usize,
    pub refusals_per_second_max: u32,
    pub unauthenticated_refusals_per_second_max: u32,
    pub refused_sources_max: usize,
    pub refused_parameters_bytes_max: usize,
    pub refused_bytes: Rate,
    pub unauthenticated_refused_bytes: Rate,
    pub changes_in_live_per_second_max: usize,
    pub file_bytes_max: u64,
    pub write_ahead_pages: u32,
    pub write_ahead_pages_max: u32,
    pub retry_ms: u64,
    pub checkpoint_rows: usize,
    pub checkpoint_s: u64,
    pub witness_file: PathBuf,
    pub witness_command: Vec<String>,
    pub witness_wait_ms: u64,
    pub redact: Vec<String>,
    pub disk_free_bytes_min: u64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    pub days: u32,
    pub bytes_max: u64,
    pub age_min_days: u32,
    pub transaction_rows_max: usize,
    pub interval_s: u64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Review {
    pub build_ms: u64,
    pub query_ms: u64,
    pub at_once_max: usize,
    pub answer_bytes_max: usize,
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
