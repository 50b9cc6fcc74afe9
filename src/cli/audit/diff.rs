//! `livegate audit diff`: what changed in the set, from what to what, and by whom.

use anyhow::Result;
use clap::Args;
use serde_json::Value;

use super::super::{Outcome, State, load_config, print_json, say};
use super::open_review;
use super::which::Which;
use crate::review::{Changed, Unheard, printable};

/// Tell what changed in the set: from what, to what, how often and by whom.
///
/// Of what is changed in Live itself, notes, envelopes, parameters of devices, what is inside racks, routing and the arrangement are
/// not listened to.
///
/// Examples: livegate audit diff --since 16h
///           livegate audit diff --since 2h --track Vocals --caller mia
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Diff {
    #[command(flatten)]
    state: State,
    #[command(flatten)]
    which: Which,
    /// Also what is as it was before
    #[arg(long)]
    all: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

impl Diff {
    pub fn run(self) -> Result<Outcome> {
        let state_dir = self.state.dir()?;
        let targets_max = load_config(None, &state_dir)?.review.targets_max;
        let mut found = open_review(&state_dir)?.difference(&self.which.filter()?, targets_max)?;
        found.changed.retain(|changed| self.all || !changed.is_same());
        if self.json {
            let value = serde_json::to_value(&found).expect("a difference serialises");
            print_json(value.as_object().expect("an object"));
            return Ok(Outcome::Done);
        }
        if let Some(time) = &found.removed_until {
            say(&format!("{time} up to then retention has removed what was written"));
        }
        for time in &found.sets_loaded {
            say(&format!("{time} another set was loaded: what is told from before belongs to another set"));
        }
        for time in &found.copies_put_back {
            say(&format!(
                "{time} another copy of the trail was put in its place: what was done since it was made is not told"
            ));
        }
        for Unheard { time, tracks, listened } in &found.unheard {
            say(&format!(
                "{time} of {tracks} tracks the first {listened} are listened to: what was changed in Live itself on the others is not told"
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
    let perhaps = if changed.certain { "" } else { " (nobody knows whether the last one happened)" };
    let (member, before, after) = (&changed.member, value(&changed.before), value(&changed.after));
    format!("  {member}: {before} -> {after}  by {}; last {} #{}{perhaps}", by.join(", "), changed.time, changed.seq)
}
