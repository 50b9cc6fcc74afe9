//! The wire format: lines, messages, ids, refusals and topics of events.

pub(crate) mod id;
pub mod line;
pub(crate) mod message;
pub mod refusal;
pub mod topic;
