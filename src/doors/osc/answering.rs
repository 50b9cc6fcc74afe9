//! Answers a sender's requests: each answer as messages, in the order of the requests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rosc::OscType;
use serde_json::{Map, Value};
use tokio::sync::mpsc;

use super::listeners::Listeners;
use super::plan::{Listener, Reply, Request};
use super::reply_sender::ReplySender;
use crate::doors::exchange::{Pending, Unread};
use crate::wire::refusal::{Code, Refusal};

/// A request in flight, and what to do with its answer.
pub struct InFlight {
    pub pending: Pending,
    pub then: OnAnswer,
}

pub enum OnAnswer {
    /// One request, or the commands of a batch, each with its replies.
    Reply(Vec<Answering>),
    /// Listeners that end if the subscription is refused.
    Listen(Vec<Listener>),
    /// A reply of the door's own.
    Send(&'static str, Vec<OscType>),
    Nothing,
}

pub struct Answering {
    action: &'static str,
    replies: Vec<Reply>,
    quiet: bool,
}

impl Answering {
    pub fn of(request: Request) -> Answering {
        Answering { action: &request.action.name, replies: request.replies, quiet: request.quiet }
    }

    /// The refusal of a packet.
    pub fn packet() -> Answering {
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
pub async fn reply(mut asked: mpsc::Receiver<InFlight>, output: ReplySender, listeners: Arc<Mutex<Listeners>>) {
    while let Some(InFlight { pending, then }) = asked.recv().await {
        let answer = match pending.answer().await {
            Ok(answer) => answer,
            Err(_) => Unread::refusal_of(&closed()),
        };
        let body: Map<String, Value> = serde_json::from_slice(answer.line()).unwrap_or_default();
        match then {
            OnAnswer::Nothing => (),
            OnAnswer::Send(address, arguments) => match answer.refusal() {
                Some(refusal) => output.error(&format!("{address}: {}", refusal.message)).await,
                None => output.send(address, arguments).await,
            },
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

pub fn closed() -> Refusal {
    Refusal::new(Code::ShuttingDown, "the session has ended; retry")
}

pub fn lock(listeners: &Mutex<Listeners>) -> MutexGuard<'_, Listeners> {
    listeners.lock().unwrap_or_else(PoisonError::into_inner)
}
