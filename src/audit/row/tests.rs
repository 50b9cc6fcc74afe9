//! Rows are canonical, whatever they contain.

use serde_json::json;

use super::*;

/// Check that serialising the parsed row yields the same bytes.
fn is_canonical(row: &Row) {
    let fields: Map<String, Value> = serde_json::from_str(&row.bytes).expect("an object");
    assert_eq!(line::ascii(&fields), row.bytes);
}

#[test]
fn rows_are_canonical_whatever_they_hold() {
    let parameters = json!({"name": "B\u{e4}sse \u{1f941}", "at": 1.0, "more": [null, {"z": 1, "a": "\u{1}\""}]});
    let parameters = parameters.as_object().expect("an object");
    let whole = Decision {
        time_us: 1,
        session: 2,
        policy: Some(3),
        role: Some("mixer"),
        rule: Some("rule"),
        action: Some("set_tempo"),
        parameters: Some(parameters),
        terms: Some(parameters.clone()),
        whole_parameters: Some((4, "aa")),
        whole_terms: Some((5, "bb")),
        once: Some("key \u{7f}\u{e9}"),
        unreadable: Some((6, "cc")),
        live_set: Some(("12.1", 7)),
        names: Some(json!({"track": ["\u{e4}"]})),
        verdict: Verdict::Refuse("forbidden"),
    };
    is_canonical(&whole.row(1));
    is_canonical(&Decision::default().row(1));
    let mut answer =
        json!({"trail": {"touched": {"track": ["\u{e4}"]}, "before": {"mute": false}, "after": {"mute": true}}});
    let detail = Detail::take_from(answer.as_object_mut().expect("an object"), 200);
    let outcome = Outcome {
        time_us: 1,
        decision: 2,
        item: Some(3),
        kind: OutcomeKind::RefusedInLive,
        code: Some("forbidden"),
        rule: Some("rule".into()),
        duration_us: Some(4),
        delivered: Some(true),
        detail,
        caller: None,
    };
    assert!(outcome.row(1).bytes.contains("touched"));
    is_canonical(&outcome.row(1));
    is_canonical(&Event::new("session").with("caller", "\u{e9}").row(1));
}
