//! `audit replay` repeats recorded changes in a fresh set, names the row of each, and reports what it cannot repeat.

use std::num::NonZeroU32;
use std::path::Path;
use std::process::Output;

use livegate::client::Client;
use livegate::config::{Config, Rate};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::support::{SimulatedLive, Studio, process, studio};

/// A studio with a fast Live and without rate limits.
async fn fast_studio() -> Studio {
    let dir = TempDir::new().expect("a temporary folder");
    let key_file = studio::write_key(dir.path());
    let live = SimulatedLive::start_with(dir.path(), 0, Some(&key_file), &["--timer-ms", "1"]);
    Studio::open_before(dir, live, |config: &mut Config| {
        let many = NonZeroU32::new(100_000).expect("more than none");
        let rate = Rate { per_second: many, burst: many };
        config.limits.read = rate;
        config.limits.change = rate;
        config.limits.heavy = rate;
    })
    .await
}

async fn ask(client: &mut Client, request: Value) -> Map<String, Value> {
    client.ask(request).await.expect("an answer")
}

async fn done(client: &mut Client, request: Value) {
    let answer = ask(client, request.clone()).await;
    assert_eq!(answer["ok"], true, "{request}: {answer:?}");
}

/// The whole set, without the values that differ between any two sets.
async fn snapshot(studio: &Studio) -> Value {
    let mut client = studio.local().await;
    let answer = ask(&mut client, json!({"action": "get_snapshot", "depth": 6})).await;
    assert_eq!(answer["ok"], true, "{answer:?}");
    comparable(&answer["snapshot"])
}

