//! `livegate token`: issues, lists and revokes tokens.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use serde_json::{Value, json};

use super::{Outcome, ReportArgs, State, console, print_json};
use crate::platform;
use crate::platform::clock;

/// Issue, list and revoke tokens.
#[derive(Subcommand)]
pub enum Token {
    /// Issue a token and print it.
    ///
    /// Example: livegate token issue --user mia --ttl 30d --only @read --out mia.token
    Issue {
        /// The user who signs in with it
        #[arg(long)]
        user: String,
        /// Its lifetime: a number with s, m, h or d, from 1s to 90d
        #[arg(long, default_value = "30d", value_parser = read_ttl)]
        ttl: u64,
        /// Its scope, a subset of the user's rights: tags and actions as in roles.toml, such as @read or set_clip_*
        #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
        only: Vec<String>,
        /// A note about its purpose
        #[arg(long, value_name = "TEXT")]
        label: Option<String>,
        /// Write it to a new file that only its owner can read, instead of printing it
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        report: ReportArgs,
    },
    /// List unexpired tokens and open sign-ins by password.
    ///
    /// Example: livegate token list
    List {
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Sign new tokens with a new key; issued tokens stay valid.
    ///
    /// Example: livegate token rotate-keys
    RotateKeys {
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Revoke a token or a sign-in by password, and close its sessions.
    ///
    /// Example: livegate token revoke 0f3c…
    Revoke {
        /// The identifier that `livegate token list` shows
        jti: String,
        #[command(flatten)]
        state: State,
    },
}

impl Token {
    pub async fn run(self) -> Result<Outcome> {
        match self {
            Token::Issue { user, ttl, only, label, out, report: ReportArgs { state, json } } => {
                let mut request = json!({"action": "token_issue", "user": user, "ttl_s": ttl});
                if !only.is_empty() {
                    request["only"] = only.into();
                }
                if let Some(label) = label {
                    request["label"] = label.into();
                }
                if let Some(file) = &out {
                    check_is_new(file)?;
                }
                let answer = console::ask(&state.dir()?, request).await?;
                let token = console::text(&answer, "token")?;
                match out {
                    Some(path) => platform::write_secret(&path, &token.to_owned().into())?,
                    None if json => print_json(&answer),
                    None => println!("{token}"),
                }
                let jti = console::text(&answer, "jti")?;
                let expires = console::text(&answer, "expires")?;
                eprintln!("token {jti} of {user} is valid until {expires}");
            }
            Token::List { report: ReportArgs { state, json } } => {
                let answer = console::ask(&state.dir()?, json!({"action": "token_list"})).await?;
                if json {
                    print_json(&answer);
                    return Ok(Outcome::Done);
                }
                for token in answer.get("tokens").and_then(Value::as_array).into_iter().flatten() {
                    let text = |key| token.get(key).and_then(Value::as_str).unwrap_or_default();
                    let expires = clock::rfc3339(token.get("expires_at").and_then(Value::as_i64).unwrap_or_default());
                    let mut line = format!("{} {:<20} until {expires}", text("jti"), text("user"));
                    if token.get("revoked") == Some(&Value::Bool(true)) {
                        line += " revoked";
                    }
                    if let Some(only) = token.get("only").and_then(Value::as_array) {
                        let only: Vec<&str> = only.iter().filter_map(Value::as_str).collect();
                        line += &format!(" only {}", only.join(", "));
                    }
                    if let Some(label) = token.get("label").and_then(Value::as_str) {
                        line += &format!(" ({label})");
                    }
                    println!("{line}");
                }
                for sign_in in answer.get("sign_ins").and_then(Value::as_array).into_iter().flatten() {
                    let text = |key| sign_in.get(key).and_then(Value::as_str).unwrap_or_default();
                    let expires = clock::rfc3339(sign_in.get("expires_at").and_then(Value::as_i64).unwrap_or_default());
                    println!("{} {:<20} until {expires} (sign-in by password)", text("family"), text("user"));
                }
            }
            Token::RotateKeys { report: ReportArgs { state, json } } => {
                let answer = console::ask(&state.dir()?, json!({"action": "token_rotate_keys"})).await?;
                if json {
                    print_json(&answer);
                } else {
                    println!("new tokens are signed with key {}", console::text(&answer, "kid")?);
                }
            }
            Token::Revoke { jti, state } => {
                console::ask(&state.dir()?, json!({"action": "token_revoke", "jti": jti})).await?;
                println!("{jti} is revoked; its sessions are closed");
            }
        }
        Ok(Outcome::Done)
    }
}

/// Refuse before the token is issued: a token that cannot be stored would be lost, and no file is overwritten.
fn check_is_new(file: &Path) -> Result<()> {
    let folder = std::path::absolute(file)?.parent().map(Path::to_owned).unwrap_or_default();
    if platform::is_there(file) {
        bail!("{} exists already; name another file, or remove it", file.display());
    }
    if !folder.is_dir() {
        bail!("the folder {} does not exist", folder.display());
    }
    Ok(())
}

/// `90s`, `15m`, `12h`, `30d` in seconds.
pub fn read_ttl(text: &str) -> Result<u64> {
    let number = text.trim_end_matches(['s', 'm', 'h', 'd']);
    let unit = match &text[number.len()..] {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => bail!("must be a number with s, m, h or d, such as 30d"),
    };
    let number: u64 = number.parse().context("must be a number with s, m, h or d, such as 30d")?;
    let seconds = number.checked_mul(unit).filter(|seconds| (1..=TTL_S_MAX).contains(seconds));
    seconds.context("must be from 1s to 90d")
}

/// The catalogue's limit for tokens and client certificates.
const TTL_S_MAX: u64 = 90 * 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_to_live_has_a_unit() {
        for (text, seconds) in [("90s", 90), ("15m", 900), ("12h", 43_200), ("30d", 2_592_000)] {
            assert_eq!(read_ttl(text).expect(text), seconds);
        }
        for text in ["", "d", "30", "30w", "-1d", "1.5h", "3dd", "18446744073709551615d", "0s", "91d"] {
            assert!(read_ttl(text).is_err(), "{text}");
        }
    }
}
