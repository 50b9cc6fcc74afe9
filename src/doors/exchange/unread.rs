//! A line that a session has handed to its door. It counts as unread until the door has passed it on or dropped it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use serde::Deserialize;

use crate::wire::line;
use crate::wire::refusal::{Code, Refusal};

/// A line of JSON, with its end of line.
#[derive(Debug)]
pub struct Unread {
    line: Bytes,
    /// Bytes that still count as unread.
    left: usize,
    credits: Option<Arc<Credits>>,
}

impl Unread {
    pub(super) fn new(line: Bytes, credits: Arc<Credits>) -> Unread {
        Unread { left: line.len(), line, credits: Some(credits) }
    }

    /// The line of a refusal by the door itself, which no session counts.
    pub fn refusal_of(refusal: &Refusal) -> Unread {
        Unread::uncounted(line::encode(&refusal.body()).into())
    }

    /// A line that no session counts as unread.
    pub fn uncounted(line: Bytes) -> Unread {
        Unread { left: line.len(), line, credits: None }
    }

    /// The refusal, if the line is one.
    pub fn refusal(&self) -> Option<Refusal> {
        let head: Head = serde_json::from_slice(&self.line).unwrap_or_default();
        if head.ok {
            return None;
        }
        let code = head.code.as_deref().and_then(Code::from_name).unwrap_or(Code::Internal);
        let message = head.error.unwrap_or_default();
        let Head { retry_after_ms, reference, ticket, .. } = head;
        Some(Refusal { code, message: message.into(), retry_after_ms, reference, ticket })
    }

    pub fn line(&self) -> &Bytes {
        &self.line
    }

    /// Count bytes as sent.
    pub fn pass_on(&mut self, bytes: usize) {
        let bytes = bytes.min(self.left);
        self.left -= bytes;
        if let Some(credits) = &self.credits {
            credits.add(bytes);
        }
    }
}

/// The members that distinguish a refusal from an answer; others are skipped.
#[derive(Default, Deserialize)]
struct Head {
    ok: bool,
    code: Option<String>,
    error: Option<String>,
    retry_after_ms: Option<u64>,
    reference: Option<String>,
    ticket: Option<Box<str>>,
}

impl Drop for Unread {
    fn drop(&mut self) {
        self.pass_on(self.left);
    }
}

/// Bytes that a door has passed on and its session has not yet counted. Locked once for each answer, at both ends.
#[derive(Debug, Default)]
pub(super) struct Credits(Mutex<(usize, Option<Waker>)>);

impl Credits {
    fn add(&self, bytes: usize) {
        if bytes == 0 {
            return;
        }
        let waker = {
            let mut inside = self.inside();
            inside.0 += bytes;
            inside.1.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(super) fn poll_taken(&self, context: &mut Context<'_>) -> Poll<usize> {
        let mut inside = self.inside();
        if inside.0 > 0 {
            return Poll::Ready(std::mem::take(&mut inside.0));
        }
        inside.1 = Some(context.waker().clone());
        Poll::Pending
    }

    fn inside(&self) -> MutexGuard<'_, (usize, Option<Waker>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
