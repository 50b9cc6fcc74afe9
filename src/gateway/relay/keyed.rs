//! The keyed protocol: one connection to the script on which both sides have proved that they know the key.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use aws_lc_rs::{constant_time, hmac};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::answer_lines::{AnswerLines, Said};
use super::script_clock::ScriptClock;
use super::subscriptions::Change;
use super::way::BridgeEvent;
use crate::command::{Action, catalogue};
use crate::config;
use crate::gateway::record::LiveSet;
use crate::platform::clock::{Clock, Moment};
use crate::platform::random;
use crate::wire::line::{self, Lines};
use crate::wire::topic::Topic;

/// The key that script and gateway share: 32 bytes, in hex where it lies.
#[derive(Clone)]
pub struct Key(Arc<hmac::Key>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    pub fn from_hex(text: &SecretString) -> Result<Key> {
        let bytes = hex::decode(text.expose_secret()).ok().filter(|bytes| bytes.len() == 32);
        let bytes = bytes.context("a bridge key is 64 hex digits")?;
        Ok(Key(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, &bytes))))
    }

    fn mac(&self, label: &str, address: &str, script_nonce: &[u8], gateway_nonce: &[u8]) -> hmac::Tag {
        let mut mac = hmac::Context::with_key(&self.0);
        for part in [label.as_bytes(), address.as_bytes(), script_nonce, gateway_nonce] {
            mac.update(part);
        }
        mac.sign()
    }
}

/// Why a command did not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSent {
    Down,
    TooLong,
}

/// A connection that stands.
#[derive(Debug)]
pub struct Link {
    lines: mpsc::Sender<(u64, Vec<u8>)>,
    clock: Clock,
    script_clock: ScriptClock,
    /// The question for the script's time whose answer is waited for before anything else is sent.
    asked: Option<u64>,
    hello: Map<String, Value>,
    /// By index in the catalogue: whether the script's entry is ours. `None`: all are.
    matching: Option<HashSet<usize>>,
    answer_wait: Duration,
}

/// Whose a command is, as the script knows it: callers have equal shares of Live's time, and a lane keeps its order.
#[derive(Clone, Copy, Debug)]
pub struct From {
    pub caller: u64,
    pub lane: u64,
}

impl From {
    /// What the gateway asks by itself; connections are numbered from 1.
    const GATEWAY: From = From { caller: 0, lane: 0 };
}

impl Link {
    /// Put a command on its way; answers when to stop waiting for it. In Live, commands of one `lane` keep their order, and one
    /// that takes long holds up no other lane.
    pub fn send(
        &mut self,
        id: u64,
        from: From,
        mut line: Map<String, Value>,
        deadline: Moment,
    ) -> Result<Instant, NotSent> {
        line.insert("id".into(), id.into());
        line.insert("lane".into(), from.lane.into());
        if self.takes_caller() {
            line.insert("caller".into(), from.caller.into());
        }
        line.insert("expires_at_ms".into(), self.script_clock.at_ms(deadline).into());
        let line = line::encode(&line);
        if line.len() > SCRIPT_LINE_BYTES_MAX {
            return Err(NotSent::TooLong);
        }
        self.lines.try_send((id, line)).map_err(|_| NotSent::Down)?;
        Ok(Instant::now() + (deadline - self.clock.now()) + self.answer_wait)
    }

    /// Whether the script shares Live's time between callers; one that does not would refuse the parameter.
    fn takes_caller(&self) -> bool {
        self.hello.get("takes_caller") == Some(&Value::Bool(true))
    }

    /// Ask the script to take back what it has not begun of these.
    pub fn cancel(&mut self, id: u64, ids: Vec<u64>, deadline: Moment) -> Result<Instant, NotSent> {
        let line = Map::from_iter([("action".to_owned(), Value::from("cancel")), ("ids".to_owned(), ids.into())]);
        self.send(id, From::GATEWAY, line, deadline)
    }

    /// Begin or end to hear of topics. The values come as events.
    pub fn tell(&mut self, id: u64, change: &Change) -> Result<Instant, NotSent> {
        let topics: Value = change.topics.iter().map(Topic::to_map).collect();
        let line = Map::from_iter([("action".to_owned(), change.action.into()), ("topics".to_owned(), topics)]);
        self.send(id, From::GATEWAY, line, self.clock.now() + self.answer_wait)
    }

    /// Whether one more command may be sent: there is room for its line, and the script can be told its deadline.
    pub fn has_room(&self) -> bool {
        self.lines.capacity() > 0 && self.asked.is_none() && self.script_clock.is_sure(self.clock.now())
    }

