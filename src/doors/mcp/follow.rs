//! Subscribed resources: a separate session subscribes to their topics, and each event names the resource that changed.

use std::collections::BTreeSet;

use bytes::Bytes;
use livegate_mcp::{Failure, Updates};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::asking::Asking;
use super::{answers, resources};
use crate::doors::exchange::{Outbound, Unread};
use crate::doors::sessions::Stream;
use crate::wire::message::Message;
use crate::wire::refusal::{Code, Refusal};

/// The most updates that wait for the client. Further events stay in the session, which counts them as unread.
const WAITING_MAX: usize = 16;

/// Subscribe to resources until the updates are dropped. The session checks the right to read for every event.
pub async fn begin(asking: &Asking, uris: Vec<String>) -> Result<Updates, Failure> {
    let topics: Vec<Value> = uris.iter().flat_map(|uri| resources::topics(uri)).collect();
    let message = if topics.is_empty() {
        let message = "only live://set and live://tracks/INDEX can be subscribed to";
        Message::refused(Some("subscribe".into()), Bytes::new(), Refusal::new(Code::InvalidParams, message))
    } else {
        Message::apart("subscribe", json!({"topics": topics}).to_string().into())
    };
    let stream = asking.sessions.stream(&asking.requester).await.map_err(|refused| answers::failure(&refused))?;
    let closed = |_| Unread::refusal_of(&Refusal::new(Code::ShuttingDown, "the gateway is shutting down"));
    let answer = stream.exchange.ask(message).await.unwrap_or_else(closed);
    if answer.refusal().is_some() {
        return Err(answers::failure(&answer));
    }
    let (updates, updated) = mpsc::channel(WAITING_MAX);
    tokio::spawn(forward(stream, updates));
    Ok(updated)
}

async fn forward(mut stream: Stream, updates: mpsc::Sender<String>) {
    loop {
        let first = tokio::select! {
            outbound = stream.outbound.recv() => outbound,
            () = updates.closed() => return,
        };
        let mut changed = BTreeSet::new();
        let mut next = first;
        // Events that have arrived since then become one update per resource.
        while let Some(Outbound::Event(event)) = next {
            let event: Value = serde_json::from_slice(event.line()).unwrap_or_default();
            changed.insert(resources::of_event(&event));
            next = stream.outbound.try_recv().ok();
            if next.is_none() {
                break;
            }
        }
        if changed.is_empty() {
            return;
        }
        for uri in changed {
            if updates.send(uri).await.is_err() {
                return;
            }
        }
        if matches!(next, Some(Outbound::Notice(_))) {
            return;
        }
    }
}
