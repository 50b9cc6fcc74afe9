//! The OSC door: addresses of AbletonOSC over UDP.

use livegate::client::Client;
use livegate::config::{OwnPort, Reply};
use rosc::{OscBundle, OscMessage, OscPacket, OscTime, OscType, decoder, encoder};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UdpSocket;

use crate::support::bound::within;
use crate::support::studio::{loopback, socket};
use crate::support::{Studio, trail};

/// A client that sends datagrams from a port of its own, where its replies go.
pub struct OscClient {
    socket: UdpSocket,
}

/// A message: its address and arguments.
pub type Said = (String, Vec<OscType>);

impl OscClient {
    pub async fn open(studio: &Studio) -> OscClient {
        let socket = UdpSocket::bind(loopback(0)).await.expect("a socket");
        socket.connect(studio.osc).await.expect("the OSC socket");
        OscClient::over(socket)
    }

    /// Over a socket that is connected to the gateway's.
    pub fn over(socket: UdpSocket) -> OscClient {
        OscClient { socket }
    }

    pub async fn send(&self, address: &str, args: Vec<OscType>) {
        self.send_packet(&message(address, args)).await;
    }

    pub async fn send_packet(&self, packet: &OscPacket) {
        self.send_bytes(&encoder::encode(packet).expect("a packet")).await;
    }

    pub async fn send_bytes(&self, bytes: &[u8]) {
        self.socket.send(bytes).await.expect("a datagram is sent");
    }

    pub async fn receive(&self) -> Said {
        let mut buffer = vec![0; 65_536];
        let length = within("a datagram", self.socket.recv(&mut buffer)).await.expect("a datagram");
        match decoder::decode_udp(&buffer[..length]).expect("OSC") {
            (_, OscPacket::Message(OscMessage { addr, args })) => (addr, args),
            (_, other) => panic!("{other:?}"),
        }
    }

    /// The arguments of the next message, which is to come to this address.
    pub async fn receive_at(&self, address: &str) -> Vec<OscType> {
        let (at, args) = self.receive().await;
        assert_eq!(at, address, "{args:?}");
        args
    }

    pub async fn ask(&self, address: &str, args: Vec<OscType>) -> Vec<OscType> {
        self.send(address, args).await;
        self.receive_at(address).await
    }

    /// The text of the error that a message comes to.
    pub async fn refused(&self, address: &str, args: Vec<OscType>) -> String {
        self.send(address, args).await;
        self.error().await
    }

    pub async fn error(&self) -> String {
        match self.receive_at("/live/error").await.as_slice() {
            [OscType::String(text)] => text.clone(),
            other => panic!("{other:?}"),
        }
    }
}

pub fn message(address: &str, args: Vec<OscType>) -> OscPacket {
    OscPacket::Message(OscMessage { addr: address.to_owned(), args })
}

pub fn bundle(timetag: OscTime, content: Vec<OscPacket>) -> OscPacket {
    OscPacket::Bundle(OscBundle { timetag, content })
}

pub const AT_ONCE: OscTime = OscTime { seconds: 0, fractional: 1 };

/// A studio whose gateway serves OSC and replies to the port that it was sent from.
pub async fn studio() -> Studio {
    studio_with(|_| ()).await
}

pub async fn studio_with(change: impl FnOnce(&mut livegate::config::Config)) -> Studio {
    Studio::open_with(|config| {
        configure(config);
        change(config);
    })
    .await
}

pub fn configure(config: &mut livegate::config::Config) {
    config.osc.listen = vec![loopback(0)];
    config.osc.reply = Reply::Own(OwnPort::Sender);
}

