//! Conversations and the trail that they leave, as `tests/transcripts/*.txt` tell them.
//!
//! `open a mixer` connects `a` as the mixer over TLS; `local` is the listener without sign-in, `console` the control socket, `stranger`
//! TLS without sign-in. `a > LINE` says a line, `a >> BYTES` says bytes (`\n`, `\x16`), `a < JSON` expects an answer with at least these
//! keys, `a < closed` the end of the connection; `a finish` half-closes. `$token(mixer)` is a token. Under `trail` stands every row.

use std::collections::HashMap;
use std::path::Path;

use livegate::client::Client;
use serde_json::{Map, Value};

use crate::support::{Studio, root};

macro_rules! transcripts {
    ($($name:ident)*) => {
        $(#[tokio::test]
        async fn $name() {
            check(&root().join("tests/transcripts").join(concat!(stringify!($name), ".txt"))).await;
        })*

        #[test]
        fn every_transcript_is_run() {
            let mut run = [$(concat!(stringify!($name), ".txt")),*].map(str::to_owned);
            run.sort();
            let files = std::fs::read_dir(root().join("tests/transcripts")).expect("the transcripts");
            let mut there: Vec<String> =
                files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
            there.sort();
            assert_eq!(run.as_slice(), there);
        }
    };
}

transcripts! {
    administration
    answers_and_ids
    first_song
    http_and_tls_on_the_plain_port
    lines_that_are_not_understood
    roles
    signing_in
}

async fn check(path: &Path) {
    let text = std::fs::read_to_string(path).expect("a transcript");
    let (talk, trail) = text.split_once("\ntrail\n").expect("a transcript has a trail");
    let mut studio = Studio::open().await;
    let mut clients = HashMap::new();
    for (number, line) in talk.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let place = format!("{}:{}: {line}", path.display(), number + 1);
        step(&studio, &mut clients, line, &place).await;
    }
    clients.clear();
    let expected: Vec<&str> = trail.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert_eq!(studio.trail().await, expected, "the trail of {}", path.display());
}

async fn step(studio: &Studio, clients: &mut HashMap<String, Client>, line: &str, place: &str) {
    let mut words = line.splitn(3, ' ');
    let (first, second) = (words.next().expect("a word"), words.next().expect(place));
    let rest = words.next().unwrap_or_default();
    if first == "open" {
        let client = match rest {
            "local" => studio.local().await,
            "console" => studio.console().await,
            "stranger" => studio.stranger().await,
            role => studio.caller(role).await,
        };
        clients.insert(second.to_owned(), client);
        return;
    }
    let client = clients.get_mut(first).expect(place);
    match second {
        ">" => client.send_bytes(format!("{}\n", substitute(studio, rest)).as_bytes()).await.expect(place),
        ">>" => client.send_bytes(&unescape(rest)).await.expect(place),
        "finish" => client.finish().await.expect(place),
        "<" if rest == "closed" => assert_eq!(client.next().await.expect(place), None, "{place}"),
        "<" => {
            let answer = client.receive().await.expect(place);
            let expected: Map<String, Value> = serde_json::from_str(rest).expect(place);
            for (key, value) in expected {
                assert_eq!(answer.get(&key), Some(&value), "{key} at {place}\n  in {answer:?}");
            }
        }
        _ => panic!("what is {second:?}? {place}"),
    }
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
        (rest, bytes) = match (first, tail) {
            (b'\\', [b'n', tail @ ..]) => (tail, [bytes, vec![b'\n']].concat()),
            (b'\\', [b'r', tail @ ..]) => (tail, [bytes, vec![b'\r']].concat()),
            (b'\\', [b'x', high, low, tail @ ..]) => {
                let hex = format!("{}{}", char::from(*high), char::from(*low));
                (tail, [bytes, vec![u8::from_str_radix(&hex, 16).expect("two hex digits")]].concat())
            }
            _ => (tail, [bytes, vec![*first]].concat()),
        };
    }
    bytes
}
