//! The bridge task: commands wait in the queue, a bounded number is in flight, and each is answered exactly once.

use std::sync::atomic::Ordering;
use std::time::Instant;

use serde_json::{Map, Value};
use tokio::sync::{mpsc, watch};

use super::answer_sizes::Expected;
use super::bridge_event::BridgeEvent;
use super::cancelling::{Cancelling, is_meant};
use super::in_flight::{InFlight, InFlightCommand};
use super::link::Link;
use super::live_changes::{Bounds, LiveChanges};
use super::queue::{self, Queue, Queued};
use super::resources::Resources;
use super::script_line;
use super::subscriptions::Subscriptions;
use super::transport::BridgeTransport;
use super::{Protocol, Reply, bridge_unavailable, overloaded, shutting_down};
use crate::audit::Event;
use crate::command::{BridgeAction, Handler};
use crate::config;
use crate::gateway::record::{Recorded, Recorder};
use crate::platform::shutdown::shutdown_requested;
use crate::wire::refusal::Refusal;

/// Interval between checks of deadlines while commands wait.
const SWEEP_MS: u64 = 25;
/// Interval between requests for the script's clock. It keeps the estimate within a few milliseconds while no commands are sent.
const ASK_THE_TIME_MS: u64 = 15_000;
/// How long shutdown waits for commands in flight.
const GRACE_MS: u64 = 2_000;

/// Carry recorded requests to the script and their replies back, until shutdown.
pub async fn run(
    resources: Resources,
    recorder: Recorder,
    protocol: Protocol,
    mut requests: mpsc::Receiver<Recorded>,
    mut shutdown: watch::Receiver<bool>,
) {
    let mut config = resources.config.clone();
    let mut waiting = resources.waiting.clone();
    if matches!(protocol, Protocol::Plain) {
        config.in_flight_max = config.in_flight_max.min(config.plain_connections_max);
    }
    let (events, mut incoming) = mpsc::channel(config.in_flight_max);
    let (transport, link_task) = BridgeTransport::open(protocol, &config, &resources.clock, events);
    let queue = Queue::new(queue::Bounds {
        len_max: config.queue_max,
        per_caller_max: config.queue_per_caller_max,
        promoted_max: config.promoted_with_stop_max,
    });
    let in_flight = InFlight::new(&config);
    let bounds = Bounds { topics_max: config.trail_topics_max, slots_max: config.trail_slots_max };
    let in_live = LiveChanges::new(bounds, resources.changes_in_live_per_second_max, config.detail_bytes_max);
    let subscriptions = Subscriptions::new(config.topics_max, resources.topics_max, in_live);
    let mut bridge = Bridge {
        resources,
        recorder,
        config,
        queue,
        transport,
        subscriptions,
        in_flight,
        expected: Expected::default(),
        next_id: 0,
    };
    let mut sweep = tokio::time::interval(config::ms(SWEEP_MS));
    sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut request_time = tokio::time::interval(config::ms(ASK_THE_TIME_MS));
    loop {
        tokio::select! {
            _ = request_time.tick() => {
                bridge.request_time();
                bridge.subscriptions.prune();
            }
            Some(recorded) = requests.recv() => {
                bridge.enqueue(recorded).await;
                while let Ok(recorded) = requests.try_recv() {
                    bridge.enqueue(recorded).await;
                }
            }
            Some(event) = incoming.recv() => {
                bridge.resources.status.on_heartbeat();
                bridge.on_event(event).await;
                while let Ok(event) = incoming.try_recv() {
                    bridge.on_event(event).await;
                }
            }
            Ok(()) = waiting.changed() => bridge.subscriptions.set_waiting(*waiting.borrow_and_update()),
            _ = sweep.tick(), if bridge.is_busy() || bridge.subscriptions.in_live.has_pending() => bridge.sweep().await,
            () = shutdown_requested(&mut shutdown) => break,
        }
        if let Some(link) = bridge.transport.link() {
            bridge.subscriptions.send_next(link, &mut bridge.next_id);
        }
        bridge.send_waiting().await;
    }
    // These commands never left the gateway, so they did not run.
    requests.close();
    while let Some(recorded) = requests.recv().await {
        bridge.refuse(recorded, shutting_down()).await;
    }
    bridge.finish(&mut incoming).await;
    if let Some(task) = link_task {
        task.abort();
    }
}

