//! Events on their way to one connection: of each topic the newest value, until the connection has room for it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

use crate::topic::Topic;

/// What a connection has subscribed to and not yet been told. A client that reads slowly loses values, never the newest one.
#[derive(Debug, Default)]
pub struct Mailbox {
    inside: Mutex<Inside>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct Inside {
    /// Grows when the connection gets another caller: subscriptions from before are not its own.
    generation: u64,
    newest: HashMap<Topic, Bytes>,
    /// The topics in `newest`, the one that waits longest first.
    order: VecDeque<Topic>,
}

impl Mailbox {
    pub fn generation(&self) -> u64 {
        self.inside().generation
    }

    /// Forget everything: what was subscribed to, and what waits.
    pub fn renew(&self) {
        let generation = self.inside().generation + 1;
        *self.inside() = Inside { generation, ..Inside::default() };
    }

    /// Put the newest value of a topic in place of an older one that waits. It is for the subscriber of that generation alone.
    pub fn put(&self, generation: u64, topic: Topic, line: Bytes) {
        let mut inside = self.inside();
        if inside.generation == generation {
            if inside.newest.insert(topic, line).is_none() {
                inside.order.push_back(topic);
            }
            self.filled.notify_one();
        }
    }

    /// Forget what waits of a topic.
    pub fn remove(&self, topic: &Topic) {
        let mut inside = self.inside();
        if inside.newest.remove(topic).is_some() {
            inside.order.retain(|other| other != topic);
        }
    }

    /// Waits until there may be something.
    pub async fn filled(&self) {
        self.filled.notified().await;
    }

    /// What waits longest, about so many bytes of it.
    pub fn take(&self, bytes_max: usize) -> Vec<(Topic, Bytes)> {
        let mut inside = self.inside();
        let (mut taken, mut bytes) = (Vec::new(), 0);
        while bytes < bytes_max {
            let Some(topic) = inside.order.pop_front() else { return taken };
            if let Some(line) = inside.newest.remove(&topic) {
                bytes += line.len();
                taken.push((topic, line));
            }
        }
        if !inside.order.is_empty() {
            self.filled.notify_one();
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

    fn taken(mailbox: &Mailbox) -> Vec<String> {
        let lines = mailbox.take(usize::MAX).into_iter();
        lines.map(|(_, line)| String::from_utf8(line.to_vec()).expect("text")).collect()
    }

    #[test]
    fn the_newest_value_of_a_topic_takes_the_place_of_the_one_that_waits() {
        let mailbox = Mailbox::default();
        for (index, line) in [(0, "a"), (1, "b"), (0, "c")] {
            mailbox.put(0, topic(index), Bytes::from_static(line.as_bytes()));
        }
        assert_eq!(taken(&mailbox), ["c", "b"]);
        assert_eq!(taken(&mailbox), [""; 0]);
    }

    #[test]
    fn what_was_subscribed_to_for_another_caller_is_not_delivered() {
        let mailbox = Mailbox::default();
        mailbox.put(0, topic(0), Bytes::from_static(b"a"));
        mailbox.renew();
        mailbox.put(0, topic(1), Bytes::from_static(b"b"));
        assert_eq!(taken(&mailbox), [""; 0]);
        mailbox.put(mailbox.generation(), topic(1), Bytes::from_static(b"c"));
        mailbox.put(mailbox.generation(), topic(2), Bytes::from_static(b"d"));
        mailbox.remove(&topic(1));
        assert_eq!(taken(&mailbox), ["d"]);
    }
}
