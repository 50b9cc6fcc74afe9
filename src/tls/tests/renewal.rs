//! Renewal and replacement of certificates over time.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::process::Command;

use rcgen::{CertificateParams, KeyPair};
use serde_json::Value;
use x509_parser::extensions::ParsedExtension;

use super::{TestFolder, read};
use crate::audit::Event;
use crate::config;
use crate::platform;
use crate::platform::clock;
use crate::tls::{Machine, ManagerError, Names, Rotation, certificates::read_pem};

const DAY_S: i64 = 86_400;

/// The kind and the reason of an event.
fn kinds_and_reasons(events: &[Event]) -> Vec<(String, String)> {
    let fields = events.iter().map(|event| serde_json::from_str::<Value>(&event.row(1).bytes).expect("JSON"));
    fields.map(|event| (text(&event["kind"]), text(&event["reason"]))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Promise: A client authenticates its server
#[test]
fn the_ca_is_constrained_to_private_names() {
    let place = TestFolder::new();
    let ca = read_pem(&place.files.ca).expect("a CA");
    let (_, parsed) = x509_parser::parse_x509_certificate(&ca[0]).expect("a certificate");
    let constraints = parsed
        .extensions()
        .iter()
        .find(|extension| matches!(extension.parsed_extension(), ParsedExtension::NameConstraints(_)));
    assert!(constraints.expect("name constraints").critical);
    assert!(parsed.basic_constraints().expect("readable").expect("there").critical);
    let leaf = &read(&place.files.certificate)[0];
    assert!(!leaf.is_authority);
    assert!(leaf.not_after - leaf.not_before <= 90 * DAY_S);
    assert_eq!(leaf.names, ["localhost", "127.0.0.1"]);
}

/// Promise: Certificate renewal overwrites no foreign key
#[test]
fn a_leaf_is_renewed_at_two_thirds_life() {
    let place = TestFolder::begun();
    let first = read(&place.files.certificate).swap_remove(0);
    let machine = Machine::default();
    assert_eq!(kinds_and_reasons(&place.manager.check(first.renewal_at() - 1, &machine)), []);
    let renewed = place.manager.check(first.renewal_at(), &machine);
    assert_eq!(
        kinds_and_reasons(&renewed),
        [("certificate_renewed".into(), "two thirds of its lifetime have passed".into())]
    );
    let second = read(&place.files.certificate).swap_remove(0);
    assert_ne!(first.key, second.key);
    assert!(second.not_after > first.not_after);
    assert_eq!(kinds_and_reasons(&place.manager.check(first.renewal_at() + 1, &machine)), []);
}

#[test]
fn an_expired_leaf_is_renewed_at_the_start() {
    let place = TestFolder::new();
    let ended = read(&place.files.certificate)[0].not_after;
    let events = place.manager.begin(ended + 400 * DAY_S, &Machine::default()).expect("a new leaf");
    assert_eq!(kinds_and_reasons(&events)[0].0, "certificate_renewed");
    assert!(read(&place.files.certificate)[0].not_after > ended + 400 * DAY_S);
}

/// Promise: Certificate renewal overwrites no foreign key
#[test]
fn a_new_leaf_names_only_permitted_new_addresses() {
    let names = Names::new(["localhost", "studio", "studio.local"], [Ipv4Addr::LOCALHOST.into()]);
    let place = TestFolder::with(&names, |config| config.listen = vec![([0, 0, 0, 0], 0).into()]);
    let now = clock::unix_seconds();
    let mut machine = Machine { host: "studio".into(), addresses: vec![Ipv4Addr::LOCALHOST.into()] };
    assert_eq!(kinds_and_reasons(&place.manager.begin(now, &machine).expect("a leaf")), []);
    machine.addresses.push(IpAddr::from([192, 168, 1, 7]));
    let reason = "this machine has the new name or address 192.168.1.7".to_owned();
    assert_eq!(kinds_and_reasons(&place.manager.check(now, &machine)), [("certificate_renewed".into(), reason)]);
    let expected = ["localhost", "studio", "studio.local", "127.0.0.1", "192.168.1.7"];
    assert_eq!(read(&place.files.certificate)[0].names, expected);
    // The CA's constraints exclude the other name: clients would refuse a leaf with it.
    machine.host = "bank".into();
    assert_eq!(kinds_and_reasons(&place.manager.check(now, &machine)), []);
}

/// Promise: Certificate renewal overwrites no foreign key
#[test]
fn an_interrupted_renewal_is_completed() {
    let place = TestFolder::new();
    let now = clock::unix_seconds();
    let first = fs::read(&place.files.certificate).expect("a certificate");
    place.manager.renew(now, &Machine::default()).expect("another leaf");
    fs::rename(&place.files.certificate, &place.files.next).expect("a certificate");
    fs::write(&place.files.certificate, first).expect("the one before");
    let key = read(&place.files.next)[0].key;
    assert_eq!(kinds_and_reasons(&place.manager.begin(now, &Machine::default()).expect("a leaf and its key")), []);
    assert_eq!(read(&place.files.certificate)[0].key, key);
}

/// Promise: Certificate renewal overwrites no foreign key
#[test]
fn a_foreign_key_is_never_overwritten() {
    let now = clock::unix_seconds();
    let machine = Machine::default();
    for is_begun in [false, true] {
        let place = if is_begun { TestFolder::begun() } else { TestFolder::new() };
        let key = KeyPair::generate().expect("a key").serialize_pem();
        platform::write_secret(&place.files.key, &key.clone().into()).expect("a file");
        for _ in 0..2 {
            if !is_begun {
                let refused = format!("{:#}", place.manager.begin(now, &machine).expect_err("a refusal"));
                assert!(refused.contains("is not overwritten"), "{refused}");
            }
            let renewed = place.manager.renew(now, &machine).map(drop);
            let rotated = place.manager.rotate(now, &machine, Rotation::Forced).map(drop);
            for asked in [renewed, rotated] {
                assert!(
                    matches!(asked, Err(ManagerError::Refused(why)) if why.contains("is not overwritten")),
                    "{asked:?}"
                );
            }
            assert_eq!(fs::read_to_string(&place.files.key).expect("a key"), key);
            // The same without the certificate.
            let _ = fs::remove_file(&place.files.certificate);
        }
    }
}

/// Promise: Certificate renewal overwrites no foreign key
#[test]
fn a_link_to_an_absent_medium_stays() {
    let place = TestFolder::new();
    let now = clock::unix_seconds();
    let machine = Machine::default();
    let away = place.files.ca.with_extension("away");
    for file in [&place.files.certificate, &place.files.key] {
        fs::rename(file, &away).expect("it was there");
        let linked = Command::new("ln").arg("-s").arg(file.with_extension("nowhere")).arg(file).status();
        if !linked.is_ok_and(|status| status.success()) {
            eprintln!("skipped: there is no `ln` here");
            assert!(!config::requires_all(), "LIVEGATE_REQUIRE_ALL is set");
            return;
        }
        let refused = format!("{:#}", place.manager.begin(now, &machine).expect_err("a refusal"));
        assert!(refused.contains("cannot read"), "{refused}");
        assert!(fs::symlink_metadata(file).expect("a link").is_symlink(), "{} was replaced", file.display());
        fs::rename(&away, file).expect("it was there");
    }
    assert_eq!(kinds_and_reasons(&place.manager.begin(now, &machine).expect("what was there")), []);
}

/// Promise: Certificate renewal overwrites no foreign key
#[test]
fn an_own_key_outlives_its_certificate() {
    let place = TestFolder::begun();
    let now = clock::unix_seconds();
    let machine = Machine::default();
    put(&place, 10);
    place.manager.check(now, &machine);
    let key = fs::read(&place.files.key).expect("a key");
    fs::remove_file(&place.files.certificate).expect("it was there");
    assert_eq!(kinds_and_reasons(&place.manager.check(now, &machine))[0].0, "certificate_refused");
    assert_eq!(fs::read(&place.files.key).expect("a key"), key);
}

/// Promise: Certificate renewal overwrites no foreign key
#[test]
fn an_own_key_without_certificate_stays() {
    let place = TestFolder::begun();
    let now = clock::unix_seconds();
    let machine = Machine::default();
    let ours = fs::read_to_string(&place.files.certificate).expect("a certificate");
    put(&place, 10);
    let theirs = fs::read(&place.files.certificate).expect("theirs");
    let key = fs::read(&place.files.key).expect("a key");
    platform::write_private(&place.files.certificate, &ours).expect("a file");
    let refused = kinds_and_reasons(&place.manager.check(now, &machine));
    assert!(refused[0].0 == "certificate_refused" && refused[0].1.contains("do not match"), "{refused:?}");
    fs::remove_file(&place.files.certificate).expect("it was there");
    assert_eq!(kinds_and_reasons(&place.manager.check(now, &machine))[0].0, "certificate_refused");
    assert_eq!(fs::read(&place.files.key).expect("a key"), key);
    fs::write(&place.files.certificate, theirs).expect("a file");
    assert_eq!(kinds_and_reasons(&place.manager.check(now, &machine))[0].0, "certificate_loaded");
}

#[test]
fn a_missing_leaf_is_reissued_for_its_key() {
    let place = TestFolder::begun();
    fs::remove_file(&place.files.certificate).expect("it was there");
    let events = place.manager.check(clock::unix_seconds(), &Machine::default());
    assert_eq!(kinds_and_reasons(&events)[0].1, "certificate or key was missing");
}

/// Replace the files by a certificate and key from another CA.
fn put(place: &TestFolder, days: i64) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    params.not_after = time::OffsetDateTime::now_utc() + time::Duration::days(days);
    let certificate = params.self_signed(&key).expect("a certificate");
    platform::write_secret(&place.files.key, &key.serialize_pem().into()).expect("a file");
    platform::write_private(&place.files.certificate, &certificate.pem()).expect("a file");
}

/// Promise: Certificate renewal overwrites no foreign key
#[test]
fn an_own_certificate_is_used_and_never_replaced() {
    let place = TestFolder::begun();
    let now = clock::unix_seconds();
    let machine = Machine::default();
    put(&place, 10);
    assert_eq!(kinds_and_reasons(&place.manager.check(now, &machine)), [("certificate_loaded".into(), String::new())]);
    let own = read(&place.files.certificate)[0].key;
    assert_eq!(kinds_and_reasons(&place.manager.check(now + 9 * DAY_S, &machine)), []);
    assert!(place.manager.renew(now, &machine).is_err());
    assert_eq!(read(&place.files.certificate)[0].key, own);
}

/// Promise: Certificate renewal overwrites no foreign key
#[tokio::test]
async fn an_unusable_certificate_is_logged_once() {
    let place = TestFolder::begun();
    let now = clock::unix_seconds();
    let machine = Machine::default();
    put(&place, -1);
    let refused = kinds_and_reasons(&place.manager.check(now, &machine));
    assert!(refused[0].0 == "certificate_refused" && refused[0].1.contains("expired at"), "{refused:?}");
    assert_eq!(kinds_and_reasons(&place.manager.check(now, &machine)), []);
    fs::write(&place.files.certificate, "no PEM").expect("a file");
    let refused = kinds_and_reasons(&place.manager.check(now, &machine));
    assert!(refused[0].0 == "certificate_refused" && refused[0].1.contains("contains no certificate"), "{refused:?}");
    let (channel, client) = place.connect(&place.trust()).await;
    assert!(channel.is_ok() && client.is_ok());
}
