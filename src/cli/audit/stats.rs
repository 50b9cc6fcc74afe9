//! `livegate audit stats`: counts requests per caller, action and hour.

use anyhow::Result;
use clap::Args;

use super::super::{Outcome, State, print_json, say};
use super::filter_args::FilterArgs;
use super::{open_review, report_pruned};
use crate::review::{Named, printable};

/// Count requests, refusals and failures per caller, action and hour.
///
/// Example: livegate audit stats --since 7d --caller mia
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
const BAR_COLUMNS: u64 = 16;

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
    let lines: Vec<&Named> = lines.collect();
    let most = lines.iter().map(|line| line.count.requests).max().unwrap_or(0);
    say("");
    say(&format!("{title:<32} {:>9} {:>9} {:>9}", "requests", "refused", "failed"));
    for Named { name, count } in lines {
        let numbers = format!("{:>9} {:>9} {:>9}", count.requests, count.refused, count.failed);
        say(&format!("{:<32} {numbers}  {}", printable(name), bar(count.requests, most)));
    }
}

/// A bar that is as long as the count's part of the largest one.
fn bar(count: u64, most: u64) -> String {
    let eighths = usize::try_from(count.saturating_mul(BAR_COLUMNS * 8) / most.max(1)).unwrap_or_default();
    let last = ["", "\u{258f}", "\u{258e}", "\u{258d}", "\u{258c}", "\u{258b}", "\u{258a}", "\u{2589}"][eighths % 8];
    format!("{}{last}", "\u{2588}".repeat(eighths / 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_counts() {
        assert_eq!(bar(10, 10), "\u{2588}".repeat(16));
        assert_eq!(bar(5, 10).chars().count(), 8);
        assert_eq!(bar(0, 0), "");
        assert_eq!(bar(1, 128), "\u{258f}");
    }
}
