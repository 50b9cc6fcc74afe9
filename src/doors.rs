//! How requests reach the gateway, and how the LAN finds it.

pub(crate) mod announce;
pub(crate) mod entry;
mod error;
pub(crate) mod exchange;
pub mod http;
pub mod lines;
pub(crate) mod mcp;
pub mod osc;
pub(crate) mod sessions;

pub(crate) use error::{Error, ErrorKind, Result};
