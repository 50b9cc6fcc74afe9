//! Conversations, and the trail and the effects in Live that follow, as stated in `tests/transcripts/*.txt`. A new case is one file.
//!
//! | line | meaning |
//! |---|---|
//! | `config: KEY = VALUE` | changes the gateway's settings; at the top |
//! | `roles: LINE` | a line of the roles file; at the top |
//! | `open a mixer` | connects `a` as the mixer over TLS. `local` is the listener without sign-in, `console` the control socket, `unauthenticated` TLS without sign-in |
//! | `open a with $token` | connects `a` with a token that an answer has bound |
//! | `a > LINE`, `a >> BYTES` | sends a line; sends bytes (`\n`, `\x16`). `$token(mixer)` is the mixer's token |
//! | `a < JSON` | expects an answer, or an event if JSON has `event`; see `matching.rs`. `a <` alone expects any answer, `a < closed` the end of the connection |
//! | `a finish` | half-closes |
//! | `restart` | restarts the gateway; connections end |
//! | `trail` | below it stands every row |
//! | `live` | below it stands every change in Live; optional |
//!
//! `BLESS=1 cargo test --test it transcripts` rewrites the expectations.

mod commands;
mod matching;

use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use livegate::client::Client;
use livegate::config::{self, Config};
use serde_json::Value;
use tokio::task::JoinSet;

use self::matching::{Bindings, difference, expected};
use crate::support::{Studio, root, trail};

/// Studios that run at the same time; each has a simulated Live.
const AT_ONCE: usize = 4;
const ACCEPT: &str = "run BLESS=1 cargo test --test it transcripts to accept this";

#[tokio::test]
async fn every_transcript_holds() {
    let mut waiting = transcripts("tests/transcripts");
    assert!(waiting.len() >= 15, "only {} transcripts were found", waiting.len());
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
    assert!(failures.is_empty(), "\n{failures}\n{ACCEPT}");
}

fn transcripts(folder: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(root().join(folder)).expect("the transcripts");
    let paths = files.map(|file| file.expect("a file").path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "txt")).collect()
}

/// The differences between a transcript and the actual conversation. With `BLESS=1` the file is rewritten instead.
async fn check(path: &Path) -> String {
    let stated = std::fs::read_to_string(path).expect("a transcript");
    let (talk, rest) = stated.split_once("\ntrail\n").expect("a transcript has a trail");
    let (trail, live) = rest.split_once("\nlive\n").map_or((rest, None), |(trail, live)| (trail, Some(live)));
    let roles = tempfile::tempdir().expect("a folder");
    let studio = Studio::open_with(settings(talk, path, roles.path())).await;
    let mut scene = Scene { studio, clients: HashMap::new(), bindings: HashMap::new() };
    let mut happened = String::new();
    for (number, line) in talk.lines().enumerate() {
        let is_step = !line.is_empty() && !["#", "config: ", "roles: "].iter().any(|mark| line.starts_with(mark));
        let line = if is_step {
            let place = format!("{}:{}: {line}", path.display(), number + 1);
            let (shown, next) = scene.step(line, &place).await;
            scene = next;
            shown
        } else {
            line.to_owned()
        };
        _ = writeln!(happened, "{line}");
    }
    scene.clients.clear();
    scene.studio.end().await;
    happened.push_str("\ntrail\n");
    happened.push_str(&rows(trail, &trail::full_lines(scene.studio.dir.path(), scene.studio.set_up_seq)));
    if let Some(live) = live {
        happened.push_str("\nlive\n");
        happened.push_str(&rows(live, &scene.studio.live.effects().iter().map(effect).collect::<Vec<_>>()));
    }
    settle(path, &stated, &happened)
}

/// The difference between both texts; none with `BLESS=1`, which rewrites the file.
fn settle(path: &Path, stated: &str, happened: &str) -> String {
    if happened == stated {
        return String::new();
    }
    if config::blesses() {
        std::fs::write(path, happened).expect("the transcript");
        return String::new();
    }
    format!("{}\n{}", path.display(), difference(stated, happened))
}

