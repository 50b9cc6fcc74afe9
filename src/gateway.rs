//! The path of a request: what all connections share, the decision about a line, and the accepting of connections until shutdown.
//! The stages are in `gateway/`, whose alphabet is their order; one connection is a [`Session`].

pub mod accept;
pub mod handshake;
pub mod identify;
pub mod interpret;
pub mod limit;
pub mod permit;
pub mod record;
pub mod relay;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use arc_swap::ArcSwap;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::answers::Answers;
use crate::audit::{self, Anchor, Event, Seal, Trail};
use crate::command::catalogue;
use crate::config::{self, BridgeProtocol, Config};
use crate::identity::Directory;
use crate::line::Stream;
use crate::platform::{self, ControlListener, StateLock};
use crate::policy::{self, Policy};
use crate::refusal::{Code, Refusal};
use crate::session::Session;
use accept::{Door, Peer};
use handshake::{Channel, ChannelKind, TlsListener};
use identify::{Caller, Lapsed, Role};
use interpret::{Id, Request};
use limit::{Allowance, Limits};
use permit::{Loaded, Permitted};
use record::{Recorder, RefusedLine};
use relay::{Protocol, Relay};

/// What all connections share. Nothing in it is locked for a command.
pub struct Shared {
    pub config: Config,
    pub directory: Directory,
    pub policy: ArcSwap<Loaded>,
    pub limits: Limits,
    pub bridge: relay::Status,
    pub door: Door,
    pub trail_file: PathBuf,
    pub seal: Seal,
    pub started: Instant,
    _lock: StateLock,
}

/// The gateway at work.
pub struct Gateway {
    pub shared: Arc<Shared>,
    pub recorder: Recorder,
    relay_tasks: relay::Tasks,
    shutdown: watch::Sender<bool>,
}

/// What one line comes to.
pub enum Decision {
    Permit {
        permitted: Permitted,
        policy: Arc<Anchor>,
    },
    /// Identification takes its time, and nothing of the connection passes it.
    SignIn(Request),
    Refuse {
        id: Option<Id>,
        line: Box<RefusedLine>,
        policy: Arc<Anchor>,
        then: Then,
    },
}

/// What a refusal means for its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    GoOn,
    Close,
}

impl Shared {
    /// The whole policy in one place: what is understood, from a caller in good standing, within its allowance, and allowed by a rule.
    pub fn decide(&self, line: &[u8], who: Option<&Arc<Caller>>, allowance: &Allowance, answers: &Answers) -> Decision {
        let policy = self.policy.load();
        let refuse =
            |id, line| Decision::Refuse { id, line: Box::new(line), policy: policy.anchor.clone(), then: Then::GoOn };
        let request = match interpret::interpret(line, catalogue(), &self.config.requests) {
            Ok(request) => request,
            Err(unreadable) => return self.refuse_unreadable(line, *unreadable, allowance),
        };
        if request.id.as_ref().is_some_and(|id| answers.has_in_flight(id)) {
            return refuse(None, refused(request, None, repeated_id()));
        }
        if identify::is_sign_in(&request) {
            return Decision::SignIn(request);
        }
        let id = request.id.clone();
        let Some(caller) = who else { return refuse(id, refused(request, None, identify::required())) };
        let role = match caller.standing(&self.directory) {
            Ok(role) => role,
            Err(lapsed) => return refuse(id, refused(request, None, lapsed.refusal())),
        };
        let admitted = match limit::admit(request, caller, role.clone(), allowance) {
            Ok(admitted) => admitted,
            Err(over) => return refuse(id, refused(over.0, Some(role), over.1)),
        };
        match permit::permit(admitted, &policy.policy) {
            Ok(permitted) => Decision::Permit { permitted, policy: policy.anchor.clone() },
            Err(forbidden) => {
                let line = refused(forbidden.admitted.into_request(), Some(role), forbidden.refusal);
                refuse(id, RefusedLine { rule: Some(forbidden.rule), ..line })
            }
        }
    }

    /// What cannot be understood is recorded by its length and a keyed digest, never by its bytes; and it costs.
    fn refuse_unreadable(&self, line: &[u8], unreadable: interpret::Unreadable, allowance: &Allowance) -> Decision {
        let line = RefusedLine {
            refusal: allowance.spend_on_unreadable().err().unwrap_or(unreadable.refusal),
            action: unreadable.action,
            parameters: None,
            role: None,
            rule: None,
            unreadable: Some((line.len(), self.seal.digest(line))),
        };
        let then = if unreadable.hopeless { Then::Close } else { Then::GoOn };
        Decision::Refuse { id: unreadable.id, line: Box::new(line), policy: self.policy.load().anchor.clone(), then }
    }

    /// Whether what allowed a request still holds when its turn comes: policy, role and sign-in may have changed since.
    pub fn still_permits(&self, permitted: &Permitted) -> Result<(), Refusal> {
        let admitted = permitted.admitted();
        let role = admitted.caller().standing(&self.directory).map_err(Lapsed::refusal)?;
        permit::still_allows(&self.policy.load().policy, &role, admitted.request().action)
    }
}

