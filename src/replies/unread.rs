//! Counts unread bytes of answers, per caller and in total, from the reservation until they are written.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Whether a caller may have `more` bytes. A caller without unread bytes may have one answer of any length; others at most `max`, and at most `left`,
/// which remains for all callers (dynamic threshold).
fn permits(own: usize, more: usize, max: usize, left: usize) -> bool {
    own == 0 || own.saturating_add(more) < max.min(left)
}

#[derive(Debug, Default)]
struct Bytes {
    /// Bytes of existing answers.
    unread: AtomicUsize,
    /// Bytes of existing and expected answers.
    reserved: AtomicUsize,
}

/// Unread answers of all callers.
#[derive(Debug)]
pub struct TotalUnread {
    bytes: Bytes,
    max: usize,
}

impl TotalUnread {
    pub fn new(max: usize) -> Arc<TotalUnread> {
        Arc::new(TotalUnread { bytes: Bytes::default(), max })
    }

    /// Bytes of existing answers.
    pub fn unread(&self) -> usize {
        self.bytes.unread.load(Ordering::Relaxed)
    }
}

/// Unread answers of one caller, over all of its connections.
#[derive(Debug)]
pub struct CallerUnread {
    bytes: Bytes,
    max: usize,
    total: Arc<TotalUnread>,
}

impl CallerUnread {
    pub fn new(max: usize, total: &Arc<TotalUnread>) -> Arc<CallerUnread> {
        Arc::new(CallerUnread { bytes: Bytes::default(), max, total: total.clone() })
    }

    /// Whether another answer of this length may be expected.
    pub fn permits(&self, more: usize) -> bool {
        self.permits_of(|bytes| &bytes.reserved, more)
    }

    /// Whether another answer of this length may be unread. Expected answers do not count, so that a caller that reads its answers is not refused.
    pub fn permits_unread(&self, more: usize) -> bool {
        self.permits_of(|bytes| &bytes.unread, more)
    }

    fn permits_of(&self, kind: impl Fn(&Bytes) -> &AtomicUsize, more: usize) -> bool {
        let own = kind(&self.bytes).load(Ordering::Relaxed);
        let left = self.total.max.saturating_sub(kind(&self.total.bytes).load(Ordering::Relaxed));
        permits(own, more, self.max, left)
    }

    fn change(&self, kind: impl Fn(&Bytes) -> &AtomicUsize, from: usize, to: usize) {
        for bytes in [&self.bytes, &self.total.bytes] {
            kind(bytes).fetch_add(to, Ordering::Relaxed);
            kind(bytes).fetch_sub(from, Ordering::Relaxed);
        }
    }
}

/// The reservation for one answer. It counts until dropped.
#[derive(Debug)]
pub struct Reservation {
    account: Arc<CallerUnread>,
    bytes: usize,
    is_made: bool,
}

impl Reservation {
    pub fn new(account: &Arc<CallerUnread>) -> Reservation {
        Reservation { account: account.clone(), bytes: 0, is_made: false }
    }

    pub fn account(&self) -> &Arc<CallerUnread> {
        &self.account
    }

    /// Set the expected length.
    pub fn expect(&mut self, bytes: usize) {
        self.account.change(|bytes| &bytes.reserved, self.bytes, bytes);
        self.bytes = bytes;
    }

    /// Set the remaining length of an existing answer.
    pub fn set(&mut self, bytes: usize) {
        let unread = if self.is_made { self.bytes } else { 0 };
        self.account.change(|bytes| &bytes.unread, unread, bytes);
        self.expect(bytes);
        self.is_made = true;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.set(0);
    }
}

/// The reservations of answers that are being written on one connection, in order.
#[derive(Debug, Default)]
pub struct WriteReservations(VecDeque<Reservation>);

impl WriteReservations {
    pub fn push(&mut self, reservation: Reservation) {
        self.0.push_back(reservation);
    }

    /// Release the reservations of written bytes.
    pub fn written(&mut self, mut bytes: usize) {
        while bytes > 0 {
            let Some(first) = self.0.front_mut() else { return };
            if first.bytes > bytes {
                return first.set(first.bytes - bytes);
            }
            bytes -= first.bytes;
            self.0.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reserve(account: &Arc<CallerUnread>, bytes: usize) -> Reservation {
        let mut reservation = Reservation::new(account);
        reservation.set(bytes);
        reservation
    }

    #[test]
    fn unread_answers_of_a_caller_are_bounded() {
        let account = CallerUnread::new(100, &TotalUnread::new(1000));
        let _debt = reserve(&account, 60);
        assert!(account.permits(39));
        assert!(!account.permits(40));
    }

    #[test]
    fn unread_answers_leave_memory_for_others() {
        let total = TotalUnread::new(100);
        let accounts = [(); 3].map(|()| CallerUnread::new(100, &total));
        let _reservations = (reserve(&accounts[0], 50), reserve(&accounts[1], 25));
        assert!(!accounts[0].permits(0) && !accounts[1].permits(0));
        assert!(accounts[2].permits(24));
    }

    #[test]
    fn a_caller_may_always_await_one_answer() {
        let account = CallerUnread::new(100, &TotalUnread::new(100));
        assert!(account.permits(5_000));
    }

    #[test]
    fn expected_answers_are_not_unread() {
        let account = CallerUnread::new(100, &TotalUnread::new(1000));
        let mut reservation = Reservation::new(&account);
        reservation.expect(100);
        assert!(!account.permits(0) && account.permits_unread(99));
        reservation.set(100);
        assert!(!account.permits_unread(0));
    }

    #[test]
    fn written_or_dropped_answers_are_released() {
        let total = TotalUnread::new(100);
        let account = CallerUnread::new(100, &total);
        let mut leaving = WriteReservations::default();
        for bytes in [10, 20, 30] {
            leaving.push(reserve(&account, bytes));
        }
        leaving.written(15);
        assert_eq!(total.unread(), 45);
        leaving.written(15);
        assert_eq!(total.unread(), 30);
        drop(leaving);
        assert_eq!(total.unread(), 0);
        assert!(account.permits(99));
    }
}
