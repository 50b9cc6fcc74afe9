//! Rows and their canonical bytes: one JSON object in ASCII, keys sorted, absent rather than null.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Map, Value};

use super::Detail;
use crate::wire::line::{self, ObjectWriter};

/// Approximate bytes of a row apart from its request or event: the common fields and the overhead in the file.
pub const ROW_BYTES: usize = 256;

/// A row ready to be appended.
#[derive(Debug)]
pub struct Row {
    /// The row's place in the trail: positive, unique over the three tables, and only growing.
    pub seq: i64,
    /// The canonical bytes: one JSON object in ASCII, with sorted keys and no nulls.
    pub bytes: String,
    /// What the database needs of the row in columns of its own.
    pub keys: Keys,
}

/// What the tables need of a row beside its bytes. It repeats fields of the bytes.
#[derive(Debug)]
pub enum Keys {
    /// An allowed request is unfinished until its outcome is written.
    Decision {
        /// The client's idempotency key.
        once: Option<Box<str>>,
        /// Whether an outcome row will follow.
        verdict: Verdict,
    },
    /// Refers to its decision, of which it is the only outcome, or the only one of that item.
    Outcome {
        /// The seq of the decision.
        decision: i64,
        /// Index of the command in a batch, from 0.
        item: Option<i64>,
    },
    /// Refers to no other row.
    Event,
}

impl Row {
    /// The table that the row belongs in.
    pub fn table(&self) -> Table {
        match self.keys {
            Keys::Decision { .. } => Table::Decision,
            Keys::Outcome { .. } => Table::Outcome,
            Keys::Event => Table::Event,
        }
    }

    /// Approximate bytes in the file.
    pub fn size(&self) -> usize {
        self.bytes.len() + ROW_BYTES / 2
    }
}

/// A table of the trail. The order is that of the numbers in the leaves of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Requests, and the decision about each.
    Decision,
    /// The effects of allowed requests.
    Outcome,
    /// Everything else, such as sessions and checkpoints.
    Event,
}

impl Table {
    pub(crate) const ALL: [Table; 3] = [Table::Decision, Table::Outcome, Table::Event];

    /// Its name in SQL.
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

    pub(crate) fn from_number(number: u8) -> Option<Table> {
        Table::ALL.into_iter().find(|table| table.number() == number)
    }
}

/// The decision about one line. `migrations/trail-0001.sql` documents the fields.
#[derive(Debug, Default)]
pub struct Decision<'a> {
    /// Unix time in microseconds.
    pub time_us: i64,
    /// The seq of the event that opened the session.
    pub session: i64,
    /// The seq of the event that loaded the policy, if the request was checked against it.
    pub policy: Option<i64>,
    /// The caller's role at that moment.
    pub role: Option<&'a str>,
    /// The rule that allowed or refused the request.
    pub rule: Option<&'a str>,
    /// A name of the catalogue. Absent if the line names none.
    pub action: Option<&'a str>,
    /// The checked parameters with defaults, without secrets; of a refusal, as the client sent them.
    pub parameters: Option<&'a Map<String, Value>>,
    /// The terms of the request, such as `expect` and `dry_run`.
    pub terms: Option<Map<String, Value>>,
    /// Length and keyed digest of parameters and terms that are not kept whole.
    pub whole_parameters: Option<(usize, &'a str)>,
    /// The same for the terms.
    pub whole_terms: Option<(usize, &'a str)>,
    /// The client's idempotency key.
    pub once: Option<&'a str>,
    /// Length and keyed digest of a line that could not be parsed.
    pub unreadable: Option<(usize, &'a str)>,
    /// The Live process, and the loading of a set in it.
    pub live_set: Option<(&'a str, i64)>,
    /// Names of its targets by kind, as the script last sent them.
    pub names: Option<Value>,
    /// The decision itself, with the code of a refusal.
    pub verdict: Verdict,
}

/// Whether the gateway carries out the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// The request is carried out; an outcome row follows.
    #[default]
    Allow,
    /// With the code in the client's refusal.
    Refuse(&'static str),
}

impl Verdict {
    /// Its name in rows: `allow` or `refuse`.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Allow => "allow",
            Verdict::Refuse(_) => "refuse",
        }
    }
}

impl Decision<'_> {
    /// The row of this decision, to be appended with this seq.
    pub fn row(&self, seq: i64) -> Row {
        let code = match self.verdict {
            Verdict::Allow => None,
            Verdict::Refuse(code) => Some(code),
        };
        let mut object = ObjectWriter::begin();
        object.put_some("action", self.action);
        object.put_some("code", code);
        object.put_some("line_bytes", self.unreadable.map(|(bytes, _)| bytes));
        object.put_some("line_hmac", self.unreadable.map(|(_, hmac)| hmac));
        object.put_some("live", self.live_set.map(|(live, _)| live));
        object.put_some("names", self.names.as_ref());
        object.put_some("once", self.once);
        object.put_some("parameters", self.parameters);
        object.put_some("parameters_bytes", self.whole_parameters.map(|(bytes, _)| bytes));
        object.put_some("parameters_hmac", self.whole_parameters.map(|(_, hmac)| hmac));
        object.put_some("policy", self.policy);
        object.put_some("role", self.role);
        object.put_some("rule", self.rule);
        object.put("session", &self.session);
        object.put_some("set_epoch", self.live_set.map(|(_, epoch)| epoch));
        object.put_some("terms", self.terms.as_ref());
        object.put_some("terms_bytes", self.whole_terms.map(|(bytes, _)| bytes));
        object.put_some("terms_hmac", self.whole_terms.map(|(_, hmac)| hmac));
        object.put("time", &self.time_us);
        object.put("verdict", self.verdict.name());
        Row { seq, bytes: object.end(), keys: Keys::Decision { once: self.once.map(Box::from), verdict: self.verdict } }
    }
}

