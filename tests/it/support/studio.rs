//! A studio: a simulated Live, a gateway in this process, and a user for each shipped role.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use livegate::client::Client;
use livegate::config::{BridgeProtocol, Config};
use livegate::gateway::accept::Listeners;
use livegate::gateway::{BridgeUse, End, Gateway};
use livegate::platform::clock::Clock;
use livegate::platform::{self, StateDir};
use livegate::tls::{self, Names, Trust};
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::bound::within;
use super::live::SimulatedLive;
use super::trail;

pub const ROLES: [&str; 8] = ["viewer", "performer", "mixer", "producer", "agent", "engineer", "auditor", "owner"];

pub struct Studio {
    pub dir: TempDir,
    pub live: SimulatedLive,
    pub local: SocketAddr,
    pub tls: SocketAddr,
    pub http: SocketAddr,
    /// Of OSC over UDP, if the configuration has it.
    pub osc: SocketAddr,
    pub osc_tcp: SocketAddr,
    /// By role.
    pub tokens: HashMap<String, Token>,
    /// The highest seq written by setting up.
    pub set_up_seq: i64,
    /// The gateway's clock; a test can simulate sleep with it.
    pub clock: Clock,
    config: Config,
    running: Option<(oneshot::Sender<()>, JoinHandle<End>)>,
}

#[derive(Clone)]
pub struct Token {
    pub text: String,
    pub jti: String,
}

/// A free loopback port, for configurations that name one.
pub fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

pub fn write_key(dir: &Path) -> PathBuf {
    let path = dir.join("bridge.key");
    platform::write_secret(&path, &"5a".repeat(32).into()).expect("a key is written");
    path
}

impl Studio {
    pub async fn open() -> Studio {
        Studio::open_with(|_| ()).await
    }

    /// A studio with a changed configuration.
    pub async fn open_with(change: impl FnOnce(&mut Config)) -> Studio {
        let dir = TempDir::new().expect("a temporary folder");
        let key_file = write_key(dir.path());
        let live = SimulatedLive::start(dir.path(), 0, Some(&key_file));
        Studio::open_before(dir, live, change).await
    }

    /// A studio in an existing folder and with an existing Live.
    pub async fn open_before(dir: TempDir, live: SimulatedLive, change: impl FnOnce(&mut Config)) -> Studio {
        let mut config = Config::default();
        // Tests expect refusals; those of clients of the original script open a lenient listener.
        config.local.lenient = false;
        config.local.listen = vec![loopback(0)];
        config.tls.listen = vec![loopback(0)];
        config.http.listen = vec![loopback(0)];
        config.bridge.address = live.address;
        config.other_programs.ports.clear();
        config.bridge.protocol = BridgeProtocol::Keyed;
        config.bridge.reconnect_ms = 20;
        change(&mut config);
        let names = Names::new(["localhost"], [Ipv4Addr::LOCALHOST.into()]);
        tls::create_authority(&dir.path().join("tls"), &names).expect("certificates");
        let clock = Clock::system();
        let (gateway, listeners) = start(dir.path(), &config, &clock).await;
        let tokens = issue_tokens(&gateway).await;
        let first = |addresses: Vec<SocketAddr>| addresses.first().copied().unwrap_or(loopback(0));
        let local = first(listeners.local_addresses());
        let tls = first(listeners.tls_addresses());
        let http = first(listeners.http_addresses());
        let (osc, osc_tcp) = osc_addresses(&gateway);
        let set_up_seq = trail::last_seq(dir.path());
        let running = Some(serve(gateway, listeners));
        Studio { dir, live, local, tls, http, osc, osc_tcp, tokens, set_up_seq, clock, config, running }
    }

    /// Restart the gateway with the same state folder and the same Live.
    pub async fn restart(self) -> Studio {
        self.restart_with(|_| ()).await
    }

    /// The same with a changed configuration.
    pub async fn restart_with(mut self, change: impl FnOnce(&mut Config)) -> Studio {
        self.end().await;
        change(&mut self.config);
        let (gateway, listeners) = start(self.dir.path(), &self.config, &self.clock).await;
        let first = |addresses: Vec<SocketAddr>, before| addresses.first().copied().unwrap_or(before);
        self.local = first(listeners.local_addresses(), self.local);
        self.tls = first(listeners.tls_addresses(), self.tls);
        self.http = first(listeners.http_addresses(), self.http);
        (self.osc, self.osc_tcp) = osc_addresses(&gateway);
        self.running = Some(serve(gateway, listeners));
        self
    }

    pub async fn local(&self) -> Client {
        Client::connect_plain(&self.local.to_string()).await.expect("the local listener")
    }

    /// Over TLS, not signed in.
    pub async fn unauthenticated(&self) -> Client {
        let trust = Trust::Authority(self.dir.path().join("tls/ca.pem"));
        Client::connect_tls(&self.tls.to_string(), Some("localhost"), &trust).await.expect("the TLS listener")
    }

