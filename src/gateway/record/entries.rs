//! The recorder's input: entries, due counts of refusals, and prune orders; and how entries form groups.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc;
use tokio::time::sleep_until;

use super::floods::Floods;
use super::health::Health;
use super::{Entry, retention};
use crate::config;

/// The receiving end of a [`super::Recorder`].
pub struct Entries {
    pub(super) receiver: mpsc::Receiver<Entry>,
    pub(super) orders: mpsc::Receiver<retention::PruneOrder>,
    pub(super) health: Arc<Health>,
    pub(super) floods: Arc<Floods>,
    /// Entries to write next: due counts, and outcomes of reads that waited for their row.
    pub(super) ready: VecDeque<Entry>,
}

/// The recorder's next piece of work.
#[expect(clippy::large_enum_variant, reason = "it is the usual one, and does not wait anywhere")]
pub enum Next {
    Entry(Entry),
    PruneOrder(retention::PruneOrder),
}

impl Entries {
    /// The next entry, the counts that are due, or a prune order.
    pub async fn next(&mut self) -> Option<Next> {
        loop {
            if let Some(entry) = self.ready.pop_front() {
                return Some(Next::Entry(entry));
            }
            let due = self.floods.due();
            let until = tokio::time::Instant::from_std(due.unwrap_or_else(Instant::now));
            tokio::select! {
                entry = self.receiver.recv() => return entry.map(Next::Entry),
                Some(order) = self.orders.recv() => return Some(Next::PruneOrder(order)),
                _ = sleep_until(until), if due.is_some() => self.ready.extend(self.floods.take(due)),
                _ = self.floods.wake.notified() => (),
            }
        }
    }

    /// Collect waiting entries, up to `group_rows_max`. A group of outcomes alone waits up to `outcome_wait_ms` for more.
    pub async fn collect(&mut self, first: Entry, config: &config::Trail) -> Vec<Entry> {
        let is_outcome = |entry: &Entry| matches!(entry, Entry::Outcome(_) | Entry::Outcomes(_));
        let mut may_wait = is_outcome(&first);
        let mut group = vec![first];
        let until = tokio::time::Instant::now() + config::ms(config.outcome_wait_ms);
        while group.len() < config.group_rows_max {
            let next = match self.ready.pop_front().map_or_else(|| self.receiver.try_recv(), Ok) {
                Ok(entry) => Some(entry),
                Err(_) if may_wait => tokio::time::timeout_at(until, self.receiver.recv()).await.ok().flatten(),
                Err(_) => None,
            };
            let Some(entry) = next else { break };
            may_wait &= is_outcome(&entry);
            group.push(entry);
        }
        group
    }
}