/// Change the studio's settings as the head of a transcript states.
fn settings(talk: &str, path: &Path, folder: &Path) -> impl FnOnce(&mut Config) + use<> {
    let head = |mark: &str| talk.lines().filter_map(|line| line.strip_prefix(mark)).collect::<Vec<_>>().join("\n");
    let given = Config::parse(&head("config: ")).unwrap_or_else(|error| panic!("{}: {error:#}", path.display()));
    let roles = head("roles: ");
    let roles_file = folder.join("roles.toml");
    move |config| {
        let local = config.local.clone();
        let tls = config.tls.clone();
        let bridge = config.bridge.clone();
        let http = config.http.clone();
        // Programs that happen to run on this machine must leave no row.
        let other_programs = config.other_programs.clone();
        *config = Config { local, tls, bridge, http, other_programs, ..given };
        if !roles.is_empty() {
            std::fs::write(&roles_file, roles).expect("the roles are written");
            config.policy.roles_file = roles_file;
        }
    }
}

/// A running transcript.
struct Scene {
    studio: Studio,
    clients: HashMap<String, Client>,
    bindings: Bindings,
}

impl Scene {
    /// Perform a step; returns the line as it should be.
    async fn step(mut self, line: &str, place: &str) -> (String, Scene) {
        if line == "restart" {
            self.clients.clear();
            self.studio = self.studio.restart().await;
            return (line.to_owned(), self);
        }
        let mut words = line.splitn(3, ' ');
        let first = words.next().expect("a word");
        let second = words.next().expect(place);
        let rest = words.next().unwrap_or_default();
        if first == "open" {
            let client = open(&self.studio, &self.bindings, rest).await;
            self.clients.insert(second.to_owned(), client);
            return (line.to_owned(), self);
        }
        let text = substitute(&self.studio, &self.bindings, rest);
        let client = self.clients.get_mut(first).expect(place);
        match second {
            ">" => client.send_bytes(format!("{text}\n").as_bytes()).await.expect(place),
            ">>" => client.send_bytes(&unescape(&text)).await.expect(place),
            "finish" => client.finish().await.expect(place),
            "<" => {
                let mut answer = client.next().await.expect(place);
                // Events may arrive between any two answers.
                while answer.as_ref().is_some_and(|answer| answer.contains_key("event")) && !rest.contains("\"event\"")
                {
                    answer = client.next().await.expect(place);
                }
                let line = format!("{first} < {}", expected(rest, answer, &mut self.bindings, place));
                return (line.trim_end().to_owned(), self);
            }
            _ => panic!("{second:?} is not a step: {place}"),
        }
        (line.to_owned(), self)
    }
}

async fn open(studio: &Studio, bindings: &Bindings, kind: &str) -> Client {
    match kind {
        "local" => studio.local().await,
        "console" => studio.console().await,
        "unauthenticated" => studio.unauthenticated().await,
        kind => match kind.strip_prefix("with ") {
            Some(token) => studio.with_token(&substitute(studio, bindings, token)).await,
            None => studio.caller(kind).await,
        },
    }
}

fn substitute(studio: &Studio, bindings: &Bindings, line: &str) -> String {
    let mut line = line.to_owned();
    for (role, token) in &studio.tokens {
        line = line.replace(&format!("$token({role})"), &token.text).replace(&format!("$jti({role})"), &token.jti);
    }
    for (name, value) in bindings {
        line = line.replace(name, value);
    }
    line
}

/// `tracks 0 mixer_device volume: value 0.5`, with numbers as Live's single precision distinguishes them.
fn effect(effect: &Value) -> String {
    let text = |key: &str| effect[key].as_str().unwrap_or_default().to_owned();
    let path = text("path").replacen("live_set ", "", 1);
    let value = match effect["value"].as_f64() {
        Some(number) => Value::from((number * 1e3).round() / 1e3),
        None => effect["value"].clone(),
    };
    format!("{path}: {} {value}", text("member"))
}

/// Rows as stated, with the transcript's comments where the preceding rows match.
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
