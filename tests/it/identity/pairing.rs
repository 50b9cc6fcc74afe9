//! Pairing a device: by link or code, once, in time, and safe against an attacker in between.

mod between;
mod command;

use std::ops::Deref;
use std::path::Path;

use livegate::client::Client;
use livegate::config::ClientCertificates;
use livegate::identity::pairing::code::Code;
use livegate::identity::pairing::link::Link;
use livegate::identity::pairing::pake::Device;
use livegate::platform;
use livegate::tls::Trust;
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use crate::support::Studio;

type Answer = Map<String, Value>;

async fn ask(client: &mut Client, request: Value) -> Answer {
    client.ask(request).await.expect("an answer")
}

fn text<'a>(answer: &'a Answer, key: &str) -> &'a str {
    answer.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("no {key} in {answer:?}"))
}

/// An offer, which stays open while its console is connected.
struct Offered {
    answer: Answer,
    console: Client,
}

impl Deref for Offered {
    type Target = Answer;

    fn deref(&self) -> &Answer {
        &self.answer
    }
}

async fn offer(studio: &Studio, more: Value) -> Offered {
    let mut request = json!({"action": "pair_offer"});
    request.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let mut console = studio.console().await;
    let answer = ask(&mut console, request).await;
    assert_eq!(answer["ok"], true, "{answer:?}");
    Offered { answer, console }
}

fn link_of(offer: &Answer) -> Link {
    Link::read(text(offer, "link")).expect("a link")
}

/// A TLS connection that accepts any server.
async fn device_at(address: &str) -> Client {
    Client::connect_tls(address, None, &Trust::DangerousAnyServer).await.expect("a server")
}

/// Send the steps of pairing by code.
async fn type_code(client: &mut Client, code: &str) -> Answer {
    let (device, hello) = Device::begin(Code::read(code).expect("a code")).expect("a device");
    let answer = ask(client, json!({"action": "pair_begin", "message": hex::encode(hello)})).await;
    if answer["ok"] != true {
        return answer;
    }
    let challenge = hex::decode(text(&answer, "message")).expect("hex");
    let proof = device.prove(&challenge, &client.exporter().expect("an exporter")).unwrap_or_default();
    ask(client, json!({"action": "pair_finish", "message": hex::encode(proof)})).await
}

async fn whoami(studio: &Studio, token: &str) -> Answer {
    let mut client = studio.unauthenticated().await;
    let welcome = client.authenticate(&SecretString::from(token.to_owned())).await.expect("an answer");
    if welcome["ok"] == true { ask(&mut client, json!({"action": "whoami"})).await } else { welcome }
}

fn expect_refused(answer: &Answer) {
    assert_eq!((answer["code"].as_str(), answer["ok"].as_bool()), (Some("unauthenticated"), Some(false)), "{answer:?}");
    assert!(text(answer, "error").contains("ask the owner for a new one"), "{answer:?}");
}

