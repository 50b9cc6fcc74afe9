//! One client that several threads share: requests take turns, a subscriber yields to them, and an abandoned request closes the connection.

use std::fmt;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::{Mutex, Notify};
use tokio::time::{Instant, timeout_at};

use super::Client;

/// Holds the client, or nothing once the connection is closed. A request takes the client out and puts it back with its answer, so that
/// the answer to an abandoned request is never read as the answer to another. The lock is fair.
#[derive(Default)]
pub struct SharedClient {
    client: Mutex<Option<Client>>,
    /// How many requests wait for the client.
    waiting: AtomicUsize,
    /// Interrupts the subscriber that holds the client.
    interrupt: Notify,
    /// Set once, by a signal handler, which cannot wait for the request that it interrupts.
    abandoned: AtomicBool,
}

/// Why a request has no answer.
#[derive(Debug, PartialEq, Eq)]
pub enum RequestError {
    /// Nothing was sent, or the request changes nothing.
    NotSent(String),
    /// The request may have been carried out.
    OutcomeUnknown(String),
}

impl RequestError {
    /// The same failure of a request that changes nothing.
    pub fn of_read(self) -> RequestError {
        match self {
            RequestError::NotSent(why) | RequestError::OutcomeUnknown(why) => RequestError::NotSent(why),
        }
    }
}

impl SharedClient {
    /// Replaces the client, such as by a new connection.
    pub async fn put(&self, client: Client) {
        *self.client.lock().await = Some(client);
    }

    /// The client, for its last owner.
    pub fn take(&mut self) -> Option<Client> {
        self.client.get_mut().take()
    }

    /// Run a request with the client; waiting for the client and the request together take at most `timeout_after`. A request that is
    /// dropped or times out closes the connection.
    pub async fn with_client<T, E: fmt::Display>(
        &self,
        timeout_after: Duration,
        request: impl AsyncFnOnce(&mut Client) -> Result<T, E>,
    ) -> Result<T, RequestError> {
        let until = Instant::now() + timeout_after;
        let busy =
            |_| RequestError::NotSent("other requests on this connection take too long; nothing was sent".into());
        let mut slot = {
            let _waiting = Waiting::begin(self);
            timeout_at(until, self.client.lock()).await.map_err(busy)?
        };
        let mut client = slot.take().filter(|_| !self.is_abandoned()).ok_or_else(closed)?;
        let done = timeout_at(until, request(&mut client)).await;
        let late = |_| {
            RequestError::OutcomeUnknown(format!("no answer within {timeout_after:?}, and the connection is closed"))
        };
        let done = done.map_err(late)?.map_err(|error| RequestError::OutcomeUnknown(format!("{error:#}")))?;
        *slot = Some(client).filter(|_| !self.is_abandoned());
        Ok(done)
    }

    /// The next event, however long it takes. A request interrupts this at once; nothing that was received is lost.
    pub async fn next_event(&self) -> Result<Map<String, Value>, RequestError> {
        loop {
            let mut slot = self.client.lock().await;
            let mut interrupt = pin!(self.interrupt.notified());
            interrupt.as_mut().enable();
            if self.waiting.load(Ordering::SeqCst) > 0 {
                drop(slot);
                tokio::task::yield_now().await;
                continue;
            }
            if self.is_abandoned() {
                *slot = None;
            }
            let client = slot.as_mut().ok_or_else(closed)?;
            let event = tokio::select! {
                event = client.next_event() => event,
                () = interrupt => continue,
            };
            return event.map_err(|error| {
                *slot = None;
                RequestError::NotSent(format!("{error:#}"))
            });
        }
    }

    /// Close the connection once the request that holds the client has its answer.
    pub async fn close(&self) {
        let client = {
            let _waiting = Waiting::begin(self);
            self.client.lock().await.take()
        };
        if let Some(mut client) = client {
            // The peer may have closed the connection already.
            let _ = client.finish().await;
        }
    }

    /// Close the connection without waiting: the request that holds the client drops it instead of putting it back.
    pub fn abandon(&self) {
        self.abandoned.store(true, Ordering::SeqCst);
        self.interrupt.notify_waiters();
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::SeqCst)
    }

    /// Drop the client, unless a request holds it.
    pub fn drop_if_idle(&self) {
        if let Ok(mut slot) = self.client.try_lock() {
            *slot = None;
        }
    }
}

/// A request that waits for the client, until this is dropped.
struct Waiting<'a>(&'a SharedClient);

impl Waiting<'_> {
    fn begin(shared: &SharedClient) -> Waiting<'_> {
        shared.waiting.fetch_add(1, Ordering::SeqCst);
        shared.interrupt.notify_waiters();
        Waiting(shared)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

fn closed() -> RequestError {
    RequestError::NotSent("the connection is closed".into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

    use super::*;

    /// A client, and a gateway that answers each request and publishes no events.
    async fn connected() -> SharedClient {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        tokio::spawn(async move {
            let (read, mut write) = tokio::io::split(theirs);
            let mut lines = BufReader::new(read).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let request: Value = serde_json::from_str(&line).expect("a request");
                let answer = json!({"ok": true, "id": request["id"]});
                write.write_all(format!("{answer}\n").as_bytes()).await.expect("a client that reads");
            }
        });
        let shared = SharedClient::default();
        shared.put(Client::over(Box::new(ours))).await;
        shared
    }

    async fn ask(shared: &SharedClient) -> Result<Map<String, Value>, RequestError> {
        let request = async |client: &mut Client| client.ask(json!({"action": "ping"})).await;
        shared.with_client(Duration::from_secs(10), request).await
    }

    /// No event comes: a subscriber that did not yield would hold the client until the requests give up.
    #[tokio::test]
    async fn a_subscriber_yields_to_requests() {
        let shared = connected().await;
        let requests = async {
            for _ in 0..30 {
                ask(&shared).await.expect("an answer");
            }
            shared.close().await;
        };
        let (lost, ()) = tokio::join!(shared.next_event(), requests);
        assert_eq!(lost, Err(closed()));
    }

    #[tokio::test]
    async fn an_abandoned_connection_is_closed_for_everyone() {
        let shared = connected().await;
        let abandon = async {
            tokio::task::yield_now().await;
            shared.abandon();
        };
        let (lost, ()) = tokio::join!(shared.next_event(), abandon);
        assert_eq!((lost, ask(&shared).await), (Err(closed()), Err(closed())));
    }
}
