//! A non-blocking stream with the standard library's traits: an operation that would wait returns `WouldBlock` and later wakes the polling task.

use std::io::{self, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::platform::Stream;

/// A stream with [`Read`] and [`Write`], which never wait.
pub struct Polled {
    stream: Box<dyn Stream>,
    waker: Waker,
    /// When bytes were last written.
    pub moved: Instant,
}

impl Polled {
    /// The time since bytes were last written starts now.
    pub fn new(stream: Box<dyn Stream>) -> Polled {
        Polled { stream, waker: Waker::noop().clone(), moved: Instant::now() }
    }

    /// The task to wake when reading or writing is possible again.
    pub fn wake(&mut self, context: &Context<'_>) {
        self.waker.clone_from(context.waker());
    }
}

fn or_would_block<T>(polled: Poll<io::Result<T>>) -> io::Result<T> {
    match polled {
        Poll::Ready(done) => done,
        Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
    }
}

impl Read for Polled {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut buffer = ReadBuf::new(buffer);
        let mut context = Context::from_waker(&self.waker);
        or_would_block(Pin::new(&mut self.stream).poll_read(&mut context, &mut buffer))?;
        Ok(buffer.filled().len())
    }
}

impl Write for Polled {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut context = Context::from_waker(&self.waker);
        let count = or_would_block(Pin::new(&mut self.stream).poll_write(&mut context, bytes))?;
        self.moved = Instant::now();
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut context = Context::from_waker(&self.waker);
        or_would_block(Pin::new(&mut self.stream).poll_flush(&mut context))
    }
}
