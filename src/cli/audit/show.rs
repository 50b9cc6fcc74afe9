//! `livegate audit show`: prints one row with its session, policy and outcomes.

use anyhow::{Result, bail};
use clap::Args;
use serde_json::Value;

use super::super::{Outcome, State, print_json, say};
use super::trail_file;
use crate::audit::Reader;
use crate::review::{printable, whole};

/// Show one row with its session, its policy and its outcomes. Example: livegate audit show 1234
#[derive(Args)]
pub struct Show {
    /// The row's sequence number, as `livegate audit list` prints it
    seq: i64,
    #[command(flatten)]
    state: State,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Show {
    pub fn run(self) -> Result<Outcome> {
        let trail = Reader::open(&trail_file(&self.state.dir()?)?)?;
        let Some(whole) = whole(&trail, self.seq)? else {
            let why = if self.seq <= trail.pruned_seq()? { ": retention has pruned it" } else { "" };
            bail!("the trail has no row {}{why}", self.seq)
        };
        if self.json {
            print_json(&whole);
            return Ok(Outcome::Done);
        }
        let text = serde_json::to_string_pretty(&Value::Object(whole)).expect("a row serialises");
        text.lines().for_each(|line| say(&printable(line)));
        Ok(Outcome::Done)
    }
}
