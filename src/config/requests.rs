//! Settings for requests, connections, and the rate limits of callers.

use std::num::NonZeroU32;

use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Requests {
    pub line_bytes_max_before_sign_in: usize,
    pub line_bytes_max: usize,
    pub bytes_in_flight_max: usize,
    pub depth_max: usize,
    pub deadline_ms: u64,
    pub deadline_ms_max: u64,
    pub once_keys_max: usize,
    pub once_hours: usize,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    pub max: usize,
    pub per_source_max: usize,
    pub handshake_ms: u64,
    pub first_line_ms: u64,
    pub idle_s: u64,
    pub sign_in_failures_max: u32,
    pub unanswered_max: usize,
    pub unread_answer_bytes_max: usize,
    pub unread_answers_per_caller_bytes_max: usize,
    pub unread_answers_bytes_max: usize,
    pub unread_answer_ms: u64,
    pub topics_max: usize,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    pub read: Rate,
    pub change: Rate,
    pub heavy: Rate,
    pub stop: Rate,
}

/// A rate limit: `per_second` on average, and `burst` at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    pub per_second: NonZeroU32,
    pub burst: NonZeroU32,
}

impl Default for Requests {
    fn default() -> Requests {
        Requests {
            line_bytes_max_before_sign_in: 8 * 1024,
            line_bytes_max: 1024 * 1024,
            bytes_in_flight_max: 16 * 1024 * 1024,
            depth_max: 16,
            deadline_ms: 10_000,
            deadline_ms_max: 60_000,
            once_keys_max: 16_384,
            once_hours: 24,
        }
    }
}

impl Default for Connections {
    fn default() -> Connections {
        Connections {
            max: 512,
            per_source_max: 128,
            handshake_ms: 5_000,
            first_line_ms: 10_000,
            idle_s: 21_600,
            sign_in_failures_max: 3,
            unanswered_max: 256,
            unread_answer_bytes_max: 4 * 1024 * 1024,
            unread_answers_per_caller_bytes_max: 16 * 1024 * 1024,
            unread_answers_bytes_max: 32 * 1024 * 1024,
            unread_answer_ms: 30_000,
            topics_max: 1_024,
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { read: rate(500, 1_000), change: rate(500, 1_000), heavy: rate(20, 50), stop: rate(100, 200) }
    }
}

pub const fn rate(per_second: u32, burst: u32) -> Rate {
    match (NonZeroU32::new(per_second), NonZeroU32::new(burst)) {
        (Some(per_second), Some(burst)) => Rate { per_second, burst },
        _ => panic!("a rate of nothing"),
    }
}