/// The outcome of an allowed request.
#[derive(Debug)]
pub struct Outcome {
    /// Unix time in microseconds at which the answer arrived.
    pub time_us: i64,
    /// The seq of the decision.
    pub decision: i64,
    /// Index of the command in a batch.
    pub item: Option<usize>,
    /// How the request ended.
    pub kind: OutcomeKind,
    /// The code in the client's answer, unless the request succeeded.
    pub code: Option<&'static str>,
    /// The rule by which the script decided.
    pub rule: Option<String>,
    /// Time from the decision to the answer, in microseconds.
    pub duration_us: Option<u64>,
    /// Whether the answer was handed to the client's connection.
    pub delivered: Option<bool>,
    /// Objects and values that the request changed, as the script reported them.
    pub detail: Detail,
    /// The caller of the request. The trail has it in the decision's session.
    pub caller: Option<Arc<str>>,
}

/// How an allowed request ended. docs/trail.md lists the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeKind {
    /// It was carried out in full.
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
    /// Every kind, in the order of docs/trail.md.
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

    pub(crate) fn from_name(name: &str) -> Option<OutcomeKind> {
        OutcomeKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its name in rows.
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
    /// The outcome of a decision for which an earlier gateway recorded none.
    pub fn interrupted(time_us: i64, decision: i64) -> Outcome {
        Outcome {
            time_us,
            decision,
            item: None,
            kind: OutcomeKind::Interrupted,
            code: None,
            rule: None,
            duration_us: None,
            delivered: None,
            detail: Detail::default(),
            caller: None,
        }
    }

    /// The row of this outcome, to be appended with this seq.
    pub fn row(&self, seq: i64) -> Row {
        let mut object = ObjectWriter::begin();
        object.put_some("after", self.detail.get("after"));
        object.put_some("before", self.detail.get("before"));
        object.put_some("code", self.code);
        object.put("decision", &self.decision);
        object.put_some("delivered", self.delivered.map(i64::from));
        object.put_some("duration_us", self.duration_us);
        object.put_some("item", self.item);
        object.put_some("omitted", self.detail.get("omitted"));
        object.put("outcome", self.kind.name());
        object.put_some("rule", self.rule.as_deref());
        object.put("time", &self.time_us);
        object.put_some("touched", self.detail.get("touched"));
        let item = self.item.map(|item| i64::try_from(item).expect("a batch is bounded"));
        Row { seq, bytes: object.end(), keys: Keys::Outcome { decision: self.decision, item } }
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
    /// An event of now. The kind must be in docs/trail.md.
    pub fn new(kind: &'static str) -> Event {
        Event { time_us: crate::platform::clock::unix_micros(), kind, fields: Map::new() }
    }

    #[cfg(test)]
    pub(crate) fn at(self, time_us: i64) -> Event {
        Event { time_us, ..self }
    }

    /// The event with another field.
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Event {
        self.fields.insert(key.into(), value.into());
        self
    }

    pub(crate) fn with_some(self, key: &str, value: Option<impl Into<Value>>) -> Event {
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

    /// The row of this event, to be appended with this seq.
    pub fn row(&self, seq: i64) -> Row {
        let mut fields = self.fields.clone();
        fields.insert("time".into(), self.time_us.into());
        fields.insert("kind".into(), self.kind.into());
        Row { seq, bytes: line::ascii(&fields), keys: Keys::Event }
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

#[cfg(test)]
mod tests;