    /// Whether the script has to be asked for its time before anything is sent: the machine has slept.
    pub fn must_ask_the_time(&self) -> bool {
        self.asked.is_none() && !self.script_clock.is_sure(self.clock.now())
    }

    /// Ask for nothing but an answer, which tells the script's clock. It has no effect, so it needs no row.
    pub fn ask_the_time(&mut self, id: u64) {
        let must_ask = self.must_ask_the_time();
        let line = Map::from_iter([("action".to_owned(), Value::from("ping"))]);
        // A link that cannot take it is about to be reported down, or is asked again.
        let sent = self.send(id, From::GATEWAY, line, self.clock.now() + self.answer_wait);
        if must_ask && sent.is_ok() {
            self.asked = Some(id);
        }
    }

    /// The answer to `id` tells the script's clock. After a sleep only the question that was asked since then counts.
    pub fn hear_clock(&mut self, id: u64, clock_ms: i64) {
        let now = self.clock.now();
        if self.asked == Some(id) {
            (self.script_clock, self.asked) = (ScriptClock::new(clock_ms, now), None);
        } else if self.script_clock.is_sure(now) {
            self.script_clock.hear(clock_ms, now);
        }
    }

    /// A change needs the same catalogue on both sides; a read needs the same entry.
    pub fn matches(&self, action: &Action) -> bool {
        self.matching.as_ref().is_none_or(|matching| action.is_read() && matching.contains(&action.index))
    }

    pub fn matches_wholly(&self) -> bool {
        self.matching.is_none()
    }

    pub fn hello(&self) -> &Map<String, Value> {
        &self.hello
    }

    pub fn live_version(&self) -> &str {
        self.hello.get("live_version").and_then(Value::as_str).unwrap_or_default()
    }

    pub fn live_set(&self) -> LiveSet {
        LiveSet { live: self.live_version().into(), epoch: self.set_epoch() }
    }

    pub fn set_epoch(&self) -> i64 {
        self.hello.get("set_epoch").and_then(Value::as_i64).unwrap_or_default()
    }
}

/// What the script reads at most. It closes a connection that says more, and everybody's commands with it, so nobody's line may be
/// longer: what a client sends within its own bound grows here by escapes, defaults and guards.
const SCRIPT_LINE_BYTES_MAX: usize = 1024 * 1024;
const HANDSHAKE_LINE_BYTES_MAX: usize = 512;
const PROTOCOL: i64 = 1;
pub(super) const KEY_REFUSED: &str = "the script refused our key";

/// Keep a connection to the script standing: connect, prove, carry, and begin again when it falls.
pub async fn run(config: config::Bridge, key: Key, clock: Clock, events: mpsc::Sender<BridgeEvent>) {
    let mut complained = false;
    loop {
        match timeout(config::ms(config.handshake_ms), introduce(&config, &key, &clock)).await {
            Ok(Ok(introduced)) => {
                complained = false;
                let down = carry(introduced, &config, &events).await;
                if events.send(down).await.is_err() {
                    return;
                }
            }
            failed => {
                let reason = match failed {
                    Ok(Err(error)) => format!("{error:#}"),
                    _ => "the handshake took too long".to_owned(),
                };
                if !complained {
                    tracing::warn!(reason, address = %config.address, "cannot reach the script in Live; trying on");
                }
                complained = true;
            }
        }
        tokio::time::sleep(config::ms(config.reconnect_ms)).await;
    }
}

pub(super) struct Introduced {
    stream: TcpStream,
    lines: Lines,
    pub(super) hello: Map<String, Value>,
    clock: Clock,
    pub(super) script_clock: ScriptClock,
    matching: Option<HashSet<usize>>,
}

pub(super) async fn introduce(config: &config::Bridge, key: &Key, clock: &Clock) -> Result<Introduced> {
    let mut stream = super::connect(config.address).await.context("cannot connect")?;
    let address = config.address.to_string();
    let mut lines = Lines::new(HANDSHAKE_LINE_BYTES_MAX);
    let greeting = read_object(&mut stream, &mut lines).await.context("no greeting; is the script keyed?")?;
    let script_nonce = read_hex(&greeting, "nonce")?;
    let gateway_nonce: [u8; 32] = random::bytes();
    let mac = key.mac("livegate-bridge-1 gateway", &address, &script_nonce, &gateway_nonce);
    let proof = json!({"nonce": hex::encode(gateway_nonce), "mac": hex::encode(mac)});
    stream.write_all(format!("{proof}\n").as_bytes()).await?;
    let mut hello = read_object(&mut stream, &mut lines).await.context(KEY_REFUSED)?;
    let heard = clock.now();
    let expected = key.mac("livegate-bridge-1 script", &address, &script_nonce, &gateway_nonce);
    let got = read_hex(&hello, "mac")?;
    constant_time::verify_slices_are_equal(&got, expected.as_ref())
        .map_err(|_| anyhow::anyhow!("what listens there does not know the key"))?;
    ensure!(hello.get("protocol").and_then(Value::as_i64) == Some(PROTOCOL), "the script speaks another protocol");
    let clock_ms = hello.remove("clock_ms").and_then(|clock| clock.as_i64()).context("no clock_ms in the handshake")?;
    hello.retain(|key, _| key != "mac" && key != "ok");
    let script_clock = ScriptClock::new(clock_ms, heard);
    lines.set_line_bytes_max(config.answer_bytes_max);
    let same = hello.get("catalog_sha256").and_then(Value::as_str) == Some(catalogue().live_sha256.as_str());
    let mut introduced = Introduced { stream, lines, hello, clock: clock.clone(), script_clock, matching: None };
    if !same {
        introduced.matching = Some(compare_catalogues(&mut introduced, config).await?);
    }
    Ok(introduced)
}

