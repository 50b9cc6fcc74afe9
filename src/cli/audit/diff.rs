//! `livegate audit diff`: lists what changed in the set, with old and new values and callers.

use anyhow::Result;
use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::super::{Outcome, State, load_config, print_json, say};
use super::filter_args::FilterArgs;
use super::open_review;
use crate::review::{Changed, UnwatchedTracks, printable};

/// List what changed in the set: old value, new value, how often and the callers
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
            say(&format!("{time} another set was loaded: earlier changes were made in the previous set"));
        }
        for time in &found.copies_put_back {
            say(&format!("{time} a copy of the trail was restored: changes made after the copy are missing"));
        }
        for UnwatchedTracks { time, tracks, listened } in &found.unwatched {
            say(&format!(
                "{time} only the first {listened} of {tracks} tracks are followed: changes made in Live itself on the others are missing"
            ));
        }
        let zone = self.filter.zone();
        let mut group = "";
        for changed in &found.changed {
            let (owner, part) = split(&changed.target);
            if owner != group {
                group = owner;
                say(&printable(owner));
            }
            say(&printable(&describe(changed, part, &zone)));
        }
        if found.changed.is_empty() {
            say("nothing changed");
        }
        Ok(Outcome::Done)
    }
}

/// The track, return or other owner of a target, and the part of it. A name may have commas within its quotation marks.
fn split(target: &str) -> (&str, &str) {
    let mut is_quoted = false;
    let mut is_escaped = false;
    for (at, character) in target.char_indices() {
        match character {
            '\\' if is_quoted && !is_escaped => {
                is_escaped = true;
                continue;
            }
            '"' if !is_escaped => is_quoted = !is_quoted,
            ',' if !is_quoted => return (&target[..at], target[at + 1..].trim_start()),
            _ => (),
        }
        is_escaped = false;
    }
    (target, "")
}

fn describe(changed: &Changed, part: &str, zone: &TimeZone) -> String {
    let value = |value: &Option<Value>| value.as_ref().map_or_else(|| "-".into(), Value::to_string);
    let by: Vec<String> = changed.by.iter().map(|(caller, times)| by_caller(caller, *times)).collect();
    let perhaps = if changed.certain { "" } else { " (the outcome of the last one is unknown)" };
    let before = value(&changed.before);
    let after = value(&changed.after);
    let member = if part.is_empty() { changed.member.clone() } else { format!("{part}: {}", changed.member) };
    let time = changed.time.parse::<Timestamp>().map_or_else(
        |_| changed.time.clone(),
        |time| time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
    );
    format!("  {member}: {before} -> {after}  by {}; last {time}, row {}{perhaps}", by.join(", "), changed.seq)
}

fn by_caller(caller: &str, times: u64) -> String {
    if times == 1 { caller.to_owned() } else { format!("{caller} ({times} times)") }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_part_follows_its_owners_name() {
        let target = r#"track 0 "Drums, \"loud\"", return "A, B", send 0"#;
        assert_eq!(split(target), (r#"track 0 "Drums, \"loud\"""#, r#"return "A, B", send 0"#));
        assert_eq!(split("set"), ("set", ""));
    }
}
