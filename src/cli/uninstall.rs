//! `livegate uninstall`: removes from Live's folder what `install` put there, and nothing else.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::live_folder::LiveArgs;
use super::remote_script::RemoteScript;
use super::{Outcome, ReportArgs, print_json, service};

/// Remove the Remote Script from Live.
///
/// Trail, users, keys and configuration stay. `--all` removes the service, too.
///
/// Example: livegate uninstall --all
#[derive(Args)]
pub struct Uninstall {
    #[command(flatten)]
    live: LiveArgs,
    #[command(flatten)]
    report: ReportArgs,
    /// Also stop and remove the service
    #[arg(long, conflicts_with = "json")]
    all: bool,
}

impl Uninstall {
    pub fn run(self) -> Result<Outcome> {
        let state_dir = self.report.state.dir()?;
        if self.all {
            service::uninstall(self.report.state.folder.clone())?;
        }
        let script = RemoteScript::below(&self.live.remote_scripts()?);
        let was_there = script.remove()?;
        let facts = json!({"ok": true, "script": script.folder, "removed": was_there, "left": state_dir});
        if self.report.json {
            print_json(facts.as_object().expect("facts are an object"));
            return Ok(Outcome::Done);
        }
        let folder = script.folder.display();
        if was_there {
            println!("removed  {folder}; restart Live to unload it");
        } else {
            println!("{folder} does not exist; nothing to remove");
        }
        println!(
            "kept     {}: trail, users, keys and configuration, with the ports in livegate.toml; delete the folder if you no \
             longer need them",
            state_dir.display()
        );
        Ok(Outcome::Done)
    }
}
