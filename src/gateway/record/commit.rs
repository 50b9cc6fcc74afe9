//! A commit in progress, and the answers to reads that wait for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Recorded, Reply};
use crate::audit::WriteFailure;

/// How a commit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Committed {
    Durable,
    Lost(WriteFailure),
}

/// Whether the row of a request is written.
#[derive(Debug)]
pub(super) enum RowState {
    Durable,
    Pending(Arc<Commit>),
}

/// A commit, as the reads that it records see it.
#[derive(Debug)]
pub(super) struct Commit(Mutex<State>);

#[derive(Debug)]
enum State {
    /// Reads with their replies, which are sent when the commit ends.
    Running(Vec<(Recorded, Reply)>),
    Ended(Committed),
}

/// Ends a commit. Dropping it unused counts as a failed commit.
#[derive(Debug)]
pub(super) struct CommitEnd(Arc<Commit>);

impl RowState {
    /// Why the row is missing, if it is. A pending row whose commit was dropped is missing.
    pub fn failure(&self) -> Option<WriteFailure> {
        let RowState::Pending(commit) = self else { return None };
        match &*commit.state() {
            State::Ended(Committed::Durable) => None,
            State::Ended(Committed::Lost(failure)) => Some(*failure),
            State::Running(_) => Some(WriteFailure::Other),
        }
    }
}

impl Commit {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keep a reply until the commit ends. If it has ended already, the reply is returned.
    pub fn keep(&self, recorded: Recorded, reply: Reply) -> Option<(Recorded, Reply)> {
        match &mut *self.state() {
            State::Running(waiting) => {
                waiting.push((recorded, reply));
                None
            }
            State::Ended(_) => Some((recorded, reply)),
        }
    }
}

impl CommitEnd {
    pub fn begin() -> CommitEnd {
        CommitEnd(Arc::new(Commit(Mutex::new(State::Running(Vec::new())))))
    }

    /// The state of a row in this commit.
    pub fn row(&self) -> RowState {
        RowState::Pending(self.0.clone())
    }

    /// End the commit; returns the replies that waited for it.
    pub fn end(&self, committed: Committed) -> Vec<(Recorded, Reply)> {
        match std::mem::replace(&mut *self.0.state(), State::Ended(committed)) {
            State::Running(waiting) => waiting,
            State::Ended(_) => Vec::new(),
        }
    }
}

impl Drop for CommitEnd {
    fn drop(&mut self) {
        let has_ended = matches!(&*self.0.state(), State::Ended(_));
        if !has_ended {
            for (recorded, reply) in self.end(Committed::Lost(WriteFailure::Other)) {
                reply.conclude(recorded);
            }
        }
    }
}
