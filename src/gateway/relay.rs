//! Is carried to the bridge and back (upstream). It takes recorded requests and nothing else.
//!
//! A request that has not been recorded cannot be carried; this does not compile:
//!
//! ```compile_fail
//! # use livegate::gateway::{permit::Permitted, record::Recorded, relay::Relay};
//! fn carry(relay: &Relay, request: Permitted) {
//!     relay.carry(request);
//! }
//! ```
//!
//! and this, which differs in one type, does:
//!
//! ```
//! # use livegate::gateway::{permit::Permitted, record::Recorded, relay::Relay};
//! fn carry(relay: &Relay, request: Recorded) {
//!     relay.carry(request);
//! }
//! ```

mod answer_lines;
mod bridge;
mod cancelling;
mod in_live;
mod keyed;
mod meeting;
mod plain;
mod queue;
mod script_clock;
mod script_line;
mod subscriptions;
mod under_way;
mod way;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Map, Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::Shared;
use super::record::{Item, Recorded, Recorder, WeakRecorder};
use crate::audit::{Detail, OutcomeKind};
use crate::command::Home;
use crate::once::{Became, Turn};
use crate::wire::refusal::{Code, Refusal};
use answer_lines::Flaw;
pub use keyed::Key;
pub use meeting::{Meeting, Unmet, meet};

/// Where recorded requests go: to the bridge, or to the gateway's own administration.
#[derive(Clone, Debug)]
pub struct Relay {
    bridge: mpsc::Sender<Recorded>,
    own: mpsc::Sender<Recorded>,
    /// Weak, because the recorder holds a relay: when nobody else can hand it entries, it has to end.
    recorder: WeakRecorder,
}

/// What comes back, for the client and for the trail.
#[derive(Debug)]
pub struct Reply {
    kind: OutcomeKind,
    code: Option<Code>,
    /// By which rule the script decided, if it tells.
    rule: Option<String>,
    body: Map<String, Value>,
    /// What it did, for the trail alone.
    detail: Detail,
    /// Of a batch that ran: what became of each of its commands.
    items: Vec<Item>,
}

/// How the gateway speaks to the script.
#[derive(Debug)]
pub enum Protocol {
    Keyed(Key),
    Plain,
    /// There is none to speak to.
    Absent,
}

impl Relay {
    /// Start the two tasks that carry requests out. They end by themselves after a shutdown.
    pub fn start(
        tasks: &mut JoinSet<()>,
        shared: &Arc<Shared>,
        recorder: &Recorder,
        protocol: Protocol,
        shutdown: &watch::Receiver<bool>,
    ) -> Relay {
        let (bridge, for_bridge) = mpsc::channel(shared.config.bridge.queue_max + queue::STOPS_RESERVED);
        let (own, for_own) = mpsc::channel(shared.config.bridge.queue_max);
        tasks.spawn(bridge::run(shared.clone(), recorder.clone(), protocol, for_bridge, shutdown.clone()));
        tasks.spawn(crate::admin::run(shared.clone(), recorder.clone(), for_own, shutdown.clone()));
        Relay { bridge, own, recorder: recorder.downgrade() }
    }

    /// Carry a recorded request. It never waits: where there is no room, the request is answered so.
    pub fn carry(&self, recorded: Recorded) {
        if let Some(Turn::Repeated(became)) = recorded.permitted().turn() {
            let reply = Reply::repeated(*became);
            return self.deliver(reply, recorded);
        }
        let way = match recorded.request().action.home {
            Home::Live | Home::Bridge => &self.bridge,
            Home::Gateway => &self.own,
        };
        if let Err(error) = way.try_send(recorded) {
            let (recorded, refusal) = match error {
                mpsc::error::TrySendError::Full(recorded) => (recorded, overloaded()),
                mpsc::error::TrySendError::Closed(recorded) => (recorded, shutting_down()),
            };
            self.deliver(Reply::not_sent(refusal), recorded);
        }
    }

    fn deliver(&self, reply: Reply, recorded: Recorded) {
        if let Some(recorder) = self.recorder.upgrade() {
            tokio::spawn(async move { reply.deliver(recorded, &recorder).await });
        }
    }
}

impl Reply {
    pub(crate) fn ok(body: Map<String, Value>) -> Reply {
        Reply { kind: OutcomeKind::Ok, code: None, rule: None, body, detail: Detail::default(), items: Vec::new() }
    }

    /// Certainly not run.
    pub(crate) fn not_sent(refusal: Refusal) -> Reply {
        Reply::refusal(OutcomeKind::NotSent, refusal)
    }

