//! The reading half of a connection: splits bytes into lines, each with its time of arrival.

use std::collections::VecDeque;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::AsyncReadExt;

use crate::platform::Stream;
use crate::platform::clock::{Clock, Moment};
use crate::wire::line::{Lines, TooLong};

pub struct Incoming {
    lines: Lines,
    clock: Clock,
    arrivals: Arrivals,
    /// Since when the session has not polled this connection, until it has been empty once. Data read meanwhile may have arrived then.
    unpolled_since: Option<Backlog>,
    /// Whether a read that does not fill its buffer has taken all available data. TLS returns one record at a time.
    short_read_empties: bool,
}

struct Backlog {
    since: Moment,
    /// The bytes read since then.
    bytes: usize,
}

/// The most bytes that the system buffers for a socket. Bytes read beyond it must have arrived later. It describes the kernel's buffers and limits
/// nothing here, so it is not a setting.
const KEPT_BYTES: usize = 8 * 1024 * 1024;

impl Incoming {
    pub fn new(line_bytes_max: usize, clock: Clock, short_read_empties: bool) -> Incoming {
        let lines = Lines::new(line_bytes_max);
        Incoming { lines, clock, arrivals: Arrivals::default(), unpolled_since: None, short_read_empties }
    }

    /// Read available data. `Ok(0)`: the end of input.
    pub fn poll_read(&mut self, stream: &mut dyn Stream, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let buffer = self.lines.buffer_mut();
        let unread_answers = buffer.len();
        let space = buffer.capacity() - buffer.len();
        let mut reader = stream;
        let read = pin!(AsyncReadExt::read_buf(&mut reader, buffer)).poll(context);
        if read.is_pending() {
            // No data is available, so new data wakes this task when it arrives.
            self.unpolled_since = None;
        }
        let count = ready!(read)?;
        let arrived =
            self.unpolled_since.as_ref().map_or_else(|| self.clock.arrival(), |unpolled_since| unpolled_since.since);
        self.arrivals.add(&self.lines.waiting()[unread_answers..], arrived);
        let emptied = self.short_read_empties && count < space;
        let bytes = self.unpolled_since.take().map_or(0, |unpolled_since| unpolled_since.bytes) + count;
        if !emptied && bytes < KEPT_BYTES {
            self.unpolled_since = Some(Backlog { since: arrived, bytes });
        }
        Poll::Ready(Ok(count))
    }

    /// The session stops polling this connection until the next `poll_read`.
    pub fn pause_reading(&mut self) {
        self.unpolled_since.get_or_insert_with(|| Backlog { since: self.clock.arrival(), bytes: 0 });
    }

    /// The next complete line, and when it arrived.
    pub fn next_line(&mut self) -> Result<Option<(Bytes, Moment)>, TooLong> {
        let before = self.lines.waiting().len();
        let Some(line) = self.lines.next_line()? else { return Ok(None) };
        let arrived = self.arrivals.take(before - self.lines.waiting().len());
        Ok(Some((line, arrived.unwrap_or_else(|| self.clock.now()))))
    }

    pub fn is_blank(&mut self) -> bool {
        let before = self.lines.waiting().len();
        let is_blank = self.lines.is_blank();
        self.arrivals.take(before - self.lines.waiting().len());
        is_blank
    }

    pub fn waiting(&self) -> &[u8] {
        self.lines.waiting()
    }

    pub fn set_line_bytes_max(&mut self, line_bytes_max: usize) {
        self.lines.set_line_bytes_max(line_bytes_max);
    }
}

/// The times of arrival of the lines in a buffer, each with the number of its bytes.
#[derive(Default)]
struct Arrivals {
    ends: VecDeque<(usize, Moment)>,
    /// Bytes of an incomplete line.
    rest: usize,
}

impl Arrivals {
    fn add(&mut self, bytes: &[u8], at: Moment) {
        let Some(end) = bytes.iter().rposition(|&byte| byte == b'\n') else {
            self.rest += bytes.len();
            return;
        };
        self.ends.push_back((self.rest + end + 1, at));
        self.rest = bytes.len() - end - 1;
    }

    /// Remove bytes from the front; returns when the last of them arrived if it ends a line.
    fn take(&mut self, mut bytes: usize) -> Option<Moment> {
        let mut arrived = None;
        while let Some((count, at)) = self.ends.front_mut().filter(|_| bytes > 0) {
            let taken = bytes.min(*count);
            arrived = Some(*at);
            bytes -= taken;
            *count -= taken;
            if *count == 0 {
                self.ends.pop_front();
            }
        }
        self.rest = self.rest.saturating_sub(bytes);
        arrived
    }
}

#[cfg(test)]
mod tests;
