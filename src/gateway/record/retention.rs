//! Enforces the trail's limits on age and size. It plans acts of pruning in the background and hands them to the recorder one by one, so that no
//! commit waits long.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard, mpsc, oneshot, watch};
use tokio::task::spawn_blocking;

use super::error::{ErrorKind, Result, failed};
use super::idempotency::IdempotencyKeys;
use crate::audit::{self, Act, Plan, Planner, PruneReason, PruneUntil, Reader};
use crate::config::{self, Config};
use crate::failure::Context;
use crate::gateway::limit::Limits;
use crate::platform::clock::{self, Clock, Moment};
use crate::platform::shutdown::shutdown_requested;

/// An act of pruning for the recorder, and where to send its result.
#[derive(Debug)]
pub struct PruneOrder {
    pub plan: Box<Plan>,
    pub reason: PruneReason,
    pub done: oneshot::Sender<Result<Act>>,
}

/// Prunes the trail to its limits, act by act. All handles share one lock, because two concurrent runs would plan the same act.
#[derive(Clone)]
pub struct Retention(Arc<Inner>);

struct Inner {
    orders: mpsc::Sender<PruneOrder>,
    turn: Arc<Mutex<()>>,
    trail: PathBuf,
    config: config::Retention,
    file_bytes_max: u64,
    keys: Arc<IdempotencyKeys>,
    limits: Arc<Limits>,
    clock: Clock,
}

/// The rows that all acts of a run have pruned.
#[derive(Clone, Copy, Debug, Default)]
pub struct Removed {
    pub rows: u64,
    pub acts: u64,
}

impl Retention {
    /// Retention for a trail; `orders` is the recorder's end.
    pub fn new(
        trail: PathBuf,
        config: &Config,
        keys: Arc<IdempotencyKeys>,
        limits: Arc<Limits>,
        clock: Clock,
    ) -> (Retention, mpsc::Receiver<PruneOrder>) {
        let (orders, ordered) = mpsc::channel(1);
        let file_bytes_max = config.trail.file_bytes_max;
        let config = config.retention.clone();
        let inner = Inner { orders, turn: Arc::default(), trail, config, file_bytes_max, keys, limits, clock };
        (Retention(Arc::new(inner)), ordered)
    }

    /// Wait until no other caller prunes.
    pub async fn turn(&self) -> OwnedMutexGuard<()> {
        self.0.turn.clone().lock_owned().await
    }

    /// Prune rows of the trail, act by act, while `may_continue` returns true.
    pub async fn prune(
        &self,
        _turn: OwnedMutexGuard<()>,
        until: PruneUntil,
        reason: PruneReason,
        may_continue: impl Fn() -> bool,
    ) -> Result<Removed> {
        let of = self.clone();
        let mut planner = spawn_blocking(move || of.planner()).await??;
        let mut removed = Removed::default();
        while may_continue() {
            let (again, plan) = spawn_blocking(move || {
                let plan = planner.plan(until);
                (planner, plan)
            })
            .await?;
            let Some(plan) = plan? else { break };
            let act = self.order(plan, reason).await?;
            tracing::info!(rows = act.rows, last_seq = act.pruned.last_seq, "pruned rows of the trail");
            removed = Removed { rows: removed.rows + act.rows, acts: removed.acts + 1 };
            planner = again;
        }
        if removed.rows > 0 && reason == PruneReason::Asked {
            // Space freed by the owner is available to every caller.
            self.0.limits.shares.clear();
            self.count_shares(clock::unix_micros(), i64::MAX, || true).await?;
        }
        if removed.rows > 0 {
            let trail = self.0.trail.clone();
            if let Err(error) = spawn_blocking(move || audit::settle(&trail)).await? {
                let error = format!("{error:#}");
                tracing::warn!(
                    error,
                    "the pages of pruned rows are overwritten at shutdown, or when later rows are written"
                );
            }
        }
        Ok(removed)
    }

    async fn order(&self, plan: Plan, reason: PruneReason) -> Result<Act> {
        let (done, outcome) = oneshot::channel();
        let order = PruneOrder { plan: Box::new(plan), reason, done };
        self.0.orders.send(order).await.map_err(|_| ErrorKind::ShuttingDown)?;
        outcome.await.context("the gateway is shutting down")?
    }

    fn planner(&self) -> Result<Planner> {
        let Inner { trail, config, keys, .. } = &*self.0;
        let key = audit::verifier(trail.parent().unwrap_or(trail))?;
        Ok(Planner::new(trail, key, config.transaction_rows_max as u64, keys.resolvable_us(clock::unix_micros())))
    }

