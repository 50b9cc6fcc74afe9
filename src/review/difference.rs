//! Net changes of the set within a time range: for each member of each object the value before the first change and after the last, with
//! the callers.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::entry::{IN_LIVE, commands};
use super::error::{ErrorKind, Result};
use super::in_live::edits;
use super::target::target;
use super::{Filter, Position, Review};
use crate::audit::{self, Listed, OutcomeKind, Written};
use crate::command::catalogue;
use crate::platform::clock;

type Fields = Map<String, Value>;

#[derive(Debug, Default, Serialize)]
pub struct Difference {
    /// In the order of targets and members.
    pub changed: Vec<Changed>,
    /// Times at which another set was loaded within the range: earlier values belong to another set. The newest first.
    pub sets_loaded: Vec<String>,
    /// Times at which a copy replaced the trail. The result lacks changes made between the copy and the restore. The newest first.
    pub copies_put_back: Vec<String>,
    /// Times from which the result lacks changes in Live on some tracks. The newest first.
    #[serde(rename = "unheard")]
    pub unwatched: Vec<UnwatchedTracks>,
    /// Time up to which retention pruned rows.
    pub removed_until: Option<String>,
}

/// The gateway subscribed to the first `listened` of `tracks` tracks only.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnwatchedTracks {
    pub time: String,
    pub tracks: u64,
    pub listened: u64,
}

/// The net change of one member of one object.
#[derive(Clone, Debug, Serialize)]
pub struct Changed {
    /// Such as `track 2 "Vocals"`: index and name at the time of the change.
    pub target: String,
    /// The changed member; the action if the member is unknown.
    pub member: String,
    /// Absent if unknown or if there was no value.
    pub before: Option<Value>,
    /// The new value; the action's other parameters if the member is unknown; absent if there are none.
    pub after: Option<Value>,
    pub times: u64,
    /// Number of changes per caller.
    pub by: BTreeMap<String, u64>,
    /// The last change.
    pub seq: i64,
    pub time: String,
    pub caller: String,
    pub action: String,
    /// Whether the last change is known to have been carried out.
    pub certain: bool,
}

const TOLD_MAX: u32 = 100;
const EXTENTS_MAX: u32 = 100;
const PAGE: u32 = 500;

impl Changed {
    /// Whether the value is the same as before.
    pub fn is_same(&self) -> bool {
        self.before.is_some() && self.before == self.after
    }
}

impl Review {
    /// Compute the difference, with at most `targets_max` members; more are an error that asks for a narrower filter.
    pub fn difference(&self, filter: &Filter, targets_max: usize) -> Result<Difference> {
        let mut found = BTreeMap::new();
        let changes = filter.clone().changes_only();
        let mut place = Position::After(0);
        let mut first_seq = i64::MAX;
        loop {
            let seqs = self.find(&changes, place, PAGE)?;
            let Some(&last) = seqs.last() else { break };
            place = Position::After(last);
            first_seq = first_seq.min(seqs[0]);
            for seq in seqs {
                self.check_time()?;
                for change in self.changes_of(seq)? {
                    add(&mut found, change);
                }
                if found.len() > targets_max {
                    return Err(ErrorKind::TooMuch(targets_max).into());
                }
            }
        }
        let page = super::Page::of(Position::Before(i64::MAX), TOLD_MAX);
        let loads = self.list(&filter.times_of("set_loaded"), &page)?;
        let begun = self.list(&filter.times_of("log_begun"), &page)?.into_iter();
        let has = |row: &Listed, key: &str| row.details.as_ref().is_some_and(|details| details.get(key).is_some());
        let begun = begun.filter(|row| has(row, "previous") || has(row, "lost"));
        let copies_put_back = begun.map(|row| row.time).collect();
        let sets_loaded = self.other_sets(loads, first_seq)?;
        let until =
            self.trail().removed_until_us()?.filter(|&until| filter.since_us.is_none_or(|since| since <= until));
        let removed_until = until.map(|time_us| clock::rfc3339(time_us / 1_000_000));
        let changed = found.into_values().collect();
        Ok(Difference { changed, sets_loaded, copies_put_back, unwatched: self.unwatched(filter)?, removed_until })
    }

    /// Times of partial subscription within the time range, including the last report before it.
    fn unwatched(&self, filter: &Filter) -> Result<Vec<UnwatchedTracks>> {
        let mut ever = filter.times_of("listening");
        ever.since_us = None;
        let mut unwatched = Vec::new();
        for seq in self.find(&ever, Position::Before(i64::MAX), EXTENTS_MAX)? {
            let Some(row) = self.trail().row(seq)? else { continue };
            let fields = row.fields()?;
            let number = |key: &str| fields.get(key).and_then(Value::as_u64).unwrap_or_default();
            let time_us = fields.get("time").and_then(Value::as_i64).unwrap_or_default();
            let tracks = number("tracks");
            let listened = number("listened");
            if listened < tracks {
                unwatched.push(UnwatchedTracks { time: clock::rfc3339(time_us / 1_000_000), tracks, listened });
            }
            if filter.since_us.is_some_and(|since| time_us <= since) {
                break;
            }
        }
        Ok(unwatched)
    }

