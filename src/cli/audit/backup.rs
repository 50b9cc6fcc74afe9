//! `livegate audit backup`: copies the trail and verifies the copy.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;

use super::super::progress::Progress;
use super::trail_file;
use crate::audit;
use crate::cli::{Outcome, ReportArgs, counted, print_json, say};
use crate::platform::{self, Hangup};
use crate::review::printable;

/// Copy the trail to a new file and verify the copy.
///
/// Works with or without a running gateway.
///
/// Example: livegate audit backup /media/stick/trail-monday.db
#[derive(Args)]
pub struct Backup {
    /// The new file
    file: PathBuf,
    #[command(flatten)]
    report: ReportArgs,
}

impl Backup {
    pub async fn run(self) -> Result<Outcome> {
        let state_dir = self.report.state.dir()?;
        let trail = trail_file(&state_dir)?;
        let key = audit::verifier(&state_dir)?;
        let file = std::path::absolute(&self.file)?;
        // Before anything is written that an interruption could leave behind.
        let interrupted = platform::shutdown_signal(Hangup::ShutsDown).context("cannot catch signals")?;
        let backup = audit::Backup::begin(&file)?;
        let folder = backup.folder().to_owned();
        let log = key.clone();
        let made = tokio::task::spawn_blocking(move || {
            let mut progress = Progress::new("verifying the copy");
            backup.make(&trail, &log, &mut |seq, last_seq| progress.at(seq, last_seq))
        });
        let report = tokio::select! {
            made = made => made??,
            () = interrupted => {
                // The writing thread ends with the process.
                let _ = std::fs::remove_dir_all(folder);
                bail!("interrupted; the unfinished copy was removed");
            }
        };
        let unsigned = report.rows.saturating_sub(report.covered);
        if self.report.json {
            let facts = json!({
                "ok": true, "file": file.to_string_lossy(), "rows": report.rows, "checkpoints": report.checkpoints,
                "covered": report.covered, "origin": key.origin(), "unsigned": unsigned,
            });
            print_json(facts.as_object().expect("an object"));
            return Ok(Outcome::Done);
        }
        let rows = counted(report.rows, "row");
        let checkpoints = counted(report.checkpoints, "checkpoint");
        say(&printable(&format!("{}: {rows}, verified with {checkpoints}", file.display())));
        let last = format!("the last checkpoint covers {} of {}", counted(report.covered, "row"), key.origin());
        say(&printable(&format!("{last}; not signed yet: {}", counted(unsigned, "later row"))));
        say(
            "the copy contains no keys: to continue the log after a loss, also keep keys/checkpoint.key, apart from the copy",
        );
        Ok(Outcome::Done)
    }
}
