//! Retention at work: acts are planned beside the path and handed to the recorder one by one, so that no commit waits long for them.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::sync::{Mutex, OwnedMutexGuard, mpsc, oneshot, watch};
use tokio::task::spawn_blocking;

use super::{Recorder, WeakRecorder};
use crate::audit::{self, Act, Plan, Planner, Reader, Reason, Until};
use crate::config;
use crate::gateway::{Shared, shutdown_requested};
use crate::platform::clock;

/// An act for the recorder, and whom to tell of it.
#[derive(Debug)]
pub struct Order {
    pub plan: Box<Plan>,
    pub reason: Reason,
    pub done: oneshot::Sender<Result<Act>>,
}

/// The way of orders to the recorder.
#[derive(Clone, Debug)]
pub struct Pruning {
    orders: mpsc::Sender<Order>,
    /// Two at a time would plan the same.
    turn: Arc<Mutex<()>>,
}

impl Pruning {
    pub fn through(orders: mpsc::Sender<Order>) -> Pruning {
        Pruning { orders, turn: Arc::default() }
    }

    async fn let_go(&self, plan: Plan, reason: Reason) -> Result<Act> {
        let (done, told) = oneshot::channel();
        let order = Order { plan: Box::new(plan), reason, done };
        self.orders.send(order).await.ok().context("the gateway ends")?;
        told.await.context("the gateway ends")?
    }
}

/// What acts have done together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Removed {
    pub rows: u64,
    pub acts: u64,
}

impl Recorder {
    /// Wait until nobody else prunes.
    pub async fn turn_to_prune(&self) -> OwnedMutexGuard<()> {
        self.pruning.turn.clone().lock_owned().await
    }

    /// Let rows of the trail go, act by act, as long as `may_go_on` says so.
    pub async fn prune(
        &self,
        _turn: OwnedMutexGuard<()>,
        shared: &Arc<Shared>,
        until: Until,
        reason: Reason,
        may_go_on: impl Fn() -> bool,
    ) -> Result<Removed> {
        let of = shared.clone();
        let mut planner = spawn_blocking(move || planner(&of)).await??;
        let mut removed = Removed::default();
        while may_go_on() {
            let (again, plan) = spawn_blocking(move || {
                let plan = planner.plan(until);
                (planner, plan)
            })
            .await?;
            let Some(plan) = plan? else { break };
            let act = self.pruning.let_go(plan, reason).await?;
            tracing::info!(rows = act.rows, last_seq = act.pruned.last_seq, "rows of the trail were removed");
            removed = Removed { rows: removed.rows + act.rows, acts: removed.acts + 1 };
            planner = again;
        }
        if removed.rows > 0 && reason == Reason::Asked {
            // Room that the owner has made is room for everybody.
            shared.limits.shares.clear();
            count_shares(shared, clock::unix_micros(), i64::MAX, || true).await?;
        }
        if removed.rows > 0 {
            let trail = shared.trail_file.clone();
            if let Err(error) = spawn_blocking(move || audit::settle(&trail)).await? {
                let error = format!("{error:#}");
                tracing::warn!(
                    error,
                    "the pages of removed rows are overwritten when the gateway ends, or later rows come"
                );
            }
        }
        Ok(removed)
    }
}

/// Count in the background what was written before this start. Until that is done, nobody is refused for it.
pub fn count_before(
    shared: &Arc<Shared>,
    since: &Since,
    last_seq: i64,
    shutdown: &watch::Receiver<bool>,
) -> impl Future<Output = ()> + use<> {
    let (shared, now_us, shutdown) = (shared.clone(), since.now_at_most(), shutdown.clone());
    async move {
        let now_us = now_us.unwrap_or_else(|_| clock::unix_micros());
        if let Err(error) = count_shares(&shared, now_us, last_seq, move || !*shutdown.borrow()).await {
            tracing::warn!(
                error = format!("{error:#}"),
                "it is not known who has written how much of the trail lately"
            );
        }
    }
}

