//! Where stages below the recorder hand their events.

use super::Event;

/// Takes events for the trail without waiting. Beyond a bound they are counted instead.
pub trait EventSink: Send + Sync {
    fn note(&self, event: Event);
}
