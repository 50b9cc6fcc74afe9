//! Metrics for Prometheus: they count events and contain no names.

use serde_json::json;

use crate::support::Studio;

/// The value of a sample.
fn sample(page: &str, name: &str) -> f64 {
    let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in {page}")).parse().expect("a number")
}

/// Promise: Secrets are not disclosed
#[tokio::test]
async fn metrics_count_requests_without_names() {
    let studio = Studio::open().await;
    let mut client = studio.caller("producer").await;
    for request in [
        json!({"action": "set_tempo", "bpm": 123.5}),
        json!({"action": "get_session_info"}),
        json!({"action": "set_tempo", "bpm": 5000}),
        json!({"action": "rename_track", "track_index": 0, "name": "Wurlitzer"}),
    ] {
        client.ask(request).await.expect("an answer");
    }
    assert_eq!(client.ask(json!({"action": "metrics"})).await.expect("an answer")["code"], "forbidden");
    let mut auditor = studio.caller("auditor").await;
    let answer = auditor.ask(json!({"action": "metrics"})).await.expect("an answer");
    let page = answer["metrics"].as_str().expect("text");
    assert_eq!(sample(page, "livegate_requests_total{class=\"change\",verdict=\"allow\"}"), 2.0);
    assert_eq!(sample(page, "livegate_requests_total{class=\"change\",verdict=\"refuse\"}"), 1.0);
    assert_eq!(sample(page, "livegate_bridge_up"), 1.0);
    assert_eq!(sample(page, "livegate_connections"), 2.0);
    let buckets = "livegate_stage_seconds_bucket{stage=\"commit\",le=\"+Inf\"}";
    assert_eq!(sample(page, buckets), sample(page, "livegate_stage_seconds_count{stage=\"commit\"}"));
    assert!(
        sample(page, "livegate_trail_rows_total") > 5.0 && sample(page, "livegate_trail_write_ahead_bytes") > 4096.0
    );
    for name in ["producer", "Wurlitzer", "123.5", "127.0.0.1", "set_tempo"] {
        assert!(!page.contains(name), "{name} is in {page}");
    }
    // Each family is described once, before its samples.
    for line in page.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().expect("a name");
        let family = ["_bucket", "_sum", "_count"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
        assert_eq!(page.matches(&format!("# TYPE {family} ")).count(), 1, "{line}");
    }
}
