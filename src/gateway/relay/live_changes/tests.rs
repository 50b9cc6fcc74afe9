//! Which changes made in Live are recorded, and when.

use super::*;

fn topic(value: Value) -> Topic {
    Topic::read(value.as_object().expect("an object")).expect("a topic")
}

/// The events without their times.
fn recorded(events: Vec<Event>) -> Vec<Value> {
    let bare = |event: &Event| {
        let mut row: Map<String, Value> = serde_json::from_str(&event.row(1).bytes).expect("an object");
        row.retain(|key, _| key != "time" && key != "kind");
        Value::Object(row)
    };
    events.iter().map(bare).collect()
}

fn bounds(topics_max: usize, slots_max: usize) -> Bounds {
    Bounds { topics_max, slots_max }
}

fn listening(rows_max: usize) -> LiveChanges {
    let mut in_live = LiveChanges::new(bounds(100, 1_000), rows_max, 200);
    for (list, names) in
        [("tracks", ["Drums", "Vocals"]), ("scenes", ["", "Verse"]), ("return_tracks", ["Echo", "Hall"])]
    {
        assert!(in_live.on_value(topic(json!({"event": list})), &json!(names), false));
    }
    for track in [0, 1] {
        in_live.on_value(topic(json!({"event": "track_mute", "track_index": track})), &json!(false), false);
    }
    in_live
}

#[test]
fn listeners_cover_whole_tracks_within_the_limits() {
    let size = |tracks, scenes| Size { tracks, scenes, returns: 2 };
    let of_set = 7 + 2 * 2;
    for (topics_max, slots_max, size, topics) in [
        (1_000, 1_000, size(2, 64), of_set + 2 * 8),
        (1_000, 1_000, size(2, 65), of_set + 2 * 9),
        (of_set + 15, 1_000, size(2, 64), of_set + 8),
        (1_000, 127, size(2, 64), of_set + 8),
        (1_000, 1_000, size(0, 0), of_set),
        (3, 1_000, size(2, 64), 3),
        (0, 1_000, size(2, 64), 0),
    ] {
        assert_eq!(bounds(topics_max, slots_max).topics(size).len(), topics, "{topics_max} {slots_max} {size:?}");
    }
    assert_eq!(listening(9).topics().len(), of_set + 2 * 8);
}

#[test]
fn tracks_without_listeners_are_reported_once() {
    let mut in_live = listening(9);
    in_live.bounds.topics_max = 7 + 2 * 2 + 8;
    let start = in_live.since;
    assert_eq!(recorded(in_live.due(start + WINDOW)), [json!({"tracks": 2, "listened": 1})]);
    in_live.forget();
    assert!(!in_live.has_pending());
    for (list, names) in [("scenes", json!([""])), ("return_tracks", json!(["Echo", "Hall"]))] {
        in_live.on_value(topic(json!({"event": list})), &names, false);
    }
    in_live.on_value(topic(json!({"event": "tracks"})), &json!(["Drums", "Vocals"]), false);
    assert!(!in_live.has_pending());
    in_live.on_value(topic(json!({"event": "tracks"})), &json!(["Drums"]), false);
    assert_eq!(recorded(in_live.due(start + 2 * WINDOW)), [json!({"tracks": 1, "listened": 1})]);
    assert!(!in_live.has_pending());
}

#[test]
fn lists_and_clips_report_only_differences() {
    let mut in_live = listening(9);
    let start = in_live.since;
    let clips = json!({"event": "track_clips", "track_index": 1, "clip_index": 64});
    let devices = json!({"event": "return_devices", "return_index": 0});
    in_live.on_value(topic(clips.clone()), &json!({"64": "Intro", "70": "Hook", "71": ""}), false);
    in_live.on_value(topic(devices.clone()), &json!(["Delay"]), false);
    in_live.on_value(topic(clips), &json!({"64": "Intro", "71": "", "80": "Take"}), true);
    in_live.on_value(topic(devices), &json!(["Delay", "Reverb"]), true);
    in_live.on_value(topic(json!({"event": "tracks"})), &json!(["Drums"]), true);
    let expected = [
        json!({
            "topic": {"event": "track_clips", "track_index": 1},
            "names": {"track": ["Vocals"], "clip": ["Hook", "Take"]},
            "before": {"70": "Hook"},
            "value": {"80": "Take"},
        }),
        json!({
            "topic": {"event": "return_devices", "return_index": 0},
            "names": {"return": ["Echo"], "device": ["Reverb"]},
            "from": 1,
            "before": [],
            "value": ["Reverb"],
        }),
        json!({"topic": {"event": "tracks"}, "names": {"track": ["Vocals"]}, "from": 1, "before": ["Vocals"], "value": []}),
    ];
    assert_eq!(recorded(in_live.due(start + WINDOW)), expected);
}