/// An understood request that is refused.
fn refused(request: Request, role: Option<Role>, refusal: Refusal) -> RefusedLine {
    let (action, parameters) = (Some(request.action), Some(request.params));
    RefusedLine { refusal, action, parameters, role, rule: None, unreadable: None }
}

fn repeated_id() -> Refusal {
    Refusal::new(
        Code::InvalidParams,
        "id is that of a request which has not been answered yet; ids in flight are unique",
    )
}

const CONSOLE_BUFFER_BYTES: usize = 64 * 1024;

/// Waits until the gateway is told to end.
pub async fn told_to_end(shutdown: &mut watch::Receiver<bool>) {
    // An error means that the gateway is gone already.
    let _ = shutdown.wait_for(|&down| down).await;
}

/// Where a gateway looks for Live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BridgeUse {
    Connect,
    /// Nowhere: for administration while no gateway runs.
    Absent,
}

impl Gateway {
    /// Open everything in the state folder and start the tasks behind the path. No connection is accepted yet.
    pub async fn start(config: Config, state_dir: &Path, bridge_use: BridgeUse) -> Result<Gateway> {
        config.check()?;
        platform::create_private_dir(state_dir)?;
        let Some(lock) = platform::lock_state(state_dir)? else {
            bail!("another livegate uses {}; end it first, or use --state-dir", state_dir.display());
        };
        let trail_file = state_dir.join(audit::FILE);
        let trail = Trail::open(&trail_file)?;
        let policy = load_policy(&config, state_dir)?;
        let protocol = match bridge_use {
            BridgeUse::Connect => bridge_protocol(&config, state_dir)?,
            BridgeUse::Absent => Protocol::Absent,
        };
        let shared = Arc::new(Shared {
            directory: Directory::open(state_dir)?,
            policy: ArcSwap::from_pointee(policy),
            limits: Limits::new(&config.limits, config.bridge.commands),
            bridge: relay::Status::default(),
            door: Door::new(&config.connections),
            trail_file,
            seal: Seal::open(&state_dir.join("keys"))?,
            started: Instant::now(),
            _lock: lock,
            config,
        });
        let shutdown = watch::Sender::new(false);
        let (recorder, entries) = Recorder::channel(&shared.config.trail);
        let (relay, relay_tasks) = Relay::start(shared.clone(), recorder.clone(), protocol, shutdown.subscribe());
        let set_epoch = shared.bridge.set_epoch();
        tokio::spawn(record::run(entries, trail, relay, shared.config.trail.clone(), set_epoch));
        let start = Event::new("start").with("version", env!("CARGO_PKG_VERSION"));
        recorder.anchor(start).await.map_err(|refusal| anyhow::anyhow!("{}", refusal.message))?;
        Ok(Gateway { shared, recorder, relay_tasks, shutdown })
    }

    /// End: what waits is refused, what is under way gets a moment, and the trail says that it was meant.
    pub async fn stop(self) {
        self.shutdown.send_replace(true);
        for task in self.relay_tasks.0 {
            let _ = task.await;
        }
        // The rows before this one are durable when this one is.
        let _ = self.recorder.anchor(Event::new("stop")).await;
    }

    /// The owner's end of a connection within this process: the same path, without a socket.
    pub fn console(&self) -> Result<Box<dyn Stream>> {
        let peer = self.shared.door.admit_console().context("too many consoles are open")?;
        let (owner, gateway) = tokio::io::duplex(CONSOLE_BUFFER_BYTES);
        let channel = handshake::without_tls(Box::new(gateway), ChannelKind::Console);
        tokio::spawn(self.session(peer, channel, Some(Caller::at_console())).run());
        Ok(Box::new(owner))
    }

    fn session(&self, peer: Peer, channel: Channel, caller: Option<Arc<Caller>>) -> Session {
        Session::new(self.shared.clone(), self.recorder.clone(), peer, channel, caller, self.shutdown.subscribe())
    }
}

/// The sockets that connections come in on.
pub struct Listeners {
    local: Vec<TcpListener>,
    tls: Vec<TcpListener>,
    tls_config: Option<Arc<TlsListener>>,
    control: ControlListener,
}

impl Listeners {
    pub async fn bind(config: &Config, state_dir: &Path) -> Result<Listeners> {
        let tls_config = match config.tls.listen.is_empty() {
            true => None,
            false => {
                let (certificate, key) = (state_dir.join(&config.tls.certificate), state_dir.join(&config.tls.key));
                Some(Arc::new(TlsListener::load(&certificate, &key)?))
            }
        };
        let control = ControlListener::bind(state_dir).context("cannot open the control socket")?;
        let (local, tls) = (bind_all(config.local_listen()).await?, bind_all(&config.tls.listen).await?);
        Ok(Listeners { local, tls, tls_config, control })
    }

    pub fn local_addresses(&self) -> Vec<SocketAddr> {
        self.local.iter().filter_map(|listener| listener.local_addr().ok()).collect()
    }

    pub fn tls_addresses(&self) -> Vec<SocketAddr> {
        self.tls.iter().filter_map(|listener| listener.local_addr().ok()).collect()
    }
}

