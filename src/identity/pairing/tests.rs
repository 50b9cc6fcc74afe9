//! Offers: one use, few tries, a few minutes.

use super::code::Code;
use super::pake::Device;
use super::*;

const EXPORTER: [u8; 32] = [7; 32];
const TRIES: u32 = 3;
const MINUTES: Duration = Duration::from_secs(300);

fn grant() -> DeviceGrant {
    let user = "tablet".into();
    let label = "tablet".into();
    let pin = "ab".into();
    let by = "console".into();
    DeviceGrant {
        user,
        role: Some("performer".into()),
        label,
        ttl: Duration::from_secs(60),
        certificate: false,
        pin,
        by,
        issuers: Issuers::default(),
    }
}

/// An offer with this secret, and the code 1234 5678.
fn open(pairing: &Pairing, secret: &str, now: Moment) -> Arc<str> {
    open_while(pairing, secret, now, Box::new(|| true))
}

fn open_while(pairing: &Pairing, secret: &str, now: Moment, still_permits: StillPermits) -> Arc<str> {
    let record = Record::of(&right()).expect("a record");
    pairing
        .offer(grant(), Terms { secret: secret.into(), record, tries_max: TRIES, until: now + MINUTES, still_permits })
}

fn right() -> Code {
    Code::read("12345678").expect("a code")
}

/// A device types a code.
fn type_code(pairing: &Pairing, code: Code, now: Moment) -> Result<ClaimedOffer, Denied> {
    let (device, hello) = Device::begin(code).expect("a device");
    let (begun, message) = pairing.begin(&hello, &EXPORTER, now)?;
    let proof = device.prove(&message, &EXPORTER).unwrap_or_default();
    pairing.finish(begun, &proof, now)
}

fn reason<T>(result: Result<T, Denied>) -> &'static str {
    result.err().map_or("it was accepted", |denied| denied.reason)
}

#[test]
fn an_offer_is_accepted_once_by_either_way() {
    let pairing = Pairing::default();
    let now = Moment::now();
    open(&pairing, "secret", now);
    let claim = pairing.claim(&"secret".into(), now).expect("the right secret");
    assert_eq!(*claim.grant, grant());
    assert_eq!(reason(pairing.claim(&"secret".into(), now)), "no pairing offer is open");
    assert_eq!(reason(type_code(&pairing, right(), now)), "no pairing offer is open");
    open(&pairing, "secret", now);
    assert_eq!(*type_code(&pairing, right(), now).expect("the right code").grant, grant());
    assert_eq!(reason(type_code(&pairing, right(), now)), "no pairing offer is open");
}

#[test]
fn a_wrong_secret_uses_up_no_try() {
    let pairing = Pairing::default();
    let now = Moment::now();
    open(&pairing, "secret", now);
    for wrong in ["", "secre", "secret ", "12345678"] {
        assert_eq!(reason(pairing.claim(&wrong.into(), now)), "a wrong pairing secret");
    }
    assert!(pairing.claim(&"secret".into(), now).is_ok());
}

#[test]
fn a_spent_code_leaves_the_link_valid() {
    let pairing = Pairing::default();
    let now = Moment::now();
    let id = open(&pairing, "secret", now);
    let progress = pairing.follow(&id).expect("the newest offer").progress;
    for left in (0..TRIES).rev() {
        let wrong = Code::read("87654321").expect("a code");
        assert_eq!(reason(type_code(&pairing, wrong, now)), "a wrong pairing code");
        assert_eq!(*progress.borrow(), Progress::Open { tries_left: left });
    }
    assert_eq!(reason(type_code(&pairing, right(), now)), "a pairing code without tries left");
    assert!(pairing.claim(&"secret".into(), now).is_ok());
}

/// Promise: A malformed pairing message counts as no attempt
#[test]
fn a_malformed_message_uses_up_no_try() {
    let pairing = Pairing::default();
    let now = Moment::now();
    let id = open(&pairing, "secret", now);
    let progress = pairing.follow(&id).expect("the newest offer").progress;
    let (_, hello) = Device::begin(right()).expect("a device");
    let with_tail = [&hello[..], &[0]].concat();
    for malformed in [&[][..], &[0; 64], &[0xff; 64], &hello[1..], &with_tail] {
        for _ in 0..=TRIES {
            assert_eq!(reason(pairing.begin(malformed, &EXPORTER, now)), "a malformed pairing message");
        }
    }
    assert_eq!(*progress.borrow(), Progress::Open { tries_left: TRIES });
    assert!(type_code(&pairing, right(), now).is_ok());
}

#[test]
fn a_right_code_is_no_wrong_try() {
    let pairing = Pairing::default();
    let now = Moment::now();
    let id = open(&pairing, "secret", now);
    let progress = pairing.follow(&id).expect("the newest offer").progress;
    let (device, hello) = Device::begin(right()).expect("a device");
    let (exchange, message) = pairing.begin(&hello, &EXPORTER, now).expect("an exchange");
    assert_eq!(*progress.borrow(), Progress::Open { tries_left: TRIES });
    let proof = device.prove(&message, &EXPORTER).expect("a proof");
    assert!(pairing.finish(exchange, &proof, now).is_ok());
    assert_eq!(*progress.borrow(), Progress::Taken);
}

