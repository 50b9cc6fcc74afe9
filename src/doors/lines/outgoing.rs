//! The writing half of a connection: what is to leave, and since when the client has not taken it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::config;
use crate::platform::Stream;

pub struct Outgoing {
    buffer: BytesMut,
    /// Whether something has been written that TLS may still hold.
    unflushed: bool,
    /// When the client took bytes, or there began to be some.
    progress: Instant,
}

/// How long a connection that ends is waited for.
const CLOSE_MS: u64 = 1_000;

impl Outgoing {
    pub fn new() -> Outgoing {
        Outgoing { buffer: BytesMut::new(), unflushed: false, progress: Instant::now() }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        if !self.is_pending() {
            self.progress = Instant::now();
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether something has not left yet.
    pub fn is_pending(&self) -> bool {
        !self.buffer.is_empty() || self.unflushed
    }

    /// Since when nothing has moved, if something should.
    pub fn stuck_since(&self) -> Option<Instant> {
        self.is_pending().then_some(self.progress)
    }

    /// Write what there is; when nothing is left, flush. Returns how many bytes were written.
    pub fn poll_write(&mut self, stream: &mut dyn Stream, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut stream = Pin::new(stream);
        if self.buffer.is_empty() {
            ready!(stream.poll_flush(context))?;
            self.unflushed = false;
            return Poll::Ready(Ok(0));
        }
        let count = ready!(stream.as_mut().poll_write(context, &self.buffer))?;
        self.buffer.advance(count);
        if count == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        (self.unflushed, self.progress) = (true, Instant::now());
        Poll::Ready(Ok(count))
    }
}

/// Close a stream. What the client has still sent is read and dropped, or the system would reset the connection and take our last answer
/// along.
pub async fn close(mut stream: Box<dyn Stream>) {
    let closing = async {
        let _ = stream.shutdown().await;
        let mut dropped = [0; 8 * 1024];
        while stream.read(&mut dropped).await.is_ok_and(|count| count > 0) {}
    };
    let _ = tokio::time::timeout(config::ms(CLOSE_MS), closing).await;
}
