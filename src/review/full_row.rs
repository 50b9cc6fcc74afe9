//! One row of the trail as it was written, with all rows that belong to it.

use serde_json::{Map, Value, json};

use super::error::{Result, damaged};
use crate::audit::{Reader, Table, Written};

/// A decision with its session, its policy and its outcomes, or an event. The seq of an outcome returns its decision. `None`: the trail has
/// no row with this seq.
pub fn whole(trail: &Reader, seq: i64) -> Result<Option<Map<String, Value>>> {
    let Some(mut row) = trail.row(seq)? else { return Ok(None) };
    if row.table == Table::Outcome {
        let decision = number(&row.fields()?, "decision");
        row = match decision.map(|seq| trail.row(seq)).transpose()?.flatten() {
            Some(decision) if decision.table == Table::Decision => decision,
            _ => return Err(damaged(format!("outcome {seq} belongs to no decision in the trail"))),
        };
    }
    let mut shown = shown(&row)?;
    if row.table == Table::Decision {
        let fields = row.fields()?;
        for part in ["session", "policy"] {
            if let Some(row) = number(&fields, part).map(|seq| trail.row(seq)).transpose()?.flatten() {
                shown.insert(part.into(), Value::Object(self::shown(&row)?));
            }
        }
        let outcomes = trail.outcomes_of(row.seq, i64::MAX)?;
        let outcomes = outcomes.iter().map(|row| Ok(Value::Object(self::shown(row)?))).collect::<Result<_>>()?;
        shown.insert("outcomes".into(), Value::Array(outcomes));
    }
    Ok(Some(shown))
}

/// `bytes` is the evidence; `row` is its parsed form.
fn shown(row: &Written) -> Result<Map<String, Value>> {
    let table = match row.table {
        Table::Decision => "decision",
        Table::Outcome => "outcome",
        Table::Event => "event",
    };
    let shown = json!({"seq": row.seq, "table": table, "row": row.fields()?, "bytes": row.bytes});
    Ok(shown.as_object().cloned().unwrap_or_default())
}

fn number(fields: &Map<String, Value>, key: &str) -> Option<i64> {
    fields.get(key).and_then(Value::as_i64)
}
