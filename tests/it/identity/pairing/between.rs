//! An attacker between device and gateway who relays every line.

use std::path::Path;

use livegate::client::Client;
use livegate::config;
use livegate::gateway::handshake::{Channel, TlsListener};
use livegate::identity::pairing::code::Code;
use livegate::identity::pairing::pake::Device;
use livegate::platform::Stream;
use livegate::tls::{self, CertificateManager, Machine, Names, Trust};
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::{ask, device_at, link_of, offer, text};
use crate::support::Studio;

/// A relay with its own certificate, which passes on every line in both directions.
async fn stand_between(dir: &Path, gateway: String) -> String {
    let state = dir.join("impostor");
    let names = Names::new(["localhost"], [[127, 0, 0, 1].into()]);
    tls::create_authority(&state.join("tls"), &names).expect("certificates");
    let manager = CertificateManager::new(&state, &config::Tls::default());
    manager.begin(OffsetDateTime::now_utc().unix_timestamp(), &Machine::default()).expect("a certificate");
    let tls = TlsListener::new(&manager);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(Channel { stream, .. }) = tls.accept(stream).await {
                pass_on(stream, &mut device_at(&gateway).await).await;
            }
        }
    });
    address
}

async fn pass_on(stream: Box<dyn Stream>, gateway: &mut Client) {
    let (lines, mut back) = tokio::io::split(stream);
    let mut lines = BufReader::new(lines).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = Value::Object(ask(gateway, serde_json::from_str(&line).expect("JSON")).await);
        back.write_all(format!("{answer}\n").as_bytes()).await.expect("a device that listens");
        back.flush().await.expect("a device that listens");
    }
}

/// Promise: A pairing offer admits one device
#[tokio::test]
async fn a_relaying_attacker_gets_no_credential() {
    let mut studio = Studio::open().await;
    let offer = offer(&studio, json!({"role": "owner", "name": "tablet"})).await;
    let address = stand_between(studio.dir.path(), text(&offer, "address").to_owned()).await;
    let mut device = device_at(&address).await;
    let (end, hello) = Device::begin(Code::read(text(&offer, "code")).expect("a code")).expect("a device");
    let answer = ask(&mut device, json!({"action": "pair_begin", "message": hex::encode(hello)})).await;
    let challenge = hex::decode(text(&answer, "message")).expect("hex");
    assert!(end.prove(&challenge, &device.exporter().expect("an exporter")).is_none(), "the device proves nothing");
    drop(device);
    // By link, the impostor does not receive the secret.
    let refused = Client::connect_tls(&address, None, &Trust::Pin(link_of(&offer).pin)).await;
    let error = refused.err().map(|error| format!("{error:#}")).expect("a refusal");
    assert!(error.contains("not the pinned one"), "{error}");
    let rows = studio.trail().await;
    assert!(!rows.iter().any(|row| row.starts_with("event paired")), "{rows:?}");
}
