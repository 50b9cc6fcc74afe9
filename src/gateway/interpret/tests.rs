//! Valid and invalid lines, as clients send them.

mod lenient;

use bytes::Bytes;

use super::*;
use crate::command::catalogue;
use crate::platform::clock::Moment;

fn read(line: impl AsRef<[u8]>) -> Result<Request, Box<Refused>> {
    read_message(&Message::line(Bytes::copy_from_slice(line.as_ref())))
}

fn read_message(message: &Message) -> Result<Request, Box<Refused>> {
    interpret(message, catalogue(), &config::Requests::default(), Moment::now())
}

#[track_caller]
fn check_refused(line: impl AsRef<[u8]>, code: Code, part: &str) {
    let refusal = read(line.as_ref()).expect_err("a line that must be refused").refusal;
    assert_eq!(refusal.code, code, "{}", refusal.message);
    assert!(refusal.message.contains(part), "{:?} does not say {part:?}", refusal.message);
}

fn is_http(refused: &Refused) -> bool {
    refused.part().is_some_and(|part| part.is_http)
}

#[track_caller]
fn params(line: &str) -> String {
    crate::wire::line::ascii(&read(line).expect("a valid line").params)
}

#[test]
fn numbers_and_defaults_are_normalised() {
    assert_eq!(params(r#"{"action":"set_tempo","bpm":128}"#), r#"{"bpm":128.0}"#);
    assert_eq!(params(r#"{"action":"set_metronome"}"#), r#"{"enabled":true}"#);
    let notes =
        r#"{"action":"add_notes","track_index":0,"scene_index":1,"notes":[{"pitch":60,"start":0,"duration":1}]}"#;
    let filled = r#""notes":[{"duration":1.0,"mute":false,"pitch":60,"start":0.0,"velocity":100.0}]"#;
    assert!(params(notes).contains(filled), "{}", params(notes));
}

#[test]
fn aliases_are_replaced_before_anything_is_decided() {
    let launched = r#"{"scene_index":2,"track_index":1}"#;
    for keys in [r#""scene_index":2"#, r#""clip_index":2"#, r#""clip_index":2,"scene_index":2"#] {
        assert_eq!(params(&format!(r#"{{"action":"launch_clip","track_index":1,{keys}}}"#)), launched);
    }
    let both = r#"{"action":"launch_clip","track_index":1,"clip_index":1,"scene_index":2}"#;
    check_refused(both, Code::InvalidParams, "clip_index is another name of scene_index");
    check_refused(r#"{"action":"launch_clip","track_index":1}"#, Code::InvalidParams, "scene_index is required");
    let batch = r#"{"action":"batch","commands":[{"action":"launch_clip","track_index":1,"clip_index":2}]}"#;
    let read = read(batch).expect("a valid line");
    assert_eq!(crate::wire::line::ascii(&read.batch()[0].params), launched);
}

#[test]
fn a_device_has_an_index_path_or_name() {
    let type_of = |place: &str| format!(r#"{{"action":"get_device_type","track_index":1,{place}}}"#);
    let nested = r#"{"device_index":2,"device_path":[2,0,1],"track_index":1}"#;
    assert_eq!(params(&type_of(r#""device_path":[2,0,1]"#)), nested);
    assert_eq!(params(&type_of(r#""device_name":"Echo""#)), r#"{"device_name":"Echo","track_index":1}"#);
    for (place, reason) in [
        (r#""device_path":[2,0,1],"device_index":0"#, "device_index must be the first of device_path"),
        (r#""device_path":[]"#, "device_path must be a list that is not empty"),
        (r#""device_name":"Echo","device_path":[0]"#, "device_name and device_index name the same object"),
    ] {
        check_refused(type_of(place), Code::InvalidParams, reason);
    }
    check_refused(r#"{"action":"get_device_type","track_index":1}"#, Code::InvalidParams, "device_index is required");
}

#[test]
fn a_value_may_have_one_of_two_types() {
    let set = |value: &str| {
        let place = r#""track_index":0,"device_index":0,"param_name":"Ratio""#;
        format!(r#"{{"action":"set_device_parameter_by_name",{place},"value":{value}}}"#)
    };
    assert!(params(&set("\"4:1\"")).contains(r#""value":"4:1""#));
    assert!(params(&set("4")).contains(r#""value":4.0"#));
    check_refused(set("true"), Code::InvalidParams, "value must be a number or a string");
    check_refused(set("\"\""), Code::InvalidParams, "at least 1 characters");
    check_refused(set("2e9"), Code::InvalidParams, "between");
}

#[test]
fn malformed_json_is_invalid_json() {
    for line in [
        "",
        "garbage",
        "{",
        "{]",
        "[]",
        "3",
        "null",
        "{\"action\":\"ping\"} {}",
        "{\"action\":\"ping\",}",
        "{\"action\":\"set_tempo\",\"bpm\":NaN}",
        "{\"action\":\"set_tempo\",\"bpm\":Infinity}",
        "{\"action\":\"set_tempo\",\"bpm\":1e999}",
        "{\"action\":\"ping\"",
        "{\"action\":\"\\ud800\"}",
    ] {
        check_refused(line, Code::InvalidJson, "");
    }
    check_refused(b"{\"action\":\"\xff\"}", Code::InvalidJson, "UTF-8");
}

/// Promise: JSON is parsed strictly
#[test]
fn a_key_twice_is_refused_at_any_depth() {
    for line in [
        r#"{"action":"ping","action":"undo"}"#,
        r#"{"action":"set_tempo","bpm":20,"bpm":999}"#,
        r#"{"action":"set_tempo","bpm":20,"\u0062pm":999}"#,
        r#"{"action":"add_notes","notes":[{"pitch":1,"pitch":2}]}"#,
    ] {
        check_refused(line, Code::InvalidJson, "twice");
    }
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| format!("{{\"action\":\"ping\",\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    check_refused(nested(15), Code::InvalidParams, "unknown parameter");
    check_refused(nested(16), Code::InvalidJson, "too deep");
    check_refused(nested(10_000), Code::InvalidJson, "too deep");
    check_refused("[".repeat(10_000), Code::InvalidJson, "too deep");
}

#[test]
fn an_unknown_action_is_refused_by_name() {
    check_refused("{}", Code::MissingAction, "action is missing");
    check_refused(r#"{"action":1}"#, Code::MissingAction, "string");
    check_refused(r#"{"action":"rm_rf"}"#, Code::UnknownAction, "there is no such action; get_available_tools");
    check_refused(r#"{"action":"set_tempi"}"#, Code::UnknownAction, "did you mean set_tempo;");
}

#[test]
fn parameters_are_checked_and_named() {
    for (line, part) in [
        (r#"{"action":"set_tempo"}"#, "bpm is required"),
        (r#"{"action":"set_tempo","bpm":2000}"#, "bpm must be between 20 and 999, got 2000"),
        (r#"{"action":"set_tempo","bpm":"128"}"#, "bpm must be a number, got a string"),
        (r#"{"action":"set_tempo","bpm":true}"#, "bpm must be a number, got true or false"),
        (r#"{"action":"set_tempo","bpm":null}"#, "bpm must not be null"),
        (r#"{"action":"set_tempo","bpm":128,"bmp":1}"#, "unknown parameter \"bmp\"; this takes bpm"),
        (r#"{"action":"ping","x":1}"#, "takes no parameters"),
        (r#"{"action":"delete_track"}"#, "track_index is required"),
        (r#"{"action":"delete_track","track_index":-1}"#, "between 0 and"),
        (r#"{"action":"delete_track","track_index":true}"#, "must be an integer, got true or false"),
        (r#"{"action":"delete_track","track_index":3.0}"#, "must be an integer, got 3.0"),
        (r#"{"action":"delete_track","track_index":2147483648}"#, "between 0 and 2147483647"),
        (r#"{"action":"delete_track","track_index":18446744073709551615}"#, "between 0 and 2147483647"),
        (r#"{"action":"set_loop_length","length":0}"#, "above 0"),
        (r#"{"action":"set_loop_start","position":1e10}"#, "position must be"),
        (r#"{"action":"set_time_signature","numerator":4,"denominator":3}"#, "must be one of 1, 2, 4, 8, 16"),
        (r#"{"action":"set_metronome","enabled":1}"#, "must be true or false"),
        (
            r#"{"action":"add_notes","track_index":0,"scene_index":0,"notes":[{"pitch":128,"start":0,"duration":1}]}"#,
            "notes[0]: pitch must be between 0 and 127",
        ),
        (r#"{"action":"add_notes","track_index":0,"scene_index":0,"notes":[[]]}"#, "notes[0] must be an object"),
        (r#"{"action":"add_notes","track_index":0,"scene_index":0,"notes":{}}"#, "notes must be an array"),
    ] {
        check_refused(line, Code::InvalidParams, part);
    }
    let name = "n".repeat(257);
    let line = format!(r#"{{"action":"rename_track","track_index":0,"name":"{name}"}}"#);
    check_refused(line, Code::InvalidParams, "at most 256 characters, got 257");
    let notes = vec![r#"{"pitch":1,"start":0,"duration":1}"#; 10_001].join(",");
    let line = format!(r#"{{"action":"add_notes","track_index":0,"scene_index":0,"notes":[{notes}]}}"#);
    check_refused(line, Code::InvalidParams, "at most 10000 items, got 10001");
}

#[test]
fn ids_are_bounded_and_returned_with_refusals() {
    for id in [r#""a""#, "0", "-9007199254740992", "9007199254740992", r#""""#] {
        let read = read(format!(r#"{{"action":"ping","id":{id}}}"#)).expect("a valid id");
        assert_eq!(read.id.expect("an id").to_value().to_string(), id);
    }
    let long = format!("\"{}\"", "x".repeat(65));
    for id in ["9007199254740993", "1.5", "true", "null", "[]", &long] {
        check_refused(format!(r#"{{"action":"ping","id":{id}}}"#), Code::InvalidParams, "id must be");
    }
    let refused = read(r#"{"action":"nope","id":7}"#).expect_err("no such action");
    assert_eq!(refused.id, Some(Id::Integer(7)));
}

#[test]
fn terms_are_checked_and_never_parameters() {
    let line = r#"{"action":"set_tempo","bpm":90,"expect":{"playing":false},"dry_run":true,"coalesce":true}"#;
    let request = read(line).expect("terms");
    assert_eq!(crate::wire::line::ascii(&request.params), r#"{"bpm":90.0}"#);
    let terms = request.terms.to_map().expect("terms");
    assert_eq!(crate::wire::line::ascii(&terms), r#"{"coalesce":true,"dry_run":true,"expect":{"playing":false}}"#);
    assert_eq!(read(r#"{"action":"set_tempo","bpm":90,"once":"a"}"#).expect("a key").terms.once.as_deref(), Some("a"));
    let both = r#"{"action":"set_tempo","bpm":90,"once":"a","coalesce":true}"#;
    check_refused(both, Code::InvalidParams, "once and coalesce exclude each other");
    check_refused(r#"{"action":"ping","once":"a"}"#, Code::InvalidParams, "once is for actions that change something");
    assert_eq!(read(r#"{"action":"ping","dry_run":false}"#).expect("none").terms.to_map(), None);
    for (terms, expected) in [
        (r#""expect":{}"#, "expect: a condition has at least one member"),
        (r#""expect":[]"#, "expect: a condition is an object"),
        (r#""expect":{"trakc":"A"}"#, "expect: trakc is not a condition"),
        (r#""expect":{"track":1}"#, "expect: track must be a name"),
        (r#""expect":{"track":[1.5]}"#, "expect: track must hold patterns"),
        (r#""expect":{"exists":["song"]}"#, "expect: exists must be an array of track"),
        (r#""expect":{"playing":1}"#, "expect: playing must be true or false"),
        (r#""dry_run":1"#, "dry_run must be true or false"),
        (r#""coalesce":"yes""#, "coalesce must be true or false"),
        (r#""coalesce":true"#, "coalesce is for actions that set a value; tap_tempo does not"),
        (r#""once":"""#, "once must be a string of 1 to 64 bytes"),
        (r#""once":7"#, "once must be a string of 1 to 64 bytes"),
        (r#""live":1"#, "live is not supported"),
    ] {
        check_refused(format!(r#"{{"action":"tap_tempo",{terms}}}"#), Code::InvalidParams, expected);
    }
    for terms in [r#""expect":{"playing":true}"#, r#""dry_run":true"#, r#""coalesce":true"#, r#""once":"a""#] {
        check_refused(
            format!(r#"{{"action":"whoami",{terms}}}"#),
            Code::InvalidParams,
            "is for actions that run in Live",
        );
    }
}

#[test]
fn envelope_keys_are_never_parameters() {
    check_refused(r#"{"action":"ping","token":"x"}"#, Code::InvalidParams, "token does not belong to ping");
    for deadline in ["0", "60001", "-1", "1.5", "\"1\""] {
        let line = format!(r#"{{"action":"ping","deadline_ms":{deadline}}}"#);
        check_refused(line, Code::InvalidParams, "deadline_ms must be an integer between 1 and 60000");
    }
    let request = read(r#"{"action":"ping","deadline_ms":2000}"#).expect("a deadline");
    assert_eq!(request.deadline - request.received, Duration::from_secs(2));
}

/// Promise: Secrets are not disclosed
#[test]
fn secrets_are_removed_from_the_parameters() {
    use secrecy::ExposeSecret;
    let request = read(r#"{"action":"login","user":"mia","password":"hunter2"}"#).expect("a login");
    assert_eq!(crate::wire::line::ascii(&request.params), r#"{"user":"mia"}"#);
    assert_eq!(request.secret.as_ref().expect("a password").expose_secret(), "hunter2");
    assert!(!format!("{request:?}").contains("hunter2"));
}

/// Promise: A line that looks like HTTP closes its connection
#[test]
fn http_cannot_pass_for_a_request() {
    for line in [
        "GET / HTTP/1.1\r",
        "POST /x HTTP/1.0",
        "OPTIONS * HTTP/2",
        " PUT  /  HTTP/1.1",
        "{ HTTP/1.1",
        "{ / HTTP/1.1\r",
        "{} / HTTP/1.1",
        "{\"action\":\"ping\"} /x HTTP/1.1",
        "{\t/\thttp/1.1",
        "{\u{b}/\u{c}HTTP/1.1",
        "\"POST\" / HTTP/1.1",
        "\"POST / HTTP/1.1\"",
        "M-SEARCH * HTTP/1.1",
        "aVeryLongMethodOfSomebodys / HTTP/1.1 and more",
        "HTTP/1.1 200 OK",
        "PRI * HTTP/2.0",
    ] {
        let refused = read(line).expect_err("HTTP");
        assert!(is_http(&refused) && refused.refusal.code == Code::InvalidJson, "{line}");
    }
    let named = read(r#"{"action":"rename_track","track_index":0,"name":"GET / HTTP/1.1"}"#).expect("a name");
    assert_eq!(named.params["name"], "GET / HTTP/1.1");
    for line in ["{", "{\"action\": HTTP}", "{ HTTP/x"] {
        assert!(!is_http(&read(line).expect_err("no JSON")), "{line}");
    }
    assert!(opening(b'{').is_ok());
    assert!(opening(b'P').expect_err("a letter").message.contains("HTTP"));
    assert!(opening(0x16).expect_err("TLS").message.contains("does not speak TLS"));
}

fn apart(action: &str, parameters: &'static str) -> Message {
    Message::apart(action, Bytes::from_static(parameters.as_bytes()))
}

/// With terms in an object of their own, and an idempotency key.
fn apart_with(terms: &'static str, once: &str) -> Message {
    let mut message = apart("set_tempo", r#"{"bpm": 128}"#);
    if let Envelope::Apart(apart) = &mut message.envelope {
        apart.terms = TermsAt::Object(Bytes::from_static(terms.as_bytes()));
        apart.once = Some(once.to_owned());
    }
    message
}

#[test]
fn parameters_apart_mean_the_same_as_a_line() {
    let line = read(r#"{"action":"set_tempo","bpm":128,"dry_run":true,"deadline_ms":500}"#).expect("a valid line");
    for parameters in [
        r#"{"bpm":128,"dry_run":true,"deadline_ms":500}"#,
        "{\n \"bpm\": 128,\r\n\t\"dry_run\": true, \"deadline_ms\": 500 }\n",
    ] {
        let apart = read_message(&apart("set_tempo", parameters)).expect("good parameters");
        assert_eq!((apart.action.name.as_str(), &apart.params, &apart.terms), ("set_tempo", &line.params, &line.terms));
    }
    let apart = read_message(&apart_with(r#"{"deadline_ms": 500}"#, "k1")).expect("a valid message");
    assert_eq!(apart.terms.once.as_deref(), Some("k1"));
    assert_eq!(apart.deadline - apart.received, Duration::from_millis(500));
}

#[test]
fn a_second_envelope_in_the_parameters_is_refused() {
    for key in ["action", "id", "once", "token", "replays", "live"] {
        let parameters = format!(r#"{{"bpm":128,"{key}":"x"}}"#);
        let refused = read_message(&Message::apart("set_tempo", Bytes::from(parameters))).expect_err(key);
        assert!(refused.refusal.message.starts_with(key), "{}", refused.refusal.message);
        assert_eq!(refused.refusal.code, Code::InvalidParams);
    }
    for (terms, parameters) in [(r#"{"bpm":1}"#, r#"{"bpm":128}"#), ("{}", r#"{"bpm":128,"dry_run":true}"#)] {
        let mut message = apart_with(terms, "k1");
        message.bytes = Bytes::from_static(parameters.as_bytes());
        assert_eq!(read_message(&message).expect_err(terms).refusal.code, Code::InvalidParams);
    }
}

#[test]
fn parameters_are_one_object_and_nothing_behind_it() {
    for parameters in ["{} {}", "{}x", "[]", "", "{\"bpm\":1,\"bpm\":2}"] {
        let refused = read_message(&Message::apart("set_tempo", Bytes::from_static(parameters.as_bytes())));
        assert_eq!(refused.expect_err(parameters).refusal.code, Code::InvalidJson);
    }
    let refused = read_message(&apart("set_tempoo", "{")).expect_err("no such action").refusal;
    assert_eq!(refused.code, Code::UnknownAction);
}

#[test]
fn a_doors_refusal_keeps_its_action() {
    let refusal = Refusal::new(Code::Unsupported, "this door has no subscriptions");
    let message = Message::refused(Some("subscribe".into()), Bytes::new(), refusal.clone());
    let refused = read_message(&message).expect_err("refused by the door");
    assert_eq!(refused.refusal, refusal);
    assert_eq!(refused.part().and_then(|part| part.action).map(|action| action.name.as_str()), Some("subscribe"));
    assert!(!is_http(
        &read_message(&Message::apart("set_tempo", Bytes::from_static(b"GET / HTTP/1.1"))).expect_err("no JSON")
    ));
}
