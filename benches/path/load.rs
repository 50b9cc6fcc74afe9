//! The load, in a process of its own: connections that each keep a number of commands outstanding, new connections, or idle ones.

use std::collections::VecDeque;
use std::io::BufRead;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use livegate::platform::Stream;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Load {
    pub to: SocketAddr,
    /// With TLS and sign-in, or straight to the stub.
    pub gateway: Option<Credentials>,
    pub connections: usize,
    pub kind: Kind,
    pub seconds: f64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Credentials {
    pub authority: PathBuf,
    /// The connections sign in with them in turn.
    pub tokens: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Kind {
    /// Each connection keeps so many of this line unanswered.
    Commands { line: String, outstanding: usize },
    /// Each connection is closed after the first answer, and opened anew.
    Handshakes,
    /// Connections only.
    Idle,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Measured {
    pub count: usize,
    pub seconds: f64,
    /// Microseconds.
    pub p50: f64,
    pub p99: f64,
    pub p999: f64,
}

impl Measured {
    pub fn per_second(&self) -> f64 {
        self.count as f64 / self.seconds
    }
}

/// Connect, say `ready`, wait for a line on standard input, run, and print the figures.
pub fn run(load: &Load) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut connections = Vec::new();
        if !matches!(load.kind, Kind::Handshakes) {
            for number in 0..load.connections {
                connections.push(open(load, number).await);
            }
        }
        println!("ready");
        std::io::stdin().lock().lines().next().expect("a word to go").expect("UTF-8");
        let start = Instant::now();
        let until = start + Duration::from_secs_f64(load.seconds);
        let mut tasks = JoinSet::new();
        match &load.kind {
            Kind::Idle => (),
            Kind::Commands { line, outstanding } => {
                for stream in connections.drain(..) {
                    tasks.spawn(commands(stream, line.clone().into_bytes(), *outstanding, until));
                }
            }
            Kind::Handshakes => {
                for number in 0..load.connections {
                    tasks.spawn(handshakes(load.clone(), number, until));
                }
            }
        }
        let mut times: Vec<Duration> = tasks.join_all().await.into_iter().flatten().collect();
        let seconds = start.elapsed().as_secs_f64();
        times.sort();
        let at = |share: f64| {
            let index = (times.len().saturating_sub(1) as f64 * share) as usize;
            times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1e6)
        };
        let measured = Measured { count: times.len(), seconds, p50: at(0.5), p99: at(0.99), p999: at(0.999) };
        println!("{}", serde_json::to_string(&measured).expect("JSON"));
    });
}

async fn open(load: &Load, number: usize) -> Box<dyn Stream> {
    let socket = TcpSocket::new_v4().expect("a socket");
    let stream = socket.connect(load.to).await.expect("a listener");
    stream.set_nodelay(true).expect("a socket");
    let Some(credentials) = &load.gateway else { return Box::new(stream) };
    static CONNECTOR: OnceLock<TlsConnector> = OnceLock::new();
    let connector = CONNECTOR.get_or_init(|| connector(&credentials.authority));
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream: Box<dyn Stream> = Box::new(connector.connect(name, stream).await.expect("TLS"));
    let token = &credentials.tokens[number % credentials.tokens.len()];
    let line = format!("{{\"action\":\"authenticate\",\"token\":\"{token}\"}}\n");
    ask(&mut stream, line.as_bytes()).await;
    stream
}

/// TLS as a client has it that connects often: the settings are made once.
fn connector(authority: &Path) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(authority).expect("PEM") {
        roots.add(certificate.expect("a certificate")).expect("a certificate");
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("TLS 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// One line, and its answer.
async fn ask(stream: &mut Box<dyn Stream>, line: &[u8]) {
    stream.write_all(line).await.expect("a connection");
    stream.flush().await.expect("a connection");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\n") {
        assert!(stream.read_buf(&mut answer).await.expect("a connection") > 0, "the connection was closed");
    }
    let answer: serde_json::Value = serde_json::from_slice(&answer).expect("JSON");
    assert_eq!(answer["ok"], true, "{answer}");
}

async fn commands(mut stream: Box<dyn Stream>, line: Vec<u8>, outstanding: usize, until: Instant) -> Vec<Duration> {
    let (mut times, mut sent) = (Vec::new(), VecDeque::new());
    let (mut buffer, mut send) = (Vec::new(), outstanding);
    loop {
        let now = Instant::now();
        if now < until && send > 0 {
            stream.write_all(&line.repeat(send)).await.expect("a connection");
            stream.flush().await.expect("a connection");
            sent.extend(std::iter::repeat_n(now, send));
        }
        if sent.is_empty() {
            return times;
        }
        assert!(stream.read_buf(&mut buffer).await.expect("a connection") > 0, "the connection was closed");
        let now = Instant::now();
        send = 0;
        let mut rest = buffer.as_slice();
        while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
            assert!(rest.starts_with(b"{\"ok\":true"), "{}", String::from_utf8_lossy(&rest[..end]));
            times.push(now - sent.pop_front().expect("one answer a command"));
            send += 1;
            rest = &rest[end + 1..];
        }
        let done = buffer.len() - rest.len();
        buffer.drain(..done);
    }
}

async fn handshakes(load: Load, number: usize, until: Instant) -> Vec<Duration> {
    let mut times = Vec::new();
    while Instant::now() < until {
        let start = Instant::now();
        let mut stream = open(&load, number).await;
        if load.gateway.is_none() {
            ask(&mut stream, b"{\"action\":\"ping\"}\n").await;
        }
        times.push(start.elapsed());
    }
    times
}
