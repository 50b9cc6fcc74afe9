//! The composition root: opens the state, starts the tasks, serves and shuts down. The stages of a request are in `gateway/`, in
//! alphabetical order; a connection is a [`Session`], and `session/decision.rs` decides about its lines.

pub mod accept;
pub mod handshake;
pub mod identify;
pub(crate) mod interpret;
pub(crate) mod limit;
pub(crate) mod permit;
pub(crate) mod record;
pub(crate) mod relay;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::admin;
use crate::approvals::Approvals;
use crate::audit::{self, Event, EventSink, Seal, Trail};
use crate::config::{self, BridgeProtocol, Config};
use crate::doors::entry::{DoorArrival, Entry};
use crate::doors::http::HttpDoor;
use crate::doors::lines;
use crate::doors::osc::{OscDoor, OscSockets};
use crate::identity::Directory;
use crate::identity::pairing::Pairing;
use crate::identity::pairing::by_address::AddressPairing;
use crate::platform::Stream;
use crate::platform::clock::{self, Clock};
use crate::platform::shutdown::shutdown_requested;
use crate::platform::{self, StateDir};
use crate::policy;
use crate::review;
use crate::session::connection::Entered;
use crate::session::{Session, SessionContext, approved};
use crate::shared::Shared;
use crate::tls::{self, CertificateManager, Machine};
use accept::{Admission, Arrival, Capacity, ConnectionLimits, Listeners};
use interpret::Redaction;
use limit::Limits;
use permit::LoadedPolicy;
// Public, so that the examples in `relay` show what does not compile.
pub use permit::Permitted;
use record::Recorder;
use record::idempotency::IdempotencyKeys;
use record::retention::Retention;
pub use record::{Dispatch, Recorded};
use relay::Protocol;

/// A running gateway.
pub struct Gateway {
    /// What a session of this gateway is made with.
    pub context: SessionContext,
    http: Option<Arc<HttpDoor>>,
    osc: Option<(Arc<OscDoor>, OscSockets)>,
    /// The recorder, relay, admin actions, review index and retention. If one ends, the gateway shuts down.
    tasks: JoinSet<()>,
    shutdown: watch::Sender<bool>,
}

const CONSOLE_BUFFER_BYTES: usize = 64 * 1024;
/// How long shutdown waits for the last answers and rows.
const END_MS: u64 = 6_000;

async fn beat(clock: Clock, mut shutdown: watch::Receiver<bool>) {
    tokio::select! {
        () = clock.beat() => (),
        () = shutdown_requested(&mut shutdown) => (),
    }
}

/// Whether a gateway connects to Live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BridgeUse {
    /// Connect to the script, and reconnect while it is not reachable.
    Connect,
    /// For administration while no gateway runs.
    Absent,
}

/// Why a gateway ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its shutdown signal came.
    Requested,
    /// One of its tasks failed; the log says which.
    Broken,
}

impl Gateway {
    /// Open the state folder and start the tasks of the path. No connection is accepted yet.
    pub async fn start(config: Config, state: StateDir, bridge_use: BridgeUse) -> Result<Gateway> {
        Gateway::start_by(Clock::system(), config, state, bridge_use).await
    }

