//! A client that Python's threads share: one asks at a time, signals are seen while waiting, and what is given up closes the connection.

use std::pin::pin;
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use serde_json::{Map, Value};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout, timeout_at};

use super::failure::Lost;
use crate::client::Client;

pub struct Wire {
    runtime: Option<Runtime>,
    seat: Seat,
    /// The process that may use it.
    process: u32,
}

/// Where the client is, unless the connection is closed. Who asks takes it out, and puts it back with the answer: an answer that nobody waited
/// for can never be taken for another's. The lock is fair.
pub struct Seat(Mutex<Option<Client>>);

/// How long Ctrl-C may go unnoticed, and others wait for who listens for events.
const TURN: Duration = Duration::from_millis(100);

impl Wire {
    pub fn new() -> PyResult<Wire> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Wire { runtime: Some(runtime), seat: Seat(Mutex::new(None)), process: std::process::id() })
    }

    /// Run this to its end without the interpreter, which is asked now and then whether there was a signal. If its handler raises, the work is
    /// dropped where it is.
    pub fn wait<T: Send>(&self, py: Python<'_>, work: impl AsyncFnOnce(&Seat) -> T + Send) -> PyResult<T> {
        let runtime = self.runtime()?;
        py.detach(|| {
            let mut work = pin!(work(&self.seat));
            loop {
                // Handlers run outside the runtime, and may wait for something themselves.
                match runtime.block_on(async { timeout(TURN, work.as_mut()).await }) {
                    Ok(done) => return Ok(done),
                    Err(_) => Python::attach(|py| py.check_signals())?,
                }
            }
        })
    }

    /// A fork shares the socket, and what waits for it, with its parent.
    fn runtime(&self) -> PyResult<&Runtime> {
        let ours = self.runtime.as_ref().filter(|_| self.is_ours());
        ours.ok_or_else(|| {
            PyRuntimeError::new_err("this connection belongs to another process; connect anew after a fork")
        })
    }

    fn is_ours(&self) -> bool {
        self.process == std::process::id()
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let client = self.seat.0.get_mut().take();
        let Some(runtime) = self.runtime.take() else { return };
        if self.is_ours() {
            drop(client);
            // A name that is still being looked up is not waited for.
            runtime.shutdown_background();
        } else {
            // Dropped by a fork, they would take the parent's socket out of what the parent waits for.
            std::mem::forget((client, runtime));
        }
    }
}

impl Seat {
    pub async fn put(&self, client: Client) {
        *self.0.lock().await = Some(client);
    }

    /// Do this with the client, within this time. Whoever gives up in the middle leaves a closed connection.
    pub async fn turn<T>(
        &self,
        patience: Duration,
        work: impl AsyncFnOnce(&mut Client) -> anyhow::Result<T>,
    ) -> Result<T, Lost> {
        let until = Instant::now() + patience;
        let busy = |_| Lost::before("others on this connection take too long; nothing was asked");
        let mut seat = timeout_at(until, self.0.lock()).await.map_err(busy)?;
        let mut client = seat.take().ok_or_else(closed)?;
        let done = timeout_at(until, work(&mut client)).await;
        let late = |_| Lost::after(format!("no answer within {patience:?}, and the connection is closed"));
        let done = done.map_err(late)?.map_err(|error| Lost::after(format!("{error:#}")))?;
        *seat = Some(client);
        Ok(done)
    }

    /// The next event. Others have their turns meanwhile.
    pub async fn hear(&self) -> Result<Map<String, Value>, Lost> {
        loop {
            let mut seat = self.0.lock().await;
            let client = seat.as_mut().ok_or_else(closed)?;
            // Giving up here loses nothing: what has come of a line stays with the client.
            let Ok(heard) = timeout(TURN, client.hear()).await else { continue };
            return heard.map_err(|error| {
                *seat = None;
                Lost::before(format!("{error:#}"))
            });
        }
    }

    pub async fn close(&self) {
        if let Some(mut client) = self.0.lock().await.take() {
            // Who has hung up already need not be told.
            let _ = client.finish().await;
        }
    }
}

fn closed() -> Lost {
    Lost::before("the connection is closed")
}
