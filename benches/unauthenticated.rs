//! The duration of sign-ins under attack: a thousand silent connections, and endless garbage instead of TLS handshakes.
//!
//! `cargo bench --bench unauthenticated`. It prints ratios to the same sign-ins without attack, from one run, and the tasks and descriptors that remain.

#[path = "../tests/it/support/mod.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use livegate::client::Client;
use livegate::tls::{self, Trust};
use secrecy::SecretString;
use serde_json::json;
use support::Studio;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

const SILENT: usize = 1_000;
const SIGN_INS: usize = 300;

fn main() {
    println!(
        "sign-ins of a caller from 127.0.0.1, p50 / p99 / worst in ms, and the ratio of p99 to p99 without attack:"
    );
    measure("attack from 127.0.0.1, which is exempt", true);
    measure("attack from 127.0.0.2 to .250, not exempt", false);
}

fn measure(name: &str, is_exempt: bool) {
    let gateway = Runtime::new().expect("a runtime");
    let studio = gateway.block_on(Studio::open_with(|config| {
        // The bench signs in more often than any caller.
        config.sources.exempt.retain(|_| is_exempt);
        config.sources.connections.per_second = 10_000.try_into().expect("some");
        config.sources.connections.burst = 10_000.try_into().expect("some");
    }));
    let studio = Arc::new(studio);
    let quiet = gateway.block_on(sign_ins(&studio));
    print_row("no attack", &quiet, &quiet);
    // After the first sign-ins, so that lazily opened descriptors are counted.
    let before = left_behind(&gateway);

    // The attackers have their own runtime and end with it.
    let attackers = Runtime::new().expect("a runtime");
    let sources: Vec<u8> = if is_exempt { vec![1] } else { (2..=250).collect() };
    let mut silent = JoinSet::new();
    for number in 0..SILENT {
        silent.spawn_on(be_silent(studio.tls, sources[number % sources.len()]), attackers.handle());
    }
    for source in [sources[0], sources[sources.len() / 2]] {
        silent.spawn_on(talk_garbage(studio.tls, source), attackers.handle());
    }
    let attacked = gateway.block_on(sign_ins(&studio));
    print_row(name, &attacked, &quiet);
    drop(silent);
    attackers.shutdown_timeout(Duration::from_secs(5));

    let deadline = Instant::now() + Duration::from_secs(30);
    let mut after = left_behind(&gateway);
    while after > before && Instant::now() < deadline {
        gateway.block_on(tokio::task::yield_now());
        after = left_behind(&gateway);
    }
    println!("  tasks and descriptors before {before:?}, afterwards {after:?}");
}

/// The gateway's tasks, and the process's descriptors where the system lists them.
fn left_behind(gateway: &Runtime) -> (usize, Option<usize>) {
    let descriptors = std::fs::read_dir("/proc/self/fd").ok().map(Iterator::count);
    (gateway.metrics().num_alive_tasks(), descriptors)
}

/// A silent connection, reopened when the gateway closes it.
async fn be_silent(to: std::net::SocketAddr, source: u8) {
    loop {
        if let Ok(mut socket) = connect(to, source).await {
            let _ = socket.read(&mut [0; 1]).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Garbage instead of a handshake, as fast as the gateway refuses it.
async fn talk_garbage(to: std::net::SocketAddr, source: u8) {
    loop {
        if let Ok(mut socket) = connect(to, source).await {
            let _ = socket.write_all(&[0x16, 3, 1, 255, 255, 7, 7, 7, 7]).await;
            let _ = socket.shutdown().await;
            let _ = socket.read(&mut [0; 64]).await;
        }
        tokio::task::yield_now().await;
    }
}

async fn connect(to: std::net::SocketAddr, source: u8) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, source], 0).into())?;
    socket.connect(to).await
}

/// Sequential sign-ins, each from connecting to the answer.
async fn sign_ins(studio: &Studio) -> Vec<Duration> {
    let trust = Trust::Authority(studio.dir.path().join("tls/ca.pem"));
    let token = &studio.tokens["viewer"].text;
    let mut times = Vec::new();
    for _ in 0..SIGN_INS {
        let start = Instant::now();
        let mut tries = 0;
        while !sign_in(studio, &trust, token).await {
            tries += 1;
            assert!(tries < 100, "a caller cannot sign in");
        }
        times.push(start.elapsed());
    }
    times.sort();
    times
}

/// Whether the sign-in succeeded. The time of retries after a refused connection counts.
async fn sign_in(studio: &Studio, trust: &Trust, token: &str) -> bool {
    let attempt = async {
        let stream = connect(studio.tls, 1).await?;
        let mut client = Client::over(tls::connect(stream, "localhost", trust).await?.stream);
        let welcome = client.authenticate(&SecretString::from(token.to_owned())).await?;
        anyhow::Ok(welcome["ok"] == json!(true))
    };
    attempt.await.unwrap_or(false)
}

fn print_row(name: &str, times: &[Duration], quiet: &[Duration]) {
    let at = |times: &[Duration], share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    let ratio = at(times, 0.99) / at(quiet, 0.99);
    println!("  {name:<48} {:>8.1} {:>8.1} {:>8.1}   × {ratio:.1}", at(times, 0.5), at(times, 0.99), at(times, 1.0));
}
