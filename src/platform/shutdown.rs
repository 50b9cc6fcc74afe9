//! The shutdown signal within the process: a flag that every task watches.

use tokio::sync::watch;

/// Waits until the gateway shuts down, or its sender of the flag is dropped.
pub async fn shutdown_requested(shutdown: &mut watch::Receiver<bool>) {
    let _ = shutdown.wait_for(|&requested| requested).await;
}
