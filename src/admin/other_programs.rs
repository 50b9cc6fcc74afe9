//! Watches for other programs that control Live past the gateway. What changes is logged and recorded, at most one row a check.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::audit::Event;
use crate::gateway::record::Recorder;
use crate::other_programs::{self, Found};
use crate::platform::shutdown::shutdown_requested;
use crate::shared::Shared;

/// Check at intervals until shutdown. `own` are the gateway's addresses.
pub async fn follow(
    shared: Arc<Shared>,
    recorder: Recorder,
    own: Vec<SocketAddr>,
    mut shutdown: watch::Receiver<bool>,
) {
    let every = Duration::from_secs(shared.config.other_programs.check_s);
    let mut is_readable = true;
    loop {
        match other_programs::find(&shared.config.other_programs, &own).await {
            Ok(found) => note(&shared, &recorder, found).await,
            Err(error) if is_readable => {
                is_readable = false;
                tracing::warn!(%error, "cannot list the sockets of this machine, so other programs that control Live are not seen");
            }
            Err(_) => (),
        }
        tokio::select! {
            () = tokio::time::sleep(every) => (),
            () = shutdown_requested(&mut shutdown) => return,
        }
    }
}

/// Record what is different from the last check.
async fn note(shared: &Shared, recorder: &Recorder, found: Found) {
    if **shared.other_programs.load() == found {
        return;
    }
    let line = found.to_string();
    tracing::warn!(found = line, "other programs that control Live without sign-in and without a row");
    shared.other_programs.store(Arc::new(found));
    recorder.event(Event::new("other_programs").with("found", line)).await;
}
