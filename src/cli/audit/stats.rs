//! `livegate audit stats`: counts requests per caller, action and hour.

use anyhow::Result;
use clap::Args;

use super::super::{Outcome, State, print_json, say};
use super::filter_args::FilterArgs;
use super::{open_review, report_pruned};
use crate::review::{Named, printable};

/// Count requests, refusals and failures per caller, action and hour. Example: livegate audit stats --since 7d --caller mia
#[derive(Args)]
pub struct Counts {
    #[command(flatten)]
    state: State,
    #[command(flatten)]
    filter: FilterArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Actions and hours in the text output.
const LINES_MAX: usize = 24;

impl Counts {
    pub fn run(self) -> Result<Outcome> {
        let state_dir = self.state.dir()?;
        let filter = self.filter.read()?;
        let stats = open_review(&state_dir)?.stats(&filter)?;
        report_pruned(&state_dir, &filter)?;
        if self.json {
            let value = serde_json::to_value(&stats).expect("counts serialise");
            print_json(value.as_object().expect("an object"));
            return Ok(Outcome::Done);
        }
        let all = stats.all;
        say(&format!(
            "requests {}, refused {}, failed {}; events {}",
            all.requests, all.refused, all.failed, stats.events
        ));
        table("caller", stats.callers.iter());
        table("action", stats.actions.iter().take(LINES_MAX));
        table("hour", stats.hours.iter().skip(stats.hours.len().saturating_sub(LINES_MAX)));
        if !stats.refusals.is_empty() {
            say("");
            say(&format!("{:<32} {:>9}", "refused with", "times"));
            for (code, times) in &stats.refusals {
                say(&format!("{:<32} {times:>9}", printable(code)));
            }
        }
        Ok(Outcome::Done)
    }
}

fn table<'a>(title: &str, lines: impl Iterator<Item = &'a Named>) {
    say("");
    say(&format!("{title:<32} {:>9} {:>9} {:>9}", "requests", "refused", "failed"));
    for Named { name, count } in lines {
        say(&format!("{:<32} {:>9} {:>9} {:>9}", printable(name), count.requests, count.refused, count.failed));
    }
}
