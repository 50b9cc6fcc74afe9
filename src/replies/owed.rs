//! Bytes of answers that clients have not taken: counted per caller and in all, from before an answer is made until it is written.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is owed to all callers.
#[derive(Debug)]
pub struct Total {
    bytes: AtomicUsize,
    max: usize,
}

impl Total {
    pub fn new(max: usize) -> Arc<Total> {
        Arc::new(Total { bytes: AtomicUsize::new(0), max })
    }

    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// What is owed to one caller, on all of its connections.
#[derive(Debug)]
pub struct Account {
    bytes: AtomicUsize,
    max: usize,
    total: Arc<Total>,
}

impl Account {
    pub fn new(max: usize, total: &Arc<Total>) -> Arc<Account> {
        Arc::new(Account { bytes: AtomicUsize::new(0), max, total: total.clone() })
    }

    /// Whether so much more may be owed. A caller is owed at most as much as is left for others (dynamic threshold); a caller that is
    /// owed nothing may be owed one answer of any length.
    pub fn permits(&self, more: usize) -> bool {
        let own = self.bytes.load(Ordering::Relaxed);
        let left = self.total.max.saturating_sub(self.total.bytes());
        own == 0 || own.saturating_add(more) < self.max.min(left)
    }

    fn change(&self, from: usize, to: usize) {
        for bytes in [&self.bytes, &self.total.bytes] {
            bytes.fetch_add(to, Ordering::Relaxed);
            bytes.fetch_sub(from, Ordering::Relaxed);
        }
    }
}

/// Bytes that are owed to a caller. They are no longer when this is dropped.
#[derive(Debug)]
pub struct Debt {
    account: Arc<Account>,
    bytes: usize,
}

impl Debt {
    pub fn new(account: &Arc<Account>) -> Debt {
        Debt { account: account.clone(), bytes: 0 }
    }

    pub fn account(&self) -> &Arc<Account> {
        &self.account
    }

    /// It is so many bytes now: what an answer is expected to have, then what it has.
    pub fn set(&mut self, bytes: usize) {
        self.account.change(self.bytes, bytes);
        self.bytes = bytes;
    }
}

impl Drop for Debt {
    fn drop(&mut self) {
        self.set(0);
    }
}

/// What is on its way out of one connection, in its order.
#[derive(Debug, Default)]
pub struct Leaving(VecDeque<Debt>);

impl Leaving {
    pub fn push(&mut self, debt: Debt) {
        self.0.push_back(debt);
    }

    /// So many bytes have been written.
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

    fn owe(account: &Arc<Account>, bytes: usize) -> Debt {
        let mut debt = Debt::new(account);
        debt.set(bytes);
        debt
    }

    #[test]
    fn a_caller_is_owed_its_bound_and_no_more() {
        let account = Account::new(100, &Total::new(1000));
        let _debt = owe(&account, 60);
        assert!(account.permits(39));
        assert!(!account.permits(40));
    }

    #[test]
    fn callers_together_leave_something_for_others() {
        let total = Total::new(100);
        let accounts = [(); 3].map(|()| Account::new(100, &total));
        let _debts = (owe(&accounts[0], 50), owe(&accounts[1], 25));
        assert!(!accounts[0].permits(0) && !accounts[1].permits(0));
        assert!(accounts[2].permits(24));
    }

    #[test]
    fn a_caller_that_is_owed_nothing_may_have_one_answer() {
        let account = Account::new(100, &Total::new(100));
        assert!(account.permits(5_000));
    }

    #[test]
    fn what_is_written_or_dropped_is_no_longer_owed() {
        let total = Total::new(100);
        let account = Account::new(100, &total);
        let mut leaving = Leaving::default();
        for bytes in [10, 20, 30] {
            leaving.push(owe(&account, bytes));
        }
        leaving.written(15);
        assert_eq!(total.bytes(), 45);
        leaving.written(15);
        assert_eq!(total.bytes(), 30);
        drop(leaving);
        assert_eq!(total.bytes(), 0);
    }
}
