//! What the whole path costs: TLS, sign-in, roles, limits and two durable rows a command, as ratios to the same load without a gateway.
//!
//! `cargo bench --bench path [-- SECONDS [PART OF A NAME]]`; `-- flat` compares gateways with many users, roles and rows instead,
//! and `-- questions SECONDS` the same load with and without questions about the trail. The gateway is the program as it is shipped, before a keyed stub of the script that answers at
//! once; the load is a process of its own. Both loads take turns in one run, so that the ratios hold on a busy machine. Rate limits are
//! on, and higher than the load.

#[path = "../../tests/it/support/mod.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod support;

mod load;
mod process;
#[path = "../rows/mod.rs"]
mod rows;
mod stub;

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use livegate::audit::{Sign, Trail};
use livegate::client::Client;
use livegate::config::Config;
use livegate::tls::{self, Names};
use load::{Credentials, Door, Kind, Load, Measured};
use process::{Part, cpu_us, system_calls};
use serde_json::json;
use support::installation::Gateway;
use support::studio;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const ROUNDS: usize = 3;
const SECONDS: f64 = 2.0;
/// Connections, and unanswered commands of each.
const SHAPES: [(usize, usize); 3] = [(1, 1), (16, 1), (64, 16)];
const COMMANDS: [(&str, &str); 2] =
    [("change", r#"{"action":"set_tempo","bpm":120.5}"#), ("read", r#"{"action":"get_session_info"}"#)];
/// What a gateway may have much of, and what each is.
const SETTINGS: [(&str, Setting); 4] = [
    ("10 users, 1 own role, no rows", Setting { users: 10, roles: 1, rows: 0, build_ms: 1_000 }),
    ("1,000 users", Setting { users: 1_000, roles: 1, rows: 0, build_ms: 1_000 }),
    ("30 own roles", Setting { users: 10, roles: 30, rows: 0, build_ms: 1_000 }),
    ("2,000,000 rows", Setting { users: 10, roles: 1, rows: 2_000_000, build_ms: 1_000 }),
];
const CALLERS: usize = 8;
const SIGNING_IN: usize = 8;
const IDLE: usize = 1_000;
const KEY: [u8; 32] = [0x5a; 32];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["stub"] => stub::serve(KEY),
        ["flat"] => measure_flat(),
        ["questions", seconds] => measure_questions(seconds.parse().expect("seconds")),
        ["load", load] => load::run(&serde_json::from_str(load).expect("a load")),
        [seconds] => measure(seconds.parse().expect("seconds"), ""),
        [seconds, wanted] => measure(seconds.parse().expect("seconds"), wanted),
        _ => measure(SECONDS, ""),
    }
}

/// What lies in the state folder before the load.
#[derive(Clone, Copy)]
struct Setting {
    users: usize,
    /// Beside those that ship.
    roles: usize,
    /// Of the trail.
    rows: i64,
    /// Interval at which new rows are indexed.
    build_ms: u64,
}

/// The gateway and the stub, each in its process.
struct Bench {
    gateway: Gateway,
    tls: SocketAddr,
    http: SocketAddr,
    direct: SocketAddr,
    credentials: Credentials,
    seconds: f64,
    _stub: Part,
    dir: TempDir,
}

/// One side of a comparison: medians of the rounds.
#[derive(Default)]
struct Side {
    rounds: Vec<Measured>,
    /// Of the gateway, for each command.
    cpu_us: Vec<f64>,
}

