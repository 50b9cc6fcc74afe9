//! One sender: its messages become requests of its own session, in order; answers and values are sent back as messages.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rosc::{OscMessage, OscPacket, OscType, decoder};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::answering::{self, Answering, InFlight, OnAnswer, closed, lock};
use super::due;
use super::listeners::{Listeners, STARTUP};
use super::pace::ReadPacing;
use super::plan::{self, Counts, LOG_LEVELS, Listener, Operation, Request};
use super::reply_sender::ReplySender;
use super::waiting::Packet;
use super::walk::{self, Bounds, Found};
use crate::command::{Handler, Tag};
use crate::config;
use crate::doors::exchange::{Exchange, Outbound, Unread, Usage, exchange};
use crate::gateway::accept::Peer;
use crate::gateway::identify::Caller;
use crate::identity::pairing::by_address::Binding;
use crate::session::connection::{Door, Entered, Transport};
use crate::session::{Session, SessionContext};
use crate::shared::Shared;
use crate::wire::message::Message;
use crate::wire::refusal::{Code, Refusal};
use crate::wire::topic::SET_LOAD;

/// The most unanswered requests of one sender.
const UNANSWERED_MAX: usize = 256;

/// The sender, and where replies go.
pub struct Identity {
    pub caller: Arc<Caller>,
    pub transport: Option<Transport>,
    pub address: std::net::SocketAddr,
    pub output: ReplySender,
    /// The pairing; the session ends with it.
    pub binding: Option<Arc<Binding>>,
}

struct Sender {
    shared: Arc<Shared>,
    caller: Arc<Caller>,
    config: config::Osc,
    exchange: Exchange,
    output: ReplySender,
    listeners: Arc<Mutex<Listeners>>,
    asked: mpsc::Sender<InFlight>,
    /// Bundles that are not due yet.
    later: Vec<(Instant, Vec<Operation>)>,
    pace: ReadPacing,
    /// Reads that wait for their turn, the next one first.
    paced: VecDeque<(Instant, Vec<Operation>)>,
    follows_set: bool,
    /// Kept for the sender to read.
    log_level: &'static str,
}

const READ_LOG_LEVEL: &str = "/live/api/get/log_level";

/// Serve a sender until its packets end, it is silent for too long, or the session closes.
pub async fn serve(context: SessionContext, identity: Identity, mut packets: mpsc::Receiver<Packet>) {
    let Identity { caller, transport, address, output, binding } = identity;
    let config = context.shared.config.osc.clone();
    let (exchange, connection, mut outbound) = exchange(context.shared.clock.clone(), UNANSWERED_MAX, Usage::Alone);
    let entered = Entered {
        peer: Peer::behind(Some(address)),
        connection: Box::new(connection),
        door: Door::Osc,
        transport,
        exporter: None,
        has_key: true,
        caller: Some(caller.clone()),
    };
    let shared = context.shared.clone();
    tokio::spawn(Session::new(context, entered).run());
    let listeners: Arc<Mutex<Listeners>> = Arc::default();
    let (asked, answers) = mpsc::channel(UNANSWERED_MAX);
    tokio::spawn(answering::reply(answers, output.clone(), listeners.clone()));
    let idle = Duration::from_secs(config.idle_s);
    let mut silent_until = Instant::now() + idle;
    let mut sender = Sender {
        pace: ReadPacing::of(shared.config.limits.read, Instant::now()),
        paced: VecDeque::new(),
        later: Vec::new(),
        follows_set: false,
        log_level: LOG_LEVELS[0],
        shared,
        caller,
        config,
        exchange,
        output,
        listeners,
        asked,
    };
    loop {
        let due = sender.next_due();
        tokio::select! {
            packet = packets.recv() => {
                let Some(packet) = packet else { break };
                silent_until = Instant::now() + idle;
                sender.take(&packet).await;
            }
            said = outbound.recv() => match said {
                Some(Outbound::Event(event)) => sender.deliver(&event).await,
                Some(Outbound::Notice(_)) | None => break,
            },
            () = sleep_until(due.unwrap_or(silent_until)), if due.is_some() => sender.run_due().await,
            () = sleep_until(silent_until) => break,
            () = ended(binding.as_deref()) => break,
        }
        if sender.exchange.is_closed() {
            break;
        }
    }
}

/// Waits until the pairing ends, if there is one.
async fn ended(binding: Option<&Binding>) {
    match binding {
        Some(binding) => binding.ended().await,
        None => std::future::pending().await,
    }
}

impl Sender {
    /// Handle a packet: the whole packet is planned before a part of it runs.
    async fn take(&mut self, packet: &Packet) {
        match self.plan(packet).await {
            Ok(planned) => {
                for (wait, operations) in planned {
                    if wait.is_zero() {
                        self.run_in_turn(packet, operations).await;
                    } else {
                        self.later.push((Instant::now() + wait, operations));
                    }
                }
            }
            Err(refusal) => self.refuse(packet, refusal).await,
        }
    }

