//! Tests order, bounds and wake-ups of an inbox.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;

/// A number; odd ones may wait.
#[derive(Debug, PartialEq)]
struct Number(u32);

impl MayWait for Number {
    fn may_wait(&self) -> bool {
        self.0 % 2 == 1
    }
}

fn poll<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

fn send(sender: &Sender<Number>, number: u32) {
    assert_eq!(sender.try_send(Number(number)), Ok(()), "a free slot");
}

fn taken(receiver: &mut Receiver<Number>) -> Vec<u32> {
    let mut group = Vec::new();
    receiver.take(&mut group);
    group.into_iter().map(|number| number.0).collect()
}

/// Whether the receiver was woken.
fn is_woken(receiver: &Receiver<Number>) -> bool {
    poll(receiver.filled()).is_ready()
}

#[test]
fn items_come_in_their_order() {
    let (sender, mut receiver) = inbox(8, 4);
    assert!(poll(sender.send_all(&mut (0..6).map(Number).collect())).is_ready());
    assert_eq!(sender.waiting(), 6);
    assert_eq!(receiver.look(false), Found::Pressing);
    assert_eq!(taken(&mut receiver), [0, 1, 2, 3]);
    assert_eq!(receiver.look(false), Found::Pressing, "the rest of a group waits for nothing");
    assert_eq!(taken(&mut receiver), [4, 5]);
    assert_eq!((receiver.look(false), sender.waiting()), (Found::Nothing, 0));
}

#[test]
fn a_sleeping_receiver_is_woken_once() {
    let (sender, mut receiver) = inbox(8, 4);
    receiver.look(false);
    send(&sender, 1);
    assert!(is_woken(&receiver));
    send(&sender, 2);
    assert!(!is_woken(&receiver), "it looks by itself");
    assert_eq!(taken(&mut receiver), [1, 2]);
}

#[test]
fn items_that_may_wait_wake_no_dozing_receiver() {
    let (sender, mut receiver) = inbox(8, 4);
    receiver.look(true);
    send(&sender, 1);
    assert!(!is_woken(&receiver));
    assert!(matches!(receiver.look(false), Found::Waiting(_)));
    send(&sender, 3);
    assert!(!is_woken(&receiver));
    send(&sender, 4);
    assert!(is_woken(&receiver));
    assert_eq!(taken(&mut receiver), [1, 3, 4]);
}

#[test]
fn a_full_group_waits_no_longer() {
    let (sender, mut receiver) = inbox(8, 2);
    receiver.look(true);
    send(&sender, 1);
    send(&sender, 3);
    assert!(is_woken(&receiver));
    assert_eq!(receiver.look(false), Found::Pressing);
}

#[test]
fn a_full_inbox_makes_senders_wait() {
    let (sender, mut receiver) = inbox(2, 2);
    send(&sender, 0);
    send(&sender, 2);
    assert_eq!(sender.try_send(Number(4)), Err(Number(4)));
    {
        let mut waits = pin!(sender.send(Number(6)));
        assert!(waits.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(taken(&mut receiver), [0, 2]);
        assert!(waits.poll(&mut Context::from_waker(Waker::noop())).is_ready());
    }
    assert_eq!(taken(&mut receiver), [6]);
}

#[test]
fn the_last_sender_ends_it() {
    let (sender, mut receiver) = inbox(2, 2);
    let other = sender.clone();
    drop(sender);
    assert_eq!(receiver.look(false), Found::Nothing);
    send(&other, 0);
    assert!(is_woken(&receiver));
    drop(other);
    assert!(is_woken(&receiver));
    assert_eq!(receiver.look(false), Found::Pressing);
    assert_eq!(taken(&mut receiver), [0]);
    assert_eq!(receiver.look(false), Found::Ended);
}

#[test]
fn items_without_a_receiver_are_dropped() {
    struct Dropped(#[expect(dead_code, reason = "it is only dropped")] Arc<()>);
    impl MayWait for Dropped {
        fn may_wait(&self) -> bool {
            false
        }
    }
    let held = Arc::new(());
    let (sender, receiver) = inbox(2, 2);
    assert!(sender.try_send(Dropped(held.clone())).is_ok());
    drop(receiver);
    assert_eq!(Arc::strong_count(&held), 1);
    assert!(sender.try_send(Dropped(held.clone())).is_ok());
    assert!(poll(sender.send_all(&mut vec![Dropped(held.clone())])).is_ready());
    assert_eq!(Arc::strong_count(&held), 1);
}
