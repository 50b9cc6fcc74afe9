//! `livegate audit show`: prints one row with its session, policy and outcomes.

use std::path::Path;

use anyhow::{Result, bail};
use clap::Args;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::super::{Outcome, State, print_json, say};
use super::explain::explain;
use super::trail_file;
use crate::audit::{self, Prover, Reader};
use crate::review::{printable, whole};

/// Show one row with its session, its policy and its outcomes.
///
/// Example: livegate audit show 1234
#[derive(Args)]
pub struct Show {
    /// The row's sequence number, as `livegate audit list` prints it
    seq: i64,
    #[command(flatten)]
    state: State,
    /// Show times in UTC instead of local time
    #[arg(long)]
    utc: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Show {
    pub fn run(self) -> Result<Outcome> {
        let state_dir = self.state.dir()?;
        let trail = Reader::open(&trail_file(&state_dir)?)?;
        let Some(whole) = whole(&trail, self.seq)? else {
            let why = if self.seq <= trail.pruned_seq()? { ": retention has pruned it" } else { "" };
            bail!("the trail has no row {}{why}", self.seq)
        };
        if self.json {
            print_json(&whole);
            return Ok(Outcome::Done);
        }
        let seq = whole.get("seq").and_then(Value::as_i64).unwrap_or(self.seq);
        let listed = trail.list_of(&[seq], usize::MAX)?;
        let zone = if self.utc { TimeZone::UTC } else { TimeZone::system() };
        let lines = explain(&whole, listed.first(), &state_of_proof(&state_dir, seq), &zone);
        lines.iter().for_each(|line| say(&printable(line)));
        Ok(Outcome::Done)
    }
}

/// Whether a signed checkpoint proves the row.
fn state_of_proof(state_dir: &Path, seq: i64) -> String {
    let proved = trail_file(state_dir).and_then(|file| {
        let proof = Prover::open(&file)?.prove(seq)?;
        let size = proof.check(&audit::verifier(state_dir)?)?.3.checkpoint.head.size;
        Ok((proof.index + 1, size))
    });
    match proved {
        Ok((place, size)) => format!("row {place} of {size} signed rows"),
        Err(error) => format!("not proved: {error:#}"),
    }
}