struct Bridge {
    resources: Resources,
    recorder: Recorder,
    config: config::Bridge,
    queue: Queue<Recorded>,
    transport: BridgeTransport,
    subscriptions: Subscriptions,
    in_flight: InFlight,
    expected: Expected,
    next_id: u64,
}

impl Bridge {
    fn is_busy(&self) -> bool {
        !self.queue.is_empty() || !self.in_flight.is_empty()
    }

    async fn enqueue(&mut self, recorded: Recorded) {
        if let Handler::Bridge(action) = recorded.request().action.handler {
            return match action {
                BridgeAction::Cancel => self.cancel(recorded).await,
                BridgeAction::Subscribe | BridgeAction::Unsubscribe => {
                    self.change_subscriptions(action, recorded).await
                }
            };
        }
        if !self.transport.takes_another(self.queue.len(), self.config.untried_max) {
            return self.refuse(recorded, bridge_unavailable()).await;
        }
        if let Some(older) = self.queue.take_superseded(&recorded) {
            self.reply(older, Reply::superseded()).await;
        }
        if let Err(recorded) = self.queue.push(recorded) {
            self.refuse(recorded, overloaded()).await;
        }
    }

    async fn change_subscriptions(&mut self, action: BridgeAction, recorded: Recorded) {
        if matches!(self.transport, BridgeTransport::Plain(_)) {
            return self.refuse(recorded, script_line::needs_key("events need")).await;
        }
        let request = recorded.request();
        let connection_handle = recorded.connection_handle();
        let changed = if action == BridgeAction::Subscribe {
            self.subscriptions.add(connection_handle, request.topics())
        } else {
            Ok(self.subscriptions.remove(connection_handle, request.topics()))
        };
        let count = match changed {
            Ok(count) => count,
            Err(refusal) => return self.refuse(recorded, refusal).await,
        };
        let body = Map::from_iter([("ok".to_owned(), Value::Bool(true)), ("subscribed".to_owned(), count.into())]);
        self.reply(recorded, Reply::ok(body)).await;
    }

    /// Cancel commands of a connection: those in the queue at once, those in the script if they have not begun.
    async fn cancel(&mut self, cancel: Recorded) {
        let taken = self.queue.take(|recorded| is_meant(&cancel, recorded));
        let count = taken.len();
        for recorded in taken {
            self.reply(recorded, Reply::cancelled()).await;
        }
        let under_way = self.in_flight.ids(|under_way| is_meant(&cancel, &under_way.recorded));
        let cancelling = Cancelling { taken: count, under_way: under_way.len() };
        let id = self.next_id();
        let deadline = cancel.request().deadline;
        let link = self.transport.link().filter(|_| !under_way.is_empty());
        let asked = link.and_then(|link| link.cancel(id, under_way, deadline).ok());
        match asked {
            Some(overdue) => {
                let cancelling = Some(cancelling);
                self.in_flight.insert(id, InFlightCommand { recorded: cancel, overdue, cancelling });
            }
            None => self.reply(cancel, cancelling.reply_after(&Map::new())).await,
        }
    }

    /// Send queued commands while slots are free.
    async fn send_waiting(&mut self) {
        if self.transport.link().is_some_and(|link| link.must_request_time()) {
            self.request_time();
        }
        while !self.queue.is_empty() && self.transport.has_capacity() {
            if !self.resources.limits.admits_to_bridge() {
                break;
            }
            let may_leave = |recorded: &Recorded| {
                let fits_in_memory =
                    || recorded.is_stop() || recorded.fits_in_memory(self.expected.of(recorded.request()));
                self.in_flight.has_slot_for(recorded)
                    && self.transport.has_capacity_for(recorded.connection())
                    && fits_in_memory()
            };
            let Some(recorded) = self.queue.pop(may_leave) else { break };
            self.send(recorded).await;
        }
        let status = &self.resources.status;
        status.queued.store(self.queue.len(), Ordering::Relaxed);
        status.in_flight.store(self.in_flight.len(), Ordering::Relaxed);
    }

