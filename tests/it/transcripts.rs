//! Conversations and the resulting trail, as stated in `tests/transcripts/*.txt`. A new case is one file.
//!
//! `config: KEY = VALUE` lines at the top change the gateway's settings. `open a mixer` connects `a` as the mixer over TLS; `local` is the
//! listener without sign-in, `console` the control socket, `unauthenticated` TLS without sign-in. `a > LINE` sends a line, `a >> BYTES` sends
//! bytes (`\n`, `\x16`). `a < JSON` expects an answer with at least these keys, `a <` alone any answer, `a < closed` the end of the
//! connection; `a finish` half-closes. `$token(mixer)` is a token. Under `trail` stands every row.
//!
//! `BLESS=1 cargo test --test it transcripts` rewrites the expectations.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use livegate::client::Client;
use livegate::config::{self, Config};
use serde_json::{Map, Value};
use tokio::task::JoinSet;

use crate::support::{Studio, root};

/// Studios that run at the same time; each has a simulated Live.
const AT_ONCE: usize = 4;

#[tokio::test]
async fn every_transcript_holds() {
    let mut waiting = transcripts();
    assert!(waiting.len() >= 7, "only {} transcripts were found", waiting.len());
    let mut running = JoinSet::new();
    let mut failures = String::new();
    loop {
        while running.len() < AT_ONCE
            && let Some(path) = waiting.pop()
        {
            running.spawn(async move { check(&path).await });
        }
        let Some(checked) = running.join_next().await else { break };
        match checked {
            Ok(difference) => failures.push_str(&difference),
            Err(error) => _ = writeln!(failures, "{error}"),
        }
    }
    assert!(failures.is_empty(), "\n{failures}\nrun BLESS=1 cargo test --test it transcripts to accept this");
}

#[test]
fn a_difference_shows_both_sides() {
    assert_eq!(difference("a\nb\nc\n", "a\nx\nc\n"), "  a\n- b\n+ x\n  c\n");
    assert_eq!(difference("a\n", "a\n"), "");
}

fn transcripts() -> Vec<PathBuf> {
    let files = std::fs::read_dir(root().join("tests/transcripts")).expect("the transcripts");
    let paths = files.map(|file| file.expect("a file").path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "txt")).collect()
}

/// The differences between a transcript and the actual conversation. With `BLESS=1` the file is rewritten instead.
async fn check(path: &Path) -> String {
    let stated = std::fs::read_to_string(path).expect("a transcript");
    let (talk, trail) = stated.split_once("\ntrail\n").expect("a transcript has a trail");
    let mut studio = Studio::open_with(settings(talk, path)).await;
    let mut clients = HashMap::new();
    let mut happened = String::new();
    for (number, line) in talk.lines().enumerate() {
        let is_step = !line.is_empty() && !line.starts_with('#') && !line.starts_with("config: ");
        let line = if is_step {
            step(&studio, &mut clients, line, &format!("{}:{}: {line}", path.display(), number + 1)).await
        } else {
            line.to_owned()
        };
        _ = writeln!(happened, "{line}");
    }
    clients.clear();
    happened.push_str("\ntrail\n");
    happened.push_str(&rows(trail, &studio.trail().await));
    if happened == stated {
        return String::new();
    }
    if config::blesses() {
        std::fs::write(path, &happened).expect("the transcript");
        return String::new();
    }
    format!("{}\n{}", path.display(), difference(&stated, &happened))
}

/// Change the studio's settings as the head of a transcript states.
fn settings(talk: &str, path: &Path) -> impl FnOnce(&mut Config) + use<> {
    let lines: Vec<&str> = talk.lines().filter_map(|line| line.strip_prefix("config: ")).collect();
    let given = Config::parse(&lines.join("\n")).unwrap_or_else(|error| panic!("{}: {error:#}", path.display()));
    move |config| {
        let local = config.local.clone();
        let tls = config.tls.clone();
        let bridge = config.bridge.clone();
        let http = config.http.clone();
        *config = Config { local, tls, bridge, http, ..given };
    }
}

