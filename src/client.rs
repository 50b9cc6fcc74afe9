//! The one client of the line protocol: for `send`, for the command line's administration, and for tests.

pub mod known_trails;

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::gateway::handshake::{self, Identity, Successor, Trust};
use crate::line::{Lines, Stream};
use crate::platform;

pub struct Client {
    stream: Box<dyn Stream>,
    lines: Lines,
    /// Events that came while an answer was awaited.
    events: VecDeque<Map<String, Value>>,
    exporter: Option<[u8; 32]>,
    successor: Option<Successor>,
}

const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Longer than any deadline that a request may name, and what the gateway waits beyond it.
const ANSWER_WAIT: Duration = Duration::from_secs(90);
const CONNECT_WAIT: Duration = Duration::from_secs(10);

impl Client {
    pub fn over(stream: Box<dyn Stream>) -> Client {
        Client { stream, lines: Lines::new(ANSWER_BYTES_MAX), events: VecDeque::new(), exporter: None, successor: None }
    }

    /// Plain lines, to this machine only.
    pub async fn connect_plain(address: &str) -> Result<Client> {
        let address = resolve(address).await?;
        if !address.ip().is_loopback() {
            bail!("plain lines go to this machine only; name the gateway's CA with --ca or --pin");
        }
        Ok(Client::over(Box::new(tcp(address).await?)))
    }

    pub async fn connect_tls(address: &str, server_name: Option<&str>, trust: &Trust) -> Result<Client> {
        Client::connect_tls_as(None, address, server_name, trust).await
    }

    /// With a client certificate.
    pub async fn connect_tls_as(
        identity: Option<&Identity>,
        address: &str,
        server_name: Option<&str>,
        trust: &Trust,
    ) -> Result<Client> {
        let host = address.rsplit_once(':').map_or(address, |(host, _)| host).trim_matches(['[', ']']);
        let stream = tcp(resolve(address).await?).await?;
        let connecting = handshake::connect_as(identity, stream, server_name.unwrap_or(host), trust);
        let connected =
            timeout(CONNECT_WAIT, connecting).await.context("the gateway does not answer")?.map_err(hung_up)?;
        let (exporter, successor) = (Some(connected.exporter), connected.successor);
        Ok(Client { exporter, successor, ..Client::over(connected.stream) })
    }

    /// The CA that the gateway has instead of the one it is known by.
    pub fn successor(&self) -> Option<Successor> {
        self.successor
    }

    /// What both ends of a TLS connection know and nobody between them.
    pub fn exporter(&self) -> Option<[u8; 32]> {
        self.exporter
    }

    /// The owner's way in on this machine.
    pub async fn connect_control(state_dir: &Path) -> std::io::Result<Client> {
        platform::connect_control(state_dir).await.map(Client::over)
    }

    /// Sign in. The answer may be a refusal.
    pub async fn authenticate(&mut self, token: &SecretString) -> Result<Map<String, Value>> {
        self.ask(json!({"action": "authenticate", "token": token.expose_secret()})).await
    }

    /// One request, and its answer. Events that come in between are heard afterwards.
    pub async fn ask(&mut self, request: Value) -> Result<Map<String, Value>> {
        self.tell(&request).await?;
        loop {
            let line = self.within_patience().await?;
            if !line.contains_key("event") {
                return Ok(line);
            }
            self.events.push_back(line);
        }
    }

    pub async fn tell(&mut self, request: &Value) -> Result<()> {
        self.tell_bytes(format!("{request}\n").as_bytes()).await
    }

    /// Bytes as they are, for those who test what the gateway makes of them.
    pub async fn tell_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.stream.write_all(bytes).await.context("the gateway closed the connection")?;
        self.stream.flush().await.context("the gateway closed the connection")
    }

    /// The next answer or event.
    pub async fn hear(&mut self) -> Result<Map<String, Value>> {
        match self.events.pop_front() {
            Some(event) => Ok(event),
            None => self.within_patience().await,
        }
    }

    async fn within_patience(&mut self) -> Result<Map<String, Value>> {
        timeout(ANSWER_WAIT, self.next())
            .await
            .context("the gateway does not answer")?
            .and_then(|answer| answer.context("the gateway closed the connection"))
    }

    /// The next line, or `None` at the end of the connection.
    pub async fn next(&mut self) -> Result<Option<Map<String, Value>>> {
        loop {
            if let Some(line) = self.lines.next_line().map_err(|_| anyhow::anyhow!("the answer is too long"))? {
                return serde_json::from_slice(&line).map(Some).context("the answer is not JSON");
            }
            match self.stream.read_buf(self.lines.buffer_mut()).await {
                Ok(0) => return Ok(None),
                Ok(_) => (),
                // TLS 1.3 tells a client only now that its certificate was not taken.
                Err(error) => return handshake::explain(&error).map_or(Ok(None), |why| bail!(why)),
            }
        }
    }

    /// Nothing more will be said; answers may still come.
    pub async fn finish(&mut self) -> Result<()> {
        Ok(self.stream.shutdown().await?)
    }
}

/// A gateway that lets nobody in from here hangs up before a word of TLS.
fn hung_up(error: anyhow::Error) -> anyhow::Error {
    let causes = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    let ends = [ErrorKind::UnexpectedEof, ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
    match causes.map(std::io::Error::kind).any(|kind| ends.contains(&kind)) {
        true => error.context(
            "the gateway hung up before TLS stood; too much may have failed from this address lately: try again in a minute, or look at livegate status there",
        ),
        false => error,
    }
}

async fn resolve(address: &str) -> Result<SocketAddr> {
    let mut found =
        tokio::net::lookup_host(address).await.with_context(|| format!("cannot find {address}; it is HOST:PORT"))?;
    found.next().with_context(|| format!("cannot find {address}"))
}

#[expect(clippy::disallowed_methods, reason = "this is the client, which may connect")]
async fn tcp(address: SocketAddr) -> Result<TcpStream> {
    let connecting = timeout(CONNECT_WAIT, TcpStream::connect(address)).await;
    let stream = connecting.context("the gateway does not answer")?;
    let stream = stream.with_context(|| format!("cannot reach {address}; does a gateway run there?"))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
