//! Events that wait for one connection: the newest value of each topic.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

use crate::wire::topic::Topic;

/// A connection's subscriptions and undelivered events. A slow reader misses values, but always gets the newest one.
#[derive(Debug, Default)]
pub struct Mailbox {
    inside: Mutex<Inside>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct Inside {
    /// Incremented when the caller of the connection changes, so that the new caller does not get subscriptions of the former one.
    generation: u64,
    topics: HashSet<Topic>,
    newest: HashMap<Topic, Bytes>,
    /// The topics in `newest`, the longest-waiting first.
    order: VecDeque<Topic>,
}

impl Mailbox {
    pub fn generation(&self) -> u64 {
        self.inside().generation
    }

    /// Drop all subscriptions and waiting events.
    pub fn renew(&self) {
        let generation = self.inside().generation + 1;
        *self.inside() = Inside { generation, ..Inside::default() };
    }

    /// The number of subscribed topics.
    pub fn count(&self) -> usize {
        self.inside().topics.len()
    }

    pub fn has(&self, topic: &Topic) -> bool {
        self.inside().topics.contains(topic)
    }

    pub fn subscribe(&self, topic: Topic) {
        self.inside().topics.insert(topic);
    }

    /// Returns whether the connection had subscribed to it.
    pub fn unsubscribe(&self, topic: &Topic) -> bool {
        let mut inside = self.inside();
        if inside.newest.remove(topic).is_some() {
            inside.order.retain(|other| other != topic);
        }
        inside.topics.remove(topic)
    }

    /// Replace a topic's waiting value, for a subscriber of this generation only.
    pub fn put(&self, generation: u64, topic: Topic, line: Bytes) {
        let mut inside = self.inside();
        if inside.generation == generation && inside.topics.contains(&topic) {
            if inside.newest.insert(topic, line).is_none() {
                inside.order.push_back(topic);
            }
            self.filled.notify_one();
        }
    }

    /// Wake the connection to check its waiting events again.
    pub fn wake(&self) {
        self.filled.notify_one();
    }

    /// Wait until there may be an event.
    pub async fn filled(&self) {
        self.filled.notified().await;
    }

    /// Take the longest-waiting events that `may_deliver` permits, about `bytes_max` bytes. Others stay.
    pub fn take(&self, bytes_max: usize, may_deliver: impl Fn(&Topic) -> bool) -> Vec<Bytes> {
        let mut inside = self.inside();
        let mut taken = Vec::new();
        let mut bytes = 0;
        for topic in std::mem::take(&mut inside.order) {
            if bytes >= bytes_max {
                inside.order.push_back(topic);
                self.filled.notify_one();
            } else if !may_deliver(&topic) {
                inside.order.push_back(topic);
            } else if let Some(line) = inside.newest.remove(&topic) {
                bytes += line.len();
                taken.push(line);
            }
        }
        taken
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn topic(index: u32) -> Topic {
        let fields = json!({"event": "track_volume", "track_index": index});
        Topic::read(fields.as_object().expect("an object")).expect("a topic")
    }

    fn mailbox(topics: u32) -> Mailbox {
        let mailbox = Mailbox::default();
        (0..topics).for_each(|index| mailbox.subscribe(topic(index)));
        mailbox
    }

    fn put(mailbox: &Mailbox, index: u32, line: &'static str) {
        mailbox.put(mailbox.generation(), topic(index), Bytes::from_static(line.as_bytes()));
    }

    fn taken(mailbox: &Mailbox, may_deliver: impl Fn(&Topic) -> bool) -> Vec<String> {
        let lines = mailbox.take(usize::MAX, may_deliver).into_iter();
        lines.map(|line| String::from_utf8(line.to_vec()).expect("text")).collect()
    }

    #[test]
    fn a_newer_value_replaces_the_waiting_one() {
        let mailbox = mailbox(2);
        for (index, line) in [(0, "a"), (1, "b"), (0, "c")] {
            put(&mailbox, index, line);
        }
        assert_eq!(taken(&mailbox, |_| true), ["c", "b"]);
        assert_eq!(taken(&mailbox, |_| true), [""; 0]);
    }

    /// Promise: Subscribing requires the right to read
    #[test]
    fn subscriptions_of_a_former_caller_are_not_delivered() {
        let mailbox = mailbox(1);
        put(&mailbox, 0, "a");
        mailbox.renew();
        mailbox.subscribe(topic(1));
        mailbox.subscribe(topic(2));
        mailbox.put(0, topic(1), Bytes::from_static(b"b"));
        assert_eq!(taken(&mailbox, |_| true), [""; 0]);
        put(&mailbox, 1, "c");
        put(&mailbox, 2, "d");
        assert!(mailbox.unsubscribe(&topic(1)) && !mailbox.unsubscribe(&topic(1)));
        put(&mailbox, 1, "e");
        assert_eq!(taken(&mailbox, |_| true), ["d"]);
    }

    #[test]
    fn a_forbidden_topic_waits_with_its_newest_value() {
        let mailbox = mailbox(2);
        put(&mailbox, 0, "a");
        put(&mailbox, 1, "b");
        assert_eq!(taken(&mailbox, |asked| *asked == topic(1)), ["b"]);
        put(&mailbox, 0, "c");
        assert_eq!(taken(&mailbox, |_| true), ["c"]);
    }

    #[test]
    fn many_events_are_taken_in_parts() {
        let mailbox = mailbox(3);
        (0..3).for_each(|index| put(&mailbox, index, "line"));
        assert_eq!(mailbox.take(5, |_| true).len(), 2);
        assert_eq!(mailbox.take(5, |_| true).len(), 1);
    }
}
