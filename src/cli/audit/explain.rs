//! Explains one row to people: each field with its name, times as people write them, and the state of its proof.

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::audit::Listed;
use crate::review::sentence;
use crate::review::when::zoned;

type Fields = Map<String, Value>;

/// Columns of the names of fields.
const NAME_COLUMNS: usize = 16;
/// Fields in Unix time in microseconds.
const TIMES: [&str; 2] = ["time", "until"];
/// The unit at the end of the name of a duration in microseconds.
const MICROSECONDS: &str = "_us";

/// The lines of a row with its session, policy and outcomes as `review::whole` gives them.
pub fn explain(whole: &Fields, listed: Option<&Listed>, proof: &str, zone: &TimeZone) -> Vec<String> {
    let mut lines = vec![heading(whole)];
    lines.extend(listed.map(|row| format!("  {}", sentence(row).text)));
    lines.push(field("proof", proof));
    lines.extend(fields(whole, zone));
    for part in ["session", "policy"] {
        if let Some(part_of) = whole.get(part).and_then(Value::as_object) {
            lines.push(format!("{part}: {}", heading(part_of)));
            lines.extend(fields(part_of, zone));
        }
    }
    for outcome in whole.get("outcomes").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object) {
        lines.push(heading(outcome));
        lines.extend(fields(outcome, zone));
    }
    lines
}

/// Such as `decision 1234`.
fn heading(part: &Fields) -> String {
    let table = part.get("table").and_then(Value::as_str).unwrap_or("row");
    format!("{table} {}", part.get("seq").unwrap_or(&Value::Null))
}

/// The fields of a row; the members of an object one by one.
fn fields(part: &Fields, zone: &TimeZone) -> Vec<String> {
    let row = part.get("row").and_then(Value::as_object);
    let lines = row.into_iter().flatten().flat_map(|(name, value)| match value.as_object() {
        Some(members) => {
            members.iter().map(|(member, value)| field(&format!("{name} {member}"), &text(value))).collect()
        }
        None => vec![field(name.strip_suffix(MICROSECONDS).unwrap_or(name), &shown(name, value, zone))],
    });
    lines.collect()
}

fn field(name: &str, value: &str) -> String {
    format!("  {name:<NAME_COLUMNS$}  {value}")
}

fn shown(name: &str, value: &Value, zone: &TimeZone) -> String {
    match value.as_i64() {
        Some(time_us) if TIMES.contains(&name) => {
            zoned(time_us, zone).strftime("%A, %-d %B %Y %H:%M:%S%.3f %Z").to_string()
        }
        Some(us) if name.ends_with(MICROSECONDS) => format!("{}.{:03} ms", us / 1_000, us % 1_000),
        _ => text(value),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_field_has_a_line() {
        let whole = json!({
            "table": "decision", "seq": 12,
            "row": {"time": 1_800_000_000_000_000_i64, "action": "mute_track", "parameters": {"track_index": 1, "mute": true}},
            "session": {"table": "event", "seq": 4, "row": {"kind": "session", "caller": "mia"}},
            "outcomes": [{"table": "outcome", "seq": 13, "row": {"duration_us": 1_204, "before": {"mute": false}}}],
        });
        let lines = explain(whole.as_object().expect("an object"), None, "not signed yet", &TimeZone::UTC);
        let expected = [
            "decision 12",
            "  proof             not signed yet",
            "  action            mute_track",
            "  parameters mute   true",
            "  parameters track_index  1",
            "  time              Friday, 15 January 2027 08:00:00.000 UTC",
            "session: event 4",
            "  caller            mia",
            "  kind              session",
            "outcome 13",
            "  before mute       false",
            "  duration          1.204 ms",
        ];
        assert_eq!(lines, expected);
    }
}