#[test]
fn an_abandoned_exchange_uses_up_a_try() {
    let pairing = Pairing::default();
    let now = Moment::now();
    open(&pairing, "secret", now);
    let (_, hello) = Device::begin(right()).expect("a device");
    for _ in 0..TRIES {
        assert!(pairing.begin(&hello, &EXPORTER, now).is_ok());
    }
    assert_eq!(reason(pairing.begin(&hello, &EXPORTER, now)), "a pairing code without tries left");
}

#[test]
fn an_offer_expires_exactly_in_time() {
    let pairing = Pairing::default();
    let now = Moment::now();
    let id = open(&pairing, "secret", now);
    let OfferProgress { progress, until, .. } = pairing.follow(&id).expect("the newest offer");
    let (device, hello) = Device::begin(right()).expect("a device");
    let (begun, message) = pairing.begin(&hello, &EXPORTER, now).expect("a try");
    assert!(pairing.begin(&hello, &EXPORTER, until - Duration::from_nanos(1)).is_ok());
    let proof = device.prove(&message, &EXPORTER).expect("the right code");
    assert_eq!(reason(pairing.finish(begun, &proof, until)), "no pairing offer is open");
    assert_eq!(*progress.borrow(), Progress::Over(TIME_IS_UP.into()));
    assert_eq!(reason(pairing.claim(&"secret".into(), now)), "no pairing offer is open");
}

/// Promise: A pairing offer admits one device
#[test]
fn a_newer_offer_replaces_the_earlier_one() {
    let pairing = Pairing::default();
    let now = Moment::now();
    let first = open(&pairing, "first", now);
    let progress = pairing.follow(&first).expect("the newest offer").progress;
    let (device, hello) = Device::begin(right()).expect("a device");
    let (begun, message) = pairing.begin(&hello, &EXPORTER, now).expect("a try");
    let second = open(&pairing, "second", now);
    assert_eq!(*progress.borrow(), Progress::Over("a newer offer has replaced it".into()));
    assert!(pairing.follow(&first).is_none() && !pairing.withdraw(&first));
    assert_eq!(reason(pairing.claim(&"first".into(), now)), "a wrong pairing secret");
    let proof = device.prove(&message, &EXPORTER).expect("the right code");
    assert_eq!(reason(pairing.finish(begun, &proof, now)), "a pairing offer that is over");
    assert!(pairing.withdraw(&second));
    assert_eq!(reason(pairing.claim(&"second".into(), now)), "no pairing offer is open");
}

#[test]
fn the_offerer_learns_the_outcome() {
    let pairing = Pairing::default();
    let now = Moment::now();
    let id = open(&pairing, "secret", now);
    let progress = pairing.follow(&id).expect("the newest offer").progress;
    let claim = pairing.claim(&"secret".into(), now).expect("the right secret");
    assert_eq!(*progress.borrow(), Progress::Taken);
    claim.paired(&"jti".into());
    assert_eq!(*progress.borrow(), Progress::Paired { jti: "jti".into() });
    let id = open(&pairing, "secret", now);
    let OfferProgress { progress, until, .. } = pairing.follow(&id).expect("the newest offer");
    pairing.expire(until);
    assert_eq!(*progress.borrow(), Progress::Over(TIME_IS_UP.into()));
    let withdrawn = open(&pairing, "secret", now);
    assert!(pairing.withdraw(&withdrawn));
    let progress = pairing.follow(&withdrawn).expect("the newest offer").progress;
    assert_eq!(*progress.borrow(), Progress::Over("it was withdrawn".into()));
}

#[test]
fn an_offer_ends_with_its_makers_rights() {
    let pairing = Pairing::default();
    let now = Moment::now();
    let may = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let still = may.clone();
    let still_permits = Box::new(move || still.load(std::sync::atomic::Ordering::Relaxed));
    let id = open_while(&pairing, "secret", now, still_permits);
    let (device, hello) = Device::begin(right()).expect("a device");
    let (begun, message) = pairing.begin(&hello, &EXPORTER, now).expect("a try");
    may.store(false, std::sync::atomic::Ordering::Relaxed);
    let proof = device.prove(&message, &EXPORTER).expect("the right code");
    assert_eq!(reason(pairing.finish(begun, &proof, now)), "no pairing offer is open");
    assert_eq!(reason(pairing.claim(&"secret".into(), now)), "no pairing offer is open");
    let progress = pairing.follow(&id).expect("the newest offer").progress;
    assert_eq!(*progress.borrow(), Progress::Over("its creator no longer has the right to pair devices".into()));
}

#[test]
fn an_offer_expires_by_the_wall_clock_too() {
    let pairing = Pairing::default();
    let now = Moment::now();
    open(&pairing, "secret", now);
    pairing.slot().as_mut().expect("the offer").expires_at = clock::unix_seconds();
    assert_eq!(reason(pairing.claim(&"secret".into(), now)), "no pairing offer is open");
}
