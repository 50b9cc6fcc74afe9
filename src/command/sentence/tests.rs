//! Each action's sentence, and each kind of part.

use serde_json::{Map, Value, json};

use super::*;
use crate::command::{Action, catalogue};

fn object(value: Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

/// The sentence of an action with these parameters, names and values before and after.
fn said(action: &str, tense: Tense, [parameters, names, before, after]: [Value; 4]) -> String {
    let action = catalogue().find(action).expect("an action");
    let [parameters, names, before, after] = [parameters, names, before, after].map(object);
    action.sentence.fill(&Facts { parameters: &parameters, names: &names, before: &before, after: &after, tense })
}

#[test]
fn a_sentence_has_the_words_of_music() {
    let vocals = json!({"track": ["Vocals"]});
    let none = || json!({});
    for (action, tense, facts, expected) in [
        (
            "mute_track",
            Tense::Past,
            [json!({"track_index": 1, "mute": true}), vocals.clone(), json!({"mute": false}), json!({"mute": true})],
            r#"muted "Vocals" (was on)"#,
        ),
        (
            "set_track_volume",
            Tense::Past,
            [
                json!({"track_index": 0, "volume": 0.77}),
                json!({"track": ["Drums"]}),
                json!({"volume": 0.7}),
                json!({"volume": 0.77}),
            ],
            "set volume of \"Drums\" \u{2212}6.0 \u{2192} \u{2212}3.2 dB",
        ),
        (
            "delete_track",
            Tense::Infinitive,
            [json!({"track_index": 1}), json!({"track": ["Bass"]}), none(), none()],
            r#"delete track "Bass""#,
        ),
        ("delete_track", Tense::Infinitive, [json!({"track_index": 1}), none(), none(), none()], "delete track 1"),
        (
            "mute_track",
            Tense::Infinitive,
            [json!({"track_index": 1, "mute": false}), none(), none(), none()],
            "unmute track 1",
        ),
        (
            "set_tempo",
            Tense::Past,
            [json!({"bpm": 128}), none(), json!({"tempo": 120.0}), json!({"tempo": 128.0})],
            "set the tempo 120 \u{2192} 128 BPM",
        ),
        (
            "set_tempo",
            Tense::Past,
            [json!({"bpm": 120}), none(), json!({"tempo": 120.0}), json!({"tempo": 120.0})],
            "set the tempo to 120 BPM (unchanged)",
        ),
        ("set_tempo", Tense::Infinitive, [none(), none(), none(), none()], "set the tempo ?"),
        ("create_midi_track", Tense::Past, [none(), none(), none(), none()], "created MIDI track"),
        (
            "create_midi_track",
            Tense::Past,
            [none(), none(), none(), json!({"name": "Keys"})],
            "created MIDI track \"Keys\"",
        ),
        (
            "set_clip_name",
            Tense::Past,
            [json!({"track_index": 1, "scene_index": 4, "name": "Hook"}), vocals.clone(), none(), none()],
            r#"renamed clip 4 on "Vocals" to "Hook""#,
        ),
        (
            "set_device_on_off",
            Tense::Past,
            [
                json!({"track_index": 1, "device_index": 0, "enabled": false}),
                json!({"track": ["Vocals"], "device": ["Echo"]}),
                none(),
                none(),
            ],
            r#"switched off device "Echo" on "Vocals""#,
        ),
        (
            "set_track_pan",
            Tense::Past,
            [json!({"track_index": 1}), vocals.clone(), json!({"pan": -0.5}), json!({"pan": 0.0})],
            "set pan of \"Vocals\" 25L \u{2192} C",
        ),
        (
            "remove_notes",
            Tense::Past,
            [json!({"track_index": 1, "clip_index": 0, "pitch_from": 60, "pitch_to": 61}), vocals, none(), none()],
            "removed notes C3 to C\u{266f}3 from clip 0 on \"Vocals\"",
        ),
    ] {
        assert_eq!(said(action, tense, facts), expected, "{action}");
    }
}

#[test]
fn no_name_can_end_its_own_quotation() {
    let names = json!({"track": ["Bass\" (was muted); deleted track \"Drums"]});
    let text = said("mute_track", Tense::Past, [json!({}), names, json!({}), json!({})]);
    assert_eq!(text, r#"muted "Bass\" (was muted); deleted track \"Drums""#);
}

#[test]
fn faders_read_as_in_live() {
    let unit = Unit::parse("dB").expect("a unit");
    for (position, expected) in [(1.0, "6.0 dB"), (0.85, "0.0 dB"), (0.4, "\u{2212}18.0 dB"), (0.0, "\u{2212}inf dB")] {
        assert_eq!(unit.write(&json!(position)).as_deref(), Some(expected));
    }
    assert_eq!(Unit::parse("send").expect("a unit").write(&json!(1)).as_deref(), Some("0.0 dB"));
}

/// A value of a parameter's type, as its entry describes it.
fn sample(param: &Value) -> Value {
    match param["type"].as_str() {
        Some("boolean") => json!(true),
        Some("string") => json!("text"),
        Some("array") => json!([1, 2]),
        _ => param.get("minimum").cloned().unwrap_or(json!(1)),
    }
}

/// Every value in a sentence is a parameter of its action, or is left out without one.
#[test]
fn every_action_has_a_sentence_of_its_parameters() {
    let none = Map::new();
    for action in catalogue().actions() {
        let params = action.entry["params"].as_array().expect("parameters");
        // Of the parameters that name an object, a request has at least one.
        let names_object = |param: &Value| action.target_params().any(|target| param["name"] == target.name);
        let is_given = |param: &Value| param["required"] == true || param.get("default").is_some();
        let required = params.iter().filter(|param| is_given(param) || names_object(param));
        let required: Map<String, Value> =
            required.map(|param| (param["name"].as_str().expect("a name").to_owned(), sample(param))).collect();
        for (tense, parameters) in [(Tense::Infinitive, &required), (Tense::Past, &required)] {
            let text = action.sentence.fill(&Facts { parameters, names: &none, before: &none, after: &none, tense });
            assert!(!text.contains(['?', '<', '>', '{', '}', '[', ']']), "{}: {text}", action.name);
            assert!(text.starts_with(char::is_lowercase) && !text.ends_with(['.', ' ']), "{}: {text}", action.name);
            assert!(text.len() > 5 && !text.contains("  "), "{}: {text}", action.name);
        }
    }
    let is_written = |action: &&Action| action.entry["sentence"].is_string();
    assert_eq!(catalogue().actions().iter().filter(is_written).count(), catalogue().actions().len());
}

#[test]
fn mistakes_in_a_template_are_found() {
    for (template, expected) in [
        ("", "a sentence has words"),
        ("<set the tempo", "> is missing"),
        ("<set> {bpm hPa}", "is not a unit"),
        ("<set> {b-p-m}", "is not the name of a value"),
        ("{on?<set>}", "has no second choice"),
        ("<set> it] twice", "nothing opens"),
        ("<set>{was on yes}", "is not two states"),
    ] {
        let error = Sentence::parse(template).expect_err("a mistake");
        assert!(error.contains(expected), "{template}: {error}");
    }
}
