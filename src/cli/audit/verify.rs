//! `livegate audit verify`: checks the trail against its signed checkpoints.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};

use super::super::progress::Progress;
use super::{read_bounded, trail_file};
use crate::audit::checkpoint::{Signed, Verifier, notes};
use crate::audit::{self, Report};
use crate::cli::{Outcome, State, counted, print_json, say};
use crate::platform;
use crate::review::{self, Comparison, printable};

/// Verify the whole trail
///
/// Hashes every row and compares it with every checkpoint, then compares the index, review.db, with the rows. Exit code 1 if a check fails.
///
/// Examples: livegate audit verify
///           livegate audit verify --since-checkpoint /media/stick/checkpoints.txt
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Verify {
    #[command(flatten)]
    state: State,
    /// The trail's file, such as a copy [default: trail.db in the state folder]
    #[arg(long, value_name = "FILE")]
    trail: Option<PathBuf>,
    #[command(flatten)]
    key: Key,
    /// A file with checkpoints kept elsewhere, which the trail must contain
    #[arg(long, value_name = "FILE")]
    since_checkpoint: Vec<PathBuf>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Far longer than a named key.
const KEY_BYTES_MAX: u64 = 64 * 1024;

/// The option that names the log's key.
#[derive(Args)]
pub struct Key {
    /// The log's public key, such as a copy of trail.vkey [default: the state folder's]
    #[arg(long = "key", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Key {
    pub fn read(&self, state: &State) -> Result<Verifier> {
        let Some(path) = &self.file else { return Ok(audit::verifier(&state.dir()?)?) };
        let text = read_bounded(path, KEY_BYTES_MAX)?;
        Verifier::parse(&text).with_context(|| format!("cannot use {}", path.display()))
    }
}

impl Key {
    /// The key for signatures of this origin. With the state folder's key, the origin may be of an earlier log.
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
                (trail_file(&state_dir)?, remembered(&state_dir)?)
            }
        };
        let anchors = [kept.as_slice(), &remembered].concat();
        // A copy may be of an earlier log.
        let origin = self.trail.as_deref().map(audit::origin_of).transpose()?.flatten();
        let key = self.key.read_for(&self.state, origin.as_deref())?;
        let mut progress = Progress::new("verifying");
        let report = audit::verify_watched(&trail, &key, &anchors, &mut |seq, last_seq| progress.at(seq, last_seq))?;
        drop(progress);
        // An index is compared only with a valid trail, and only the state folder's trail has an index.
        let index = match trail.parent() {
            Some(state_dir) if self.trail.is_none() && report.is_valid() => review::compare(state_dir)?,
            _ => Comparison::NoIndex,
        };
        if self.json {
            print_json(&as_json(&report, &index));
        } else {
            describe(&report, kept.len(), &index).iter().for_each(|line| say(&printable(line)));
        }
        Ok(if report.is_valid() && differences(&index).is_empty() { Outcome::Done } else { Outcome::Refused })
    }
}

/// The checkpoints that the gateway keeps beside the trail, each durable in the trail first.
fn remembered(state_dir: &Path) -> Result<Vec<Signed>> {
    let path = state_dir.join(audit::REMEMBERED_FILE);
    if platform::is_there(&path) { read_notes(&path) } else { Ok(Vec::new()) }
}

/// A witness's file with a checkpoint a minute takes a quarter of this in half a year.
const NOTES_BYTES_MAX: u64 = 256 * 1024 * 1024;

fn read_notes(path: &Path) -> Result<Vec<Signed>> {
    let text = read_bounded(path, NOTES_BYTES_MAX)?;
    notes(&text).with_context(|| format!("{} has no valid checkpoints", path.display()))
}

fn differences(index: &Comparison) -> &[String] {
    match index {
        Comparison::Differs(differences) => differences,
        Comparison::NoIndex | Comparison::Same { .. } => &[],
    }
}

fn as_json(report: &Report, index: &Comparison) -> serde_json::Map<String, Value> {
    let differences = differences(index);
    let mut answer = json!({"ok": report.is_valid() && differences.is_empty(), "index_problems": differences});
    let body = serde_json::to_value(report).expect("a report serialises");
    answer.as_object_mut().expect("an object").extend(body.as_object().cloned().unwrap_or_default());
    answer.as_object().cloned().unwrap_or_default()
}

fn describe(report: &Report, anchors: usize, index: &Comparison) -> Vec<String> {
    let mut lines: Vec<String> = report.problems.iter().map(|problem| format!("PROBLEM: {problem}")).collect();
    let uncovered = report.rows.saturating_sub(report.covered);
    let removed = match report.removed {
        0 => String::new(),
        removed => format!(", {removed} of them pruned by retention"),
    };
    let rows = counted(report.rows, "row");
    let checkpoints = counted(report.checkpoints, "checkpoint");
    let verdict =
        if report.is_valid() { "the trail matches its signatures" } else { "the trail does NOT match its signatures" };
    lines.push(format!(
        "{verdict}: {rows}{removed}, {checkpoints}; not signed yet: {uncovered} after the last checkpoint"
    ));
    match index {
        Comparison::NoIndex => (),
        Comparison::Same { last_seq } => lines.push(format!("review.db lists its rows up to row {last_seq}")),
        Comparison::Differs(differences) => {
            lines.extend(differences.iter().map(|difference| format!("PROBLEM: {difference}")));
            lines.push("searches may miss rows: delete review.db, and the next search builds it again".to_owned());
        }
    }
    if anchors > 0 && report.is_valid() {
        lines.push(format!("it contains the given checkpoints ({anchors})"));
    }
    lines
}
