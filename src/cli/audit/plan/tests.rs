//! The planned step for each kind of recorded change.

use super::*;

fn map(value: Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

fn change(action: &str, parameters: Value, ends: &[(OutcomeKind, Value)]) -> HistoryItem {
    let ends = ends.iter().map(|(kind, detail)| End { kind: *kind, detail: map(detail.clone()) }).collect();
    HistoryItem::Change(Change {
        seq: 1,
        action: action.into(),
        parameters: map(parameters),
        ends,
        ..Change::default()
    })
}

fn done(action: &str, parameters: Value, detail: Value) -> HistoryItem {
    change(action, parameters, &[(OutcomeKind::Ok, detail)])
}

fn happened(kind: &str, fields: Value) -> HistoryItem {
    HistoryItem::Event(HistoryEvent { seq: 1, time_us: 1, kind: kind.into(), fields: map(fields) })
}

fn sent(step: Step) -> Value {
    match step {
        Step::Send { request, .. } => Value::Object(request),
        other => panic!("not sent: {other:?}"),
    }
}

fn skipped(step: Step) -> String {
    match step {
        Step::Skip(reason) => reason,
        other => panic!("not skipped: {other:?}"),
    }
}

#[test]
fn a_change_is_repeated_on_an_unrenamed_target() {
    let detail = json!({"touched": {"track": ["Bass", "Sub"], "scene": ["Verse"]}, "after": {"name": "Sub"}});
    let step = Planner::default().step(&done("rename_track", json!({"track_index": 1, "name": "Sub"}), detail));
    let expected = json!({"action": "rename_track", "track_index": 1, "name": "Sub", "expect": {"track": "Bass"}});
    assert_eq!(sent(step), expected);
}

#[test]
fn requests_without_effect_are_not_repeated() {
    let mut planner = Planner::default();
    let tempo = json!({"bpm": 90});
    assert_eq!(planner.step(&done("get_session_info", json!({}), json!({}))), Step::Nothing);
    for kind in [OutcomeKind::Error, OutcomeKind::NotSent, OutcomeKind::RefusedInLive, OutcomeKind::Expired] {
        assert_eq!(planner.step(&change("set_tempo", tempo.clone(), &[(kind, json!({}))])), Step::Nothing);
    }
    assert_eq!(planner.step(&done("user_add", json!({"user": "mia"}), json!({}))), Step::Nothing);
}

#[test]
fn random_and_timed_changes_repeat_their_recorded_values() {
    let mut planner = Planner::default();
    let tap = done("tap_tempo", json!({}), json!({"before": {"tempo": 120.0}, "after": {"tempo": 93.5}}));
    assert_eq!(sent(planner.step(&tap)), json!({"action": "set_tempo", "bpm": 93.5}));
    let values = json!({"before": {"values": [1.0, 0.2, 0.3]}, "after": {"values": [1.0, 0.9, 0.3]}});
    let device = json!({"track_index": 0, "device_index": 1});
    let set =
        json!({"action": "set_device_param", "track_index": 0, "device_index": 1, "param_index": 1, "value": 0.9});
    assert_eq!(sent(planner.step(&done("randomize_device", device.clone(), values))), set);
    let secret = json!({"track_index": 0, "name": {"hmac": "00ff"}});
    assert!(skipped(planner.step(&done("rename_track", secret, json!({})))).contains("redacted from the trail"));
    let reason = skipped(planner.step(&done("randomize_device", device, json!({"omitted": true}))));
    assert!(reason.contains("too many"), "{reason}");
}

#[test]
fn the_done_part_of_a_batch_is_repeated() {
    let volume = |volume: f64| json!({"action": "set_track_volume", "track_index": 0, "volume": volume});
    let ends = [(OutcomeKind::Ok, json!({})), (OutcomeKind::Error, json!({})), (OutcomeKind::Ok, json!({}))];
    let commands = json!({"commands": [volume(0.1), volume(0.2), volume(0.3)], "on_error": "continue"});
    let again = sent(Planner::default().step(&change("batch", commands, &ends)));
    assert_eq!(again["commands"], json!([volume(0.1), volume(0.3)]));
    let ends = [(OutcomeKind::Ok, json!({})), (OutcomeKind::Ok, json!({}))];
    let commands = json!({"commands": [volume(0.1), {"action": "capture_midi"}]});
    let Step::Send { request, note, unnamed: 1 } = Planner::default().step(&change("batch", commands, &ends)) else {
        panic!("not sent");
    };
    assert_eq!(request["commands"], json!([volume(0.1)]));
    assert!(note.is_some_and(|note| note.starts_with("without commands[1] capture_midi: the played notes")));
}

#[test]
fn undo_is_repeated_only_for_the_same_change() {
    let undo = done("undo", json!({}), json!({}));
    let in_live = json!({"topic": {"event": "tempo"}, "before": 120.0, "value": 90.0});
    let others = done("set_tempo", json!({"bpm": 90}), json!({}));
    let breaks: [(Planner, HistoryItem, &str); 4] = [
        (Planner::default(), happened("changed_in_live", in_live), "could not be replayed"),
        (Planner::default(), done("capture_midi", json!({}), json!({})), "could not be replayed"),
        (
            Planner::default(),
            change("set_tempo", json!({"bpm": 90}), &[(OutcomeKind::Unknown, json!({}))]),
            "could not",
        ),
        (Planner::new(Some("mia".into())), others, "changes of other callers"),
    ];
    for (mut planner, past, expected) in breaks {
        assert!(planner.history_differs.is_none());
        planner.step(&past);
        let reason = planner.history_differs.expect("a reason");
        assert!(reason.contains(expected), "{reason}");
    }
    assert_eq!(sent(Planner::default().step(&undo)), json!({"action": "undo"}));
    let mut planner = Planner::default();
    planner.step(&done("capture_midi", json!({}), json!({})));
    assert!(skipped(planner.step(&undo)).contains("another change"));
}

#[test]
fn loaded_sets_and_gaps_are_blind_spots() {
    let mut planner = Planner::default();
    let loaded = |epoch: i64| happened("set_loaded", json!({"set_epoch": epoch}));
    assert_eq!(planner.step(&happened("start", json!({}))), Step::Nothing);
    assert_eq!(planner.step(&loaded(1)), Step::Nothing);
    assert!(matches!(planner.step(&happened("start", json!({}))), Step::Blind(_)));
    assert_eq!(planner.step(&loaded(1)), Step::Nothing);
    assert!(matches!(planner.step(&loaded(2)), Step::Blind(_)));
}

#[test]
fn changes_repeated_without_names_are_counted() {
    let unnamed = |past: &HistoryItem| match Planner::default().step(past) {
        Step::Send { unnamed, .. } => unnamed,
        other => panic!("not sent: {other:?}"),
    };
    let mute = json!({"track_index": 1, "mute": true});
    let tempo = json!({"bpm": 90});
    let named = json!({"touched": {"track": ["Bass"]}});
    assert_eq!(unnamed(&done("mute_track", mute.clone(), named)), 0);
    assert_eq!(unnamed(&done("mute_track", mute.clone(), json!({"omitted": true}))), 1);
    assert_eq!(unnamed(&done("set_tempo", tempo, json!({}))), 0);
    let mute = json!({"action": "mute_track", "track_index": 1, "mute": true});
    let ends = [(OutcomeKind::Ok, json!({})), (OutcomeKind::Ok, json!({}))];
    assert_eq!(unnamed(&change("batch", json!({"commands": [mute, mute]}), &ends)), 2);
}

#[test]
fn tracks_without_listeners_are_reported_and_keep_undo() {
    let mut planner = Planner::default();
    let listening = |listened: u64| happened("listening", json!({"tracks": 1000, "listened": listened}));
    let Step::Blind(reason) = planner.step(&listening(252)) else { panic!("nothing is said") };
    assert!(reason.starts_with("only the first 252 of 1000 tracks are followed"), "{reason}");
    assert_eq!(planner.step(&listening(1000)), Step::Nothing);
    assert_eq!(sent(planner.step(&done("undo", json!({}), json!({})))), json!({"action": "undo"}));
}

#[test]
fn objects_added_or_removed_in_live_are_named() {
    let clips = json!({
        "topic": {"event": "track_clips", "track_index": 1},
        "names": {"track": ["Vocals"], "clip": ["Hook"]},
        "before": {"4": "Hook"},
        "value": {},
    });
    let expected = Step::Blind("in Live itself track 1 \"Vocals\", clip 4 \"Hook\" vanished".into());
    assert_eq!(Planner::default().step(&happened("changed_in_live", clips)), expected);
}
