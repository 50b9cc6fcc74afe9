//! The gateway's queue: fair between callers, and between the connections of one caller; who says stop goes first.
//!
//! A connection's commands keep their order even then: a stop takes along what its own connection said before it, for `start, stop`
//! must not become `stop, start`.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::super::record::Recorded;
use crate::command::Tag;

/// What the queue needs to know of an item; requests in operation, numbers in its tests.
pub trait Queued {
    fn caller(&self) -> &Arc<str>;
    fn connection(&self) -> u64;
    fn is_stop(&self) -> bool;
    /// Whether it makes an older item of its connection superfluous.
    fn supersedes(&self, older: &Self) -> bool;
}

impl Queued for Recorded {
    fn caller(&self) -> &Arc<str> {
        self.permitted().admitted().caller().name()
    }

    fn connection(&self) -> u64 {
        Recorded::connection(self)
    }

    fn is_stop(&self) -> bool {
        self.request().action.access.contains(Tag::Stop)
    }

    fn supersedes(&self, older: &Recorded) -> bool {
        self.request().supersedes(older.request())
    }
}

#[derive(Debug)]
pub struct Queue<T> {
    urgent: VecDeque<T>,
    /// Callers with something waiting, the next one first.
    turns: VecDeque<Arc<str>>,
    callers: HashMap<Arc<str>, Waiting<T>>,
    len: usize,
    len_max: usize,
    per_caller_max: usize,
}

/// Places that only stops may take: a queue that others have filled must not keep the music playing.
pub const STOPS_RESERVED: usize = 64;

/// What one caller has waiting: a lane for each connection, the next one first.
#[derive(Debug)]
struct Waiting<T> {
    lanes: VecDeque<(u64, VecDeque<T>)>,
    len: usize,
}