    /// Send a command if it is still permitted and in time.
    async fn send(&mut self, mut recorded: Recorded) {
        let id = self.next_id();
        let request = recorded.request();
        if request.deadline <= self.resources.clock.now() {
            return self.reply(recorded, Reply::expired()).await;
        }
        let guards = match (self.resources.recheck)(recorded.permitted()) {
            Ok(guards) => guards,
            Err(refusal) => return self.refuse(recorded, refusal).await,
        };
        self.recorder.events(self.subscriptions.in_live.before_a_command()).await;
        recorded.expect_answer(self.expected.of(recorded.request()));
        match self.transport.send(id, &recorded, &guards) {
            Ok(overdue) => {
                tracing::debug!(parent: recorded.span(), "sent to Live");
                self.in_flight.insert(id, InFlightCommand { recorded, overdue, cancelling: None });
            }
            Err(refusal) => self.refuse(recorded, refusal).await,
        }
    }

    /// Ping the script, because every answer carries its clock.
    fn request_time(&mut self) {
        let id = self.next_id();
        if let Some(link) = self.transport.link() {
            link.request_time(id);
        }
    }

    fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    async fn on_event(&mut self, event: BridgeEvent) {
        match event {
            BridgeEvent::Up(link) => self.on_connected(link).await,
            BridgeEvent::NotReached => self.on_not_reached().await,
            BridgeEvent::Down { reason, unsent } => self.on_disconnected(&reason, &unsent).await,
            BridgeEvent::Answer { id, mut body, bytes } => {
                let clock_ms = body.remove("clock_ms").and_then(|clock| clock.as_i64());
                let seen = body.remove("seen");
                match (&mut self.transport, clock_ms) {
                    (BridgeTransport::Keyed(Some(link)), Some(clock_ms)) => link.update_clock(id, clock_ms),
                    (BridgeTransport::Plain(_), _) if !self.resources.status.is_up() => {
                        self.resources.status.on_connected(Map::new())
                    }
                    _ => (),
                }
                if self.subscriptions.on_answer(id, &body) {
                    return;
                }
                let detail_bytes_max = self.config.detail_bytes_max;
                let under_way = self.in_flight.get(id);
                if let Some(under_way) = &under_way {
                    self.expected.learn(under_way.recorded.request().action.index, bytes);
                }
                let reply = match under_way {
                    Some(under_way) => {
                        let reply = under_way.read(body, bytes, detail_bytes_max);
                        let proposes = reply.asks_a_person() && !under_way.recorded.request().terms.dry_run;
                        if proposes { (self.resources.propose)(&mut under_way.recorded, seen) } else { reply }
                    }
                    None => Reply::unknown(),
                };
                self.complete(id, reply).await;
            }
            BridgeEvent::Unreadable { id, flaw } => {
                if self.subscriptions.on_answer(id, &Map::new()) {
                    return;
                }
                let under_way = self.in_flight.get(id);
                let reply = under_way.map_or_else(Reply::unknown, |under_way| under_way.unreadable(flaw));
                self.complete(id, reply).await;
            }
            BridgeEvent::Changed { event } => {
                if self.subscriptions.publish(event).is_none() {
                    tracing::debug!("an event for a topic without a subscription");
                }
                if let Some(names) = self.subscriptions.in_live.take_names() {
                    self.resources.status.name_objects(names);
                }
            }
            BridgeEvent::Unreachable { id } => {
                self.resources.status.on_disconnected();
                self.complete(id, Reply::not_sent(bridge_unavailable())).await;
            }
            BridgeEvent::TooLate { id } => self.complete(id, Reply::expired()).await,
            BridgeEvent::Lost { id } => self.complete(id, Reply::unknown()).await,
        }
    }

