//! Answers and events on their way back to the connection that asked for them.

pub mod answers;
pub mod mailbox;
pub mod owed;