    /// The steps of a packet, by the time at which they are due.
    async fn plan(&self, packet: &Packet) -> Result<Vec<(Duration, Vec<Operation>)>, Refusal> {
        let found = walk::walk(&packet.bytes, Bounds::of(&self.config))
            .map_err(|why| Refusal::new(Code::InvalidParams, why))?;
        let mut planned: Vec<(u64, Vec<Operation>)> = Vec::new();
        let mut count: usize = 0;
        let mut counts = None;
        for Found { due, bytes } in found {
            let message = decode(bytes)?;
            if counts.is_none() && plan::needs_counts(&message) {
                counts = Some(self.counts().await?);
            }
            let operations = plan::plan(&message, counts, self.config.fan_out_max)?;
            count += operations.len();
            if count > self.config.fan_out_max {
                return Err(plan::too_many(self.config.fan_out_max));
            }
            match planned.iter_mut().find(|(other, _)| *other == due) {
                Some((_, earlier)) => earlier.extend(operations),
                None => planned.push((due, operations)),
            }
        }
        let waits: Vec<_> = planned.into_iter().map(|(due, operations)| (due::until(due), operations)).collect();
        self.check_ahead(&waits)?;
        Ok(waits)
    }

    fn check_ahead(&self, waits: &[(Duration, Vec<Operation>)]) -> Result<(), Refusal> {
        let refusal = |message: String| Refusal::new(Code::InvalidParams, message);
        if waits.iter().any(|(wait, _)| *wait > config::ms(self.config.ahead_ms)) {
            let message =
                format!("a bundle is due at most {} ms ahead; check the sender's clock", self.config.ahead_ms);
            return Err(refusal(message));
        }
        let waiting: usize = self.later.iter().map(|(_, operations)| operations.len()).sum();
        let more: usize =
            waits.iter().filter(|(wait, _)| !wait.is_zero()).map(|(_, operations)| operations.len()).sum();
        if more > 0 && waiting + more > self.config.ahead_max {
            return Err(refusal(format!(
                "a sender may have at most {} actions that wait until they are due",
                self.config.ahead_max
            )));
        }
        Ok(())
    }

    async fn counts(&self) -> Result<Counts, Refusal> {
        let parameters = json!({"properties": ["num_tracks", "num_scenes"]}).to_string();
        let answer = self.exchange.ask(Message::apart("get_song_properties", parameters.into())).await;
        let answer = answer.map_err(|_| closed())?;
        if let Some(refusal) = answer.refusal() {
            return Err(refusal);
        }
        let body: Value = serde_json::from_slice(answer.line()).unwrap_or_default();
        let count =
            |name: &str| body["values"][name].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
        Ok(Counts { tracks: count("num_tracks"), scenes: count("num_scenes") })
    }

    /// A refused packet is charged and recorded like any other request.
    async fn refuse(&self, packet: &Packet, refusal: Refusal) {
        self.ask(Message::refused(None, packet.bytes.clone(), refusal), OnAnswer::Reply(vec![Answering::packet()]))
            .await;
    }

    async fn run_due(&mut self) {
        let now = Instant::now();
        let (due, later): (Vec<_>, Vec<_>) = self.later.drain(..).partition(|(at, _)| *at <= now);
        self.later = later;
        for (_, operations) in due {
            self.run(operations).await;
        }
        while self.paced.front().is_some_and(|(at, _)| *at <= now) {
            let Some((_, operations)) = self.paced.pop_front() else { break };
            self.run(operations).await;
        }
    }

    fn next_due(&self) -> Option<Instant> {
        let paced = self.paced.front().map(|(at, _)| *at);
        self.later.iter().map(|(at, _)| *at).chain(paced).min()
    }

    /// Run the requests of a packet. Reads beyond the rate wait for their turn; changes and stops do not wait for them.
    async fn run_in_turn(&mut self, packet: &Packet, operations: Vec<Operation>) {
        let now = Instant::now();
        // Refused reads are not paid for; otherwise a flood would delay the sender's later reads without limit.
        let is_full = self.paced.len() >= self.config.waiting_max;
        let count = if is_full { 0 } else { operations.iter().filter(|operation| operation.reads()).count() };
        let wait = self.pace.reserve(count, now);
        if wait.is_zero() {
            return self.run(operations).await;
        }
        let (reads, others): (Vec<_>, Vec<_>) = operations.into_iter().partition(Operation::reads);
        self.run(others).await;
        if reads.is_empty() {
            return;
        }
        if is_full {
            let message = "too many reads of this sender wait for their turn; ask for less";
            return self.refuse(packet, Refusal::new(Code::RateLimited, message)).await;
        }
        self.paced.push_back((now + wait, reads));
    }

