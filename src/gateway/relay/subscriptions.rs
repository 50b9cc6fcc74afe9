//! Who hears of what: the subscriptions of all connections, carried over the one connection to the script.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::answers::Outlet;
use crate::line;
use crate::refusal::{Code, Refusal};
use crate::topic::Topic;

#[derive(Debug)]
pub struct Subscriptions {
    topics: HashMap<Topic, Subscribed>,
    topics_max: usize,
    per_connection_max: usize,
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
    pub fn new(topics_max: usize, per_connection_max: usize) -> Subscriptions {
        Subscriptions { topics: HashMap::new(), topics_max, per_connection_max }
    }

    /// Subscribe a connection. What comes back are the topics that the script has to be asked for.
    pub fn add(&mut self, outlet: &Arc<Outlet>, topics: &[Topic]) -> Result<Vec<Topic>, Refusal> {
        let of_connection = self.count(outlet) + topics.iter().filter(|topic| !self.has(outlet, topic)).count();
        if of_connection > self.per_connection_max {
            let message = format!("a connection has at most {} topics", self.per_connection_max);
            return Err(Refusal::new(Code::InvalidParams, message));
        }
        let unheard: Vec<Topic> = topics.iter().filter(|topic| !self.topics.contains_key(topic)).copied().collect();
        if self.topics.len() + unheard.len() > self.topics_max {
            return Err(Refusal::new(Code::Overloaded, "too many topics are subscribed to; unsubscribe from some"));
        }
        for topic in topics {
            let subscribed = self.topics.entry(*topic).or_default();
            if !subscribed.subscribers.iter().any(|subscriber| subscriber.is(outlet)) {
                subscribed.subscribers.push(Subscriber::new(outlet));
            }
            if let Some(last) = &subscribed.last {
                Subscriber::new(outlet).tell(*topic, last);
            }
        }
        Ok(unheard)
    }

    /// Unsubscribe a connection. What comes back are the topics of which nobody wants to hear any more.
    pub fn remove(&mut self, outlet: &Arc<Outlet>, topics: &[Topic]) -> Vec<Topic> {
        for topic in topics {
            if let Some(subscribed) = self.topics.get_mut(topic) {
                subscribed.subscribers.retain(|subscriber| !subscriber.is(outlet));
            }
            outlet.mailbox.remove(topic);
        }
        self.prune()
    }

    /// Forget connections that are gone; what comes back are the topics that only they wanted.
    pub fn prune(&mut self) -> Vec<Topic> {
        let mut unwanted = Vec::new();
        self.topics.retain(|topic, subscribed| {
            subscribed.subscribers.retain(Subscriber::is_there);
            if subscribed.subscribers.is_empty() {
                unwanted.push(*topic);
            }
            !subscribed.subscribers.is_empty()
        });
        unwanted
    }

    /// How many topics a connection has.
    pub fn count(&self, outlet: &Arc<Outlet>) -> usize {
        self.topics.keys().filter(|topic| self.has(outlet, topic)).count()
    }

    /// All topics, to ask a script for that has just been made.
    pub fn all(&mut self) -> Vec<Topic> {
        for subscribed in self.topics.values_mut() {
            subscribed.script_seq = 0;
        }
        self.topics.keys().copied().collect()
    }

    /// Pass a value of the script's on. A gap in its numbers stays a gap.
    pub fn publish(&mut self, mut event: Map<String, Value>) -> Option<()> {
        event.remove("clock_ms");
        let value = event.remove("value")?;
        let script_seq = event.remove("seq").and_then(|seq| seq.as_u64())?;
        let topic = Topic::read(&event).ok()?;
        let subscribed = self.topics.get_mut(&topic)?;
        subscribed.seq += script_seq.saturating_sub(subscribed.script_seq).max(1);
        subscribed.script_seq = script_seq;
        subscribed.tell(topic, value);
        Some(())
    }

    /// Tell that another set was loaded.
    pub fn set_loaded(&mut self, set_epoch: i64) {
        let topics: Vec<Topic> = self.topics.keys().filter(|topic| topic.is_set_load()).copied().collect();
        for topic in topics {
            let subscribed = self.topics.get_mut(&topic).expect("a key of it");
            subscribed.seq += 1;
            subscribed.tell(topic, set_epoch.into());
        }
    }

    fn has(&self, outlet: &Arc<Outlet>, topic: &Topic) -> bool {
        self.topics.get(topic).is_some_and(|subscribed| subscribed.subscribers.iter().any(|one| one.is(outlet)))
    }
}

impl Subscribed {
    fn tell(&mut self, topic: Topic, value: Value) {
        let mut event = topic.to_map();
        event.insert("value".into(), value);
        event.insert("seq".into(), self.seq.into());
        let line = Bytes::from(line::encode(&event));
        self.subscribers.iter().for_each(|subscriber| subscriber.tell(topic, &line));
        self.last = Some(line);
    }
}
