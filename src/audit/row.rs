//! Rows and their canonical bytes: one JSON object in ASCII, keys sorted, absent rather than null.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Map, Value};

use super::Detail;
use crate::wire::line;

/// Approximate bytes of a row apart from its request or event: the common fields and the overhead in the file.
pub const ROW_BYTES: usize = 256;

/// A row ready to be appended.
#[derive(Debug)]
pub struct Row {
    pub table: Table,
    pub seq: i64,
    pub bytes: String,
    pub mark: Mark,
}

/// The effect of a row on the state of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Nothing,
    /// The request begins and is unfinished.
    Begins,
    /// The request of this decision is finished.
    Finishes(i64),
}

impl Row {
    /// Approximate bytes in the file.
    pub fn size(&self) -> usize {
        self.bytes.len() + ROW_BYTES / 2
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    Decision,
    Outcome,
    Event,
}

impl Table {
    pub const ALL: [Table; 3] = [Table::Decision, Table::Outcome, Table::Event];

    pub const fn name(self) -> &'static str {
        match self {
            Table::Decision => "decision",
            Table::Outcome => "outcome",
            Table::Event => "event",
        }
    }

    /// Its number in a leaf of the tree.
    pub const fn number(self) -> u8 {
        match self {
            Table::Decision => 1,
            Table::Outcome => 2,
            Table::Event => 3,
        }
    }

    pub fn from_number(number: u8) -> Option<Table> {
        Table::ALL.into_iter().find(|table| table.number() == number)
    }
}

