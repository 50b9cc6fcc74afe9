//! The Model Context Protocol for livegate: `rmcp` behind one trait, so that its generics compile apart from the gateway.
//!
//! [`Host`] is what the gateway implements: list tools, call them, read and follow resources. [`http::serve`] answers one request of
//! Streamable HTTP, [`stream::serve`] a stream of lines (the stdio transport).

mod host;
pub mod http;
mod message;
mod server;
pub mod stream;

pub use host::{
    Answer, Arguments, Call, Content, Effect, Failure, Future, Host, Progress, Resource, Tool, Updates, Withdrawal,
};
