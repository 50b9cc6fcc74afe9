//! One entry of the index: the columns for statistics of a decision or an event, and its search words.

use serde_json::{Map, Value};

use super::words::{Property, Words, folded};
use crate::audit::OutcomeKind;
use crate::command::{Tag, catalogue};

type Fields = Map<String, Value>;

#[derive(Debug)]
pub struct Entry {
    pub seq: i64,
    pub time_us: i64,
    pub kind: String,
    pub caller: Option<String>,
    pub action: Option<String>,
    pub verdict: Option<String>,
    pub outcome: Option<String>,
    pub code: Option<String>,
    pub words: String,
}

/// The fields of the event that opened a session, which apply to all its requests.
#[derive(Clone, Debug, Default)]
pub struct Session {
    pub caller: Option<String>,
    pub address: Option<String>,
}

/// The outcome of an allowed decision that has no outcome row.
pub const RUNNING: &str = "running";
/// The value of [`Property::Change`].
pub const HAPPENED: &str = "happened";
/// Event kind of observed changes made in Live itself.
const CHANGED_IN_LIVE: &str = "changed_in_live";

impl Session {
    pub fn of(event: &Fields) -> Session {
        Session { caller: text(event, "caller"), address: text(event, "address") }
    }
}

impl Entry {
    /// The entry of a decision with its outcomes so far: none, one, or those of a batch's commands in order.
    pub fn of_decision(seq: i64, decision: &Fields, session: &Session, outcomes: &[Fields]) -> Entry {
        let failed = outcomes.iter().find(|outcome| text(outcome, "outcome").as_deref() != Some("ok"));
        let verdict = text(decision, "verdict");
        let outcome = match failed.or(outcomes.first()) {
            Some(outcome) => text(outcome, "outcome"),
            None => (verdict.as_deref() == Some("allow")).then(|| RUNNING.to_owned()),
        };
        let entry = Entry {
            seq,
            time_us: number(decision, "time"),
            kind: "decision".into(),
            caller: session.caller.clone(),
            action: text(decision, "action"),
            verdict,
            outcome,
            code: text(decision, "code").or_else(|| failed.and_then(|outcome| text(outcome, "code"))),
            words: String::new(),
        };
        let mut words = entry.common_words(text(decision, "role"), session.address.as_deref());
        words.found_by_command(decision);
        for outcome in outcomes {
            words.found_by_outcome(outcome);
        }
        if may_have_changed(decision, outcomes) {
            words.property(Property::Change, HAPPENED);
        }
        Entry { words: words.into_string(), ..entry }
    }

    pub fn of_event(seq: i64, event: &Fields) -> Entry {
        let entry = Entry {
            seq,
            time_us: number(event, "time"),
            kind: text(event, "kind").unwrap_or_default(),
            caller: text(event, "caller"),
            action: None,
            verdict: None,
            outcome: None,
            code: None,
            words: String::new(),
        };
        let mut words = entry.common_words(text(event, "role"), text(event, "address").as_deref());
        event.iter().filter(|(key, _)| *key != "time").for_each(|(_, value)| words.value(value));
        words.touched(event);
        if let Some(topic) = event.get("topic").and_then(Value::as_object) {
            words.track_index(topic);
        }
        if entry.kind == CHANGED_IN_LIVE {
            words.property(Property::Change, HAPPENED);
        }
        Entry { words: words.into_string(), ..entry }
    }

    fn common_words(&self, role: Option<String>, address: Option<&str>) -> Words {
        let mut words = Words::default();
        let properties = [
            (Property::Kind, Some(&self.kind)),
            (Property::Caller, self.caller.as_ref()),
            (Property::Role, role.as_ref()),
            (Property::Verdict, self.verdict.as_ref()),
            (Property::Outcome, self.outcome.as_ref()),
            (Property::Code, self.code.as_ref()),
        ];
        for (property, value) in properties {
            if let Some(value) = value {
                words.property(property, value);
                words.text(value);
            }
        }
        if let Some(address) = address {
            words.property(Property::Address, address);
            if let Ok(socket) = address.parse::<std::net::SocketAddr>() {
                words.property(Property::Address, &socket.ip().to_string());
            }
        }
        words
    }
}

impl Words {
    fn found_by_command(&mut self, decision: &Fields) {
        let none = Fields::new();
        let object = |key: &str| decision.get(key).and_then(Value::as_object);
        let parameters = object("parameters").unwrap_or(&none);
        if let Some(name) = text(decision, "action") {
            self.action(&name, parameters);
        }
        for command in commands(parameters) {
            self.action(&text(command, "action").unwrap_or_default(), command);
        }
        for part in ["parameters", "terms", "once", "rule"].into_iter().filter_map(|key| decision.get(key)) {
            self.value(part);
        }
    }

    fn action(&mut self, name: &str, parameters: &Fields) {
        self.property(Property::Action, name);
        self.text(name);
        if let Some(action) = catalogue().find(name) {
            for (tag, name) in Tag::ALL {
                if action.access.contains(tag) {
                    self.property(Property::Tag, name);
                }
            }
        }
        self.track_index(parameters);
    }

    fn track_index(&mut self, parameters: &Fields) {
        if let Some(index) = parameters.get("track_index").and_then(Value::as_i64) {
            self.property(Property::TrackIndex, &index.to_string());
        }
    }

    fn found_by_outcome(&mut self, outcome: &Fields) {
        self.touched(outcome);
        for part in ["touched", "before", "after", "rule"].into_iter().filter_map(|key| outcome.get(key)) {
            self.value(part);
        }
    }

    /// Names by kind: of the objects that a command touched, or that changed in Live.
    fn touched(&mut self, row: &Fields) {
        let by_kind = ["touched", "names"].into_iter().filter_map(|key| row.get(key)?.as_object());
        for names in by_kind.flat_map(|kinds| [kinds.get("track"), kinds.get("return")]).flatten() {
            let names = names.as_array().map_or(std::slice::from_ref(names), Vec::as_slice);
            for name in names.iter().filter_map(Value::as_str) {
                self.property(Property::Track, &folded(name));
            }
        }
    }
}

/// The commands of a batch.
pub fn commands(parameters: &Fields) -> impl Iterator<Item = &Fields> {
    parameters.get("commands").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// Whether a request may have changed something in Live.
fn may_have_changed(decision: &Fields, outcomes: &[Fields]) -> bool {
    let changes =
        |name: String| catalogue().find(&name).is_some_and(|action| action.handler.is_in_live() && !action.is_read());
    let ended = |outcome: &Fields| text(outcome, "outcome").and_then(|name| OutcomeKind::from_name(&name));
    let happened = [OutcomeKind::Ok, OutcomeKind::Error, OutcomeKind::Unknown, OutcomeKind::Interrupted];
    text(decision, "action").is_some_and(changes)
        && outcomes.iter().filter_map(ended).any(|kind| happened.contains(&kind))
}

fn text(fields: &Fields, key: &str) -> Option<String> {
    fields.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn number(fields: &Fields, key: &str) -> i64 {
    fields.get(key).and_then(Value::as_i64).unwrap_or_default()
}
