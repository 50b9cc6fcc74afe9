//! Plans a replay: decides for each recorded change whether to send it again, send an equivalent, or skip it with a reason.

use serde_json::{Map, Value, json};

use crate::audit::{Change, End, HistoryEvent, HistoryItem, OutcomeKind};
use crate::command::{Handler, catalogue};
use crate::review::{Edit, edits};
use crate::wire::line;

/// The event that reports how many tracks are followed.
const LISTENING: &str = "listening";
/// The parameters that name an object by its index.
const INDEXES: [&str; 5] = ["track_index", "return_index", "scene_index", "clip_index", "device_index"];

/// The step for one row.
#[derive(Debug, PartialEq)]
pub enum Step {
    /// Send this request. The note says how it differs from the recorded one. `unnamed` of its commands are sent without an
    /// expectation, because the trail has no names for their objects.
    Send { request: Map<String, Value>, note: Option<String>, unnamed: usize },
    /// It cannot be replayed, for this reason.
    Skip(String),
    /// From here on the replayed set may differ from the recorded one, for this reason.
    Blind(String),
    /// It has no lasting effect.
    Nothing,
}

impl Step {
    fn send(request: Map<String, Value>, note: Option<String>) -> Step {
        let unnamed = match request.get("commands").and_then(Value::as_array) {
            Some(commands) => {
                commands.iter().filter_map(Value::as_object).filter(|command| is_unnamed(command)).count()
            }
            None => usize::from(is_unnamed(&request)),
        };
        Step::Send { request, note, unnamed }
    }
}

/// Plans row after row, with the state from earlier rows.
#[derive(Debug, Default)]
pub struct Planner {
    /// Only this caller's changes.
    caller: Option<String>,
    /// Why `undo` would revert another change than it did.
    history_differs: Option<&'static str>,
    set_epoch: Option<i64>,
}

impl Planner {
    pub fn new(caller: Option<String>) -> Planner {
        Planner { caller, ..Planner::default() }
    }

    pub fn step(&mut self, past: &HistoryItem) -> Step {
        let step = match past {
            HistoryItem::Event(happening) => self.event(happening),
            HistoryItem::Change(change) => self.change(change),
        };
        let is_lost = matches!(step, Step::Skip(_) | Step::Blind(_)) && !reports_observation(past);
        if is_lost && self.history_differs.is_none() {
            self.history_differs = Some("an earlier change could not be replayed, so it would revert another change");
        }
        step
    }

    fn event(&mut self, HistoryEvent { kind, fields, .. }: &HistoryEvent) -> Step {
        match kind.as_str() {
            "set_loaded" => {
                let epoch = fields.get("set_epoch").and_then(Value::as_i64);
                match (self.set_epoch.replace(epoch.unwrap_or_default()), epoch) {
                    (Some(known), Some(epoch)) if known == epoch => Step::Nothing,
                    (None, _) => Step::Nothing,
                    _ => Step::Blind("another set was loaded; later changes were made in that one".into()),
                }
            }
            "changed_in_live" => Step::Blind(in_live(fields)),
            LISTENING => unobserved(fields),
            "log_begun" if fields.contains_key("previous") || fields.contains_key("lost") => {
                Step::Blind("a copy of the trail was restored; changes made after the copy are missing".into())
            }
            "bridge_down" => Step::Blind("the bridge was down; changes made in Live meanwhile are missing".into()),
            _ if self.set_epoch.is_some() => {
                Step::Blind("the gateway was not running; changes made in Live meanwhile are missing".into())
            }
            _ => Step::Nothing,
        }
    }

    fn change(&mut self, change: &Change) -> Step {
        let Some(action) = catalogue().find(&change.action) else {
            return Step::Skip("this version of livegate has no such action".into());
        };
        if action.is_read() || !action.handler.is_in_live() || change.terms.contains_key("dry_run") {
            return Step::Nothing;
        }
        if self.caller.is_some() && self.caller != change.caller {
            self.history_differs = Some("changes of other callers are left out, so it would revert another change");
            return Step::Nothing;
        }
        if action.handler == Handler::Batch {
            return self.batch(change);
        }
        let Some(end) = change.ends.first() else { return Step::Nothing };
        match self.command(&change.action, &change.parameters, end) {
            Done::Again(request) => Step::send(request, None),
            Done::As(mut commands) if commands.len() == 1 => {
                let request = commands.remove(0);
                let note = format!("as {}", line::ascii(&request));
                Step::send(request, Some(note))
            }
            Done::As(commands) => {
                let note = Some(format!("as a batch that sets the {} resulting values", commands.len()));
                Step::send(batch_of(commands), note)
            }
            Done::Not(reason) => Step::Skip(reason),
            Done::Nothing => Step::Nothing,
        }
    }