    /// [`Gateway::start`] with a given clock, for tests.
    pub async fn start_by(clock: Clock, config: Config, state: StateDir, bridge_use: BridgeUse) -> Result<Gateway> {
        config.check()?;
        let dir = state.path().to_owned();
        let trail_file = dir.join(audit::FILE);
        let since = record::retention::ElapsedTime::the_last_row(&trail_file);
        let trail = Trail::open(&dir, &config.trail)?;
        if let Some(warning) = trail.warning() {
            tracing::error!("{warning}");
        }
        let loaded = load_policy(&config, &dir)?;
        let protocol = match bridge_use {
            BridgeUse::Connect => bridge_protocol(&config, &dir)?,
            BridgeUse::Absent => Protocol::Absent,
        };
        let directory = Directory::open(&dir, &config.sign_in)?;
        if bridge_use == BridgeUse::Connect && config.serves_others() && !directory.has_credential() {
            bail!(
                "tls.listen serves other machines, but no user can sign in; run livegate user add and livegate token issue"
            );
        }
        let tls = CertificateManager::new(&dir, &config.tls);
        let certificate_events = match bridge_use {
            BridgeUse::Connect if !config.tls.listen.is_empty() => {
                tls.begin(clock::unix_seconds(), &Machine::this())?
            }
            _ => Vec::new(),
        };
        let keys = IdempotencyKeys::new(
            config.requests.once_keys_max,
            Duration::from_secs(3600 * config.requests.once_hours as u64),
        );
        let last_row_us = since.last_row_us();
        trail.requests_with_keys(keys.restore_since_us(clock::unix_micros(), last_row_us), |earlier| {
            keys.restore(&earlier, last_row_us)
        })?;
        let keys = Arc::new(keys);
        let limits = Arc::new(Limits::new(&config, clock.clone()));
        let (retention, orders) =
            Retention::new(trail_file.clone(), &config, keys.clone(), limits.clone(), clock.clone());
        let resources = record::Resources {
            config: config.trail.clone(),
            trail_file: trail_file.clone(),
            limits: limits.clone(),
            clock: clock.clone(),
        };
        let (approvals, tickets) = Approvals::new(&config, clock.clone());
        let approvals = Arc::new(approvals);
        let shared = Arc::new(Shared {
            directory: Arc::new(directory),
            pairing: Pairing::default(),
            osc_pairing: AddressPairing::default(),
            tls_addresses: OnceLock::new(),
            approvals: approvals.clone(),
            other_programs: ArcSwap::default(),
            policy_source: policy::Source::of(&config.policy, &dir),
            policy_problem: ArcSwapOption::empty(),
            hangups: Arc::default(),
            policy: ArcSwap::from_pointee(loaded),
            limits,
            retention,
            bridge: Arc::default(),
            idempotency_keys: keys,
            connections: Arc::new(ConnectionLimits::new(&Capacity::of_this_process(&config))),
            tls: Arc::new(tls),
            trail_file,
            seal: Seal::open(&dir.join("keys"))?,
            redaction: Redaction::parse(&config.trail.redact)?,
            started: clock.now(),
            clock,
            state,
            config,
        });
        let shutdown = watch::Sender::new(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(beat(shared.clock.clone(), shutdown.subscribe()));
        let (recorder, entries) = Recorder::channel(&resources, &trail, orders);
        let counting = shared.retention.count_before(&since, trail.last_seq(), shutdown.subscribe());
        let (onward, for_live, for_admin) = Dispatch::channel(shared.config.bridge.queue_max + relay::STOPS_RESERVED);
        let ends = shutdown.subscribe();
        tasks.spawn(relay::run(relay_resources(&shared), recorder.clone(), protocol, for_live, ends.clone()));
        tasks.spawn(admin::run(shared.clone(), recorder.clone(), for_admin, ends));
        tasks.spawn(record::start(entries, trail, onward, shared.bridge.live_set(), resources)?);
        if bridge_use == BridgeUse::Connect {
            tasks.spawn(counting);
            tasks.spawn(shared.retention.clone().run(since, shutdown.subscribe()));
            let every = config::ms(shared.config.review.build_ms);
            let health = recorder.health().clone();
            tasks.spawn(admin::reload::follow(shared.clone(), recorder.clone(), shutdown.subscribe()));
            tasks.spawn(review::keep(dir, every, move || health.rows_written(), shutdown.subscribe())?);
        }
        for warning in admin::reload::warnings(&shared, &shared.policy.load().policy) {
            tracing::warn!("{warning}");
        }
        let start = Event::new("start").with("version", env!("CARGO_PKG_VERSION"));
        recorder.anchor(start).await.map_err(|refusal| anyhow::anyhow!("{}", refusal.message))?;
        for event in certificate_events {
            recorder.event(event).await;
        }
        let context = SessionContext { shared, recorder, shutdown: shutdown.subscribe() };
        tasks.spawn(approved::run(context.clone(), tickets));
        let (http, osc) = match bridge_use {
            BridgeUse::Connect => {
                let sockets = OscSockets::bind(&context.shared.config).await?;
                (Some(HttpDoor::new(context.clone())?), Some((OscDoor::new(context.clone())?, sockets)))
            }
            BridgeUse::Absent => (None, None),
        };
        Ok(Gateway { context, http, osc, tasks, shutdown })
    }

    /// The sockets of OSC, before they are served.
    pub fn osc(&self) -> Option<&OscSockets> {
        self.osc.as_ref().map(|(_, sockets)| sockets)
    }

    /// Accept connections until the shutdown signal, or until one of the tasks fails.
    pub async fn serve(mut self, listeners: Listeners, shutdown: impl Future<Output = ()>) -> End {
        self.context.shared.tls_addresses.get_or_init(|| listeners.tls_addresses());
        let own = self.own_addresses(&listeners);
        self.start_checks(own, listeners.serves_tls());
        let mut accepting = self.context.accept_all(listeners, self.http.clone());
        if let Some((door, sockets)) = self.osc.take() {
            door.serve_all(sockets, &mut accepting);
        }
        let end = tokio::select! {
            () = shutdown => End::Requested,
            _ = self.tasks.join_next() => End::Broken,
        };
        if end == End::Broken {
            tracing::error!(
                "a task of the gateway has failed; the gateway shuts down, because nothing would be recorded or relayed"
            );
        }
        accepting.shutdown().await;
        self.stop().await;
        end
    }

    /// Start what checks this machine while connections are accepted. At shutdown a check ends with the rows of what it found and did.
    fn start_checks(&mut self, own: Vec<SocketAddr>, serves_tls: bool) {
        let SessionContext { shared, recorder, shutdown } = &self.context;
        let others = admin::other_programs::follow(shared.clone(), recorder.clone(), own, shutdown.clone());
        self.tasks.spawn(others);
        if serves_tls {
            let recorder = recorder.clone();
            let record = move |event| {
                let recorder = recorder.clone();
                async move { recorder.event(event).await }
            };
            self.tasks.spawn(tls::run(shared.tls.clone(), record, shutdown.clone()));
        }
    }

    /// The addresses that it listens on, and the script's.
    fn own_addresses(&self, listeners: &Listeners) -> Vec<SocketAddr> {
        let osc = self.osc();
        let lists = [
            listeners.local_addresses(),
            listeners.tls_addresses(),
            listeners.http_addresses(),
            listeners.http_tls_addresses(),
            osc.map(OscSockets::udp_addresses).unwrap_or_default(),
            osc.map(OscSockets::tcp_addresses).unwrap_or_default(),
        ];
        lists.into_iter().flatten().chain([self.context.shared.config.bridge.address]).collect()
    }

    /// Shut down: refuse queued requests, wait for those in flight, answer everything, and record the shutdown.
    pub async fn stop(self) {
        let Gateway { context, http, osc, mut tasks, shutdown } = self;
        shutdown.send_replace(true);
        drop((context, http, osc));
        // The recorder ends when relay, admin and all sessions have dropped their handles.
        let all = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(config::ms(END_MS), all).await.is_err() {
            tracing::warn!("shutdown timed out; some requests may be unanswered or without an outcome");
        }
    }
}

impl SessionContext {
    /// A console within this process: it takes the same path as others, without a socket.
    pub fn console(&self) -> Result<Box<dyn Stream>> {
        let peer = self.shared.connections.admit_console().context("too many consoles are open")?;
        let (owner, gateway) = tokio::io::duplex(CONSOLE_BUFFER_BYTES);
        tokio::spawn(self.session(lines::console(peer, Box::new(gateway), &self.shared.clock)).run());
        Ok(Box::new(owner))
    }