/// Wait for an event, which each question gives time to be recorded.
pub async fn until_row(owner: &mut Client, kind: &str) {
    let asking = async {
        loop {
            let listed = owner.ask(json!({"action": "audit_list", "kind": kind})).await.expect("an answer");
            if listed.get("rows").and_then(Value::as_array).is_some_and(|rows| !rows.is_empty()) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    within(kind, asking).await;
}

pub fn float(value: f32) -> OscType {
    OscType::Float(value)
}

fn text(value: &str) -> OscType {
    OscType::String(value.to_owned())
}

use OscType::{Bool, Int};

#[tokio::test]
async fn getters_reply_indexes_and_typed_values() {
    let studio = studio().await;
    let client = OscClient::open(&studio).await;
    assert_eq!(client.ask("/live/test", vec![]).await, [text("ok")]);
    assert_eq!(client.ask("/live/song/get/tempo", vec![]).await, [float(120.0)]);
    assert_eq!(client.ask("/live/song/get/metronome", vec![]).await, [Bool(false)]);
    let volume = client.ask("/live/track/get/volume", vec![Int(0)]).await;
    assert_eq!(volume, [Int(0), float(0.85)]);
    // TouchOSC sends every number as a float.
    assert_eq!(client.ask("/live/track/get/mute", vec![float(0.0)]).await, [Int(0), Bool(false)]);
    assert_eq!(client.ask("/live/song/get/num_tracks", vec![]).await.len(), 1);
}

#[tokio::test]
async fn setters_take_effect_without_a_reply() {
    let mut studio = studio().await;
    let client = OscClient::open(&studio).await;
    client.send("/live/song/set/tempo", vec![Int(98)]).await;
    client.send("/live/track/set/mute", vec![Int(0), Int(1)]).await;
    assert_eq!(client.ask("/live/song/get/tempo", vec![]).await, [float(98.0)]);
    assert_eq!(client.ask("/live/track/get/mute", vec![Int(0)]).await, [Int(0), Bool(true)]);
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let set = rows.iter().find(|row| row.action.as_deref() == Some("set_tempo")).expect("a row");
    assert_eq!((set.caller.as_deref(), set.channel.as_deref()), (Some("local"), Some("osc")));
}

#[tokio::test]
async fn errors_name_what_is_wrong() {
    let studio = studio().await;
    let client = OscClient::open(&studio).await;
    for (address, args, expected) in [
        ("/live/song/get/tempoo", vec![], "there is no address /live/song/get/tempoo"),
        ("/live/song/export/structure", vec![], "not supported"),
        ("/live/track/get/volume", vec![], "takes track_index"),
        ("/live/track/get/volume", vec![text("x")], "must be an integer"),
        ("/live/track/get/volume", vec![Int(999)], "track_index 999 does not exist"),
        ("/live/song/set/tempo", vec![Int(2000)], "between 20 and 999"),
        ("/live/song/undo", vec![], "osc.tags allows only"),
        ("/live/song/start_playing", vec![Int(1)], "takes no arguments"),
        ("/live/[song/get/tempo", vec![], "not a valid address pattern"),
    ] {
        let error = client.refused(address, args.clone()).await;
        assert!(error.contains(expected), "{address} {args:?}: {error}");
    }
}

#[tokio::test]
async fn what_a_rule_asks_about_is_refused() {
    let mut studio = studio_with(|config| {
        config.local.role = "agent".to_owned();
        config.osc.tags.extend(["edit", "destructive"].map(str::to_owned));
    })
    .await;
    let client = OscClient::open(&studio).await;
    let error = client.refused("/live/song/delete_track", vec![Int(0)]).await;
    assert!(error.contains("role agent"), "{error}");
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    assert!(rows.iter().any(|row| row.code.as_deref() == Some("forbidden")), "the refusal has no row");
    assert!(!studio.live.effects().iter().any(|effect| effect["call"] == "delete_track"));
}

#[tokio::test]
async fn listeners_get_every_change_until_stopped() {
    let studio = studio().await;
    let client = OscClient::open(&studio).await;
    let other = OscClient::open(&studio).await;
    let at = "/live/track/get/volume";
    client.send("/live/track/start_listen/volume", vec![Int(1)]).await;
    assert_eq!(client.receive_at(at).await, [Int(1), float(0.85)]);
    other.send("/live/track/set/volume", vec![Int(1), float(0.5)]).await;
    assert_eq!(client.receive_at(at).await, [Int(1), float(0.5)]);
    client.send("/live/track/stop_listen/volume", vec![Int(1)]).await;
    client.send("/live/track/set/volume", vec![Int(1), float(0.25)]).await;
    assert_eq!(client.ask("/live/test", vec![]).await, [text("ok")]);
}

#[tokio::test]
async fn patterns_reach_getters_and_listeners_only() {
    let studio = studio().await;
    let client = OscClient::open(&studio).await;
    client.send("/live/song/[f-h]et/{tempo,loop_length,loop_start}", vec![]).await;
    let mut replies = Vec::new();
    for _ in 0..3 {
        replies.push(client.receive().await.0);
    }
    replies.sort();
    assert_eq!(replies, ["loop_length", "loop_start", "tempo"].map(|name| format!("/live/song/get/{name}")));
    let error = client.refused("/live/song/start_play*", vec![]).await;
    assert!(error.contains("there is no address"), "{error}");
}

#[tokio::test]
async fn a_star_stands_for_every_track() {
    let studio = studio().await;
    let client = OscClient::open(&studio).await;
    let tracks = match client.ask("/live/song/get/num_tracks", vec![]).await.as_slice() {
        [Int(tracks)] => *tracks,
        other => panic!("{other:?}"),
    };
    client.send("/live/track/get/volume", vec![text("*")]).await;
    for track in 0..tracks {
        let args = client.receive_at("/live/track/get/volume").await;
        assert_eq!(args[0], Int(track));
    }
}

/// Promise: OSC packets are bounded before they are decoded
#[tokio::test]
async fn a_deeply_nested_datagram_does_no_harm() {
    let studio = studio().await;
    let client = OscClient::open(&studio).await;
    let mut bytes = encoder::encode(&message("/live/test", vec![])).expect("a message");
    while bytes.len() < 50_000 {
        let mut outer = b"#bundle\0\0\0\0\0\0\0\0\x01".to_vec();
        outer.extend(u32::try_from(bytes.len()).expect("short").to_be_bytes());
        outer.extend(&bytes);
        bytes = outer;
    }
    client.send_bytes(&bytes).await;
    assert!(client.error().await.contains("nested too deep"));
    assert_eq!(client.ask("/live/test", vec![]).await, [text("ok")]);
}

#[tokio::test]
async fn a_bundle_runs_as_one_batch() {
    let mut studio = studio().await;
    let client = OscClient::open(&studio).await;
    let set = |track, volume| message("/live/track/set/volume", vec![Int(track), float(volume)]);
    let get = message("/live/track/get/volume", vec![Int(0)]);
    client.send_packet(&bundle(AT_ONCE, vec![set(0, 0.25), bundle(AT_ONCE, vec![set(1, 0.5)]), get])).await;
    assert_eq!(client.receive_at("/live/track/get/volume").await, [Int(0), float(0.25)]);
    assert_eq!(client.ask("/live/track/get/volume", vec![Int(1)]).await, [Int(1), float(0.5)]);
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    assert_eq!(rows.iter().filter(|row| row.action.as_deref() == Some("batch") && row.kind == "decision").count(), 1);
}

#[tokio::test]
async fn too_many_actions_are_refused_whole() {
    let mut studio = studio().await;
    let client = OscClient::open(&studio).await;
    let set = message("/live/song/set/tempo", vec![Int(77)]);
    client.send_packet(&bundle(AT_ONCE, vec![set; 65])).await;
    assert!(client.error().await.contains("too many messages"));
    assert_eq!(client.ask("/live/song/get/tempo", vec![]).await, [float(120.0)]);
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    assert!(
        rows.iter().any(|row| row.code.as_deref() == Some("invalid_params") && row.channel.as_deref() == Some("osc"))
    );
}

#[tokio::test]
async fn time_tags_are_kept_within_a_second() {
    let studio = studio_with(|config| config.osc.ahead_ms = 60_000).await;
    let client = OscClient::open(&studio).await;
    let in_s = |seconds: u64| {
        let time = std::time::SystemTime::now() + std::time::Duration::from_secs(seconds);
        OscTime::try_from(time).expect("a time tag")
    };
    let set = |tempo| vec![message("/live/song/set/tempo", vec![Int(tempo)])];
    client.send_packet(&bundle(OscTime { seconds: 1, fractional: 0 }, set(90))).await;
    assert_eq!(client.ask("/live/song/get/tempo", vec![]).await, [float(90.0)]);
    client.send_packet(&bundle(in_s(3_600), set(91))).await;
    assert!(client.error().await.contains("at most 60000 ms ahead"));
    client.send("/live/song/start_listen/tempo", vec![]).await;
    // The value before may come first.
    while client.receive_at("/live/song/get/tempo").await != [float(90.0)] {}
    client.send_packet(&bundle(in_s(1), set(92))).await;
    client.send("/live/song/set/tempo", vec![Int(93)]).await;
    assert_eq!(client.receive_at("/live/song/get/tempo").await, [float(93.0)]);
    assert_eq!(client.receive_at("/live/song/get/tempo").await, [float(92.0)]);
}

#[tokio::test]
async fn few_bundles_wait_for_their_time() {
    let studio = studio_with(|config| {
        config.osc.ahead_ms = 60_000;
        config.osc.ahead_max = 1;
    })
    .await;
    let client = OscClient::open(&studio).await;
    let time = std::time::SystemTime::now() + std::time::Duration::from_secs(50);
    let later = bundle(OscTime::try_from(time).expect("a time tag"), vec![message("/live/song/undo", vec![])]);
    client.send_packet(&later).await;
    client.send_packet(&later).await;
    assert_eq!(client.error().await, "packet: a sender may have at most 1 actions that wait until they are due");
}

/// Promise: OSC packets are bounded before they are decoded
#[tokio::test]
async fn tcp_speaks_osc_and_nothing_else() {
    let mut studio = studio_with(|config| config.osc.tcp_listen = vec![loopback(0)]).await;
    let mut stream = socket(studio.osc_tcp, 1).await;
    let packet = encoder::encode(&message("/live/song/get/tempo", vec![])).expect("a packet");
    let framed = [&u32::try_from(packet.len()).expect("short").to_be_bytes()[..], &packet].concat();
    stream.write_all(&framed).await.expect("it is sent");
    let mut length = [0; 4];
    stream.read_exact(&mut length).await.expect("a reply");
    let mut reply = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut reply).await.expect("a reply");
    let (_, reply) = decoder::decode_udp(&reply).expect("OSC");
    assert_eq!(reply, message("/live/song/get/tempo", vec![float(120.0)]));
    let bad_frame = [&[0, 0, 0, 8][..], b"rubbish!"].concat();
    for garbage in [b"POST /live HTTP/1.1\r\nContent-Length: 4\r\n\r\n".to_vec(), bad_frame] {
        let mut stream = socket(studio.osc_tcp, 1).await;
        stream.write_all(&garbage).await.expect("it is sent");
        let mut rest = Vec::new();
        // What was not read resets the connection instead.
        let _ = stream.read_to_end(&mut rest).await;
        assert!(rest.is_empty(), "{rest:?}");
    }
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    assert_eq!(rows.iter().filter(|row| row.kind == "connection_refused").count(), 2);
}

/// Promise: OSC accepts only this machine and paired senders
#[tokio::test]
async fn osc_is_silent_when_others_are_served() {
    let others = "0.0.0.0:0".parse().expect("an address");
    let mut studio = studio().await.restart_with(|config| config.tls.listen = vec![others]).await;
    let client = OscClient::open(&studio).await;
    client.send("/live/song/set/tempo", vec![Int(77)]).await;
    // The row is written within a second, once for all packets.
    let mut console = studio.console().await;
    until_row(&mut console, "osc_dropped").await;
    studio.end().await;
    assert!(!studio.live.effects().iter().any(|effect| effect["member"] == "tempo"));
}