    /// Over TLS, as the user of a role.
    pub async fn caller(&self, role: &str) -> Client {
        self.with_token(&self.tokens[role].text).await
    }

    /// Over TLS, signed in with a token.
    pub async fn with_token(&self, token: &str) -> Client {
        let mut client = self.unauthenticated().await;
        let welcome = client.authenticate(&SecretString::from(token)).await.expect("an answer");
        assert_eq!(welcome["ok"], true, "{welcome:?}");
        client
    }

    /// A connection to the TLS port from 127.0.0.`source`, without data.
    pub async fn socket_from(&self, source: u8) -> TcpStream {
        socket(self.tls, source).await
    }

    /// Over TLS from 127.0.0.`source`, not signed in.
    pub async fn unauthenticated_from(&self, source: u8) -> Client {
        let trust = Trust::Authority(self.dir.path().join("tls/ca.pem"));
        let connecting = tls::connect(self.socket_from(source).await, "localhost", &trust);
        Client::over(connecting.await.expect("TLS").stream)
    }

    pub async fn console(&self) -> Client {
        Client::connect_control(self.dir.path()).await.expect("the control socket")
    }

    /// Shut the gateway down; afterwards every row is durable.
    pub async fn end(&mut self) {
        if let Some((end, serving)) = self.running.take() {
            let _ = end.send(());
            assert_eq!(serving.await.expect("the gateway ends"), End::Requested);
        }
    }

    /// The rows of the trail since the studio was set up.
    pub async fn trail(&mut self) -> Vec<String> {
        self.end().await;
        trail::lines(self.dir.path(), self.set_up_seq)
    }
}

/// A connection from 127.0.0.`source`.
pub async fn socket(to: SocketAddr, source: u8) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from(([127, 0, 0, source], 0))).expect("an address of this machine");
    socket.connect(to).await.expect("a listener")
}

/// The addresses of OSC over UDP and TCP, if it is served.
fn osc_addresses(gateway: &Gateway) -> (SocketAddr, SocketAddr) {
    let sockets = gateway.osc().expect("a gateway that serves");
    let first = |addresses: Vec<SocketAddr>| addresses.first().copied().unwrap_or(loopback(0));
    (first(sockets.udp_addresses()), first(sockets.tcp_addresses()))
}

async fn start(dir: &Path, config: &Config, clock: &Clock) -> (Gateway, Listeners) {
    let state = StateDir::claim(dir).expect("a state folder of our own");
    let listeners = Listeners::bind(config, &state).await.expect("free ports");
    // It is large, and every test's future would hold it.
    let gateway = Box::pin(Gateway::start_by(clock.clone(), config.clone(), state, BridgeUse::Connect));
    let gateway = gateway.await.expect("a gateway");
    if config.bridge.protocol == BridgeProtocol::Keyed {
        gateway.context.shared.bridge.up().await;
    }
    (gateway, listeners)
}

fn serve(gateway: Gateway, listeners: Listeners) -> (oneshot::Sender<()>, JoinHandle<End>) {
    let (end, ended) = oneshot::channel();
    let serving = tokio::spawn(gateway.serve(listeners, async {
        let _ = ended.await;
    }));
    (end, serving)
}

/// Poll the status until `is_so` holds. Each request is a round trip, so this waits without sleeping.
pub async fn until(console: &mut Client, is_so: impl Fn(&Value) -> bool) {
    let asking = async {
        loop {
            let status = Value::Object(console.ask(json!({"action": "status"})).await.expect("an answer"));
            if status["ok"] == true && is_so(&status) {
                return;
            }
            assert!(status["ok"] == true || status["code"] == "rate_limited", "{status}");
            tokio::task::yield_now().await;
        }
    };
    within("a state of the gateway", asking).await;
}

async fn issue_tokens(gateway: &Gateway) -> HashMap<String, Token> {
    let mut console = Client::over(gateway.context.console().expect("a console"));
    let mut tokens = HashMap::new();
    for role in ROLES {
        tokens.insert(role.to_owned(), issue_token(&mut console, user_of(role), role).await);
    }
    tokens
}

/// The user of a role has its name, but `agent` is the name of agents on this machine.
pub fn user_of(role: &str) -> &str {
    if role == "agent" { "assistant" } else { role }
}

/// Add a user of a role, and issue a token.
pub async fn issue_token(console: &mut Client, user: &str, role: &str) -> Token {
    let added = console.ask(json!({"action": "user_add", "user": user, "role": role})).await.expect("an answer");
    assert_eq!(added["ok"], true, "{added:?}");
    let issued = console.ask(json!({"action": "token_issue", "user": user})).await.expect("an answer");
    let text = |key: &str| issued.get(key).and_then(Value::as_str).expect("a text").to_owned();
    Token { text: text("token"), jti: text("jti") }
}
