//! The client of the line protocol, for the command line, for Python and for tests.

pub(crate) mod answer_line;
pub(crate) mod destination;
mod error;
pub(crate) mod known_gateways;
pub mod known_trails;
pub(crate) mod secret_file;
pub mod shared;

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::failure::Context;
use crate::platform;
use crate::platform::{End, Stream};
use crate::tls::{self, Identity, Successor, Trust};
use crate::wire::line::Lines;
pub(crate) use answer_line::AnswerLine;
use error::failed;
pub(crate) use error::{Error, Result};

/// A connection to a gateway. One task uses it at a time; [`shared`] serves several.
pub struct Client {
    stream: Box<dyn Stream>,
    lines: Lines,
    /// Lines that arrived while an answer was awaited.
    kept: VecDeque<Bytes>,
    kept_bytes: usize,
    /// The number of ids assigned so far.
    numbered: u64,
    exporter: Option<[u8; 32]>,
    authority: Option<[u8; 32]>,
    successor: Option<Successor>,
}

/// What a connection is to speak after its sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// The line protocol (docs/protocol.md), ALPN `livegate/1`.
    Lines,
    /// Messages of the Model Context Protocol, ALPN `livegate-mcp/1`.
    Mcp,
}

impl Speech {
    /// As ALPN names it.
    const fn application(self) -> &'static [u8] {
        match self {
            Speech::Lines => tls::ALPN,
            Speech::Mcp => tls::MCP_ALPN,
        }
    }
}

const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most bytes of such lines. During pairing by code the server is not authenticated yet, and must not exhaust memory.
const KEPT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Longer than the longest deadline of a request plus the gateway's margin.
pub const ANSWER_WAIT: Duration = Duration::from_secs(90);
const CONNECT_WAIT: Duration = Duration::from_secs(10);
/// The most requests that are sent before the first of their answers is read.
const TOGETHER_MAX: usize = 64;
const TOGETHER_BYTES_MAX: usize = 32 * 1024;
const SPEAKS_TLS: &str = "the server uses TLS: give --pin (livegate cert show prints it on the gateway's machine), \
    or --ca with its CA's certificate";

impl Client {
    /// A client of the line protocol on a connection that needs no handshake.
    pub fn over(stream: Box<dyn Stream>) -> Client {
        Client {
            stream,
            lines: Lines::new(ANSWER_BYTES_MAX),
            kept: VecDeque::new(),
            kept_bytes: 0,
            numbered: 0,
            exporter: None,
            authority: None,
            successor: None,
        }
    }

    /// Plain lines, to a loopback address only.
    pub async fn connect_plain(address: &str) -> Result<Client> {
        let address = resolve(address).await?;
        if !address.ip().is_loopback() {
            return Err(failed("plain lines go only to a loopback address; give --pin or --ca to use TLS"));
        }
        Ok(Client::over(Box::new(tcp(address).await?)))
    }

    /// Connects over TLS 1.3 to `HOST:PORT`; `server_name` replaces the host in the check of the certificate.
    pub async fn connect_tls(address: &str, server_name: Option<&str>, trust: &Trust) -> Result<Client> {
        Client::connect_tls_as(None, address, server_name, trust).await
    }

    /// With a client certificate, if there is one.
    pub async fn connect_tls_as(
        identity: Option<&Identity>,
        address: &str,
        server_name: Option<&str>,
        trust: &Trust,
    ) -> Result<Client> {
        Client::connect_tls_for(Speech::Lines, identity, address, server_name, trust).await
    }

    /// The same, for what is spoken then.
    pub async fn connect_tls_for(
        speech: Speech,
        identity: Option<&Identity>,
        address: &str,
        server_name: Option<&str>,
        trust: &Trust,
    ) -> Result<Client> {
        let stream = tcp(resolve(address).await?).await?;
        let connecting =
            tls::connect_as(identity, speech.application(), stream, server_name.unwrap_or(host_of(address)), trust);
        let connected =
            timeout(CONNECT_WAIT, connecting).await.context("the gateway does not answer")?.map_err(explain_close)?;
        let authority = connected.authority;
        let successor = connected.successor;
        Ok(Client { exporter: Some(connected.exporter), authority, successor, ..Client::over(connected.stream) })
    }

    /// The SHA-256 of the public key of the CA that this client trusted the gateway by; `None` over plain lines.
    pub fn authority(&self) -> Option<[u8; 32]> {
        self.authority
    }

    /// The CA that replaced the one this client trusts.
    pub fn successor(&self) -> Option<Successor> {
        self.successor
    }

    /// Keying material that only the two ends of the TLS connection know (RFC 5705).
    pub fn exporter(&self) -> Option<[u8; 32]> {
        self.exporter
    }

    /// The owner's control socket on this machine.
    pub async fn connect_control(state_dir: &Path) -> std::io::Result<Client> {
        platform::connect_own(state_dir, End::Control).await.map(Client::over)
    }

