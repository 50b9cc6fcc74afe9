//! `livegate uninstall`: what `install` put into Live's folder is taken away; everything else stays.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::remote_script::RemoteScript;
use super::{Outcome, State, live_folder, print_json};

/// Take the Remote Script out of Live's User Library. Trail, users, keys and configuration stay.
///
/// Example: livegate uninstall
#[derive(Args)]
pub struct Uninstall {
    /// Live's User Library, or its folder "Remote Scripts" [default: where Live keeps it on macOS and Windows]
    #[arg(long, value_name = "PATH")]
    live_dir: Option<PathBuf>,
    #[command(flatten)]
    state: State,
    /// One line of JSON
    #[arg(long)]
    json: bool,
}

impl Uninstall {
    pub fn run(self) -> Result<Outcome> {
        let state_dir = self.state.dir()?;
        let script = RemoteScript::below(&live_folder::remote_scripts(self.live_dir.as_deref())?);
        let was_there = script.remove()?;
        let facts = json!({"ok": true, "script": script.folder, "removed": was_there, "left": state_dir});
        if self.json {
            print_json(facts.as_object().expect("facts are an object"));
            return Ok(Outcome::Done);
        }
        let folder = script.folder.display();
        match was_there {
            true => println!("removed  {folder}; Live lets go of it when it is started again"),
            false => println!("{folder} is not there; nothing to remove"),
        }
        println!(
            "left     {}: the trail, users, keys and configuration (livegate.toml keeps its ports, 9004 too if it took it); remove \
             that folder yourself if nobody needs them",
            state_dir.display()
        );
        Ok(Outcome::Done)
    }
}
