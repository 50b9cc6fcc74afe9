//! One fader, moved at each door in turn: every subscriber gets the value, and the trail records the door.

use rosc::OscType;
use serde_json::json;

use super::adapter::{Ask, Caller};
use super::http;
use super::lines::Lines;
use super::mcp::OverHttp;
use super::osc::{OscClient, studio};
use super::pipe::Pipe;
use super::websocket::WebSocketCaller;
use crate::support::{Studio, trail};

/// A subscriber at each door. A new door adds a line here, in `expect_value` and in the test.
struct Subscribers {
    lines: Lines,
    pipe: Pipe,
    http: http::Plain,
    https: http::Tls,
    websocket: WebSocketCaller,
    mcp: OverHttp,
    osc: OscClient,
}

impl Subscribers {
    async fn subscribed(studio: &Studio) -> Subscribers {
        Subscribers {
            lines: subscribed(studio).await,
            pipe: subscribed(studio).await,
            http: subscribed(studio).await,
            https: subscribed(studio).await,
            websocket: subscribed(studio).await,
            mcp: subscribed(studio).await,
            osc: listening(studio).await,
        }
    }

    /// Every subscriber gets this value.
    async fn expect_value(&mut self, value: f64) {
        expect_value(&mut self.lines, value).await;
        expect_value(&mut self.pipe, value).await;
        expect_value(&mut self.http, value).await;
        expect_value(&mut self.https, value).await;
        expect_value(&mut self.websocket, value).await;
        expect_value(&mut self.mcp, value).await;
        let arguments = [OscType::Int(0), OscType::Float(value as f32)];
        while self.osc.receive_at(FADER).await != arguments {}
    }
}

async fn subscribed<C: Caller>(studio: &Studio) -> C {
    let mut caller = C::open(studio, Some(&studio.tokens["viewer"].text)).await;
    caller.subscribe(studio, json!({"event": "track_volume", "track_index": 0})).await.expect("the viewer may read");
    caller
}

/// Where OSC has the fader.
const FADER: &str = "/live/track/get/volume";

async fn listening(studio: &Studio) -> OscClient {
    let client = OscClient::open(studio).await;
    client.send("/live/track/start_listen/volume", vec![OscType::Int(0)]).await;
    client.receive_at(FADER).await;
    client
}

async fn expect_value<C: Caller>(caller: &mut C, value: f64) {
    while caller.next_value().await != value {}
}

async fn move_fader<C: Caller>(studio: &Studio, value: f64) {
    let mut mixer = C::open(studio, Some(&studio.tokens["mixer"].text)).await;
    let answer = mixer.ask(&Ask::new("set_track_volume", json!({"track_index": 0, "volume": value}))).await;
    assert_eq!(answer["ok"], true, "{}: {answer}", C::CHANNEL);
}

#[tokio::test]
async fn a_fader_moved_anywhere_shows_everywhere() {
    let mut studio = studio().await;
    let mut subscribers = Subscribers::subscribed(&studio).await;
    move_fader::<Lines>(&studio, 0.125).await;
    subscribers.expect_value(0.125).await;
    move_fader::<Pipe>(&studio, 0.25).await;
    subscribers.expect_value(0.25).await;
    move_fader::<http::Plain>(&studio, 0.375).await;
    subscribers.expect_value(0.375).await;
    move_fader::<http::Tls>(&studio, 0.5).await;
    subscribers.expect_value(0.5).await;
    move_fader::<WebSocketCaller>(&studio, 0.625).await;
    subscribers.expect_value(0.625).await;
    move_fader::<OverHttp>(&studio, 0.75).await;
    subscribers.expect_value(0.75).await;
    let set = vec![OscType::Int(0), OscType::Float(0.875)];
    OscClient::open(&studio).await.send("/live/track/set/volume", set).await;
    subscribers.expect_value(0.875).await;
    drop(subscribers);
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let moves = rows.iter().filter(|row| row.action.as_deref() == Some("set_track_volume"));
    let reported: Vec<_> =
        moves.map(|row| (row.caller.as_deref().unwrap_or(""), row.channel.as_deref().unwrap_or(""))).collect();
    let mut expected = ["lines", "pipe", "http", "http", "websocket", "mcp"].map(|channel| ("mixer", channel)).to_vec();
    expected.push(("local", "osc"));
    assert_eq!(reported, expected);
}
