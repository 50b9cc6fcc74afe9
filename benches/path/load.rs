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
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Load {
    pub to: SocketAddr,
    /// With TLS and sign-in, or straight to the stub.
    pub gateway: Option<Credentials>,
    pub connections: usize,
    pub door: Door,
    pub kind: Kind,
    pub seconds: f64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Credentials {
    pub authority: PathBuf,
    /// The connections sign in with them in turn.
    pub tokens: Vec<String>,
}

/// How the load comes in: lines over TLS, or in plain over a loopback socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Door {
    Lines,
    Http,
    WebSocket,
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
                for (number, stream) in connections.drain(..).enumerate() {
                    let request = load.door.request(line, load.to, load.token(number));
                    tasks.spawn(commands(stream, load.door, request, *outstanding, until));
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
    match load.door {
        Door::Lines => (),
        Door::Http => return Box::new(stream),
        Door::WebSocket => return upgraded(load, stream, number).await,
    }
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

/// A WebSocket, signed in by its handshake.
async fn upgraded(load: &Load, mut stream: TcpStream, number: usize) -> Box<dyn Stream> {
    let host = load.to;
    let token = load.token(number);
    let handshake = format!(
        "GET /v1/ws HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: livegate.v1\r\n\r\n"
    );
    stream.write_all(handshake.as_bytes()).await.expect("a connection");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a response"));
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    Box::new(stream)
}

impl Load {
    fn token(&self, number: usize) -> &str {
        self.gateway.as_ref().map_or("", |credentials| &credentials.tokens[number % credentials.tokens.len()])
    }
}

impl Door {
    /// A line as this door takes it.
    fn request(self, line: &str, host: SocketAddr, token: &str) -> Vec<u8> {
        match self {
            Door::Lines => line.as_bytes().to_vec(),
            Door::Http => {
                let mut body: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).expect("JSON");
                let action = body.remove("action").expect("an action");
                let action = action.as_str().expect("text");
                let body = serde_json::to_string(&body).expect("JSON");
                let head =
                    format!("POST /v1/actions/{action} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n");
                let kind = "Content-Type: application/json\r\n";
                format!("{head}{kind}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
            }
            Door::WebSocket => {
                let line = line.trim_end();
                let length = u8::try_from(line.len()).expect("a short line");
                assert!(length < 126, "a short line");
                // A text frame; its mask is zero, which changes nothing.
                [&[0x81, 0x80 | length, 0, 0, 0, 0], line.as_bytes()].concat()
            }
        }
    }

    /// The length of the first answer, if it is there whole. It must not be a refusal.
    fn answer_bytes(self, received: &[u8]) -> Option<usize> {
        let (length, expected) = match self {
            Door::Lines => (received.iter().position(|&byte| byte == b'\n')? + 1, "{\"ok\":true"),
            Door::Http => {
                let head = received.windows(4).position(|part| part == b"\r\n\r\n")? + 4;
                let text = std::str::from_utf8(&received[..head]).expect("ASCII");
                let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
                (head + length.parse::<usize>().expect("a number"), "HTTP/1.1 200")
            }
            Door::WebSocket => {
                let short = *received.get(1)?;
                let rest = received.get(2..4);
                let (head, length) = match short {
                    126 => (4, usize::from(u16::from_be_bytes(rest?.try_into().expect("two bytes")))),
                    short => (2, usize::from(short)),
                };
                (head + length, "")
            }
        };
        assert!(received.starts_with(expected.as_bytes()), "{}", String::from_utf8_lossy(received));
        (received.len() >= length).then_some(length)
    }
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

async fn commands(
    mut stream: Box<dyn Stream>,
    door: Door,
    request: Vec<u8>,
    outstanding: usize,
    until: Instant,
) -> Vec<Duration> {
    let mut times = Vec::new();
    let mut sent = VecDeque::new();
    let mut buffer = Vec::new();
    let mut send = outstanding;
    loop {
        let now = Instant::now();
        if now < until && send > 0 {
            stream.write_all(&request.repeat(send)).await.expect("a connection");
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
        while let Some(length) = door.answer_bytes(rest) {
            times.push(now - sent.pop_front().expect("one answer a command"));
            send += 1;
            rest = &rest[length..];
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
