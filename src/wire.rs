//! What travels on a connection: lines, refusals and topics of events.

pub mod line;
pub mod refusal;
pub mod topic;
