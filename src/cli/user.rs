//! `livegate user`: manages the users who may sign in.

use std::io::{IsTerminal, stdin};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::{Outcome, ReportArgs, State, console, counted, print_json, say, secret};

/// Add, list, disable and remove users; change roles and passwords.
#[derive(Subcommand)]
pub enum User {
    /// Add a user.
    ///
    /// Example: livegate user add mia --role mixer
    Add {
        /// The user's name: up to 64 of a-z, 0-9, '.', '_' and '-'
        name: String,
        /// A role of roles.toml
        #[arg(long)]
        role: String,
        #[command(flatten)]
        password: Password,
        #[command(flatten)]
        report: ReportArgs,
    },
    /// List all users.
    ///
    /// Example: livegate user list --json
    List {
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Change a user's role, also for open sessions.
    ///
    /// Example: livegate user set-role mia viewer
    SetRole {
        /// A name that `livegate user list` shows
        name: String,
        /// A role of roles.toml
        role: String,
        #[command(flatten)]
        state: State,
    },
    /// Disable a user and close the user's sessions.
    ///
    /// Example: livegate user disable mia
    Disable {
        /// A name that `livegate user list` shows
        name: String,
        #[command(flatten)]
        state: State,
    },
    /// Enable a disabled user; unexpired tokens are valid again.
    ///
    /// Example: livegate user enable mia
    Enable {
        /// A name that `livegate user list` shows
        name: String,
        #[command(flatten)]
        state: State,
    },
    /// Remove a user permanently; the name is never reused.
    ///
    /// Example: livegate user remove mia
    Remove {
        /// A name that `livegate user list` shows
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        state: State,
    },
    /// Change a user's password.
    ///
    /// Example: livegate user passwd mia
    Passwd {
        /// A name that `livegate user list` shows
        name: String,
        /// Read it from standard input instead of a prompt
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        state: State,
    },
}

/// The password of a new user. Without one, the user signs in with tokens only.
#[derive(Args)]
#[group(multiple = false)]
pub struct Password {
    /// Prompt for a password
    #[arg(long)]
    password: bool,
    /// Read a password from standard input
    #[arg(long)]
    password_stdin: bool,
}

impl User {
    pub async fn run(self) -> Result<Outcome> {
        match self {
            User::Add { name, role, password, report: ReportArgs { state, json } } => {
                let mut request = json!({"action": "user_add", "user": name, "role": role});
                let has_password = password.password || password.password_stdin;
                if has_password {
                    request["password"] = read_password(&name, password.password_stdin)?.expose_secret().into();
                }
                let answer = console::ask(&state.dir()?, request).await?;
                if json {
                    print_json(&answer);
                } else if has_password {
                    println!("added {name}, role {role}, who signs in with the password");
                } else {
                    println!("added {name}, role {role}; issue a token with livegate token issue --user {name}");
                }
            }
            User::List { report: ReportArgs { state, json } } => {
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
                println!("{name} has the role {role} now");
            }
            User::Disable { name, state } => {
                console::ask(&state.dir()?, json!({"action": "user_disable", "user": name})).await?;
                println!("{name} is disabled and signed out everywhere; livegate user enable {name} undoes it");
            }
            User::Enable { name, state } => {
                let mut console = console::Console::open(&state.dir()?).await?;
                console.ask(json!({"action": "user_enable", "user": name})).await?;
                let tokens = console.ask(json!({"action": "token_list"})).await?;
                console.close().await;
                say(&enabled(&name, &tokens));
            }
            User::Remove { name, yes, state } => {
                if !yes && !confirmed(&name)? {
                    bail!("nothing was changed; livegate user disable {name} signs {name} out until user enable");
                }
                console::ask(&state.dir()?, json!({"action": "user_remove", "user": name})).await?;
                println!("{name} is removed and signed out everywhere; the name is never reused");
            }
            User::Passwd { name, password_stdin, state } => {
                let password = read_password(&name, password_stdin)?;
                let request =
                    json!({"action": "user_set_password", "user": name, "password": password.expose_secret()});
                console::ask(&state.dir()?, request).await?;
                println!("the password of {name} is changed; the old one is no longer valid");
            }
        }
        Ok(Outcome::Done)
    }
}

/// A person at a terminal must repeat the name, because it can never be used again. Programs are not asked.
fn confirmed(name: &str) -> Result<bool> {
    if !stdin().is_terminal() {
        return Ok(true);
    }
    eprintln!("{name} will be removed permanently, and the name cannot be used again. Type the name to confirm:");
    let mut line = String::new();
    stdin().read_line(&mut line).context("cannot read standard input")?;
    Ok(line.trim() == name)
}

/// The credentials that an enabled user can sign in with.
fn enabled(name: &str, tokens: &Map<String, Value>) -> String {
    let tokens = tokens.get("tokens").and_then(Value::as_array).into_iter().flatten();
    let is_valid = |token: &&Value| token["user"] == name && token["revoked"] != true;
    match tokens.filter(is_valid).count() {
        0 => format!(
            "{name} may sign in again, but has no valid token: livegate pair --user {name} lets a device in, livegate token issue \
             --user {name} makes a token; a password is valid as before"
        ),
        count => {
            format!("{name} may sign in again with {}", counted(count, "unexpired token"))
        }
    }
}

/// From standard input, or typed twice without echo. The gateway checks its length.
fn read_password(name: &str, from_stdin: bool) -> Result<SecretString> {
    if from_stdin {
        return secret::from_stdin();
    }
    let ask = |prompt: &str| secret::typed("a password", prompt, "--password-stdin");
    let password = ask(&format!("new password for {name}: "))?;
    if ask("repeat the password: ")?.expose_secret() != password.expose_secret() {
        bail!("the passwords differ; nothing was changed");
    }
    Ok(password)
}
