//! Runs the shared client's futures for Python's threads, without the interpreter lock, and checks for signals meanwhile.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::client::shared::{RequestError, SharedClient};

pub struct BlockingClient {
    runtime: Option<Runtime>,
    client: SharedClient,
    /// The process that opened it.
    process: u32,
    /// The threads that wait here. A signal handler runs on one of them, above the call that it interrupts.
    waiting: Mutex<HashSet<ThreadId>>,
}

/// Time between two checks for signals.
const SIGNAL_CHECK: Duration = Duration::from_millis(100);

impl BlockingClient {
    pub fn new() -> PyResult<BlockingClient> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(BlockingClient {
            runtime: Some(runtime),
            client: SharedClient::default(),
            process: std::process::id(),
            waiting: Mutex::default(),
        })
    }

    /// Run `work` without the interpreter lock, and run signal handlers meanwhile. A handler that raises or closes the connection drops
    /// `work`. An error of the outer result comes from a handler, or refuses to wait twice in one thread.
    pub fn wait<T: Send>(
        &self,
        py: Python<'_>,
        work: impl AsyncFnOnce(&SharedClient) -> Result<T, RequestError> + Send,
    ) -> PyResult<Result<T, RequestError>> {
        let runtime = self.runtime()?;
        let _waiting = self.begin_waiting().ok_or_else(|| {
            PyRuntimeError::new_err(
                "this thread already waits on this connection; a signal handler may close it, and needs a connection of its own for requests",
            )
        })?;
        py.detach(|| {
            {
                let mut work = pin!(work(&self.client));
                loop {
                    // Handlers run outside the runtime: they may block on another connection.
                    match runtime.block_on(async { timeout(SIGNAL_CHECK, work.as_mut()).await }) {
                        Ok(done) => return Ok(done),
                        Err(_) => Python::attach(|py| py.check_signals())?,
                    }
                    if self.client.is_abandoned() {
                        break;
                    }
                }
            }
            self.client.drop_if_idle();
            Ok(Err(RequestError::OutcomeUnknown("a signal handler closed the connection before the answer".into())))
        })
    }

    /// Close the connection once the current request has its answer. In a signal handler, end the request that it interrupts.
    pub fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.runtime()?;
        if self.threads().contains(&std::thread::current().id()) {
            self.client.abandon();
            return Ok(());
        }
        self.wait(py, async |client| {
            client.close().await;
            Ok(())
        })
        .map(drop)
    }

    /// Only the process that opened the connection may use it: a fork shares the socket with its parent.
    fn runtime(&self) -> PyResult<&Runtime> {
        let ours = self.runtime.as_ref().filter(|_| self.is_ours());
        ours.ok_or_else(|| {
            PyRuntimeError::new_err("this connection belongs to another process; open another after a fork")
        })
    }

    fn is_ours(&self) -> bool {
        self.process == std::process::id()
    }

    /// `None` if this thread already waits.
    fn begin_waiting(&self) -> Option<Waiting<'_>> {
        let thread = std::thread::current().id();
        let is_new = self.threads().insert(thread);
        is_new.then(|| Waiting { wire: self, thread })
    }

    fn threads(&self) -> MutexGuard<'_, HashSet<ThreadId>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread that waits, until this is dropped.
struct Waiting<'a> {
    wire: &'a BlockingClient,
    thread: ThreadId,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.wire.threads().remove(&self.thread);
    }
}

impl Drop for BlockingClient {
    fn drop(&mut self) {
        let client = self.client.take();
        let Some(runtime) = self.runtime.take() else { return };
        if self.is_ours() {
            drop(client);
            // Do not wait for a name lookup in progress.
            runtime.shutdown_background();
        } else {
            // Dropped in a fork, they would deregister the parent's socket from the parent's epoll.
            std::mem::forget((client, runtime));
        }
    }
}