    /// The effective commands of a batch as one batch, which is one undo step again.
    fn batch(&mut self, change: &Change) -> Step {
        let commands = change.parameters.get("commands").and_then(Value::as_array);
        let mut again = Vec::new();
        let mut skipped = Vec::new();
        let mut others = 0;
        for (number, (command, end)) in commands.into_iter().flatten().zip(&change.ends).enumerate() {
            let Some(mut parameters) = command.as_object().cloned() else { continue };
            let Some(Value::String(name)) = parameters.remove("action") else { continue };
            let is_change = catalogue().find(&name).is_some_and(|action| !action.is_read());
            if !is_change || parameters.remove("dry_run") == Some(Value::Bool(true)) {
                continue;
            }
            for term in ["expect", "coalesce"] {
                parameters.remove(term);
            }
            match self.command(&name, &parameters, end) {
                Done::Again(command) => again.push(command),
                Done::As(commands) => {
                    others += 1;
                    again.extend(commands);
                }
                Done::Not(reason) => skipped.push(format!("commands[{number}] {name}: {reason}")),
                Done::Nothing => (),
            }
        }
        if again.is_empty() {
            return if skipped.is_empty() { Step::Nothing } else { Step::Skip(skipped.join("; ")) };
        }
        let mut note = (others > 0).then(|| format!("with the resulting values of {others} of its commands"));
        if !skipped.is_empty() {
            // It is still one undo step, but with other contents.
            self.history_differs = Some("an earlier batch was replayed in part, so it would revert another change");
            note = Some(format!("without {}", skipped.join("; ")));
        }
        Step::send(batch_of(again), note)
    }

    fn command(&self, action: &str, parameters: &Map<String, Value>, end: &End) -> Done {
        match end.kind {
            OutcomeKind::Ok => (),
            OutcomeKind::Unknown | OutcomeKind::Interrupted => {
                return Done::Not("its outcome is unknown: Live sent no answer".into());
            }
            OutcomeKind::Error if end.detail.contains_key("after") => {
                return Done::Not("it failed after it had changed something".into());
            }
            _ => return Done::Nothing,
        }
        let before = |member: &str| end.detail.get("before").and_then(|before| before.get(member));
        let after = |member: &str| end.detail.get("after").and_then(|after| after.get(member)).cloned();
        match action {
            "undo" | "redo" if self.history_differs.is_some() => {
                Done::Not(self.history_differs.unwrap_or_default().into())
            }
            "tap_tempo" => match after("tempo") {
                Some(tempo) if Some(&tempo) == before("tempo") => Done::Nothing,
                Some(tempo) => Done::instead([json!({"action": "set_tempo", "bpm": tempo})]),
                None => Done::Not("the resulting tempo was not recorded".into()),
            },
            "randomize_device" | "randomize_device_parameters" => {
                let values = |part: &str| end.detail.get(part)?.get("values")?.as_array().cloned();
                match (values("before"), values("after")) {
                    (Some(before), Some(after)) => Done::instead(chosen(parameters, &end.detail, &before, &after)),
                    _ => Done::Not("the resulting values were too many to record".into()),
                }
            }
            _ if parameters.values().any(is_digest) => {
                Done::Not("one of its parameters was redacted from the trail".into())
            }
            _ => match reason_against(action) {
                Some(reason) => Done::Not(reason.into()),
                None => Done::Again(again(action, parameters, &end.detail)),
            },
        }
    }
}

/// The plan for one command.
enum Done {
    Again(Map<String, Value>),
    /// Replaced by these equivalent commands.
    As(Vec<Map<String, Value>>),
    Not(String),
    Nothing,
}

