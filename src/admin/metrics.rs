//! Metrics as Prometheus text. They contain no caller, no name and no parameter.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{AdminRequest, body};
use crate::gateway::record::Durations;
use crate::storage::write_ahead_log;

pub async fn metrics(request: &AdminRequest<'_>) -> Map<String, Value> {
    let shared = request.shared;
    let health = request.recorder.health();
    let mut page = Page::default();
    page.family("livegate_info", "gauge", "The version.");
    page.sample("livegate_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    page.one(
        "livegate_uptime_seconds",
        "gauge",
        "Time since the start.",
        (shared.clock.now() - shared.started).as_secs(),
    );

    page.family("livegate_requests_total", "counter", "Requests that have a row, by class of action and verdict.");
    for (class, verdict, count) in health.counts.requests() {
        page.sample("livegate_requests_total", &[("class", class), ("verdict", verdict)], count);
    }
    let stages =
        [("waiting", &health.counts.waiting), ("commit", &health.counts.commit), ("answer", &health.counts.answer)];
    page.family(
        "livegate_stage_seconds",
        "histogram",
        "From arrival to the recorder; of a commit; from arrival to the answer.",
    );
    for (stage, durations) in stages {
        page.histogram("livegate_stage_seconds", stage, durations);
    }

    let bridge = shared.bridge.describe();
    page.one("livegate_bridge_up", "gauge", "Whether Live is connected.", u64::from(bridge["up"] == true));
    page.one("livegate_bridge_queued", "gauge", "Commands that wait in the gateway.", number(&bridge["queued"]));
    page.one("livegate_bridge_in_flight", "gauge", "Commands in the script.", number(&bridge["in_flight"]));
    let silence = Duration::from_millis(number(&bridge["silent_ms"]));
    page.one(
        "livegate_bridge_silence_seconds",
        "gauge",
        "Time since the script last sent anything; it is pinged every 15 s.",
        silence.as_secs_f64(),
    );

    page.one("livegate_trail_up", "gauge", "Whether the trail can be written.", u64::from(health.is_available()));
    page.one("livegate_trail_waiting", "gauge", "Entries that wait to be written.", request.recorder.waiting());
    page.one("livegate_trail_rows_total", "counter", "Rows written since the start.", health.rows_written());
    let trail = &shared.trail_file;
    page.one("livegate_trail_bytes", "gauge", "Length of trail.db.", length(trail).await);
    let log = write_ahead_log(trail);
    page.one("livegate_trail_write_ahead_bytes", "gauge", "Length of SQLite's write-ahead log.", length(&log).await);

    page.one("livegate_connections", "gauge", "Connections.", shared.connections.count());
    page.one(
        "livegate_unread_answer_bytes",
        "gauge",
        "Answers that clients have not read.",
        shared.limits.unread_bytes(),
    );
    page.family("livegate_penalised", "gauge", "Sources and accounts with a penalty that blocks them.");
    let sources = &shared.limits.sources;
    page.sample("livegate_penalised", &[("kind", "source")], sources.penalised());
    page.sample("livegate_penalised", &[("kind", "account")], sources.slowed());
    body(json!({"metrics": page.0}))
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

/// The length of a file, 0 without one.
async fn length(path: &Path) -> u64 {
    tokio::fs::metadata(path).await.map_or(0, |metadata| metadata.len())
}

/// Text in Prometheus' exposition format, version 0.0.4.
#[derive(Default)]
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {kind}"));
    }

    /// Add a sample. Label values must need no escapes.
    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<String> = labels.iter().map(|(label, value)| format!("{label}=\"{value}\"")).collect();
        if labels.is_empty() {
            self.line(format_args!("{name} {value}"));
        } else {
            self.line(format_args!("{name}{{{}}} {value}", labels.join(",")));
        }
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    fn histogram(&mut self, name: &str, stage: &str, durations: &Durations) {
        let mut count = 0;
        for (bound_us, cumulated) in durations.buckets() {
            let bound = bound_us
                .map_or_else(|| "+Inf".to_owned(), |bound| Duration::from_micros(bound).as_secs_f64().to_string());
            self.sample(&format!("{name}_bucket"), &[("stage", stage), ("le", &bound)], cumulated);
            count = cumulated;
        }
        self.sample(&format!("{name}_sum"), &[("stage", stage)], durations.sum().as_secs_f64());
        self.sample(&format!("{name}_count"), &[("stage", stage)], count);
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "{line}");
    }
}
