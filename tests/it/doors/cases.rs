//! One table of cases for all doors: refusals of every kind, limits, terms, events, and the ends of sessions.

use std::collections::HashMap;

use livegate::config::rate;
use serde_json::{Value, json};

use super::adapter::{Ask, Caller};
use super::{http, lines, mcp, pipe, websocket};
use crate::support::asking::done;
use crate::support::{Studio, trail};

/// Promise: Every door enforces the same checks
#[tokio::test]
async fn lines_pass_every_case() {
    every_case::<lines::Lines>().await;
}

/// Promise: Every door enforces the same checks
#[tokio::test]
async fn plain_http_passes_every_case() {
    every_case::<http::Plain>().await;
}

/// Promise: Every door enforces the same checks
#[tokio::test]
async fn http_over_tls_passes_every_case() {
    every_case::<http::Tls>().await;
}

/// Promise: Every door enforces the same checks
#[tokio::test]
async fn the_pipe_passes_every_case() {
    every_case::<pipe::Pipe>().await;
}

/// Promise: Every door enforces the same checks
#[tokio::test]
async fn websockets_pass_every_case() {
    every_case::<websocket::WebSocketCaller>().await;
}

/// Promise: Every door enforces the same checks
#[tokio::test]
async fn mcp_passes_every_case_it_can_express() {
    every_case::<mcp::OverHttp>().await;
}

/// The expected result of a case.
pub enum Expected {
    Ok,
    /// The code, and a part of the message.
    Refused(&'static str, &'static str),
}
use Expected::{Ok as Done, Refused};

