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
