//! Sends requests on the caller's session. Each runs to its end unless the client cancels it before it begins.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use livegate_mcp::{Progress, Withdrawal};
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::McpCaller;
use crate::doors::exchange::{Exchange, NotTaken, Pending, Unread};
use crate::doors::sessions::{Requester, Sessions};
use crate::wire::message::Message;
use crate::wire::refusal::{Code, Refusal};

/// The session of an MCP caller, and how requests reach it.
#[derive(Clone)]
pub struct Asking {
    pub sessions: Arc<Sessions>,
    pub requester: Requester,
    pub unread_answers: Arc<UnreadAnswers>,
    taken: Arc<dyn Fn() + Send + Sync>,
    refused: CancellationToken,
}

/// Answers that the client has not taken. They count as unread until they are released.
#[derive(Default)]
pub struct UnreadAnswers(Mutex<Vec<Unread>>);

/// How the client cancels a request in flight, and gets its progress.
pub struct CallControl {
    pub withdrawal: Withdrawal,
    pub progress: Option<Progress>,
}

/// The most sessions to which a request is handed because its session has just closed.
const TRIES: usize = 3;
/// Interval of progress notifications to a client that requested them.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);

impl CallControl {
    pub fn nothing() -> CallControl {
        CallControl { withdrawal: Box::pin(std::future::pending()), progress: None }
    }
}

impl Asking {
    pub fn new(sessions: Arc<Sessions>, caller: McpCaller) -> Asking {
        let McpCaller { requester, taken, refused, all_tools: _ } = caller;
        Asking { sessions, requester, unread_answers: Arc::default(), taken: taken.into(), refused }
    }

    /// Send a request and wait for the answer. Dropping the future cancels nothing.
    pub async fn ask(&self, message: Message, control: CallControl) -> Unread {
        let asking = self.clone();
        let carried = tokio::spawn(async move { asking.carry(message, control).await });
        let failed = |_| Unread::refusal_of(&Refusal::new(Code::Internal, "the request failed in the gateway"));
        carried.await.unwrap_or_else(failed)
    }

    async fn carry(&self, mut message: Message, mut control: CallControl) -> Unread {
        for _ in 0..TRIES {
            let exchange = match self.sessions.signed_in(&self.requester).await {
                Ok(exchange) => exchange,
                Err(refused) => {
                    (self.taken)();
                    if refused.refusal().is_some_and(|refusal| refusal.code == Code::Unauthenticated) {
                        self.refused.cancel();
                    }
                    return refused;
                }
            };
            let sent = exchange.send(message).await;
            (self.taken)();
            let answered = match sent {
                Ok(pending) => answer(&exchange, pending, &mut control).await,
                Err(unasked) => Err(unasked),
            };
            match answered {
                Ok(answer) => return answer,
                Err(NotTaken(returned)) => message = *returned,
            }
        }
        Unread::refusal_of(&Refusal::new(
            Code::Overloaded,
            "the session closed before the request reached it, several times; retry later",
        ))
    }
}

impl UnreadAnswers {
    pub fn hold(&self, unread: Unread) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(unread);
    }

    /// The client has taken the answers.
    pub fn release(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

async fn answer(exchange: &Exchange, pending: Pending, control: &mut CallControl) -> Result<Unread, NotTaken> {
    let id = pending.id();
    let mut answer = std::pin::pin!(pending.answer());
    let mut ticks = interval(PROGRESS_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.reset();
    let mut count = 0;
    let mut is_withdrawn = false;
    loop {
        tokio::select! {
            answer = answer.as_mut() => return answer,
            () = control.withdrawal.as_mut(), if !is_withdrawn => {
                is_withdrawn = true;
                let cancel = Message::apart("cancel", json!({"ids": [id]}).to_string().into());
                let exchange = exchange.clone();
                tokio::spawn(async move { drop(exchange.ask(cancel).await) });
            }
            _ = ticks.tick(), if control.progress.is_some() && !is_withdrawn => {
                count += 1;
                if let Some(progress) = &control.progress {
                    progress(count, "the gateway waits for Live".to_owned()).await;
                }
            }
        }
    }
}
