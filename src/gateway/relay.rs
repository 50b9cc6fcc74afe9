//! Carries recorded requests to the bridge and their replies back (upstream).
//!
//! Only a recorded request can be carried. This does not compile:
//!
//! ```compile_fail
//! # use livegate::gateway::{Dispatch, Permitted, Recorded};
//! fn carry(dispatch: &Dispatch, request: Permitted) {
//!     let _ = dispatch.carry(request);
//! }
//! ```
//!
//! This differs in one type, and compiles:
//!
//! ```
//! # use livegate::gateway::{Dispatch, Permitted, Recorded};
//! fn carry(dispatch: &Dispatch, request: Recorded) {
//!     let _ = dispatch.carry(request);
//! }
//! ```

pub(crate) mod answer_lines;
mod answer_sizes;
mod bridge;
mod bridge_event;
mod cancelling;
mod error;
mod handshake_check;
mod in_flight;
mod keyed;
mod link;
mod live_changes;
mod plain;
mod queue;
mod resources;
pub(crate) mod script_answer;
mod script_clock;
pub(crate) mod script_line;
mod slots;
mod subscriptions;
mod transport;

use std::net::SocketAddr;

use tokio::net::TcpStream;

use super::record::Reply;
use super::record::reply::{overloaded, shutting_down};
use crate::wire::refusal::{Code, Refusal};
pub use bridge::run;
pub use error::Error;
pub use handshake_check::{CompletedHandshake, HandshakeFailure, Listener, complete_handshake, listener_at};
pub use keyed::Key;
pub use queue::STOPS_RESERVED;
pub use resources::Resources;

/// The protocol between gateway and script.
#[derive(Debug)]
pub enum Protocol {
    Keyed(Key),
    Plain,
    /// There is no bridge.
    Absent,
}

fn bridge_unavailable() -> Refusal {
    Refusal::new(
        Code::BridgeUnavailable,
        "Live is not reachable, so it did not run; check that Live is open and LiveGate is chosen as a control surface",
    )
}

/// The only way to the script.
#[expect(clippy::disallowed_methods, reason = "this is the stage that may connect to the bridge")]
async fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