pub type Case = (&'static str, Ask, Expected);

/// A low limit of lines, so that a line beyond it is short.
const LINE_BYTES_MAX: usize = 4096;
/// More changes than a caller's burst.
const CHANGES: u32 = 80;

/// Every case, through one door.
async fn every_case<C: Caller>() {
    let mut studio = Studio::open_with(|config| {
        config.requests.line_bytes_max = LINE_BYTES_MAX;
        config.limits.change = rate(1, CHANGES);
    })
    .await;
    the_table::<C>(&studio).await;
    expectations::<C>(&studio).await;
    idempotency::<C>(&studio).await;
    credentials::<C>(&studio).await;
    events::<C>(&studio).await;
    hanging_up::<C>(&studio).await;
    a_long_request::<C>(&studio).await;
    a_spent_allowance::<C>(&studio).await;
    a_disabled_user::<C>(&studio).await;
    studio.end().await;
    rows::<C>(&studio);
}

fn ask(action: &'static str, parameters: Value) -> Ask {
    Ask::new(action, parameters)
}

fn tempo(bpm: f64) -> Ask {
    ask("set_tempo", json!({"bpm": bpm}))
}

fn volume(value: f64) -> Ask {
    ask("set_track_volume", json!({"track_index": 0, "volume": value}))
}

pub fn table() -> Vec<Case> {
    let deep = format!("{{\"bpm\":{}{}}}", "[".repeat(40), "]".repeat(40));
    vec![
        ("viewer", ask("get_session_info", json!({})), Done),
        ("viewer", ask("whoami", json!({})), Done),
        ("viewer", ask("get_available_tools", json!({})), Done),
        ("producer", tempo(101.0), Done),
        ("mixer", volume(0.5), Done),
        ("producer", Ask::raw("set_tempo", "{\n\t\"bpm\" :\n 102 }"), Done),
        ("producer", ask("rename_track", json!({"track_index": 0, "name": "Bässe 🥁"})), Done),
        ("producer", ask("batch", json!({"commands": [{"action": "set_tempo", "bpm": 103}]})), Done),
        ("owner", ask("status", json!({})), Done),
        ("owner", ask("user_list", json!({})), Done),
        ("viewer", tempo(90.0), Refused("forbidden", "viewer")),
        ("viewer", ask("status", json!({})), Refused("forbidden", "")),
        ("producer", ask("user_add", json!({"user": "eve", "role": "owner"})), Refused("forbidden", "")),
        (
            "owner",
            ask("batch", json!({"commands": [{"action": "user_list"}]})),
            Refused("invalid_params", "cannot be part of a batch"),
        ),
        (
            "viewer",
            ask("batch", json!({"commands": [{"action": "set_tempo", "bpm": 103}]})),
            Refused("forbidden", "commands[0]"),
        ),
        ("producer", ask("batch", json!({"commands": []})), Refused("invalid_params", "at least one")),
        (
            "producer",
            ask("batch", json!({"commands": [{"action": "set_tempo", "bpm": 1}]})),
            Refused("invalid_params", "commands[0]"),
        ),
        ("producer", ask("set_tempoo", json!({})), Refused("unknown_action", "did you mean set_tempo")),
        ("producer", ask("set_tempo", json!({})), Refused("invalid_params", "bpm is required")),
        ("producer", tempo(2000.0), Refused("invalid_params", "between 20 and 999, got 2000")),
        ("producer", ask("set_tempo", json!({"bpm": "fast"})), Refused("invalid_params", "bpm")),
        ("producer", ask("set_tempo", json!({"bpm": null})), Refused("invalid_params", "null")),
        ("producer", ask("set_tempo", json!({"bpm": 100, "beats": 1})), Refused("invalid_params", "unknown parameter")),
        ("producer", ask("set_tempo", json!({"bpm": 100, "replays": 1})), Refused("invalid_params", "replays")),
        ("producer", ask("set_tempo", json!({"bpm": 100, "token": "x"})), Refused("invalid_params", "token")),
        ("producer", ask("set_tempo", json!({"bpm": 100, "live": true})), Refused("invalid_params", "live")),
        ("producer", Ask::raw("set_tempo", r#"{"bpm":100,"bpm":101}"#), Refused("invalid_json", "twice")),
        ("producer", Ask::raw("set_tempo", r#"{"bpm":1e999}"#), Refused("invalid_json", "")),
        ("producer", Ask::raw("set_tempo", r#"{"bpm":NaN}"#), Refused("invalid_json", "")),
        ("producer", Ask::raw("set_tempo", r#"{"bpm":100} {}"#), Refused("invalid_json", "trailing")),
        ("producer", Ask::raw("set_tempo", r#"{"bpm":100"#), Refused("invalid_json", "")),
        ("producer", Ask::raw("set_tempo", "[100]"), Refused("invalid_json", "one JSON object")),
        ("producer", Ask::raw("set_tempo", deep), Refused("invalid_json", "nested too deep")),
        ("producer", ask("get_track_info", json!({"track_index": 4000})), Refused("live_error", "track")),
        ("producer", tempo(100.0).on(json!({"deadline_ms": 0})), Refused("invalid_params", "deadline_ms")),
        ("producer", tempo(100.0).on(json!({"deadline_ms": 1_000_000})), Refused("invalid_params", "deadline_ms")),
        ("producer", tempo(100.0).on(json!({"deadline_ms": 5_000})), Done),
        ("producer", tempo(100.0).on(json!({"dry_run": 1})), Refused("invalid_params", "dry_run")),
        ("producer", tempo(555.0).on(json!({"dry_run": true})), Done),
        ("producer", volume(0.5).on(json!({"coalesce": true})), Done),
        (
            "producer",
            ask("create_midi_track", json!({})).on(json!({"coalesce": true})),
            Refused("invalid_params", "coalesce"),
        ),
        ("viewer", ask("get_session_info", json!({})).once("read"), Refused("invalid_params", "once")),
        ("producer", tempo(100.0).once("dry").on(json!({"dry_run": true})), Refused("invalid_params", "exclude")),
        ("producer", tempo(100.0).on(json!({"expect": {"track": 5}})), Refused("invalid_params", "expect")),
        ("viewer", ask("whoami", json!({})).on(json!({"dry_run": true})), Refused("invalid_params", "dry_run")),
    ]
}

async fn the_table<C: Caller>(studio: &Studio) {
    let mut callers: HashMap<&str, C> = HashMap::new();
    for (role, ask, expected) in table() {
        if !callers.contains_key(role) {
            callers.insert(role, C::open(studio, Some(&studio.tokens[role].text)).await);
        }
        let answer = callers.get_mut(role).expect("it has come in").ask(&ask).await;
        check(&ask, &answer, &here::<C>(&ask, expected));
    }
    let tempi: Vec<f64> = effects(studio, "tempo");
    assert_eq!(tempi, [101.0, 102.0, 103.0, 100.0], "what was refused or dry had an effect, or something had none");
}

/// What a case comes to at a door that may not be able to express it.
fn here<C: Caller>(ask: &Ask, expected: Expected) -> Expected {
    C::inexpressible(ask).map_or(expected, |(code, part)| Refused(code, part))
}

#[track_caller]
fn check(ask: &Ask, answer: &Value, expected: &Expected) {
    match expected {
        Done => assert_eq!(answer["ok"], true, "{ask:?}: {answer}"),
        Refused(code, part) => {
            assert_eq!((&answer["ok"], &answer["code"]), (&json!(false), &json!(code)), "{ask:?}: {answer}");
            assert!(answer["error"].as_str().is_some_and(|error| error.contains(part)), "{ask:?}: {answer}");
        }
    }
}

/// The values that Live received for a member, or for a parameter of this name.
fn effects(studio: &Studio, member: &str) -> Vec<f64> {
    let is_its = |effect: &&Value| {
        effect["member"] == member || effect["path"].as_str().is_some_and(|path| path.ends_with(member))
    };
    studio.live.effects().iter().filter(is_its).filter_map(|effect| effect["value"].as_f64()).collect()
}

async fn expectations<C: Caller>(studio: &Studio) {
    let mut producer = C::open(studio, Some(&studio.tokens["producer"].text)).await;
    let named = |name: &str| volume(0.25).on(json!({"expect": {"track": name}}));
    check(&named("Other"), &producer.ask(&named("Other")).await, &Refused("precondition_failed", ""));
    check(&named("Bässe 🥁"), &producer.ask(&named("Bässe 🥁")).await, &Done);
}

async fn idempotency<C: Caller>(studio: &Studio) {
    let mut producer = C::open(studio, Some(&studio.tokens["producer"].text)).await;
    let create = ask("create_midi_track", json!({})).once("a-track");
    let first = producer.ask(&create).await;
    let again = producer.ask(&create).await;
    check(&create, &first, &Done);
    assert_eq!(again["repeated"], true, "{again}");
    let other = tempo(99.0).once("a-track");
    check(&other, &producer.ask(&other).await, &Refused("invalid_params", "once"));
}

async fn credentials<C: Caller>(studio: &Studio) {
    for token in [None, Some("not.a.token"), Some("")] {
        let mut caller = C::open(studio, token).await;
        let answer = caller.ask(&tempo(66.0)).await;
        check(&tempo(66.0), &answer, &Refused("unauthenticated", ""));
    }
    assert!(!effects(studio, "tempo").contains(&66.0));
}

async fn events<C: Caller>(studio: &Studio) {
    let mut hearing = C::open(studio, Some(&studio.tokens["viewer"].text)).await;
    hearing.subscribe(studio, json!({"event": "track_volume", "track_index": 1})).await.expect("the viewer may read");
    let mut mixer = C::open(studio, Some(&studio.tokens["mixer"].text)).await;
    let set = ask("set_track_volume", json!({"track_index": 1, "volume": 0.125}));
    check(&set, &mixer.ask(&set).await, &Done);
    while hearing.next_value().await != 0.125 {}
    let mut owner = C::open(studio, Some(&studio.tokens["owner"].text)).await;
    let refused = owner.subscribe(studio, json!({"event": "no_such_event"})).await.expect_err("no such event");
    assert_eq!(refused["code"], "invalid_params", "{refused}");
}

async fn hanging_up<C: Caller>(studio: &Studio) {
    let set = ask("set_track_volume", json!({"track_index": 1, "volume": 0.375}));
    let mut engineer = C::open(studio, Some(&studio.tokens["engineer"].text)).await;
    // The caller of a connection that closes before it is accepted is unknown.
    check(&ask("whoami", json!({})), &engineer.ask(&ask("whoami", json!({}))).await, &Done);
    engineer.ask_and_hang_up(&set).await;
    while !effects(studio, "volume").contains(&0.375) {
        tokio::task::yield_now().await;
    }
}

async fn a_long_request<C: Caller>(studio: &Studio) {
    let mut engineer = C::open(studio, Some(&studio.tokens["engineer"].text)).await;
    let long = ask("rename_track", json!({"track_index": 0, "name": "x".repeat(LINE_BYTES_MAX)}));
    check(&long, &engineer.ask(&long).await, &Refused("line_too_long", ""));
}

async fn a_spent_allowance<C: Caller>(studio: &Studio) {
    let mut performer = C::open(studio, Some(&studio.tokens["performer"].text)).await;
    let play = ask("start_playback", json!({}));
    let refused = loop {
        let answer = performer.ask(&play).await;
        if answer["ok"] != true {
            break answer;
        }
    };
    check(&play, &refused, &Refused("rate_limited", "retry in"));
    assert!(refused["retry_after_ms"].as_u64().is_some_and(|ms| ms > 0), "{refused}");
    let stop = ask("stop_playback", json!({}));
    check(&stop, &performer.ask(&stop).await, &Done);
}

async fn a_disabled_user<C: Caller>(studio: &Studio) {
    let mut agent = C::open(studio, Some(&studio.tokens["agent"].text)).await;
    check(&tempo(97.0), &agent.ask(&tempo(97.0)).await, &Done);
    done(&mut studio.console().await, json!({"action": "user_disable", "user": "assistant"})).await;
    let mut agent = C::open(studio, Some(&studio.tokens["agent"].text)).await;
    check(&tempo(96.0), &agent.ask(&tempo(96.0)).await, &Refused("unauthenticated", ""));
    assert!(!effects(studio, "tempo").contains(&96.0));
}

/// Every case has its row, with the door's name.
fn rows<C: Caller>(studio: &Studio) {
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    for (role, ask, expected) in table() {
        let code = match here::<C>(&ask, expected) {
            Done => None,
            Refused(code, _) => Some(code),
        };
        let is_its = |row: &&trail::Listed| {
            let of_caller = row.caller.as_deref() == Some(role) && row.channel.as_deref() == Some(C::CHANNEL);
            of_caller && row.kind == "decision" && row.code.as_deref() == code
        };
        let unknown = matches!(code, Some("unknown_action" | "invalid_json"));
        let found = rows.iter().filter(is_its).any(|row| unknown || row.action.as_deref() == Some(ask.action));
        assert!(found, "{role} {ask:?} has no row by {}", C::CHANNEL);
    }
}
