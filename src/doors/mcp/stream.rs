//! MCP as a stream of lines: on the pipe for agents of this user, or over TLS after a first line that signs in.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use livegate_mcp::stream::{Limits, StreamShutdown};
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{McpCaller, McpDoor, host};
use crate::audit::Event;
use crate::config;
use crate::doors::exchange::Unread;
use crate::doors::sessions::{Credential, Requester};
use crate::gateway::accept::{self, Failure, Peer};
use crate::gateway::identify::Caller;
use crate::platform::BoxedStream;
use crate::session::connection::{Door, Transport};
use crate::wire::message::Message;
use crate::wire::refusal::{Code, Refusal};

/// A connection that speaks MCP.
pub struct McpArrival {
    pub peer: Peer,
    pub address: Option<SocketAddr>,
    pub stream: BoxedStream,
    pub transport: Option<Transport>,
    /// Of the pipe, or of a client certificate.
    pub caller: Option<Arc<Caller>>,
}

/// The first line of a connection without a caller, before MCP begins.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    action: String,
    token: String,
}

/// The result of waiting for the first line.
enum FirstLine {
    Whole(Bytes),
    /// The client disconnected or sent too much.
    Ended,
    Late,
}

impl McpDoor {
    /// Serve a connection until it ends.
    pub async fn serve_stream(&self, arrival: McpArrival) {
        let McpArrival { mut peer, address, mut stream, transport, caller } = arrival;
        let mut received = BytesMut::new();
        let credential = match caller {
            Some(caller) => Credential::Caller(caller),
            None => {
                let signing_in = tokio::select! {
                    signing_in = self.first_line(&mut stream, &mut received) => signing_in,
                    () = peer.evicted() => return self.context.recorder.note(evicted(address)),
                };
                match signing_in {
                    FirstLine::Whole(line) => credential(&line),
                    FirstLine::Ended => return,
                    FirstLine::Late => return self.penalise_silence(address),
                }
            }
        };
        let requester = Requester { door: Door::Mcp, transport, address, credential };
        if transport.is_some() && self.sign_in(&requester, &mut stream).await.is_none() {
            return;
        }
        if peer.become_caller().is_err() {
            return;
        }
        let refused = CancellationToken::new();
        let all = self.shutdown.child_token();
        let caller = McpCaller { requester, all_tools: false, taken: Box::new(|| ()), refused: refused.clone() };
        let (host, unread_answers) = self.host(caller);
        let config = &self.context.shared.config;
        let limits = Limits {
            line_bytes_max: config.mcp.body_bytes_max,
            requests_max: config.mcp.requests_per_connection_max,
            unread: config::ms(config.connections.unread_answer_ms),
            idle: Duration::from_secs(config.connections.idle_s),
        };
        let (read, write) = tokio::io::split(stream);
        let ends = StreamShutdown { reading: refused, all };
        let written = move || unread_answers.release();
        let host = Arc::new(host::Shared(host));
        livegate_mcp::stream::serve(host, limits, (read, received), (write, written), ends).await;
        drop(peer);
    }

    /// The first line, within the limits of unauthenticated connections.
    async fn first_line(&self, stream: &mut BoxedStream, received: &mut BytesMut) -> FirstLine {
        let config = &self.context.shared.config;
        let bytes_max = config.requests.line_bytes_max_before_sign_in;
        let line = async {
            loop {
                if let Some(at) = received.iter().position(|byte| *byte == b'\n') {
                    return Some(received.split_to(at + 1).freeze());
                }
                if received.len() > bytes_max || stream.read_buf(received).await.ok()? == 0 {
                    return None;
                }
            }
        };
        match timeout(config::ms(config.connections.first_line_ms), line).await {
            Ok(Some(line)) => FirstLine::Whole(line),
            Ok(None) => FirstLine::Ended,
            Err(_) => FirstLine::Late,
        }
    }

    fn penalise_silence(&self, address: Option<SocketAddr>) {
        let Some(address) = address else { return };
        self.context.recorder.note(accept::refused_connection(address, "it did not sign in in time"));
        let penalty = self.context.shared.limits.sources.penalise(address.ip(), Failure::Silence);
        if let Some(penalty) = penalty {
            self.context.recorder.note(penalty);
        }
    }

    /// Check the credential and answer the first line. `None`: it is refused, and the refusal is recorded.
    async fn sign_in(&self, requester: &Requester, stream: &mut BoxedStream) -> Option<()> {
        let answer = match &requester.credential {
            Credential::None => {
                let message = "the first line must be {\"action\": \"authenticate\", \"token\": …}";
                let refused = Refusal::new(Code::Unauthenticated, message);
                Err(self.sessions.ask(requester, Message::refused(None, Bytes::new(), refused)).await)
            }
            // A certificate has signed the client in already, and the client waits for no answer.
            Credential::Caller(_) => return self.sessions.signed_in(requester).await.ok().map(drop),
            Credential::Token(_) => self.sessions.signed_in(requester).await.map(drop),
        };
        let (line, is_in) = match answer {
            Ok(()) => (Bytes::from_static(b"{\"ok\":true}\n"), Some(())),
            Err(refused) => (Unread::line(&refused).clone(), None),
        };
        let sending = async {
            stream.write_all(&line).await?;
            stream.flush().await
        };
        timeout(SENDING, sending).await.ok()?.ok()?;
        is_in
    }
}

const SENDING: Duration = Duration::from_secs(10);

fn credential(line: &[u8]) -> Credential {
    match serde_json::from_slice::<SignIn>(line) {
        Ok(SignIn { action, token }) if action == "authenticate" => Credential::Token(token.into()),
        _ => Credential::None,
    }
}

fn evicted(address: Option<SocketAddr>) -> Event {
    accept::evicted(address.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0))))
}
