//! An answer of the script above the size limit fails its own request and no other.

use serde_json::{Value, json};

use crate::support::Studio;
use crate::support::studio::until;

/// Consecutive notes, so that none replaces another.
fn notes(count: usize) -> Value {
    (0..count).map(|place| json!({"pitch": place % 128, "start": place, "duration": 0.5})).collect()
}

/// Promise: An oversized answer fails only its request.
#[tokio::test]
async fn an_answer_too_long_fails_its_request_alone() {
    let mut studio = Studio::open_with(|config| config.bridge.answer_bytes_max = 20_000).await;
    let mut client = studio.local().await;
    let mut other = studio.local().await;
    let clip = json!({"action": "create_midi_clip", "track_index": 0, "scene_index": 0, "length": 4000});
    assert_eq!(client.ask(clip).await.expect("an answer")["ok"], true);
    let add = |count| json!({"action": "add_notes", "track_index": 0, "scene_index": 0, "overwrite": true, "notes": notes(count)});
    assert_eq!(client.ask(add(300)).await.expect("an answer")["ok"], true);

    let list = json!({"action": "get_notes_extended", "track_index": 0, "clip_index": 0, "time_span": 9999});
    let refused = client.ask(list).await.expect("an answer");
    assert_eq!(refused["code"], "live_error", "{refused:?}");
    assert!(refused["error"].as_str().is_some_and(|error| error.contains("offset and limit")), "{refused:?}");
    let page = json!({"action": "get_notes_extended", "track_index": 0, "clip_index": 0, "limit": 50});
    let listed = client.ask(page).await.expect("an answer");
    assert_eq!(listed.get("total"), Some(&json!(300)), "{listed:?}");
    // The ids of this many notes exceed the limit of the answer to a change, which did run.
    let unknown = client.ask(add(4_000)).await.expect("an answer");
    assert_eq!(unknown["code"], "outcome_unknown", "{unknown:?}");

    assert_eq!(other.ask(json!({"action": "set_tempo", "bpm": 90})).await.expect("an answer")["ok"], true);
    let mut console = studio.console().await;
    until(&mut console, |status| status["bridge"]["up"] == true).await;
    drop((client, other, console));
    let rows = studio.trail().await;
    assert!(!rows.iter().any(|row| row.contains("bridge_down")), "{rows:?}");
    assert!(rows.iter().any(|row| row.contains("add_notes") && row.contains("unknown")), "{rows:?}");
    assert!(rows.iter().any(|row| row.contains("get_notes_extended") && row.contains("live_error")), "{rows:?}");
}
