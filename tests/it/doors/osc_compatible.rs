//! What clients of AbletonOSC count on: the order of notes, and what a slot's button does.

use rosc::OscType::{self, Bool, Int};
use serde_json::json;

use super::osc::{OscClient, float, studio_with};
use crate::support::asking::done;
use crate::support::bound::within;

#[tokio::test]
async fn notes_come_by_pitch_and_time() {
    let studio = studio_with(|config| config.osc.tags.push("edit".to_owned())).await;
    let client = OscClient::open(&studio).await;
    let place = [Int(0), Int(6)];
    let note = |pitch, start| [Int(pitch), float(start), float(0.25), Int(64), Bool(false)];
    client.send("/live/clip_slot/create_clip", [&place[..], &[float(4.0)]].concat()).await;
    let low = note(60, 0.0);
    let late = note(60, 3.0);
    let high = note(67, -0.25);
    client.send("/live/clip/add/notes", [&place[..], &late, &high, &low].concat()).await;
    let numbers = |args: &[OscType]| args.iter().map(|arg| format!("{arg:?}")).collect::<Vec<_>>();
    let got = client.ask("/live/clip/get/notes", place.to_vec()).await;
    let pitches: Vec<_> = got[2..].chunks(5).map(|note| (note[0].clone(), note[1].clone())).collect();
    let expected = [(Int(60), float(0.0)), (Int(60), float(3.0)), (Int(67), float(-0.25))];
    assert_eq!(pitches, expected, "{:?}", numbers(&got));
}

/// The script stays as it is, but listeners end, as after AbletonOSC's reload.
#[tokio::test]
async fn a_reload_ends_the_listeners() {
    let studio = studio_with(|_| ()).await;
    let client = OscClient::open(&studio).await;
    client.send("/live/song/start_listen/tempo", vec![]).await;
    client.receive_at("/live/song/get/tempo").await;
    client.send("/live/api/reload", vec![]).await;
    assert_eq!(client.receive_at("/live/startup").await, []);
    client.send("/live/song/set/tempo", vec![Int(99)]).await;
    assert_eq!(client.ask("/live/song/get/num_tracks", vec![]).await.len(), 1);
}

#[tokio::test]
async fn a_log_level_is_kept_for_its_sender() {
    let text = |text: &str| OscType::String(text.to_owned());
    let studio = studio_with(|_| ()).await;
    let client = OscClient::open(&studio).await;
    assert_eq!(client.ask("/live/api/get/log_level", vec![]).await, [text("info")]);
    client.send("/live/api/set/log_level", vec![text("debug")]).await;
    assert_eq!(client.ask("/live/api/get/log_level", vec![]).await, [text("debug")]);
    let refused = client.refused("/live/api/set/log_level", vec![text("loud")]).await;
    assert!(refused.contains("level is one of info, debug"), "{refused}");
    let other = OscClient::open(&studio).await;
    assert_eq!(other.ask("/live/api/get/log_level", vec![]).await, [text("info")]);
}

#[tokio::test]
async fn many_notes_fit_into_one_message() {
    let studio = studio_with(|config| config.osc.tags.push("edit".to_owned())).await;
    let client = OscClient::open(&studio).await;
    let place = [Int(0), Int(6)];
    client.send("/live/clip_slot/create_clip", [&place[..], &[float(8.0)]].concat()).await;
    let note = |pitch| [0.0, 2.0, 4.0].map(|start| [Int(pitch), float(start), float(0.25), Int(64), Bool(false)]);
    let notes: Vec<OscType> = (0..127).flat_map(note).flatten().collect();
    client.send("/live/clip/add/notes", [&place[..], &notes].concat()).await;
    let got = client.ask("/live/clip/get/notes", place.to_vec()).await;
    assert_eq!(got.len(), place.len() + notes.len());
}

/// It records only where the tags of OSC and the role's rights have that.
#[tokio::test]
async fn a_slots_button_records_where_it_may() {
    for (role, tag, records) in [("owner", "record", true), ("owner", "edit", false), ("performer", "record", false)] {
        let studio = studio_with(|config| {
            config.local.role = role.to_owned();
            config.osc.tags.push(tag.to_owned());
        })
        .await;
        let arm = json!({"action": "arm_track", "track_index": 0, "armed": true});
        done(&mut studio.console().await, arm).await;
        let client = OscClient::open(&studio).await;
        client.send("/live/clip_slot/fire", vec![Int(0), Int(6)]).await;
        if records {
            let has_clip = async {
                let mut reply = Vec::new();
                while reply.last() != Some(&Bool(true)) {
                    reply = client.ask("/live/clip_slot/get/has_clip", vec![Int(0), Int(6)]).await;
                }
            };
            within("a recorded clip", has_clip).await;
        } else {
            let refused = client.error().await;
            assert!(refused.contains("would record"), "{role} {tag}: {refused}");
        }
    }
}