/// The decision about one line. `migrations/trail-0001.sql` documents the fields.
#[derive(Debug, Default)]
pub struct Decision<'a> {
    pub time_us: i64,
    pub session: i64,
    pub policy: Option<i64>,
    pub role: Option<&'a str>,
    pub rule: Option<&'a str>,
    pub action: Option<&'a str>,
    pub parameters: Option<&'a Map<String, Value>>,
    pub terms: Option<Map<String, Value>>,
    /// Length and keyed digest of parameters and terms that are not kept whole.
    pub whole_parameters: Option<(usize, &'a str)>,
    pub whole_terms: Option<(usize, &'a str)>,
    pub once: Option<&'a str>,
    pub unreadable: Option<(usize, &'a str)>,
    /// The Live process, and the loading of a set in it.
    pub live_set: Option<(&'a str, i64)>,
    /// Names of its targets by kind, as the script last sent them.
    pub names: Option<Value>,
    pub verdict: Verdict,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    #[default]
    Allow,
    /// With the code in the client's refusal.
    Refuse(&'static str),
}

impl Decision<'_> {
    pub fn row(&self, seq: i64) -> Row {
        let mut fields = Fields::at(self.time_us);
        fields.put("session", Some(self.session));
        fields.put("policy", self.policy);
        fields.put("role", self.role);
        fields.put("rule", self.rule);
        fields.put("action", self.action);
        fields.put("parameters", self.parameters.map(|parameters| Value::Object(parameters.clone())));
        fields.put("terms", self.terms.clone().map(Value::Object));
        fields.put("parameters_bytes", self.whole_parameters.map(|(bytes, _)| bytes));
        fields.put("parameters_hmac", self.whole_parameters.map(|(_, hmac)| hmac));
        fields.put("terms_bytes", self.whole_terms.map(|(bytes, _)| bytes));
        fields.put("terms_hmac", self.whole_terms.map(|(_, hmac)| hmac));
        fields.put("once", self.once);
        fields.put("line_bytes", self.unreadable.map(|(bytes, _)| bytes));
        fields.put("line_hmac", self.unreadable.map(|(_, hmac)| hmac));
        fields.put("live", self.live_set.map(|(live, _)| live));
        fields.put("set_epoch", self.live_set.map(|(_, epoch)| epoch));
        fields.put("names", self.names.clone());
        match self.verdict {
            Verdict::Allow => fields.put("verdict", Some("allow")),
            Verdict::Refuse(code) => {
                fields.put("verdict", Some("refuse"));
                fields.put("code", Some(code));
            }
        }
        let mark = if self.verdict == Verdict::Allow { Mark::Begins } else { Mark::Nothing };
        Row { mark, ..fields.row(Table::Decision, seq) }
    }
}

/// The outcome of an allowed request.
#[derive(Debug)]
pub struct Outcome {
    pub time_us: i64,
    pub decision: i64,
    /// Index of the command in a batch.
    pub item: Option<usize>,
    pub kind: OutcomeKind,
    pub code: Option<&'static str>,
    /// The rule by which the script decided.
    pub rule: Option<String>,
    pub duration_us: Option<u64>,
    pub delivered: Option<bool>,
    pub detail: Detail,
    /// The caller of the request. The trail has it in the decision's session.
    pub caller: Option<Arc<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeKind {
    Ok,
    /// Live, the script or an admin action answered with an error.
    Error,
    /// The script refused it in the tick of its execution: by a rule's condition, or by its own `expect`.
    RefusedInLive,
    /// Its deadline passed before it ran.
    Expired,
    /// The gateway did not forward it, for the reason in `code`. It did not run.
    NotSent,
    /// Its client cancelled it before it ran.
    Cancelled,
    /// No answer came. It may have run.
    Unknown,
    /// The gateway ended before the answer came. It may have run.
    Interrupted,
}

impl OutcomeKind {
    pub const ALL: [OutcomeKind; 8] = [
        OutcomeKind::Ok,
        OutcomeKind::Error,
        OutcomeKind::RefusedInLive,
        OutcomeKind::Expired,
        OutcomeKind::NotSent,
        OutcomeKind::Cancelled,
        OutcomeKind::Unknown,
        OutcomeKind::Interrupted,
    ];

    pub fn from_name(name: &str) -> Option<OutcomeKind> {
        OutcomeKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub const fn name(self) -> &'static str {
        match self {
            OutcomeKind::Ok => "ok",
            OutcomeKind::Error => "error",
            OutcomeKind::RefusedInLive => "refused_in_live",
            OutcomeKind::Expired => "expired",
            OutcomeKind::NotSent => "not_sent",
            OutcomeKind::Cancelled => "cancelled",
            OutcomeKind::Unknown => "unknown",
            OutcomeKind::Interrupted => "interrupted",
        }
    }
}

impl Outcome {
    pub fn row(&self, seq: i64) -> Row {
        let mut fields = Fields::at(self.time_us);
        fields.put("decision", Some(self.decision));
        fields.put("item", self.item);
        fields.put("outcome", Some(self.kind.name()));
        fields.put("code", self.code);
        fields.put("rule", self.rule.as_deref());
        fields.put("duration_us", self.duration_us);
        fields.put("delivered", self.delivered.map(i64::from));
        fields.0.extend(self.detail.members().map(|(name, part)| (name.clone(), part.clone())));
        Row { mark: Mark::Finishes(self.decision), ..fields.row(Table::Outcome, seq) }
    }
}

/// Any other entry of the trail. docs/trail.md lists the kinds.
#[derive(Clone, Debug)]
pub struct Event {
    time_us: i64,
    kind: &'static str,
    fields: Map<String, Value>,
}

impl Event {
    pub fn new(kind: &'static str) -> Event {
        Event { time_us: crate::platform::clock::unix_micros(), kind, fields: Map::new() }
    }

    #[cfg(test)]
    pub fn at(self, time_us: i64) -> Event {
        Event { time_us, ..self }
    }

    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Event {
        self.fields.insert(key.into(), value.into());
        self
    }

    pub fn with_some(self, key: &str, value: Option<impl Into<Value>>) -> Event {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// The caller named in the event.
    pub fn caller(&self) -> Option<&str> {
        self.fields.get("caller").and_then(Value::as_str)
    }

    /// Approximate bytes of its row.
    pub fn bytes(&self) -> usize {
        ROW_BYTES + line::ascii(&self.fields).len()
    }

    pub fn row(&self, seq: i64) -> Row {
        let mut fields = Fields::at(self.time_us);
        fields.put("kind", Some(self.kind));
        fields.0.extend(self.fields.clone());
        fields.row(Table::Event, seq)
    }
}

/// An event that other rows refer to by its seq, such as a session. It is written before the first of them.
#[derive(Debug)]
pub struct Anchor {
    pub event: Event,
    /// 0 until the row is written. Only the recorder sets it.
    seq: AtomicI64,
}

impl Anchor {
    pub fn new(event: Event) -> Anchor {
        Anchor { event, seq: AtomicI64::new(0) }
    }

    pub fn seq(&self) -> Option<i64> {
        Some(self.seq.load(Ordering::Relaxed)).filter(|&seq| seq != 0)
    }

    pub fn set_seq(&self, seq: Option<i64>) {
        self.seq.store(seq.unwrap_or(0), Ordering::Relaxed);
    }
}

struct Fields(Map<String, Value>);

impl Fields {
    fn at(time_us: i64) -> Fields {
        let mut fields = Fields(Map::new());
        fields.put("time", Some(time_us));
        fields
    }

    fn put(&mut self, key: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.0.insert(key.into(), value.into());
        }
    }

    fn row(self, table: Table, seq: i64) -> Row {
        Row { table, seq, bytes: line::ascii(&self.0), mark: Mark::Nothing }
    }
}