    pub(crate) fn refusal(kind: OutcomeKind, refusal: Refusal) -> Reply {
        Reply { kind, code: Some(refusal.code), ..Reply::ok(refusal.body()) }
    }

    /// It was carried out before, and is not again.
    fn repeated(became: Became) -> Reply {
        Reply { kind: OutcomeKind::NotSent, code: became.code, ..Reply::ok(became.body()) }
    }

    fn unknown() -> Reply {
        let message = "no answer came back from Live; it may have run: look before you repeat it";
        Reply::refusal(OutcomeKind::Unknown, Refusal::new(Code::OutcomeUnknown, message))
    }

    /// It ran or may have run, and its answer cannot be read.
    fn unreadable(is_read: bool, flaw: Flaw) -> Reply {
        let (code, kind) = match is_read {
            true => (Code::LiveError, OutcomeKind::Error),
            false => (Code::OutcomeUnknown, OutcomeKind::Unknown),
        };
        let problem = match flaw {
            Flaw::TooLong(bytes_max) => {
                format!("Live's answer is longer than {bytes_max} bytes (bridge.answer_bytes_max)")
            }
            Flaw::NotJson | Flaw::NoId => "Live's answer cannot be read".to_owned(),
        };
        let way_out = match is_read {
            true => "ask for less, or for a page with offset and limit",
            false => "it may have run: look before you repeat it",
        };
        Reply::refusal(kind, Refusal::new(code, format!("{problem}; {way_out}")))
    }

    fn cancelled() -> Reply {
        let message = "it was cancelled before its turn came; it did not run";
        Reply::refusal(OutcomeKind::Cancelled, Refusal::new(Code::Cancelled, message))
    }

    /// It did not run, and what its client wants of the same target comes after it.
    fn superseded() -> Reply {
        let message = "a later value for the same target took its place; this one was not set";
        let body = json!({"ok": true, "superseded": true, "message": message});
        Reply { kind: OutcomeKind::NotSent, ..Reply::ok(body.as_object().cloned().unwrap_or_default()) }
    }

    pub(crate) fn expired() -> Reply {
        let message = "its deadline passed before Live could run it; it did not run";
        Reply::refusal(OutcomeKind::Expired, Refusal::new(Code::Expired, message))
    }

    /// Read a bridge's answer. `None`: it has not the form of one.
    fn from_bridge(mut body: Map<String, Value>, detail_bytes_max: usize) -> Option<Reply> {
        body.remove("id");
        body.remove("clock_ms");
        let detail = Detail::take_from(&mut body, detail_bytes_max);
        let reply = match body.get("ok") {
            Some(Value::Bool(true)) if body.contains_key("superseded") => Reply::superseded(),
            Some(Value::Bool(true)) => Reply::ok(body),
            Some(Value::Bool(false)) => Reply::from_bridge_error(&body),
            _ => return None,
        };
        Some(Reply { detail, ..reply })
    }

    /// Read the answer to a batch of so many commands.
    fn from_bridge_of_batch(mut body: Map<String, Value>, commands: usize, detail_bytes_max: usize) -> Option<Reply> {
        let Some(Value::Array(results)) = body.remove("results") else {
            // A defect after some of it may have run.
            return Reply::from_bridge(body, detail_bytes_max).filter(|reply| reply.code != Some(Code::Internal));
        };
        let undo_steps = body.remove("undo_steps");
        let mut results: Vec<Reply> = results
            .into_iter()
            .map(|result| match result {
                Value::Object(result) => Reply::from_bridge(result, detail_bytes_max),
                _ => None,
            })
            .collect::<Option<_>>()?;
        let mut reply = Reply::from_bridge(body, detail_bytes_max).filter(|_| results.len() == commands)?;
        let item = |result: &mut Reply| Item {
            kind: result.kind,
            code: result.code,
            detail: std::mem::take(&mut result.detail),
        };
        reply.items = results.iter_mut().map(item).collect();
        let ran = |item: &Item| matches!(item.kind, OutcomeKind::Ok | OutcomeKind::Error);
        if reply.kind != OutcomeKind::Ok && reply.items.iter().any(ran) {
            // A part of it has happened: the whole can no longer pass for something that did not run.
            reply.kind = OutcomeKind::Error;
        }
        reply.body.insert("results".into(), results.into_iter().map(|result| Value::Object(result.body)).collect());
        reply.body.insert("undo_steps".into(), undo_steps.unwrap_or_default());
        Some(reply)
    }

