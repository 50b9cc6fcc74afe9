//! What sessions and admin actions share: the opened state, the policy, the limits and the handles of the stages.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::sync::Notify;

use crate::approvals::{Approvals, Circumstances};
use crate::audit::Seal;
use crate::config::Config;
use crate::gateway::accept::ConnectionLimits;
use crate::gateway::interpret::Redaction;
use crate::gateway::limit::Limits;
use crate::gateway::permit::LoadedPolicy;
use crate::gateway::record::Status;
use crate::gateway::record::idempotency::IdempotencyKeys;
use crate::gateway::record::retention::Retention;
use crate::identity::Directory;
use crate::identity::pairing::Pairing;
use crate::identity::pairing::by_address::AddressPairing;
use crate::other_programs::Found;
use crate::platform::StateDir;
use crate::platform::clock::{Clock, Moment};
use crate::policy;
use crate::tls::CertificateManager;

/// The shared state of a gateway. No command takes a lock in it.
pub struct Shared {
    pub config: Config,
    pub directory: Arc<Directory>,
    pub pairing: Pairing,
    pub osc_pairing: AddressPairing,
    /// The addresses of the TLS listeners, once they are bound.
    pub(crate) tls_addresses: OnceLock<Vec<SocketAddr>>,
    pub policy: ArcSwap<LoadedPolicy>,
    /// Where the policy is read from, again on reload.
    pub policy_source: policy::Source,
    /// Why the roles in the file are not in force, if they are not.
    pub policy_problem: ArcSwapOption<String>,
    /// Asks for the roles to be read again: `SIGHUP` under a service.
    pub hangups: Arc<Notify>,
    pub approvals: Arc<Approvals>,
    /// Other programs that control Live, as the last search found them.
    pub other_programs: ArcSwap<Found>,
    pub limits: Arc<Limits>,
    pub bridge: Arc<Status>,
    pub retention: Retention,
    pub idempotency_keys: Arc<IdempotencyKeys>,
    pub connections: Arc<ConnectionLimits>,
    pub tls: Arc<CertificateManager>,
    pub trail_file: PathBuf,
    pub seal: Seal,
    pub redaction: Redaction,
    pub clock: Clock,
    pub started: Moment,
    pub(crate) state: StateDir,
}

impl Shared {
    /// What approvals depend on, besides their callers.
    pub fn circumstances(&self) -> Circumstances {
        let set_epoch = self.bridge.live_set().borrow().as_ref().map(|set| set.epoch);
        Circumstances { policy: self.policy.load().policy.digest.clone(), set_epoch }
    }
}
