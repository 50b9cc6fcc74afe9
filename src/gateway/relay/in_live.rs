//! Changes that somebody makes in Live itself, as far as listeners see them: no command of ours caused them, and the trail tells of them.
//!
//! The script says of a value whether a command of its own was at work when it changed. What changes again and again is told once a
//! second, with the value from before and the newest one; beyond a bound, only how much there was.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::audit::Event;
use crate::line;
use crate::topic::Topic;

#[derive(Debug)]
pub struct InLive {
    topics_max: usize,
    rows_max: usize,
    detail_bytes_max: usize,
    /// The newest value of each topic.
    values: HashMap<Topic, Value>,
    /// What changed and is not told yet, in the order in which it changed first.
    changed: Vec<Changed>,
    /// The second that is running, and how many rows were written in it.
    since: Instant,
    rows: usize,
}

#[derive(Debug)]
struct Changed {
    topic: Topic,
    /// What its track was called then, if it is about one.
    name: Option<Value>,
    before: Value,
    value: Value,
}

/// Of the set, of each return track, and of each track.
const OF_SET: [&str; 5] = ["tempo", TRACKS, "scenes", "master_volume", TRANSPORT];
const TRACKS: &str = "tracks";
const TRANSPORT: &str = "transport";
/// Of the transport what stays as it was set; whether it plays or records is often the late effect of a command.
const SWITCHES: [&str; 3] = ["metronome", "loop", "arrangement_overdub"];
/// Live has so many at most; those that are not there have no value.
const RETURNS: usize = 12;
const OF_TRACK: [&str; 5] = ["track_mute", "track_solo", "track_arm", "track_volume", "track_pan"];
const WINDOW: Duration = Duration::from_secs(1);

impl InLive {
    /// So many topics are listened to, and so many rows a second are written, each of them with at most so much of the values.
    pub fn new(topics_max: usize, rows_max: usize, detail_bytes_max: usize) -> InLive {
        let (values, changed) = (HashMap::new(), Vec::new());
        InLive { topics_max, rows_max, detail_bytes_max, values, changed, since: Instant::now(), rows: 0 }
    }

    /// What is to be listened to, as far as it is known what there is.
    pub fn wanted(&self) -> Vec<Topic> {
        let of_set = OF_SET.map(|name| json!({"event": name})).into_iter();
        let of_returns = (0..RETURNS).map(|index| json!({"event": "return_volume", "return_index": index}));
        let tracks = self.names_of_tracks().len();
        let of_tracks = (0..tracks).flat_map(|track| OF_TRACK.map(|name| json!({"event": name, "track_index": track})));
        of_set.chain(of_returns).chain(of_tracks).filter_map(|topic| read(&topic)).take(self.topics_max).collect()
    }

    /// A topic has this value now. Whether something else is wanted since.
    pub fn hear(&mut self, topic: Topic, value: &Value, in_live: bool) -> bool {
        let value = as_set(topic, value);
        let before = self.values.insert(topic, value.clone());
        let structure = topic.name() == TRACKS;
        let (Some(before), true) = (before.filter(|before| *before != value), in_live) else { return structure };
        match self.changed.iter_mut().find(|changed| changed.topic == topic) {
            Some(changed) => changed.value = value,
            None => {
                let name = self.name_of_track(topic);
                self.changed.push(Changed { topic, name, before, value });
            }
        }
        structure
    }

    /// There is another script, or none: nothing is known of its set.
    pub fn forget(&mut self) {
        self.values.clear();
    }

    /// What the trail is to be told now.
    pub fn due(&mut self, now: Instant) -> Vec<Event> {
        match now.duration_since(self.since) < WINDOW || self.changed.is_empty() {
            true => Vec::new(),
            false => {
                (self.since, self.rows) = (now, 0);
                self.take()
            }
        }
    }

    /// What it is told at once, because a command of ours comes behind it: the trail keeps their order, as far as the bound goes.
    pub fn before_a_command(&mut self) -> Vec<Event> {
        match self.changed.len() <= self.rows_max.saturating_sub(self.rows) {
            true => self.take(),
            false => Vec::new(),
        }
    }

    /// Whether something waits to be told.
    pub fn is_owing(&self) -> bool {
        !self.changed.is_empty()
    }

    /// All that waits to be told.
    pub fn take(&mut self) -> Vec<Event> {
        let changed = std::mem::take(&mut self.changed);
        // What was changed back within the second is as it was.
        let mut lasting: Vec<Changed> = changed.into_iter().filter(|changed| changed.before != changed.value).collect();
        let beyond = lasting.split_off(lasting.len().min(self.rows_max)).len();
        self.rows += lasting.len();
        let mut events: Vec<Event> = lasting.into_iter().map(|changed| self.event(changed)).collect();
        if beyond > 0 {
            events.push(changed_in_live().with("count", beyond));
        }
        events
    }

    fn name_of_track(&self, topic: Topic) -> Option<Value> {
        let index = topic.to_map().get("track_index").and_then(Value::as_u64)?;
        self.names_of_tracks().get(usize::try_from(index).ok()?).cloned()
    }

