//! livegate: safe remote control of Ableton Live. This is the table of contents; `ARCHITECTURE.md` is the map.

pub mod announce;
pub mod answers;
pub mod audit;
pub mod cli;
pub mod client;
pub mod clock;
pub mod command;
pub mod config;
pub mod decision;
pub mod gateway;
pub mod identity;
pub mod line;
pub mod mailbox;
pub mod once;
pub mod platform;
pub mod policy;
#[cfg(feature = "python")]
mod python;
mod random;
pub mod refusal;
pub mod review;
mod schema;
pub mod session;
pub mod topic;
