//! `livegate mcp`: carries MCP between an agent's standard streams and the gateway, which serves it.

use std::io::{Read, Write, stdin, stdout};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

use super::gateway_args::GatewayArgs;
use super::send::CLIENT_FOLDER;
use super::{Outcome, State, warn};
use crate::platform::{self, Hangup};
use crate::review::printable;

/// Serve the Model Context Protocol on standard input and output, for an AI agent
///
/// An agent's configuration names this command. With a gateway on this machine that needs no sign-in, the agent is the caller `agent`
/// with the role mcp.local_role; otherwise it is the user of the token or certificate. It may never administer or approve.
/// docs/agents.md has the line for Claude Desktop, Claude Code, Cursor and VS Code.
///
/// Examples: livegate mcp
///           livegate mcp --gateway studio
#[derive(Args)]
#[command(verbatim_doc_comment, mut_arg("state_dir", |arg| arg.help(CLIENT_FOLDER)))]
pub struct Mcp {
    #[command(flatten)]
    gateway: GatewayArgs,
    #[command(flatten)]
    state: State,
}

impl Mcp {
    pub async fn run(self) -> Result<Outcome> {
        let shutdown = platform::shutdown_signal(Hangup::ShutsDown).context("cannot catch signals")?;
        let target = self.gateway.target(&self.state).await?;
        let mut client = target.connect_mcp().await?;
        if let Some(token) = target.token() {
            client.send(&json!({"action": "authenticate", "token": token})).await?;
            let answer = client.receive().await?;
            if answer.get("ok") != Some(&true.into()) {
                let error = answer.get("error").and_then(serde_json::Value::as_str).unwrap_or("no reason");
                warn(&format!("livegate: the gateway refused the sign-in: {}", printable(error)));
                return Ok(Outcome::Refused);
            }
        }
        let (stream, received) = client.into_stream();
        let (mut from_gateway, mut to_gateway) = tokio::io::split(stream);
        let forward = async {
            let mut parts = read_stdin();
            while let Some(part) = parts.recv().await {
                to_gateway.write_all(&part).await?;
                to_gateway.flush().await?;
            }
            // The last answers still come.
            to_gateway.shutdown().await?;
            std::future::pending::<std::io::Result<()>>().await
        };
        let back = async {
            write_stdout(&received)?;
            let mut part = vec![0; PART_BYTES];
            loop {
                let count = from_gateway.read(&mut part).await?;
                if count == 0 {
                    return Ok::<(), std::io::Error>(());
                }
                write_stdout(&part[..count])?;
            }
        };
        tokio::select! {
            () = shutdown => Ok(Outcome::Done),
            ended = back => ended.map(|()| Outcome::Done).context("the gateway closed the connection"),
            ended = forward => ended.map(|()| Outcome::Done).context("the gateway closed the connection"),
        }
    }
}

const PART_BYTES: usize = 16 * 1024;
const PARTS_WAITING_MAX: usize = 4;

/// Standard input as it comes. Its reads block, and cannot be cancelled.
fn read_stdin() -> mpsc::Receiver<Vec<u8>> {
    let (parts, receiver) = mpsc::channel(PARTS_WAITING_MAX);
    std::thread::spawn(move || {
        let mut part = vec![0; PART_BYTES];
        while let Ok(count) = stdin().read(&mut part) {
            if count == 0 || parts.blocking_send(part[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}

fn write_stdout(part: &[u8]) -> std::io::Result<()> {
    tokio::task::block_in_place(|| {
        let mut output = stdout().lock();
        output.write_all(part)?;
        output.flush()
    })
}
