//! `livegate audit restore`: replaces the trail by a copy.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use crate::audit::{self, MissingRows, Restored};
use crate::cli::{Outcome, ReportArgs, counted, load_config, print_json, say};
use crate::platform::StateDir;
use crate::review::printable;

/// Replace the trail by a copy, while no gateway runs.
///
/// The copy is verified first; the old trail is kept beside it.
///
/// Example: livegate audit restore /media/stick/trail-monday.db
#[derive(Args)]
pub struct Restore {
    /// A copy of the trail, from `livegate audit backup`
    file: PathBuf,
    #[command(flatten)]
    report: ReportArgs,
}

impl Restore {
    pub fn run(self) -> Result<Outcome> {
        let state_dir = self.report.state.dir()?;
        let config = load_config(None, &state_dir)?;
        let restored = audit::restore(&StateDir::claim(&state_dir)?, &self.file, &config.trail)?;
        if self.report.json {
            let mut answer = json!({"ok": true});
            let facts = serde_json::to_value(&restored)?;
            let answer = answer.as_object_mut().expect("an object");
            answer.extend(facts.as_object().cloned().unwrap_or_default());
            print_json(answer);
        } else {
            describe(&restored, &self.file.to_string_lossy()).iter().for_each(|line| say(&printable(line)));
        }
        Ok(Outcome::Done)
    }
}

fn describe(restored: &Restored, file: &str) -> Vec<String> {
    let Restored { rows, origin, aside, missing } = restored;
    let mut lines =
        vec![format!("restored {file}: {}, verified; the log {origin} continues after them", counted(*rows, "row"))];
    if let Some(aside) = aside {
        lines.push(format!("the old trail is in {}", aside.display()));
    }
    lines.push(match missing {
        MissingRows::Nothing => "the restored trail has all of its rows".into(),
        MissingRows::Rows { rows, first_seq, since } => format!(
            "the restored trail lacks {rows} of its rows, from row {first_seq} on, of {since}; \
             clients that know them will warn"
        ),
        MissingRows::Unknown { signed: Some(signed) } => {
            format!("the old trail cannot be read; {signed} of its rows were signed")
        }
        MissingRows::Unknown { signed: None } => "the old trail cannot be read".into(),
    });
    lines
}
