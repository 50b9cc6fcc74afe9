//! `livegate setup`: the first run, from nothing to a gateway that reaches Live; each step is a command of its own.

use std::io::{IsTerminal, stdin};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};

use super::doctor::Doctor;
use super::init::Init;
use super::install::Install;
use super::live_folder::LiveArgs;
use super::{Outcome, ReportArgs, State, StateFolder, console, say, service};

/// Set up livegate where Live runs, step by step.
///
/// Installs the Remote Script, starts the gateway at each login, waits until Live has loaded the script, offers to serve other
/// machines, and checks everything. `livegate uninstall --all` undoes it.
///
/// Example: livegate setup
#[derive(Args)]
pub struct Setup {
    #[command(flatten)]
    live: LiveArgs,
    #[command(flatten)]
    folder: StateFolder,
    /// Ask nothing: install script and service, and serve this machine only
    #[arg(long)]
    yes: bool,
    /// Seconds to wait for Live
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    wait: u64,
}

const CLICKS: &str = "\nIn Live, two clicks:\n\
    1. Open Settings > Link, Tempo & MIDI (Live 11: Preferences). A Live that runs already must be restarted first.\n\
    2. Choose LiveGate as a Control Surface; leave its Input and Output at None.\n";

impl Setup {
    pub async fn run(self) -> Result<Outcome> {
        if !self.yes && !stdin().is_terminal() {
            bail!("setup asks questions; run it in a terminal, or with --yes");
        }
        let state_dir = self.folder.dir()?;
        Install::new(self.live(), self.report()).run().await?;
        let has_service = self.yes || agreed("Start the gateway now, and at each login?", true)?;
        if has_service {
            service::install(self.folder.clone())?;
        } else {
            say("Run livegate serve in another terminal.");
        }
        say(CLICKS);
        self.wait_for_live(&state_dir).await;
        if !self.yes && agreed("Serve other machines on the network, too?", false)? {
            Init::new(self.folder.clone()).run().await?;
            if has_service {
                service::install(self.folder.clone())?;
            }
            say("livegate pair lets a device in.");
        }
        Doctor::new(self.live(), self.report()).run().await
    }

    fn live(&self) -> LiveArgs {
        LiveArgs { live_dir: self.live.live_dir.clone() }
    }

    fn report(&self) -> ReportArgs {
        ReportArgs { state: State { folder: self.folder.clone(), gateway: None }, json: false }
    }

    /// Returns when the script answers, or after the wait; the checks at the end report which.
    async fn wait_for_live(&self, state_dir: &Path) {
        for waited in 0..self.wait {
            if bridge_is_up(state_dir).await {
                say("Live answers.");
                return;
            }
            if waited == 0 {
                say(&format!("waiting for Live, at most {} s; Ctrl-C ends it", self.wait));
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

async fn bridge_is_up(state_dir: &Path) -> bool {
    let Ok(mut client) = console::connect_running(state_dir).await else { return false };
    let answer = client.ask(json!({"action": "status"})).await.unwrap_or_default();
    answer.get("bridge").and_then(|bridge| bridge.get("up")) == Some(&Value::Bool(true))
}

/// An empty answer is the default.
fn agreed(question: &str, default: bool) -> Result<bool> {
    say(&format!("{question} [{}]", if default { "Y/n" } else { "y/N" }));
    let mut line = String::new();
    stdin().read_line(&mut line).context("cannot read standard input")?;
    Ok(match line.trim().to_ascii_lowercase().as_str() {
        "" => default,
        answer => answer == "y" || answer == "yes",
    })
}