/// Promise: A pairing offer admits one device
#[tokio::test]
async fn a_device_pairs_once_by_link() {
    let mut studio = Studio::open().await;
    let offer = offer(&studio, json!({"role": "performer", "name": "tablet", "ttl_s": 3600})).await;
    let link = link_of(&offer);
    assert_eq!(link.address(), studio.tls.to_string());
    let mut device =
        Client::connect_tls(&link.address(), None, &Trust::Pin(link.pin)).await.expect("the pinned gateway");
    let pair = json!({"action": "pair", "secret": link.secret.expose_secret()});
    let given = ask(&mut device, pair.clone()).await;
    assert_eq!(
        (text(&given, "caller"), text(&given, "role"), text(&given, "pin")),
        ("tablet", "performer", text(&offer, "pin"))
    );
    let whoami = whoami(&studio, text(&given, "token")).await;
    assert_eq!((text(&whoami, "caller"), text(&whoami, "role")), ("tablet", "performer"));
    // The connection itself is still unauthenticated.
    assert_eq!(ask(&mut device, json!({"action": "whoami"})).await["code"], "unauthenticated");
    expect_refused(&ask(&mut device, pair).await);
    let console = &mut studio.console().await;
    let wait = json!({"action": "pair_wait", "offer": offer["offer"]});
    let reported = ask(console, wait).await;
    assert_eq!((text(&reported, "state"), &reported["jti"]), ("paired", &given["jti"]));
    drop(device);
    let rows = studio.trail().await;
    let paired: Vec<&String> = rows.iter().filter(|row| row.contains("pair")).collect();
    let expected = [
        r#"console pair_offer {"certificate":false,"name":"tablet","role":"performer","ttl_s":3600} ok by owner"#,
        "event paired tablet",
        "event pairing_refused - no pairing offer is open",
        &format!(r#"console pair_wait {{"offer":"{}"}} ok by owner"#, text(&offer, "offer")),
    ];
    assert_eq!(paired, expected.iter().collect::<Vec<_>>());
    nothing_secret_is_kept(studio.dir.path(), &[link.secret.expose_secret(), text(&given, "token")]);
}

/// Promise: A pairing offer admits one device
#[tokio::test]
async fn a_device_pairs_without_sending_the_code() {
    let mut studio = Studio::open().await;
    let offer = offer(&studio, json!({"user": "mixer", "name": "phone"})).await;
    let mut device = device_at(text(&offer, "address")).await;
    let given = type_code(&mut device, text(&offer, "code")).await;
    assert_eq!((text(&given, "caller"), text(&given, "role")), ("mixer", "mixer"), "{given:?}");
    assert_eq!(text(&whoami(&studio, text(&given, "token")).await, "caller"), "mixer");
    expect_refused(&type_code(&mut device, text(&offer, "code")).await);
    drop(device);
    studio.end().await;
    let code = text(&offer, "code").to_owned();
    nothing_secret_is_kept(studio.dir.path(), &[&code, &code.replace(' ', ""), text(&given, "token")]);
}

/// No file in the state folder contains any of these secrets, except the keys' own files.
fn nothing_secret_is_kept(dir: &Path, secrets: &[&str]) {
    let mut looked_at = 0;
    for entry in std::fs::read_dir(dir).expect("a state folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            let bytes = std::fs::read(&path).expect("a file");
            looked_at += 1;
            for secret in secrets {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{} holds {secret}", path.display());
            }
        }
    }
    assert!(looked_at > 1);
}

/// Promise: A pairing offer admits one device
#[tokio::test]
async fn a_code_has_few_tries_from_all_sources() {
    let studio = Studio::open_with(|config| config.pairing.tries_max = 2).await;
    let offer = offer(&studio, json!({"role": "viewer", "name": "tablet"})).await;
    let console = &mut studio.console().await;
    let wrong = if text(&offer, "code") == "0000 0000" { "00000001" } else { "00000000" };
    for left in [1, 0] {
        expect_refused(&type_code(&mut device_at(text(&offer, "address")).await, wrong).await);
        let wait = json!({"action": "pair_wait", "offer": offer["offer"], "tries_left": left + 1});
        assert_eq!(ask(console, wait).await["tries_left"], left);
    }
    expect_refused(&type_code(&mut device_at(text(&offer, "address")).await, text(&offer, "code")).await);
    // The link's secret cannot be guessed, so wrong attempts do not count against it.
    let link = link_of(&offer);
    let mut device =
        Client::connect_tls(&link.address(), None, &Trust::Pin(link.pin)).await.expect("the pinned gateway");
    let given = ask(&mut device, json!({"action": "pair", "secret": link.secret.expose_secret()})).await;
    assert_eq!(given["ok"], true, "{given:?}");
}