/// Count what each caller has written of the young rows up to a seq.
async fn count_shares(
    shared: &Arc<Shared>,
    now_us: i64,
    last_seq: i64,
    may_go_on: impl Fn() -> bool + Send + 'static,
) -> Result<()> {
    let (shares, trail) = (&shared.limits.shares, shared.trail_file.clone());
    if shares.window().is_zero() {
        return Ok(());
    }
    let since_us = now_us - i64::try_from(shares.window().as_micros()).unwrap_or(i64::MAX);
    let past = spawn_blocking(move || audit::contributions(&trail, since_us, last_seq, may_go_on)).await??;
    shares.restore(past, now_us, shared.clock.now());
    Ok(())
}

fn planner(shared: &Shared) -> Result<Planner> {
    let trail = &shared.trail_file;
    let key = audit::verifier(trail.parent().unwrap_or(trail))?;
    Ok(Planner::new(
        trail,
        key,
        shared.config.retention.act_rows_max as u64,
        shared.once.reach_us(clock::unix_micros()),
    ))
}

/// What is known of the time, besides what the clock says, which may stand wrong.
pub struct Since {
    /// When the last row was written that was there before this start.
    last_us: Option<i64>,
    start: Instant,
}

impl Since {
    /// To be asked before the gateway writes.
    pub fn the_last_row(trail: &Path) -> Since {
        let last_us = Reader::open(trail).and_then(|reader| reader.last_time_us()).ok().flatten();
        Since { last_us, start: Instant::now() }
    }

    pub fn last_row_us(&self) -> Option<i64> {
        self.last_us
    }

    /// A moment that is not after now: so long after the last row as this gateway runs. An error if the clock stands before that row.
    fn now_at_most(&self) -> Result<i64> {
        let now_us = clock::unix_micros();
        let Some(last_us) = self.last_us else { return Ok(now_us) };
        let runs_us = i64::try_from(self.start.elapsed().as_micros()).unwrap_or(i64::MAX);
        if now_us < last_us {
            bail!("the clock stands before the trail's last row");
        }
        Ok(now_us.min(last_us.saturating_add(runs_us)))
    }
}

const DAY_US: i64 = 86_400_000_000;

/// Looks again and again whether the trail holds more than it is to, until the gateway ends.
pub async fn keep(shared: Arc<Shared>, recorder: WeakRecorder, since: Since, mut shutdown: watch::Receiver<bool>) {
    let period = Duration::from_secs(shared.config.retention.look_s);
    while tokio::time::timeout(period, shutdown_requested(&mut shutdown)).await.is_err() {
        let Some(recorder) = recorder.upgrade() else { return };
        let looked = tokio::select! {
            looked = look(&shared, &recorder, &since) => looked,
            () = shutdown_requested(&mut shutdown) => return,
        };
        if let Err(error) = looked {
            tracing::error!(error = format!("{error:#}"), "the trail holds more than it is to: nothing can be removed");
        }
    }
}

async fn look(shared: &Arc<Shared>, recorder: &Recorder, since: &Since) -> Result<()> {
    let config::Retention { days, bytes_max, age_min_days, .. } = shared.config.retention;
    if days > 0 {
        let until = Until::Time(since.now_at_most()? - i64::from(days) * DAY_US);
        recorder.prune(recorder.turn_to_prune().await, shared, until, Reason::Age, || true).await?;
    }
    if bytes_max > 0 {
        // A file that is full takes no more rows, so it is not left to come to that.
        let bytes_max = bytes_max.min(shared.config.trail.file_bytes_max / 4 * 3);
        let before_us =
            if age_min_days > 0 { since.now_at_most()? - i64::from(age_min_days) * DAY_US } else { i64::MAX };
        let trail = shared.trail_file.clone();
        if let Some(until) = spawn_blocking(move || audit::beyond_bytes(&trail, bytes_max, before_us)).await?? {
            recorder.prune(recorder.turn_to_prune().await, shared, until, Reason::Size, || true).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise: Retention removes old rows and nothing else
    #[test]
    fn a_clock_that_has_leapt_makes_nothing_old() {
        let since = |last_us| Since { last_us, start: Instant::now() };
        let now_us = clock::unix_micros();
        let ahead = since(Some(now_us - 200 * DAY_US)).now_at_most().expect("a moment");
        assert!(ahead < now_us - 199 * DAY_US, "the clock has leapt ahead since the last row, for all that is known");
        assert!(since(Some(now_us + DAY_US)).now_at_most().is_err(), "the clock stands before the last row");
        assert!(since(None).now_at_most().is_ok_and(|moment| moment >= now_us), "nothing is known of an empty trail");
    }
}
