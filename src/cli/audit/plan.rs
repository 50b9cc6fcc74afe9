//! What a replay does with each change that the trail tells of: send it again, send something that comes to the same, or leave it and say why.

use serde_json::{Map, Value, json};

use crate::audit::{Change, End, Happening, OutcomeKind, Past};
use crate::command::{Home, catalogue};
use crate::line;

/// What is to be done about one row.
#[derive(Debug, PartialEq)]
pub enum Step {
    /// To be sent. The note says how it differs from what was recorded, if it does.
    Send { request: Map<String, Value>, note: Option<String> },
    /// It cannot be done again, and why.
    Skip(String),
    /// From here on the set may be another than the replay makes it, and why.
    Blind(String),
    /// It changed nothing that stays.
    Nothing,
}

/// Goes through the trail with what has to be known from before.
#[derive(Debug, Default)]
pub struct Planner {
    /// Only what this caller did.
    caller: Option<String>,
    /// Why `undo` no longer takes back what it took back then.
    history_differs: Option<&'static str>,
    set_epoch: Option<i64>,
}

impl Planner {
    pub fn new(caller: Option<String>) -> Planner {
        Planner { caller, ..Planner::default() }
    }

    pub fn step(&mut self, past: &Past) -> Step {
        let step = match past {
            Past::Event(happening) => self.event(happening),
            Past::Change(change) => self.change(change),
        };
        if let (Step::Skip(_) | Step::Blind(_), None) = (&step, self.history_differs) {
            self.history_differs =
                Some("something before it could not be replayed, so it would take back something else");
        }
        step
    }

    fn event(&mut self, Happening { kind, fields, .. }: &Happening) -> Step {
        match kind.as_str() {
            "set_loaded" => {
                let epoch = fields.get("set_epoch").and_then(Value::as_i64);
                match (self.set_epoch.replace(epoch.unwrap_or_default()), epoch) {
                    (Some(known), Some(epoch)) if known == epoch => Step::Nothing,
                    (None, _) => Step::Nothing,
                    _ => Step::Blind("another set was loaded; what follows was done in that one".into()),
                }
            }
            "changed_in_live" => Step::Blind(in_live(fields)),
            "bridge_down" => {
                Step::Blind("the connection to Live was lost; what was changed there meanwhile is not known".into())
            }
            _ if self.set_epoch.is_some() => {
                Step::Blind("the gateway had ended; what was changed in Live meanwhile is not known".into())
            }
            _ => Step::Nothing,
        }
    }

    fn change(&mut self, change: &Change) -> Step {
        let Some(action) = catalogue().find(&change.action) else {
            return Step::Skip("this livegate has no such action".into());
        };
        if action.is_read() || action.home != Home::Live || change.terms.contains_key("dry_run") {
            return Step::Nothing;
        }
        if self.caller.is_some() && self.caller != change.caller {
            self.history_differs = Some("what others did is left out, so it would take back something else");
            return Step::Nothing;
        }
        if action.name == "batch" {
            return self.batch(change);
        }
        let Some(end) = change.ends.first() else { return Step::Nothing };
        match self.command(&change.action, &change.parameters, end) {
            Done::Again(request) => Step::Send { request, note: None },
            Done::As(mut commands) if commands.len() == 1 => {
                let request = commands.remove(0);
                Step::Send { note: Some(format!("as {}", line::ascii(&request))), request }
            }
            Done::As(commands) => {
                let note = Some(format!("as a batch that sets the {} values that it came to", commands.len()));
                Step::Send { request: batch_of(commands), note }
            }
            Done::Not(reason) => Step::Skip(reason),
            Done::Nothing => Step::Nothing,
        }
    }

    /// The commands of a batch that had an effect, as one batch again: one step of undo.
    fn batch(&mut self, change: &Change) -> Step {
        let commands = change.parameters.get("commands").and_then(Value::as_array);
        let (mut again, mut skipped, mut others) = (Vec::new(), Vec::new(), 0);
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
        let mut note = (others > 0).then(|| format!("with the values that {others} of its commands came to"));
        if !skipped.is_empty() {
            // It is one step of undo all the same, but another one.
            self.history_differs = Some("a batch before it was replayed in part, so it would take back something else");
            note = Some(format!("without {}", skipped.join("; ")));
        }
        Step::Send { request: batch_of(again), note }
    }