/// Accept connections until shutdown, then end.
pub async fn serve(gateway: Gateway, listeners: Listeners, shutdown: impl Future<Output = ()>) {
    let gateway = Arc::new(gateway);
    let mut tasks = JoinSet::new();
    for listener in listeners.local {
        tasks.spawn(accept_all(gateway.clone(), listener, None));
    }
    for listener in listeners.tls {
        tasks.spawn(accept_all(gateway.clone(), listener, listeners.tls_config.clone()));
    }
    tasks.spawn(accept_console(gateway.clone(), listeners.control));
    shutdown.await;
    // Sessions see the flag and end when their last answer is out; the listeners are simply closed.
    tasks.shutdown().await;
    match Arc::try_unwrap(gateway) {
        Ok(gateway) => gateway.stop().await,
        Err(_) => tracing::error!("a listener outlived its shutdown"),
    }
}

/// Accept on one socket. Whatever a connection does happens in a task of its own, so none delays another's accept.
async fn accept_all(gateway: Arc<Gateway>, listener: TcpListener, tls: Option<Arc<TlsListener>>) {
    loop {
        let (stream, address) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, most likely: give connections a moment to end instead of spinning.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(config::ms(50)).await;
                continue;
            }
        };
        match gateway.shared.door.admit(address, &gateway.shared.limits) {
            Ok(peer) => begin(&gateway, peer, stream, tls.clone()),
            Err(reason) => gateway.recorder.note(refused_connection(address, reason)),
        }
    }
}

fn begin(gateway: &Arc<Gateway>, peer: Peer, stream: TcpStream, tls: Option<Arc<TlsListener>>) {
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else {
        let caller = Caller::at_loopback(&gateway.shared.config.local.role);
        let channel = handshake::without_tls(Box::new(stream), ChannelKind::Loopback);
        tokio::spawn(gateway.session(peer, channel, Some(caller)).run());
        return;
    };
    let (shared, recorder) = (gateway.shared.clone(), gateway.recorder.clone());
    let shutdown = gateway.shutdown.subscribe();
    tokio::spawn(async move {
        let deadline = config::ms(shared.config.connections.handshake_ms);
        let reason = match tokio::time::timeout(deadline, tls.accept(stream)).await {
            Ok(Ok(channel)) => return Session::new(shared, recorder, peer, channel, None, shutdown).run().await,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the handshake took too long".to_owned(),
        };
        if let Some(address) = peer.address {
            shared.limits.admits_failure(address.ip());
            recorder.note(refused_connection(address, &reason));
        }
    });
}

async fn accept_console(gateway: Arc<Gateway>, mut control: ControlListener) {
    loop {
        match control.accept().await {
            Ok(stream) => {
                let Some(peer) = gateway.shared.door.admit_console() else { continue };
                let channel = handshake::without_tls(stream, ChannelKind::Console);
                tokio::spawn(gateway.session(peer, channel, Some(Caller::at_console())).run());
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection on the control socket");
                tokio::time::sleep(config::ms(50)).await;
            }
        }
    }
}

fn refused_connection(address: SocketAddr, reason: &str) -> Event {
    Event::new("connection_refused").with("address", address.to_string()).with("reason", reason)
}

async fn bind_all(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for address in addresses {
        let listener = TcpListener::bind(address).await;
        listeners.push(listener.with_context(|| format!("cannot listen on {address}; is another gateway running?"))?);
    }
    Ok(listeners)
}

fn load_policy(config: &Config, state_dir: &Path) -> Result<Loaded> {
    let (source, text) = match config.policy.roles_file.as_os_str().is_empty() {
        true => ("shipped".to_owned(), policy::SHIPPED.to_owned()),
        false => {
            let path = state_dir.join(&config.policy.roles_file);
            let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            (path.display().to_string(), text)
        }
    };
    let policy = Policy::parse(&text).with_context(|| format!("cannot use the roles in {source}"))?;
    if !policy.has_role(&config.local.role) {
        bail!("local.role is {}, which {source} does not have", config.local.role);
    }
    let event = Event::new("policy").with("sha256", policy.digest.as_str()).with("source", source);
    Ok(Loaded { policy, anchor: Arc::new(Anchor::new(event)) })
}

/// Never found out by trying: a gateway that has a key never speaks plain, and only localhost mode goes without one.
fn bridge_protocol(config: &Config, state_dir: &Path) -> Result<Protocol> {
    let path = state_dir.join(&config.bridge.key_file);
    let keyed = || -> Result<Protocol> { Ok(Protocol::Keyed(relay::Key::from_hex(&platform::read_secret(&path)?)?)) };
    match config.bridge.protocol {
        BridgeProtocol::Plain if path.exists() => {
            bail!("bridge.protocol is plain, but there is a key in {}; take out one of the two", path.display())
        }
        BridgeProtocol::Plain => Ok(Protocol::Plain),
        BridgeProtocol::ByKey if !path.exists() && !config.serves_others() => Ok(Protocol::Plain),
        BridgeProtocol::ByKey | BridgeProtocol::Keyed => keyed(),
    }
}
