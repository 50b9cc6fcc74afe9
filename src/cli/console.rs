//! The owner's console: the running gateway's control socket, or a gateway started inside this process if none runs.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::client::Client;
use crate::gateway::{BridgeUse, Gateway};
use crate::platform::StateDir;
use crate::review::printable;

/// The control socket of the running gateway; an error if none runs.
pub async fn connect_running(state_dir: &Path) -> Result<Client> {
    match Client::connect_control(state_dir).await {
        Ok(client) => Ok(client),
        Err(error) => {
            let dir = state_dir.display();
            let none = format!(
                "no gateway runs with {dir}: start one with livegate serve, or name its folder with --state-dir"
            );
            // The socket does not exist, or its gateway has ended; the system's error adds nothing.
            match error.kind() {
                ErrorKind::NotFound | ErrorKind::ConnectionRefused => bail!(none),
                _ => Err(error).context(none),
            }
        }
    }
}

pub struct Console {
    client: Client,
    /// The gateway inside this process, if no other runs.
    own: Option<Gateway>,
}

impl Console {
    pub async fn open(state_dir: &Path) -> Result<Console> {
        if let Ok(client) = Client::connect_control(state_dir).await {
            return Ok(Console { client, own: None });
        }
        let config = super::load_config(None, state_dir)?;
        // A gateway in this process has no other log.
        super::logging::log_errors_to_stderr();
        let gateway = Gateway::start(config, StateDir::claim(state_dir)?, BridgeUse::Absent).await?;
        if let Some(new_log) = gateway.context.recorder.health().log_begun() {
            eprintln!("livegate: {}", printable(new_log));
        }
        Ok(Console { client: Client::over(gateway.context.console()?), own: Some(gateway) })
    }

    /// The console of a gateway inside this process.
    pub fn within(gateway: &Gateway) -> Result<Console> {
        Ok(Console { client: Client::over(gateway.context.console()?), own: None })
    }

    /// A request and its answer. A refusal is an error.
    pub async fn ask(&mut self, request: Value) -> Result<Map<String, Value>> {
        let answer = self.client.ask(request).await?;
        match answer.get("ok") {
            Some(Value::Bool(true)) => Ok(answer),
            _ => bail!("{}", self.refusal(&answer)),
        }
    }

    /// A refusal's message; an internal error also names the log that has its cause.
    fn refusal(&self, answer: &Map<String, Value>) -> String {
        let text = |key: &str| answer.get(key).and_then(Value::as_str);
        let error = text("error").unwrap_or("the gateway refused");
        let log = if self.own.is_some() { "see the log above" } else { "see the gateway's log" };
        text("reference")
            .map_or_else(|| error.to_owned(), |reference| format!("{error} (reference {reference}, {log})"))
    }

    pub async fn close(self) {
        drop(self.client);
        if let Some(gateway) = self.own {
            gateway.stop().await;
        }
    }
}

/// Open the console, ask once, close it.
pub async fn ask(state_dir: &Path, request: Value) -> Result<Map<String, Value>> {
    let mut console = Console::open(state_dir).await?;
    let answer = console.ask(request).await;
    console.close().await;
    answer
}

/// A string field that the answer must have.
pub fn text<'a>(answer: &'a Map<String, Value>, key: &str) -> Result<&'a str> {
    answer.get(key).and_then(Value::as_str).with_context(|| format!("the gateway's answer lacks {key}"))
}
