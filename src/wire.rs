//! The wire format: lines, messages, ids, refusals and topics of events.

pub mod id;
pub mod line;
pub mod message;
pub mod refusal;
pub mod topic;