fn comparable(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| *name != "note_id");
            kept.map(|(name, value)| (name.clone(), comparable(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(comparable).collect(),
        other => other.clone(),
    }
}

/// The first difference between two sets. Numbers are compared to seven digits, which the trail keeps.
fn difference(place: &str, one: &Value, other: &Value) -> Option<String> {
    match (one, other) {
        (Value::Object(ones), Value::Object(others)) if ones.len() == others.len() => {
            let member = |(name, one): (&String, &Value)| difference(&format!("{place}.{name}"), one, &others[name]);
            ones.iter().find_map(member)
        }
        (Value::Array(ones), Value::Array(others)) if ones.len() == others.len() => {
            let pairs = ones.iter().zip(others).enumerate();
            pairs.into_iter().find_map(|(index, (one, other))| difference(&format!("{place}.{index}"), one, other))
        }
        (Value::Number(one), Value::Number(other)) if one.is_f64() && other.is_f64() => {
            let one = one.as_f64().unwrap_or_default();
            let other = other.as_f64().unwrap_or_default();
            let same = (one - other).abs() <= 1e-6 * one.abs().max(1.0);
            (!same).then(|| format!("{place}: {one} instead of {other}"))
        }
        _ => (one != other).then(|| format!("{place}: {one} instead of {other}")),
    }
}

async fn replay(source: &Path, to: &Studio, more: &[&str]) -> Output {
    let mut command = process::livegate();
    command.args(["audit", "replay", "--since", "1d", "--state-dir"]).arg(source);
    command.args(["--to", &to.local.to_string()]).args(more);
    tokio::task::spawn_blocking(move || command.output().expect("livegate runs")).await.expect("it ends")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A linear congruential generator with the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn share(&mut self) -> f64 {
        self.below(1_000) as f64 / 1_000.0
    }
}

/// A random change; whether it succeeds depends on the earlier ones.
fn any_change(dice: &mut Dice, number: u64) -> Value {
    let track = dice.below(6);
    let scene = dice.below(9);
    let device = dice.below(2);
    let clip = |dice: &mut Dice| (dice.below(4), dice.below(4));
    match dice.below(30) {
        0 => json!({"action": "set_tempo", "bpm": 60 + dice.below(120)}),
        1 | 2 => json!({"action": "set_track_volume", "track_index": track, "volume": dice.share()}),
        3 => json!({"action": "set_track_pan", "track_index": track, "pan": dice.share() * 2.0 - 1.0}),
        4 => json!({"action": "mute_track", "track_index": track, "mute": dice.below(2) == 0}),
        5 => json!({"action": "solo_track", "track_index": track, "solo": dice.below(2) == 0}),
        6 => json!({"action": "rename_track", "track_index": track, "name": format!("Take {number}")}),
        7 => json!({"action": "create_midi_track", "name": format!("Part {number}")}),
        8 => json!({"action": "create_audio_track"}),
        9 => json!({"action": "delete_track", "track_index": track}),
        10 => json!({"action": "duplicate_track", "track_index": track}),
        11..=13 => {
            let (track, row) = clip(dice);
            json!({"action": "create_midi_clip", "track_index": track, "scene_index": row, "length": 1 + dice.below(8)})
        }
        14 | 15 => {
            let (track, row) = clip(dice);
            let note = |dice: &mut Dice| json!({"pitch": 36 + dice.below(24), "start": dice.below(16) as f64 / 4.0, "duration": 0.25});
            let notes: Vec<Value> = (0..3).map(|_| note(dice)).collect();
            json!({"action": "add_notes", "track_index": track, "scene_index": row, "notes": notes})
        }
        16 => {
            let (track, row) = clip(dice);
            json!({"action": "remove_notes", "track_index": track, "clip_index": row, "time_to": 1 + dice.below(3)})
        }
        17 => {
            let (track, row) = clip(dice);
            json!({"action": "delete_clip", "track_index": track, "scene_index": row})
        }
        18 => {
            let (track, row) = clip(dice);
            json!({"action": "set_clip_name", "track_index": track, "scene_index": row, "name": format!("Idea {number}")})
        }
        19 => {
            let (track, row) = clip(dice);
            json!({"action": "duplicate_clip", "track_index": track, "scene_index": row})
        }
        20 => json!({"action": "rename_scene", "scene_index": scene, "name": format!("Verse {number}")}),
        21 => json!({"action": "duplicate_scene", "scene_index": scene}),
        22 => json!({"action": "delete_scene", "scene_index": scene}),
        23 => json!({"action": "add_device", "track_index": track, "device_name": "Reverb"}),
        24 => {
            json!({"action": "set_device_param", "track_index": track, "device_index": device, "param_index": 1 + dice.below(3), "value": dice.share()})
        }
        25 => json!({"action": "delete_device", "track_index": track, "device_index": device}),
        26 => json!({"action": "randomize_device_parameters", "track_index": track, "device_index": device}),
        27 => json!({"action": if dice.below(3) == 0 { "redo" } else { "undo" }}),
        28 => {
            json!({"action": "set_track_send", "track_index": track, "send_index": dice.below(2), "value": dice.share()})
        }
        _ => {
            let volume = |track: u64, dice: &mut Dice| json!({"action": "set_track_volume", "track_index": track, "volume": dice.share()});
            let commands = [
                volume(0, dice),
                volume(9, dice),
                json!({"action": "set_track_color", "track_index": track, "color_index": dice.below(70)}),
            ];
            json!({"action": "batch", "commands": commands, "on_error": "continue"})
        }
    }
}

/// Promise: A replay cannot bypass a rule
#[tokio::test]
async fn changes_by_three_callers_are_replayed() {
    let mut source = fast_studio().await;
    let mut callers = [source.caller("owner").await, source.caller("engineer").await, source.local().await];
    let mut dice = Dice(7);
    let mut changes = 0;
    for number in 0.. {
        let request = any_change(&mut dice, number);
        let answer = ask(&mut callers[number as usize % 3], request).await;
        changes += u64::from(answer["ok"] == true);
        if changes == 500 {
            break;
        }
    }
    let made = snapshot(&source).await;
    drop(callers);
    source.end().await;
    let mut target = fast_studio().await;
    assert_ne!(snapshot(&target).await, made);
    let output = replay(source.dir.path(), &target, &[]).await;
    assert!(output.status.success(), "{}", said(&output));
    let difference = difference("set", &snapshot(&target).await, &made);
    assert!(difference.is_none(), "{difference:?} after {}", said(&output));
    target.end().await;
    assert!(rows_with_source(target.dir.path()) >= 500);
}

/// The number of changes that name the row that they repeat.
fn rows_with_source(state_dir: &Path) -> i64 {
    let db = Connection::open(state_dir.join("trail.db")).expect("the trail");
    let sql = "SELECT count(*) FROM decision WHERE bytes -> 'terms' -> 'replays' ->> 'seq' > 0";
    db.query_row(sql, [], |row| row.get(0)).expect("a count")
}

/// Promise: A replay cannot bypass a rule
#[tokio::test]
async fn unrepeatable_changes_are_reported_with_the_reason() {
    let mut source = fast_studio().await;
    let mut client = source.caller("owner").await;
    let topics = json!([{"event": "tracks"}, {"event": "track_mute", "track_index": 1}]);
    done(&mut client, json!({"action": "subscribe", "topics": topics})).await;
    // From then on the trail listens to each track.
    while client.receive().await.expect("an event")["event"] != "tracks" {}
    done(&mut client, json!({"action": "set_track_volume", "track_index": 0, "volume": 0.25})).await;
    source.live.by_hand("tracks.1.mute", true);
    while client.receive().await.expect("an event")["value"] != true {}
    done(&mut client, json!({"action": "start_recording"})).await;
    done(&mut client, json!({"action": "get_session_info"})).await;
    done(&mut client, json!({"action": "set_tempo", "bpm": 90, "dry_run": true})).await;
    done(&mut client, json!({"action": "undo"})).await;
    done(&mut client, json!({"action": "rename_track", "track_index": 1, "name": "Sub"})).await;
    done(&mut client, json!({"action": "set_track_pan", "track_index": 1, "pan": 0.5})).await;
    drop(client);
    source.end().await;

    let target = fast_studio().await;
    let before = snapshot(&target).await;
    let plan = replay(source.dir.path(), &target, &["--dry-run"]).await;
    assert!(plan.status.success(), "{}", said(&plan));
    assert_eq!(snapshot(&target).await, before);
    // Only one of the two tracks still has its name.
    target_renames(&target).await;
    let output = replay(source.dir.path(), &target, &[]).await;
    let reported = said(&output);
    assert_eq!(output.status.code(), Some(1), "{reported}");
    let hand = reported.find("in Live itself");
    let undo = reported.find("undo {}");
    assert!(hand < undo, "{reported}");
    for expected in [
        "in Live itself mute of track 1 \"Bass\" was changed from false to true",
        "start_recording {} skipped: the recorded material is only in Live",
        "undo {} skipped: an earlier change could not be replayed",
        "rename_track {\"name\":\"Sub\",\"track_index\":1} failed: ",
        "changes replayed: 1, 0 of them by an equivalent request",
        "skipped: 2; failed: 2; the set may differ at 1 place",
    ] {
        assert!(reported.contains(expected), "{expected} in {reported}");
    }
    assert!(!reported.contains("set_tempo") && !reported.contains("get_session_info"), "{reported}");
}

async fn target_renames(target: &Studio) {
    let mut client = target.local().await;
    done(&mut client, json!({"action": "rename_track", "track_index": 1, "name": "Low"})).await;
}

#[tokio::test]
async fn a_replay_can_select_one_caller() {
    let mut source = fast_studio().await;
    for (role, track, volume) in [("owner", 0, 0.25), ("engineer", 1, 0.75)] {
        let mut client = source.caller(role).await;
        done(&mut client, json!({"action": "set_track_volume", "track_index": track, "volume": volume})).await;
    }
    source.end().await;
    let target = fast_studio().await;
    let output = replay(source.dir.path(), &target, &["--caller", "engineer"]).await;
    assert!(output.status.success(), "{}", said(&output));
    let changed: Vec<Value> = target.live.effects().iter().map(|effect| effect["value"].clone()).collect();
    assert_eq!(changed, [json!(0.75)]);
}

/// The values that Live's tempo had, one after the other.
fn tempos(studio: &Studio) -> Vec<Value> {
    let effects = studio.live.effects();
    effects.iter().filter(|effect| effect["member"] == "tempo").map(|effect| effect["value"].clone()).collect()
}

#[tokio::test]
async fn concurrent_changes_are_replayed_in_their_order() {
    let mut source = fast_studio().await;
    let [mut one, mut two, mut three] =
        [source.caller("owner").await, source.caller("engineer").await, source.local().await];
    let insist = async |client: &mut Client, from: u32| {
        for bpm in from..from + 20 {
            done(client, json!({"action": "set_tempo", "bpm": bpm})).await;
        }
    };
    tokio::join!(insist(&mut one, 100), insist(&mut two, 200), insist(&mut three, 300));
    drop((one, two, three));
    source.end().await;
    let target = fast_studio().await;
    let output = replay(source.dir.path(), &target, &[]).await;
    assert!(output.status.success(), "{}", said(&output));
    let made = tempos(&source);
    assert_eq!((made.len(), &tempos(&target)), (60, &made));
}
