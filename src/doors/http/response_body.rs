//! An answer as a response body. It counts as unread until the connection has taken it.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::link::{Link, ResponseReading};
use crate::doors::exchange::Unread;

/// A line of JSON, handed out in parts.
pub struct AnswerBody {
    answer: Unread,
    sent: usize,
    taking: ResponseReading,
}

const PART_BYTES: usize = 16 * 1024;

impl AnswerBody {
    pub fn new(answer: Unread, link: &Arc<Link>) -> AnswerBody {
        AnswerBody { answer, sent: 0, taking: link.response() }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let line = self.answer.line();
        if self.sent == line.len() {
            return Poll::Ready(None);
        }
        let end = (self.sent + PART_BYTES).min(line.len());
        let part = line.slice(self.sent..end);
        self.answer.pass_on(part.len());
        self.taking.progress();
        self.sent = end;
        Poll::Ready(Some(Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.sent == self.answer.line().len()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact((self.answer.line().len() - self.sent) as u64)
    }
}
