//! `livegate audit verify`: whether the trail is what was signed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};

use super::read_bounded;
use crate::audit::checkpoint::{Signed, Verifier, notes};
use crate::audit::{self, Report};
use crate::cli::{Outcome, State, print_json, say};
use crate::platform;
use crate::review::printable;

/// Verify the whole trail: hash every row and compare with every checkpoint. Exit code 1 if something does not fit.
///
/// Examples: livegate audit verify
///           livegate audit verify --since-checkpoint /media/stick/checkpoints.txt
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Verify {
    #[command(flatten)]
    state: State,
    /// Another trail's file, such as a copy [default: trail.db in the state folder]
    #[arg(long, value_name = "FILE")]
    trail: Option<PathBuf>,
    #[command(flatten)]
    key: Key,
    /// Checkpoints that were kept elsewhere: the trail must begin as they say
    #[arg(long, value_name = "FILE")]
    since_checkpoint: Vec<PathBuf>,
    /// One line of JSON
    #[arg(long)]
    json: bool,
}

/// A key with a name is far shorter.
const KEY_BYTES_MAX: u64 = 64 * 1024;

/// By which key a log is known.
#[derive(Args)]
pub struct Key {
    /// The log's public key [default: that of the state folder; trail.vkey there is what others need]
    #[arg(long = "key", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Key {
    pub fn read(&self, state: &State) -> Result<Verifier> {
        let Some(path) = &self.file else { return audit::verifier(&state.dir()?) };
        let text = read_bounded(path, KEY_BYTES_MAX)?;
        Verifier::parse(&text).with_context(|| format!("cannot use {}", path.display()))
    }
}

impl Key {
    /// The key for what was signed under this name: where the state folder's own counts, one log may have followed another.
    pub fn read_for(&self, state: &State, origin: Option<&str>) -> Result<Verifier> {
        let key = self.read(state)?;
        Ok(match origin {
            Some(origin) if self.file.is_none() => key.for_origin(origin),
            _ => key,
        })
    }
}

impl Verify {
    pub fn run(self) -> Result<Outcome> {
        let kept = self.since_checkpoint.iter().map(|path| read_notes(path)).collect::<Result<Vec<_>>>()?.concat();
        let (trail, remembered) = match &self.trail {
            Some(trail) => (trail.clone(), Vec::new()),
            None => {
                let state_dir = self.state.dir()?;
                (state_dir.join(audit::FILE), remembered(&state_dir)?)
            }
        };
        let anchors = [kept.as_slice(), &remembered].concat();
        // A copy of its own may be of an earlier log.
        let origin = self.trail.as_deref().map(audit::origin_of).transpose()?.flatten();
        let report = audit::verify(&trail, &self.key.read_for(&self.state, origin.as_deref())?, &anchors)?;
        match self.json {
            true => print_json(&as_json(&report)),
            false => describe(&report, kept.len()).iter().for_each(|line| say(&printable(line))),
        }
        Ok(if report.is_well() { Outcome::Done } else { Outcome::Refused })
    }
}

/// What the gateway remembers beside the trail. It was durable in the trail first.
fn remembered(state_dir: &Path) -> Result<Vec<Signed>> {
    let path = state_dir.join(audit::REMEMBERED_FILE);
    if platform::is_there(&path) { read_notes(&path) } else { Ok(Vec::new()) }
}

/// Of a witness's file: a checkpoint a minute for half a year takes a quarter of it.
const NOTES_BYTES_MAX: u64 = 256 * 1024 * 1024;

fn read_notes(path: &Path) -> Result<Vec<Signed>> {
    let text = read_bounded(path, NOTES_BYTES_MAX)?;
    notes(&text).with_context(|| format!("{} holds no checkpoints", path.display()))
}

fn as_json(report: &Report) -> serde_json::Map<String, Value> {
    let mut told = json!({"ok": report.is_well()});
    let body = serde_json::to_value(report).expect("a report serialises");
    told.as_object_mut().expect("an object").extend(body.as_object().cloned().unwrap_or_default());
    told.as_object().cloned().unwrap_or_default()
}

fn describe(report: &Report, anchors: usize) -> Vec<String> {
    let mut lines: Vec<String> = report.problems.iter().map(|problem| format!("DOES NOT FIT: {problem}")).collect();
    let uncovered = report.rows.saturating_sub(report.covered);
    let removed = match report.removed {
        0 => String::new(),
        removed => format!(", of which retention has removed {removed}"),
    };
    let counts = format!("{} rows{removed}, {} checkpoints", report.rows, report.checkpoints);
    let verdict = if report.is_well() { "the trail is as it was signed" } else { "the trail is NOT as it was signed" };
    lines.push(format!("{verdict}: {counts}; {uncovered} rows behind the last checkpoint are not signed yet"));
    if anchors > 0 && report.is_well() {
        lines.push(format!("it begins as the {anchors} kept checkpoints say"));
    }
    lines
}
