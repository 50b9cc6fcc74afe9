//! The subscriptions of all connections, multiplexed over the one connection to the script.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};

use bytes::Bytes;
use serde_json::{Map, Value};

use super::link::{Change, Link};
use super::live_changes::LiveChanges;
use crate::replies::answers::ConnectionHandle;
use crate::wire::line;
use crate::wire::refusal::{Code, Refusal};
use crate::wire::topic::Topic;

#[derive(Debug)]
pub struct Subscriptions {
    topics: HashMap<Topic, Subscribed>,
    /// The topics that the trail subscribes to.
    of_trail: HashSet<Topic>,
    pub in_live: LiveChanges,
    topics_max: usize,
    per_connection_max: usize,
    /// The topics that the script has confirmed.
    confirmed: HashSet<Topic>,
    /// The change that the script has not confirmed yet, and its id. At most one at a time.
    pending: Option<(u64, Change)>,
    /// Whether `confirmed` may differ from `topics`.
    is_behind: bool,
    set_epoch: Option<i64>,
}

/// A topic with subscribers.
#[derive(Debug, Default)]
struct Subscribed {
    subscribers: Vec<Subscriber>,
    /// The last line, for new subscribers.
    last: Option<Bytes>,
    seq: u64,
    /// The number of the last value of the script. It restarts with each loaded set.
    script_seq: u64,
}

const TOPICS_PER_LINE: usize = 1_024;

/// A connection, for as long as its caller stays the same.
#[derive(Debug)]
struct Subscriber {
    connection_handle: Weak<ConnectionHandle>,
    generation: u64,
}

impl Subscriber {
    fn new(connection_handle: &Arc<ConnectionHandle>) -> Subscriber {
        Subscriber {
            connection_handle: Arc::downgrade(connection_handle),
            generation: connection_handle.mailbox.generation(),
        }
    }

    fn is(&self, connection_handle: &Arc<ConnectionHandle>) -> bool {
        std::ptr::eq(self.connection_handle.as_ptr(), Arc::as_ptr(connection_handle))
            && self.generation == connection_handle.mailbox.generation()
    }

    fn is_there(&self) -> bool {
        self.connection_handle
            .upgrade()
            .is_some_and(|connection_handle| connection_handle.mailbox.generation() == self.generation)
    }

    fn deliver(&self, topic: Topic, line: &Bytes) {
        if let Some(connection_handle) = self.connection_handle.upgrade() {
            connection_handle.mailbox.put(self.generation, topic, line.clone());
        }
    }
}

impl Subscriptions {
    pub fn new(topics_max: usize, per_connection_max: usize, in_live: LiveChanges) -> Subscriptions {
        Subscriptions {
            topics: HashMap::new(),
            of_trail: HashSet::new(),
            in_live,
            topics_max,
            per_connection_max,
            confirmed: HashSet::new(),
            pending: None,
            is_behind: false,
            set_epoch: None,
        }
    }

    /// Subscribe a connection; returns the number of its topics.
    pub fn add(&mut self, connection_handle: &Arc<ConnectionHandle>, topics: &[Topic]) -> Result<usize, Refusal> {
        let mailbox = &connection_handle.mailbox;
        let news: Vec<Topic> = topics.iter().filter(|topic| !mailbox.has(topic)).copied().collect();
        if mailbox.count() + news.len() > self.per_connection_max {
            let message = format!("a connection has at most {} topics", self.per_connection_max);
            return Err(Refusal::new(Code::InvalidParams, message));
        }
        if !self.has_capacity_for(topics) {
            self.prune();
        }
        if !self.has_capacity_for(topics) {
            return Err(Refusal::new(Code::Overloaded, "too many topics are subscribed to; unsubscribe from some"));
        }
        for topic in &news {
            mailbox.subscribe(*topic);
            self.topics.entry(*topic).or_default().subscribers.push(Subscriber::new(connection_handle));
        }
        for topic in topics {
            self.deliver_current(connection_handle, *topic);
        }
        self.is_behind |= !news.is_empty();
        Ok(mailbox.count())
    }

    /// Unsubscribe a connection; returns the number of its topics.
    pub fn remove(&mut self, connection_handle: &Arc<ConnectionHandle>, topics: &[Topic]) -> usize {
        for topic in topics.iter().filter(|topic| connection_handle.mailbox.unsubscribe(topic)) {
            if let Some(subscribed) = self.topics.get_mut(topic) {
                subscribed.subscribers.retain(|subscriber| !subscriber.is(connection_handle));
                if subscribed.subscribers.is_empty() && !self.of_trail.contains(topic) {
                    self.topics.remove(topic);
                    self.is_behind = true;
                }
            }
        }
        connection_handle.mailbox.count()
    }

    /// Remove closed connections, and then topics without subscribers.
    pub fn prune(&mut self) {
        let before = self.topics.len();
        self.topics.retain(|topic, subscribed| {
            subscribed.subscribers.retain(Subscriber::is_there);
            !subscribed.subscribers.is_empty() || self.of_trail.contains(topic)
        });
        self.is_behind |= self.topics.len() != before;
    }

    /// Set the trail's topics. They do not count in the limit for callers.
    fn subscribe_for_trail(&mut self) {
        self.of_trail = self.in_live.topics().into_iter().collect();
        for topic in &self.of_trail {
            let subscribed = self.topics.entry(*topic).or_default();
            // A topic with other subscribers is subscribed to already.
            if let (Some(value), false) = (subscribed.value(), self.in_live.knows(topic)) {
                self.in_live.on_value(*topic, &value, false);
            }
        }
        self.is_behind = true;
        self.prune();
    }

