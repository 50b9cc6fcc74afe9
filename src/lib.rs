//! livegate: safe remote control of Ableton Live. `ARCHITECTURE.md` describes the modules.

mod admin;
mod approvals;
pub mod audit;
pub mod cli;
pub mod client;
pub mod command;
pub mod config;
pub mod doors;
mod failure;
pub mod fuzzing;
pub mod gateway;
pub mod identity;
mod other_programs;
pub mod platform;
pub mod policy;
#[cfg(feature = "python")]
mod python;
mod replies;
pub mod review;
pub mod session;
mod shared;
mod storage;
pub mod tls;
pub mod wire;
