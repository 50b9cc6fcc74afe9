//! One sender: its messages become requests of its own session, in order; answers and values are sent back as messages.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use rosc::{OscMessage, OscPacket, decoder};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::due;
use super::listeners::Listeners;
use super::plan::{self, Counts, Listener, Operation, Reply, Request};
use super::reply_sender::ReplySender;
use super::walk::{self, Bounds, Found};
use crate::command::{Handler, Tag};
use crate::config;
use crate::doors::exchange::{Exchange, Outbound, Pending, Unread, Usage, exchange};
use crate::gateway::accept::Peer;
use crate::gateway::identify::Caller;
use crate::identity::pairing::by_address::Binding;
use crate::session::connection::{Door, Entered, Transport};
use crate::session::{Session, SessionContext};
use crate::shared::Shared;
use crate::wire::message::Message;
use crate::wire::refusal::{Code, Refusal};
use crate::wire::topic::SET_LOAD;

/// A received packet.
pub type Packet = Bytes;

/// The most packets of one sender that wait; further ones are dropped.
pub const WAITING_MAX: usize = 64;
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
    follows_set: bool,
}

/// A request in flight, and what to do with its answer.
struct InFlight {
    pending: Pending,
    then: OnAnswer,
}

enum OnAnswer {
    /// One request, or the commands of a batch, each with its replies.
    Reply(Vec<Answering>),
    /// Listeners that end if the subscription is refused.
    Listen(Vec<Listener>),
    Nothing,
}

struct Answering {
    action: &'static str,
    replies: Vec<Reply>,
    quiet: bool,
}

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
    tokio::spawn(reply(answers, output.clone(), listeners.clone()));
    let idle = Duration::from_secs(config.idle_s);
    let later = Vec::new();
    let mut sender = Sender { shared, caller, config, exchange, output, listeners, asked, later, follows_set: false };
    let mut silent_until = Instant::now() + idle;
    loop {
        let due = sender.later.iter().map(|(at, _)| *at).min();
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
                        self.run(operations).await;
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
        let bounds = Bounds { messages_max: self.config.fan_out_max, depth_max: self.config.depth_max };
        let found = walk::walk(packet, bounds).map_err(|why| Refusal::new(Code::InvalidParams, why))?;
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
        let more: usize = waits.iter().filter(|(wait, _)| !wait.is_zero()).map(|(_, later)| later.len()).sum();
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
        self.ask(Message::refused(None, packet.clone(), refusal), OnAnswer::Reply(vec![Answering::packet()])).await;
    }

    async fn run_due(&mut self) {
        let now = Instant::now();
        let (due, later): (Vec<_>, Vec<_>) = self.later.drain(..).partition(|(at, _)| *at <= now);
        self.later = later;
        for (_, operations) in due {
            self.run(operations).await;
        }
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

impl Answering {
    fn of(request: Request) -> Answering {
        Answering { action: &request.action.name, replies: request.replies, quiet: request.quiet }
    }

    /// The refusal of a packet.
    fn packet() -> Answering {
        Answering { action: "packet", replies: Vec::new(), quiet: false }
    }

    async fn finish(&self, answer: &Map<String, Value>, output: &ReplySender) {
        if answer.get("ok") == Some(&Value::Bool(true)) {
            for reply in &self.replies {
                output.send(reply.address, reply.arguments(answer)).await;
            }
        } else if !self.quiet {
            let error = answer.get("error").and_then(Value::as_str).unwrap_or("it failed");
            output.error(&format!("{}: {error}", self.action)).await;
        }
    }
}

/// Reply to requests in their order.
async fn reply(mut asked: mpsc::Receiver<InFlight>, output: ReplySender, listeners: Arc<Mutex<Listeners>>) {
    while let Some(InFlight { pending, then }) = asked.recv().await {
        let answer = match pending.answer().await {
            Ok(answer) => answer,
            Err(_) => Unread::refusal_of(&closed()),
        };
        let body: Map<String, Value> = serde_json::from_slice(answer.line()).unwrap_or_default();
        match then {
            OnAnswer::Nothing => (),
            OnAnswer::Listen(refused) => {
                if let Some(refusal) = answer.refusal() {
                    refused.iter().for_each(|listener| _ = lock(&listeners).remove(listener));
                    output.error(&format!("{}: {}", refused[0].reply_to, refusal.message)).await;
                }
            }
            OnAnswer::Reply(all) => match body.get("results").and_then(Value::as_array) {
                Some(results) if all.len() > 1 => {
                    for (answering, result) in all.iter().zip(results) {
                        answering.finish(result.as_object().unwrap_or(&Map::new()), &output).await;
                    }
                }
                // The batch was refused as a whole: reply once.
                _ if all.len() > 1 => Answering { quiet: false, ..Answering::packet() }.finish(&body, &output).await,
                _ => all[0].finish(&body, &output).await,
            },
        }
    }
}

/// Decode a message that `walk` has checked.
pub(crate) fn decode(bytes: &[u8]) -> Result<OscMessage, Refusal> {
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

fn closed() -> Refusal {
    Refusal::new(Code::ShuttingDown, "the session has ended; retry")
}

fn lock(listeners: &Mutex<Listeners>) -> MutexGuard<'_, Listeners> {
    listeners.lock().unwrap_or_else(PoisonError::into_inner)
}
