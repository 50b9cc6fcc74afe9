//! Who hears of what: the subscriptions of all connections, carried over the one connection to the script.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};

use bytes::Bytes;
use serde_json::{Map, Value};

use super::in_live::InLive;
use super::link::{Change, Link};
use crate::replies::answers::Outlet;
use crate::wire::line;
use crate::wire::refusal::{Code, Refusal};
use crate::wire::topic::Topic;

#[derive(Debug)]
pub struct Subscriptions {
    topics: HashMap<Topic, Subscribed>,
    /// Of these, what the trail wants to hear of.
    of_trail: HashSet<Topic>,
    pub in_live: InLive,
    topics_max: usize,
    per_connection_max: usize,
    /// What the script has been told to tell, and has answered.
    told: HashSet<Topic>,
    /// What it is being told, one thing at a time, and under which id.
    telling: Option<(u64, Change)>,
    /// Whether `told` may differ from `topics`.
    is_behind: bool,
    set_epoch: Option<i64>,
}

/// A topic that somebody has subscribed to.
#[derive(Debug, Default)]
struct Subscribed {
    subscribers: Vec<Subscriber>,
    /// The last line that was told, for whoever comes later.
    last: Option<Bytes>,
    seq: u64,
    /// The number of the script's last value; it begins anew with every loading of a set.
    script_seq: u64,
}

const TOPICS_PER_LINE: usize = 1_024;

/// A connection, in the time of one caller.
#[derive(Debug)]
struct Subscriber {
    outlet: Weak<Outlet>,
    generation: u64,
}

impl Subscriber {
    fn new(outlet: &Arc<Outlet>) -> Subscriber {
        Subscriber { outlet: Arc::downgrade(outlet), generation: outlet.mailbox.generation() }
    }

    fn is(&self, outlet: &Arc<Outlet>) -> bool {
        std::ptr::eq(self.outlet.as_ptr(), Arc::as_ptr(outlet)) && self.generation == outlet.mailbox.generation()
    }

    fn is_there(&self) -> bool {
        self.outlet.upgrade().is_some_and(|outlet| outlet.mailbox.generation() == self.generation)
    }

    fn tell(&self, topic: Topic, line: &Bytes) {
        if let Some(outlet) = self.outlet.upgrade() {
            outlet.mailbox.put(self.generation, topic, line.clone());
        }
    }
}

impl Subscriptions {
    pub fn new(topics_max: usize, per_connection_max: usize, in_live: InLive) -> Subscriptions {
        Subscriptions {
            topics: HashMap::new(),
            of_trail: HashSet::new(),
            in_live,
            topics_max,
            per_connection_max,
            told: HashSet::new(),
            telling: None,
            is_behind: false,
            set_epoch: None,
        }
    }

    /// Subscribe a connection; how many topics it has then.
    pub fn add(&mut self, outlet: &Arc<Outlet>, topics: &[Topic]) -> Result<usize, Refusal> {
        let mailbox = &outlet.mailbox;
        let news: Vec<Topic> = topics.iter().filter(|topic| !mailbox.has(topic)).copied().collect();
        if mailbox.count() + news.len() > self.per_connection_max {
            let message = format!("a connection has at most {} topics", self.per_connection_max);
            return Err(Refusal::new(Code::InvalidParams, message));
        }
        if !self.has_room_for(topics) {
            self.prune();
        }
        if !self.has_room_for(topics) {
            return Err(Refusal::new(Code::Overloaded, "too many topics are subscribed to; unsubscribe from some"));
        }
        for topic in &news {
            mailbox.subscribe(*topic);
            self.topics.entry(*topic).or_default().subscribers.push(Subscriber::new(outlet));
        }
        for topic in topics {
            self.tell_what_is_known(outlet, *topic);
        }
        self.is_behind |= !news.is_empty();
        Ok(mailbox.count())
    }

    /// Unsubscribe a connection; how many topics it has then.
    pub fn remove(&mut self, outlet: &Arc<Outlet>, topics: &[Topic]) -> usize {
        for topic in topics.iter().filter(|topic| outlet.mailbox.unsubscribe(topic)) {
            if let Some(subscribed) = self.topics.get_mut(topic) {
                subscribed.subscribers.retain(|subscriber| !subscriber.is(outlet));
                if subscribed.subscribers.is_empty() && !self.of_trail.contains(topic) {
                    self.topics.remove(topic);
                    self.is_behind = true;
                }
            }
        }
        outlet.mailbox.count()
    }

    /// Forget connections that are gone, and the topics that only they wanted.
    pub fn prune(&mut self) {
        let before = self.topics.len();
        self.topics.retain(|topic, subscribed| {
            subscribed.subscribers.retain(Subscriber::is_there);
            !subscribed.subscribers.is_empty() || self.of_trail.contains(topic)
        });
        self.is_behind |= self.topics.len() != before;
    }

    /// What the trail wants to hear of from now on. It has room beside that of the callers.
    fn hear_for_trail(&mut self) {
        self.of_trail = self.in_live.wanted().into_iter().collect();
        for topic in &self.of_trail {
            let subscribed = self.topics.entry(*topic).or_default();
            // What somebody else has subscribed to before is not told again.
            if let (Some(value), false) = (subscribed.value(), self.in_live.knows(topic)) {
                self.in_live.hear(*topic, &value, false);
            }
        }
        self.is_behind = true;
        self.prune();
    }

