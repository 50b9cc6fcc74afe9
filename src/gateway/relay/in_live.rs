//! Changes that somebody makes in Live itself, as far as listeners see them: no command of ours caused them, and the trail tells of them.
//!
//! The script says of a value whether a command of its own was at work when it changed. What changes again and again is told once a
//! second, with the value from before and the newest one; beyond a bound, only how much there was.

mod extent;
mod values;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use self::extent::{Extent, Size, read};
use self::values::{Different, kind_named};
use crate::audit::Event;
use crate::wire::line;
use crate::wire::topic::Topic;

pub use self::extent::Bounds;

#[derive(Debug)]
pub struct InLive {
    bounds: Bounds,
    rows_max: usize,
    detail_bytes_max: usize,
    /// The newest value of each topic.
    values: HashMap<Topic, Value>,
    /// What changed and is not told yet, in the order in which it changed first.
    changed: Vec<Changed>,
    /// What the trail was told last of how much is listened to; nothing while that is everything.
    told: Option<Extent>,
    /// The second that is running, and how many rows were written in it.
    since: Instant,
    rows: usize,
}

#[derive(Debug)]
struct Changed {
    topic: Topic,
    /// What its track was called then, if it is about one.
    names: Map<String, Value>,
    before: Value,
    value: Value,
}

const TRANSPORT: &str = "transport";
/// Of the transport what stays as it was set; whether it plays or records is often the late effect of a command.
const SWITCHES: [&str; 3] = ["metronome", "loop", "arrangement_overdub"];
const WINDOW: Duration = Duration::from_secs(1);

impl InLive {
    /// So much is listened to, and so many rows a second are written, each of them with at most so much of the values.
    pub fn new(bounds: Bounds, rows_max: usize, detail_bytes_max: usize) -> InLive {
        let (values, changed) = (HashMap::new(), Vec::new());
        InLive { bounds, rows_max, detail_bytes_max, values, changed, told: None, since: Instant::now(), rows: 0 }
    }

    /// What is to be listened to, as far as it is known what there is.
    pub fn wanted(&self) -> Vec<Topic> {
        self.bounds.topics(self.size())
    }

    /// A topic has this value now. Whether something else is wanted since.
    pub fn hear(&mut self, topic: Topic, value: &Value, in_live: bool) -> bool {
        let size = self.size();
        let value = as_set(topic, value);
        let before = self.values.insert(topic, value.clone());
        if let (Some(before), true) = (before.filter(|before| *before != value), in_live) {
            match self.changed.iter_mut().find(|changed| changed.topic == topic) {
                Some(changed) => changed.value = value,
                None => {
                    let names = self.names_of_track(topic);
                    self.changed.push(Changed { topic, names, before, value });
                }
            }
        }
        self.size() != size
    }

    pub fn knows(&self, topic: &Topic) -> bool {
        self.values.contains_key(topic)
    }

    /// There is another script, or none: nothing is known of its set.
    pub fn forget(&mut self) {
        self.values.clear();
    }

    /// What the trail is to be told now.
    pub fn due(&mut self, now: Instant) -> Vec<Event> {
        match now.duration_since(self.since) < WINDOW || !self.is_owing() {
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
        !self.changed.is_empty() || self.untold_extent().is_some()
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
        if let Some(extent) = self.untold_extent() {
            self.told = (!extent.is_whole()).then_some(extent);
            events.push(extent.event());
        }
        events
    }

    /// How much is listened to, if the trail takes it to be something else.
    fn untold_extent(&self) -> Option<Extent> {
        let is_known = ["tracks", "scenes", "return_tracks"].iter().all(|list| self.names_of(list).is_some());
        let extent = self.bounds.extent(self.size());
        let told = self.told.map_or(extent.is_whole(), |told| told == extent);
        (is_known && !told).then_some(extent)
    }

    fn size(&self) -> Size {
        let count = |list| self.names_of(list).map_or(0, Vec::len);
        Size { tracks: count("tracks"), scenes: count("scenes"), returns: count("return_tracks") }
    }

    fn names_of(&self, list: &str) -> Option<&Vec<Value>> {
        self.values.get(&read(&json!({"event": list}))?)?.as_array()
    }

    /// What the track or return that a topic is about is called.
    fn names_of_track(&self, topic: Topic) -> Map<String, Value> {
        let indexes = topic.to_map();
        let name = |index: &str, list: &str| {
            let index = usize::try_from(indexes.get(index)?.as_u64()?).ok()?;
            self.names_of(list)?.get(index).cloned()
        };
        let kinds = [("track", name("track_index", "tracks")), ("return", name("return_index", "return_tracks"))];
        kinds.into_iter().filter_map(|(kind, name)| Some((kind.to_owned(), json!([name?])))).collect()
    }

    fn event(&self, Changed { topic, mut names, before, value }: Changed) -> Event {
        let different = Different::between(topic, before, value);
        let mut values = different.members();
        let named = kind_named(topic).zip(Some(values::names(&values))).filter(|(_, names)| !names.is_empty());
        let is_too_much = line::ascii(&values).len() > self.detail_bytes_max;
        if is_too_much {
            values = Map::from_iter([("omitted".to_owned(), true.into())]);
        } else if let Some((kind, named)) = named {
            names.insert(kind.to_owned(), named.into());
        }
        let event = changed_in_live().with("topic", place(topic));
        let event = event.with_some("names", (!names.is_empty()).then_some(names));
        values.into_iter().fold(event, |event, (key, value)| event.with(&key, value))
    }
}

/// Of a topic what says which object it is about. Rows are named by the values themselves, not by where the script begins to count.
fn place(topic: Topic) -> Map<String, Value> {
    let mut fields = topic.to_map();
    if kind_named(topic) == Some("clip") {
        fields.remove("clip_index");
    }
    fields
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
mod tests;