    /// The times at which a set was loaded that is not the one before. The gateway also records the set that it finds when it starts.
    fn other_sets(&self, mut loads: Vec<Listed>, first_seq: i64) -> Result<Vec<String>> {
        loads.retain(|row| row.seq > first_seq);
        let Some(oldest) = loads.last().map(|row| row.seq) else { return Ok(Vec::new()) };
        let earlier = Filter::default().times_of("set_loaded");
        loads.extend(self.list(&earlier, &super::Page::of(Position::Before(oldest), 1))?);
        let epoch = |row: &Listed| row.details.as_ref().and_then(|details| details.get("set_epoch")?.as_i64());
        // The first row of the trail has no set before it.
        let pairs = loads.windows(2).filter(|pair| epoch(&pair[0]) != epoch(&pair[1]));
        Ok(pairs.map(|pair| pair[0].time.clone()).collect())
    }

    fn changes_of(&self, seq: i64) -> Result<Vec<Changed>> {
        let Some(row) = self.trail().row(seq)? else { return Ok(Vec::new()) };
        let fields = row.fields()?;
        let time_us = fields.get("time").and_then(Value::as_i64).unwrap_or_default();
        let event = Happened { seq, time: clock::rfc3339(time_us / 1_000_000), caller: IN_LIVE.into(), certain: true };
        let Some(action) = fields.get("action").and_then(Value::as_str) else {
            return Ok(event.in_live(&fields));
        };
        let session = fields.get("session").and_then(Value::as_i64).unwrap_or_default();
        let session = self.trail().row(session)?.map(|row| row.fields()).transpose()?.unwrap_or_default();
        let caller = session.get("caller").and_then(Value::as_str).unwrap_or("-").to_owned();
        let request = Happened { caller, ..event };
        let none = Fields::new();
        let parameters = object(&fields, "parameters").unwrap_or(&none);
        let outcomes =
            self.trail().outcomes_of(seq, i64::MAX)?.iter().map(Written::fields).collect::<audit::Result<Vec<_>>>()?;
        let of_batch: Vec<&Fields> = commands(parameters).collect();
        let changes = outcomes.iter().flat_map(|outcome| {
            let item = outcome.get("item").and_then(Value::as_u64).and_then(|item| usize::try_from(item).ok());
            let command = item.and_then(|item| of_batch.get(item)).copied();
            let action = command.and_then(|command| command.get("action")).and_then(Value::as_str).unwrap_or(action);
            request.changes_of(action, command.unwrap_or(parameters), outcome)
        });
        Ok(changes.collect())
    }
}

/// The time and the caller of a change.
#[derive(Clone)]
struct Happened {
    seq: i64,
    time: String,
    caller: String,
    certain: bool,
}

impl Happened {
    /// The changes by a command. A failed command changed nothing, unless its outcome lists changes.
    fn changes_of(&self, action: &str, parameters: &Fields, outcome: &Fields) -> Vec<Changed> {
        let kind = outcome.get("outcome").and_then(Value::as_str).and_then(OutcomeKind::from_name);
        let before = object(outcome, "before");
        let after = object(outcome, "after");
        let certain = match kind {
            Some(OutcomeKind::Ok) => true,
            Some(OutcomeKind::Error) if before.is_some() || after.is_some() => true,
            Some(OutcomeKind::Unknown | OutcomeKind::Interrupted) => false,
            _ => return Vec::new(),
        };
        if catalogue().find(action).is_some_and(|action| action.is_read()) {
            return Vec::new();
        }
        let happened = Happened { certain, ..self.clone() };
        let (target, rest) = target(action, parameters, object(outcome, "touched"));
        let none = Fields::new();
        let before = before.unwrap_or(&none);
        let after = after.unwrap_or(&none);
        let members: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        if members.is_empty() {
            let after = (!rest.is_empty()).then_some(Value::Object(rest));
            return vec![happened.changed(action, target, action, None, after)];
        }
        let changed = |member: &&String| {
            let before = before.get(*member).cloned();
            let after = after.get(*member).cloned();
            happened.changed(action, target.clone(), member, before, after)
        };
        members.iter().map(changed).collect()
    }

    /// The observed changes made in Live itself.
    fn in_live(&self, event: &Fields) -> Vec<Changed> {
        let name = object(event, "topic").and_then(|topic| topic.get("event")).and_then(Value::as_str).unwrap_or("-");
        let edits = edits(event).into_iter();
        edits.map(|edit| self.changed(name, edit.target, &edit.member, edit.before, edit.after)).collect()
    }

    fn changed(
        &self,
        action: &str,
        target: String,
        member: &str,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Changed {
        Changed {
            target,
            member: member.to_owned(),
            before,
            after,
            times: 1,
            by: BTreeMap::from([(self.caller.clone(), 1)]),
            seq: self.seq,
            time: self.time.clone(),
            caller: self.caller.clone(),
            action: action.to_owned(),
            certain: self.certain,
        }
    }
}

/// Merge a change: keep the first `before`, and everything else of the last change.
fn add(found: &mut BTreeMap<(String, String), Changed>, change: Changed) {
    let key = (change.target.clone(), change.member.clone());
    match found.get_mut(&key) {
        None => _ = found.insert(key, change),
        Some(known) => {
            let mut by = std::mem::take(&mut known.by);
            *by.entry(change.caller.clone()).or_default() += 1;
            *known = Changed { before: known.before.take(), times: known.times + 1, by, ..change };
        }
    }
}

fn object<'a>(fields: &'a Fields, key: &str) -> Option<&'a Fields> {
    fields.get(key).and_then(Value::as_object)
}
