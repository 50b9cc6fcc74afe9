//! The recorder's input: entries, due counts of refusals, and prune orders; and how entries form groups.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc;
use tokio::time::sleep_until;

use super::floods::Floods;
use super::health::Health;
use super::inbox::{Found, MayWait, Receiver};
use super::{Entry, retention};
use crate::config;

/// The receiving end of a [`super::Recorder`].
pub struct Entries {
    pub(super) receiver: Receiver<Entry>,
    pub(super) orders: mpsc::Receiver<retention::PruneOrder>,
    pub(super) health: Arc<Health>,
    pub(super) floods: Arc<Floods>,
    pub(super) ready: Ready,
}

/// Entries to write next: due counts, and outcomes of reads that waited for their row.
#[derive(Default)]
pub struct Ready {
    entries: VecDeque<Entry>,
    /// Since when there are any.
    since: Option<Instant>,
}

/// The recorder's next piece of work.
pub enum Next {
    Group(Vec<Entry>),
    PruneOrder(retention::PruneOrder),
    /// The moment has come at which the recorder wakes without entries.
    Wake,
}

impl MayWait for Entry {
    /// An outcome waits for company, at most `outcome_wait_ms`.
    fn may_wait(&self) -> bool {
        matches!(self, Entry::Outcome(_) | Entry::Outcomes(_))
    }
}

impl Ready {
    pub fn extend(&mut self, entries: impl IntoIterator<Item = Entry>) {
        self.entries.extend(entries);
        self.since = self.since.or_else(|| (!self.entries.is_empty()).then(Instant::now));
    }

    fn is_pressing(&self, group_rows_max: usize) -> bool {
        self.entries.len() >= group_rows_max || self.entries.iter().any(|entry| !entry.may_wait())
    }
}

impl Entries {
    /// The next group of at most `group_rows_max` entries, a prune order, or `Wake` at `wakes_at`. A group of outcomes alone waits up to
    /// `outcome_wait_ms` for more. `None`: no handle is left.
    pub async fn next(&mut self, wakes_at: Option<Instant>, config: &config::Trail) -> Option<Next> {
        let wait = config::ms(config.outcome_wait_ms);
        // What was just handed on has its outcome soon.
        let mut dozes_until = Some(Instant::now() + wait);
        loop {
            if let Ok(order) = self.orders.try_recv() {
                return Some(Next::PruneOrder(order));
            }
            let now = Instant::now();
            if self.floods.due().is_some_and(|due| due <= now) {
                self.ready.extend(self.floods.take(Some(now)));
            }
            dozes_until = dozes_until.filter(|&until| until > now);
            let arrived = match self.receiver.look(dozes_until.is_some() || self.ready.since.is_some()) {
                Found::Pressing => return Some(self.group(config)),
                Found::Waiting(since) => Some(since),
                Found::Ended if self.ready.since.is_none() => return None,
                Found::Ended => return Some(self.group(config)),
                Found::Nothing => None,
            };
            let group_at = arrived.into_iter().chain(self.ready.since).min().map(|since| since + wait);
            if group_at.is_some_and(|at| at <= now) || self.ready.is_pressing(config.group_rows_max) {
                return Some(self.group(config));
            }
            if wakes_at.is_some_and(|at| at <= now) {
                return Some(Next::Wake);
            }
            let until = [group_at, dozes_until, wakes_at, self.floods.due()].into_iter().flatten().min();
            tokio::select! {
                () = self.receiver.filled() => (),
                () = sleep_until(until.unwrap_or(now).into()), if until.is_some() => (),
                Some(order) = self.orders.recv() => return Some(Next::PruneOrder(order)),
                () = self.floods.wake.notified() => (),
            }
        }
    }