    /// Answer a command in flight. A command that was overdue has been answered already.
    async fn complete(&mut self, id: u64, reply: Reply) {
        if let BridgeTransport::Plain(lanes) = &mut self.transport {
            lanes.completed(id);
        }
        if let Some(under_way) = self.in_flight.remove(id) {
            self.reply(under_way.recorded, reply).await;
        }
    }

    async fn on_connected(&mut self, link: Link) {
        tracing::info!(live = link.live_version(), matches = link.matches_wholly(), "the bridge is up");
        let event = Event::new("bridge_up")
            .with("live_version", link.live_version())
            .with("set_epoch", link.set_epoch())
            .with("matches", link.matches_wholly());
        let known = self.resources.status.live_set.send_replace(Some(link.live_set())).map(|set| set.epoch);
        self.resources.status.on_connected(link.hello().clone());
        self.subscriptions.forget_script();
        self.subscriptions.set_loaded(link.set_epoch());
        let set_epoch = link.set_epoch();
        let loaded = (known != Some(set_epoch)).then(|| Event::new("set_loaded").with("set_epoch", set_epoch));
        self.transport = BridgeTransport::Keyed(Some(link));
        self.recorder.events([event].into_iter().chain(loaded)).await;
    }

    /// Commands in flight may have run, except the unsent ones. Queued commands did not run.
    async fn on_disconnected(&mut self, reason: &str, unsent: &[u64]) {
        tracing::warn!(reason, "the bridge is down");
        self.transport = BridgeTransport::Untried;
        self.recorder.events(self.subscriptions.in_live.take()).await;
        self.subscriptions.forget_script();
        self.resources.status.on_disconnected();
        for (id, under_way) in self.in_flight.take_all() {
            let reply = if unsent.contains(&id) { Reply::not_sent(bridge_unavailable()) } else { Reply::unknown() };
            self.reply(under_way.recorded, reply).await;
        }
        // They were meant for the set that was open.
        self.refuse_queued(bridge_unavailable).await;
        self.recorder.event(Event::new("bridge_down")).await;
    }

    async fn on_not_reached(&mut self) {
        self.transport = BridgeTransport::Keyed(None);
        self.refuse_queued(bridge_unavailable).await;
    }

    async fn refuse_queued(&mut self, refusal: fn() -> Refusal) {
        for recorded in self.queue.take(|_| true) {
            self.refuse(recorded, refusal()).await;
        }
    }

    /// Answer overdue requests, and record due changes in Live.
    async fn sweep(&mut self) {
        let now = self.resources.clock.now();
        let awake = Instant::now();
        self.recorder.events(self.subscriptions.in_live.due(awake)).await;
        for recorded in self.queue.take(|recorded| recorded.request().deadline <= now) {
            self.reply(recorded, Reply::expired()).await;
        }
        for id in self.in_flight.ids(|under_way| under_way.overdue <= awake) {
            let under_way = self.in_flight.remove(id).expect("an id of it");
            self.reply(under_way.recorded, Reply::unknown()).await;
        }
    }

    /// Shut down: refuse queued commands, and wait a moment for those in flight.
    async fn finish(&mut self, incoming: &mut mpsc::Receiver<BridgeEvent>) {
        self.recorder.events(self.subscriptions.in_live.take()).await;
        self.refuse_queued(shutting_down).await;
        let until = tokio::time::Instant::now() + config::ms(GRACE_MS);
        while !self.in_flight.is_empty() {
            match tokio::time::timeout_at(until, incoming.recv()).await {
                Ok(Some(event)) => self.on_event(event).await,
                _ => break,
            }
        }
        for (_, under_way) in self.in_flight.take_all() {
            self.reply(under_way.recorded, Reply::unknown()).await;
        }
    }

    async fn refuse(&self, recorded: Recorded, refusal: Refusal) {
        self.reply(recorded, Reply::not_sent(refusal)).await;
    }

    async fn reply(&self, recorded: Recorded, reply: Reply) {
        reply.deliver(recorded, &self.recorder).await;
    }
}