    fn event(&self, Changed { topic, name, before, value }: Changed) -> Event {
        let topic = topic.to_map();
        let event = changed_in_live().with("topic", topic);
        let event = event.with_some("names", name.map(|name| json!({"track": [name]})));
        let values = Map::from_iter([("before".to_owned(), before), ("value".to_owned(), value)]);
        if line::ascii(&values).len() > self.detail_bytes_max {
            return event.with("omitted", true);
        }
        values.into_iter().fold(event, |event, (key, value)| event.with(&key, value))
    }

    fn names_of_tracks(&self) -> &[Value] {
        let names = read(&json!({"event": TRACKS})).and_then(|topic| self.values.get(&topic));
        names.and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

fn read(topic: &Value) -> Option<Topic> {
    topic.as_object().and_then(|topic| Topic::read(topic).ok())
}

/// Of a value what stays as somebody set it.
fn as_set(topic: Topic, value: &Value) -> Value {
    match value {
        Value::Object(members) if topic.name() == TRANSPORT => {
            let kept = members.iter().filter(|(name, _)| SWITCHES.contains(&name.as_str()));
            kept.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>().into()
        }
        _ => value.clone(),
    }
}

fn changed_in_live() -> Event {
    Event::new("changed_in_live")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(value: Value) -> Topic {
        Topic::read(value.as_object().expect("an object")).expect("a topic")
    }

    /// What is told, without its time.
    fn told(events: Vec<Event>) -> Vec<Value> {
        let bare = |event: &Event| {
            let mut row: Map<String, Value> = serde_json::from_str(&event.row(1).bytes).expect("an object");
            row.retain(|key, _| key != "time" && key != "kind");
            Value::Object(row)
        };
        events.iter().map(bare).collect()
    }

    fn listening(rows_max: usize) -> InLive {
        let mut in_live = InLive::new(100, rows_max, 200);
        assert!(in_live.hear(topic(json!({"event": "tracks"})), &json!(["Drums", "Vocals"]), false));
        for track in [0, 1] {
            in_live.hear(topic(json!({"event": "track_mute", "track_index": track})), &json!(false), false);
        }
        in_live
    }

    #[test]
    fn every_track_is_listened_to_as_far_as_the_bound_goes() {
        let always = OF_SET.len() + RETURNS;
        assert_eq!(listening(9).wanted().len(), always + 2 * OF_TRACK.len());
        assert_eq!(InLive::new(100, 9, 200).wanted().len(), always);
        assert_eq!(InLive::new(3, 9, 200).wanted().len(), 3);
        assert_eq!(InLive::new(0, 9, 200).wanted().len(), 0);
    }

    #[test]
    fn what_changes_often_is_told_once_a_second_from_the_first_value_to_the_last() {
        let mut in_live = listening(9);
        let (volume, start) = (topic(json!({"event": "track_volume", "track_index": 1})), in_live.since);
        in_live.hear(volume, &json!(0.85), false);
        for value in [0.5, 0.6, 0.7] {
            assert!(!in_live.hear(volume, &json!(value), true));
        }
        assert!(in_live.due(start + WINDOW / 2).is_empty());
        let topic = json!({"event": "track_volume", "track_index": 1});
        let expected = json!({"topic": topic, "names": {"track": ["Vocals"]}, "before": 0.85, "value": 0.7});
        assert_eq!(told(in_live.due(start + WINDOW)), [expected]);
        assert!(!in_live.is_owing());
    }

    #[test]
    fn what_a_command_of_ours_changed_or_what_is_as_it_was_is_not_told() {
        let mut in_live = listening(9);
        let (mute, start) = (topic(json!({"event": "track_mute", "track_index": 0})), in_live.since);
        in_live.hear(mute, &json!(true), true);
        in_live.hear(mute, &json!(false), true);
        in_live.hear(mute, &json!(true), false);
        assert_eq!(told(in_live.due(start + WINDOW)), Vec::<Value>::new());
    }

    #[test]
    fn that_the_set_plays_is_nobodys_change_and_the_metronome_is_somebodys() {
        let mut in_live = listening(9);
        let (transport, start) = (topic(json!({"event": "transport"})), in_live.since);
        for (plays, metronome) in [(false, false), (true, false), (true, true)] {
            in_live.hear(transport, &json!({"is_playing": plays, "metronome": metronome}), true);
            assert_eq!(in_live.is_owing(), metronome);
        }
        let told = told(in_live.due(start + WINDOW));
        assert_eq!(
            (&told[0]["before"], &told[0]["value"]),
            (&json!({"metronome": false}), &json!({"metronome": true}))
        );
    }

    #[test]
    fn what_comes_before_a_command_of_ours_is_told_before_it_within_the_bound() {
        let mut in_live = listening(1);
        for (track, rows) in [(0, 1), (1, 0)] {
            in_live.hear(topic(json!({"event": "track_mute", "track_index": track})), &json!(true), true);
            assert_eq!(in_live.before_a_command().len(), rows);
        }
        assert!(in_live.is_owing());
        let start = in_live.since;
        assert_eq!(told(in_live.due(start + WINDOW)).len(), 1);
    }

    #[test]
    fn beyond_the_bound_it_is_counted() {
        let mut in_live = listening(1);
        let start = in_live.since;
        for track in [0, 1] {
            in_live.hear(topic(json!({"event": "track_mute", "track_index": track})), &json!(true), true);
        }
        let told = told(in_live.due(start + WINDOW));
        assert_eq!((told.len(), &told[0]["names"], &told[1]), (2, &json!({"track": ["Drums"]}), &json!({"count": 1})));
    }
}
