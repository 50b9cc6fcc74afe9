//! How much of a set the trail listens to: as many whole tracks as the limits allow.

use serde_json::{Value, json};

use crate::audit::Event;
use crate::wire::topic::{SLOTS_PER_TOPIC, Topic};

/// Limits of listening.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub topics_max: usize,
    /// The most clip slots; each has its own listener in Live.
    pub slots_max: usize,
}

/// The size of a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    pub tracks: usize,
    pub scenes: usize,
    pub returns: usize,
}

/// How many of the set's tracks are listened to, from the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    tracks: usize,
    listened: usize,
}

const OF_SET: [&str; 7] =
    ["tempo", "tracks", "scenes", "return_tracks", "master_volume", "master_devices", super::TRANSPORT];
const OF_RETURN: [&str; 2] = ["return_volume", "return_devices"];
const OF_TRACK: [&str; 7] =
    ["track_mute", "track_solo", "track_arm", "track_volume", "track_pan", "track_sends", "track_devices"];
const CLIPS: &str = "track_clips";

impl Bounds {
    /// The topics for a set of this size.
    pub fn topics(self, size: Size) -> Vec<Topic> {
        let of_set = OF_SET.map(|name| json!({"event": name})).into_iter();
        let of_returns =
            (0..size.returns).flat_map(|index| OF_RETURN.map(|name| json!({"event": name, "return_index": index})));
        let of_tracks = (0..self.extent(size).listened).flat_map(|track| {
            let blocks = (0..size.scenes).step_by(SLOTS_PER_TOPIC);
            let clips = blocks.map(move |row| json!({"event": CLIPS, "track_index": track, "clip_index": row}));
            OF_TRACK.map(|name| json!({"event": name, "track_index": track})).into_iter().chain(clips)
        });
        of_set.chain(of_returns).chain(of_tracks).filter_map(|topic| read(&topic)).take(self.topics_max).collect()
    }

    pub fn extent(self, size: Size) -> Extent {
        let of_track = OF_TRACK.len() + size.scenes.div_ceil(SLOTS_PER_TOPIC);
        let left = self.topics_max.saturating_sub(OF_SET.len() + size.returns * OF_RETURN.len());
        let listened = size.tracks.min(left / of_track).min(self.slots_max / size.scenes.max(1));
        Extent { tracks: size.tracks, listened }
    }
}

impl Extent {
    pub fn is_whole(self) -> bool {
        self.listened == self.tracks
    }

    pub fn event(self) -> Event {
        Event::new("listening").with("tracks", self.tracks).with("listened", self.listened)
    }
}

pub fn read(topic: &Value) -> Option<Topic> {
    topic.as_object().and_then(|topic| Topic::read(topic).ok())
}
