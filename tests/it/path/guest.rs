//! A guest who may do everything on one track: by no term, batch or topic does it learn or change anything of another.

use std::num::NonZeroU32;

use livegate::client::Client;
use livegate::command::{Handler, catalogue};
use livegate::config::{Config, Rate};
use livegate::wire::topic::{Topic, index_names};
use serde_json::{Value, json};

use super::approvals::with_roles;
use crate::identity::rights::filled;
use crate::support::Studio;
use crate::support::asking::{ask, done};

const SECRET: &str = "Secret 7Q";
const OWN: usize = 1;

/// A studio in which track 1 is called Guitar, and every other has a secret name; `local` is the guest.
async fn studio() -> (Studio, Client) {
    let roles = with_roles(
        "[roles.local]\nreplace = true\n[[roles.local.rule]]\n\
         allow = ['*', '@sensitive', '@destructive', '@costly', '@system']\nwhere = { track = ['Guitar*'] }",
    );
    let studio = Studio::open_with(|config: &mut Config| {
        roles(config);
        let often = NonZeroU32::new(1_000_000).expect("more than nothing");
        let rate = Rate { per_second: often, burst: often };
        config.limits.read = rate;
        config.limits.change = rate;
        config.limits.heavy = rate;
    })
    .await;
    let mut owner = studio.caller("owner").await;
    let info = done(&mut owner, json!({"action": "get_session_info"})).await;
    for track_index in 0..info["num_tracks"].as_u64().expect("a count") {
        let name = if track_index == OWN as u64 { "Guitar".to_owned() } else { format!("{SECRET} {track_index}") };
        done(&mut owner, json!({"action": "rename_track", "track_index": track_index, "name": name})).await;
    }
    let guest = studio.local().await;
    (studio, guest)
}

fn with(request: &Value, terms: Value) -> Value {
    let mut request = request.clone();
    request.as_object_mut().expect("an object").extend(terms.as_object().expect("an object").clone());
    request
}

/// The changes outside of the guest's track.
fn elsewhere(studio: &Studio, before: usize) -> Vec<Value> {
    let own = format!("live_set tracks {OWN} ");
    let effects = studio.live.effects().split_off(before);
    effects
        .into_iter()
        .filter(|effect| !format!("{} ", effect["path"].as_str().unwrap_or("")).starts_with(&own))
        .collect()
}

/// Promise: Dry runs and expectations require the right to read
#[tokio::test]
async fn a_guest_learns_nothing_of_other_tracks() {
    let (studio, mut guest) = studio().await;
    let own = json!({"action": "set_track_volume", "track_index": OWN, "volume": 0.4});
    assert_eq!(ask(&mut guest, own.clone()).await["ok"], true);
    let before = studio.live.effects().len();
    let mut asked = 0;
    for action in catalogue().actions().iter().filter(|action| action.handler == Handler::Live) {
        let Some(request) = filled(&action.name, &action.entry["params"], 0) else { continue };
        for refused in [
            request.clone(),
            with(&request, json!({"dry_run": true})),
            with(&request, json!({"expect": {"track": format!("{SECRET} 0")}})),
            with(&request, json!({"expect": {"exists": ["clip", "scene", "device"], "playing": false}})),
            json!({"action": "batch", "commands": [own.clone(), request.clone()]}),
            json!({"action": "batch", "commands": [with(&request, json!({"dry_run": true}))]}),
        ] {
            let answer = ask(&mut guest, refused.clone()).await;
            assert!(!answer.to_string().contains(SECRET), "{refused}: {answer}");
            // What a caller may always do, or what names nothing of the set.
            if answer["ok"] == true {
                assert!(action.access.is_empty() || request.get("track_index").is_none(), "{refused}: {answer}");
                assert!(action.is_read(), "{refused}: {answer}");
            }
            asked += 1;
        }
    }
    assert!(asked > 1_000, "{asked}");
    assert_eq!(elsewhere(&studio, before), Vec::<Value>::new());
}

/// Promise: Subscribing requires the right to read
#[tokio::test]
async fn a_guest_subscribes_to_nothing_of_other_tracks() {
    let (studio, mut guest) = studio().await;
    for event in Topic::names() {
        for track_index in [0, OWN] {
            let mut topic = json!({"event": event});
            for index in index_names(event).expect("an event") {
                topic[*index] = json!(if *index == "track_index" { track_index } else { 0 });
            }
            let answer = ask(&mut guest, json!({"action": "subscribe", "topics": [topic]})).await;
            assert_eq!(answer["code"], "forbidden", "{event}: {answer}");
        }
    }
    let mut owner = studio.caller("owner").await;
    for request in [
        json!({"action": "set_tempo", "bpm": 99}),
        json!({"action": "set_track_volume", "track_index": 0, "volume": 0.3}),
        json!({"action": "rename_track", "track_index": 0, "name": SECRET}),
    ] {
        done(&mut owner, request).await;
    }
    // Whatever was to be delivered would come before this answer.
    guest.send(&json!({"action": "whoami", "id": "last"})).await.expect("sent");
    let next = guest.next().await.expect("a connection").expect("a line");
    assert_eq!(next["id"], "last", "{next:?}");
}