    /// Accept connections, and start a session for each that enters.
    fn accept_all(&self, listeners: Listeners, http: Option<Arc<HttpDoor>>) -> JoinSet<()> {
        let shared = &self.shared;
        let events: Arc<dyn EventSink> = Arc::new(self.recorder.clone());
        let admission = Admission {
            connections: shared.connections.clone(),
            sources: shared.limits.sources.clone(),
            events: events.clone(),
        };
        let entry = Arc::new(Entry::new(
            &shared.config,
            &shared.tls,
            shared.directory.clone(),
            shared.limits.clone(),
            events,
            shared.clock.clone(),
            self.shutdown.clone(),
        ));
        let http = http.map(|door| (door.router(), door));
        let context = self.clone();
        listeners.accept_all(&admission, move |arrival: Arrival| {
            let entry = entry.clone();
            let context = context.clone();
            let http = http.clone();
            tokio::spawn(async move {
                match (entry.enter(arrival).await, http) {
                    (Some(DoorArrival::Session(entered)), _) => context.session(entered).run().await,
                    (Some(DoorArrival::Http(arrival)), Some((router, door))) => door.serve(router, arrival).await,
                    (Some(DoorArrival::Mcp(arrival)), Some((_, door))) => door.mcp.serve_stream(arrival).await,
                    _ => (),
                }
            });
        })
    }

