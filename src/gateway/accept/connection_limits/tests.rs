//! Tests of the connection limits without sockets.

use super::*;

/// Limits for `callers` callers, and for unauthenticated connections from `start` to `full`.
struct Limits {
    occupancy: Arc<Mutex<Occupancy>>,
    next_number: u64,
}

impl Limits {
    fn new(callers: usize, start: usize, full: usize) -> Limits {
        let connections = config::Connections { max: callers, per_source_max: callers, ..Default::default() };
        let unauthenticated =
            config::Unauthenticated { drop_start: start, drop_percent: 30, drop_full: full, per_source_max: 3 };
        Limits { occupancy: Arc::new(Mutex::new(Occupancy::new(&connections, &unauthenticated))), next_number: 0 }
    }

    /// An unauthenticated connection from 10.0.0.`source`; it evicts another if `draw` is below the probability.
    fn connect_drawing(&mut self, source: u8, draw: usize) -> NetworkSlot {
        self.next_number += 1;
        let source = Source::of([10, 0, 0, source].into(), &config::Sources::default());
        let holder = Holder { source, is_exempt: false, number: self.next_number, eviction: Arc::default() };
        lock(&self.occupancy).add_unauthenticated(&holder, Stage::Connected, || draw);
        NetworkSlot { occupancy: self.occupancy.clone(), holder, kind: Kind::Unauthenticated(Stage::Connected) }
    }

    fn connect(&mut self, source: u8) -> NetworkSlot {
        self.connect_drawing(source, 99)
    }

    fn counts(&self) -> (usize, usize, usize) {
        let occupancy = lock(&self.occupancy);
        (occupancy.callers, occupancy.unauthenticated, occupancy.closing)
    }
}

fn is_evicted(slot: &NetworkSlot) -> bool {
    let Kind::Unauthenticated(stage) = slot.kind else { return false };
    !lock(&slot.occupancy).has_unauthenticated(&slot.holder, stage)
}

/// Promise: Unauthenticated connections take no caller's slot
#[test]
fn unauthenticated_connections_take_no_slot_of_callers() {
    let mut limits = Limits::new(2, 2, 4);
    let unauthenticated: Vec<NetworkSlot> = (0..20).map(|source| limits.connect(source)).collect();
    assert_eq!(limits.counts(), (0, 4, 16));
    let mut caller = limits.connect(100);
    assert_eq!(caller.become_caller(), Ok(()));
    assert_eq!(limits.counts(), (1, 3, 17));
    drop(unauthenticated);
    assert_eq!(limits.counts(), (1, 0, 0));
    drop(caller);
    assert_eq!(limits.counts(), (0, 0, 0));
    assert!(lock(&limits.occupancy).by_source.is_empty(), "a source without connections is dropped");
}

/// Promise: Unauthenticated connections take no caller's slot
#[test]
fn the_busiest_source_loses_its_oldest_connection() {
    let mut limits = Limits::new(9, 4, 4);
    let one = limits.connect(1);
    let many = [limits.connect(2), limits.connect(2), limits.connect(2)];
    let newcomer = limits.connect(3);
    assert_eq!(many.each_ref().map(is_evicted), [true, false, false]);
    assert!(!is_evicted(&one) && !is_evicted(&newcomer));
}

/// Promise: Unauthenticated connections take no caller's slot
#[test]
fn an_encrypted_connection_is_evicted_later() {
    let mut limits = Limits::new(9, 3, 3);
    let mut all = [limits.connect(1), limits.connect(1), limits.connect(1)];
    all[0].handshake_completed();
    let _newcomer = limits.connect(2);
    assert_eq!(all.each_ref().map(is_evicted), [false, true, false]);
}

#[test]
fn a_source_beyond_its_limit_evicts_its_own() {
    let mut limits = Limits::new(9, 100, 100);
    let other = limits.connect(1);
    let own = [(); 4].map(|()| limits.connect(2));
    assert_eq!(own.each_ref().map(is_evicted), [true, false, false, false]);
    assert!(!is_evicted(&other));
}

#[test]
fn evictions_grow_likelier_with_the_number() {
    let mut limits = Limits::new(9, 10, 20);
    let percents = [10, 15, 19, 20, 21].map(|count| {
        let occupancy = Arc::get_mut(&mut limits.occupancy).expect("the only handle").get_mut().expect("no panic");
        occupancy.unauthenticated = count;
        occupancy.drop_percent()
    });
    assert_eq!(percents, [30, 65, 93, 100, 100]);
    for (draw, evicted) in [(29, 1), (30, 0)] {
        let mut limits = Limits::new(9, 2, 12);
        let _held = [limits.connect(1), limits.connect(2), limits.connect_drawing(3, draw)];
        assert_eq!(limits.counts(), (0, 3 - evicted, evicted), "drew {draw}");
    }
}

#[test]
fn below_the_start_none_is_evicted() {
    let mut limits = Limits::new(9, 3, 12);
    let _held = [limits.connect_drawing(1, 0), limits.connect_drawing(2, 0), limits.connect_drawing(3, 0)];
    assert_eq!(limits.counts(), (0, 3, 0));
}

#[test]
fn an_evicted_connection_cannot_become_a_caller() {
    let mut limits = Limits::new(9, 1, 1);
    let mut first = limits.connect(1);
    let mut second = limits.connect(2);
    assert!(first.become_caller().is_err());
    assert_eq!(second.become_caller(), Ok(()));
    assert_eq!(limits.counts(), (1, 0, 1));
}

#[test]
fn callers_are_limited_and_give_their_slot_back() {
    let mut limits = Limits::new(1, 9, 9);
    let mut first = limits.connect(1);
    let mut second = limits.connect(2);
    assert_eq!(first.become_caller(), Ok(()));
    assert_eq!(second.become_caller(), Err("too many connections in total"));
    first.become_unauthenticated();
    assert_eq!(limits.counts(), (0, 2, 0));
    assert_eq!(second.become_caller(), Ok(()));
    assert_eq!(limits.counts(), (1, 1, 0));
    drop((first, second));
    assert_eq!(limits.counts(), (0, 0, 0));
}
