//! On what terms a request is to run: the envelope keys that are neither its name nor its parameters.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::invalid;
use crate::command::{Action, Handler};
use crate::policy::Condition;
use crate::wire::refusal::Refusal;

const ONCE_BYTES_MAX: usize = 64;

/// All of them are recorded with the decision; the script is told what it has to know.
#[derive(Debug, Default, PartialEq)]
pub struct Terms {
    /// What the client expects of the set; if it is otherwise, nothing happens.
    pub expect: Option<Box<Condition>>,
    /// Everything but the effect.
    pub dry_run: bool,
    /// A later value for the same target may take its place while it waits.
    pub coalesce: bool,
    /// A key against repetition.
    pub once: Option<Box<str>>,
    /// The row that is done again. It is the client's word, and for the trail alone.
    pub replays: Option<Box<Source>>,
    /// A person's approval. No line can state it; the gateway adds it to a request that it carries out.
    pub approval: Option<Box<Approval>>,
}

/// A person's approval of a request on what the person saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    pub ticket: Arc<str>,
    /// The script's digest of what the person saw.
    pub digest: Box<str>,
    pub by: Arc<str>,
    pub role: Arc<str>,
    /// What shows that another person decided.
    pub proof: &'static str,
}

/// A row of some trail: its sequence number, and its Unix time in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    pub seq: i64,
    pub time_us: i64,
}

impl Terms {
    /// Take the terms out of a line's keys.
    pub fn read(action: &Action, keys: &mut Map<String, Value>) -> Result<Terms, Refusal> {
        let mut terms = Terms::default();
        if let Some(expect) = keys.remove("expect") {
            require_live(action, "expect")?;
            if action.handler == Handler::Batch {
                return Err(invalid(format!("expect belongs to the commands of a {}, not to itself", action.name)));
            }
            let condition = Condition::parse(expect).map_err(|reason| invalid(format!("expect: {reason}")))?;
            terms.expect = Some(Box::new(condition));
        }
        if let Some(dry_run) = keys.remove("dry_run") {
            require_live(action, "dry_run")?;
            terms.dry_run = dry_run.as_bool().ok_or_else(|| invalid("dry_run must be true or false".into()))?;
        }
        if let Some(coalesce) = keys.remove("coalesce") {
            require_live(action, "coalesce")?;
            terms.coalesce = coalesce.as_bool().ok_or_else(|| invalid("coalesce must be true or false".into()))?;
            if terms.coalesce && !action.sets_a_value() {
                return Err(invalid(format!("coalesce is for actions that set a value; {} does not", action.name)));
            }
        }
        if let Some(once) = keys.remove("once") {
            require_live(action, "once")?;
            if action.is_read() {
                return Err(invalid(format!("once is for what changes something; {} does not", action.name)));
            }
            if terms.dry_run {
                return Err(invalid("once and dry_run exclude each other: a dry run is not the request itself".into()));
            }
            if terms.coalesce {
                return Err(invalid("once and coalesce exclude each other: what is superseded is not done".into()));
            }
            terms.once = Some(read_once(once)?);
        }
        if let Some(replays) = keys.remove("replays") {
            require_live(action, "replays")?;
            terms.replays = Some(read_source(&replays)?.into());
        }
        Ok(terms)
    }

    /// Whether only the script can keep them.
    pub fn need_the_script(&self) -> bool {
        self.expect.is_some() || self.dry_run
    }

    /// As the trail has them; nothing if there are none.
    pub fn to_map(&self) -> Option<Map<String, Value>> {
        let mut terms = Map::new();
        self.write(&mut terms);
        if let Some(Source { seq, time_us }) = self.replays.as_deref() {
            terms.insert("replays".into(), json!({"seq": seq, "time": time_us}));
        }
        if let Some(approval) = self.approval.as_deref() {
            let Approval { ticket, by, role, proof, digest: _ } = approval;
            let approval = json!({"ticket": ticket.as_ref(), "by": by.as_ref(), "role": role.as_ref(), "proof": proof});
            terms.insert("approval".into(), approval);
        }
        Some(terms).filter(|terms| !terms.is_empty())
    }

    /// As the script reads them.
    pub fn write(&self, line: &mut Map<String, Value>) {
        if let Some(expect) = &self.expect {
            line.insert("expect".into(), expect.to_value());
        }
        if self.dry_run {
            line.insert("dry_run".into(), Value::Bool(true));
        }
        if self.coalesce {
            line.insert("coalesce".into(), Value::Bool(true));
        }
    }
}

fn read_once(value: Value) -> Result<Box<str>, Refusal> {
    match value {
        Value::String(key) if (1..=ONCE_BYTES_MAX).contains(&key.len()) => Ok(key.into()),
        _ => Err(invalid(format!("once must be a string of 1 to {ONCE_BYTES_MAX} bytes"))),
    }
}

fn read_source(value: &Value) -> Result<Source, Refusal> {
    let number = |key: &str| value.get(key).and_then(Value::as_i64).filter(|number| *number > 0);
    match (value.as_object().map(Map::len), number("seq"), number("time")) {
        (Some(2), Some(seq), Some(time_us)) => Ok(Source { seq, time_us }),
        _ => Err(invalid(
            "replays must be {\"seq\": …, \"time\": …}, the number and the time of a row of a trail".into(),
        )),
    }
}

fn require_live(action: &Action, key: &str) -> Result<(), Refusal> {
    if action.handler.is_in_live() {
        Ok(())
    } else {
        Err(invalid(format!("{key} is for actions that run in Live; the gateway runs {} itself", action.name)))
    }
}
