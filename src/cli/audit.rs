//! `livegate audit`: who did what. It reads the trail's file, whether a gateway runs or not.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use clap::Subcommand;

use super::{Outcome, State, say};
use crate::audit::{self, Filter, Listed, Reader};
use crate::{clock, line, platform};

/// Read the audit trail.
#[derive(Subcommand)]
pub enum Audit {
    /// List the newest rows, oldest first. Example: livegate audit list --last 20
    List {
        #[command(flatten)]
        state: State,
        /// How many
        #[arg(long, default_value_t = 100, conflicts_with = "after")]
        last: u32,
        /// From behind this sequence number on, instead of the newest
        #[arg(long, value_name = "SEQ")]
        after: Option<i64>,
        /// At most so many
        #[arg(long, default_value_t = 1000)]
        limit: u32,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Show rows as they come, until interrupted. Example: livegate audit tail
    Tail {
        #[command(flatten)]
        state: State,
        /// How many of those that are there already
        #[arg(long, default_value_t = 10)]
        last: u32,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
}

const POLL: Duration = Duration::from_millis(200);
/// How long a row that is shown as it comes waits for its outcome.
const PATIENCE_US: i64 = 2_000_000;
const PAGE: u32 = 500;

impl Audit {
    pub async fn run(self) -> Result<Outcome> {
        match self {
            Audit::List { state, last, after, limit, json } => list(&state.dir()?, last, after, limit, json).await,
            Audit::Tail { state, last, json } => tail(&state.dir()?, last, json).await,
        }
    }
}

async fn list(state_dir: &Path, last: u32, after: Option<i64>, limit: u32, json: bool) -> Result<Outcome> {
    let reader = Reader::open(&state_dir.join(audit::FILE))?;
    let (after_seq, limit) = match after {
        Some(after) => (after, limit),
        None => (reader.seq_before_last(last)?, last),
    };
    let rows = reader.list(&Filter::after(after_seq, limit))?;
    // Without a gateway, what has no outcome will not get one.
    let interrupted = rows.iter().any(Listed::is_unfinished) && platform::connect_control(state_dir).await.is_err();
    for row in rows {
        show(if interrupted { row.interrupted_if_unfinished() } else { row }, json);
    }
    Ok(Outcome::Done)
}

async fn tail(state_dir: &Path, last: u32, json: bool) -> Result<Outcome> {
    let reader = Reader::open(&state_dir.join(audit::FILE))?;
    let mut after_seq = reader.seq_before_last(last)?;
    let end = platform::shutdown_signal()?;
    tokio::pin!(end);
    loop {
        for row in reader.list(&Filter::after(after_seq, PAGE))? {
            if row.is_unfinished() && row.time_us + PATIENCE_US > clock::unix_micros() {
                break;
            }
            after_seq = row.seq;
            show(row, json);
        }
        tokio::select! {
            _ = tokio::time::sleep(POLL) => (),
            () = &mut end => return Ok(Outcome::Done),
        }
    }
}

fn show(row: Listed, json: bool) {
    if json {
        let value = serde_json::to_value(&row).expect("a listed row serialises");
        if let serde_json::Value::Object(object) = value {
            say(&line::ascii(&object));
        }
        return;
    }
    say(&printable(&describe(&row)));
}

/// One line for people: when, who, what, and what became of it.
fn describe(row: &Listed) -> String {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    let when = &row.time;
    let who = match (&row.caller, &row.role) {
        (Some(caller), Some(role)) => format!("{caller} ({role})"),
        (Some(caller), None) => caller.clone(),
        (None, _) => "-".into(),
    };
    let from = row.address.clone().or(row.channel.clone()).unwrap_or_else(|| "-".into());
    let object = |value: &Option<serde_json::Value>| {
        value.as_ref().and_then(|value| value.as_object()).map(line::ascii).unwrap_or_default()
    };
    if row.kind != "decision" {
        let details = object(&row.details);
        return format!("{:>6} {when} {who} {from} {} {details}", row.seq, row.kind);
    }
    let verdict = match (row.verdict.as_deref(), &row.outcome) {
        (Some("allow"), Some(outcome)) => outcome.clone(),
        (Some("allow"), None) => "running".into(),
        _ => "refused".into(),
    };
    let code = row.code.as_ref().map(|code| format!(" {code}")).unwrap_or_default();
    let rule = or_dash(&row.rule);
    let action = row.action.as_deref().unwrap_or("(not understood)");
    let what: Vec<String> =
        [&row.parameters, &row.terms, &row.details].into_iter().map(object).filter(|part| !part.is_empty()).collect();
    let once =
        row.once.as_ref().map(|key| format!(" once {}", serde_json::Value::from(key.as_str()))).unwrap_or_default();
    format!("{:>6} {when} {who} {from} {action} {}{once} {verdict}{code} by {rule}", row.seq, what.join(" "))
}

/// What came from elsewhere must not steer a terminal or turn a line around: control and bidirectional characters are escaped.
fn printable(text: &str) -> String {
    let steers = |character: char| {
        character.is_control()
            || matches!(character, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if steers(character) {
            safe.extend(character.escape_unicode());
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped() {
        assert_eq!(printable("a\u{1b}[2Jb\u{202e}c\nd"), r"a\u{1b}[2Jb\u{202e}c\u{a}d");
        assert_eq!(printable("Bässe 🥁"), "Bässe 🥁");
    }
}