    fn command(&self, action: &str, parameters: &Map<String, Value>, end: &End) -> Done {
        match end.kind {
            OutcomeKind::Ok => (),
            OutcomeKind::Unknown | OutcomeKind::Interrupted => {
                return Done::Not("nobody knows whether it was done: no answer came back from Live".into());
            }
            OutcomeKind::Error if end.detail.contains_key("after") => {
                return Done::Not("it failed, and had changed something by then".into());
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
                None => Done::Not("the tempo that it came to was not recorded".into()),
            },
            "randomize_device" | "randomize_device_parameters" => {
                let values = |part: &str| end.detail.get(part)?.get("values")?.as_array().cloned();
                match (values("before"), values("after")) {
                    (Some(before), Some(after)) => Done::instead(chosen(parameters, &before, &after)),
                    _ => Done::Not("the values that it came to were too many to be recorded".into()),
                }
            }
            _ if parameters.values().any(is_digest) => Done::Not("a parameter of it was kept out of the trail".into()),
            _ => match reason_against(action) {
                Some(reason) => Done::Not(reason.into()),
                None => Done::Again(again(action, parameters, &end.detail)),
            },
        }
    }
}

/// What can be done about one command.
enum Done {
    Again(Map<String, Value>),
    /// By these commands, which come to the same.
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

/// What stands for a parameter that the trail was not to hold.
fn is_digest(value: &Value) -> bool {
    value.as_object().is_some_and(|object| object.len() == 1 && object.contains_key("hmac"))
}

/// Actions whose effect is not in their parameters.
fn reason_against(action: &str) -> Option<&'static str> {
    match action {
        "start_recording" | "stop_recording" | "set_record_mode" | "set_session_record" | "trigger_session_record" => {
            Some("what was recorded is in Live alone, not in the trail")
        }
        "capture_midi" => Some("what was played is in Live alone, not in the trail"),
        "nudge_up" | "nudge_down" => Some("it pushed a set that was playing, at that moment"),
        "show_message_box" => Some("it asked somebody something"),
        _ => None,
    }
}

/// The request once more, if what it names is still called as it was.
fn again(action: &str, parameters: &Map<String, Value>, detail: &Map<String, Value>) -> Map<String, Value> {
    let mut request = parameters.clone();
    request.insert("action".into(), action.into());
    let expect = expectation(parameters, detail);
    if !expect.is_empty() {
        request.insert("expect".into(), expect.into());
    }
    request
}

/// Of what the parameters name, the names from before.
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

