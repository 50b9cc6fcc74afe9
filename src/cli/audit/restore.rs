//! `livegate audit restore`: a copy of the trail takes the trail's place.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use crate::audit::{self, Missing, Restored};
use crate::cli::{Outcome, State, load_config, print_json, say};
use crate::platform::StateDir;
use crate::review::printable;

/// Put a copy in place of the trail, while no gateway runs. It is verified first; the trail before is kept beside it.
///
/// Example: livegate audit restore /media/stick/trail-monday.db
#[derive(Args)]
pub struct Restore {
    /// A copy of the trail, such as `livegate audit backup` makes
    file: PathBuf,
    #[command(flatten)]
    state: State,
    /// One line of JSON
    #[arg(long)]
    json: bool,
}

impl Restore {
    pub fn run(self) -> Result<Outcome> {
        let state_dir = self.state.dir()?;
        let config = load_config(None, &state_dir)?;
        let restored = audit::restore(&StateDir::claim(&state_dir)?, &self.file, &config.trail)?;
        if self.json {
            let mut told = json!({"ok": true});
            let facts = serde_json::to_value(&restored)?;
            let told = told.as_object_mut().expect("an object");
            told.extend(facts.as_object().cloned().unwrap_or_default());
            print_json(told);
        } else {
            describe(&restored, &self.file.to_string_lossy()).iter().for_each(|line| say(&printable(line)));
        }
        Ok(Outcome::Done)
    }
}

fn describe(restored: &Restored, file: &str) -> Vec<String> {
    let Restored { rows, origin, aside, missing } = restored;
    let mut lines = vec![format!("restored {file}: {rows} rows, verified; behind them begins the log {origin}")];
    if let Some(aside) = aside {
        lines.push(format!("what was the trail lies in {}", aside.display()));
    }
    lines.push(match missing {
        Missing::Nothing => "nothing of it is missing in the restored one".into(),
        Missing::Rows { rows, first_seq, since } => format!(
            "{rows} rows of it are not in the restored one, from row {first_seq} on, of {since}; \
             clients that knew of them will warn"
        ),
        Missing::Unknown { signed: Some(signed) } => {
            format!("what was in it cannot be told: {signed} rows of it had been signed")
        }
        Missing::Unknown { signed: None } => "what was in it cannot be told".into(),
    });
    lines
}