/// Promise: A pairing offer admits one device
#[tokio::test]
async fn unexpected_pairing_messages_are_refused_and_recorded() {
    let mut studio = Studio::open_with(|config| config.connections.sign_in_failures_max = 100).await;
    let offer = offer(&studio, json!({"role": "viewer", "name": "tablet"})).await;
    let (_, hello) = Device::begin(Code::read(text(&offer, "code")).expect("a code")).expect("a device");
    let hello = hex::encode(hello);
    let mut device = device_at(text(&offer, "address")).await;
    for (request, begun) in [
        (json!({"action": "pair_finish", "message": hello}), false),
        (json!({"action": "pair_begin", "message": "not hex"}), false),
        (json!({"action": "pair_begin", "message": ""}), false),
        (json!({"action": "pair_begin", "message": hello}), true),
        (json!({"action": "pair_begin", "message": hello}), false),
        (json!({"action": "pair_finish", "message": hello}), false),
        (json!({"action": "pair", "secret": "5a".repeat(16)}), false),
        (json!({"action": "pair", "secret": text(&offer, "code")}), false),
    ] {
        let answer = ask(&mut device, request.clone()).await;
        if begun { assert_eq!(answer["ok"], true, "{request}: {answer:?}") } else { expect_refused(&answer) }
    }
    let malformed = ask(&mut device, json!({"action": "pair", "secret": "x".repeat(65)})).await;
    assert_eq!(malformed["code"], "invalid_params");
    // A client that disconnects during the exchange may have tried a code on the answer.
    assert_eq!(ask(&mut device, json!({"action": "pair_begin", "message": hello})).await["ok"], true);
    drop(device);
    expect_refused(&ask(&mut studio.local().await, json!({"action": "pair", "secret": "5a".repeat(16)})).await);
    let rows = studio.trail().await;
    let reasons: Vec<&str> = rows.iter().filter_map(|row| row.strip_prefix("event pairing_refused - ")).collect();
    let count = |reason: &str| reasons.iter().filter(|other| **other == reason).count();
    assert_eq!(count("a pairing message out of turn"), 3, "{reasons:?}");
    assert_eq!(count("a malformed pairing message"), 2, "{reasons:?}");
    assert_eq!(count("a wrong pairing secret"), 2, "{reasons:?}");
    assert_eq!(count("an unfinished pairing"), 1, "{reasons:?}");
    assert_eq!(count("pairing without TLS"), 1, "{reasons:?}");
    assert_eq!(reasons.len(), 9, "{reasons:?}");
}

#[tokio::test]
async fn an_invalid_offer_is_refused_with_the_reason() {
    let studio = Studio::open().await;
    let console = &mut studio.console().await;
    for (action, user) in [("user_remove", "assistant"), ("user_disable", "engineer")] {
        assert_eq!(ask(console, json!({"action": action, "user": user})).await["ok"], true);
    }
    for (more, reason) in [
        (json!({}), "give role for a new user"),
        (json!({"role": "viewer", "name": "assistant"}), "assistant is the name of a removed user"),
        (json!({"user": "assistant"}), "the user assistant was removed"),
        (json!({"user": "engineer"}), "engineer is disabled"),
        (json!({"role": "king"}), "that role does not exist"),
        (json!({"role": "viewer", "name": "mixer"}), "the user mixer exists already"),
        (json!({"role": "viewer", "name": "Not A Name"}), "a user's name has"),
        (json!({"user": "mixer", "name": "a\u{7}b"}), "a label has"),
        (json!({"role": "viewer", "certificate": true}), "the gateway requests no client certificates"),
        (json!({"user": "ghost"}), "there is no user ghost"),
        (json!({"user": "mixer", "role": "owner"}), "mixer has the role mixer"),
        (json!({"role": "viewer", "host": "elsewhere.example"}), "the certificate is not for elsewhere.example"),
    ] {
        let mut request = json!({"action": "pair_offer"});
        request.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let answer = ask(console, request).await;
        assert_eq!(answer["code"], "invalid_params", "{more}: {answer:?}");
        assert!(text(&answer, "error").contains(reason), "{more}: {answer:?}");
    }
    let mut performer = studio.caller("performer").await;
    let answer = ask(&mut performer, json!({"action": "pair_offer", "role": "owner"})).await;
    assert_eq!(answer["code"], "forbidden");
    for action in ["pair_wait", "pair_withdraw"] {
        let answer = ask(console, json!({"action": action, "offer": "none"})).await;
        assert_eq!(answer["code"], "invalid_params");
    }
}

/// Promise: A pairing offer admits one device
#[tokio::test]
async fn an_offer_for_a_removed_user_is_refused() {
    let mut studio = Studio::open().await;
    let console = &mut studio.console().await;
    for (action, user, why) in
        [("user_disable", "mixer", "mixer is disabled"), ("user_remove", "viewer", "the user viewer was removed")]
    {
        let offer = ask(console, json!({"action": "pair_offer", "user": user})).await;
        assert_eq!(ask(console, json!({"action": action, "user": user})).await["ok"], true);
        let link = link_of(&offer);
        let mut device =
            Client::connect_tls(&link.address(), None, &Trust::Pin(link.pin)).await.expect("the pinned gateway");
        expect_refused(&ask(&mut device, json!({"action": "pair", "secret": link.secret.expose_secret()})).await);
        let reported = ask(console, json!({"action": "pair_wait", "offer": offer["offer"]})).await;
        assert_eq!(text(&reported, "state"), "over");
        assert!(text(&reported, "reason").contains(why), "{reported:?}");
    }
    let rows = studio.trail().await;
    assert!(!rows.iter().any(|row| row.starts_with("event paired")), "no device was paired: {rows:#?}");
}

