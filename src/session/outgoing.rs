//! The writing half of a connection: what is to leave, and since when the client has not taken it.

use std::time::Instant;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};

use crate::config;
use crate::platform::Stream;

pub struct Outgoing {
    writer: WriteHalf<Box<dyn Stream>>,
    buffer: BytesMut,
    /// Whether something has been written that TLS may still hold.
    unflushed: bool,
    /// When the client took bytes, or there began to be some.
    progress: Instant,
}

/// How long a connection that ends is waited for.
const CLOSE_MS: u64 = 1_000;

impl Outgoing {
    pub fn new(writer: WriteHalf<Box<dyn Stream>>) -> Outgoing {
        Outgoing { writer, buffer: BytesMut::new(), unflushed: false, progress: Instant::now() }
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

    /// Write what there is; when nothing is left, flush. What comes back is how many bytes were written.
    pub async fn write(&mut self) -> std::io::Result<usize> {
        if self.buffer.is_empty() {
            self.writer.flush().await?;
            self.unflushed = false;
            return Ok(0);
        }
        let count = self.writer.write_buf(&mut self.buffer).await?;
        if count == 0 {
            return Err(std::io::ErrorKind::WriteZero.into());
        }
        (self.unflushed, self.progress) = (true, Instant::now());
        Ok(count)
    }

    /// Say goodbye. What the client has still sent is read and dropped, or the system would reset the connection and take our last
    /// answer along.
    pub async fn close(mut self, mut reader: ReadHalf<Box<dyn Stream>>) {
        let goodbye = async {
            let _ = self.writer.shutdown().await;
            let mut dropped = [0; 8 * 1024];
            while reader.read(&mut dropped).await.is_ok_and(|count| count > 0) {}
        };
        let _ = tokio::time::timeout(config::ms(CLOSE_MS), goodbye).await;
    }
}
