//! The return path: answers and events to the connection that requested them.

pub mod answers;
pub mod mailbox;
pub mod unread;
