//! The keyed protocol: one connection to the script, with mutual proof that both sides hold the key.

use std::collections::HashSet;
use std::sync::Arc;

use aws_lc_rs::{constant_time, hmac};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::answer_lines::{AnswerLines, ScriptMessage};
use super::bridge_event::BridgeEvent;
use super::error::{Error, ErrorKind, Result, unexpected};
use super::link::Link;
use super::script_clock::ScriptClock;
use crate::command::{Action, catalogue};
use crate::config;
use crate::failure::Context;
use crate::platform::clock::Clock;
use crate::platform::random;
use crate::wire::line::Lines;

/// The 32-byte key shared by script and gateway, stored in hex.
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
        let bytes = bytes.ok_or_else(|| unexpected("a bridge key is 64 hex digits"))?;
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

const HANDSHAKE_LINE_BYTES_MAX: usize = 512;
const PROTOCOL: i64 = 1;

/// Keep a connection to the script open: connect, authenticate, transfer lines, and reconnect after it closes.
pub async fn run(config: config::Bridge, key: Key, clock: Clock, events: mpsc::Sender<BridgeEvent>) {
    let mut has_failed = false;
    loop {
        match timeout(config::ms(config.handshake_ms), introduce(&config, &key, &clock)).await {
            Ok(Ok(introduced)) => {
                has_failed = false;
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
                if !has_failed {
                    tracing::warn!(reason, address = %config.address, "cannot reach the script in Live; retrying");
                    if events.send(BridgeEvent::NotReached).await.is_err() {
                        return;
                    }
                }
                has_failed = true;
            }
        }
        tokio::time::sleep(config::ms(config.reconnect_ms)).await;
    }
}

pub(super) struct CompletedIntroduction {
    stream: TcpStream,
    lines: Lines,
    pub(super) hello: Map<String, Value>,
    clock: Clock,
    pub(super) script_clock: ScriptClock,
    matching: Option<HashSet<usize>>,
}

pub(super) async fn introduce(config: &config::Bridge, key: &Key, clock: &Clock) -> Result<CompletedIntroduction> {
    let mut stream = super::connect(config.address).await.context("cannot connect")?;
    let address = config.address.to_string();
    let mut lines = Lines::new(HANDSHAKE_LINE_BYTES_MAX);
    let greeting =
        read_object(&mut stream, &mut lines).await.context("the script sent no greeting; it may have no key")?;
    let script_nonce = read_hex(&greeting, "nonce")?;
    let gateway_nonce: [u8; 32] = random::bytes();
    let mac = key.mac("livegate-bridge-1 gateway", &address, &script_nonce, &gateway_nonce);
    let proof = json!({"nonce": hex::encode(gateway_nonce), "mac": hex::encode(mac)});
    stream.write_all(format!("{proof}\n").as_bytes()).await?;
    let mut hello = read_object(&mut stream, &mut lines).await.map_err(|error| ErrorKind::KeyRefused(error.into()))?;
    let received = clock.now();
    let expected = key.mac("livegate-bridge-1 script", &address, &script_nonce, &gateway_nonce);
    let got = read_hex(&hello, "mac")?;
    constant_time::verify_slices_are_equal(&got, expected.as_ref())
        .map_err(|_| unexpected("the program at this address does not hold the key"))?;
    if hello.get("protocol").and_then(Value::as_i64) != Some(PROTOCOL) {
        return Err(unexpected("the script uses another version of the protocol"));
    }
    let clock_ms = hello
        .remove("clock_ms")
        .and_then(|clock| clock.as_i64())
        .ok_or_else(|| unexpected("no clock_ms in the handshake"))?;
    hello.retain(|key, _| key != "mac" && key != "ok");
    let script_clock = ScriptClock::new(clock_ms, received);
    lines.set_line_bytes_max(config.answer_bytes_max);
    let same = hello.get("catalog_sha256").and_then(Value::as_str) == Some(catalogue().live_sha256.as_str());
    let mut introduced =
        CompletedIntroduction { stream, lines, hello, clock: clock.clone(), script_clock, matching: None };
    if !same {
        introduced.matching = Some(compare_catalogues(&mut introduced, config).await?);
    }
    Ok(introduced)
}