/// Perform a step; returns the line as it should be.
async fn step(studio: &Studio, clients: &mut HashMap<String, Client>, line: &str, place: &str) -> String {
    let mut words = line.splitn(3, ' ');
    let first = words.next().expect("a word");
    let second = words.next().expect(place);
    let rest = words.next().unwrap_or_default();
    if first == "open" {
        clients.insert(second.to_owned(), open(studio, rest).await);
        return line.to_owned();
    }
    let client = clients.get_mut(first).expect(place);
    match second {
        ">" => client.send_bytes(format!("{}\n", substitute(studio, rest)).as_bytes()).await.expect(place),
        ">>" => client.send_bytes(&unescape(rest)).await.expect(place),
        "finish" => client.finish().await.expect(place),
        "<" => {
            let answer = client.next().await.expect(place);
            return format!("{first} < {}", expected(rest, answer, place));
        }
        _ => panic!("what is {second:?}? {place}"),
    }
    line.to_owned()
}

async fn open(studio: &Studio, kind: &str) -> Client {
    match kind {
        "local" => studio.local().await,
        "console" => studio.console().await,
        "unauthenticated" => studio.unauthenticated().await,
        role => studio.caller(role).await,
    }
}

/// An answer in the form of a transcript: the keys that the transcript states, or all.
fn expected(stated: &str, answer: Option<Map<String, Value>>, place: &str) -> String {
    let Some(answer) = answer else { return "closed".to_owned() };
    if stated.is_empty() || stated == "closed" {
        return Value::Object(answer).to_string();
    }
    let keys: Map<String, Value> = serde_json::from_str(stated).expect(place);
    if keys.iter().all(|(key, value)| answer.get(key) == Some(value)) {
        return stated.to_owned();
    }
    let of = |key: &String| Some((key.clone(), answer.get(key)?.clone()));
    Value::Object(keys.keys().filter_map(of).collect()).to_string()
}

/// The rows of a trail, with the transcript's comments where the preceding rows match.
fn rows(stated: &str, rows: &[String]) -> String {
    let mut text = String::new();
    let mut left = rows.iter();
    for line in stated.lines() {
        if line.is_empty() || line.starts_with('#') {
            _ = writeln!(text, "{line}");
        } else if let Some(row) = left.next() {
            _ = writeln!(text, "{row}");
        }
    }
    for row in left {
        _ = writeln!(text, "{row}");
    }
    text
}

/// A diff of both texts: lines of the first only after `-`, of the second only after `+`.
fn difference(stated: &str, happened: &str) -> String {
    if stated == happened {
        return String::new();
    }
    let stated: Vec<&str> = stated.lines().collect();
    let happened: Vec<&str> = happened.lines().collect();
    let same_at_start = stated.iter().zip(&happened).take_while(|(a, b)| a == b).count();
    let stated_rest = &stated[same_at_start..];
    let happened_rest = &happened[same_at_start..];
    let same_at_end = stated_rest.iter().rev().zip(happened_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let mut text = String::new();
    let mut show = |mark: char, lines: &[&str]| {
        for line in lines {
            _ = writeln!(text, "{mark} {line}");
        }
    };
    show(' ', &stated[same_at_start.saturating_sub(2)..same_at_start]);
    show('-', &stated_rest[..stated_rest.len() - same_at_end]);
    show('+', &happened_rest[..happened_rest.len() - same_at_end]);
    show(' ', &stated_rest[stated_rest.len() - same_at_end..][..same_at_end.min(2)]);
    text
}

fn substitute(studio: &Studio, line: &str) -> String {
    let mut line = line.to_owned();
    for (role, token) in &studio.tokens {
        line = line.replace(&format!("$token({role})"), &token.text).replace(&format!("$jti({role})"), &token.jti);
    }
    line
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let (byte, next) = match (first, tail) {
            (b'\\', [b'n', tail @ ..]) => (b'\n', tail),
            (b'\\', [b'r', tail @ ..]) => (b'\r', tail),
            (b'\\', [b'x', high, low, tail @ ..]) => {
                let hex = format!("{}{}", char::from(*high), char::from(*low));
                (u8::from_str_radix(&hex, 16).expect("two hex digits"), tail)
            }
            _ => (*first, tail),
        };
        bytes.push(byte);
        rest = next;
    }
    bytes
}
