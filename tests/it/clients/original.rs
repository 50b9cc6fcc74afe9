//! Programs for the original script work unchanged before the script, before the gateway, and where the gateway took the script's port.

use livegate::config::BridgeProtocol;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::support::studio::socket;
use crate::support::{SimulatedLive, Studio};

/// A program as they are written: one JSON object a line, one answer a line, no ids.
struct Program {
    stream: BufReader<TcpStream>,
}

impl Program {
    async fn connect(address: std::net::SocketAddr) -> Program {
        Program { stream: BufReader::new(socket(address, 1).await) }
    }

    /// Sends a command and reads the fields that such a program reads.
    async fn ask(&mut self, request: Value, fields: &[&str]) -> Map<String, Value> {
        self.stream.write_all(format!("{request}\n").as_bytes()).await.expect("a connection");
        let mut line = String::new();
        self.stream.read_line(&mut line).await.expect("an answer");
        let answer: Map<String, Value> = serde_json::from_str(&line).expect("an object");
        assert_eq!(answer["ok"], true, "{request}: {line}");
        assert!(fields.iter().all(|field| answer.contains_key(*field)), "{request}: {line} lacks one of {fields:?}");
        answer
    }
}

/// Looks at the set and changes what it plays.
async fn transport(program: &mut Program) {
    program.ask(json!({"action": "ping"}), &["script", "message"]).await;
    program.ask(json!({"action": "health_check"}), &["tool_count", "ableton_version", "queue_size", "message"]).await;
    let before = program.ask(json!({"action": "get_session_info"}), &["tempo", "is_playing", "num_tracks"]).await;
    assert_eq!(before["tempo"], 120.0);
    assert_eq!(program.ask(json!({"action": "set_tempo", "bpm": 96}), &["bpm"]).await["bpm"], 96.0);
    program.ask(json!({"action": "set_metronome", "enabled": true}), &["metronome"]).await;
    program.ask(json!({"action": "create_locator", "time_in_beats": 16, "name": "Verse"}), &["time", "name"]).await;
    let locators = program.ask(json!({"action": "get_locators"}), &["count", "locators"]).await;
    assert_eq!((&locators["locators"][0]["name"], &locators["locators"][0]["index"]), (&json!("Verse"), &json!(0)));
    program.ask(json!({"action": "start_playback"}), &["message"]).await;
    program.ask(json!({"action": "stop_playback"}), &["message"]).await;
    program.ask(json!({"action": "undo"}), &["message"]).await;
}

/// Makes a track with a beat, and plays it.
async fn beat(program: &mut Program) {
    let track = program.ask(json!({"action": "create_midi_track", "name": "Beat"}), &["track_index", "name"]).await;
    let place = |more: Value| {
        let mut request = json!({"track_index": track["track_index"], "scene_index": 0});
        request.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        request
    };
    program.ask(place(json!({"action": "create_midi_clip", "length": 4})), &["length", "clip_index"]).await;
    let notes: Vec<Value> = (0..4)
        .map(|start| json!({"pitch": 36, "start": start, "duration": 0.25, "velocity": 100, "mute": false}))
        .collect();
    let added = program.ask(place(json!({"action": "add_notes", "notes": notes})), &["note_count", "clip_index"]).await;
    assert_eq!(added["note_count"], 4);
    let read = json!({"action": "get_clip_notes", "track_index": track["track_index"], "clip_index": 0});
    let read = program.ask(read, &["count", "notes"]).await;
    for field in ["pitch", "start", "duration", "velocity", "mute"] {
        assert!(read["notes"][0].get(field).is_some(), "{read:?}");
    }
    // Written again as they were read, in their place.
    program.ask(place(json!({"action": "remove_notes", "time_from": 0, "time_to": 4})), &["message"]).await;
    program.ask(place(json!({"action": "add_notes", "notes": read["notes"]})), &["note_count"]).await;
    program.ask(place(json!({"action": "set_clip_looping", "looping": true})), &["looping"]).await;
    program.ask(place(json!({"action": "launch_clip"})), &["message"]).await;
    program.ask(place(json!({"action": "stop_clip"})), &["message"]).await;
}

/// Mixes the tracks that are there.
async fn mixer(program: &mut Program) {
    for index in 0..4 {
        let info = program.ask(json!({"action": "get_track_info", "track_index": index}), &["name", "volume"]).await;
        assert!(info["name"].is_string() && info["volume"].is_f64(), "{info:?}");
        program.ask(json!({"action": "set_track_volume", "track_index": index, "volume": 0.7}), &["volume"]).await;
        program.ask(json!({"action": "set_track_pan", "track_index": index, "pan": -0.25}), &["pan"]).await;
        program.ask(json!({"action": "mute_track", "track_index": index, "mute": index == 0}), &["message"]).await;
    }
    program.ask(json!({"action": "arm_track", "track_index": 1}), &["armed"]).await;
    program.ask(json!({"action": "solo_track", "track_index": 2}), &["message"]).await;
    let send = json!({"action": "set_track_send", "track_index": 3, "send_index": 0, "value": 0.5});
    program.ask(send, &["send_index", "value"]).await;
    let sends = program.ask(json!({"action": "get_track_sends", "track_index": 3}), &["count", "sends"]).await;
    assert_eq!(sends["sends"][0]["value"], 0.5);
    program.ask(json!({"action": "set_master_volume", "volume": 0.8}), &["volume"]).await;
}

