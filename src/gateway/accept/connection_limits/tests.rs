//! Strangers come, make room for others, sign in and go, without a socket.

use super::*;

/// A door for `callers` callers, and for strangers from `start` to `full`, and how its sources number.
struct House {
    inside: Arc<Mutex<Inside>>,
    next_number: u64,
}

impl House {
    fn new(callers: usize, start: usize, full: usize) -> House {
        let connections = config::Connections { max: callers, per_source_max: callers, ..Default::default() };
        let strangers = config::Strangers { drop_start: start, drop_percent: 30, drop_full: full, per_source_max: 3 };
        House { inside: Arc::new(Mutex::new(Inside::new(&connections, &strangers))), next_number: 0 }
    }

    /// A stranger from 10.0.0.`source` that costs another's place if `draw` is below the likelihood.
    fn comes_with(&mut self, source: u8, draw: usize) -> NetworkPlace {
        self.next_number += 1;
        let source = Source::of([10, 0, 0, source].into(), &config::Sources::default());
        let who = Who { source, is_exempt: false, number: self.next_number, leave: Arc::default() };
        lock(&self.inside).add_stranger(&who, Stage::Arrived, || draw);
        NetworkPlace { inside: self.inside.clone(), who, standing: Standing::Stranger(Stage::Arrived) }
    }

    fn comes(&mut self, source: u8) -> NetworkPlace {
        self.comes_with(source, 99)
    }

    fn counts(&self) -> (usize, usize, usize) {
        let inside = lock(&self.inside);
        (inside.callers, inside.strangers, inside.leaving)
    }
}

fn is_sent_away(place: &NetworkPlace) -> bool {
    let Standing::Stranger(stage) = place.standing else { return false };
    !lock(&place.inside).has_stranger(&place.who, stage)
}

/// Promise: Unauthenticated connections take no caller's slot
#[test]
fn strangers_are_never_more_than_their_places_and_take_none_of_the_callers() {
    let mut house = House::new(2, 2, 4);
    let strangers: Vec<NetworkPlace> = (0..20).map(|source| house.comes(source)).collect();
    assert_eq!(house.counts(), (0, 4, 16));
    let mut caller = house.comes(100);
    assert_eq!(caller.become_caller(), Ok(()));
    assert_eq!(house.counts(), (1, 3, 17));
    drop(strangers);
    assert_eq!(house.counts(), (1, 0, 0));
    drop(caller);
    assert_eq!(house.counts(), (0, 0, 0));
    assert!(lock(&house.inside).by_source.is_empty(), "a source that has nobody in is not remembered");
}

/// Promise: Unauthenticated connections take no caller's slot
#[test]
fn the_source_with_most_strangers_gives_way_and_there_the_one_that_waited_longest() {
    let mut house = House::new(9, 4, 4);
    let (one, many) = (house.comes(1), [house.comes(2), house.comes(2), house.comes(2)]);
    let newcomer = house.comes(3);
    assert_eq!(many.each_ref().map(is_sent_away), [true, false, false]);
    assert!(!is_sent_away(&one) && !is_sent_away(&newcomer));
}

/// Promise: Unauthenticated connections take no caller's slot
#[test]
fn whoever_has_come_further_goes_later() {
    let mut house = House::new(9, 3, 3);
    let mut strangers = [house.comes(1), house.comes(1), house.comes(1)];
    strangers[0].made_private();
    let _newcomer = house.comes(2);
    assert_eq!(strangers.each_ref().map(is_sent_away), [false, true, false]);
}

#[test]
fn a_source_beyond_its_own_bound_makes_room_itself() {
    let mut house = House::new(9, 100, 100);
    let (other, own) = (house.comes(1), [(); 4].map(|()| house.comes(2)));
    assert_eq!(own.each_ref().map(is_sent_away), [true, false, false, false]);
    assert!(!is_sent_away(&other));
}

#[test]
fn a_newcomer_costs_a_place_the_more_likely_the_more_strangers_there_are() {
    let mut inside = House::new(9, 10, 20);
    let percents = [10, 15, 19, 20, 21].map(|count| {
        let inside = Arc::get_mut(&mut inside.inside).expect("nobody else's").get_mut().expect("no panic");
        inside.strangers = count;
        inside.drop_percent()
    });
    assert_eq!(percents, [30, 65, 93, 100, 100]);
    for (draw, sent_away) in [(29, 1), (30, 0)] {
        let mut house = House::new(9, 2, 12);
        let _strangers = [house.comes(1), house.comes(2), house.comes_with(3, draw)];
        assert_eq!(house.counts(), (0, 3 - sent_away, sent_away), "drew {draw}");
    }
}

#[test]
fn before_the_start_nobody_is_sent_away() {
    let mut house = House::new(9, 3, 12);
    let _strangers = [house.comes_with(1, 0), house.comes_with(2, 0), house.comes_with(3, 0)];
    assert_eq!(house.counts(), (0, 3, 0));
}

#[test]
fn a_stranger_that_was_sent_away_cannot_become_a_caller() {
    let mut house = House::new(9, 1, 1);
    let mut first = house.comes(1);
    let mut second = house.comes(2);
    assert!(first.become_caller().is_err());
    assert_eq!(second.become_caller(), Ok(()));
    assert_eq!(house.counts(), (1, 0, 1));
}

#[test]
fn callers_have_bounds_too_and_whoever_stops_being_one_is_a_stranger() {
    let mut house = House::new(1, 9, 9);
    let (mut first, mut second) = (house.comes(1), house.comes(2));
    assert_eq!(first.become_caller(), Ok(()));
    assert_eq!(second.become_caller(), Err("too many connections in all"));
    first.become_stranger();
    assert_eq!(house.counts(), (0, 2, 0));
    assert_eq!(second.become_caller(), Ok(()));
    assert_eq!(house.counts(), (1, 1, 0));
    drop((first, second));
    assert_eq!(house.counts(), (0, 0, 0));
}