    /// The pipe of a gateway on this machine, for programs of the user that runs it.
    pub async fn connect_pipe(state_dir: &Path) -> std::io::Result<Client> {
        platform::connect_own(state_dir, End::Lines).await.map(Client::over)
    }

    /// MCP of a gateway on this machine, for agents of the user that runs it.
    pub async fn connect_mcp(state_dir: &Path) -> std::io::Result<Client> {
        platform::connect_own(state_dir, End::Mcp).await.map(Client::over)
    }

    /// The connection itself, and what was received and not read.
    pub fn into_stream(mut self) -> (Box<dyn Stream>, Bytes) {
        let received = self.lines.buffer_mut().split().freeze();
        (self.stream, received)
    }

    /// Sign in. The answer may be a refusal.
    pub async fn authenticate(&mut self, token: &SecretString) -> Result<Map<String, Value>> {
        self.ask(json!({"action": "authenticate", "token": token.expose_secret()})).await
    }

    /// Send a request and wait for its answer, matched by id. Lines in between are kept. After an error the outcome is unknown and the
    /// connection unusable: drop the client.
    pub async fn ask(&mut self, request: Value) -> Result<Map<String, Value>> {
        let gave_an_id = request.get("id").is_some();
        let mut answer = self.ask_for_line(request).await?.read()?;
        // If the caller gave no id, the answer has none.
        answer.retain(|key, _| key != "id" || gave_an_id);
        Ok(answer)
    }

    /// The same, with the answer unparsed: a parsed one takes many times its length in memory.
    pub async fn ask_for_line(&mut self, mut request: Value) -> Result<AnswerLine> {
        let given = request.get("id").cloned();
        let id = given.unwrap_or_else(|| self.number(&mut request));
        self.send(&request).await?;
        loop {
            let line = timeout(ANSWER_WAIT, self.expect_line()).await.context("the gateway does not answer")??;
            let answer = AnswerLine::of(line)?;
            if answer.envelope.id.as_ref() == Some(&id) || answer.envelope.refuses_unreadable() {
                return Ok(answer);
            }
            if answer.envelope.id.is_none() && answer.envelope.event.is_none() {
                return Err(answer.envelope.closing_error());
            }
            self.keep(answer.line)?;
        }
    }

    /// Send requests together and wait for their answers, in the order of the requests. The number in flight is limited, so that neither end blocks
    /// on writing while the other does.
    pub async fn ask_all_for_lines(&mut self, mut requests: Vec<Value>) -> Result<Vec<AnswerLine>> {
        let mut answers = Vec::with_capacity(requests.len());
        let mut next = 0;
        while next < requests.len() {
            let mut lines = String::new();
            let mut ids = Vec::new();
            while next < requests.len() && ids.len() < TOGETHER_MAX && lines.len() < TOGETHER_BYTES_MAX {
                ids.push(self.number(&mut requests[next]));
                lines.push_str(&requests[next].to_string());
                lines.push('\n');
                next += 1;
            }
            self.send_bytes(lines.as_bytes()).await?;
            answers.extend(self.expect_answers(&ids).await?);
        }
        Ok(answers)
    }

    async fn expect_answers(&mut self, ids: &[Value]) -> Result<Vec<AnswerLine>> {
        let mut answers: Vec<Option<AnswerLine>> = ids.iter().map(|_| None).collect();
        let mut missing = ids.len();
        while missing > 0 {
            let line = timeout(ANSWER_WAIT, self.expect_line()).await.context("the gateway does not answer")??;
            let answer = AnswerLine::of(line)?;
            let place = answer.envelope.id.as_ref().and_then(|id| ids.iter().position(|one| one == id));
            match place {
                Some(place) if answers[place].is_none() => {
                    answers[place] = Some(answer);
                    missing -= 1;
                }
                _ if answer.envelope.event.is_none() && answer.envelope.id.is_none() => {
                    return Err(answer.envelope.closing_error());
                }
                _ => self.keep(answer.line)?,
            }
        }
        Ok(answers.into_iter().flatten().collect())
    }

    /// Assign an id to a request.
    fn number(&mut self, request: &mut Value) -> Value {
        self.numbered += 1;
        let id = Value::from(format!("ask {}", self.numbered));
        if let Some(request) = request.as_object_mut() {
            request.insert("id".into(), id.clone());
        }
        id
    }

    fn keep(&mut self, line: Bytes) -> Result<()> {
        self.kept_bytes += weight(&line);
        if self.kept_bytes > KEPT_BYTES_MAX {
            return Err(failed(format!(
                "the gateway sent more than {KEPT_BYTES_MAX} bytes of events without an answer"
            )));
        }
        self.kept.push_back(line);
        Ok(())
    }

    /// Sends a request without waiting for its answer. It should have an `id` if others are unanswered.
    pub async fn send(&mut self, request: &Value) -> Result<()> {
        self.send_bytes(format!("{request}\n").as_bytes()).await
    }

