//! The recorder's hand: a group becomes rows, and what waits for them goes on, or is told that they were lost.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::group::Group;
use super::{Entry, Health};
use crate::audit::Trail;
use crate::gateway::relay::Relay;

pub struct Writer {
    /// Gone only if a write panicked; then nothing is recorded any more, and so nothing runs.
    trail: Option<Trail>,
    /// Numbers of lost rows are not given again: a read that travelled meanwhile may still refer to one.
    next_seq: Option<i64>,
    health: Arc<Health>,
    /// What happened and could not be written: it is written when the trail is well again.
    kept: Vec<Entry>,
}

/// How much of that is kept. What is beyond reads `interrupted` after the next start.
const KEPT_MAX: usize = 4_096;

impl Writer {
    pub fn new(trail: Trail, health: Arc<Health>) -> Writer {
        Writer { trail: Some(trail), next_seq: None, health, kept: Vec::new() }
    }

    pub async fn write(&mut self, entries: Vec<Entry>, relay: &Relay, set_epoch: Option<i64>) {
        let mut kept = std::mem::take(&mut self.kept);
        kept.extend(entries);
        let entries = kept;
        let first_seq = match self.first_seq() {
            Ok(seq) => seq,
            Err(error) => return self.lose(Group::unnumbered(entries), &error),
        };
        let mut group = Group::new(entries, first_seq, set_epoch);
        self.next_seq = Some(first_seq + i64::try_from(group.rows.len()).expect("a group is bounded"));
        for read in group.take_early_reads() {
            relay.carry(read);
        }
        match self.commit(&mut group).await {
            Ok(()) => {
                if self.health.unwell.swap(false, Ordering::Relaxed) {
                    tracing::info!("the trail is well again");
                }
                group.committed(relay);
            }
            Err(error) => self.lose(group, &error),
        }
    }

    fn first_seq(&self) -> anyhow::Result<i64> {
        match (self.next_seq, &self.trail) {
            (Some(seq), _) => Ok(seq),
            (None, Some(trail)) => Ok(trail.last_seq()? + 1),
            (None, None) => anyhow::bail!("the trail's writer is gone; restart the gateway"),
        }
    }

    async fn commit(&mut self, group: &mut Group) -> anyhow::Result<()> {
        let Some(mut trail) = self.trail.take() else {
            anyhow::bail!("the trail's writer is gone; restart the gateway");
        };
        let rows = std::mem::take(&mut group.rows);
        let (trail, result) = tokio::task::spawn_blocking(move || {
            let result = trail.append(&rows);
            (trail, result)
        })
        .await?;
        self.trail = Some(trail);
        result
    }

    fn lose(&mut self, group: Group, error: &anyhow::Error) {
        if !self.health.unwell.swap(true, Ordering::Relaxed) {
            tracing::error!(
                error = format!("{error:#}"),
                "the trail is unwell: every request is refused until it is well"
            );
        }
        self.kept = group.lost();
        self.kept.truncate(KEPT_MAX);
    }
}