/// Promise: A pairing offer admits one device
#[tokio::test]
async fn required_certificates_refuse_offers_without_one() {
    let studio = Studio::open_with(|config| config.tls.client_certificates = ClientCertificates::Required).await;
    let console = &mut studio.console().await;
    for certificate in [false, true] {
        let request = json!({"action": "pair_offer", "role": "viewer", "certificate": certificate});
        let answer = ask(console, request).await;
        assert_eq!(answer["code"], "invalid_params", "{answer:?}");
        assert!(text(&answer, "error").contains("tls.client_certificates"), "{answer:?}");
    }
}

/// Promise: A pairing offer admits one device
#[tokio::test]
async fn an_own_certificate_refuses_pairing_with_a_remedy() {
    let studio = Studio::open_with(|config| config.tls.client_certificates = ClientCertificates::Optional).await;
    let console = &mut studio.console().await;
    let tls = studio.dir.path().join("tls");
    std::fs::remove_file(tls.join("authority/ca.key")).expect("the CA's key");
    let request = json!({"action": "pair_offer", "role": "viewer", "certificate": true});
    let answer = ask(console, request).await;
    assert_eq!(answer["code"], "precondition_failed", "{answer:?}");
    assert!(text(&answer, "error").contains("no CA to issue it"), "{answer:?}");
    // Two of an owner's own certificates: neither has a CA in its chain, although one claims to be one.
    for is_authority in [false, true] {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        if is_authority {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        let own = params.self_signed(&key).expect("a certificate");
        platform::write_private(&tls.join("server.pem"), &own.pem()).expect("a file");
        let answer = ask(console, json!({"action": "pair_offer", "role": "viewer"})).await;
        assert_eq!(answer["code"], "precondition_failed", "{answer:?}");
        assert!(text(&answer, "error").contains("append the CA's certificate"), "{answer:?}");
    }
}

/// Promise: A pairing offer admits one device
#[tokio::test]
async fn an_offer_ends_with_its_connection() {
    let studio = Studio::open().await;
    let Offered { answer, mut console } = offer(&studio, json!({"role": "viewer", "name": "tablet"})).await;
    console.finish().await.expect("an end");
    let reported = ask(&mut studio.console().await, json!({"action": "pair_wait", "offer": answer["offer"]})).await;
    assert_eq!((text(&reported, "state"), text(&reported, "reason")), ("over", "its creator has disconnected"));
    let link = link_of(&answer);
    let mut device =
        Client::connect_tls(&link.address(), None, &Trust::Pin(link.pin)).await.expect("the pinned gateway");
    expect_refused(&ask(&mut device, json!({"action": "pair", "secret": link.secret.expose_secret()})).await);
}

#[tokio::test]
async fn an_offer_ends_with_its_time() {
    let studio = Studio::open_with(|config| config.pairing.offer_ttl_s = 1).await;
    let offer = offer(&studio, json!({"role": "viewer", "name": "tablet"})).await;
    let reported = ask(&mut studio.console().await, json!({"action": "pair_wait", "offer": offer["offer"]})).await;
    assert_eq!((text(&reported, "state"), text(&reported, "reason")), ("over", "no device accepted it in time"));
    let link = link_of(&offer);
    let mut device =
        Client::connect_tls(&link.address(), None, &Trust::Pin(link.pin)).await.expect("the pinned gateway");
    expect_refused(&ask(&mut device, json!({"action": "pair", "secret": link.secret.expose_secret()})).await);
}

#[tokio::test]
async fn an_offer_ends_with_its_makers_role() {
    let studio = Studio::open().await;
    let owner = &mut studio.caller("owner").await;
    let offer = ask(owner, json!({"action": "pair_offer", "role": "owner", "name": "tablet"})).await;
    let console = &mut studio.console().await;
    let demoted = ask(console, json!({"action": "user_set_role", "user": "owner", "role": "viewer"})).await;
    assert_eq!(demoted["ok"], true);
    let link = link_of(&offer);
    let mut device =
        Client::connect_tls(&link.address(), None, &Trust::Pin(link.pin)).await.expect("the pinned gateway");
    expect_refused(&ask(&mut device, json!({"action": "pair", "secret": link.secret.expose_secret()})).await);
}