    /// Send raw bytes, for tests of the parser.
    pub async fn send_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.stream.write_all(bytes).await.context("the gateway closed the connection")?;
        Ok(self.stream.flush().await.context("the gateway closed the connection")?)
    }

    /// The next answer or event, within [`ANSWER_WAIT`].
    pub async fn receive(&mut self) -> Result<Map<String, Value>> {
        timeout(ANSWER_WAIT, self.next_event()).await.context("the gateway does not answer")?
    }

    /// The same, however long it takes. Dropping this loses nothing: the client keeps what it received of a line.
    pub async fn next_event(&mut self) -> Result<Map<String, Value>> {
        match self.kept.pop_front() {
            Some(line) => {
                self.kept_bytes -= weight(&line);
                read(&line)
            }
            None => read(&self.expect_line().await?),
        }
    }

    async fn expect_line(&mut self) -> Result<Bytes> {
        self.next_line().await?.ok_or_else(|| failed("the gateway closed the connection"))
    }

    /// The next line received, or `None` at the end of the connection. Kept lines are not returned.
    pub async fn next(&mut self) -> Result<Option<Map<String, Value>>> {
        self.next_line().await?.map(|line| read(&line)).transpose()
    }

    async fn next_line(&mut self) -> Result<Option<Bytes>> {
        loop {
            if let Some(line) = self.lines.next_line().map_err(|_| failed("the answer is too long"))? {
                return Ok(Some(line));
            }
            match self.stream.read_buf(self.lines.buffer_mut()).await {
                Ok(0) => return self.end_of_plain_lines(),
                Ok(_) => (),
                // In TLS 1.3 the refusal of a client certificate arrives with the first read.
                Err(error) => {
                    return tls::explain(&error).map_or_else(|| self.end_of_plain_lines(), |why| Err(failed(why)));
                }
            }
        }
    }

    /// A TLS server answers a plain line with an alert, which has no line end.
    fn end_of_plain_lines(&self) -> Result<Option<Bytes>> {
        if is_tls(self.lines.waiting()) {
            return Err(failed(SPEAKS_TLS));
        }
        Ok(None)
    }

    /// End the output. Answers may still arrive.
    pub async fn finish(&mut self) -> Result<()> {
        Ok(self.stream.shutdown().await?)
    }
}

fn read<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Result<T> {
    // An alert may contain a line end.
    if is_tls(line) {
        return Err(failed(SPEAKS_TLS));
    }
    Ok(serde_json::from_slice(line).context("the answer is not JSON; does a gateway listen there?")?)
}

/// Whether a TLS alert begins here (RFC 8446, 5.1).
fn is_tls(bytes: &[u8]) -> bool {
    bytes.starts_with(&[21, 3])
}

/// The memory of a kept line, in bytes.
fn weight(line: &Bytes) -> usize {
    line.len() + size_of::<Bytes>()
}

/// A gateway that blocks this address closes the connection before the TLS handshake. Add that to the error.
fn explain_close(error: tls::Error) -> Error {
    let error = Error::from(error);
    let ends = [io::ErrorKind::UnexpectedEof, io::ErrorKind::ConnectionReset, io::ErrorKind::BrokenPipe];
    if !error.kind().io_kind().is_some_and(|kind| ends.contains(&kind)) {
        return error;
    }
    error.of_attempt(
        "the gateway closed the connection before the TLS handshake; this address may be blocked after failed sign-ins: \
         try again in a minute, or run livegate status on the gateway's machine",
    )
}

/// The host in `HOST:PORT`, without the brackets around an IPv6 address.
pub fn host_of(address: &str) -> &str {
    address.rsplit_once(':').map_or(address, |(host, _)| host).trim_matches(['[', ']'])
}

async fn resolve(address: &str) -> Result<SocketAddr> {
    let port = address.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
    let port =
        port.ok_or_else(|| failed(format!("{address} is not an address: give HOST:PORT, such as studio.local:9443")))?;
    let context = || format!("cannot resolve {address}: check the name, or give the IP address");
    // Host and port apart, so that the system's resolver reads the zone in [fe80::1%wlan0].
    let mut found = tokio::net::lookup_host((host_of(address), port)).await.with_context(context)?;
    found.next().ok_or_else(|| failed(context()))
}

/// Whether a gateway answers `GET /healthz` at a plain address of this machine.
pub async fn answers_health(address: SocketAddr) -> Result<bool> {
    const ANSWER_BYTES_MAX: u64 = 4096;
    let mut stream = tcp(address).await?;
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await?;
    Ok([b"up\n".as_slice(), b"down\n"].iter().any(|body| answer.ends_with(body)))
}

#[expect(clippy::disallowed_methods, reason = "only the client may connect")]
async fn tcp(address: SocketAddr) -> Result<TcpStream> {
    let connecting = timeout(CONNECT_WAIT, TcpStream::connect(address)).await;
    let stream = connecting.context("the gateway does not answer")?;
    let stream = stream.with_context(|| format!("cannot connect to {address}; does a gateway run there?"))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

#[cfg(test)]
mod tests;
