//! `livegate audit prove` and `check-proof`: inclusion proofs, which can be checked without the trail.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

use super::verify::Key;
use super::{read_bounded, trail_file};
use crate::audit::checkpoint::Signed;
use crate::audit::{self, PROOF_BYTES_MAX, Proof, Prover};
use crate::cli::{Outcome, State, say};
use crate::review::printable;

/// Print an inclusion proof of a row.
///
/// It contains the row, and can be checked without the trail.
///
/// Example: livegate audit prove 4711 > row-4711.tlog-proof
#[derive(Args)]
pub struct Prove {
    /// The row's sequence number
    seq: i64,
    #[command(flatten)]
    state: State,
}

impl Prove {
    pub fn run(self) -> Result<Outcome> {
        let state_dir = self.state.dir()?;
        let proof = Prover::open(&trail_file(&state_dir)?)?.prove(self.seq)?;
        let wrong = "the trail does not match its signatures; livegate audit verify lists the problems";
        proof.check(&audit::verifier(&state_dir)?).context(wrong)?;
        say(proof.to_text().trim_end_matches('\n'));
        Ok(Outcome::Done)
    }
}

/// Check an inclusion proof and print its row.
///
/// It needs only the log's public key.
///
/// Example: livegate audit check-proof row-4711.tlog-proof --key trail.vkey
#[derive(Args)]
pub struct CheckProof {
    /// The output of `livegate audit prove`
    #[arg(value_name = "FILE")]
    proof: PathBuf,
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    state: State,
}

impl CheckProof {
    pub fn run(self) -> Result<Outcome> {
        let path = self.proof.display();
        let text = read_bounded(&self.proof, PROOF_BYTES_MAX as u64)?;
        let proof = Proof::parse(&text).with_context(|| format!("{path} is not an inclusion proof"))?;
        let origin = Signed::unverified(&proof.note).map(|signed| signed.checkpoint.origin);
        let key = self.key.read_for(&self.state, origin.as_deref().ok())?;
        let (table, seq, bytes, signed) = proof.check(&key).with_context(|| format!("{path} is not valid"))?;
        let checkpoint = signed.checkpoint;
        let origin = checkpoint.origin;
        let size = checkpoint.head.size;
        let place = format!("row {} of {size} rows signed by {origin}", proof.index + 1);
        say(&printable(&format!("{place}: {} {seq}", table.name())));
        say(&printable(bytes));
        Ok(Outcome::Done)
    }
}