    /// Count in the background the rows that were written before this start, until shutdown. Until the count is complete, no caller is refused
    /// because of them.
    pub fn count_before(
        &self,
        since: &ElapsedTime,
        last_seq: i64,
        mut shutdown: watch::Receiver<bool>,
    ) -> impl Future<Output = ()> + use<> {
        let retention = self.clone();
        let now_us = since.now_at_most();
        async move {
            let now_us = now_us.unwrap_or_else(|_| clock::unix_micros());
            let ending = shutdown.clone();
            if let Err(error) = retention.count_shares(now_us, last_seq, move || !*ending.borrow()).await {
                let error = format!("{error:#}");
                tracing::warn!(error, "cannot count the rows that each caller has written recently");
            }
            shutdown_requested(&mut shutdown).await;
        }
    }

    /// Count the bytes of young rows up to a seq, by caller.
    async fn count_shares(
        &self,
        now_us: i64,
        last_seq: i64,
        may_continue: impl Fn() -> bool + Send + 'static,
    ) -> Result<()> {
        let shares = &self.0.limits.shares;
        let trail = self.0.trail.clone();
        if shares.window().is_zero() {
            return Ok(());
        }
        let since_us = now_us - i64::try_from(shares.window().as_micros()).unwrap_or(i64::MAX);
        let past = spawn_blocking(move || audit::contributions(&trail, since_us, last_seq, may_continue)).await??;
        shares.restore(past, now_us, self.0.clock.now());
        Ok(())
    }

    /// Check every `retention.interval_s` whether the trail exceeds its bounds, and prune it, until shutdown.
    pub async fn run(self, since: ElapsedTime, mut shutdown: watch::Receiver<bool>) {
        let period = Duration::from_secs(self.0.config.interval_s);
        while tokio::time::timeout(period, shutdown_requested(&mut shutdown)).await.is_err() {
            let enforced = tokio::select! {
                enforced = self.enforce(&since) => enforced,
                () = shutdown_requested(&mut shutdown) => return,
            };
            if let Err(error) = enforced {
                tracing::error!(error = format!("{error:#}"), "the trail exceeds its bounds and cannot be pruned");
            }
        }
    }

    async fn enforce(&self, since: &ElapsedTime) -> Result<()> {
        let config::Retention { days, bytes_max, age_min_days, .. } = self.0.config;
        if days > 0 {
            let until = PruneUntil::Time(since.now_at_most()? - i64::from(days) * DAY_US);
            self.prune(self.turn().await, until, PruneReason::Age, || true).await?;
        }
        if bytes_max > 0 {
            // A full file accepts no more rows, so prune before that.
            let bytes_max = bytes_max.min(self.0.file_bytes_max / 4 * 3);
            let before_us =
                if age_min_days > 0 { since.now_at_most()? - i64::from(age_min_days) * DAY_US } else { i64::MAX };
            let trail = self.0.trail.clone();
            if let Some(until) = spawn_blocking(move || audit::beyond_bytes(&trail, bytes_max, before_us)).await?? {
                self.prune(self.turn().await, until, PruneReason::Size, || true).await?;
            }
        }
        Ok(())
    }
}

/// Estimates how much time has passed since the trail's last row. The wall clock may be wrong.
pub struct ElapsedTime {
    /// The time of the last row that was written before this start, in Unix microseconds.
    last_us: Option<i64>,
    start: Moment,
}

impl ElapsedTime {
    /// Read the time of the last row. Call it before the gateway writes any.
    pub fn the_last_row(trail: &Path) -> ElapsedTime {
        let last_us = Reader::open(trail).and_then(|reader| reader.last_time_us()).ok().flatten();
        ElapsedTime { last_us, start: Moment::now() }
    }

    pub fn last_row_us(&self) -> Option<i64> {
        self.last_us
    }

    /// A lower bound of the present time: the last row's time plus the time that this gateway has run. An error if the clock is before that row.
    fn now_at_most(&self) -> Result<i64> {
        let now_us = clock::unix_micros();
        let Some(last_us) = self.last_us else { return Ok(now_us) };
        let runs_us = i64::try_from((Moment::now() - self.start).as_micros()).unwrap_or(i64::MAX);
        if now_us < last_us {
            return Err(failed("the clock is before the time of the trail's last row"));
        }
        Ok(now_us.min(last_us.saturating_add(runs_us)))
    }
}

const DAY_US: i64 = 86_400_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise: Retention prunes only old rows
    #[test]
    fn a_clock_that_leapt_ages_no_row() {
        let since = |last_us| ElapsedTime { last_us, start: Moment::now() };
        let now_us = clock::unix_micros();
        let ahead = since(Some(now_us - 200 * DAY_US)).now_at_most().expect("a moment");
        assert!(ahead < now_us - 199 * DAY_US, "the clock may have jumped ahead since the last row");
        assert!(since(Some(now_us + DAY_US)).now_at_most().is_err(), "the clock is before the last row");
        assert!(since(None).now_at_most().is_ok_and(|moment| moment >= now_us), "an empty trail gives no bound");
    }
}
