//! Sentences of rows as they come from the trail.

use super::*;

fn row(fields: Value) -> Listed {
    let text = |key: &str| fields[key].as_str().map(str::to_owned);
    let part = |key: &str| fields.get(key).cloned();
    Listed {
        seq: 1,
        time: String::new(),
        time_us: 0,
        kind: text("kind").unwrap_or_else(|| "decision".into()),
        caller: None,
        role: None,
        address: text("address"),
        channel: None,
        action: text("action"),
        parameters: part("parameters"),
        terms: part("terms"),
        once: None,
        verdict: text("verdict").or_else(|| Some("allow".into())),
        rule: None,
        outcome: text("outcome"),
        code: text("code"),
        duration_us: None,
        delivered: None,
        details: part("details"),
        touched: part("touched"),
        names: part("names"),
        before: part("before"),
        after: part("after"),
    }
}

fn said(fields: Value) -> (String, State) {
    let shown = sentence(&row(fields));
    (shown.text, shown.state)
}

#[test]
fn unrecorded_parameters_leave_the_actions_name() {
    let (text, state) = said(json!({"action": "set_tempo", "verdict": "refuse", "code": "invalid_params"}));
    assert_eq!((text.as_str(), state), ("refused: set_tempo (invalid_params)", State::Refused));
}

#[test]
fn requests_say_what_became_of_them() {
    let mute =
        json!({"action": "mute_track", "parameters": {"track_index": 1, "mute": true}, "names": {"track": ["Vocals"]}});
    let with = |more: Value| {
        let mut fields = object(&mute);
        fields.extend(object(&more));
        Value::Object(fields)
    };
    for (more, text, state) in [
        (
            json!({"outcome": "ok", "before": {"mute": false}, "after": {"mute": true}}),
            "muted \"Vocals\" (was on)",
            State::Done,
        ),
        (json!({"verdict": "refuse", "code": "forbidden"}), "refused: mute \"Vocals\"", State::Refused),
        (
            json!({"outcome": "refused_in_live", "code": "approval_pending"}),
            "proposed: mute \"Vocals\"",
            State::Running,
        ),
        (
            json!({"verdict": "refuse", "code": "rate_limited"}),
            "refused: mute \"Vocals\" (rate_limited)",
            State::Refused,
        ),
        (
            json!({"outcome": "refused_in_live", "code": "precondition_failed"}),
            "refused in Live: mute \"Vocals\" (precondition_failed)",
            State::Refused,
        ),
        (json!({"outcome": "interrupted"}), "may have run: mute \"Vocals\"", State::Unknown),
        (json!({"outcome": "expired", "code": "expired"}), "expired: mute \"Vocals\" (expired)", State::Failed),
        (json!({}), "running: mute \"Vocals\"", State::Running),
        (json!({"outcome": "ok", "terms": {"dry_run": true}}), "dry run: mute \"Vocals\"", State::Done),
        (json!({"outcome": "ok", "touched": {"track": ["Lead"]}}), "muted \"Lead\"", State::Done),
    ] {
        assert_eq!(said(with(more.clone())), (text.to_owned(), state), "{more}");
    }
    assert_eq!(
        said(json!({"verdict": "refuse", "code": "invalid_json"})).0,
        "refused: a line that is not a request (invalid_json)"
    );
    let commands = vec![json!({"action": "set_tempo", "bpm": 99}); 5];
    let batch = json!({"action": "batch", "parameters": {"commands": commands}, "outcome": "ok"});
    let each = "set the tempo to 99 BPM";
    assert_eq!(said(batch).0, format!("ran 5 commands in one batch: {each}; {each}; {each}; 2 more"));
}

#[test]
fn changes_by_hand_use_the_words_of_actions() {
    for (details, expected) in [
        (
            json!({"topic": {"event": "track_mute", "track_index": 1}, "names": {"track": ["Vocals"]}, "before": false, "value": true}),
            "muted \"Vocals\" (was on)",
        ),
        (
            json!({"topic": {"event": "track_mute", "track_index": 1}, "names": {"track": ["Vocals"]}, "before": true, "value": false}),
            "unmuted \"Vocals\" (was muted)",
        ),
        (json!({"topic": {"event": "tempo"}, "before": 120.0, "value": 128.0}), "set the tempo 120 \u{2192} 128 BPM"),
        (
            json!({"topic": {"event": "transport"}, "before": {"metronome": true}, "value": {"metronome": false}}),
            "switched off the metronome (was on)",
        ),
        (
            json!({"topic": {"event": "track_sends", "track_index": 1}, "names": {"track": ["Vocals"]}, "before": [0.0, 0.4], "value": [0.0, 1.0]}),
            "set the send of \"Vocals\" to return 1 \u{2212}24.0 \u{2192} 0.0 dB",
        ),
        (
            json!({"topic": {"event": "tracks"}, "from": 0, "names": {"track": ["Bass", "Sub"]}, "before": ["Bass"], "value": ["Sub"]}),
            "renamed track \"Bass\" to \"Sub\"",
        ),
        (
            json!({"topic": {"event": "tracks"}, "from": 2, "names": {"track": ["Bass"]}, "before": ["Bass"], "value": []}),
            "track 2 \"Bass\" vanished",
        ),
        (json!({"count": 7}), "7 more changes"),
    ] {
        let shown = said(json!({"kind": "changed_in_live", "details": details}));
        assert_eq!(shown, (expected.to_owned(), State::InLive));
    }
}

#[test]
fn every_kind_of_event_has_a_sentence() {
    let documented = include_str!("../../../docs/trail.md").split("\n## Events\n").nth(1).expect("a chapter");
    let table = documented.lines().filter(|line| line.starts_with("| `"));
    let kinds = table.flat_map(|line| line.split('|').nth(1).expect("a cell").split(", "));
    let mut count = 0;
    for kind in kinds.map(|kind| kind.trim().trim_matches('`')) {
        let (text, _) = said(json!({"kind": kind, "details": {"tracks": 3, "listened": 2, "rows": 1}}));
        assert!(text != kind && !text.contains('?'), "{kind}: {text}");
        count += 1;
    }
    assert!(count >= 26, "{count}");
    for (_, template) in TEMPLATES {
        Sentence::parse(template).expect("a template");
    }
    let refused = said(json!({"kind": "sign_in_refused", "address": "10.0.0.9:5", "details": {"reason": "bad token"}}));
    assert_eq!(refused, ("refused a sign-in from 10.0.0.9:5: bad token".to_owned(), State::Refused));
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}
