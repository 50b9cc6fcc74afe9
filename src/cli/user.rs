//! `livegate user`: who may sign in.

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{Outcome, State, console, print_json, secret};

/// Add, list, disable and remove users, and give them other roles and passwords.
#[derive(Subcommand)]
pub enum User {
    /// Add a user. Example: livegate user add mia --role mixer
    Add {
        /// What the user is called: up to 64 of a-z, 0-9, '.', '_' and '-'
        name: String,
        /// One of the roles in roles.toml
        #[arg(long)]
        role: String,
        #[command(flatten)]
        password: Password,
        #[command(flatten)]
        state: State,
        /// One line of JSON
        #[arg(long)]
        json: bool,
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
        /// As `user list` shows it
        name: String,
        /// One of the roles in roles.toml
        role: String,
        #[command(flatten)]
        state: State,
    },
    /// Disable a user and end the user's connections. Example: livegate user disable mia
    Disable {
        /// As `user list` shows it
        name: String,
        #[command(flatten)]
        state: State,
    },
    /// Let a disabled user in again, with the tokens there were. Example: livegate user enable mia
    Enable {
        /// As `user list` shows it
        name: String,
        #[command(flatten)]
        state: State,
    },
    /// Remove a user for good; the name is never given again. Example: livegate user remove mia
    Remove {
        /// As `user list` shows it
        name: String,
        #[command(flatten)]
        state: State,
    },
    /// Give a user another password. Example: livegate user passwd mia
    Passwd {
        /// As `user list` shows it
        name: String,
        /// Read it from standard input instead of asking for it
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        state: State,
    },
}

/// Whether a new user gets a password; without one, the user signs in with tokens only.
#[derive(Args)]
#[group(multiple = false)]
pub struct Password {
    /// Ask for a password
    #[arg(long)]
    password: bool,
    /// Read a password from standard input
    #[arg(long)]
    password_stdin: bool,
}

impl User {
    pub async fn run(self) -> Result<Outcome> {
        match self {
            User::Add { name, role, password, state, json } => {
                let mut request = json!({"action": "user_add", "user": name, "role": role});
                let has_password = password.password || password.password_stdin;
                if has_password {
                    request["password"] = read_password(&name, password.password_stdin)?.expose_secret().into();
                }
                let answer = console::ask(&state.dir()?, request).await?;
                match has_password {
                    _ if json => print_json(&answer),
                    true => println!("{name} is a {role}, and signs in with the password"),
                    false => println!("{name} is a {role}; livegate token issue --user {name} makes a token"),
                }
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
                println!("{name} is disabled, and signed out everywhere; livegate user enable {name} undoes it");
            }
            User::Enable { name, state } => {
                console::ask(&state.dir()?, json!({"action": "user_enable", "user": name})).await?;
                println!("{name} may sign in again, with the tokens there were");
            }
            User::Remove { name, state } => {
                console::ask(&state.dir()?, json!({"action": "user_remove", "user": name})).await?;
                println!("{name} is removed, and signed out everywhere; nobody else will be called {name}");
            }
            User::Passwd { name, password_stdin, state } => {
                let password = read_password(&name, password_stdin)?;
                let request =
                    json!({"action": "user_set_password", "user": name, "password": password.expose_secret()});
                console::ask(&state.dir()?, request).await?;
                println!("{name} has another password; the old one is no longer good");
            }
        }
        Ok(Outcome::Done)
    }
}

/// A line of standard input, or what somebody types twice without seeing it. The gateway says whether it is long enough.
fn read_password(name: &str, from_stdin: bool) -> Result<SecretString> {
    if from_stdin {
        return secret::from_stdin();
    }
    let ask = |prompt: &str| secret::typed("a password", prompt, "--password-stdin");
    let password = ask(&format!("new password for {name}: "))?;
    match ask("the same again: ")?.expose_secret() == password.expose_secret() {
        true => Ok(password),
        false => bail!("the two are not the same; nothing has changed"),
    }
}