    /// Send the script the next change of subscriptions, one line at a time, once the previous one is answered.
    pub fn send_next(&mut self, link: &mut Link, next_id: &mut u64) {
        if self.pending.is_some() || !self.is_behind || !link.has_capacity() {
            return;
        }
        let Some(change) = self.next_change() else {
            self.is_behind = false;
            return;
        };
        *next_id += 1;
        // Send a change again that was not sent.
        if link.subscribe(*next_id, &change).is_ok() {
            self.pending = Some((*next_id, change));
        }
    }

    /// Handle the script's answer to a change; returns whether `id` is one. An expired change is sent again; any other refusal would be repeated.
    pub fn on_answer(&mut self, id: u64, answer: &Map<String, Value>) -> bool {
        let Some((_, change)) = self.pending.take_if(|(pending, _)| *pending == id) else { return false };
        if answer.get("code").and_then(Value::as_str) == Some(Code::Expired.name()) {
            return true;
        }
        if answer.get("ok") != Some(&Value::Bool(true)) {
            let error = answer.get("error").map(ToString::to_string);
            tracing::warn!(error, "the script refused a subscription");
        }
        match change.action {
            "subscribe" => self.confirmed.extend(change.topics),
            _ => change.topics.iter().for_each(|topic| _ = self.confirmed.remove(topic)),
        }
        true
    }

    fn next_change(&self) -> Option<Change> {
        let unsubscribed = self.topics.keys().filter(|topic| !topic.is_of_gateway() && !self.confirmed.contains(topic));
        let unsubscribed: Vec<Topic> = unsubscribed.take(TOPICS_PER_LINE).copied().collect();
        if !unsubscribed.is_empty() {
            return Some(Change { action: "subscribe", topics: unsubscribed });
        }
        let unwanted = self.confirmed.iter().filter(|topic| !self.topics.contains_key(topic));
        let unwanted: Vec<Topic> = unwanted.take(TOPICS_PER_LINE).copied().collect();
        (!unwanted.is_empty()).then_some(Change { action: "unsubscribe", topics: unwanted })
    }

    /// The script has disconnected or was replaced: forget its subscriptions and values.
    pub fn forget_script(&mut self) {
        self.pending = None;
        self.is_behind = true;
        self.confirmed.clear();
        self.in_live.forget();
        self.subscribe_for_trail();
        for subscribed in self.topics.values_mut().filter(|subscribed| subscribed.script_seq > 0) {
            subscribed.script_seq = 0;
            subscribed.last = None;
        }
    }

    fn has_capacity_for(&self, topics: &[Topic]) -> bool {
        let wanted = |topic: &&Topic| self.topics.get(topic).is_some_and(|topic| !topic.subscribers.is_empty());
        let news = topics.iter().filter(|topic| !wanted(topic)).count();
        self.topics.keys().filter(wanted).count() + news <= self.topics_max
    }

    /// Deliver the current value to a new subscriber.
    fn deliver_current(&mut self, connection_handle: &Arc<ConnectionHandle>, topic: Topic) {
        let Some(subscribed) = self.topics.get_mut(&topic) else { return };
        match (&subscribed.last, self.set_epoch) {
            (Some(last), _) => Subscriber::new(connection_handle).deliver(topic, last),
            (None, Some(epoch)) if topic.is_set_load() => {
                subscribed.seq += 1;
                subscribed.publish(topic, &epoch.into());
            }
            _ => (),
        }
    }

    /// Publish a value from the script. A gap in its numbers is passed on.
    pub fn publish(&mut self, mut event: Map<String, Value>) -> Option<()> {
        event.remove("clock_ms");
        let in_live = event.remove("in_live").is_some();
        let value = event.remove("value")?;
        let script_seq = event.remove("seq").and_then(|seq| seq.as_u64())?;
        let topic = Topic::read(&event).ok()?;
        let subscribed = self.topics.get_mut(&topic)?;
        subscribed.seq += script_seq.saturating_sub(subscribed.script_seq).max(1);
        subscribed.script_seq = script_seq;
        subscribed.publish(topic, &value);
        if self.of_trail.contains(&topic) && self.in_live.on_value(topic, &value, in_live) {
            self.subscribe_for_trail();
        }
        Some(())
    }

    /// Publish the number of pending proposals.
    pub fn set_waiting(&mut self, waiting: usize) {
        for (topic, subscribed) in self.topics.iter_mut().filter(|(topic, _)| topic.is_approvals()) {
            subscribed.seq += 1;
            subscribed.publish(*topic, &waiting.into());
        }
    }

    /// Publish that another set was loaded, if so.
    pub fn set_loaded(&mut self, set_epoch: i64) {
        if self.set_epoch.replace(set_epoch) == Some(set_epoch) {
            return;
        }
        for (topic, subscribed) in self.topics.iter_mut().filter(|(topic, _)| topic.is_set_load()) {
            subscribed.seq += 1;
            subscribed.publish(*topic, &set_epoch.into());
        }
    }
}

impl Subscribed {
    fn publish(&mut self, topic: Topic, value: &Value) {
        let mut event = topic.to_map();
        event.insert("value".into(), value.clone());
        event.insert("seq".into(), self.seq.into());
        let line = Bytes::from(line::encode(&event));
        self.subscribers.iter().for_each(|subscriber| subscriber.deliver(topic, &line));
        self.last = Some(line);
    }

    fn value(&self) -> Option<Value> {
        let mut event: Map<String, Value> = serde_json::from_slice(self.last.as_ref()?).ok()?;
        event.remove("value")
    }
}
