//! `livegate audit`: reads and verifies the audit trail, with or without a running gateway.

mod backup;
mod diff;
mod explain;
mod export;
mod filter_args;
mod list;
mod plan;
mod print_row;
mod prove;
mod prune;
mod replay;
mod restore;
mod show;
mod stats;
mod table;
mod tail;
mod verify;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Subcommand;

use super::progress::Progress;
use super::{Outcome, warn};
use crate::audit::{self, Reader};
use crate::platform;
use crate::platform::clock;
use crate::review::{Filter, Review};

/// Read, verify, export and maintain the audit trail.
#[derive(Subcommand)]
pub enum Audit {
    List(list::List),
    Tail(tail::Tail),
    Replay(replay::Replay),
    Verify(verify::Verify),
    Prove(prove::Prove),
    CheckProof(prove::CheckProof),
    Prune(prune::Prune),
    Show(show::Show),
    Stats(stats::Counts),
    Export(export::Export),
    Diff(diff::Diff),
    Backup(backup::Backup),
    Restore(restore::Restore),
}

impl Audit {
    pub async fn run(self) -> Result<Outcome> {
        match self {
            Audit::List(list) => list.run().await,
            Audit::Tail(tail) => tail.run().await,
            Audit::Replay(replay) => replay.run().await,
            Audit::Verify(verify) => verify.run(),
            Audit::Prove(prove) => prove.run(),
            Audit::CheckProof(check) => check.run(),
            Audit::Prune(prune) => prune.run().await,
            Audit::Show(show) => show.run(),
            Audit::Stats(counts) => counts.run(),
            Audit::Export(export) => export.run(),
            Audit::Diff(diff) => diff.run(),
            Audit::Backup(backup) => backup.run().await,
            Audit::Restore(restore) => restore.run(),
        }
    }
}

/// The trail's file, which must exist.
fn trail_file(state_dir: &Path) -> Result<PathBuf> {
    let file = state_dir.join(audit::FILE);
    let dir = state_dir.display();
    ensure!(
        platform::is_there(&file),
        "there is no trail in {dir}: livegate serve creates it; or name the gateway's folder with --state-dir"
    );
    Ok(file)
}

/// The trail with its index, up to date.
fn open_review(state_dir: &Path) -> Result<Review> {
    trail_file(state_dir)?;
    let mut progress = Progress::new("indexing the trail, once");
    let mut report = |seq: i64, last_seq: i64| {
        progress.at(seq.unsigned_abs(), last_seq.unsigned_abs());
        false
    };
    match Review::current(state_dir, &mut report) {
        Ok((review, _)) => {
            if let Some(warning) = review.warning() {
                warn(&format!("livegate: WARNING: {warning}"));
            }
            Ok(review)
        }
        Err(error) => {
            // Reading needs no write permission: build the index in memory.
            let mut review = Review::in_memory(state_dir)?;
            warn(&format!("livegate: {error:#}; using an index in memory, which takes longer"));
            review.catch_up(report)?;
            Ok(review)
        }
    }
}

/// Say if retention pruned rows in the filter's time range.
fn report_pruned(state_dir: &Path, filter: &Filter) -> Result<()> {
    let until = Reader::open(&trail_file(state_dir)?)?.removed_until_us()?;
    if let Some(until) = until.filter(|&until| filter.since_us.is_none_or(|since| since <= until)) {
        eprintln!("(retention has pruned rows up to {})", clock::rfc3339(until / 1_000_000));
    }
    Ok(())
}

/// Read a file of at most `bytes_max` bytes.
fn read_bounded(path: &Path, bytes_max: u64) -> Result<String> {
    let context = || format!("cannot read {}", path.display());
    let mut text = String::new();
    let file = File::open(path).with_context(context)?;
    file.take(bytes_max + 1).read_to_string(&mut text).with_context(context)?;
    ensure!(text.len() as u64 <= bytes_max, "{} is longer than {bytes_max} bytes", path.display());
    Ok(text)
}
