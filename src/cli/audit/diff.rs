//! `livegate audit diff`: lists what changed in the set, with old and new values and callers.

use anyhow::Result;
use clap::Args;
use serde_json::Value;

use super::super::{Outcome, State, load_config, print_json, say};
use super::filter_args::FilterArgs;
use super::open_review;
use crate::review::{Changed, UnwatchedTracks, printable};

/// List what changed in the set: old value, new value, how often and by whom.
///
/// Changes made in Live itself are missing for notes, envelopes, device parameters, the inside of racks, routing and the arrangement.
///
/// Examples: livegate audit diff --since 16h
///           livegate audit diff --since 2h --track Vocals --caller mia
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Diff {
    #[command(flatten)]
    state: State,
    #[command(flatten)]
    filter: FilterArgs,
    /// Also list values that changed back
    #[arg(long)]
    all: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Diff {
    pub fn run(self) -> Result<Outcome> {
        let state_dir = self.state.dir()?;
        let targets_max = load_config(None, &state_dir)?.review.targets_max;
        let mut found = open_review(&state_dir)?.difference(&self.filter.read()?, targets_max)?;
        found.changed.retain(|changed| self.all || !changed.is_same());
        if self.json {
            let value = serde_json::to_value(&found).expect("a difference serialises");
            print_json(value.as_object().expect("an object"));
            return Ok(Outcome::Done);
        }
        if let Some(time) = &found.removed_until {
            say(&format!("{time} retention has pruned the rows up to here"));
        }
        for time in &found.sets_loaded {
            say(&format!("{time} another set was loaded: earlier changes belong to another set"));
        }
        for time in &found.copies_put_back {
            say(&format!("{time} a copy of the trail was restored: changes made after the copy are missing"));
        }
        for UnwatchedTracks { time, tracks, listened } in &found.unheard {
            say(&format!(
                "{time} only the first {listened} of {tracks} tracks are observed: changes made in Live itself on the others are missing"
            ));
        }
        let mut target = "";
        for changed in &found.changed {
            if changed.target != target {
                target = &changed.target;
                say(&printable(target));
            }
            say(&printable(&describe(changed)));
        }
        if found.changed.is_empty() {
            say("nothing changed");
        }
        Ok(Outcome::Done)
    }
}

fn describe(changed: &Changed) -> String {
    let value = |value: &Option<Value>| value.as_ref().map_or_else(|| "-".into(), Value::to_string);
    let by: Vec<String> = changed.by.iter().map(|(caller, times)| format!("{caller} {times}x")).collect();
    let perhaps = if changed.certain { "" } else { " (the outcome of the last one is unknown)" };
    let (member, before, after) = (&changed.member, value(&changed.before), value(&changed.after));
    format!("  {member}: {before} -> {after}  by {}; last {} #{}{perhaps}", by.join(", "), changed.time, changed.seq)
}
