//! Who may claim which key, and when keys expire.

use super::*;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn keys(entries_max: usize) -> Arc<IdempotencyKeys> {
    Arc::new(IdempotencyKeys::new(entries_max, DAY))
}

/// A moment at which both clocks agree.
fn at(us: i64) -> KeyTime {
    KeyTime { wall_us: us, run_us: us }
}

fn digest(action: &str) -> Digest {
    Digest::of(action, &Map::new(), None)
}

fn earlier(once: &str, outcome: OutcomeKind) -> Earlier {
    Earlier {
        caller: "mia".into(),
        once: once.into(),
        action: "undo".into(),
        parameters: Map::new(),
        terms: None,
        time_us: 0,
        outcome,
        code: None,
    }
}

fn claim(keys: &Arc<IdempotencyKeys>, key: &str, now_us: i64) -> Result<KeyUse, Refusal> {
    keys.claim_key(&"mia".into(), key, digest("undo"), at(now_us))
}

fn first(keys: &Arc<IdempotencyKeys>, key: &str, now_us: i64) -> KeyClaim {
    match claim(keys, key, now_us) {
        Ok(KeyUse::First(claim)) => claim,
        other => panic!("not the first: {other:?}"),
    }
}

#[test]
fn a_repeated_key_returns_the_first_outcome() {
    let keys = keys(36);
    first(&keys, "a", 0).settle(OutcomeKind::Ok, None);
    let Ok(KeyUse::Repeated(repeated)) = claim(&keys, "a", 1) else { panic!("it ran twice") };
    assert_eq!((repeated.body()["ok"].clone(), repeated.body()["repeated"].clone()), (true.into(), true.into()));
}

#[test]
fn a_reused_or_running_key_is_refused() {
    let keys = keys(36);
    let claimed = first(&keys, "a", 0);
    assert_eq!(claim(&keys, "a", 1).expect_err("in flight").code, Code::OutcomeUnknown);
    claimed.settle(OutcomeKind::Ok, None);
    let other = keys.claim_key(&"mia".into(), "a", digest("redo"), at(1));
    assert_eq!(other.expect_err("another request").code, Code::InvalidParams);
}

#[test]
fn callers_do_not_share_keys() {
    let keys = keys(36);
    let _mias = first(&keys, "a", 0);
    assert!(matches!(keys.claim_key(&"tom".into(), "a", digest("redo"), at(0)), Ok(KeyUse::First(_))));
}

/// Promise: A request with an idempotency key runs at most once
#[test]
fn only_requests_that_never_ran_may_be_retried() {
    let keys = keys(36);
    for kind in [OutcomeKind::NotSent, OutcomeKind::Expired, OutcomeKind::Cancelled, OutcomeKind::RefusedInLive] {
        first(&keys, "a", 0).settle(kind, Some(Code::Expired));
    }
    first(&keys, "a", 0).release();
    drop(first(&keys, "a", 0));
    let Ok(KeyUse::Repeated(repeated)) = claim(&keys, "a", 1) else { panic!("it ran twice") };
    assert_eq!(repeated.body()["code"], "outcome_unknown");
}

#[test]
fn a_key_is_released_after_one_day() {
    let keys = keys(36);
    first(&keys, "a", 0).settle(OutcomeKind::Ok, None);
    let day_us = i64::try_from(DAY.as_micros()).expect("a day");
    assert!(matches!(claim(&keys, "a", day_us), Ok(KeyUse::Repeated(_))));
    assert!(matches!(claim(&keys, "a", day_us + 1), Ok(KeyUse::First(_))));
}

/// Promise: A clock change repeats no request
#[test]
fn setting_the_clock_forward_releases_no_key() {
    let keys = keys(36);
    first(&keys, "a", 0).settle(OutcomeKind::Ok, None);
    let day_us = i64::try_from(DAY.as_micros()).expect("a day");
    let mia = "mia".into();
    for now in [KeyTime { wall_us: 3 * day_us, run_us: 1 }, KeyTime { wall_us: 1, run_us: 3 * day_us }] {
        assert!(matches!(keys.claim_key(&mia, "a", digest("undo"), now), Ok(KeyUse::Repeated(_))), "{now:?}");
    }
    assert!(keys.resolvable_us(3 * day_us) >= 3 * day_us, "its row must be retained");
}

#[test]
fn setting_the_clock_before_start_releases_no_key() {
    let keys = keys(36);
    let day_us = i64::try_from(DAY.as_micros()).expect("a day");
    // The last row was written an hour after the key; then the clock was set forward by three days.
    let last_row_us = Some(day_us / 24);
    assert!(keys.restore_since_us(4 * day_us, last_row_us) <= 0);
    keys.restore(&earlier("a", OutcomeKind::Ok), last_row_us);
    let now = |run_us| KeyTime { wall_us: 4 * day_us, run_us };
    let mia = "mia".into();
    assert!(matches!(keys.claim_key(&mia, "a", digest("undo"), now(day_us / 24 * 22)), Ok(KeyUse::Repeated(_))));
    assert!(matches!(keys.claim_key(&mia, "a", digest("undo"), now(day_us / 24 * 23 + 1)), Ok(KeyUse::First(_))));
}

/// Promise: No caller can exhaust the idempotency keys of others
#[test]
fn a_caller_holds_only_its_share_of_keys() {
    let keys = keys(64);
    let fill = |caller: &str, now_us| {
        let mut held = 0;
        loop {
            match keys.claim_key(&caller.into(), &format!("{now_us}-{held}"), digest("undo"), at(now_us)) {
                Ok(KeyUse::First(claim)) => claim.settle(OutcomeKind::Ok, None),
                Err(refusal) => break (held, refusal),
                Ok(KeyUse::Repeated(_)) => panic!("a new key is no repetition"),
            }
            held += 1;
        }
    };
    let (held, refusal) = fill("mia", 0);
    assert_eq!((held, refusal.code), (32, Code::Overloaded));
    assert!(
        refusal.message.contains("32 idempotency keys") && refusal.message.contains("requests.once_keys_max = 64"),
        "{refusal:?}"
    );
    assert_eq!([fill("tom", 0).0, fill("eve", 0).0, fill("kim", 0).0], [16, 8, 4]);
    // No key is evicted before it expires.
    let day_us = i64::try_from(DAY.as_micros()).expect("a day");
    assert_eq!(fill("mia", day_us).0, 0);
    assert_eq!(fill("mia", day_us + SWEEP_US + 1).0, 32);
}

#[test]
fn keys_are_loaded_from_the_trail() {
    let keys = keys(36);
    keys.restore(&earlier("a", OutcomeKind::Ok), Some(0));
    // The repetition's own row does not change the first outcome.
    keys.restore(&earlier("a", OutcomeKind::NotSent), Some(0));
    keys.restore(&earlier("b", OutcomeKind::NotSent), Some(0));
    assert!(matches!(claim(&keys, "a", 1), Ok(KeyUse::Repeated(_))));
    assert!(matches!(claim(&keys, "b", 1), Ok(KeyUse::First(_))));
}
