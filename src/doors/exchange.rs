//! A connection without a byte stream, for doors whose requests are not a sequence of lines. The door sends messages and awaits each answer; events
//! and notices arrive separately.

mod unread;

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Sleep;

use crate::platform::clock::{Clock, Moment};
use crate::session::connection::{Connection, Unreadable};
use crate::wire::id::Id;
use crate::wire::message::Message;
use crate::wire::refusal::{Code, Refusal};
use unread::Credits;
pub use unread::Unread;

/// The door's end. Its clones share a session, which ends when all are dropped and everything is answered.
#[derive(Clone)]
pub struct Exchange {
    asks: mpsc::Sender<Ask>,
    next_id: Arc<AtomicU64>,
    clock: Clock,
}

/// Data that a session sends unrequested, one line of JSON each.
pub enum Outbound {
    Event(Unread),
    /// The reason why the session closes; nothing follows.
    Notice(Unread),
}

/// The session ended before it took this message. The message may be sent to another session.
#[derive(Debug)]
pub struct NotTaken(pub Box<Message>);

/// A request that was handed to the session.
pub struct Pending {
    id: u64,
    reply: oneshot::Receiver<Result<Unread, NotTaken>>,
}

struct Ask {
    id: u64,
    message: Message,
    arrived: Moment,
    reply: oneshot::Sender<Result<Unread, NotTaken>>,
}

/// How many clients use an exchange, and when its session closes.
#[derive(Clone, Copy, Debug)]
pub enum Usage {
    /// Many requests, each on its own connection, which the door monitors. The session closes when it is idle for this long.
    Shared { idle: Duration },
    /// One client. The session closes when the client reads nothing for too long, as on a byte stream.
    Alone,
}

/// Open an exchange. Up to `waiting_max` messages may wait for the session.
pub fn exchange(
    clock: Clock,
    waiting_max: usize,
    usage: Usage,
) -> (Exchange, ExchangeConnection, mpsc::UnboundedReceiver<Outbound>) {
    let (asks, asked) = mpsc::channel(waiting_max);
    let (outbox, outbound) = mpsc::unbounded_channel();
    let connection = ExchangeConnection {
        asked,
        taken: VecDeque::new(),
        replies: HashMap::new(),
        outbox,
        credits: Arc::default(),
        pending_bytes: 0,
        progress: Instant::now(),
        idle: match usage {
            Usage::Shared { idle } => Some((idle, Box::pin(tokio::time::sleep(idle)))),
            Usage::Alone => None,
        },
        message_bytes_max: 0,
    };
    (Exchange { asks, next_id: Arc::default(), clock }, connection, outbound)
}

impl Exchange {
    /// Send a message and wait for its answer. Dropping the future cancels nothing that the session has taken.
    pub async fn ask(&self, message: Message) -> Result<Unread, NotTaken> {
        self.send(message).await?.answer().await
    }

    /// Hand a message to the session. The exchange assigns its id.
    pub async fn send(&self, mut message: Message) -> Result<Pending, NotTaken> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        message.set_id(Id::Door(id));
        let (reply, replied) = oneshot::channel();
        let ask = Ask { id, message, arrived: self.clock.now(), reply };
        match self.asks.send(ask).await {
            Ok(()) => Ok(Pending { id, reply: replied }),
            Err(mpsc::error::SendError(ask)) => Err(NotTaken(ask.message.into())),
        }
    }

    /// Whether the session has closed.
    pub fn is_closed(&self) -> bool {
        self.asks.is_closed()
    }
}

impl Pending {
    /// The id by which `cancel` refers to it.
    pub fn id(&self) -> u64 {
        self.id
    }

    pub async fn answer(self) -> Result<Unread, NotTaken> {
        self.reply.await.unwrap_or_else(|_| Ok(lost()))
    }
}

/// The answer to a request whose session ended before answering.
fn lost() -> Unread {
    let message = "the session ended before the answer came; check before you repeat it";
    Unread::refusal_of(&Refusal::new(Code::OutcomeUnknown, message))
}