    /// Tell the script what somebody wants to hear of, or nobody any more: one line at a time, until it has answered.
    pub fn tell(&mut self, link: &mut Link, next_id: &mut u64) {
        if self.telling.is_some() || !self.is_behind || !link.has_room() {
            return;
        }
        let Some(change) = self.next_change() else {
            self.is_behind = false;
            return;
        };
        *next_id += 1;
        // What does not leave is told again.
        if link.subscribe(*next_id, &change).is_ok() {
            self.telling = Some((*next_id, change));
        }
    }

    /// Whether this is the script's answer to that. Told too late it is told again; another refusal would only be repeated.
    pub fn hear(&mut self, id: u64, answer: &Map<String, Value>) -> bool {
        let Some((_, change)) = self.telling.take_if(|(telling, _)| *telling == id) else { return false };
        if answer.get("code").and_then(Value::as_str) == Some(Code::Expired.name()) {
            return true;
        }
        if answer.get("ok") != Some(&Value::Bool(true)) {
            let error = answer.get("error").map(ToString::to_string);
            tracing::warn!(error, "the script refused a subscription");
        }
        match change.action {
            "subscribe" => self.told.extend(change.topics),
            _ => change.topics.iter().for_each(|topic| _ = self.told.remove(topic)),
        }
        true
    }

    fn next_change(&self) -> Option<Change> {
        let unheard = self.topics.keys().filter(|topic| !topic.is_set_load() && !self.told.contains(topic));
        let unheard: Vec<Topic> = unheard.take(TOPICS_PER_LINE).copied().collect();
        if !unheard.is_empty() {
            return Some(Change { action: "subscribe", topics: unheard });
        }
        let unwanted = self.told.iter().filter(|topic| !self.topics.contains_key(topic));
        let unwanted: Vec<Topic> = unwanted.take(TOPICS_PER_LINE).copied().collect();
        (!unwanted.is_empty()).then_some(Change { action: "unsubscribe", topics: unwanted })
    }

    /// There is another script, or none: what it was told is forgotten, and what it told is no longer so.
    pub fn forget_script(&mut self) {
        (self.telling, self.is_behind) = (None, true);
        self.told.clear();
        self.in_live.forget();
        self.hear_for_trail();
        for subscribed in self.topics.values_mut().filter(|subscribed| subscribed.script_seq > 0) {
            (subscribed.script_seq, subscribed.last) = (0, None);
        }
    }

    fn has_room_for(&self, topics: &[Topic]) -> bool {
        let wanted = |topic: &&Topic| self.topics.get(topic).is_some_and(|topic| !topic.subscribers.is_empty());
        let news = topics.iter().filter(|topic| !wanted(topic)).count();
        self.topics.keys().filter(wanted).count() + news <= self.topics_max
    }

    /// Whoever comes later hears the value as it is.
    fn tell_what_is_known(&mut self, outlet: &Arc<Outlet>, topic: Topic) {
        let Some(subscribed) = self.topics.get_mut(&topic) else { return };
        match (&subscribed.last, self.set_epoch) {
            (Some(last), _) => Subscriber::new(outlet).tell(topic, last),
            (None, Some(epoch)) if topic.is_set_load() => {
                subscribed.seq += 1;
                subscribed.tell(topic, &epoch.into());
            }
            _ => (),
        }
    }

    /// Pass a value of the script's on. A gap in its numbers stays a gap.
    pub fn publish(&mut self, mut event: Map<String, Value>) -> Option<()> {
        event.remove("clock_ms");
        let in_live = event.remove("in_live").is_some();
        let value = event.remove("value")?;
        let script_seq = event.remove("seq").and_then(|seq| seq.as_u64())?;
        let topic = Topic::read(&event).ok()?;
        let subscribed = self.topics.get_mut(&topic)?;
        subscribed.seq += script_seq.saturating_sub(subscribed.script_seq).max(1);
        subscribed.script_seq = script_seq;
        subscribed.tell(topic, &value);
        if self.of_trail.contains(&topic) && self.in_live.hear(topic, &value, in_live) {
            self.hear_for_trail();
        }
        Some(())
    }

    /// Tell that another set was loaded, if it is another one.
    pub fn set_loaded(&mut self, set_epoch: i64) {
        if self.set_epoch.replace(set_epoch) == Some(set_epoch) {
            return;
        }
        for (topic, subscribed) in self.topics.iter_mut().filter(|(topic, _)| topic.is_set_load()) {
            subscribed.seq += 1;
            subscribed.tell(*topic, &set_epoch.into());
        }
    }
}

impl Subscribed {
    fn tell(&mut self, topic: Topic, value: &Value) {
        let mut event = topic.to_map();
        event.insert("value".into(), value.clone());
        event.insert("seq".into(), self.seq.into());
        let line = Bytes::from(line::encode(&event));
        self.subscribers.iter().for_each(|subscriber| subscriber.tell(topic, &line));
        self.last = Some(line);
    }

    fn value(&self) -> Option<Value> {
        let mut event: Map<String, Value> = serde_json::from_slice(self.last.as_ref()?).ok()?;
        event.remove("value")
    }
}
