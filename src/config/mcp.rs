//! Settings of the MCP door.

use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mcp {
    /// "compact": tools that reach every action, and frequently used actions by name; "all": every action by name, too.
    pub tools: McpTools,
    /// The role of agents on this machine without sign-in; they never have more rights than local.role.
    pub local_role: String,
    /// Longest message.
    pub body_bytes_max: usize,
    /// Unanswered requests on one connection of livegate mcp.
    pub requests_per_connection_max: usize,
}

/// Which tools are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum McpTools {
    /// A few tools that reach every action, and the most used actions by name.
    Compact,
    /// Every action by name, too.
    All,
}

impl Default for Mcp {
    fn default() -> Mcp {
        Mcp {
            tools: McpTools::Compact,
            local_role: "agent".into(),
            body_bytes_max: 1 << 20,
            requests_per_connection_max: 32,
        }
    }
}
