//! `livegate audit prune`: letting old rows of the trail go.

use anyhow::{Result, anyhow};
use clap::Args;
use serde_json::{Value, json};

use crate::audit::{self, Planner, Until};
use crate::cli::{Outcome, State, console, print_json, say};
use crate::platform::clock;
use crate::review::when;

/// Remove the oldest rows of the trail for good, up to the last checkpoint before that moment. The trail records that; what is left
/// can be verified and proved as before. Rows to which later ones refer, such as sessions, stay.
///
/// Example: livegate audit prune --before 90d
#[derive(Args)]
pub struct Prune {
    /// So long ago, as 90d or 12w, or a day or moment in UTC, as 2026-01-31 or 2026-01-31T18:30:00Z
    #[arg(long, value_name = "WHEN")]
    before: String,
    /// Say how many rows there are, and remove nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    state: State,
    /// One line of JSON
    #[arg(long)]
    json: bool,
}

impl Prune {
    pub async fn run(self) -> Result<Outcome> {
        let before_us =
            when::parse(&self.before, clock::unix_micros()).map_err(|reason| anyhow!("--before: {reason}"))?;
        match self.dry_run {
            true => self.count(before_us),
            false => self.remove().await,
        }
    }

    fn count(&self, before_us: i64) -> Result<Outcome> {
        let state_dir = self.state.dir()?;
        let planner = Planner::new(&state_dir.join(audit::FILE), audit::verifier(&state_dir)?, u64::MAX, 0);
        let rows = planner.count(Until::Time(before_us))?;
        match self.json {
            true => print_json(json!({"ok": true, "rows": rows}).as_object().expect("an object")),
            false => say(&format!("{rows} rows would be removed, but for those that others refer to")),
        }
        Ok(Outcome::Done)
    }

    async fn remove(&self) -> Result<Outcome> {
        let request = json!({"action": "audit_prune", "before": self.before});
        let answer = console::ask(&self.state.dir()?, request).await?;
        if self.json {
            print_json(&answer);
            return Ok(Outcome::Done);
        }
        match answer.get("rows").and_then(Value::as_u64).unwrap_or_default() {
            0 => say(
                "nothing was removed: no checkpoint is older than that and than the requests whose keys against repetition are still looked up",
            ),
            rows => {
                say(&format!("{rows} rows were removed; livegate audit verify holds what is left to what was signed"))
            }
        }
        Ok(Outcome::Done)
    }
}