    /// An error of the bridge's is written anew: one line, bounded, a code of ours, and nothing else that came with it.
    fn from_bridge_error(body: &Map<String, Value>) -> Reply {
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        let code = text("code").map_or(Code::LiveError, |name| Code::from_name(name).unwrap_or(Code::Internal));
        let line = text("error").and_then(|error| error.lines().next()).unwrap_or("Live gave no reason");
        let message: String = line.chars().take(MESSAGE_CHARS_MAX).collect();
        let mut refusal = Refusal::new(code, message);
        refusal.reference = text("reference").map(|reference| reference.chars().take(64).collect());
        match code {
            Code::Expired => Reply::refusal(OutcomeKind::Expired, refusal),
            Code::Cancelled => Reply::refusal(OutcomeKind::Cancelled, refusal),
            Code::Overloaded | Code::ShuttingDown => Reply::not_sent(refusal),
            Code::Forbidden => {
                let rule = text("rule").map(|rule| rule.chars().take(RULE_CHARS_MAX).collect());
                Reply { rule, ..Reply::refusal(OutcomeKind::RefusedInLive, refusal) }
            }
            Code::PreconditionFailed => Reply::refusal(OutcomeKind::RefusedInLive, refusal),
            _ => Reply::refusal(OutcomeKind::Error, refusal),
        }
    }

    /// Answer the client, then record the outcome. A read whose row is still being written waits for it, and holds up nobody else.
    pub(crate) async fn deliver(self, mut recorded: Recorded, recorder: &Recorder) {
        if recorded.is_settled() {
            return self.conclude(recorded, recorder).await;
        }
        let recorder = recorder.clone();
        tokio::spawn(async move {
            recorded.settle().await;
            self.conclude(recorded, &recorder).await;
        });
    }

    async fn conclude(self, recorded: Recorded, recorder: &Recorder) {
        let whole = Item { kind: self.kind, code: self.code, detail: self.detail };
        if let Some(entry) = recorded.conclude(whole, self.rule, self.body, self.items) {
            recorder.submit(entry).await;
        }
    }
}

const MESSAGE_CHARS_MAX: usize = 500;
const RULE_CHARS_MAX: usize = 256;

fn overloaded() -> Refusal {
    Refusal::new(Code::Overloaded, "too many commands wait for Live; try again in a moment")
}

pub(crate) fn shutting_down() -> Refusal {
    Refusal::new(Code::ShuttingDown, "the gateway is shutting down; it did not run")
}

fn bridge_unavailable() -> Refusal {
    Refusal::new(
        Code::BridgeUnavailable,
        "Live cannot be reached, so it did not run; is Live open, with LiveGate chosen as a control surface?",
    )
}

/// Which Live, by its version, and which loading of a set in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSet {
    pub live: Arc<str>,
    pub epoch: i64,
}

/// How the bridge is, for `status` and for the trail.
#[derive(Debug)]
pub struct Status {
    /// The script's introduction of itself while the connection stands.
    hello: watch::Sender<Option<Map<String, Value>>>,
    live_set: watch::Sender<Option<LiveSet>>,
    queued: AtomicUsize,
    in_flight: AtomicUsize,
}

impl Default for Status {
    fn default() -> Status {
        let (hello, live_set) = (watch::Sender::new(None), watch::Sender::new(None));
        Status { hello, live_set, queued: AtomicUsize::new(0), in_flight: AtomicUsize::new(0) }
    }
}

impl Status {
    pub fn is_up(&self) -> bool {
        self.hello.borrow().is_some()
    }

    /// Waits until the script has been reached.
    pub async fn up(&self) {
        // The sender is ours, so waiting cannot fail.
        let _ = self.hello.subscribe().wait_for(Option::is_some).await;
    }

    fn came_up(&self, hello: Map<String, Value>) {
        self.hello.send_replace(Some(hello));
    }

    fn went_down(&self) {
        self.hello.send_replace(None);
    }

    /// The latest, whether it is still there or not.
    pub fn live_set(&self) -> watch::Receiver<Option<LiveSet>> {
        self.live_set.subscribe()
    }

    pub fn describe(&self) -> Value {
        let script = self.hello.borrow().clone();
        let count = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        json!({"up": script.is_some(), "script": script, "queued": count(&self.queued), "in_flight": count(&self.in_flight)})
    }
}

/// The only way to the script.
#[expect(clippy::disallowed_methods, reason = "this is the stage that may connect to the bridge")]
async fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
