//! How requests reach the gateway, and how the LAN finds it.

pub mod announce;
pub mod entry;
mod error;
pub mod exchange;
pub mod http;
pub mod lines;
pub mod mcp;
pub mod osc;
pub mod sessions;

pub use error::{Error, ErrorKind, Result};
