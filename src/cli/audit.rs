//! `livegate audit`: who did what. It reads the trail's file, whether a gateway runs or not.

mod backup;
mod diff;
mod export;
mod list;
mod plan;
mod prove;
mod prune;
mod replay;
mod restore;
mod show;
mod shown;
mod stats;
mod tail;
mod verify;
mod which;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use clap::Subcommand;

use super::{Outcome, warn};
use crate::audit::{self, Reader};
use crate::platform::clock;
use crate::review::{Filter, Review};

/// Read the audit trail.
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

/// Steps of building the index before somebody who waits is told why.
const SILENT_STEPS: u32 = 8;

/// The trail with its index, up to date.
fn open_review(state_dir: &Path) -> Result<Review> {
    let mut steps = 0;
    let mut tell = || {
        steps += 1;
        if steps == SILENT_STEPS {
            eprintln!("livegate: taking the trail into its index; that is needed once");
        }
        false
    };
    match Review::current(state_dir, &mut tell) {
        Ok((review, _)) => {
            if let Some(warning) = review.warning() {
                warn(&format!("livegate: WARNING: {warning}"));
            }
            Ok(review)
        }
        Err(error) => {
            // Whoever may read the trail may look into it, even if nothing can be written beside it.
            let mut review = Review::in_memory(state_dir)?;
            warn(&format!("livegate: {error:#}; looking without it takes longer"));
            review.catch_up(tell)?;
            Ok(review)
        }
    }
}

/// What is asked for may not be in the trail any more.
fn tell_what_was_removed(state_dir: &Path, filter: &Filter) -> Result<()> {
    let until = Reader::open(&state_dir.join(audit::FILE))?.removed_until_us()?;
    if let Some(until) = until.filter(|&until| filter.since_us.is_none_or(|since| since <= until)) {
        eprintln!("(what was written up to {} has been removed by retention)", clock::rfc3339(until / 1_000_000));
    }
    Ok(())
}

/// A file that somebody hands in, if it is no longer than such files are.
fn read_bounded(path: &Path, bytes_max: u64) -> Result<String> {
    let context = || format!("cannot read {}", path.display());
    let mut text = String::new();
    let file = File::open(path).with_context(context)?;
    file.take(bytes_max + 1).read_to_string(&mut text).with_context(context)?;
    ensure!(text.len() as u64 <= bytes_max, "{} is longer than {bytes_max} bytes", path.display());
    Ok(text)
}