/// Which of our entries the script has too, to the byte.
async fn compare_catalogues(introduced: &mut Introduced, config: &config::Bridge) -> Result<HashSet<usize>> {
    let expires_at_ms = introduced.script_clock.at_ms(introduced.clock.now() + config::ms(config.handshake_ms));
    let question = json!({"action": "catalog_digests", "id": 0, "expires_at_ms": expires_at_ms});
    introduced.stream.write_all(format!("{question}\n").as_bytes()).await?;
    let answer = read_object(&mut introduced.stream, &mut introduced.lines).await?;
    let digests = answer.get("digests").and_then(Value::as_object).context("no digests from the script")?;
    let same = |action: &&Action| digests.get(&action.name).and_then(Value::as_str) == Some(action.digest.as_str());
    Ok(catalogue().actions().iter().filter(same).map(|action| action.index).collect())
}

/// Carry lines both ways until the connection falls.
async fn carry(introduced: Introduced, config: &config::Bridge, events: &mpsc::Sender<BridgeEvent>) -> BridgeEvent {
    let Introduced { stream, lines, hello, clock, script_clock, matching } = introduced;
    let mut lines = AnswerLines::new(lines);
    let (sender, mut outgoing) = mpsc::channel(config.in_flight_max + config.in_flight_stops_max);
    let answer_wait = config::ms(config.answer_wait_ms);
    let link = Link { lines: sender, clock, script_clock, asked: None, hello, matching, answer_wait };
    let _ = events.send(BridgeEvent::Up(link)).await;
    let (mut reader, mut writer) = stream.into_split();
    let reading = async {
        loop {
            while let Some(said) = lines.next_said() {
                let event = match said {
                    Said::Answer { id, body, bytes } => BridgeEvent::Answer { id, body, bytes },
                    Said::Event(event) => BridgeEvent::Changed { event },
                    Said::Unreadable { id: Some(id), flaw } => BridgeEvent::Unreadable { id, flaw },
                    Said::Unreadable { id: None, flaw } => {
                        // Whose answer it was nobody can tell: that request ends at its deadline, all others go on.
                        tracing::warn!(?flaw, "a line of the script's cannot be read");
                        continue;
                    }
                };
                if events.send(event).await.is_err() {
                    return anyhow::Ok(());
                }
            }
            if reader.read_buf(lines.buffer_mut()).await? == 0 {
                bail!("the script closed the connection");
            }
        }
    };
    let writing = async {
        while let Some((_, line)) = outgoing.recv().await {
            writer.write_all(&line).await?;
        }
        anyhow::Ok(())
    };
    let end = tokio::select! {
        end = reading => end,
        end = writing => end,
    };
    // What nobody took from here any more was certainly not sent; later sends fail.
    outgoing.close();
    let unsent = std::iter::from_fn(|| outgoing.try_recv().ok()).map(|(id, _)| id).collect();
    let reason = end.err().map_or_else(String::new, |error| format!("{error:#}"));
    BridgeEvent::Down { reason, unsent }
}

async fn read_object(stream: &mut TcpStream, lines: &mut Lines) -> Result<Map<String, Value>> {
    loop {
        if let Some(line) = lines.next_line().map_err(|_| anyhow::anyhow!("the line is too long"))? {
            return serde_json::from_slice(&line).context("the line is no JSON object");
        }
        if stream.read_buf(lines.buffer_mut()).await? == 0 {
            bail!("the connection was closed");
        }
    }
}

fn read_hex(object: &Map<String, Value>, key: &str) -> Result<[u8; 32]> {
    let text = object.get(key).and_then(Value::as_str).with_context(|| format!("no {key} in the handshake"))?;
    let bytes = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.with_context(|| format!("{key} is not 32 bytes in hex"))
}