#[test]
fn an_oversized_change_is_truncated_and_marked() {
    let mut in_live = listening(9);
    let names: Vec<String> = (0..40).map(|track| format!("Track {track}")).collect();
    in_live.on_value(topic(json!({"event": "tracks"})), &json!(names), true);
    assert_eq!(recorded(in_live.take())[0], json!({"topic": {"event": "tracks"}, "omitted": true}));
}

#[test]
fn frequent_changes_are_merged_per_second() {
    let mut in_live = listening(9);
    let volume = topic(json!({"event": "track_volume", "track_index": 1}));
    let start = in_live.since;
    in_live.on_value(volume, &json!(0.85), false);
    for value in [0.5, 0.6, 0.7] {
        assert!(!in_live.on_value(volume, &json!(value), true));
    }
    assert!(in_live.due(start + WINDOW / 2).is_empty());
    let topic = json!({"event": "track_volume", "track_index": 1});
    let expected = json!({"topic": topic, "names": {"track": ["Vocals"]}, "before": 0.85, "value": 0.7});
    assert_eq!(recorded(in_live.due(start + WINDOW)), [expected]);
    assert!(!in_live.has_pending());
}

#[test]
fn own_changes_and_unchanged_values_are_not_reported() {
    let mut in_live = listening(9);
    let mute = topic(json!({"event": "track_mute", "track_index": 0}));
    let start = in_live.since;
    in_live.on_value(mute, &json!(true), true);
    in_live.on_value(mute, &json!(false), true);
    in_live.on_value(mute, &json!(true), false);
    assert_eq!(recorded(in_live.due(start + WINDOW)), Vec::<Value>::new());
}

#[test]
fn playing_is_no_manual_change_but_metronome_is() {
    let mut in_live = listening(9);
    let transport = topic(json!({"event": "transport"}));
    let start = in_live.since;
    for (plays, metronome) in [(false, false), (true, false), (true, true)] {
        in_live.on_value(transport, &json!({"is_playing": plays, "metronome": metronome}), true);
        assert_eq!(in_live.has_pending(), metronome);
    }
    let recorded = recorded(in_live.due(start + WINDOW));
    assert_eq!(
        (&recorded[0]["before"], &recorded[0]["value"]),
        (&json!({"metronome": false}), &json!({"metronome": true}))
    );
}

#[test]
fn earlier_manual_changes_are_recorded_first() {
    let mut in_live = listening(1);
    for (track, rows) in [(0, 1), (1, 0)] {
        in_live.on_value(topic(json!({"event": "track_mute", "track_index": track})), &json!(true), true);
        assert_eq!(in_live.before_a_command().len(), rows);
    }
    assert!(in_live.has_pending());
    let start = in_live.since;
    assert_eq!(recorded(in_live.due(start + WINDOW)).len(), 1);
}

#[test]
fn manual_changes_above_the_limit_are_counted() {
    let mut in_live = listening(1);
    let start = in_live.since;
    for track in [0, 1] {
        in_live.on_value(topic(json!({"event": "track_mute", "track_index": track})), &json!(true), true);
    }
    let recorded = recorded(in_live.due(start + WINDOW));
    assert_eq!(
        (recorded.len(), &recorded[0]["names"], &recorded[1]),
        (2, &json!({"track": ["Drums"]}), &json!({"count": 1}))
    );
}
