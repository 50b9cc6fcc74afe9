//! The trail as text for tests: one line per row, without what varies between runs.

use std::path::Path;

pub use livegate::audit::Listed;
use livegate::audit::{self, Filter, Reader};
use livegate::wire::line;
use serde_json::Value;

/// Kinds of rows that every run has.
const EVERYDAY: [&str; 7] = ["start", "stop", "policy", "session", "bridge_up", "bridge_down", "set_loaded"];

pub fn last_seq(state_dir: &Path) -> i64 {
    reader(state_dir).last_seq().expect("a seq")
}

pub fn rows(state_dir: &Path, after_seq: i64) -> Vec<Listed> {
    reader(state_dir).list(&Filter::after(after_seq, 1_000_000)).expect("rows")
}

/// `caller action parameters verdict code by rule` for a decision, `event kind details` for everything else.
pub fn lines(state_dir: &Path, after_seq: i64) -> Vec<String> {
    let rows = rows(state_dir, after_seq);
    rows.iter().filter(|row| !EVERYDAY.contains(&row.kind.as_str())).map(describe).collect()
}

/// The same with the terms of requests and the outcomes of batches.
pub fn full_lines(state_dir: &Path, after_seq: i64) -> Vec<String> {
    let rows = rows(state_dir, after_seq);
    let shown = rows.iter().filter(|row| !EVERYDAY.contains(&row.kind.as_str()));
    shown
        .map(|row| {
            let terms = row.terms.iter().map(|terms| format!(" with {terms}"));
            let outcomes = row.details.as_ref().and_then(|details| details.get("outcomes"));
            let outcomes = outcomes.into_iter().map(|outcomes| format!(" each {outcomes}"));
            describe(row) + &terms.chain(outcomes).collect::<String>()
        })
        .collect()
}

fn describe(row: &Listed) -> String {
    let caller = row.caller.as_deref().unwrap_or("-");
    let object = |value: &Option<Value>| value.as_ref().and_then(Value::as_object).map(line::ascii).unwrap_or_default();
    if row.kind != "decision" {
        let detail = |key: &str| {
            let value = row.details.as_ref().and_then(|details| details.get(key));
            value.map(|value| format!(" {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        };
        let details: String = ["reason", "count"].into_iter().filter_map(detail).collect();
        return format!("event {} {caller}{details}", row.kind);
    }
    let action = row.action.as_deref().unwrap_or("(unreadable)");
    let verdict = match row.verdict.as_deref() {
        Some("allow") => row.outcome.as_deref().unwrap_or("unfinished"),
        _ => "refused",
    };
    let mut words = vec![caller.to_owned(), action.to_owned(), object(&row.parameters), verdict.to_owned()];
    words.extend(row.code.clone());
    words.extend(row.rule.iter().map(|rule| format!("by {rule}")));
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

fn reader(state_dir: &Path) -> Reader {
    Reader::open(&state_dir.join(audit::FILE)).expect("the trail")
}
