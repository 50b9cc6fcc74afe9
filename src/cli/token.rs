//! `livegate token`: what callers sign in with.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use serde_json::{Value, json};

use super::{Outcome, State, console, print_json};
use crate::platform;
use crate::platform::clock;

/// Issue, list and revoke tokens.
#[derive(Subcommand)]
pub enum Token {
    /// Issue a token and print it. Example: livegate token issue --user mia --ttl 30d --only @read --out mia.token
    Issue {
        /// Whose it is to be
        #[arg(long)]
        user: String,
        /// How long it is good: a number with s, m, h or d; a second to 90 days
        #[arg(long, default_value = "30d", value_parser = read_ttl)]
        ttl: u64,
        /// What it may do of what its user may: tags and actions as roles.toml names them, such as @read or set_clip_*
        #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
        only: Vec<String>,
        /// What it is for
        #[arg(long, value_name = "TEXT")]
        label: Option<String>,
        /// Write it to a file that its owner alone can read, instead of printing it
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        state: State,
        /// One line of JSON
        #[arg(long)]
        json: bool,
    },
    /// List the tokens that have not expired, and the sign-ins by password that go on. Example: livegate token list
    List {
        #[command(flatten)]
        state: State,
        /// One line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Sign with a new key from now on; tokens that were issued stay good. Example: livegate token rotate-keys
    RotateKeys {
        #[command(flatten)]
        state: State,
        /// One line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke a token, or a sign-in by password, and end its connections. Example: livegate token revoke 0f3c…
    Revoke {
        /// As `token list` shows it
        jti: String,
        #[command(flatten)]
        state: State,
    },
}

impl Token {
    pub async fn run(self) -> Result<Outcome> {
        match self {
            Token::Issue { user, ttl, only, label, out, state, json } => {
                let mut request = json!({"action": "token_issue", "user": user, "ttl_s": ttl});
                if !only.is_empty() {
                    request["only"] = only.into();
                }
                if let Some(label) = label {
                    request["label"] = label.into();
                }
                out.as_deref().map_or(Ok(()), check_place)?;
                let answer = console::ask(&state.dir()?, request).await?;
                let token = console::text(&answer, "token")?;
                match out {
                    Some(path) => platform::write_secret(&path, &token.to_owned().into())?,
                    None if json => print_json(&answer),
                    None => println!("{token}"),
                }
                let (jti, expires) = (console::text(&answer, "jti")?, console::text(&answer, "expires")?);
                eprintln!("token {jti} of {user} is good until {expires}");
            }
            Token::List { state, json } => {
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
            Token::RotateKeys { state, json } => {
                let answer = console::ask(&state.dir()?, json!({"action": "token_rotate_keys"})).await?;
                match json {
                    true => print_json(&answer),
                    false => println!("tokens are signed with key {} from now on", console::text(&answer, "kid")?),
                }
            }
            Token::Revoke { jti, state } => {
                console::ask(&state.dir()?, json!({"action": "token_revoke", "jti": jti})).await?;
                println!("{jti} is revoked, and its connections end");
            }
        }
        Ok(Outcome::Done)
    }
}

/// A token that cannot be kept is not asked for, and none is overwritten.
fn check_place(file: &Path) -> Result<()> {
    let folder = std::path::absolute(file)?.parent().map(Path::to_owned).unwrap_or_default();
    match (platform::is_there(file), folder.is_dir()) {
        (true, _) => bail!("{} is there already; name another file, or remove it", file.display()),
        (false, false) => bail!("there is no folder {}", folder.display()),
        (false, true) => Ok(()),
    }
}

/// `90s`, `15m`, `12h`, `30d` in seconds.
pub fn read_ttl(text: &str) -> Result<u64> {
    let number = text.trim_end_matches(['s', 'm', 'h', 'd']);
    let unit = match &text[number.len()..] {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => bail!("a number with s, m, h or d, such as 30d"),
    };
    let number: u64 = number.parse().context("a number with s, m, h or d, such as 30d")?;
    let seconds = number.checked_mul(unit).filter(|seconds| (1..=TTL_S_MAX).contains(seconds));
    seconds.context("from 1s to 90d")
}

/// As the catalogue has it for whatever is issued.
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
