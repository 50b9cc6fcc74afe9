//! One entry of the index: the columns for statistics of a decision or an event, and its search words.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::in_live::made_by;
use super::words::{Property, Words, folded};
use crate::audit::OutcomeKind;
use crate::command::{Tag, catalogue};
use crate::wire::refusal::Code;

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
    /// Folded names of tracks and returns.
    pub tracks: BTreeSet<String>,
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
/// The verdict of a refused decision.
const REFUSE: &str = "refuse";
/// The caller of changes made in Live itself.
pub const IN_LIVE: &str = "(in Live)";
/// Event kind of observed changes made in Live itself.
pub const CHANGED_IN_LIVE: &str = "changed_in_live";

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
            tracks: BTreeSet::new(),
        };
        let mut words = entry.common_words(text(decision, "role"), session.address.as_deref());
        words.found_by_command(decision);
        outcomes.iter().for_each(|outcome| words.found_by_outcome(outcome));
        let rows: Vec<&Fields> = [decision].into_iter().chain(outcomes).collect();
        let tracks = words.touched(&rows);
        if may_have_changed(decision, outcomes) {
            words.property(Property::Change, HAPPENED);
        }
        Entry { words: words.into_string(), tracks, ..entry }
    }

    pub fn of_event(seq: i64, event: &Fields) -> Entry {
        let is_in_live = text(event, "kind").as_deref() == Some(CHANGED_IN_LIVE);
        let entry = Entry {
            seq,
            time_us: number(event, "time"),
            kind: text(event, "kind").unwrap_or_default(),
            caller: text(event, "caller").or_else(|| is_in_live.then(|| IN_LIVE.to_owned())),
            action: None,
            verdict: None,
            outcome: None,
            code: None,
            words: String::new(),
            tracks: BTreeSet::new(),
        };
        let mut words = entry.common_words(text(event, "role"), text(event, "address").as_deref());
        event.iter().filter(|(key, _)| *key != "time").for_each(|(_, value)| words.value(value));
        let tracks = words.touched(&[event]);
        if let Some(topic) = event.get("topic").and_then(Value::as_object) {
            words.track_index(topic);
        }
        if is_in_live {
            words.property(Property::Change, HAPPENED);
            made_by(event).into_iter().for_each(|action| words.action(action));
        }
        Entry { words: words.into_string(), tracks, ..entry }
    }

    fn is_refused(&self) -> bool {
        is_refused(self.verdict.as_deref(), self.outcome.as_deref(), self.code.as_deref())
    }

    fn common_words(&self, role: Option<String>, address: Option<&str>) -> Words {
        let (mut words, refuse) = (Words::default(), REFUSE.to_owned());
        let properties = [
            (Property::Kind, Some(&self.kind)),
            (Property::Caller, self.caller.as_ref()),
            (Property::Role, role.as_ref()),
            (Property::Verdict, if self.is_refused() { Some(&refuse) } else { self.verdict.as_ref() }),
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

/// Whether a request was refused: by the gateway, by the script in Live, or by the gateway while it was queued.
pub fn is_refused(verdict: Option<&str>, outcome: Option<&str>, code: Option<&str>) -> bool {
    let outcome = outcome.and_then(OutcomeKind::from_name);
    verdict == Some(REFUSE)
        || outcome == Some(OutcomeKind::RefusedInLive)
        || (outcome == Some(OutcomeKind::NotSent) && code == Some(Code::Forbidden.name()))
}

impl Words {
    fn found_by_command(&mut self, decision: &Fields) {
        let none = Fields::new();
        let object = |key: &str| decision.get(key).and_then(Value::as_object);
        let parameters = object("parameters").unwrap_or(&none);
        if let Some(name) = text(decision, "action") {
            self.action(&name);
            self.track_index(parameters);
        }
        for command in commands(parameters) {
            self.action(&text(command, "action").unwrap_or_default());
            self.track_index(command);
        }
        for part in ["parameters", "names", "terms", "once", "rule"].into_iter().filter_map(|key| decision.get(key)) {
            self.value(part);
        }
    }

    fn action(&mut self, name: &str) {
        self.property(Property::Action, name);
        self.text(name);
        if let Some(action) = catalogue().find(name) {
            for (tag, name) in Tag::ALL {
                if action.access.contains(tag) {
                    self.property(Property::Tag, name);
                }
            }
        }
    }

    fn track_index(&mut self, parameters: &Fields) {
        if let Some(index) = parameters.get("track_index").and_then(Value::as_i64) {
            self.property(Property::TrackIndex, &index.to_string());
        }
    }

    fn found_by_outcome(&mut self, outcome: &Fields) {
        for part in ["touched", "before", "after", "rule"].into_iter().filter_map(|key| outcome.get(key)) {
            self.value(part);
        }
    }

    /// The names of tracks and returns: targets of a command, those that it touched, or those that changed in Live.
    fn touched(&mut self, rows: &[&Fields]) -> BTreeSet<String> {
        let by_kind = rows.iter().flat_map(|row| ["touched", "names"].map(|key| row.get(key)));
        let by_kind = by_kind.flatten().filter_map(Value::as_object);
        let names = by_kind.flat_map(|kinds| [kinds.get("track"), kinds.get("return")]).flatten();
        let names = names.flat_map(|names| names.as_array().map_or(std::slice::from_ref(names), Vec::as_slice));
        let names: BTreeSet<String> = names.filter_map(Value::as_str).map(folded).collect();
        names.iter().for_each(|name| self.property(Property::Track, name));
        names
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
