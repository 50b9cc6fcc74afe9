//! `livegate audit backup`: a copy of the trail, verified.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;

use crate::audit;
use crate::cli::{Outcome, State, print_json, say};
use crate::platform;
use crate::review::printable;

/// Copy the trail to a new file, while a gateway runs or not, and verify the copy as a whole.
///
/// Example: livegate audit backup /media/stick/trail-monday.db
#[derive(Args)]
pub struct Backup {
    /// A file that is not there yet
    file: PathBuf,
    #[command(flatten)]
    state: State,
    /// One line of JSON
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub async fn run(self) -> Result<Outcome> {
        let state_dir = self.state.dir()?;
        let key = audit::verifier(&state_dir)?;
        let file = std::path::absolute(&self.file)?;
        // Caught before there is anything to be left behind.
        let ended = platform::shutdown_signal().context("cannot listen for the signal to end")?;
        let backup = audit::Backup::begin(&file)?;
        let (folder, trail, log) = (backup.folder().to_owned(), state_dir.join(audit::FILE), key.clone());
        let made = tokio::task::spawn_blocking(move || backup.make(&trail, &log));
        let report = tokio::select! {
            made = made => made??,
            () = ended => {
                // What writes it ends with the process.
                let _ = std::fs::remove_dir_all(folder);
                bail!("ended before the copy was made; nothing is kept");
            }
        };
        let unsigned = report.rows.saturating_sub(report.covered);
        if self.json {
            let told = json!({
                "ok": true, "file": file.to_string_lossy(), "rows": report.rows, "checkpoints": report.checkpoints,
                "covered": report.covered, "origin": key.origin(), "unsigned": unsigned,
            });
            print_json(told.as_object().expect("an object"));
            return Ok(Outcome::Done);
        }
        let (rows, checkpoints) = (report.rows, report.checkpoints);
        say(&printable(&format!("{}: {rows} rows, verified by {checkpoints} checkpoints", file.display())));
        let last = format!("the last checkpoint is of {} rows of {}", report.covered, key.origin());
        say(&printable(&format!("{last}; {unsigned} rows behind it are not signed yet")));
        say("keys/ is not in it: to go on with it after a loss takes keys/checkpoint.key too, kept apart from it");
        Ok(Outcome::Done)
    }
}
