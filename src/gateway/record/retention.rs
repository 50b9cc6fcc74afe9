//! Retention at work: acts are planned beside the path and handed to the recorder one by one, so that no commit waits long for them.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

use super::{Recorder, WeakRecorder};
use crate::audit::{self, Act, Plan, Planner, Reason, Until};
use crate::clock;
use crate::config;
use crate::gateway::{Shared, told_to_end};

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
    /// Let rows of the trail go.
    pub async fn prune(&self, shared: &Shared, until: Until, reason: Reason) -> Result<Removed> {
        let _turn = self.pruning.turn.lock().await;
        let mut planner = planner(shared)?;
        let mut removed = Removed::default();
        loop {
            let (again, plan) = spawn_blocking(move || {
                let plan = planner.plan(until);
                (planner, plan)
            })
            .await?;
            let Some(plan) = plan? else { return Ok(removed) };
            let act = self.pruning.let_go(plan, reason).await?;
            tracing::info!(rows = act.rows, last_seq = act.pruned.last_seq, "rows of the trail were removed");
            removed = Removed { rows: removed.rows + act.rows, acts: removed.acts + 1 };
            planner = again;
        }
    }
}

fn planner(shared: &Shared) -> Result<Planner> {
    let trail = &shared.trail_file;
    let key = audit::verifier(trail.parent().unwrap_or(trail))?;
    Ok(Planner::new(trail, key, shared.config.retention.act_rows_max as u64, shared.once.keep_us()))
}

/// Looks again and again whether the trail holds more than it is to, until the gateway ends.
pub async fn keep(shared: Arc<Shared>, recorder: WeakRecorder, mut shutdown: watch::Receiver<bool>) {
    let mut looks = interval(Duration::from_secs(shared.config.retention.look_s));
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = looks.tick() => (),
            () = told_to_end(&mut shutdown) => return,
        }
        let Some(recorder) = recorder.upgrade() else { return };
        let looked = tokio::select! {
            looked = look(&shared, &recorder) => looked,
            () = told_to_end(&mut shutdown) => return,
        };
        if let Err(error) = looked {
            tracing::error!(error = format!("{error:#}"), "the trail holds more than it is to: nothing can be removed");
        }
    }
}

async fn look(shared: &Arc<Shared>, recorder: &Recorder) -> Result<()> {
    let config::Retention { days, bytes_max, .. } = shared.config.retention;
    if days > 0 {
        let kept_us = i64::from(days) * 86_400_000_000;
        recorder.prune(shared, Until::Time(clock::unix_micros() - kept_us), Reason::Age).await?;
    }
    if bytes_max > 0 {
        let trail = shared.trail_file.clone();
        if let Some(until) = spawn_blocking(move || audit::beyond_bytes(&trail, bytes_max)).await?? {
            recorder.prune(shared, until, Reason::Size).await?;
        }
    }
    Ok(())
}
