//! Times of arrival under a manual clock.

use std::future::poll_fn;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use tokio::io::{AsyncWriteExt, DuplexStream};

use super::*;

/// More than one read takes.
const PIPE_BYTES: usize = 64 * 1024;

/// The reading half, with the stream that it reads from.
struct Reading {
    incoming: Incoming,
    stream: Box<dyn Stream>,
}

impl Reading {
    async fn read(&mut self) -> io::Result<usize> {
        poll_fn(|context| self.incoming.poll_read(&mut self.stream, context)).await
    }
}

impl Deref for Reading {
    type Target = Incoming;

    fn deref(&self) -> &Incoming {
        &self.incoming
    }
}

impl DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut Incoming {
        &mut self.incoming
    }
}

fn pipe(short_read_empties: bool) -> (DuplexStream, Reading, Clock) {
    let (client, gateway) = tokio::io::duplex(PIPE_BYTES);
    let clock = Clock::system();
    let incoming = Incoming::new(PIPE_BYTES, clock.clone(), short_read_empties);
    (client, Reading { incoming, stream: Box::new(gateway) }, clock)
}

/// The age of the next line in whole hours.
fn hours_old(incoming: &mut Incoming, clock: &Clock) -> u64 {
    let (_, arrived) = incoming.next_line().expect("within the bound").expect("a line");
    (clock.now() - arrived).as_secs() / 3600
}

fn hours(hours: u64) -> Duration {
    Duration::from_secs(3600 * hours)
}

#[tokio::test]
async fn a_line_arrives_when_its_end_is_read() {
    let (mut client, mut incoming, clock) = pipe(true);
    client.write_all(b"{\"a\"").await.expect("capacity");
    incoming.read().await.expect("bytes");
    clock.sleep_through(hours(1));
    client.write_all(b":1}\n{}\n").await.expect("capacity");
    incoming.read().await.expect("bytes");
    assert_eq!(hours_old(&mut incoming, &clock), 0);
    clock.sleep_through(hours(2));
    assert_eq!(hours_old(&mut incoming, &clock), 2, "it waited in the buffer");
    assert_eq!(incoming.next_line().expect("within the bound"), None);
}

#[tokio::test]
async fn unread_lines_count_from_their_arrival() {
    for short_read_empties in [true, false] {
        let (mut client, mut incoming, clock) = pipe(short_read_empties);
        incoming.pause_reading();
        clock.sleep_through(hours(3));
        // More lines than one read returns.
        client.write_all("{}\n".repeat(10_000).as_bytes()).await.expect("capacity");
        for _ in 0..10_000 {
            if incoming.waiting().is_empty() || !incoming.waiting().contains(&b'\n') {
                incoming.read().await.expect("bytes");
            }
            assert_eq!(hours_old(&mut incoming, &clock), 3);
        }
    }
}

#[tokio::test]
async fn lines_after_an_empty_read_are_new() {
    let (mut client, mut incoming, clock) = pipe(false);
    client.write_all(b"{}\n").await.expect("capacity");
    incoming.read().await.expect("bytes");
    hours_old(&mut incoming, &clock);
    clock.sleep_through(hours(1));
    {
        let mut read = pin!(incoming.read());
        let is_empty = poll_fn(|context| Poll::Ready(read.as_mut().poll(context).is_pending())).await;
        assert!(is_empty);
    }
    client.write_all(b"{}\n").await.expect("capacity");
    incoming.read().await.expect("bytes");
    assert_eq!(hours_old(&mut incoming, &clock), 0);
}

#[tokio::test]
async fn lines_read_after_a_pause_predate_it() {
    let (mut client, mut incoming, clock) = pipe(false);
    let beating = tokio::spawn(clock.clone().beat());
    tokio::task::yield_now().await;
    client.write_all("{}\n".repeat(10_000).as_bytes()).await.expect("capacity");
    clock.sleep_through(hours(8));
    for _ in 0..10_000 {
        if !incoming.waiting().contains(&b'\n') {
            incoming.read().await.expect("bytes");
        }
        assert_eq!(hours_old(&mut incoming, &clock), 8);
    }
    beating.abort();
}

#[tokio::test]
async fn an_endless_line_costs_no_memory() {
    let mut arrivals = Arrivals::default();
    for _ in 0..100_000 {
        arrivals.add(b"x", Moment::now());
    }
    arrivals.add(b"\n\n", Moment::now());
    assert_eq!(arrivals.ends.len(), 1);
    assert!(arrivals.take(100_001).is_some() && arrivals.take(1).is_some() && arrivals.take(1).is_none());
}