/// Find the catalogue entries that are identical in script and gateway.
async fn compare_catalogues(introduced: &mut CompletedIntroduction, config: &config::Bridge) -> Result<HashSet<usize>> {
    let expires_at_ms = introduced.script_clock.at_ms(introduced.clock.now() + config::ms(config.handshake_ms));
    let question = json!({"action": "catalog_digests", "id": 0, "expires_at_ms": expires_at_ms});
    introduced.stream.write_all(format!("{question}\n").as_bytes()).await?;
    let answer = read_object(&mut introduced.stream, &mut introduced.lines).await?;
    let digests =
        answer.get("digests").and_then(Value::as_object).ok_or_else(|| unexpected("no digests from the script"))?;
    let same = |action: &&Action| digests.get(&action.name).and_then(Value::as_str) == Some(action.digest.as_str());
    Ok(catalogue().actions().iter().filter(same).map(|action| action.index).collect())
}

/// Transfer lines both ways until the connection closes.
async fn carry(
    introduced: CompletedIntroduction,
    config: &config::Bridge,
    events: &mpsc::Sender<BridgeEvent>,
) -> BridgeEvent {
    let CompletedIntroduction { stream, lines, hello, clock, script_clock, matching } = introduced;
    let mut lines = AnswerLines::new(lines);
    let (sender, mut outgoing) = mpsc::channel(config.in_flight_max + config.in_flight_stops_max);
    let answer_wait = config::ms(config.answer_wait_ms);
    let link = Link { lines: sender, clock, script_clock, asked: None, hello, matching, answer_wait };
    let _ = events.send(BridgeEvent::Up(link)).await;
    let (mut reader, mut writer) = stream.into_split();
    let reading = async {
        loop {
            while let Some(said) = lines.next_message() {
                let event = match said {
                    ScriptMessage::Answer { id, body, bytes } => BridgeEvent::Answer { id, body, bytes },
                    ScriptMessage::Event(event) => BridgeEvent::Changed { event },
                    ScriptMessage::Unreadable { id: Some(id), flaw } => BridgeEvent::Unreadable { id, flaw },
                    ScriptMessage::Unreadable { id: None, flaw } => {
                        // The answer cannot be matched to a request. That request expires; the others continue.
                        tracing::warn!(?flaw, "cannot read a line from the script");
                        continue;
                    }
                };
                if events.send(event).await.is_err() {
                    return Ok::<_, Error>(());
                }
            }
            if reader.read_buf(lines.buffer_mut()).await? == 0 {
                return Err(unexpected("the script closed the connection"));
            }
        }
    };
    let writing = async {
        // Write all waiting lines at once.
        let mut batch = Vec::new();
        while let Some((_, line)) = outgoing.recv().await {
            batch.clear();
            batch.extend_from_slice(&line);
            while let Ok((_, line)) = outgoing.try_recv() {
                batch.extend_from_slice(&line);
            }
            writer.write_all(&batch).await?;
        }
        Ok::<_, Error>(())
    };
    let end = tokio::select! {
        end = reading => end,
        end = writing => end,
    };
    // Lines left in the channel were not sent, and later sends fail.
    outgoing.close();
    let unsent = std::iter::from_fn(|| outgoing.try_recv().ok()).map(|(id, _)| id).collect();
    let reason = end.err().map_or_else(String::new, |error| format!("{error:#}"));
    BridgeEvent::Down { reason, unsent }
}

async fn read_object(stream: &mut TcpStream, lines: &mut Lines) -> Result<Map<String, Value>> {
    loop {
        if let Some(line) = lines.next_line().map_err(|_| unexpected("the line is too long"))? {
            return Ok(serde_json::from_slice(&line).context("the line is not a JSON object")?);
        }
        if stream.read_buf(lines.buffer_mut()).await? == 0 {
            return Err(unexpected("the connection was closed"));
        }
    }
}

fn read_hex(object: &Map<String, Value>, key: &str) -> Result<[u8; 32]> {
    let text =
        object.get(key).and_then(Value::as_str).ok_or_else(|| unexpected(format!("no {key} in the handshake")))?;
    let bytes = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| unexpected(format!("{key} is not 32 bytes in hex")))
}
