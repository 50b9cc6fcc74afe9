//! Runs a task on its own thread, where it may block without delaying others.

use std::io;

use tokio::sync::oneshot;

/// How urgent a thread is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    Usual,
    /// Lower priority, where the system supports priorities of threads (Linux).
    Background,
}

/// Run a task on a new thread with a runtime for timers and channels. The returned future completes when the thread has ended for any reason.
pub fn spawn<F: Future<Output = ()>, T: FnOnce() -> F + Send + 'static>(
    name: &str,
    urgency: Urgency,
    task: T,
) -> io::Result<impl Future<Output = ()> + use<F, T>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let (running, ended) = oneshot::channel::<()>();
    std::thread::Builder::new().name(name.into()).spawn(move || {
        // Dropped when the thread ends.
        let _running = running;
        if urgency == Urgency::Background {
            super::yield_to_other_threads();
        }
        runtime.block_on(task());
    })?;
    Ok(async move {
        let _ = ended.await;
    })
}
