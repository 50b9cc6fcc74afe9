//! Accepts events from components below the recorder.

use super::Event;

/// Accepts events for the trail without waiting. Above a limit it only counts them.
pub trait EventSink: Send + Sync {
    fn note(&self, event: Event);
}
