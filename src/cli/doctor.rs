//! `livegate doctor`: everything between a client and Live, looked at one by one; what is wrong is said with its remedy.

mod bridge;
mod certificates;
mod finding;
mod gateway;
mod listeners;
mod script;
mod storage;
mod users;

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::configuration::ConfigFile;
use super::{Outcome, State, print_json, say};
use crate::config::Config;
use crate::platform;
use finding::{Finding, Findings};
use gateway::Running;

/// Look at script, key, Live, gateway, users, certificates, disk and trail, and say what to do about what is wrong.
/// Exit code 1 if anything is.
///
/// Example: livegate doctor
#[derive(Args)]
pub struct Doctor {
    /// Live's User Library, or its folder "Remote Scripts" [default: where Live keeps it on macOS and Windows]
    #[arg(long, value_name = "PATH")]
    live_dir: Option<PathBuf>,
    #[command(flatten)]
    state: State,
    /// One line of JSON
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub async fn run(self) -> Result<Outcome> {
        let findings = self.examine().await?;
        let is_well = findings.iter().all(Finding::is_bearable);
        if self.json {
            let facts = json!({"ok": is_well, "checks": findings});
            print_json(facts.as_object().expect("facts are an object"));
        } else {
            findings.iter().for_each(|finding| say(&finding.to_string()));
        }
        Ok(if is_well { Outcome::Done } else { Outcome::Refused })
    }

    /// From Live's folder to the disk, in the order in which remedies are best applied.
    async fn examine(&self) -> Result<Vec<Finding>> {
        let state_dir = self.state.dir()?;
        let mut findings = Findings::default();
        let config = configuration(&state_dir, &mut findings);
        let key = script::examine(self.live_dir.as_deref(), &state_dir, &config, &mut findings);
        let mut running = Running::find(&state_dir).await;
        let took = bridge::examine(&config.bridge, key.as_ref(), running.as_ref(), &mut findings).await;
        match &mut running {
            Some(running) => running.examine(took.is_some(), &mut findings).await,
            None => gateway::miss(&state_dir, took, &mut findings),
        }
        listeners::examine(&state_dir, &config, running.is_some(), &mut findings).await;
        users::examine(&state_dir, running.as_ref(), &mut findings);
        certificates::examine(&state_dir, &config, running.is_some(), &mut findings);
        storage::examine(&state_dir, &config, &mut findings);
        Ok(findings.into())
    }
}

/// The configuration that `serve` would use; the defaults stand in for one that cannot be used.
fn configuration(state_dir: &std::path::Path, findings: &mut Findings) -> Config {
    match ConfigFile::read(state_dir) {
        Ok(file) => {
            let is_there = if platform::is_there(&file.path) { "" } else { " is not there; the defaults hold" };
            findings.ok("configuration", format!("{}{is_there}", file.path.display()));
            file.config
        }
        Err(error) => {
            findings.fail("configuration", format!("{error:#}"), "correct it; serve does not start with it");
            Config::default()
        }
    }
}
