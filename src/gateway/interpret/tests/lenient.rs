//! Lines as clients of the original script send them.

use super::*;

fn read_leniently(line: &str) -> Result<Request, Box<Refused>> {
    read_message(&Message::line_read(Bytes::copy_from_slice(line.as_bytes()), Leniency::Lenient))
}

#[test]
fn a_lenient_listener_reads_what_the_original_took() {
    let adjusted = |line: &str| {
        let request = read_leniently(line).unwrap_or_else(|refused| panic!("{line}: {}", refused.refusal.message));
        let fields = request.adjusted.map(|fields| crate::wire::line::ascii(&fields)).unwrap_or_default();
        (crate::wire::line::ascii(&request.params), fields)
    };
    for (line, params, fields) in [
        (r#""mute_track","track_index":3.0,"mute":1"#, r#"{"mute":true,"track_index":3}"#, ""),
        (r#""mute_track","track_index":"3","mute":0"#, r#"{"mute":false,"track_index":3}"#, ""),
        (r#""set_tempo","bpm":"128.5""#, r#"{"bpm":128.5}"#, ""),
        (r#""set_tempo","bpm":5000"#, r#"{"bpm":999.0}"#, r#"{"clamped":{"bpm":999.0}}"#),
        (r#""create_scene","name":null"#, "{}", ""),
        (r#""set_tempo","bpm":90,"colour":"red""#, r#"{"bpm":90.0}"#, r#"{"ignored":["colour"]}"#),
        (
            r#""set_crossfader_assignment","track_index":0,"assignment":7"#,
            r#"{"assignment":2,"track_index":0}"#,
            r#"{"clamped":{"assignment":2}}"#,
        ),
        (r#""launch_clip","track_index":0,"clip_index":"1""#, r#"{"scene_index":1,"track_index":0}"#, ""),
    ] {
        let line = format!(r#"{{"action":{line}}}"#);
        assert_eq!(adjusted(&line), (params.to_owned(), fields.to_owned()), "{line}");
        if !fields.is_empty() || params.contains("true") || line.contains('"') && line.contains("null") {
            read(&line).expect_err("a strict listener refuses it");
        }
    }
    let notes = r#"{"action":"add_notes","track_index":0,"scene_index":0,"notes":[{"pitch":"60","start":0,"duration":1,"velocity":300,"x":1}]}"#;
    let (params, fields) = adjusted(notes);
    assert!(params.contains(r#""pitch":60"#) && params.contains(r#""overwrite":true"#), "{params}");
    assert_eq!(fields, r#"{"clamped":{"notes[].velocity":127.0},"ignored":["notes[].x"]}"#);
    let clamped = r#"{"action":"set_master_device_param","device_index":0,"param_index":1,"value":7}"#;
    let params = r#"{"clamp":true,"device_index":0,"param_index":1,"value":7.0}"#;
    assert_eq!(adjusted(clamped), (params.to_owned(), String::new()));
}

#[test]
fn notes_may_be_written_as_they_were_read() {
    let notes = |more: &str| {
        let note = format!(r#"{{"pitch":60,"duration":1,{more}}}"#);
        format!(r#"{{"action":"add_notes","track_index":0,"scene_index":0,"notes":[{note}]}}"#)
    };
    let canonical = r#"{"duration":1.0,"mute":true,"pitch":60,"start":1.5,"velocity":100.0}"#;
    for fields in [r#""start_time":1.5,"muted":true"#, r#""start":1.5,"start_time":1.5,"mute":true,"muted":true"#] {
        assert!(params(&notes(fields)).contains(canonical), "{fields}: {}", params(&notes(fields)));
    }
    check_refused(notes(r#""start":1,"start_time":2"#), Code::InvalidParams, "start_time is another name of start");
}

#[test]
fn leniency_ends_where_something_could_be_lost() {
    for line in [
        r#""set_tempo","bpm":90,"dry_runn":true"#,
        r#""set_tempo","bpm":90,"Expect":{"playing":true}"#,
        r#""add_notes","track_index":0,"scene_index":0,"notes":[],"overwrit":false"#,
        r#""mute_track","track_index":99999999999,"mute":true"#,
        r#""mute_track","track_index":-1,"mute":true"#,
        r#""mute_track","track_index":1.5,"mute":true"#,
        r#""mute_track","track_index":null,"mute":true"#,
        r#""delete_track","track_index":1.0"#,
        r#""delete_track","track_index":1,"colour":"red""#,
        r#""user_add","user":"mia","role":"viewer","colour":"red""#,
        r#""batch","commands":[{"action":"set_tempo","bpm":"90"}]"#,
    ] {
        let line = format!(r#"{{"action":{line}}}"#);
        assert_eq!(read_leniently(&line).expect_err(&line).refusal.code, Code::InvalidParams, "{line}");
    }
}
