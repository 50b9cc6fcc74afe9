//! `livegate approvals`: lists pending proposals and decides about them.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::{Outcome, ReportArgs, console, counted, print_json};
use crate::client::Client;

/// List and decide requests that wait for approval.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Approvals {
    #[command(subcommand)]
    command: Option<ApprovalsCommand>,
    #[command(flatten)]
    report: ReportArgs,
}

#[derive(Subcommand)]
enum ApprovalsCommand {
    /// List pending requests.
    ///
    /// Example: livegate approvals list
    List {
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Approve a request.
    ///
    /// Example: livegate approvals approve 5ca40ceb4c8f933f
    Approve {
        /// The ticket that `livegate approvals` shows
        ticket: String,
        /// Also approve the same request for this time, at most ten minutes
        #[arg(long = "for", value_name = "TIME", value_parser = read_time)]
        lasts: Option<u64>,
        #[command(flatten)]
        report: ReportArgs,
    },
    /// List the grants in force: approvals of the same request for some minutes.
    ///
    /// Example: livegate approvals grants
    Grants {
        #[command(flatten)]
        report: ReportArgs,
    },
    /// End a grant.
    ///
    /// Example: livegate approvals revoke 5ca40ceb4c8f933f
    Revoke {
        /// The grant that `livegate approvals grants` shows
        grant: String,
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Deny a request.
    ///
    /// Example: livegate approvals deny 5ca40ceb4c8f933f
    Deny {
        /// The ticket that `livegate approvals` shows
        ticket: String,
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Show pending requests as they change, until Ctrl-C.
    ///
    /// Example: livegate approvals watch
    Watch {
        #[command(flatten)]
        report: ReportArgs,
    },
}

impl Approvals {
    pub async fn run(self) -> Result<Outcome> {
        match self.command {
            None => list(self.report).await,
            Some(ApprovalsCommand::List { report }) => list(report).await,
            Some(ApprovalsCommand::Approve { ticket, lasts, report }) => {
                let mut request = json!({"action": "approve", "ticket": ticket});
                if let Some(seconds) = lasts {
                    request["for_s"] = seconds.into();
                }
                decide(request, &report).await
            }
            Some(ApprovalsCommand::Grants { report }) => grants(report).await,
            Some(ApprovalsCommand::Revoke { grant, report }) => revoke(&grant, &report).await,
            Some(ApprovalsCommand::Deny { ticket, report }) => {
                decide(json!({"action": "deny", "ticket": ticket}), &report).await
            }
            Some(ApprovalsCommand::Watch { report }) => watch(report).await,
        }
    }
}

async fn list(report: ReportArgs) -> Result<Outcome> {
    let answer = console::ask(&report.state.dir()?, json!({"action": "approval_list"})).await?;
    print(&answer, report.json);
    Ok(Outcome::Done)
}

async fn revoke(grant: &str, report: &ReportArgs) -> Result<Outcome> {
    let answer = console::ask(&report.state.dir()?, json!({"action": "approval_revoke", "grant": grant})).await?;
    if report.json {
        print_json(&answer);
    } else {
        println!("the grant {grant} has ended");
    }
    Ok(Outcome::Done)
}

async fn decide(request: Value, report: &ReportArgs) -> Result<Outcome> {
    let answer = console::ask(&report.state.dir()?, request).await?;
    if report.json {
        print_json(&answer);
        return Ok(Outcome::Done);
    }
    let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default();
    println!("{} of {} is {}", text("action"), text("caller"), text("state"));
    Ok(Outcome::Done)
}

async fn grants(report: ReportArgs) -> Result<Outcome> {
    let answer = console::ask(&report.state.dir()?, json!({"action": "approval_grants"})).await?;
    if report.json {
        print_json(&answer);
        return Ok(Outcome::Done);
    }
    let all = answer.get("grants").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if all.is_empty() {
        println!("no grants are in force");
    }
    for grant in all {
        let text = |key: &str| grant[key].as_str().unwrap_or_default();
        println!(
            "{}  {} may {} {}, by {}; {} more times, until {}",
            text("grant"),
            text("caller"),
            text("action"),
            grant["params"],
            text("by"),
            grant["uses_left"],
            text("expires")
        );
    }
    Ok(Outcome::Done)
}

/// `90s` or `10m`, in seconds.
fn read_time(text: &str) -> Result<u64, String> {
    let seconds = [("s", 1), ("m", 60)].into_iter().find_map(|(unit, seconds)| {
        let count: u64 = text.strip_suffix(unit)?.parse().ok()?;
        count.checked_mul(seconds)
    });
    seconds
        .filter(|seconds| (1..=600).contains(seconds))
        .ok_or_else(|| "write 1s to 10m, such as 10m or 90s".to_owned())
}

async fn watch(report: ReportArgs) -> Result<Outcome> {
    let mut client = Client::connect_control(&report.state.dir()?).await?;
    client.ask(json!({"action": "subscribe", "topics": [{"event": "approvals"}]})).await?;
    loop {
        let answer = client.ask(json!({"action": "approval_list"})).await?;
        print(&answer, report.json);
        client.next_event().await?;
    }
}

fn print(answer: &Map<String, Value>, json: bool) {
    if json {
        return print_json(answer);
    }
    let waiting = answer.get("approvals").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if waiting.is_empty() {
        println!("no request waits for approval");
    }
    for proposal in waiting {
        println!("{}", describe(proposal));
    }
}

/// `5ca40ceb4c8f933f  agent wants delete_track on track "Drums" (0 arrangement clips, 12 clips, 1 device); expires 2027-01-01T00:00:00Z`.
fn describe(proposal: &Value) -> String {
    let text = |key: &str| proposal[key].as_str().unwrap_or_default();
    let targets = proposal["targets"].as_object().into_iter().flatten();
    let on: Vec<String> = targets
        .flat_map(|(kind, all)| all.as_array().into_iter().flatten().map(move |target| describe_target(kind, target)))
        .collect();
    let on = if on.is_empty() { String::new() } else { format!(" on {}", on.join(", ")) };
    format!("{}  {} wants {}{on}; expires {}", text("ticket"), text("caller"), text("action"), text("expires"))
}

fn describe_target(kind: &str, target: &Value) -> String {
    let facts = target.as_object().into_iter().flatten().filter(|(key, _)| *key != "name");
    let facts: Vec<String> = facts.map(|(key, count)| describe_content(key, count)).collect();
    format!("{kind} {} ({})", target["name"], facts.join(", "))
}

/// `12 clips`, or an edge of a clip: `start 4.0`.
fn describe_content(key: &str, value: &Value) -> String {
    if ["start", "end"].contains(&key) {
        return format!("{key} {value}");
    }
    counted(value, key.replace('_', " ").trim_end_matches('s'))
}