    fn group(&mut self, config: &config::Trail) -> Next {
        let count = self.ready.entries.len().min(config.group_rows_max);
        let mut group: Vec<Entry> = self.ready.entries.drain(..count).collect();
        self.ready.since = self.ready.since.filter(|_| !self.ready.entries.is_empty());
        self.receiver.take(&mut group);
        Next::Group(group)
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::super::inbox::{Sender, inbox};
    use super::*;
    use crate::audit::{Detail, Event, Outcome, OutcomeKind, Trail};
    use crate::config::Config;

    fn opened(dir: &TempDir) -> (Sender<Entry>, Entries, config::Trail) {
        let config = config::Trail { outcome_wait_ms: 1, ..Config::default().trail };
        let trail = Trail::open(dir.path(), &config).expect("a trail");
        let (sender, receiver) = inbox(config.queue_max, config.group_rows_max);
        let health = Arc::new(Health::new(&trail));
        let floods = Arc::new(Floods::new(&config, || false));
        let orders = mpsc::channel(1).1;
        (sender, Entries { receiver, orders, health, floods, ready: Ready::default() }, config)
    }

    fn outcome(decision: i64) -> Entry {
        let kind = OutcomeKind::Ok;
        let detail = Detail::default();
        let item = None;
        let code = None;
        let rule = None;
        let duration_us = None;
        let delivered = None;
        let caller = None;
        let outcome = Outcome { time_us: 1, decision, item, kind, code, rule, duration_us, delivered, detail, caller };
        Entry::Outcome(outcome)
    }

    async fn group(entries: &mut Entries, config: &config::Trail) -> Vec<String> {
        let Some(Next::Group(group)) = entries.next(None, config).await else { panic!("a group") };
        let name = |entry: Entry| match entry {
            Entry::Outcome(outcome) => outcome.decision.to_string(),
            _ => "event".to_owned(),
        };
        group.into_iter().map(name).collect()
    }

    #[tokio::test]
    async fn outcomes_are_written_without_further_requests() {
        let dir = TempDir::new().expect("a temporary folder");
        let (sender, mut entries, config) = opened(&dir);
        sender.send(outcome(1)).await;
        assert_eq!(group(&mut entries, &config).await, ["1"]);
        // It comes while the recorder waits.
        let late = async {
            tokio::task::yield_now().await;
            sender.send(outcome(2)).await;
        };
        let (written, ()) = tokio::join!(group(&mut entries, &config), late);
        assert_eq!(written, ["2"]);
        drop(sender);
        assert!(entries.next(None, &config).await.is_none());
    }

    #[tokio::test]
    async fn outcomes_go_with_the_next_entry_in_order() {
        let dir = TempDir::new().expect("a temporary folder");
        let (sender, mut entries, mut config) = opened(&dir);
        config.outcome_wait_ms = 3_600_000;
        entries.ready.extend([outcome(1)]);
        sender.send_all(&mut vec![outcome(2), Entry::Event(Event::new("start")), outcome(3)]).await;
        assert_eq!(group(&mut entries, &config).await, ["1", "2", "event", "3"]);
    }

    #[tokio::test]
    async fn a_group_has_a_bound() {
        let dir = TempDir::new().expect("a temporary folder");
        let (sender, mut entries, mut config) = opened(&dir);
        config.group_rows_max = 2;
        config.outcome_wait_ms = 3_600_000;
        entries.receiver = inbox(8, config.group_rows_max).1;
        entries.ready.extend([outcome(1), outcome(2), outcome(3)]);
        drop(sender);
        assert_eq!(group(&mut entries, &config).await, ["1", "2"]);
        assert_eq!(group(&mut entries, &config).await, ["3"]);
        assert!(entries.next(None, &config).await.is_none());
    }

    #[tokio::test]
    async fn the_recorder_wakes_when_it_must() {
        let dir = TempDir::new().expect("a temporary folder");
        let (_sender, mut entries, config) = opened(&dir);
        assert!(matches!(entries.next(Some(Instant::now()), &config).await, Some(Next::Wake)));
    }
}