    fn session(&self, entered: Entered) -> Session {
        Session::new(self.clone(), entered)
    }
}

fn relay_resources(shared: &Arc<Shared>) -> relay::Resources {
    let of = shared.clone();
    let proposing = shared.clone();
    relay::Resources {
        config: shared.config.bridge.clone(),
        topics_max: shared.config.connections.topics_max,
        changes_in_live_per_second_max: shared.config.trail.changes_in_live_per_second_max,
        clock: shared.clock.clone(),
        limits: shared.limits.clone(),
        status: shared.bridge.clone(),
        recheck: Arc::new(move |permitted| of.still_permits(permitted)),
        propose: Arc::new(move |recorded, seen| proposing.approvals.propose(recorded, proposing.circumstances(), seen)),
        waiting: shared.approvals.waiting(),
    }
}

fn load_policy(config: &Config, state_dir: &Path) -> Result<LoadedPolicy> {
    let source = policy::Source::of(&config.policy, state_dir);
    let loaded = LoadedPolicy::of(source.load_tested()?, &source, policy::Freeze::restore(state_dir).map(Arc::new));
    if !loaded.policy.has_role(&config.local.role) {
        let roles = loaded.policy.role_names().join(", ");
        bail!("local.role must be one of {roles}, got {}", config.local.role);
    }
    if !loaded.policy.has_role(&config.mcp.local_role) {
        let roles = loaded.policy.role_names().join(", ");
        bail!("mcp.local_role must be one of {roles}, got {}", config.mcp.local_role);
    }
    Ok(loaded)
}

/// The protocol that the configuration selects; it is never detected. A gateway with a key never uses the plain protocol, and only localhost mode
/// needs no key.
fn bridge_protocol(config: &Config, state_dir: &Path) -> Result<Protocol> {
    let path = state_dir.join(&config.bridge.key_file);
    let keyed = || -> Result<Protocol> { Ok(Protocol::Keyed(relay::Key::from_hex(&platform::read_secret(&path)?)?)) };
    match config.bridge.protocol {
        BridgeProtocol::Plain if platform::is_there(&path) => {
            bail!("bridge.protocol is plain, but the key {} exists; remove one of the two", path.display())
        }
        BridgeProtocol::Plain => Ok(Protocol::Plain),
        BridgeProtocol::ByKey if !platform::is_there(&path) && !config.serves_others() => Ok(Protocol::Plain),
        BridgeProtocol::ByKey | BridgeProtocol::Keyed => keyed(),
    }
}
