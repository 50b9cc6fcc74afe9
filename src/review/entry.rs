//! One entry of the index: the columns for statistics of a decision or an event, and its search words.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::in_live::made_by;
use super::row::Row;
use super::words::{Property, Words, folded};
use crate::audit::OutcomeKind;
use crate::command::{Action, Tag, catalogue};
use crate::wire::refusal::Code;

type Fields = Map<String, Value>;

#[derive(Debug)]
pub struct Entry<'a> {
    pub seq: i64,
    pub time_us: i64,
    pub kind: Cow<'a, str>,
    pub caller: Option<Cow<'a, str>>,
    pub action: Option<Cow<'a, str>>,
    pub verdict: Option<Cow<'a, str>>,
    pub outcome: Option<Cow<'a, str>>,
    pub code: Option<Cow<'a, str>>,
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

impl<'a> Entry<'a> {
    /// The entry of a decision with its outcomes so far: none, one, or those of a batch's commands in order.
    pub fn of_decision(seq: i64, decision: &Row<'a>, session: &'a Session, outcomes: &[Row<'a>]) -> Entry<'a> {
        let failed = outcomes.iter().find(|outcome| outcome.text("outcome").as_deref() != Some("ok"));
        let verdict = decision.text("verdict");
        let outcome = match failed.or(outcomes.first()) {
            Some(outcome) => outcome.text("outcome"),
            None => (verdict.as_deref() == Some("allow")).then_some(Cow::Borrowed(RUNNING)),
        };
        let entry = Entry {
            seq,
            time_us: decision.number("time").unwrap_or_default(),
            kind: Cow::Borrowed("decision"),
            caller: session.caller.as_deref().map(Cow::Borrowed),
            action: decision.text("action"),
            verdict,
            outcome,
            code: decision.text("code").or_else(|| failed.and_then(|outcome| outcome.text("code"))),
            words: String::new(),
            tracks: BTreeSet::new(),
        };
        let mut words = entry.common_words(decision.text("role").as_deref(), session.address.as_deref());
        let action = entry.action.as_deref().map(|name| (name, catalogue().find(name)));
        words.found_by_command(decision, action);
        outcomes.iter().for_each(|outcome| words.found_by_outcome(outcome));
        let rows = [decision].into_iter().chain(outcomes);
        let tracks = words.touched(rows.flat_map(|row| TOUCHED.map(|key| row.value(key))));
        if may_have_changed(action.and_then(|(_, known)| known), outcomes) {
            words.property(Property::Change, HAPPENED);
        }
        Entry { words: words.into_string(), tracks, ..entry }
    }

    pub fn of_event(seq: i64, event: &Fields) -> Entry<'static> {
        let is_in_live = text(event, "kind").as_deref() == Some(CHANGED_IN_LIVE);
        let entry = Entry {
            seq,
            time_us: number(event, "time"),
            kind: Cow::Owned(text(event, "kind").unwrap_or_default()),
            caller: text(event, "caller").or_else(|| is_in_live.then(|| IN_LIVE.to_owned())).map(Cow::Owned),
            action: None,
            verdict: None,
            outcome: None,
            code: None,
            words: String::new(),
            tracks: BTreeSet::new(),
        };
        let mut words = entry.common_words(text(event, "role").as_deref(), text(event, "address").as_deref());
        event.iter().filter(|(key, _)| *key != "time").for_each(|(_, value)| words.value(value));
        let tracks = words.touched(TOUCHED.into_iter().filter_map(|key| event.get(key).cloned()));
        if let Some(index) = event.get("topic").and_then(|topic| topic.get("track_index")).and_then(Value::as_i64) {
            words.track_index(index);
        }
        if is_in_live {
            words.property(Property::Change, HAPPENED);
            for action in made_by(event) {
                words.action(action, catalogue().find(action));
            }
        }
        Entry { words: words.into_string(), tracks, ..entry }
    }

    fn is_refused(&self) -> bool {
        is_refused(self.verdict.as_deref(), self.outcome.as_deref(), self.code.as_deref())
    }

    fn common_words(&self, role: Option<&str>, address: Option<&str>) -> Words {
        let mut words = Words::default();
        let properties = [
            (Property::Kind, Some(self.kind.as_ref())),
            (Property::Caller, self.caller.as_deref()),
            (Property::Role, role),
            (Property::Verdict, if self.is_refused() { Some(REFUSE) } else { self.verdict.as_deref() }),
            (Property::Outcome, self.outcome.as_deref()),
            (Property::Code, self.code.as_deref()),
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

/// The members of a row with names of objects by kind.
const TOUCHED: [&str; 2] = ["touched", "names"];

/// Whether a request was refused: by the gateway, by the script in Live, or by the gateway while it was queued.
pub fn is_refused(verdict: Option<&str>, outcome: Option<&str>, code: Option<&str>) -> bool {
    let outcome = outcome.and_then(OutcomeKind::from_name);
    verdict == Some(REFUSE)
        || outcome == Some(OutcomeKind::RefusedInLive)
        || (outcome == Some(OutcomeKind::NotSent) && code == Some(Code::Forbidden.name()))
}

impl Words {
    fn found_by_command(&mut self, decision: &Row<'_>, action: Option<(&str, Option<&Action>)>) {
        if let Some((name, known)) = action {
            self.action(name, known);
            if let Some(parameters) = decision.json("parameters").and_then(|json| Row::parse(json).ok()) {
                if let Some(index) = parameters.number("track_index") {
                    self.track_index(index);
                }
                for command in parameters.value("commands").as_array().into_iter().flatten() {
                    let name = command.get("action").and_then(Value::as_str).unwrap_or_default();
                    self.action(name, catalogue().find(name));
                    if let Some(index) = command.get("track_index").and_then(Value::as_i64) {
                        self.track_index(index);
                    }
                }
            }
        }
        for part in ["parameters", "names", "terms", "once", "rule"].into_iter().filter_map(|key| decision.json(key)) {
            self.json(part);
        }
    }

    fn action(&mut self, name: &str, known: Option<&Action>) {
        self.property(Property::Action, name);
        self.text(name);
        if let Some(action) = known {
            for (tag, name) in Tag::ALL {
                if action.access.contains(tag) {
                    self.property(Property::Tag, name);
                }
            }
        }
    }

    fn track_index(&mut self, index: i64) {
        self.property(Property::TrackIndex, &index.to_string());
    }

    fn found_by_outcome(&mut self, outcome: &Row<'_>) {
        for part in ["touched", "before", "after", "rule"].into_iter().filter_map(|key| outcome.json(key)) {
            self.json(part);
        }
    }

    /// The names of tracks and returns: targets of a command, those that it touched, or those that changed in Live.
    fn touched(&mut self, by_kind: impl Iterator<Item = Value>) -> BTreeSet<String> {
        let mut folded_names = BTreeSet::new();
        for kinds in by_kind {
            for names in [kinds.get("track"), kinds.get("return")].into_iter().flatten() {
                let names = names.as_array().map_or(std::slice::from_ref(names), Vec::as_slice);
                folded_names.extend(names.iter().filter_map(Value::as_str).map(folded));
            }
        }
        folded_names.iter().for_each(|name| self.property(Property::Track, name));
        folded_names
    }
}

/// The commands of a batch.
pub fn commands(parameters: &Fields) -> impl Iterator<Item = &Fields> {
    parameters.get("commands").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// Whether a request may have changed something in Live.
fn may_have_changed(action: Option<&Action>, outcomes: &[Row<'_>]) -> bool {
    let happened = [OutcomeKind::Ok, OutcomeKind::Error, OutcomeKind::Unknown, OutcomeKind::Interrupted];
    let ended = |outcome: &Row<'_>| OutcomeKind::from_name(&outcome.text("outcome")?);
    action.is_some_and(|action| action.handler.is_in_live() && !action.is_read())
        && outcomes.iter().filter_map(ended).any(|kind| happened.contains(&kind))
}

fn text(fields: &Fields, key: &str) -> Option<String> {
    fields.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn number(fields: &Fields, key: &str) -> i64 {
    fields.get(key).and_then(Value::as_i64).unwrap_or_default()
}