impl<T: Queued> Queue<T> {
    pub fn new(len_max: usize, per_caller_max: usize) -> Queue<T> {
        Queue {
            urgent: VecDeque::new(),
            turns: VecDeque::new(),
            callers: HashMap::new(),
            len: 0,
            len_max,
            per_caller_max,
        }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Queue an item, or give it back where there is no room.
    pub fn push(&mut self, item: T) -> Result<(), T> {
        let waiting_of_caller = self.callers.get(item.caller()).map_or(0, |waiting| waiting.len);
        let is_full = match item.is_stop() {
            true => self.len >= self.len_max + STOPS_RESERVED,
            false => self.len >= self.len_max || waiting_of_caller >= self.per_caller_max,
        };
        if is_full {
            return Err(item);
        }
        self.len += 1;
        if item.is_stop() {
            self.hurry(&item.caller().clone(), item.connection());
            self.urgent.push_back(item);
            return Ok(());
        }
        let (caller, connection) = (item.caller().clone(), item.connection());
        if !self.callers.contains_key(&caller) {
            self.turns.push_back(caller.clone());
            self.callers.insert(caller.clone(), Waiting { lanes: VecDeque::new(), len: 0 });
        }
        let waiting = self.callers.get_mut(&caller).expect("just looked up or inserted");
        waiting.len += 1;
        match waiting.lanes.iter_mut().find(|(number, _)| *number == connection) {
            Some((_, lane)) => lane.push_back(item),
            None => waiting.lanes.push_back((connection, VecDeque::from([item]))),
        }
        Ok(())
    }

    /// The last item of the connection, if `newer` makes it superfluous. What came between might depend on an earlier one.
    pub fn take_superseded(&mut self, newer: &T) -> Option<T> {
        let waiting = self.callers.get_mut(newer.caller())?;
        let (_, lane) = waiting.lanes.iter_mut().find(|(number, _)| *number == newer.connection())?;
        if !newer.supersedes(lane.back()?) {
            return None;
        }
        let number = newer.connection();
        let item = lane.pop_back();
        (self.len, waiting.len) = (self.len - 1, waiting.len - 1);
        waiting.lanes.retain(|(of, lane)| *of != number || !lane.is_empty());
        if waiting.lanes.is_empty() {
            self.callers.remove(newer.caller());
            self.turns.retain(|turn| turn != newer.caller());
        }
        item
    }

    /// The next item of a caller that is `free` to have one more under way.
    pub fn pop(&mut self, free: impl Fn(&Arc<str>) -> bool) -> Option<T> {
        if let Some(at) = self.urgent.iter().position(|item| free(item.caller())) {
            self.len -= 1;
            return self.urgent.remove(at);
        }
        let at = self.turns.iter().position(&free)?;
        let caller = self.turns.remove(at).expect("a position of it");
        let waiting = self.callers.get_mut(&caller).expect("who has a turn has something waiting");
        let (connection, mut lane) = waiting.lanes.pop_front().expect("who waits has a lane");
        let item = lane.pop_front().expect("a lane is not empty");
        (self.len, waiting.len) = (self.len - 1, waiting.len - 1);
        if !lane.is_empty() {
            waiting.lanes.push_back((connection, lane));
        }
        if waiting.lanes.is_empty() {
            self.callers.remove(&caller);
        } else {
            self.turns.push_back(caller);
        }
        Some(item)
    }

    /// Take out everything of which `is_due` holds; the rest keeps its places.
    pub fn take(&mut self, is_due: impl Fn(&T) -> bool) -> Vec<T> {
        let mut taken = Vec::new();
        let mut sift = |lane: &mut VecDeque<T>| {
            let (due, kept): (VecDeque<T>, VecDeque<T>) = std::mem::take(lane).into_iter().partition(&is_due);
            *lane = kept;
            taken.extend(due);
        };
        sift(&mut self.urgent);
        for waiting in self.callers.values_mut() {
            waiting.lanes.iter_mut().for_each(|(_, lane)| sift(lane));
            waiting.lanes.retain(|(_, lane)| !lane.is_empty());
            waiting.len = waiting.lanes.iter().map(|(_, lane)| lane.len()).sum();
        }
        self.callers.retain(|_, waiting| waiting.len > 0);
        self.turns.retain(|caller| self.callers.contains_key(caller));
        self.len -= taken.len();
        taken
    }

    /// A connection's lane becomes urgent.
    fn hurry(&mut self, caller: &Arc<str>, connection: u64) {
        let Some(waiting) = self.callers.get_mut(caller) else { return };
        let Some(at) = waiting.lanes.iter().position(|(number, _)| *number == connection) else { return };
        let (_, lane) = waiting.lanes.remove(at).expect("a position of it");
        waiting.len -= lane.len();
        self.urgent.extend(lane);
        if waiting.lanes.is_empty() {
            self.callers.remove(caller);
            self.turns.retain(|turn| turn != caller);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Item(Arc<str>, u64, u32, bool);

    impl Queued for Item {
        fn caller(&self) -> &Arc<str> {
            &self.0
        }
        fn connection(&self) -> u64 {
            self.1
        }
        fn is_stop(&self) -> bool {
            self.3
        }

        fn supersedes(&self, older: &Item) -> bool {
            (older.2, self.2) == (8, 9)
        }
    }

    /// Items are written `caller connection number`, with a `!` behind a stop.
    #[track_caller]
    fn check(pushed: &str, popped: &str) {
        let mut queue = Queue::new(64, 64);
        for word in pushed.split_whitespace() {
            let mut letters = word.chars();
            let caller = letters.next().expect("a caller").to_string();
            let digits: Vec<u32> = letters.clone().filter_map(|letter| letter.to_digit(10)).collect();
            queue.push(Item(caller.into(), digits[0].into(), digits[1], word.ends_with('!'))).expect("room");
        }
        let order: Vec<String> = std::iter::from_fn(|| queue.pop(|_| true))
            .map(|item| format!("{}{}{}{}", item.0, item.1, item.2, if item.3 { "!" } else { "" }))
            .collect();
        assert_eq!(order.join(" "), popped);
        assert!(queue.is_empty());
    }

    #[test]
    fn callers_and_their_connections_take_turns() {
        check("a11 a12 a13 b11 b12 c11", "a11 b11 c11 a12 b12 a13");
        check("a11 a12 a13 a21 a22", "a11 a21 a12 a22 a13");
    }

    /// Promise: A stop gets through
    #[test]
    fn a_stop_goes_first_and_takes_along_what_its_connection_said_before() {
        check("a11 a12 b11!", "b11! a11 a12");
        check("a11 b11 b12 b13! a12 b14", "b11 b12 b13! a11 b14 a12");
        check("a11 a21 a12!", "a11 a12! a21");
    }

    #[test]
    fn what_is_superseded_leaves_its_lane_and_nothing_else_does() {
        let item = |connection, number| Item("a".into(), connection, number, false);
        let mut queue = Queue::new(9, 9);
        for (connection, number) in [(1, 1), (1, 8), (2, 8), (2, 1), (3, 8)] {
            queue.push(item(connection, number)).expect("room");
        }
        assert_eq!(queue.take_superseded(&item(1, 9)), Some(item(1, 8)));
        assert_eq!(queue.take_superseded(&item(2, 9)), None);
        assert_eq!(queue.take_superseded(&item(3, 9)), Some(item(3, 8)));
        assert_eq!(queue.take_superseded(&item(4, 9)), None);
        assert_eq!(queue.len(), 3);
        let rest: Vec<_> = std::iter::from_fn(|| queue.pop(|_| true)).collect();
        assert_eq!(rest, [item(1, 1), item(2, 8), item(2, 1)]);
    }

    #[test]
    fn a_full_queue_gives_the_item_back() {
        let item = |caller: &str, number| Item(caller.into(), 1, number, false);
        let mut queue = Queue::new(3, 2);
        for (caller, number) in [("a", 1), ("a", 2), ("b", 1)] {
            queue.push(item(caller, number)).expect("room");
        }
        assert_eq!(queue.push(item("c", 1)), Err(item("c", 1)));
        queue.pop(|_| true).expect("an item");
        queue.pop(|caller| &**caller == "b").expect("an item");
        queue.push(item("a", 3)).expect("room for one more of a's");
        assert_eq!(queue.push(item("a", 4)), Err(item("a", 4)));
        queue.push(item("b", 2)).expect("room for one more");
        assert_eq!(queue.push(item("c", 1)), Err(item("c", 1)));
        queue.push(Item("a".into(), 2, 5, true)).expect("there is always room for a stop");
        assert_eq!(queue.pop(|_| true).expect("an item").2, 5);
    }

    #[test]
    fn a_busy_caller_is_passed_over() {
        let mut queue = Queue::new(9, 9);
        for caller in ["a", "b"] {
            queue.push(Item(caller.into(), 1, 1, caller == "a")).expect("room");
        }
        assert_eq!(queue.pop(|caller| &**caller != "a").expect("an item").0.as_ref(), "b");
        assert!(queue.pop(|caller| &**caller != "a").is_none());
    }

    #[test]
    fn what_is_due_is_taken_and_the_rest_stays_in_order() {
        let mut queue = Queue::new(9, 9);
        for number in 1..=4 {
            queue.push(Item("a".into(), 1, number, false)).expect("room");
        }
        assert_eq!(queue.take(|item| item.2 % 2 == 0).len(), 2);
        assert_eq!(queue.pop(|_| true).expect("an item").2, 1);
        assert_eq!(queue.pop(|_| true).expect("an item").2, 3);
    }
}
