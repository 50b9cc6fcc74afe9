//! `livegate policy`: checks, tests, compares and explains roles, and reloads them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use serde_json::{Map, Value, json};

use super::{Outcome, ReportArgs, console, print_json};
use crate::command::{Param, catalogue};
use crate::config;
use crate::identity;
use crate::platform::clock;
use crate::policy::{Change, Policy, cases};
use crate::review::printable;

/// Check, test, compare and explain roles, and reload them.
#[derive(Subcommand)]
pub enum PolicyCommand {
    /// Check a roles file, and run the tests beside it.
    ///
    /// Example: livegate policy check roles.toml
    Check {
        /// A file of your own roles, which extend the shipped ones
        file: PathBuf,
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Run the tests of a roles file, or without a file those of the shipped roles.
    ///
    /// Example: livegate policy test roles.test.toml
    Test {
        /// A file of cases; the roles are in the file of the same name without `.test`
        file: Option<PathBuf>,
        /// Print one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the policy's verdict on a request, and the reason.
    ///
    /// Example: livegate policy explain --as mia set_tempo bpm=200
    Explain {
        /// The user whose request it is
        #[arg(long = "as", value_name = "USER", required_unless_present = "role", conflicts_with = "role")]
        user: Option<String>,
        /// A role instead of a user
        #[arg(long)]
        role: Option<String>,
        /// The action
        action: String,
        /// Its parameters
        #[arg(value_name = "NAME=VALUE")]
        params: Vec<String>,
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Show the verdict for each action and role.
    ///
    /// Example: livegate policy matrix
    Matrix {
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Show what each role gains and loses from one roles file to another.
    ///
    /// Example: livegate policy diff old.toml new.toml
    Diff {
        /// The present roles
        old: PathBuf,
        /// The new roles
        new: PathBuf,
        /// Print one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Reload the roles file in the running gateway.
    ///
    /// Example: livegate policy reload
    Reload {
        #[command(flatten)]
        report: ReportArgs,
    },
}

impl PolicyCommand {
    pub async fn run(self) -> Result<Outcome> {
        match self {
            PolicyCommand::Check { file, report } => check(&file, &report),
            PolicyCommand::Test { file, json } => test(file.as_deref(), json),
            PolicyCommand::Explain { user, role, action, params, report } => {
                explain(user, role, &action, &params, report).await
            }
            PolicyCommand::Matrix { report } => matrix(report).await,
            PolicyCommand::Diff { old, new, json } => diff(&old, &new, json),
            PolicyCommand::Reload { report } => reload(report).await,
        }
    }
}

fn read(file: &Path) -> Result<Policy> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Policy::for_live(&file.display().to_string(), &text, config::Policy::default().where_chars_max)?)
}

fn check(file: &Path, report: &ReportArgs) -> Result<Outcome> {
    let policy = read(file)?;
    let tests = file.with_extension("test.toml");
    let warnings = warnings(&policy, &report.state.dir()?)?;
    let run = if tests.exists() { Some(run_cases(&policy, &tests)?) } else { None };
    let failures = run.as_ref().map(|run| run.failures.clone()).unwrap_or_default();
    let outcome = if failures.is_empty() { Outcome::Done } else { Outcome::Refused };
    if report.json {
        let roles = policy.role_names();
        let passed = failures.is_empty();
        print_json(&object(json!({
            "ok": passed, "roles": roles, "sha256": policy.digest, "failures": failures, "warnings": warnings
        })));
        return Ok(outcome);
    }
    println!("{}: {} roles, shipped ones included", file.display(), policy.role_names().len());
    match &run {
        Some(run) => print_report(&tests, run),
        None => println!("no tests; write some into {}", tests.display()),
    }
    for warning in &warnings {
        println!("warning: {}", printable(warning));
    }
    Ok(outcome)
}

/// Rules that have ended, and users of the state folder whose role the policy does not have.
fn warnings(policy: &Policy, state_dir: &Path) -> Result<Vec<String>> {
    let users = state_dir.join(identity::FILE);
    let users = if users.exists() { identity::roles_in_use(&users)? } else { Vec::new() };
    let in_use = users.iter().map(|(role, user)| (role.as_str(), format!("user {user}")));
    Ok(policy.warnings(clock::now(), in_use))
}

fn test(file: Option<&Path>, json: bool) -> Result<Outcome> {
    let (policy, report, name) = match file {
        None => {
            let policy = Policy::shipped();
            let report = cases::run(&policy, cases::SHIPPED).map_err(anyhow::Error::msg)?;
            (policy, report, PathBuf::from("config/roles.test.toml"))
        }
        Some(file) => {
            let name = file.to_string_lossy();
            let Some(roles) = name.strip_suffix(".test.toml") else {
                bail!("{name} must end in .test.toml; the roles are in the file of the same name without .test")
            };
            let policy = read(Path::new(&format!("{roles}.toml")))?;
            let report = run_cases(&policy, file)?;
            (policy, report, file.to_owned())
        }
    };
    let passed = report.failures.is_empty();
    if json {
        let report =
            json!({"ok": passed, "passed": report.passed, "failures": report.failures, "sha256": policy.digest});
        print_json(&object(report));
    } else {
        print_report(&name, &report);
    }
    Ok(if passed { Outcome::Done } else { Outcome::Refused })
}

fn run_cases(policy: &Policy, file: &Path) -> Result<cases::Report> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    cases::run(policy, &text).map_err(|reason| anyhow::anyhow!("{}: {reason}", file.display()))
}

fn print_report(file: &Path, report: &cases::Report) {
    println!("{}: {} passed, {} failed", file.display(), report.passed, report.failures.len());
    for failure in &report.failures {
        println!("  {failure}");
    }
}

async fn explain(
    user: Option<String>,
    role: Option<String>,
    action: &str,
    params: &[String],
    report: ReportArgs,
) -> Result<Outcome> {
    let mut request = Map::from_iter([("action".to_owned(), Value::from(action))]);
    for param in params {
        let Some((name, text)) = param.split_once('=') else { bail!("{param} has no value; write {param}=VALUE") };
        let known = catalogue().find(action).and_then(|action| action.param(name));
        let value = known.map_or_else(|| Value::from(text), |param: &Param| param.read_text(text));
        request.insert(name.to_owned(), value);
    }
    let mut asked = json!({"action": "policy_explain", "request": request});
    for (key, value) in [("user", user), ("role", role)] {
        if let Some(value) = value {
            asked[key] = value.into();
        }
    }
    let answer = console::ask(&report.state.dir()?, asked).await?;
    if report.json {
        print_json(&answer);
        return Ok(Outcome::Done);
    }
    let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default();
    let sentence = match text("verdict") {
        "allow" => format!("role {} may {action}, by {}", text("role"), text("rule")),
        "ask" => format!("role {} may {action} once a person approves, by {}", text("role"), text("rule")),
        "depends" => format!("role {} may {action} depending on the set in Live, by {}:", text("role"), text("rule")),
        _ if answer.contains_key("frozen_by") => format!("{action} is frozen by {}", text("frozen_by")),
        _ => format!("role {} may not {action}: rule {}", text("role"), text("rule")),
    };
    println!("{sentence}");
    for rule in answer.get("guard").and_then(Value::as_array).into_iter().flatten() {
        let when = rule.get("when").map_or_else(|| "always".to_owned(), |when| format!("when {when}"));
        println!(
            "  {} {}: {when}",
            rule["verdict"].as_str().unwrap_or_default(),
            rule["rule"].as_str().unwrap_or_default()
        );
    }
    for bound in answer.get("bounds").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        println!("  allowed with {bound}");
    }
    Ok(Outcome::Done)
}

async fn matrix(report: ReportArgs) -> Result<Outcome> {
    let answer = console::ask(&report.state.dir()?, json!({"action": "policy_matrix"})).await?;
    if report.json {
        print_json(&answer);
        return Ok(Outcome::Done);
    }
    let empty = Map::new();
    let actions = answer.get("matrix").and_then(Value::as_object).unwrap_or(&empty);
    let roles: BTreeSet<&str> =
        actions.values().filter_map(Value::as_object).flat_map(|cells| cells.keys().map(String::as_str)).collect();
    let width = actions.keys().map(String::len).max().unwrap_or_default();
    println!("{:width$}  {}", "", roles.iter().copied().collect::<Vec<_>>().join("  "));
    for (action, cells) in actions {
        let cell = |role: &&str| format!("{:w$}", cells[*role].as_str().unwrap_or("-"), w = role.len().max(7));
        println!("{action:width$}  {}", roles.iter().map(cell).collect::<Vec<_>>().join("  ").trim_end());
    }
    Ok(Outcome::Done)
}

fn diff(old: &Path, new: &Path, json: bool) -> Result<Outcome> {
    let old = read(old)?;
    let new = read(new)?;
    let changes = new.changes_since(&old, clock::now());
    if json {
        print_json(&object(json!({"ok": true, "changes": changes})));
        return Ok(Outcome::Done);
    }
    if changes.is_empty() {
        println!("no role gains or loses rights");
    }
    for change in &changes {
        println!("{}", describe(change));
    }
    Ok(Outcome::Done)
}

/// `agent: add_notes with overwrite ask -> allow`.
fn describe(change: &Change) -> String {
    let Change { role, action, overwrite, before, after, gains } = change;
    let with = if *overwrite { " with overwrite" } else { "" };
    if before != after {
        format!("{role}: {action}{with} {before} -> {after}")
    } else if *gains {
        format!("{role}: {action}{with} {after}, on wider or other conditions")
    } else {
        format!("{role}: {action}{with} {after}, on narrower conditions")
    }
}

async fn reload(report: ReportArgs) -> Result<Outcome> {
    let answer = console::ask(&report.state.dir()?, json!({"action": "policy_reload"})).await?;
    if report.json {
        print_json(&answer);
    } else if answer.get("changed") == Some(&Value::Bool(true)) {
        println!("the new roles are in force");
    } else {
        println!("the roles have not changed");
    }
    Ok(Outcome::Done)
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
