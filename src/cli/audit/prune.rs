//! `livegate audit prune`: removes old rows of the trail.

use anyhow::{Result, anyhow};
use clap::Args;
use serde_json::{Value, json};

use super::trail_file;
use crate::audit::{self, Planner, PruneUntil};
use crate::cli::{Outcome, ReportArgs, console, counted, print_json, say};
use crate::platform::clock;
use crate::review::when;

/// Remove the oldest rows permanently, up to the last checkpoint before a time.
///
/// The trail records the removal; the retained rows can still be verified and proved. Rows that later rows refer to, such as
/// sessions, are retained.
///
/// Example: livegate audit prune --before 90d
#[derive(Args)]
pub struct Prune {
    /// An age such as 90d or 12w, or a day or time in UTC such as 2026-01-31 or 2026-01-31T18:30:00Z
    #[arg(long, value_name = "WHEN")]
    before: String,
    /// Count the rows and remove nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    report: ReportArgs,
}

impl Prune {
    pub async fn run(self) -> Result<Outcome> {
        let before_us =
            when::parse(&self.before, clock::unix_micros()).map_err(|reason| anyhow!("--before: {reason}"))?;
        if self.dry_run { self.count(before_us) } else { self.remove().await }
    }

    fn count(&self, before_us: i64) -> Result<Outcome> {
        let state_dir = self.report.state.dir()?;
        let planner = Planner::new(&trail_file(&state_dir)?, audit::verifier(&state_dir)?, u64::MAX, 0);
        let rows = planner.count(PruneUntil::Time(before_us))?;
        if self.report.json {
            print_json(json!({"ok": true, "rows": rows}).as_object().expect("an object"));
        } else {
            say(&format!("would prune {}, except those that later rows refer to", counted(rows, "row")));
        }
        Ok(Outcome::Done)
    }

    async fn remove(&self) -> Result<Outcome> {
        let request = json!({"action": "audit_prune", "before": self.before});
        let answer = console::ask(&self.report.state.dir()?, request).await?;
        if self.report.json {
            print_json(&answer);
            return Ok(Outcome::Done);
        }
        match answer.get("rows").and_then(Value::as_u64).unwrap_or_default() {
            0 => say(
                "pruned nothing: no checkpoint is older than that time and than the idempotency keys that are still remembered",
            ),
            rows => say(&format!("pruned {}; livegate audit verify checks the retained rows", counted(rows, "row"))),
        }
        Ok(Outcome::Done)
    }
}
