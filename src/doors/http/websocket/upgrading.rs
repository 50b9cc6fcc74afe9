//! The stream of a WebSocket whose session begins, and signs in, before the handshake is answered.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::oneshot;

use crate::platform::Stream;

/// Waits for the upgraded stream. Without one it ends.
pub enum Upgrading {
    Waiting(oneshot::Receiver<Box<dyn Stream>>),
    Open(Box<dyn Stream>),
}

impl Upgrading {
    fn poll_open(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Pin<&mut dyn Stream>>> {
        if let Upgrading::Waiting(waiting) = self {
            match Pin::new(waiting).poll(context) {
                Poll::Ready(Ok(stream)) => *self = Upgrading::Open(stream),
                Poll::Ready(Err(_)) => return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
                Poll::Pending => return Poll::Pending,
            }
        }
        match self {
            Upgrading::Open(stream) => Poll::Ready(Ok(Pin::new(stream.as_mut()))),
            Upgrading::Waiting(_) => Poll::Pending,
        }
    }
}

impl AsyncRead for Upgrading {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        ready!(self.get_mut().poll_open(context))?.poll_read(context, buffer)
    }
}

impl AsyncWrite for Upgrading {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.get_mut().poll_open(context))?.poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.get_mut().poll_open(context))?.poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.get_mut().poll_open(context))?.poll_shutdown(context)
    }
}
