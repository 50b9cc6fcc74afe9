//! Tests of the queue's order and bounds.

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

fn queue(len_max: usize, per_caller_max: usize, promoted_max: usize) -> Queue<Item> {
    Queue::new(Bounds { len_max, per_caller_max, promoted_max })
}

/// Items are written `caller connection number`; a trailing `!` marks a stop.
#[track_caller]
fn check(pushed: &str, popped: &str) {
    let mut queue = queue(64, 64, 2);
    for word in pushed.split_whitespace() {
        let mut letters = word.chars();
        let caller = letters.next().expect("a caller").to_string();
        let digits: Vec<u32> = letters.clone().filter_map(|letter| letter.to_digit(10)).collect();
        queue.push(Item(caller.into(), digits[0].into(), digits[1], word.ends_with('!'))).expect("capacity");
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

/// Promise: Stops are not delayed by other callers
#[test]
fn a_stop_brings_its_connections_earlier_requests_along() {
    check("a11 a12 b11!", "b11! a11 a12");
    check("a11 b11 b12 b13! a12 b14", "b11 b12 b13! a11 b14 a12");
    check("a11 a21 a12!", "a11 a12! a21");
}

#[test]
fn a_stop_behind_too_many_requests_waits() {
    check("b11 b12 a11 a12 a13 a14!", "b11 a11 a12 a13 a14! b12");
    check("a11 a12 a13 b11 a14! b12 b13", "a11 a12 a13 a14! b11 b12 b13");
    check("a11 a12 a13 a14 a15! b11 b12 c11!", "c11! a11 b11 a12 a13 a14 a15! b12");
}

#[test]
fn a_stop_precedes_requests_that_others_bring() {
    check("a11 a12 a13! b11!", "b11! a11 a12 a13!");
}

#[test]
fn stops_of_several_callers_take_turns() {
    check("a11! a12! a21! b11! b12!", "a11! b11! a21! b12! a12!");
}

#[test]
fn stops_of_one_caller_leave_capacity() {
    let stop = |caller: &str| Item(caller.into(), 1, 1, true);
    let mut queue = queue(2, 2, 2);
    let queued = (0..200).take_while(|_| queue.push(stop("a")).is_ok()).count();
    assert_eq!(queued, (2 + STOPS_RESERVED) / 2);
    queue.push(stop("b")).expect("capacity for another caller's stop");
}

#[test]
fn only_superseded_requests_leave_their_lane() {
    let item = |connection, number| Item("a".into(), connection, number, false);
    let mut queue = queue(9, 9, 2);
    for (connection, number) in [(1, 1), (1, 8), (2, 8), (2, 1), (3, 8)] {
        queue.push(item(connection, number)).expect("capacity");
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
    let mut queue = queue(3, 2, 2);
    for (caller, number) in [("a", 1), ("a", 2), ("b", 1)] {
        queue.push(item(caller, number)).expect("capacity");
    }
    assert_eq!(queue.push(item("c", 1)), Err(item("c", 1)));
    queue.pop(|_| true).expect("an item");
    queue.pop(|item| &*item.0 == "b").expect("an item");
    queue.push(item("a", 3)).expect("capacity for one more of a's");
    assert_eq!(queue.push(item("a", 4)), Err(item("a", 4)));
    queue.push(item("b", 2)).expect("capacity for one more");
    assert_eq!(queue.push(item("c", 1)), Err(item("c", 1)));
    queue.push(Item("a".into(), 2, 5, true)).expect("there is always capacity for a stop");
    assert_eq!(queue.pop(|_| true).expect("an item").2, 5);
}

#[test]
fn a_busy_caller_is_passed_over() {
    let mut queue = queue(9, 9, 2);
    for caller in ["a", "b"] {
        queue.push(Item(caller.into(), 1, 1, caller == "a")).expect("capacity");
    }
    assert_eq!(queue.pop(|item| &*item.0 != "a").expect("an item").0.as_ref(), "b");
    assert!(queue.pop(|item| &*item.0 != "a").is_none());
}

#[test]
fn due_requests_leave_and_the_order_stays() {
    let mut queue = queue(9, 9, 2);
    for number in 1..=4 {
        queue.push(Item("a".into(), 1, number, false)).expect("capacity");
    }
    assert_eq!(queue.take(|item| item.2 % 2 == 0).len(), 2);
    assert_eq!(queue.pop(|_| true).expect("an item").2, 1);
    assert_eq!(queue.pop(|_| true).expect("an item").2, 3);
}
