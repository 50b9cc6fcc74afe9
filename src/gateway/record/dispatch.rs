//! Where recorded requests go next: to Live, or to an admin action.

use tokio::sync::mpsc::{self, error::TrySendError};

use super::reply::{overloaded, shutting_down};
use super::{Entry, Recorded, Reply};
use crate::command::Handler;

/// The recorder's two outputs. Only a recorded request leaves through them.
#[derive(Clone, Debug)]
pub struct Dispatch {
    live: mpsc::Sender<Recorded>,
    admin: mpsc::Sender<Recorded>,
}

/// A request that could not be handed on, and its reply.
#[derive(Debug)]
pub struct NotDispatched(Box<(Recorded, Reply)>);

impl NotDispatched {
    fn with(recorded: Recorded, reply: Reply) -> NotDispatched {
        NotDispatched(Box::new((recorded, reply)))
    }

    /// Answer the client once the request's row is written or the commit has failed. Returns the outcome to record.
    pub(super) fn conclude(self) -> Option<Entry> {
        let (recorded, reply) = *self.0;
        reply.conclude(recorded)
    }
}

impl Dispatch {
    /// Each output holds `capacity` requests. Returns the receiver for Live and the one for admin actions.
    pub fn channel(capacity: usize) -> (Dispatch, mpsc::Receiver<Recorded>, mpsc::Receiver<Recorded>) {
        let (live, for_live) = mpsc::channel(capacity);
        let (admin, for_admin) = mpsc::channel(capacity);
        (Dispatch { live, admin }, for_live, for_admin)
    }

    /// Hand a request on without waiting.
    pub fn carry(&self, recorded: Recorded) -> Result<(), NotDispatched> {
        if let Some(first) = recorded.claimed.repeats() {
            let reply = Reply::repeated(first);
            return Err(NotDispatched::with(recorded, reply));
        }
        tracing::debug!(parent: recorded.span(), seq = recorded.seq(), "recorded");
        let exit = match recorded.request().action.handler {
            Handler::Live | Handler::Batch | Handler::Bridge(_) => &self.live,
            Handler::Admin(_) | Handler::Session(_) => &self.admin,
        };
        exit.try_send(recorded).map_err(|error| {
            let (recorded, refusal) = match error {
                TrySendError::Full(recorded) => (recorded, overloaded()),
                TrySendError::Closed(recorded) => (recorded, shutting_down()),
            };
            NotDispatched::with(recorded, Reply::not_sent(refusal))
        })
    }
}
