//! livegate: safe remote control of Ableton Live. `ARCHITECTURE.md` describes the modules.

pub mod admin;
pub mod approvals;
pub mod audit;
pub mod cli;
pub mod client;
pub mod command;
pub mod config;
pub mod doors;
pub mod failure;
pub mod gateway;
pub mod identity;
pub mod other_programs;
pub mod platform;
pub mod policy;
#[cfg(feature = "python")]
mod python;
pub mod replies;
pub mod review;
pub mod session;
pub mod shared;
mod storage;
pub mod tls;
pub mod wire;
