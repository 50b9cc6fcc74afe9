//! Whether Live is connected, and which set it has loaded: for `status` and for rows of the trail.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::set_names::SetNames;

/// Live's version, the epoch of the loaded set, and the names in the set as far as the script has sent them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSet {
    pub live: Arc<str>,
    pub epoch: i64,
    pub names: Arc<SetNames>,
}

/// The latest set. It remains after Live disconnects.
pub type LiveSets = watch::Receiver<Option<LiveSet>>;

/// The state of the bridge, for `status` and the trail.
#[derive(Debug)]
pub struct Status {
    /// The script's introduction while it is connected.
    hello: watch::Sender<Option<Map<String, Value>>>,
    pub(in crate::gateway) live_set: watch::Sender<Option<LiveSet>>,
    pub(in crate::gateway) queued: AtomicUsize,
    pub(in crate::gateway) in_flight: AtomicUsize,
    /// When the script last sent anything, in milliseconds since this value was created.
    heard_ms: AtomicU64,
    begun: Instant,
}

impl Default for Status {
    fn default() -> Status {
        let hello = watch::Sender::new(None);
        let live_set = watch::Sender::new(None);
        let queued = AtomicUsize::new(0);
        let in_flight = AtomicUsize::new(0);
        Status { hello, live_set, queued, in_flight, heard_ms: AtomicU64::new(0), begun: Instant::now() }
    }
}

impl Status {
    pub fn is_up(&self) -> bool {
        self.hello.borrow().is_some()
    }

    /// Wait until the script is connected.
    pub async fn up(&self) {
        // The sender is a field of `self`, so waiting cannot fail.
        let _ = self.hello.subscribe().wait_for(Option::is_some).await;
    }

    pub(in crate::gateway) fn on_connected(&self, hello: Map<String, Value>) {
        self.on_heartbeat();
        self.hello.send_replace(Some(hello));
    }

    /// The script has sent something.
    pub(in crate::gateway) fn on_heartbeat(&self) {
        self.heard_ms.store(self.elapsed_ms(), Ordering::Relaxed);
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(in crate::gateway) fn on_disconnected(&self) {
        self.hello.send_replace(None);
    }

    /// The latest set. It remains after Live disconnects.
    pub fn live_set(&self) -> LiveSets {
        self.live_set.subscribe()
    }

    /// Store new lists of names from the script.
    pub(in crate::gateway) fn name_objects(&self, names: SetNames) {
        self.live_set.send_if_modified(|set| set.as_mut().map(|set| set.names = Arc::new(names)).is_some());
    }

    pub fn describe(&self) -> Value {
        let script = self.hello.borrow().clone();
        let count = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        json!({
            "up": script.is_some(), "script": script, "queued": count(&self.queued), "in_flight": count(&self.in_flight),
            "silent_ms": self.elapsed_ms().saturating_sub(self.heard_ms.load(Ordering::Relaxed)),
        })
    }
}
