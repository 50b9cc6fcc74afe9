//! `livegate freeze` and `livegate thaw`: stop all changes in Live at once, and permit them again.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::{Outcome, ReportArgs, console, print_json};

/// Stop all changes in Live at once; reads and stops continue.
///
/// Example: livegate freeze --except producer
#[derive(Args)]
pub struct Freeze {
    /// A role that is exempt; may be repeated
    #[arg(long, value_name = "ROLE")]
    except: Vec<String>,
    #[command(flatten)]
    report: ReportArgs,
}

/// End a freeze.
///
/// Example: livegate thaw
#[derive(Args)]
pub struct Thaw {
    #[command(flatten)]
    report: ReportArgs,
}

impl Freeze {
    pub async fn run(self) -> Result<Outcome> {
        let request = json!({"action": "freeze", "except": self.except});
        let answer = console::ask(&self.report.state.dir()?, request).await?;
        if self.report.json {
            print_json(&answer);
            return Ok(Outcome::Done);
        }
        match self.except.as_slice() {
            [] => println!("changes in Live are frozen; livegate thaw ends that"),
            except => println!("changes in Live are frozen, except for {}; livegate thaw ends that", except.join(", ")),
        }
        Ok(Outcome::Done)
    }
}

impl Thaw {
    pub async fn run(self) -> Result<Outcome> {
        let answer = console::ask(&self.report.state.dir()?, json!({"action": "thaw"})).await?;
        if self.report.json {
            print_json(&answer);
            return Ok(Outcome::Done);
        }
        let was_frozen = answer.get("changed") == Some(&json!(true));
        println!(
            "{}",
            if was_frozen { "changes in Live are permitted again" } else { "changes in Live were not frozen" }
        );
        Ok(Outcome::Done)
    }
}
