//! Senders of OSC beyond this machine: paired by eight digits and the owner's word, refused otherwise.

use std::net::SocketAddr;

use livegate::client::Client;
use rosc::OscType;
use serde_json::{Value, json};
use tokio::net::UdpSocket;

use super::osc::{OscClient, configure, until_row};
use crate::support::asking::done;
use crate::support::{Studio, trail};

/// A studio that serves other machines, so that loopback needs pairing as the LAN does.
async fn lan_studio() -> Studio {
    let studio = Studio::open_with(configure).await;
    studio.restart_with(|config| config.tls.listen = vec!["0.0.0.0:0".parse().expect("an address")]).await
}

/// A client at 127.0.0.`source`.
async fn client_at(studio: &Studio, source: u8) -> OscClient {
    let socket = UdpSocket::bind(SocketAddr::from(([127, 0, 0, source], 0))).await.expect("a loopback address");
    socket.connect(studio.osc).await.expect("the OSC socket");
    OscClient::over(socket)
}

async fn offer(owner: &mut Client) -> Value {
    done(owner, json!({"action": "pair_osc_offer", "role": "mixer", "name": "ipad"})).await
}

async fn wait(owner: &mut Client, offer: &Value) -> Value {
    done(owner, json!({"action": "pair_wait", "offer": offer["offer"], "tries_left": 5})).await
}

fn digits(offer: &Value) -> Vec<OscType> {
    vec![OscType::String(offer["code"].as_str().expect("digits").to_owned())]
}

/// Promise: OSC accepts only this machine and paired senders
#[tokio::test]
async fn a_paired_sender_acts_as_its_user() {
    let mut studio = lan_studio().await;
    let mut owner = studio.console().await;
    let ipad = client_at(&studio, 2).await;
    let other = client_at(&studio, 3).await;
    let offer = offer(&mut owner).await;
    ipad.send("/livegate/pair", digits(&offer)).await;
    let asked = wait(&mut owner, &offer).await;
    assert_eq!((&asked["state"], &asked["address"]), (&json!("confirm"), &json!("127.0.0.2")));
    let wrong = json!({"action": "pair_osc_confirm", "offer": offer["offer"], "address": "127.0.0.3"});
    assert_eq!(owner.ask(wrong).await.expect("an answer")["code"], "invalid_params");
    done(&mut owner, json!({"action": "pair_osc_confirm", "offer": offer["offer"], "address": "127.0.0.2"})).await;
    assert_eq!(ipad.ask("/live/test", vec![]).await, [OscType::String("ok".into())]);
    ipad.send("/live/track/set/volume", vec![OscType::Int(0), OscType::Float(0.25)]).await;
    let denied = ipad.refused("/live/song/set/tempo", vec![OscType::Int(90)]).await;
    assert!(denied.contains("mixer"), "{denied}");
    // The binding is of the iPad's address alone, and the digits are used up.
    other.send("/livegate/pair", digits(&offer)).await;
    other.send("/live/track/set/volume", vec![OscType::Int(0), OscType::Float(1.0)]).await;
    assert_eq!(ipad.ask("/live/track/get/volume", vec![OscType::Int(0)]).await[1], OscType::Float(0.25));
    done(&mut owner, json!({"action": "user_disable", "user": "ipad"})).await;
    ipad.send("/live/track/set/volume", vec![OscType::Int(0), OscType::Float(0.75)]).await;
    until_row(&mut owner, "osc_dropped").await;
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let moves: Vec<_> = rows.iter().filter(|row| row.action.as_deref() == Some("set_track_volume")).collect();
    assert_eq!(moves.len(), 1, "{moves:?}");
    assert_eq!((moves[0].caller.as_deref(), moves[0].channel.as_deref()), (Some("ipad"), Some("osc")));
    let session = rows.iter().find(|row| row.kind == "session" && row.caller.as_deref() == Some("ipad"));
    assert_eq!(
        session.and_then(|row| row.details.as_ref()).map(|details| details["proof"].clone()),
        Some(json!("address"))
    );
}

/// Promise: OSC accepts only this machine and paired senders
#[tokio::test]
async fn digits_are_good_at_their_door_alone() {
    let studio = lan_studio().await;
    let mut owner = studio.console().await;
    let for_tls =
        done(&mut owner, json!({"action": "pair_offer", "role": "viewer", "name": "phone", "host": "localhost"})).await;
    let code = for_tls["code"].as_str().expect("a code").replace(' ', "");
    let client = client_at(&studio, 2).await;
    let for_osc = offer(&mut owner).await;
    client.send("/livegate/pair", vec![OscType::String(code.clone())]).await;
    let tried = wait(&mut owner, &for_osc).await;
    if for_osc["code"] != code.as_str() {
        assert_eq!((&tried["state"], &tried["tries_left"]), (&json!("open"), &json!(4)));
    }
    until_row(&mut owner, "pairing_refused").await;
    // The other way round, the digits of OSC are no code of the offer for TLS, which is still open.
    let open = done(&mut owner, json!({"action": "pair_wait", "offer": for_tls["offer"], "deadline_ms": 600})).await;
    assert_eq!(open["state"], "open");
    done(&mut owner, json!({"action": "pair_withdraw", "offer": for_osc["offer"]})).await;
}

/// Promise: OSC accepts only this machine and paired senders
#[tokio::test]
async fn silence_ends_a_pairing() {
    let studio = lan_studio().await;
    let mut owner = studio.console().await;
    let client = client_at(&studio, 2).await;
    let offer = offer(&mut owner).await;
    client.send("/livegate/pair", digits(&offer)).await;
    wait(&mut owner, &offer).await;
    done(&mut owner, json!({"action": "pair_osc_confirm", "offer": offer["offer"], "address": "127.0.0.2"})).await;
    assert_eq!(client.ask("/live/test", vec![]).await, [OscType::String("ok".into())]);
    studio.clock.sleep_through(std::time::Duration::from_secs(1_801));
    until_row(&mut owner, "osc_unpaired").await;
}
