//! The terms of a request: envelope keys that change how it runs.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::invalid;
use crate::command::{Action, Handler};
use crate::policy::Condition;
use crate::wire::refusal::Refusal;

const ONCE_BYTES_MAX: usize = 64;

/// The terms. All of them are recorded with the decision; those that the script evaluates are sent to it.
#[derive(Debug, Default, PartialEq)]
pub struct Terms {
    /// The client's precondition on the set. If it does not hold, the request does not run.
    pub expect: Option<Box<Condition>>,
    /// Check everything, but change nothing.
    pub dry_run: bool,
    /// A later request for the same target may replace this one while it waits.
    pub coalesce: bool,
    /// The idempotency key.
    pub once: Option<Box<str>>,
    /// The row that this request repeats, as the client states it; for the trail only.
    pub replays: Option<Box<Source>>,
    /// If a person must approve it, the answer waits for the decision.
    pub wait: bool,
    /// The approval by a person. Clients cannot send it; the gateway adds it when it runs an approved request.
    pub approval: Option<Box<Approval>>,
}

/// A person's approval of a request for the targets that the person was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    pub ticket: Arc<str>,
    /// The script's digest of those targets.
    pub digest: Box<str>,
    pub by: Arc<str>,
    pub role: Arc<str>,
    /// The evidence that another person approved.
    pub proof: &'static str,
    /// The grant that approved it without asking again.
    pub grant: Option<Arc<str>>,
}

/// A row of a trail: its seq, and its Unix time in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    pub seq: i64,
    pub time_us: i64,
}

impl Terms {
    /// Take the terms from a line's keys.
    pub fn read(action: &Action, keys: &mut Map<String, Value>) -> Result<Terms, Refusal> {
        let mut terms = Terms::default();
        if let Some(expect) = keys.remove("expect") {
            require_live(action, "expect")?;
            if action.handler == Handler::Batch {
                return Err(invalid(format!("expect belongs in the commands of a {}, not beside them", action.name)));
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
                return Err(invalid(format!("once is for actions that change something; {} does not", action.name)));
            }
            if terms.dry_run {
                return Err(invalid("once and dry_run exclude each other: a dry run has no effect to protect".into()));
            }
            if terms.coalesce {
                return Err(invalid("once and coalesce exclude each other: a superseded request does not run".into()));
            }
            terms.once = Some(read_once(once)?);
        }
        if let Some(wait) = keys.remove("wait") {
            require_live(action, "wait")?;
            terms.wait = wait.as_bool().ok_or_else(|| invalid("wait must be true or false".into()))?;
        }
        if let Some(replays) = keys.remove("replays") {
            require_live(action, "replays")?;
            terms.replays = Some(read_source(&replays)?.into());
        }
        Ok(terms)
    }

    /// Whether only the script can evaluate them.
    pub fn need_the_script(&self) -> bool {
        self.expect.is_some() || self.dry_run
    }

    /// The terms as the trail records them; `None` without terms.
    pub fn to_map(&self) -> Option<Map<String, Value>> {
        let mut terms = Map::new();
        self.write(&mut terms);
        if self.wait {
            terms.insert("wait".into(), Value::Bool(true));
        }
        if let Some(Source { seq, time_us }) = self.replays.as_deref() {
            terms.insert("replays".into(), json!({"seq": seq, "time": time_us}));
        }
        if let Some(approval) = self.approval.as_deref() {
            let Approval { ticket, by, role, proof, grant, digest: _ } = approval;
            let mut approval =
                json!({"ticket": ticket.as_ref(), "by": by.as_ref(), "role": role.as_ref(), "proof": proof});
            if let Some(grant) = grant {
                approval["grant"] = grant.as_ref().into();
            }
            terms.insert("approval".into(), approval);
        }
        Some(terms).filter(|terms| !terms.is_empty())
    }

    /// Write the terms into a line for the script.
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
        _ => Err(invalid("replays must be {\"seq\": …, \"time\": …}, the seq and the time of a row of a trail".into())),
    }
}

fn require_live(action: &Action, key: &str) -> Result<(), Refusal> {
    if action.handler.is_in_live() {
        Ok(())
    } else {
        Err(invalid(format!("{key} is for actions that run in Live; the gateway runs {} itself", action.name)))
    }
}