impl Side {
    fn median(&self, figure: impl Fn(&Measured) -> f64) -> f64 {
        median(self.rounds.iter().map(figure).collect())
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Measure the loads whose names contain `wanted`.
fn measure(seconds: f64, wanted: &str) {
    for (door, words) in [(Door::Lines, "TLS connections"), (Door::WebSocket, "WebSockets")] {
        // Each before a gateway of its own: a load would have grown its heap, and idle connections would fill that.
        Bench::open(seconds, SETTINGS[0].1).idle_memory(door, words);
    }
    let bench = Bench::open(seconds, SETTINGS[0].1);
    let mut loads = Vec::new();
    for (connections, outstanding) in SHAPES {
        for (name, line) in COMMANDS {
            let kind = Kind::Commands { line: format!("{line}\n"), outstanding };
            loads.push((format!("{connections} × {outstanding}, {name}"), Door::Lines, connections, kind));
        }
    }
    for (door, words) in [(Door::Http, "HTTP keep-alive"), (Door::WebSocket, "WebSocket")] {
        for (name, line) in COMMANDS {
            let kind = Kind::Commands { line: format!("{line}\n"), outstanding: 1 };
            loads.push((format!("16 × 1, {name}, {words}"), door, 16, kind));
        }
    }
    loads.push(("full handshakes with sign-in".to_owned(), Door::Lines, SIGNING_IN, Kind::Handshakes));
    loads.retain(|(name, ..)| name.contains(wanted));
    println!(
        "| load | throughput ÷ direct | a second | CPU µs each | p50 µs | p99 | p99.9 | direct: a second | p50 µs |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (name, door, connections, kind) in &loads {
        bench.compare(name, *door, *connections, kind);
    }
    println!();
    for (name, door, connections, kind) in &loads {
        if !bench.count_calls(name, *door, *connections, kind) {
            println!("system calls: strace is not there, or may not look");
            break;
        }
    }
}

/// The same load before gateways that have more of something, in turns.
fn measure_flat() {
    // The index of one gateway would be built during the load of the next.
    let open = |setting| Bench::open(SECONDS, Setting { build_ms: 3_600_000, ..setting });
    let benches: Vec<(&str, Bench)> = SETTINGS.map(|(name, setting)| (name, open(setting))).into_iter().collect();
    let (connections, outstanding) = SHAPES[2];
    let kind = Kind::Commands { line: format!("{}\n", COMMANDS[0].1), outstanding };
    let mut rates = vec![Vec::new(); benches.len()];
    for _ in 0..ROUNDS {
        for ((_, bench), rates) in benches.iter().zip(&mut rates) {
            rates.push(Part::ready(&bench.load(Door::Lines, connections, kind.clone())).run().per_second());
        }
    }
    let rates: Vec<f64> = rates.into_iter().map(median).collect();
    println!("| {connections} × {outstanding}, change | a second | ÷ the first |");
    println!("|---|---|---|");
    for ((name, _), rate) in benches.iter().zip(&rates) {
        println!("| {name} | {rate:.0} | {:.2} |", rate / rates[0]);
    }
}

/// The same load without and with a question about the trail every second; then how long the search index takes to be level again.
fn measure_questions(seconds: f64) {
    let bench = Bench::open(seconds, SETTINGS[0].1);
    let (connections, outstanding) = SHAPES[2];
    let kind = Kind::Commands { line: format!("{}\n", COMMANDS[0].1), outstanding };
    let run = || Part::ready(&bench.load(Door::Lines, connections, kind.clone())).run().per_second();
    let without = run();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let state = bench.dir.path().to_owned();
    let asking = std::thread::spawn(move || {
        let mut answered = 0;
        let mut refused = 0;
        while ended.recv_timeout(Duration::from_secs(1)).is_err() {
            *(if ask_trail(&state) { &mut answered } else { &mut refused }) += 1;
        }
        (answered, refused)
    });
    let with = run();
    end.send(()).expect("a thread");
    let (answered, refused) = asking.join().expect("a thread");
    println!(
        "with questions: {:.2} of the throughput without; {answered} answered, {refused} reported how far the index is",
        with / without
    );
    let start = Instant::now();
    while !ask_trail(bench.dir.path()) {}
    println!("the index was level {:.1} s after the load", start.elapsed().as_secs_f64());
}

/// Ask what only the search index knows; returns whether it was level.
fn ask_trail(state: &Path) -> bool {
    runtime().block_on(async {
        let mut console = Client::connect_control(state).await.expect("the console");
        let question =
            json!({"action": "audit_list", "action_name": "set_tempo", "limit": 1, "before_seq": 1_000_000_000});
        let answer = console.ask(question).await.expect("an answer");
        assert!(answer["ok"] == true || answer["code"] == "overloaded", "{answer:?}");
        answer["ok"] == true
    })
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Write rows into the trail of a state folder.
fn fill(state: &Path, rows: i64) {
    let mut trail = Trail::open(state, &Config::default().trail).expect("a trail");
    while trail.last_seq() < rows {
        trail.append(&rows::rows(trail.last_seq(), 4_096), Sign::WhenDue).expect("capacity");
    }
}

/// Roles that none of the callers has.
fn own_roles(count: usize) -> String {
    let role = |number| format!("[roles.own-{number}]\ninherits = [\"viewer\"]\nallow = [\"@mix\"]\n");
    (0..count).map(role).collect()
}

impl Bench {
    fn open(seconds: f64, setting: Setting) -> Bench {
        let dir = TempDir::new().expect("a temporary folder");
        let state = dir.path();
        studio::write_key(state);
        tls::create_authority(&state.join("tls"), &Names::new(["localhost"], [[127, 0, 0, 1].into()]))
            .expect("certificates");
        if setting.rows > 0 {
            fill(state, setting.rows);
        }
        std::fs::write(state.join("roles.toml"), own_roles(setting.roles)).expect("roles");
        let mut stub = Part::start(&["stub"]);
        let addresses = stub.line();
        let (keyed, direct) = addresses.split_once(' ').expect("two addresses");
        std::fs::write(state.join("livegate.toml"), configuration(keyed, setting.build_ms)).expect("a configuration");
        let mut gateway = Gateway::start(state);
        let tls = gateway.address("over TLS");
        let http = gateway.address("serving HTTP");
        gateway.until("the bridge is up");
        let tokens = issue_tokens(state, setting.users);
        let credentials = Credentials { authority: state.join("tls/ca.pem"), tokens };
        let direct = direct.parse().expect("an address");
        Bench { gateway, tls, http, direct, credentials, seconds, _stub: stub, dir }
    }

    fn load(&self, door: Door, connections: usize, kind: Kind) -> Load {
        let to = if door == Door::Lines { self.tls } else { self.http };
        Load { to, gateway: Some(self.credentials.clone()), connections, door, kind, seconds: self.seconds }
    }

    /// The same load straight to the stub and through the gateway, in turns.
    fn compare(&self, name: &str, door: Door, connections: usize, kind: &Kind) {
        let through = self.load(door, connections, kind.clone());
        let straight = Load { to: self.direct, gateway: None, door: Door::Lines, ..through.clone() };
        let mut gateway = Side::default();
        let mut direct = Side::default();
        for _ in 0..ROUNDS {
            direct.rounds.push(Part::ready(&straight).run());
            let part = Part::ready(&through);
            let before = cpu_us(self.gateway.id());
            let measured = part.run();
            let spent = cpu_us(self.gateway.id()).zip(before).map(|(after, before)| after - before);
            gateway.cpu_us.extend(spent.map(|spent| spent / measured.count as f64));
            gateway.rounds.push(measured);
        }
        println!(
            "| {name} | {:.3} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} |",
            gateway.median(Measured::per_second) / direct.median(Measured::per_second),
            gateway.median(Measured::per_second),
            median(gateway.cpu_us.clone()),
            gateway.median(|measured| measured.p50),
            gateway.median(|measured| measured.p99),
            gateway.median(|measured| measured.p999),
            direct.median(Measured::per_second),
            direct.median(|measured| measured.p50),
        );
    }

    /// Print how many system calls the gateway makes for each command, and which most often; `false` where that cannot be seen.
    fn count_calls(&self, name: &str, door: Door, connections: usize, kind: &Kind) -> bool {
        let part = Part::ready(&Load { seconds: 1.0, ..self.load(door, connections, kind.clone()) });
        let Some((measured, calls)) = system_calls(self.gateway.id(), || part.run()) else { return false };
        let each = |count: usize| count as f64 / measured.count as f64;
        let all: usize = calls.iter().map(|(_, count)| count).sum();
        let most = calls.iter().take(10).map(|(name, count)| format!("{name} {:.2}", each(*count)));
        println!("system calls each, {name}: {:.2} ({})", each(all), most.collect::<Vec<_>>().join(", "));
        true
    }

    fn idle_memory(&self, door: Door, words: &str) {
        let before = self.gateway.footprint();
        let part = Part::ready(&self.load(door, IDLE, Kind::Idle));
        let after = self.gateway.footprint();
        drop(part);
        if let (Some((_, before)), Some((_, after))) = (before, after) {
            let each = after.saturating_sub(before) as f64 / IDLE as f64;
            let start = before as f64 / 1024.0;
            println!("memory: {start:.1} MiB at the start; {each:.1} KiB for each of {IDLE} idle {words}");
        }
    }
}

/// Limits beyond the load; everything else is as it ships.
fn configuration(bridge: &str, build_ms: u64) -> String {
    let unlimited = "{ per_second = 4000000000, burst = 4000000000 }";
    format!(
        r#"
[local]
listen = []
[tls]
listen = ["127.0.0.1:0"]
[bridge]
address = "{bridge}"
protocol = "keyed"
commands = {unlimited}
[connections]
max = 2000
per_source_max = 2000
[limits]
read = {unlimited}
change = {unlimited}
heavy = {unlimited}
[policy]
roles_file = "roles.toml"
[review]
build_ms = {build_ms}
[announce]
mdns = false
"#
    )
}

/// Tokens of the callers, who are among so many users.
fn issue_tokens(state: &Path, users: usize) -> Vec<String> {
    runtime().block_on(async {
        let mut console = Client::connect_control(state).await.expect("the console");
        let mut tokens = Vec::new();
        for number in 0..CALLERS {
            tokens.push(studio::issue_token(&mut console, &format!("caller-{number}"), "producer").await.text);
        }
        for number in CALLERS..users {
            let user = format!("user-{number}");
            let added = console.ask(json!({"action": "user_add", "user": user, "role": "viewer"})).await;
            assert_eq!(added.expect("an answer")["ok"], true);
        }
        tokens
    })
}