/// Arranges scenes and clips.
async fn scenes(program: &mut Program) {
    let scene = program.ask(json!({"action": "create_scene", "name": "Chorus"}), &["scene_index", "name"]).await;
    let row = &scene["scene_index"];
    let info = program.ask(json!({"action": "get_scene_info", "scene_index": row}), &["name", "tempo", "color"]).await;
    assert_eq!(info["name"], "Chorus");
    program.ask(json!({"action": "rename_scene", "scene_index": row, "name": "Hook"}), &["name"]).await;
    program.ask(json!({"action": "create_midi_clip", "track_index": 0, "scene_index": 0, "length": 8}), &[]).await;
    let copy = json!({"action": "duplicate_clip", "track_index": 0, "scene_index": 0});
    program.ask(copy, &["source_clip_index", "destination_clip_index"]).await;
    let info = json!({"action": "get_clip_info", "track_index": 0, "scene_index": 1});
    program.ask(info, &["name", "length", "loop_start", "loop_end", "muted", "is_midi_clip"]).await;
    program.ask(json!({"action": "launch_scene", "scene_index": 0}), &["scene_index"]).await;
    program.ask(json!({"action": "stop_all_clips"}), &["message"]).await;
    program.ask(json!({"action": "duplicate_scene", "scene_index": row}), &["new_index"]).await;
}

/// Loads an effect, and turns its parameters.
async fn devices(program: &mut Program) {
    program.ask(json!({"action": "add_device", "track_index": 3, "device_name": "Reverb"}), &["device_name"]).await;
    let devices = program.ask(json!({"action": "get_track_devices", "track_index": 3}), &["count", "devices"]).await;
    assert_eq!((&devices["devices"][0]["name"], &devices["devices"][0]["index"]), (&json!("Reverb"), &json!(0)));
    let place = json!({"action": "get_device_parameters", "track_index": 3, "device_index": 0});
    let listed = program.ask(place, &["count", "parameters"]).await;
    let parameter = &listed["parameters"][1];
    for field in ["index", "name", "value", "min", "max"] {
        assert!(parameter.get(field).is_some(), "{parameter}");
    }
    let set = json!({
        "action": "set_device_param", "track_index": 3, "device_index": 0, "param_index": parameter["index"],
        "value": parameter["max"],
    });
    program.ask(set, &["value"]).await;
    let named = json!({
        "action": "set_device_parameter_by_name", "track_index": 3, "device_index": 0, "param_name": parameter["name"],
        "value": parameter["min"],
    });
    assert_eq!(program.ask(named, &["name", "value", "display_value"]).await["value"], parameter["min"]);
}

/// What the original took although it is not of the declared type.
async fn loosely(program: &mut Program) {
    program.ask(json!({"action": "set_tempo", "bpm": "104", "comment": "faster"}), &["bpm", "ignored"]).await;
    program.ask(json!({"action": "mute_track", "track_index": 1.0, "mute": 1}), &["mute"]).await;
    program.ask(json!({"action": "create_audio_track", "name": null}), &["track_index"]).await;
    program.ask(json!({"action": "create_midi_clip", "track_index": 1, "scene_index": 2, "length": 4}), &[]).await;
    let note = json!([{"pitch": 60, "start": 0, "duration": 4}]);
    let added = json!({"action": "add_notes", "track_index": 1, "scene_index": 2, "notes": note});
    // The second note replaces the first.
    program.ask(added.clone(), &["note_count"]).await;
    program.ask(added, &["note_count"]).await;
}

async fn run_all(address: std::net::SocketAddr) {
    // Several at a time, each on a connection of its own.
    let mut programs = Vec::new();
    for _ in 0..5 {
        programs.push(Program::connect(address).await);
    }
    transport(&mut programs[0]).await;
    beat(&mut programs[1]).await;
    mixer(&mut programs[2]).await;
    scenes(&mut programs[3]).await;
    devices(&mut programs[4]).await;
}

#[tokio::test]
async fn original_programs_work_before_the_script() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let live = SimulatedLive::start(dir.path(), 0, None);
    run_all(live.address).await;
}

#[tokio::test]
async fn original_programs_work_before_the_gateway() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let live = SimulatedLive::start(dir.path(), 0, None);
    let studio = Studio::open_before(dir, live, |config| {
        config.bridge.protocol = BridgeProtocol::Plain;
        config.bridge.key_file = "no.key".into();
        config.local.lenient = true;
    })
    .await;
    run_all(studio.local).await;
    loosely(&mut Program::connect(studio.local).await).await;
}

/// `livegate install --take-9004` moves the script and gives it a key; the gateway listens where it was.
#[tokio::test]
async fn original_programs_work_through_a_taken_port() {
    for lenient in [false, true] {
        let studio = Studio::open_with(|config| config.local.lenient = lenient).await;
        run_all(studio.local).await;
        if lenient {
            loosely(&mut Program::connect(studio.local).await).await;
        }
    }
}
