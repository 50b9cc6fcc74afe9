//! The MCP door: tools and resources for agents, over HTTP and as a stream of lines. `crates/mcp` speaks the protocol.

mod answers;
mod asking;
mod follow;
mod host;
mod list;
mod reach;
mod resources;
mod run;
mod runner;
mod search;
mod stream;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::config::McpTools;
use crate::doors::sessions::{Requester, Sessions};
use crate::platform::shutdown::shutdown_requested;
use crate::session::SessionContext;
use asking::Asking;
pub use asking::UnreadAnswers;
pub use host::{McpHost, Shared};
pub use stream::McpArrival;

/// State that all MCP connections share.
pub struct McpDoor {
    pub context: SessionContext,
    pub sessions: Arc<Sessions>,
    /// Ends streams of events.
    pub shutdown: CancellationToken,
}

/// The caller of an MCP connection, and its options.
pub struct McpCaller {
    pub requester: Requester,
    /// Whether every action is a tool of its own, whatever `mcp.tools` says.
    pub all_tools: bool,
    /// Called when the session has taken a request, which then runs even if the client disconnects.
    pub taken: Box<dyn Fn() + Send + Sync>,
    /// Cancelled when the caller's sign-in ends.
    pub refused: CancellationToken,
}

impl McpDoor {
    pub fn new(context: SessionContext) -> Arc<McpDoor> {
        let shutdown = CancellationToken::new();
        let mut requested = context.shutdown.clone();
        let ends = shutdown.clone();
        tokio::spawn(async move {
            shutdown_requested(&mut requested).await;
            ends.cancel();
        });
        Arc::new(McpDoor { sessions: Sessions::new(context.clone()), context, shutdown })
    }

    /// The host for a caller, and the answers that the client has not taken yet.
    pub fn host(&self, caller: McpCaller) -> (Arc<McpHost>, Arc<UnreadAnswers>) {
        let config = &self.context.shared.config.mcp;
        let all_tools = caller.all_tools || config.tools == McpTools::All;
        let asking = Asking::new(self.sessions.clone(), caller);
        let unread_answers = asking.unread_answers.clone();
        (Arc::new(McpHost { asking, all_tools }), unread_answers)
    }
}
