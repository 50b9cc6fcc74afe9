//! Settings for requests, connections, and the rate limits of callers.

use std::num::NonZeroU32;

use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Requests {
    /// Longest line before sign-in.
    pub line_bytes_max_before_sign_in: usize,
    /// Longest line after sign-in.
    pub line_bytes_max: usize,
    /// Memory for request lines from decision to answer, all callers together; one caller may use a quarter.
    pub bytes_in_flight_max: usize,
    /// Nesting of JSON.
    pub depth_max: usize,
    /// Deadline of a request that names none.
    pub deadline_ms: u64,
    /// Longest deadline that a request may name.
    pub deadline_ms_max: u64,
    /// Idempotency keys of all callers; one caller may hold as many as are free.
    pub once_keys_max: usize,
    /// How long an idempotency key is remembered.
    pub once_hours: usize,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    /// Signed-in sessions; the console has slots of its own.
    pub max: usize,
    /// Connections of one source.
    pub per_source_max: usize,
    /// Longest TLS handshake.
    pub handshake_ms: u64,
    /// Longest wait for sign-in, where it is required.
    pub first_line_ms: u64,
    /// A session without a request or an answer for this long is closed.
    pub idle_s: u64,
    /// Failed sign-ins on one connection before it is closed.
    pub sign_in_failures_max: u32,
    /// Unanswered requests of one session; beyond this, the gateway stops reading from it.
    pub unanswered_max: usize,
    /// Answers that the client has not read; beyond this, the gateway stops reading from it.
    pub unread_answer_bytes_max: usize,
    /// The same, on all connections of one caller; beyond this, requests other than @stop are refused or wait.
    pub unread_answers_per_caller_bytes_max: usize,
    /// The same, of all callers; one caller may use as much as is left for others.
    pub unread_answers_bytes_max: usize,
    /// A client that reads nothing for this long is disconnected.
    pub unread_answer_ms: u64,
    /// Subscriptions of one session.
    pub topics_max: usize,
}

/// Rate limits of each caller, by class of action.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// @read.
    pub read: Rate,
    /// Actions that change something.
    pub change: Rate,
    /// @destructive, @costly, @sensitive, @admin, and actions that the catalogue calls heavy, such as deep snapshots.
    pub heavy: Rate,
    /// @stop.
    pub stop: Rate,
}

/// A rate limit: `per_second` on average, and `burst` at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Requests per second that are always available.
    pub per_second: NonZeroU32,
    /// Requests at once after a pause.
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

/// A rate limit. Panics if a number is 0, so it is for constants only.
pub const fn rate(per_second: u32, burst: u32) -> Rate {
    match (NonZeroU32::new(per_second), NonZeroU32::new(burst)) {
        (Some(per_second), Some(burst)) => Rate { per_second, burst },
        _ => panic!("a rate of nothing"),
    }
}