/// What chance came to, as values to be set.
fn chosen(parameters: &Map<String, Value>, before: &[Value], after: &[Value]) -> Vec<Value> {
    let changed = before.iter().zip(after).enumerate().filter(|(_, (before, after))| before != after);
    let set = |(index, (_, value)): (usize, (&Value, &Value))| {
        let mut command = parameters.clone();
        command.insert("action".into(), "set_device_param".into());
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

/// What somebody changed in Live itself, in a sentence.
fn in_live(fields: &Map<String, Value>) -> String {
    let text = |value: Option<&Value>| value.map(Value::to_string).unwrap_or_default();
    if let Some(count) = fields.get("count") {
        return format!("{count} more changes were made in Live itself");
    }
    let topic = fields.get("topic").and_then(|topic| topic.get("event")).and_then(Value::as_str).unwrap_or("something");
    let name = fields.get("names").and_then(|names| names.get("track")).and_then(|names| names.get(0));
    let of = name.map(|name| format!(" of {name}")).unwrap_or_default();
    match fields.contains_key("omitted") {
        true => format!("{topic}{of} was changed in Live itself"),
        false => {
            let (before, value) = (text(fields.get("before")), text(fields.get("value")));
            format!("{topic}{of} was changed in Live itself, from {before} to {value}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().expect("an object").clone()
    }

    fn change(action: &str, parameters: Value, ends: &[(OutcomeKind, Value)]) -> Past {
        let ends = ends.iter().map(|(kind, detail)| End { kind: *kind, detail: map(detail.clone()) }).collect();
        Past::Change(Change { seq: 1, action: action.into(), parameters: map(parameters), ends, ..Change::default() })
    }

    fn done(action: &str, parameters: Value, detail: Value) -> Past {
        change(action, parameters, &[(OutcomeKind::Ok, detail)])
    }

    fn happened(kind: &str, fields: Value) -> Past {
        Past::Event(Happening { seq: 1, time_us: 1, kind: kind.into(), fields: map(fields) })
    }

    fn sent(step: Step) -> Value {
        match step {
            Step::Send { request, .. } => Value::Object(request),
            other => panic!("not sent: {other:?}"),
        }
    }

    fn skipped(step: Step) -> String {
        match step {
            Step::Skip(reason) => reason,
            other => panic!("not skipped: {other:?}"),
        }
    }

    #[test]
    fn a_change_is_sent_again_if_what_it_names_is_called_as_it_was() {
        let detail = json!({"touched": {"track": ["Bass", "Sub"], "scene": ["Verse"]}, "after": {"name": "Sub"}});
        let step = Planner::default().step(&done("rename_track", json!({"track_index": 1, "name": "Sub"}), detail));
        let expected = json!({"action": "rename_track", "track_index": 1, "name": "Sub", "expect": {"track": "Bass"}});
        assert_eq!(sent(step), expected);
    }

    #[test]
    fn what_changed_nothing_is_not_sent() {
        let mut planner = Planner::default();
        let tempo = json!({"bpm": 90});
        assert_eq!(planner.step(&done("get_session_info", json!({}), json!({}))), Step::Nothing);
        for kind in [OutcomeKind::Error, OutcomeKind::NotSent, OutcomeKind::RefusedInLive, OutcomeKind::Expired] {
            assert_eq!(planner.step(&change("set_tempo", tempo.clone(), &[(kind, json!({}))])), Step::Nothing);
        }
        assert_eq!(planner.step(&done("user_add", json!({"user": "mia"}), json!({}))), Step::Nothing);
    }

    #[test]
    fn what_chance_or_time_decided_is_sent_as_the_values_that_it_came_to() {
        let mut planner = Planner::default();
        let tap = done("tap_tempo", json!({}), json!({"before": {"tempo": 120.0}, "after": {"tempo": 93.5}}));
        assert_eq!(sent(planner.step(&tap)), json!({"action": "set_tempo", "bpm": 93.5}));
        let values = json!({"before": {"values": [1.0, 0.2, 0.3]}, "after": {"values": [1.0, 0.9, 0.3]}});
        let device = json!({"track_index": 0, "device_index": 1});
        let set =
            json!({"action": "set_device_param", "track_index": 0, "device_index": 1, "param_index": 1, "value": 0.9});
        assert_eq!(sent(planner.step(&done("randomize_device", device.clone(), values))), set);
        let secret = json!({"track_index": 0, "name": {"hmac": "00ff"}});
        assert!(skipped(planner.step(&done("rename_track", secret, json!({})))).contains("kept out of the trail"));
        let reason = skipped(planner.step(&done("randomize_device", device, json!({"omitted": true}))));
        assert!(reason.contains("too many"), "{reason}");
    }

    #[test]
    fn of_a_batch_what_was_done_is_one_batch_again() {
        let volume = |volume: f64| json!({"action": "set_track_volume", "track_index": 0, "volume": volume});
        let ends = [(OutcomeKind::Ok, json!({})), (OutcomeKind::Error, json!({})), (OutcomeKind::Ok, json!({}))];
        let commands = json!({"commands": [volume(0.1), volume(0.2), volume(0.3)], "on_error": "continue"});
        let again = sent(Planner::default().step(&change("batch", commands, &ends)));
        assert_eq!(again["commands"], json!([volume(0.1), volume(0.3)]));
        let ends = [(OutcomeKind::Ok, json!({})), (OutcomeKind::Ok, json!({}))];
        let commands = json!({"commands": [volume(0.1), {"action": "capture_midi"}]});
        let Step::Send { request, note } = Planner::default().step(&change("batch", commands, &ends)) else {
            panic!("not sent");
        };
        assert_eq!(request["commands"], json!([volume(0.1)]));
        assert!(note.is_some_and(|note| note.starts_with("without commands[1] capture_midi: what was played")));
    }

    #[test]
    fn undo_is_repeated_only_while_it_takes_back_the_same() {
        let undo = done("undo", json!({}), json!({}));
        let in_live = json!({"topic": {"event": "tempo"}, "before": 120.0, "value": 90.0});
        let others = done("set_tempo", json!({"bpm": 90}), json!({}));
        let breaks: [(Planner, Past, &str); 4] = [
            (Planner::default(), happened("changed_in_live", in_live), "could not be replayed"),
            (Planner::default(), done("capture_midi", json!({}), json!({})), "could not be replayed"),
            (
                Planner::default(),
                change("set_tempo", json!({"bpm": 90}), &[(OutcomeKind::Unknown, json!({}))]),
                "could not",
            ),
            (Planner::new(Some("mia".into())), others, "what others did"),
        ];
        for (mut planner, past, expected) in breaks {
            assert!(planner.history_differs.is_none());
            planner.step(&past);
            let reason = planner.history_differs.expect("a reason");
            assert!(reason.contains(expected), "{reason}");
        }
        assert_eq!(sent(Planner::default().step(&undo)), json!({"action": "undo"}));
        let mut planner = Planner::default();
        planner.step(&done("capture_midi", json!({}), json!({})));
        assert!(skipped(planner.step(&undo)).contains("something else"));
    }

    #[test]
    fn another_set_and_a_time_without_a_gateway_are_blind_spots() {
        let mut planner = Planner::default();
        let loaded = |epoch: i64| happened("set_loaded", json!({"set_epoch": epoch}));
        assert_eq!(planner.step(&happened("start", json!({}))), Step::Nothing);
        assert_eq!(planner.step(&loaded(1)), Step::Nothing);
        assert!(matches!(planner.step(&happened("start", json!({}))), Step::Blind(_)));
        assert_eq!(planner.step(&loaded(1)), Step::Nothing);
        assert!(matches!(planner.step(&loaded(2)), Step::Blind(_)));
    }
}
