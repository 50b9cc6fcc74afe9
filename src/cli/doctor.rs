//! `livegate doctor`: checks everything between a client and Live, and prints a remedy for each failure.

mod bridge;
mod certificates;
mod finding;
mod gateway;
mod listeners;
mod other_programs;
mod plain;
mod script;
mod storage;
mod users;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::configuration::ConfigFile;
use super::demo::remote_scripts;
use super::live_folder::LiveArgs;
use super::{Outcome, ReportArgs, print_json, say};
use crate::config::Config;
use crate::platform;
use finding::{Finding, Findings};
use gateway::Running;

/// Check the installation and print a remedy for each failure.
///
/// Checks script, key, Live, gateway, users, certificates, disk and trail. Exit code 1 if a check fails.
///
/// Example: livegate doctor
#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    live: LiveArgs,
    #[command(flatten)]
    report: ReportArgs,
}

impl Doctor {
    pub fn new(live: LiveArgs, report: ReportArgs) -> Doctor {
        Doctor { live, report }
    }

    pub async fn run(self) -> Result<Outcome> {
        let findings = self.examine().await?;
        let passed = findings.iter().all(Finding::has_passed);
        if self.report.json {
            let facts = json!({"ok": passed, "checks": findings});
            print_json(facts.as_object().expect("facts are an object"));
        } else {
            findings.iter().for_each(|finding| say(&finding.to_string()));
        }
        Ok(if passed { Outcome::Done } else { Outcome::Refused })
    }

    /// Run all checks, in the order in which to apply the remedies.
    async fn examine(&self) -> Result<Vec<Finding>> {
        let state_dir = self.report.state.dir()?;
        let mut findings = Findings::default();
        let config = configuration(&state_dir, &mut findings);
        let demo = remote_scripts(&state_dir);
        let live_dir = self.live.live_dir.clone().or_else(|| demo.is_dir().then_some(demo));
        let live = LiveArgs { live_dir };
        let mut running = Running::find(&state_dir).await;
        if let Some(listener) = plain::is_used(&state_dir, &config).await {
            plain::examine(&live, &state_dir, &config, listener, running.as_mut(), &mut findings).await;
        } else {
            let key = script::examine(&live, &state_dir, &config, &mut findings);
            let took = bridge::examine(&config.bridge, key.as_ref(), running.as_ref(), &mut findings).await;
            match &mut running {
                Some(running) => running.examine(took.is_some(), &mut findings).await,
                None => gateway::miss(&state_dir, took, &mut findings),
            }
        }
        listeners::examine(&state_dir, &config, running.is_some(), &mut findings).await;
        other_programs::examine(&live, &config, running.as_ref(), &mut findings).await;
        users::examine(&state_dir, running.as_ref(), &mut findings);
        certificates::examine(&state_dir, &config, running.is_some(), &mut findings);
        storage::examine(&state_dir, &config, &mut findings);
        Ok(findings.into())
    }
}

/// The configuration that `serve` would use; the defaults if it is invalid.
fn configuration(state_dir: &std::path::Path, findings: &mut Findings) -> Config {
    match ConfigFile::read(state_dir) {
        Ok(file) => {
            let is_there = if platform::is_there(&file.path) { "" } else { " does not exist; the defaults apply" };
            findings.ok("configuration", format!("{}{is_there}", file.path.display()));
            file.config
        }
        Err(error) => {
            findings.fail("configuration", format!("{error:#}"), "correct it; livegate serve refuses to start with it");
            Config::default()
        }
    }
}
