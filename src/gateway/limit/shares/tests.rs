//! Which callers are refused when the trail fills up.

use super::*;

const MIB: i64 = 1 << 20;
const DAY: Duration = Duration::from_secs(86_400);

fn shares() -> TrailShares {
    let mut config = Config::default();
    config.retention.bytes_max = MIB.cast_unsigned();
    config.retention.age_min_days = 1;
    TrailShares::new(&config, Moment::now())
}

/// Write for a caller while it is admitted; returns the bytes written.
fn fill(shares: &TrailShares, caller: &str, purpose: Purpose, now: Moment) -> i64 {
    let caller: Arc<str> = caller.into();
    let share = shares.of(Some(&caller));
    let before = share.bytes();
    while shares.admit(&share, purpose).is_ok() && share.bytes() < 2 * MIB {
        shares.written(HashMap::from([(Some(caller.clone()), 1_000)]), now);
    }
    share.bytes() - before
}

/// Promise: No caller can fill the trail for others
#[test]
fn the_largest_writer_is_refused_first() {
    let shares = shares();
    let now = Moment::now();
    let mia = fill(&shares, "mia", Purpose::Usual, now);
    assert!((MIB / 2..MIB / 10 * 9).contains(&mia), "{mia}");
    let refused = shares.admit(&shares.of(Some(&"mia".into())), Purpose::Usual).expect_err("over its share");
    assert!(refused.code == Code::RateLimited && refused.message.contains("retention.bytes_max"), "{refused:?}");
    assert!(shares.is_near());
    // Later callers find capacity, and leave the reserve untouched.
    let mut all = mia;
    for caller in ["tom", "eve", "kim", "lee"] {
        let written = fill(&shares, caller, Purpose::Usual, now);
        assert!(written > 0, "{caller}");
        all += written;
    }
    assert!(all <= MIB / 10 * 9 + 5_000, "{all}");
}

/// Promise: Stops and administration have reserved capacity in the trail
#[test]
fn stops_are_admitted_above_the_limit() {
    let shares = shares();
    let now = Moment::now();
    for caller in 0..200 {
        fill(&shares, &format!("caller{caller}"), Purpose::Usual, now);
    }
    let tom = shares.of(Some(&"tom".into()));
    assert!(shares.admit(&tom, Purpose::Usual).is_err() || fill(&shares, "tom", Purpose::Usual, now) < 2_000);
    assert!(shares.admit(&tom, Purpose::Reserved).is_ok());
    // The stops of one caller leave capacity for those of another.
    fill(&shares, "mia", Purpose::Reserved, now);
    assert!(shares.admit(&tom, Purpose::Reserved).is_ok());
    assert!(shares.admit(&shares.of(Some(&"mia".into())), Purpose::Console).is_ok());
}

#[test]
fn rows_past_the_minimum_age_are_not_charged() {
    let shares = shares();
    let now = Moment::now();
    let written = fill(&shares, "mia", Purpose::Usual, now);
    shares.written(HashMap::new(), now + DAY / 2);
    assert!(shares.admit(&shares.of(Some(&"mia".into())), Purpose::Usual).is_err());
    shares.written(HashMap::new(), now + DAY + DAY / 12);
    assert!(!shares.is_near());
    assert_eq!(fill(&shares, "mia", Purpose::Usual, now + DAY + DAY / 12), written);
}

#[test]
fn rows_from_before_a_start_are_charged() {
    let shares = shares();
    let now = Moment::now();
    let now_us = 1_800_000_000_000_000;
    let past =
        |hours: i64, bytes| Contribution { caller: Some("mia".into()), time_us: now_us - hours * 3_600_000_000, bytes };
    let mia = shares.of(Some(&"mia".into()));
    shares.restore(vec![past(2, 900_000), past(30, 5_000_000)], now_us, now);
    assert_eq!(mia.bytes(), 900_000, "rows older than a day are not counted");
    assert!(shares.admit(&mia, Purpose::Usual).is_err());
    shares.clear();
    assert!(shares.admit(&mia, Purpose::Usual).is_ok());
}

#[test]
fn a_full_file_admits_only_stops() {
    let mut config = Config::default();
    config.trail.file_bytes_max = MIB.cast_unsigned();
    config.retention.age_min_days = 0;
    let shares = TrailShares::new(&config, Moment::now());
    let mia = shares.of(Some(&"mia".into()));
    shares.used((MIB / 10 * 9).cast_unsigned());
    assert!(shares.is_near() && shares.admit(&mia, Purpose::Usual).is_ok());
    shares.used((MIB / 20 * 19).cast_unsigned());
    assert_eq!(shares.admit(&mia, Purpose::Usual).expect_err("no capacity").code, Code::Unrecorded);
    assert!(shares.admit(&mia, Purpose::Reserved).is_ok());
    shares.used(MIB.cast_unsigned());
    assert!(shares.admit(&mia, Purpose::Reserved).is_err());
}