    /// The requests of one packet form one batch, so that they are charged together and refused as a whole. Stops are sent separately, because
    /// they overtake other requests.
    async fn run(&mut self, operations: Vec<Operation>) {
        let mut batch = Vec::new();
        for operation in operations {
            match operation {
                Operation::Ask(request)
                    if !request.action.access.contains(Tag::Stop) && request.action.handler == Handler::Live =>
                {
                    batch.push(request);
                }
                Operation::Ask(request) => {
                    self.send(std::mem::take(&mut batch)).await;
                    self.send(vec![request]).await;
                }
                Operation::Listen(listeners) => {
                    self.send(std::mem::take(&mut batch)).await;
                    self.listen(listeners).await;
                }
                Operation::StopListening(listeners) => {
                    self.send(std::mem::take(&mut batch)).await;
                    self.stop_listening(&listeners).await;
                }
                Operation::Reload => {
                    self.send(std::mem::take(&mut batch)).await;
                    let all = lock(&self.listeners).all();
                    self.stop_listening(&all).await;
                    self.ping(Some((STARTUP, Vec::new()))).await;
                }
                Operation::ReadLogLevel => {
                    self.send(std::mem::take(&mut batch)).await;
                    let level = OscType::String(self.log_level.to_owned());
                    self.ping(Some((READ_LOG_LEVEL, vec![level]))).await;
                }
                Operation::KeepLogLevel(level) => {
                    self.log_level = level;
                    self.ping(None).await;
                }
            }
        }
        self.send(batch).await;
    }

    async fn send(&self, mut requests: Vec<Request>) {
        requests.iter_mut().for_each(|request| request.widen(|action| self.shared.could_allow(&self.caller, action)));
        let message = match requests.as_slice() {
            [] => return,
            [request] => {
                Message::apart(request.action.name.clone(), Value::from(request.params.clone()).to_string().into())
            }
            requests => {
                let command = |request: &Request| {
                    let mut command = request.params.clone();
                    command.insert("action".to_owned(), request.action.name.as_str().into());
                    Value::Object(command)
                };
                let commands: Vec<Value> = requests.iter().map(command).collect();
                Message::apart("batch", json!({"commands": commands, "on_error": "continue"}).to_string().into())
            }
        };
        let answering = requests.into_iter().map(Answering::of).collect();
        self.ask(message, OnAnswer::Reply(answering)).await;
    }

    /// What the door does itself is charged and recorded as a `ping`; its reply follows the answer to that.
    async fn ping(&self, then: Option<(&'static str, Vec<OscType>)>) {
        let then = then.map_or_else(
            || OnAnswer::Reply(vec![Answering::packet()]),
            |(address, args)| OnAnswer::Send(address, args),
        );
        self.ask(Message::apart("ping", "{}".into()), then).await;
    }

    async fn listen(&mut self, listeners: Vec<Listener>) {
        if !self.add_listeners(&listeners) {
            let text = format!("a sender has at most {} listeners; end some first", self.config.listeners_max);
            return self.output.error(&text).await;
        }
        let topics: Vec<Value> = listeners.iter().map(|listener| Value::Object(listener.topic.clone())).collect();
        if !std::mem::replace(&mut self.follows_set, true) {
            let parameters = json!({"topics": [{"event": SET_LOAD}]}).to_string();
            self.ask(Message::apart("subscribe", parameters.into()), OnAnswer::Nothing).await;
        }
        let parameters = json!({"topics": topics}).to_string();
        self.ask(Message::apart("subscribe", parameters.into()), OnAnswer::Listen(listeners)).await;
    }

    /// Add listeners within the limit.
    fn add_listeners(&self, listeners: &[Listener]) -> bool {
        let mut all = lock(&self.listeners);
        let has_room = all.count() + listeners.len() <= self.config.listeners_max;
        if has_room {
            // The topic exists. If an index is out of range, the gateway refuses the subscription.
            listeners.iter().for_each(|listener| _ = all.add(listener.clone()));
        }
        has_room
    }

    async fn stop_listening(&self, listeners: &[Listener]) {
        let unfollowed: Vec<Value> = {
            let mut all = lock(&self.listeners);
            let topics = listeners.iter().filter_map(|listener| all.remove(listener));
            topics.map(|topic| Value::Object(topic.to_map())).collect()
        };
        if !unfollowed.is_empty() {
            let parameters = json!({"topics": unfollowed}).to_string();
            self.ask(Message::apart("unsubscribe", parameters.into()), OnAnswer::Nothing).await;
        }
    }

    async fn ask(&self, message: Message, then: OnAnswer) {
        if let Ok(pending) = self.exchange.send(message).await {
            let _ = self.asked.send(InFlight { pending, then }).await;
        }
    }

    async fn deliver(&self, event: &Unread) {
        let delivered = lock(&self.listeners).deliver(event.line());
        match delivered {
            Ok(outgoing) => {
                for message in outgoing {
                    self.output.send(message.address, message.arguments).await;
                }
            }
            Err(text) => self.output.error(&text).await,
        }
    }
}

/// Decode a message that `walk` has checked.
pub fn decode(bytes: &[u8]) -> Result<OscMessage, Refusal> {
    let malformed = || Refusal::new(Code::InvalidParams, "a message's arguments do not match its type tags");
    // Older senders omit the type tags of a message without arguments.
    if let Some((address, [])) = walk::split_string(bytes) {
        let addr = String::from_utf8(address.to_vec()).map_err(|_| malformed())?;
        return Ok(OscMessage { addr, args: Vec::new() });
    }
    match decoder::decode_udp(bytes) {
        Ok((_, OscPacket::Message(message))) => Ok(message),
        _ => Err(malformed()),
    }
}
