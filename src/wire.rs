//! The wire format: lines, ids, refusals and topics of events.

pub mod id;
pub mod line;
pub mod refusal;
pub mod topic;
