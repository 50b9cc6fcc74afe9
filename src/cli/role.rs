//! `livegate role`: the roles in force, and what each may call.

use anyhow::Result;
use clap::Subcommand;
use serde_json::{Value, json};

use super::{Outcome, ReportArgs, console, print_json};

/// Show the roles and the actions that each may call.
#[derive(Subcommand)]
pub enum Role {
    /// List the roles.
    ///
    /// Example: livegate role list
    List {
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Show the actions that a role may call, always or on conditions.
    ///
    /// Example: livegate role show mixer
    Show {
        /// A role that `livegate role list` shows
        role: String,
        #[command(flatten)]
        report: ReportArgs,
    },
}

impl Role {
    pub async fn run(self) -> Result<Outcome> {
        let (request, key, report) = match self {
            Role::List { report } => (json!({"action": "role_list"}), "roles", report),
            Role::Show { role, report } => (json!({"action": "role_list", "role": role}), "actions", report),
        };
        let answer = console::ask(&report.state.dir()?, request).await?;
        if report.json {
            print_json(&answer);
            return Ok(Outcome::Done);
        }
        for name in answer.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            println!("{name}");
        }
        Ok(Outcome::Done)
    }
}
