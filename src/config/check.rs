//! Ranges of settings: no limit may be zero where it would admit nothing, or too large to limit anything.

use super::Config;
use super::error::{Result, refused};

const BYTES_MAX: usize = 1 << 30;
const COUNT_MAX: usize = 1 << 20;
/// An empty trail file takes part of this.
const TRAIL_BYTES_MIN: u64 = 256 * 1024;
const AGE_DAYS_MAX: u32 = 366;
const HOURS_MAX: usize = 24 * 365;
const TIME_MS_MAX: u64 = 30 * 86_400_000;

impl Config {
    pub(super) fn check_counts(&self) -> Result<()> {
        let requests = &self.requests;
        let bridge = &self.bridge;
        let connections = &self.connections;
        let counts = [
            ("requests.line_bytes_max_before_sign_in", requests.line_bytes_max_before_sign_in, BYTES_MAX),
            ("requests.line_bytes_max", requests.line_bytes_max, BYTES_MAX),
            ("requests.bytes_in_flight_max", requests.bytes_in_flight_max, BYTES_MAX),
            ("requests.depth_max", requests.depth_max, 64),
            ("http.headers_max", self.http.headers_max, COUNT_MAX),
            ("http.headers_bytes_max", self.http.headers_bytes_max, 60 * 1024),
            ("http.bodies_bytes_max", self.http.bodies_bytes_max, BYTES_MAX),
            ("http.requests_per_connection_max", self.http.requests_per_connection_max as usize, COUNT_MAX),
            ("http.resets_max", self.http.resets_max, COUNT_MAX),
            ("http.event_streams_max", self.http.event_streams_max, COUNT_MAX),
            ("http.sessions_max", self.http.sessions_max, COUNT_MAX),
            ("mcp.body_bytes_max", self.mcp.body_bytes_max, BYTES_MAX),
            ("mcp.requests_per_connection_max", self.mcp.requests_per_connection_max, COUNT_MAX),
            ("osc.fan_out_max", self.osc.fan_out_max, 1_000),
            ("osc.depth_max", self.osc.depth_max, 64),
            ("osc.frame_bytes_max", self.osc.frame_bytes_max, BYTES_MAX),
            ("osc.senders_max", self.osc.senders_max, COUNT_MAX),
            ("osc.listeners_max", self.osc.listeners_max, COUNT_MAX),
            ("osc.connections_max", self.osc.connections_max, COUNT_MAX),
            ("osc.ahead_max", self.osc.ahead_max, COUNT_MAX),
            ("bridge.in_flight_max", bridge.in_flight_max, COUNT_MAX),
            ("bridge.in_flight_per_caller_max", bridge.in_flight_per_caller_max, COUNT_MAX),
            ("bridge.in_flight_stops_max", bridge.in_flight_stops_max, COUNT_MAX),
            ("bridge.plain_connections_max", bridge.plain_connections_max, COUNT_MAX),
            ("bridge.promoted_with_stop_max", bridge.promoted_with_stop_max, COUNT_MAX),
            ("bridge.queue_max", bridge.queue_max, COUNT_MAX),
            ("bridge.queue_per_caller_max", bridge.queue_per_caller_max, COUNT_MAX),
            ("bridge.untried_max", bridge.untried_max, COUNT_MAX),
            ("bridge.topics_max", bridge.topics_max, COUNT_MAX),
            ("connections.topics_max", connections.topics_max, COUNT_MAX),
            ("bridge.answer_bytes_max", bridge.answer_bytes_max, BYTES_MAX),
            ("bridge.detail_bytes_max", bridge.detail_bytes_max, BYTES_MAX),
            ("local.connections_max", self.local.connections_max, COUNT_MAX),
            ("connections.max", connections.max, COUNT_MAX),
            ("connections.per_source_max", connections.per_source_max, COUNT_MAX),
            ("connections.unanswered_max", connections.unanswered_max, COUNT_MAX),
            ("connections.unread_answer_bytes_max", connections.unread_answer_bytes_max, BYTES_MAX),
            (
                "connections.unread_answers_per_caller_bytes_max",
                connections.unread_answers_per_caller_bytes_max,
                BYTES_MAX,
            ),
            ("connections.unread_answers_bytes_max", connections.unread_answers_bytes_max, BYTES_MAX),
            ("unauthenticated.drop_start", self.unauthenticated.drop_start, self.unauthenticated.drop_full),
            ("unauthenticated.drop_percent", self.unauthenticated.drop_percent, 100),
            ("unauthenticated.drop_full", self.unauthenticated.drop_full, COUNT_MAX),
            ("unauthenticated.per_source_max", self.unauthenticated.per_source_max, COUNT_MAX),
            ("sign_in.refreshes_max", self.sign_in.refreshes_max, COUNT_MAX),
            ("sign_in.families_max", self.sign_in.families_max, COUNT_MAX),
            ("sign_in.passwords_waiting_max", self.sign_in.passwords_waiting_max, COUNT_MAX),
            ("sources.remembered_max", self.sources.remembered_max, COUNT_MAX),
            ("sources.ipv4_prefix", self.sources.ipv4_prefix.into(), 32),
            ("sources.ipv6_prefix", self.sources.ipv6_prefix.into(), 128),
            // With more tries, eight digits could be guessed.
            ("pairing.tries_max", self.pairing.tries_max as usize, 100),
            ("trail.group_rows_max", self.trail.group_rows_max, COUNT_MAX),
            ("trail.refused_sources_max", self.trail.refused_sources_max, COUNT_MAX),
            ("trail.refused_parameters_bytes_max", self.trail.refused_parameters_bytes_max, BYTES_MAX),
            ("trail.queue_max", self.trail.queue_max, COUNT_MAX),
            ("review.at_once_max", self.review.at_once_max, 64),
            ("review.answer_bytes_max", self.review.answer_bytes_max, BYTES_MAX),
            ("review.targets_max", self.review.targets_max, COUNT_MAX),
            ("trail.write_ahead_pages", self.trail.write_ahead_pages as usize, COUNT_MAX),
            ("trail.checkpoint_rows", self.trail.checkpoint_rows, COUNT_MAX),
            ("retention.transaction_rows_max", self.retention.transaction_rows_max, COUNT_MAX),
            ("requests.once_keys_max", requests.once_keys_max, COUNT_MAX),
            ("requests.once_hours", requests.once_hours, HOURS_MAX),
        ];
        match counts.into_iter().find(|(_, count, max)| !(1..=*max).contains(count)) {
            Some((key, count, max)) => Err(refused(format!("{key} is {count}; it must be between 1 and {max}"))),
            None => Ok(()),
        }
    }

