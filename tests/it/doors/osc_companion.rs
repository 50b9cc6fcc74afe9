//! What Companion's module for AbletonOSC sends, with its pace and its arguments, and the replies that it waits for.

use std::collections::HashMap;
use std::num::NonZeroU32;

use rosc::OscType::{self, Bool, Int};

use super::osc::{OscClient, float};
use super::osc_table::showcase;
use crate::support::bound::within;

/// The module scans at most so many tracks and scenes; the set has fewer.
const SCANNED_MAX: i32 = 64;
/// Not every track replies to these.
const EXTRA: [&str; 3] = ["/live/error", "/output_meter_right", "/parameter/value"];
/// It sends so many messages in a row.
const IN_A_ROW: usize = 100;

fn count(args: &[OscType]) -> i32 {
    let [Int(count)] = args else { panic!("{args:?}") };
    (*count).min(SCANNED_MAX)
}

/// An address and its arguments.
type Sent = (&'static str, Vec<OscType>);

/// The scan of a set: every message, and how often each address is replied to.
fn scan(tracks: i32, scenes: i32) -> (Vec<Sent>, HashMap<&'static str, usize>) {
    let mut messages = Vec::new();
    for track in 0..tracks {
        for address in ["/live/track/get/name", "/live/track/get/devices/name"] {
            messages.push((address, vec![Int(track)]));
        }
        for listened in ["output_meter_left", "output_meter_right", "playing_slot_index", "mute"] {
            let address = match listened {
                "output_meter_left" => "/live/track/start_listen/output_meter_left",
                "output_meter_right" => "/live/track/start_listen/output_meter_right",
                "playing_slot_index" => "/live/track/start_listen/playing_slot_index",
                _ => "/live/track/start_listen/mute",
            };
            messages.push((address, vec![Int(track)]));
        }
        for device in 0..5 {
            messages.push(("/live/device/start_listen/parameter/value", vec![Int(track), Int(device), Int(0)]));
        }
        for scene in 0..scenes {
            messages.push(("/live/clip_slot/get/has_clip", vec![Int(track), Int(scene)]));
        }
    }
    messages.extend((0..scenes).map(|scene| ("/live/scene/get/name", vec![Int(scene)])));
    let times = |count: i32| usize::try_from(count).expect("positive");
    let replies = [
        ("/live/track/get/name", times(tracks)),
        ("/live/track/get/devices/name", times(tracks)),
        ("/live/track/get/output_meter_left", times(tracks)),
        ("/live/track/get/playing_slot_index", times(tracks)),
        ("/live/track/get/mute", times(tracks)),
        ("/live/clip_slot/get/has_clip", times(tracks * scenes)),
        ("/live/scene/get/name", times(scenes)),
    ];
    (messages, replies.into())
}

/// Sends the scan and collects the replies until none is missing.
async fn every_reply(client: &OscClient, tracks: i32, scenes: i32) -> Vec<(i32, i32)> {
    let (messages, mut missing) = scan(tracks, scenes);
    for row in messages.chunks(IN_A_ROW) {
        for (address, args) in row {
            client.send(address, args.clone()).await;
        }
    }
    let mut with_clip = Vec::new();
    while missing.values().any(|count| *count > 0) {
        let (address, args) = client.receive().await;
        match missing.get_mut(address.as_str()) {
            Some(count) => *count = count.saturating_sub(1),
            // Tracks without sound have one meter; devices that are there have a value.
            None => assert!(EXTRA.iter().any(|part| address.contains(part)), "{address} {args:?}"),
        }
        if address == "/live/error" {
            // The module listens to five devices of each track, whether they exist or not.
            let [OscType::String(text)] = args.as_slice() else { panic!("{args:?}") };
            assert!(text.starts_with("cannot listen to /live/device/get/parameter/value"), "{text}");
        } else if let ("/live/clip_slot/get/has_clip", [Int(track), Int(scene), Bool(true)]) =
            (address.as_str(), args.as_slice())
        {
            with_clip.push((*track, *scene));
        }
    }
    with_clip
}

#[tokio::test]
async fn a_companion_scan_loses_no_reply() {
    let number = |value| NonZeroU32::new(value).expect("positive");
    let studio = showcase(|config| {
        // The scan exceeds the rate, as that of a large set does with the default one.
        config.limits.read.per_second = number(400);
        config.limits.read.burst = number(60);
    })
    .await;
    let client = OscClient::open(&studio).await;
    let tracks = count(&client.ask("/live/song/get/num_tracks", vec![]).await);
    let scenes = count(&client.ask("/live/song/get/num_scenes", vec![]).await);
    let clips = within("every reply", every_reply(&client, tracks, scenes)).await;
    assert!(!clips.is_empty());
    for (track, scene) in clips {
        client.send("/live/clip/get/name", vec![Int(track), Int(scene)]).await;
        client.send("/live/clip/get/color", vec![Int(track), Int(scene)]).await;
    }
}

/// The next message at an address, whatever arrives in between.
async fn next(client: &OscClient, address: &str) -> Vec<OscType> {
    let found = async {
        loop {
            let (at, args) = client.receive().await;
            if at == address {
                return args;
            }
            assert_ne!(at, "/live/error", "{args:?}");
        }
    };
    within(address, found).await
}

#[tokio::test]
async fn companion_buttons_do_what_they_say() {
    let studio = showcase(|_| ()).await;
    let client = OscClient::open(&studio).await;
    let place = vec![Int(0), Int(0)];
    client.send("/live/clip_slot/fire", place.clone()).await;
    client.send("/live/track/start_listen/mute", vec![Int(0)]).await;
    assert_eq!(next(&client, "/live/track/get/mute").await, [Int(0), Bool(false)]);
    client.send("/live/track/set/mute", vec![Int(0), Int(1)]).await;
    assert_eq!(next(&client, "/live/track/get/mute").await, [Int(0), Bool(true)]);
    // A fade sends values of the fader, then stops the track and restores the fader.
    client.send("/live/track/get/volume", vec![Int(0)]).await;
    let volume = next(&client, "/live/track/get/volume").await;
    for value in [0.6, 0.3, 0.0] {
        client.send("/live/track/set/volume", vec![Int(0), float(value)]).await;
    }
    client.send("/live/track/stop_all_clips", vec![Int(0)]).await;
    client.send("/live/clip/stop", place).await;
    client.send("/live/track/set/volume", volume.clone()).await;
    assert_eq!(client.ask("/live/track/get/volume", vec![Int(0)]).await, volume);
    // A toggle listens to the parameter each time, then sets it.
    let parameter = [Int(0), Int(0), Int(0)];
    for value in [0.0, 1.0] {
        client.send("/live/device/start_listen/parameter/value", parameter.to_vec()).await;
        client.send("/live/device/set/parameter/value", [&parameter[..], &[float(value)]].concat()).await;
        while next(&client, "/live/device/get/parameter/value").await.last() != Some(&float(value)) {}
    }
    client.send("/live/device/get/parameter/value_string", parameter.to_vec()).await;
    let shown = next(&client, "/live/device/get/parameter/value_string").await;
    assert!(matches!(shown.last(), Some(OscType::String(_))), "{shown:?}");
    client.send("/live/device/get/parameters/name", vec![Int(0), Int(0)]).await;
    let names = next(&client, "/live/device/get/parameters/name").await;
    assert!(names.len() > 2 && names[2..].iter().all(|name| matches!(name, OscType::String(_))), "{names:?}");
}
