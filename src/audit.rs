//! The trail (audit log): every request, its caller, the decision and the outcome. Only this module contains the trail's SQL.

mod backup;
mod changes;
pub mod checkpoint;
mod contributions;
mod detail;
mod error;
mod event_sink;
mod excerpt;
mod flood;
mod leaves;
mod log;
mod log_start;
mod prover;
mod pruned;
mod pruned_check;
mod reader;
mod remembered;
mod restore;
mod retention;
mod row;
mod scan;
mod seal;
mod succession;
mod trail;
pub mod tree;
mod unfinished;
mod verify;
mod write_ahead;
mod write_failure;

pub use backup::Backup;
pub use changes::{Change, Changes, End, HistoryEvent, HistoryItem};
pub use contributions::{Contribution, contributions};
pub use detail::Detail;
pub use error::{Error, ErrorKind, Result};
pub use event_sink::EventSink;
pub use excerpt::Excerpt;
pub use flood::{Budget, Flood, Refused};
pub use log::{Sign, VERIFIER_FILE, origin_of, verifier};
pub use prover::{PROOF_BYTES_MAX, Proof, Prover};
pub use reader::{Filter, Listed, Reader};
pub use remembered::{REMEMBERED_FILE, remember};
pub use restore::{MissingRows, Restored, restore};
pub use retention::{Act, Plan, Planner, PruneReason, PruneUntil, beyond_bytes, settle, used_bytes};
pub use row::{Anchor, Decision, Event, Keys, Outcome, OutcomeKind, ROW_BYTES, Row, Table, Verdict};
pub use scan::Written;
pub use seal::Seal;
pub use trail::{Earlier, Trail};
pub use verify::{OnProgress, Report, verify, verify_watched};
pub use write_failure::WriteFailure;

/// The trail's file in a state folder.
pub const FILE: &str = "trail.db";