    pub(super) fn check_trail(&self) -> Result<()> {
        let pages = self.trail.write_ahead_pages;
        let max = self.trail.write_ahead_pages_max;
        if max / 8 < pages {
            return Err(refused(format!(
                "trail.write_ahead_pages_max is {max}; it must be at least eight times trail.write_ahead_pages, {pages}"
            )));
        }
        match self.trail.file_bytes_max {
            TRAIL_BYTES_MIN.. => Ok(()),
            bytes => Err(refused(format!("trail.file_bytes_max is {bytes}; it must be at least {TRAIL_BYTES_MIN}"))),
        }
    }

    pub(super) fn check_retention(&self) -> Result<()> {
        let days = self.retention.days;
        let age_min_days = self.retention.age_min_days;
        if days > 0 && days < age_min_days {
            return Err(refused(format!(
                "retention.days is {days}, and retention.age_min_days keeps rows for {age_min_days}; it must not be less"
            )));
        }
        if age_min_days > AGE_DAYS_MAX {
            return Err(refused(format!(
                "retention.age_min_days is {age_min_days}; it must be at most {AGE_DAYS_MAX}"
            )));
        }
        match self.retention.bytes_max {
            0 | TRAIL_BYTES_MIN.. => Ok(()),
            bytes => Err(refused(format!(
                "retention.bytes_max is {bytes}; it must be at least {TRAIL_BYTES_MIN}, or 0 for no bound"
            ))),
        }
    }

