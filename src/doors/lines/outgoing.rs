//! The writing half of a connection: pending data, and since when the client has not read it.

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
    /// Whether TLS may still hold written data.
    unflushed: bool,
    /// When the client last read bytes, or when data first became pending.
    progress: Instant,
}

/// How long to wait for the client when closing.
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

    /// Whether data is pending.
    pub fn is_pending(&self) -> bool {
        !self.buffer.is_empty() || self.unflushed
    }

    /// Since when no bytes have been sent although data is pending.
    pub fn stuck_since(&self) -> Option<Instant> {
        self.is_pending().then_some(self.progress)
    }

    /// Write pending data, then flush. Returns how many bytes were written.
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
        self.unflushed = true;
        self.progress = Instant::now();
        Poll::Ready(Ok(count))
    }
}

/// Close a stream. Remaining input is read and discarded: with bytes unread, the system would reset the connection and destroy the last answer.
pub async fn close(mut stream: Box<dyn Stream>) {
    let closing = async {
        let _ = stream.shutdown().await;
        let mut dropped = [0; 8 * 1024];
        while stream.read(&mut dropped).await.is_ok_and(|count| count > 0) {}
    };
    let _ = tokio::time::timeout(config::ms(CLOSE_MS), closing).await;
}
