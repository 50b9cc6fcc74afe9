//! Searches in a trail of a million requests: the time to the first page of results, by filters and by words.
//!
//! `cargo bench --bench review`, or with fewer: `cargo bench --bench review -- 100000`. It fails if a search exceeds its limit.

use std::path::Path;
use std::time::{Duration, Instant};

use livegate::audit::{self, Trail};
use livegate::command::catalogue;
use livegate::config::Config;
use livegate::review::{Filter, Page, Position, Review};
use livegate::wire::line;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

const REQUESTS: u64 = 1_000_000;
const CALLERS: u64 = 20;
const TRACKS: u64 = 48;
const REQUESTS_PER_SESSION: u64 = 100;
const SEARCHES: u64 = 300;
const PAGE: u32 = 100;
const FILTERS_MAX: Duration = Duration::from_millis(50);
const TEXT_MAX: Duration = Duration::from_millis(200);
const DAYS: u64 = 30;
const START_US: u64 = 1_780_000_000_000_000;
const WORDS: [&str; 8] = ["vocals", "drums", "bass", "strings", "chorus", "verse", "lead", "pad"];

/// A xorshift generator with the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    /// Small numbers more often than large ones.
    fn skewed(&mut self, bound: u64) -> u64 {
        let most = self.below(bound) + 1;
        self.below(most)
    }
}

fn main() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let requests = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(REQUESTS);
    let began = Instant::now();
    write_trail(dir.path(), requests);
    println!("a trail of {requests} requests, written in {:.1} s", began.elapsed().as_secs_f64());
    let began = Instant::now();
    let mut review = Review::open(dir.path()).expect("an index");
    review.catch_up(|_, _| false).expect("a whole index");
    let took = began.elapsed().as_secs_f64();
    let size = |name: &str| std::fs::metadata(dir.path().join(name)).map_or(0, |file| file.len()) >> 20;
    println!(
        "its index, built in {took:.1} s ({:.0} requests/s): {} MiB beside {} MiB",
        requests as f64 / took,
        size("review.db"),
        size("trail.db")
    );
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let filters = measure(&review, "filters", FILTERS_MAX, || filters(&mut random));
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let words = measure(&review, "words", TEXT_MAX, || words(&mut random));
    let began = Instant::now();
    let counted = review.stats(&Filter::default()).expect("counts").all.requests;
    println!("counting all {counted}: {:.0} ms", began.elapsed().as_secs_f64() * 1e3);
    assert!(filters && words, "a search exceeds its limit");
}

/// Prints the times of the searches. Returns whether p99 is within the limit.
fn measure(review: &Review, what: &str, bound: Duration, mut search: impl FnMut() -> Value) -> bool {
    let now = (START_US + DAYS * 86_400_000_000) as i64;
    let mut times = Vec::new();
    let mut slowest = (Duration::ZERO, Value::Null);
    let mut found = 0;
    for _ in 0..SEARCHES {
        let parameters = search();
        let filter = Filter::read(parameters.as_object().expect("parameters"), now).expect("a filter");
        let began = Instant::now();
        let place = Position::Before(i64::MAX);
        found += review.list(&filter, &Page::of(place, PAGE)).expect("rows").len();
        let took = began.elapsed();
        if took > slowest.0 {
            slowest = (took, parameters);
        }
        times.push(took);
    }
    times.sort();
    let at = |quantile: f64| times[((times.len() - 1) as f64 * quantile).round() as usize];
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "{what}: {SEARCHES} first pages, {found} rows: p50 {:.2} ms, p99 {:.2} ms (limit {:.0} ms: ratio {:.2}), slowest {:.2} ms {}",
        ms(at(0.5)),
        ms(at(0.99)),
        ms(bound),
        ms(at(0.99)) / ms(bound),
        ms(slowest.0),
        slowest.1
    );
    at(0.99) <= bound
}

