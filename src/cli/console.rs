//! The owner's console: the running gateway's control socket, or, where none runs, the same path within this process.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::client::Client;
use crate::gateway::{BridgeUse, Gateway};
use crate::platform::StateDir;
use crate::review::printable;

pub struct Console {
    client: Client,
    /// The gateway of this process, where no other runs.
    own: Option<Gateway>,
}

impl Console {
    pub async fn open(state_dir: &Path) -> Result<Console> {
        if let Ok(client) = Client::connect_control(state_dir).await {
            return Ok(Console { client, own: None });
        }
        let config = super::load_config(None, state_dir)?;
        // Nobody else's log says what goes wrong in here.
        super::log_errors_to_stderr();
        let gateway = Gateway::start(config, StateDir::claim(state_dir)?, BridgeUse::Absent).await?;
        if let Some(new_log) = gateway.entrance.recorder.health().log_begun() {
            eprintln!("livegate: {}", printable(new_log));
        }
        Ok(Console { client: Client::over(gateway.entrance.console()?), own: Some(gateway) })
    }

    /// The console of a gateway in this process.
    pub fn within(gateway: &Gateway) -> Result<Console> {
        Ok(Console { client: Client::over(gateway.entrance.console()?), own: None })
    }

    /// A request and its answer; a refusal is an error here.
    pub async fn ask(&mut self, request: Value) -> Result<Map<String, Value>> {
        let answer = self.client.ask(request).await?;
        match answer.get("ok") {
            Some(Value::Bool(true)) => Ok(answer),
            _ => bail!("{}", self.refusal(&answer)),
        }
    }

    /// What a refusal says, and where its cause stands if it is the gateway's own.
    fn refusal(&self, answer: &Map<String, Value>) -> String {
        let text = |key: &str| answer.get(key).and_then(Value::as_str);
        let error = text("error").unwrap_or("the gateway refused");
        let log = if self.own.is_some() { "see above" } else { "see the gateway's log" };
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

/// A text of an answer that must be there.
pub fn text<'a>(answer: &'a Map<String, Value>, key: &str) -> Result<&'a str> {
    answer.get(key).and_then(Value::as_str).with_context(|| format!("the gateway's answer has no {key}"))
}
