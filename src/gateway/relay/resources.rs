//! What the relay needs besides the recorder.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::watch;

use super::Reply;
use crate::config;
use crate::gateway::limit::Limits;
use crate::gateway::permit::{Guards, Permitted};
use crate::gateway::record::{Recorded, Status};
use crate::platform::clock::Clock;
use crate::wire::refusal::Refusal;

/// What the relay needs besides the recorder.
pub struct Resources {
    pub config: config::Bridge,
    /// The most topics of one connection.
    pub topics_max: usize,
    pub changes_in_live_per_second_max: usize,
    pub clock: Clock,
    pub limits: Arc<Limits>,
    pub status: Arc<Status>,
    pub recheck: Recheck,
    pub propose: Propose,
    /// The number of pending proposals.
    pub waiting: watch::Receiver<usize>,
}

/// Proposes a request to a person, with the targets that the script found.
pub type Propose = Arc<dyn Fn(&mut Recorded, Option<Value>) -> Reply + Send + Sync>;

/// Checks whether a permitted request still is, and under which guards.
pub type Recheck = Arc<dyn Fn(&Permitted) -> Result<Guards, Refusal> + Send + Sync>;