/// One to four filters, common and rare; some combinations match nothing.
fn filters(random: &mut Random) -> Value {
    let actions = catalogue().actions();
    let all: [(&str, Value); 9] = [
        ("caller", format!("caller{}", random.below(CALLERS)).into()),
        ("action_name", actions[random.below(actions.len() as u64) as usize].name.as_str().into()),
        ("action_name", "set_*".into()),
        ("tag", ["mix", "read", "edit", "destructive"][random.below(4) as usize].into()),
        ("track", format!("{} {}", WORDS[random.below(8) as usize], random.below(TRACKS)).into()),
        ("verdict", ["allow", "refuse"][random.below(2) as usize].into()),
        ("outcome", ["ok", "error", "expired"][random.below(3) as usize].into()),
        ("address", format!("192.168.1.{}", random.below(CALLERS + 1)).into()),
        ("since", format!("{}h", random.below(24 * DAYS) + 1).into()),
    ];
    let wanted = random.below(4) + 1;
    let chosen = (0..wanted).map(|_| all[random.below(all.len() as u64) as usize].clone());
    chosen.map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>().into()
}

/// One to three words or beginnings of words, common and rare, sometimes with a caller.
fn words(random: &mut Random) -> Value {
    let wanted = random.below(3) + 1;
    let texts = (0..wanted).map(|_| match random.below(5) {
        0 => WORDS[random.below(8) as usize].to_owned(),
        1 => format!("{}*", &WORDS[random.below(8) as usize][..2]),
        2 => "set*".to_owned(),
        3 => "track".to_owned(),
        _ => random.below(1_000).to_string(),
    });
    let text = texts.collect::<Vec<_>>().join(" ");
    match random.below(3) {
        0 => json!({"text": text, "caller": format!("caller{}", random.below(CALLERS))}),
        _ => json!({"text": text}),
    }
}

fn write_trail(dir: &Path, requests: u64) {
    let path = dir.join(audit::FILE);
    drop(Trail::open(dir, &Config::default().trail).expect("a trail"));
    let db = Connection::open(&path).expect("a trail");
    db.execute_batch("PRAGMA synchronous = OFF; BEGIN").expect("a beginning");
    let last: i64 = db.query_row("SELECT seq FROM last_seq", [], |row| row.get(0)).expect("a seq");
    let mut random = Random(0x1234_5678_9abc_def1);
    let mut seq = last as u64;
    let mut session = 0;
    let mut add = |seq: u64, table: &str, row: Value| {
        let sql = format!("INSERT INTO {table} (seq, bytes) VALUES (?1, ?2)");
        let mut statement = db.prepare_cached(&sql).expect("a statement");
        statement.execute((seq as i64, line::ascii(row.as_object().expect("a row")))).expect("a row");
    };
    for request in 0..requests {
        let time = START_US + request * (DAYS * 86_400_000_000 / requests);
        if request % REQUESTS_PER_SESSION == 0 {
            let caller = random.skewed(CALLERS);
            seq += 1;
            session = seq;
            let address = format!("192.168.1.{caller}:{}", 40_000 + random.below(20_000));
            let event = json!({"time": time, "kind": "session", "channel": "tls", "caller": format!("caller{caller}"), "address": address});
            add(seq, "event", event);
        }
        seq += 1;
        add_request(&mut add, &mut random, seq, session, time);
        seq += 1;
    }
    db.execute_batch("COMMIT").expect("an end");
}

fn add_request(add: &mut impl FnMut(u64, &str, Value), random: &mut Random, seq: u64, session: u64, time: u64) {
    let actions = catalogue().actions();
    let action = &actions[random.skewed(actions.len() as u64) as usize];
    let track = random.below(TRACKS);
    let value = random.below(1_000) as f64 / 1_000.0;
    let mut decision = json!({"time": time, "session": session, "role": "mixer", "rule": "mixer", "action": action.name,
        "parameters": {"track_index": track, "value": value}, "set_epoch": 1, "policy": 2, "verdict": "allow"});
    if random.below(20) == 0 {
        decision["verdict"] = "refuse".into();
        decision["code"] = "forbidden".into();
        return add(seq, "decision", decision);
    }
    add(seq, "decision", decision);
    let name = format!("{} {track}", WORDS[(track % 8) as usize]);
    let mut outcome = json!({"time": time + 900, "decision": seq, "outcome": "ok", "duration_us": 900, "delivered": 1,
        "touched": {"track": [name]}, "before": {"value": value}, "after": {"value": value + 1.0}});
    if random.below(50) == 0 {
        outcome["outcome"] = "error".into();
        outcome["code"] = "live_error".into();
    }
    add(seq + 1, "outcome", outcome);
}
