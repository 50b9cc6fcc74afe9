//! Which refusals get rows, and which are counted.

use super::*;
use crate::audit::ROW_BYTES;

fn floods(sources_max: usize) -> Floods {
    let trail = config::Trail {
        refusals_per_second_max: 2,
        unauthenticated_refusals_per_second_max: 5,
        refused_sources_max: sources_max,
        ..Default::default()
    };
    Floods::new(&trail, || false)
}

/// Limits for which only bytes count.
fn floods_of_bytes(bytes_max: u32) -> Floods {
    let trail = config::Trail {
        refusals_per_second_max: u32::MAX,
        unauthenticated_refusals_per_second_max: u32::MAX,
        refused_bytes: config::rate(1, bytes_max),
        unauthenticated_refused_bytes: config::rate(1, bytes_max),
        ..Default::default()
    };
    Floods::new(&trail, || false)
}

fn source(number: u8) -> Origin {
    Origin::Source(Source::of([10, 0, 0, number].into(), &config::Sources::default()))
}

/// The number of rows that `each` refusals from each of these sources get at one moment.
fn rows(floods: &Floods, sources: std::ops::Range<u8>, each: usize, caller: Option<&str>) -> usize {
    let mut counts = floods.lock();
    let caller = caller.map(Arc::from);
    let refused = sources.flat_map(|number| std::iter::repeat_n(source(number), each));
    let mut gets_row =
        |origin: &Origin| floods.origin_of_count(&mut counts, *origin, caller.as_ref(), ROW_BYTES).is_none();
    refused.filter(|origin| gets_row(origin)).count()
}

/// Promise: Refused requests count against the rate limit
#[test]
fn unauthenticated_connections_share_one_bound() {
    let floods = floods(100);
    assert_eq!(rows(&floods, 0..1, 10, None), 2, "the limit of one source");
    assert_eq!(rows(&floods, 1..50, 10, None), 3, "the rest of the limit of all");
    assert_eq!(rows(&floods, 50..60, 10, Some("mia")), 20, "callers have only the limits of their sources");
}

/// Promise: Refused requests take a bounded number of bytes in the trail
#[test]
fn refused_bytes_are_bounded_for_each_caller() {
    const ROWS: usize = 10;
    let floods = floods_of_bytes(u32::try_from(ROWS * ROW_BYTES).expect("small"));
    assert_eq!(rows(&floods, 0..50, 5, Some("mia")), ROWS, "fifty sources get no more than one");
    assert_eq!(rows(&floods, 50..51, 100, Some("tom")), ROWS, "another caller has its own limit");
    assert_eq!(rows(&floods, 50..51, 100, Some("eve")), 0, "the bytes of their source are spent");
}

#[test]
fn refused_bytes_are_bounded_for_each_source() {
    const ROWS: usize = 10;
    let floods = floods_of_bytes(u32::try_from(ROWS * ROW_BYTES).expect("small"));
    for caller in ["a", "b", "c"] {
        rows(&floods, 0..1, 7, Some(caller));
    }
    assert_eq!(rows(&floods, 0..1, 7, Some("d")), 0, "callers of one source share its bytes");
    assert_eq!(rows(&floods, 1..50, 7, None), ROWS, "unauthenticated connections share theirs");
}

/// Promise: As the trail fills up, refusals are counted first
#[test]
fn a_trail_that_fills_up_counts_every_refusal() {
    let floods = Floods::new(&config::Trail::default(), || true);
    assert_eq!(rows(&floods, 0..50, 5, Some("mia")) + rows(&floods, 50..60, 5, None), 0);
    assert_eq!(floods.note(ROW_BYTES), Refused::Counted);
    let entries = floods.take(None);
    assert_eq!(entries.len(), 2, "one row for all sources, and one for the listeners: {entries:?}");
}

#[test]
fn rows_from_listeners_are_bounded_in_bytes() {
    let floods = floods_of_bytes(u32::try_from(3 * ROW_BYTES).expect("small"));
    let noted = (0..10).filter(|_| floods.note(ROW_BYTES) == Refused::Row).count();
    assert_eq!(noted, 3);
}

#[test]
fn sources_beyond_the_table_are_counted_together() {
    let floods = floods(4);
    assert_eq!(rows(&floods, 0..100, 10, Some("mia")), 4 * 2 + 2);
    assert!(floods.lock().by_origin.len() <= 5);
}

#[test]
fn a_count_names_its_callers() {
    let floods = floods(9);
    let mia: Arc<str> = "mia".into();
    let mut counts = floods.lock();
    for caller in [Some(&mia), Some(&mia), Some(&mia), Some(&mia), None] {
        if let Some(origin) = floods.origin_of_count(&mut counts, source(1), caller, ROW_BYTES) {
            floods.count(&mut counts, origin, caller);
        }
    }
    let due = counts.due;
    drop(counts);
    assert!(due.is_some() && due == floods.due());
    let entries = format!("{:?}", floods.take(due));
    for part in ["refusals_counted", "\"count\": Number(3)", "10.0.0.1", "\"callers\": Object {\"mia\": Number(2)}"] {
        assert!(entries.contains(part), "no {part} in {entries}");
    }
    assert!(floods.due().is_none() && floods.take(None).is_empty());
}