/// The session's end.
pub struct ExchangeConnection {
    asked: mpsc::Receiver<Ask>,
    taken: VecDeque<Ask>,
    replies: HashMap<u64, oneshot::Sender<Result<Unread, NotTaken>>>,
    outbox: mpsc::UnboundedSender<Outbound>,
    credits: Arc<Credits>,
    /// Bytes that the door has not read yet.
    pending_bytes: usize,
    /// When the door last read bytes, or when bytes first became pending.
    progress: Instant,
    /// The idle limit of a shared exchange.
    idle: Option<(Duration, Pin<Box<Sleep>>)>,
    message_bytes_max: usize,
}

impl ExchangeConnection {
    fn unread(&mut self, line: Bytes) -> Unread {
        if self.pending_bytes == 0 {
            self.progress = Instant::now();
        }
        self.pending_bytes += line.len();
        Unread::new(line, self.credits.clone())
    }

    /// Whether the exchange was idle for its limit, with every request answered.
    fn is_idle(&mut self, context: &mut Context<'_>) -> bool {
        let Some((_, sleep)) = &mut self.idle else { return false };
        self.replies.is_empty() && sleep.as_mut().poll(context).is_ready()
    }
}

impl Connection for ExchangeConnection {
    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        match self.asked.poll_recv(context) {
            Poll::Ready(Some(ask)) => {
                self.taken.push_back(ask);
                if let Some((idle, sleep)) = &mut self.idle {
                    sleep.as_mut().reset(tokio::time::Instant::now() + *idle);
                }
                Poll::Ready(Ok(1))
            }
            Poll::Ready(None) => Poll::Ready(Ok(0)),
            Poll::Pending if self.is_idle(context) => {
                self.asked.close();
                self.poll_receive(context)
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn next_message(&mut self) -> Result<Option<(Message, Moment)>, Unreadable> {
        let Some(ask) = self.taken.pop_front() else { return Ok(None) };
        let Ask { id, mut message, arrived, reply } = ask;
        self.replies.insert(id, reply);
        if message.len() > self.message_bytes_max {
            let too_long = format!("a request has at most {} bytes here", self.message_bytes_max);
            message = Message::refused(None, message.bytes, Refusal::new(Code::LineTooLong, too_long));
            message.set_id(Id::Door(id));
        }
        Ok(Some((message, arrived)))
    }

    fn finish(&mut self) -> Result<(), Unreadable> {
        Ok(())
    }

    fn pause_reading(&mut self) {}

    fn set_message_bytes_max(&mut self, bytes_max: usize) {
        self.message_bytes_max = bytes_max;
    }

    fn answer(&mut self, id: Option<Id>, line: Vec<u8>) {
        let unread = self.unread(line.into());
        let Some(Id::Door(id)) = id else { return };
        if let Some(reply) = self.replies.remove(&id) {
            // If the door no longer waits, the answer is dropped and counts as read.
            let _ = reply.send(Ok(unread));
        }
    }

    fn event(&mut self, line: Bytes) {
        let event = Outbound::Event(self.unread(line));
        let _ = self.outbox.send(event);
    }

    fn notice(&mut self, line: Vec<u8>) {
        let notice = Outbound::Notice(self.unread(line.into()));
        let _ = self.outbox.send(notice);
    }

    fn is_pending(&self) -> bool {
        self.pending_bytes > 0
    }

    fn stuck_since(&self) -> Option<Instant> {
        // A client that does not read its answer must not end a session that other requests share.
        (self.idle.is_none() && self.is_pending()).then_some(self.progress)
    }

    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let taken = self.credits.poll_taken(context);
        taken.map(|bytes| {
            self.pending_bytes -= bytes;
            self.progress = Instant::now();
            Ok(bytes)
        })
    }

    fn close(self: Box<Self>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async {})
    }
}

impl Drop for ExchangeConnection {
    fn drop(&mut self) {
        self.asked.close();
        while let Ok(ask) = self.asked.try_recv() {
            self.taken.push_back(ask);
        }
        for ask in self.taken.drain(..) {
            let _ = ask.reply.send(Err(NotTaken(ask.message.into())));
        }
    }
}

#[cfg(test)]
mod tests;