impl Done {
    fn instead(commands: impl IntoIterator<Item = Value>) -> Done {
        let commands = commands.into_iter().filter_map(|command| match command {
            Value::Object(command) => Some(command),
            _ => None,
        });
        match commands.collect::<Vec<_>>() {
            commands if commands.is_empty() => Done::Nothing,
            commands => Done::As(commands),
        }
    }
}

/// Whether the value is the digest of a redacted parameter.
fn is_digest(value: &Value) -> bool {
    value.as_object().is_some_and(|object| object.len() == 1 && object.contains_key("hmac"))
}

/// The reason for actions whose effect is not in their parameters.
fn reason_against(action: &str) -> Option<&'static str> {
    match action {
        "start_recording" | "stop_recording" | "set_record_mode" | "set_session_record" | "trigger_session_record" => {
            Some("the recorded material is only in Live, not in the trail")
        }
        "capture_midi" => Some("the played notes are only in Live, not in the trail"),
        "nudge_up" | "nudge_down" => Some("its effect depends on the moment of playback"),
        "show_message_box" => Some("it showed a dialog to a person"),
        _ => None,
    }
}

/// The same request, with the recorded names as expectation.
fn again(action: &str, parameters: &Map<String, Value>, detail: &Map<String, Value>) -> Map<String, Value> {
    let mut request = parameters.clone();
    request.insert("action".into(), action.into());
    let expect = expectation(parameters, detail);
    if !expect.is_empty() {
        request.insert("expect".into(), expect.into());
    }
    request
}

/// The recorded names of the objects in the parameters.
fn expectation(parameters: &Map<String, Value>, detail: &Map<String, Value>) -> Map<String, Value> {
    let named = |kind: &str| match kind {
        "clip" => ["clip_index", "scene_index"].iter().any(|row| parameters.contains_key(*row)),
        kind => parameters.contains_key(&format!("{kind}_index")),
    };
    let touched = detail.get("touched").and_then(Value::as_object);
    let names = touched.into_iter().flatten().filter(|(kind, _)| named(kind));
    let first = names.filter_map(|(kind, names)| Some((kind.clone(), names.get(0)?.clone())));
    first.filter(|(_, name)| name.as_str().is_some_and(|name| !name.chars().any(char::is_control))).collect()
}

/// Randomised values as explicit changes.
fn chosen(
    parameters: &Map<String, Value>,
    detail: &Map<String, Value>,
    before: &[Value],
    after: &[Value],
) -> Vec<Value> {
    let changed = before.iter().zip(after).enumerate().filter(|(_, (before, after))| before != after);
    let set = |(index, (_, value)): (usize, (&Value, &Value))| {
        let mut command = again("set_device_param", parameters, detail);
        command.insert("param_index".into(), index.into());
        command.insert("value".into(), value.clone());
        Value::Object(command)
    };
    changed.map(set).collect()
}

fn batch_of(commands: Vec<Map<String, Value>>) -> Map<String, Value> {
    let commands: Value = commands.into_iter().map(Value::Object).collect();
    let members = [("action", "batch".into()), ("commands", commands), ("on_error", "continue".into())];
    members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Whether a command names an object by its index without an expected name.
fn is_unnamed(command: &Map<String, Value>) -> bool {
    !command.contains_key("expect") && INDEXES.iter().any(|index| command.contains_key(*index))
}

fn reports_observation(past: &HistoryItem) -> bool {
    matches!(past, HistoryItem::Event(happening) if happening.kind == LISTENING)
}

/// From here on only the first tracks are followed, or all tracks again.
fn unobserved(fields: &Map<String, Value>) -> Step {
    let number = |key: &str| fields.get(key).and_then(Value::as_u64).unwrap_or_default();
    let tracks = number("tracks");
    let listened = number("listened");
    if listened >= tracks {
        return Step::Nothing;
    }
    Step::Blind(format!(
        "only the first {listened} of {tracks} tracks are followed; changes made in Live itself on the others are missing"
    ))
}

/// A change made in Live itself, as a sentence.
fn in_live(fields: &Map<String, Value>) -> String {
    if let Some(count) = fields.get("count") {
        return format!("{count} more changes were made in Live itself");
    }
    let sentences: Vec<String> = edits(fields).iter().map(Edit::describe).collect();
    format!("in Live itself {}", sentences.join("; "))
}

#[cfg(test)]
mod tests;
