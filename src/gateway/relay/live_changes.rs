//! Records changes made in Live itself, as far as listeners detect them.
//!
//! The script marks values that changed while no command ran. A value that changes repeatedly is recorded once a second, with the value before and
//! the newest one. Beyond a limit, only the number of changes is recorded.

mod extent;
mod values;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use self::extent::{Extent, Size, read};
use self::values::{ValueDifference, kind_named};
use crate::audit::Event;
use crate::gateway::record::SetNames;
use crate::wire::line;
use crate::wire::topic::Topic;

pub use self::extent::Bounds;

#[derive(Debug)]
pub struct LiveChanges {
    bounds: Bounds,
    rows_max: usize,
    detail_bytes_max: usize,
    /// The newest value of each topic.
    values: HashMap<Topic, Value>,
    /// Changes to be recorded, in the order of their first change.
    changed: Vec<Changed>,
    /// The last recorded extent of the listeners. `None` while they cover the whole set.
    recorded: Option<Extent>,
    /// Whether a list of names has changed.
    has_new_names: bool,
    /// The start of the current second, and the rows written in it.
    since: Instant,
    rows: usize,
}

#[derive(Debug)]
struct Changed {
    topic: Topic,
    /// The name of its track at that time, if any.
    names: Map<String, Value>,
    before: Value,
    value: Value,
}

const TRANSPORT: &str = "transport";
/// Topics whose values are lists of names.
const LISTS: [&str; 3] = ["tracks", "scenes", "return_tracks"];
/// Transport values to record. Others, such as playing and recording, often change as a late effect of commands.
const SWITCHES: [&str; 3] = ["metronome", "loop", "arrangement_overdub"];
const WINDOW: Duration = Duration::from_secs(1);

impl LiveChanges {
    /// `bounds` limits the listeners, `rows_max` the rows per second, `detail_bytes_max` the bytes of values in each row.
    pub fn new(bounds: Bounds, rows_max: usize, detail_bytes_max: usize) -> LiveChanges {
        let values = HashMap::new();
        let changed = Vec::new();
        let recorded = None;
        let has_new_names = false;
        let since = Instant::now();
        LiveChanges { bounds, rows_max, detail_bytes_max, values, changed, recorded, has_new_names, since, rows: 0 }
    }

    /// The topics to subscribe to, by the known size of the set.
    pub fn topics(&self) -> Vec<Topic> {
        self.bounds.topics(self.size())
    }

    /// Store the new value of a topic. Returns whether the topics to subscribe to have changed.
    pub fn on_value(&mut self, topic: Topic, value: &Value, in_live: bool) -> bool {
        let size = self.size();
        let value = as_set(topic, value);
        let before = self.values.insert(topic, value.clone());
        self.has_new_names |= LISTS.contains(&topic.name());
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

    /// The names in the set, if a list of names has changed.
    pub fn take_names(&mut self) -> Option<SetNames> {
        let has_new = std::mem::take(&mut self.has_new_names);
        let list = |name| SetNames::list(self.value_of(name).unwrap_or(&Value::Null));
        has_new.then(|| SetNames { tracks: list("tracks"), returns: list("return_tracks"), scenes: list("scenes") })
    }

    pub fn knows(&self, topic: &Topic) -> bool {
        self.values.contains_key(topic)
    }

    /// The script has disconnected or was replaced: forget its set.
    pub fn forget(&mut self) {
        self.values.clear();
    }

    /// The events that are due at `now`.
    pub fn due(&mut self, now: Instant) -> Vec<Event> {
        if now.duration_since(self.since) < WINDOW || !self.has_pending() {
            Vec::new()
        } else {
            self.since = now;
            self.rows = 0;
            self.take()
        }
    }

    /// The events to record before a command is sent, so that rows keep the order of changes. The limit still applies.
    pub fn before_a_command(&mut self) -> Vec<Event> {
        if self.changed.len() <= self.rows_max.saturating_sub(self.rows) { self.take() } else { Vec::new() }
    }

    /// Whether changes wait to be recorded.
    pub fn has_pending(&self) -> bool {
        !self.changed.is_empty() || self.unwatched_extent().is_some()
    }

    /// Events for all waiting changes.
    pub fn take(&mut self) -> Vec<Event> {
        let changed = std::mem::take(&mut self.changed);
        // A value that changed back within the second has not changed.
        let mut lasting: Vec<Changed> = changed.into_iter().filter(|changed| changed.before != changed.value).collect();
        let beyond = lasting.split_off(lasting.len().min(self.rows_max)).len();
        self.rows += lasting.len();
        let mut events: Vec<Event> = lasting.into_iter().map(|changed| self.event(changed)).collect();
        if beyond > 0 {
            events.push(changed_in_live().with("count", beyond));
        }
        if let Some(extent) = self.unwatched_extent() {
            self.recorded = (!extent.is_whole()).then_some(extent);
            events.push(extent.event());
        }
        events
    }

    /// The extent of the listeners, if it differs from the recorded one.
    fn unwatched_extent(&self) -> Option<Extent> {
        let is_known = LISTS.iter().all(|list| self.names_of(list).is_some());
        let extent = self.bounds.extent(self.size());
        let is_recorded = self.recorded.map_or(extent.is_whole(), |recorded| recorded == extent);
        (is_known && !is_recorded).then_some(extent)
    }

    fn size(&self) -> Size {
        let count = |list| self.names_of(list).map_or(0, Vec::len);
        Size { tracks: count("tracks"), scenes: count("scenes"), returns: count("return_tracks") }
    }

    fn names_of(&self, list: &str) -> Option<&Vec<Value>> {
        self.value_of(list)?.as_array()
    }

    fn value_of(&self, list: &str) -> Option<&Value> {
        self.values.get(&read(&json!({"event": list}))?)
    }

    /// The name of the track or return of a topic.
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
        let different = ValueDifference::between(topic, before, value);
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

/// The parameters that identify the object of a topic.
fn place(topic: Topic) -> Map<String, Value> {
    let mut fields = topic.to_map();
    if kind_named(topic) == Some("clip") {
        fields.remove("clip_index");
    }
    fields
}

/// The parts of a value that only a user or a command sets.
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