    pub(super) fn check_times(&self) -> Result<()> {
        let requests = &self.requests;
        let bridge = &self.bridge;
        let connections = &self.connections;
        let times = [
            ("requests.deadline_ms", requests.deadline_ms),
            ("requests.deadline_ms_max", requests.deadline_ms_max),
            ("bridge.answer_wait_ms", bridge.answer_wait_ms),
            ("bridge.handshake_ms", bridge.handshake_ms),
            ("bridge.reconnect_ms", bridge.reconnect_ms),
            ("http.headers_ms", self.http.headers_ms),
            ("http.body_ms", self.http.body_ms),
            ("http.idle_s", self.http.idle_s.saturating_mul(1_000)),
            ("http.session_idle_s", self.http.session_idle_s.saturating_mul(1_000)),
            ("http.ping_s", self.http.ping_s.saturating_mul(1_000)),
            ("policy.watch_ms", self.policy.watch_ms),
            ("osc.ahead_ms", self.osc.ahead_ms),
            ("osc.idle_s", self.osc.idle_s.saturating_mul(1_000)),
            ("other_programs.check_s", self.other_programs.check_s.saturating_mul(1_000)),
            ("tls.check_ms", self.tls.check_ms),
            ("connections.handshake_ms", connections.handshake_ms),
            ("connections.first_line_ms", connections.first_line_ms),
            ("connections.unread_answer_ms", connections.unread_answer_ms),
            ("connections.idle_s", connections.idle_s.saturating_mul(1_000)),
            ("penalties.account_max_s", self.penalties.account_max_s.saturating_mul(1_000)),
            ("sign_in.token_s", self.sign_in.token_s.saturating_mul(1_000)),
            ("sign_in.refresh_s", self.sign_in.refresh_s.saturating_mul(1_000)),
            ("penalties.max_s", self.penalties.max_s.saturating_mul(1_000)),
            ("review.build_ms", self.review.build_ms),
            ("review.query_ms", self.review.query_ms),
            ("pairing.offer_ttl_s", self.pairing.offer_ttl_s.saturating_mul(1_000)),
            ("trail.witness_wait_ms", self.trail.witness_wait_ms),
            ("trail.retry_ms", self.trail.retry_ms),
            ("retention.interval_s", self.retention.interval_s.saturating_mul(1_000)),
            ("trail.checkpoint_s", self.trail.checkpoint_s.saturating_mul(1_000)),
        ];
        match times.into_iter().find(|(_, ms)| !(1..=TIME_MS_MAX).contains(ms)) {
            Some((key, _)) => Err(refused(format!("{key} must be more than 0 and at most 30 days"))),
            None => Ok(()),
        }
    }

    /// The penalty for one failure may be zero, or exceed the largest sum.
    pub(super) fn check_penalties(&self) -> Result<()> {
        let penalties = &self.penalties;
        for (kind, min_s, max_s) in
            [("", penalties.min_s, penalties.max_s), ("account_", penalties.account_min_s, penalties.account_max_s)]
        {
            if min_s > max_s {
                return Err(refused(format!(
                    "penalties.{kind}min_s is {min_s}, which is more than penalties.{kind}max_s, {max_s}"
                )));
            }
        }
        let costs = [
            ("penalties.handshake_s", penalties.handshake_s),
            ("penalties.silence_s", penalties.silence_s),
            ("penalties.invalid_request_s", penalties.invalid_request_s),
            ("penalties.sign_in_s", penalties.sign_in_s),
            ("penalties.password_s", penalties.password_s),
        ];
        match costs.into_iter().find(|(_, seconds)| seconds.saturating_mul(1_000) > TIME_MS_MAX) {
            Some((key, _)) => Err(refused(format!("{key} must be at most 30 days"))),
            None => Ok(()),
        }
    }
}
