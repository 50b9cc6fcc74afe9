//! `livegate user`: who may sign in.

use std::io::{IsTerminal, stdin};

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use serde_json::{Value, json};

use super::{Outcome, State, console, print_json};

/// Add, list and disable users, and give them other roles.
#[derive(Subcommand)]
pub enum User {
    /// Add a user. Example: livegate user add mia --role mixer
    Add {
        name: String,
        /// One of the roles in roles.toml
        #[arg(long)]
        role: String,
        /// Read a password from standard input; without it the user signs in with tokens only
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        state: State,
    },
    /// List all users. Example: livegate user list --json
    List {
        #[command(flatten)]
        state: State,
        /// One line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Give a user another role, at once. Example: livegate user set-role mia viewer
    SetRole {
        name: String,
        /// One of the roles in roles.toml
        role: String,
        #[command(flatten)]
        state: State,
    },
    /// Disable a user and end the user's connections. Example: livegate user disable mia
    Disable {
        name: String,
        #[command(flatten)]
        state: State,
    },
}

impl User {
    pub async fn run(self) -> Result<Outcome> {
        match self {
            User::Add { name, role, password_stdin, state } => {
                let mut request = json!({"action": "user_add", "user": name, "role": role});
                if password_stdin {
                    request["password"] = read_password()?.into();
                }
                console::ask(&state.dir()?, request).await?;
                println!("{name} is a {role}; livegate token issue --user {name} makes a token");
            }
            User::List { state, json } => {
                let answer = console::ask(&state.dir()?, json!({"action": "user_list"})).await?;
                if json {
                    print_json(&answer);
                    return Ok(Outcome::Done);
                }
                for user in answer.get("users").and_then(Value::as_array).into_iter().flatten() {
                    let text = |key| user.get(key).and_then(Value::as_str).unwrap_or_default();
                    let disabled = if user.get("disabled") == Some(&Value::Bool(true)) { "disabled" } else { "" };
                    println!("{:<20} {:<12} {disabled}", text("user"), text("role"));
                }
            }
            User::SetRole { name, role, state } => {
                console::ask(&state.dir()?, json!({"action": "user_set_role", "user": name, "role": role})).await?;
                println!("{name} is a {role} now");
            }
            User::Disable { name, state } => {
                console::ask(&state.dir()?, json!({"action": "user_disable", "user": name})).await?;
                println!("{name} is disabled, and signed out everywhere");
            }
        }
        Ok(Outcome::Done)
    }
}

fn read_password() -> Result<String> {
    if stdin().is_terminal() {
        eprintln!("type the password, then Enter (it will be seen):");
    }
    let mut line = String::new();
    stdin().read_line(&mut line).context("cannot read standard input")?;
    let password = line.trim_end_matches(['\r', '\n']);
    match password.chars().count() {
        0..8 => bail!("a password has at least 8 characters"),
        _ => Ok(password.to_owned()),
    }
}
