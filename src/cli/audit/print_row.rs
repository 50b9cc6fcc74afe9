//! Prints a row of the trail as text or JSON.

use serde_json::Value;

use super::super::say;
use crate::audit::Listed;
use crate::review::printable;
use crate::wire::line;

pub fn print_row(row: &Listed, json: bool) {
    if json {
        let value = serde_json::to_value(row).expect("a listed row serialises");
        if let Value::Object(object) = value {
            say(&line::ascii(&object));
        }
        return;
    }
    say(&printable(&describe(row)));
}

/// One line: time, caller, action and outcome.
fn describe(row: &Listed) -> String {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    let when = &row.time;
    let who = match (&row.caller, &row.role) {
        (Some(caller), Some(role)) => format!("{caller} ({role})"),
        (Some(caller), None) => caller.clone(),
        (None, _) => "-".into(),
    };
    let from = row.address.clone().or(row.channel.clone()).unwrap_or_else(|| "-".into());
    let object =
        |value: &Option<Value>| value.as_ref().and_then(|value| value.as_object()).map(line::ascii).unwrap_or_default();
    if row.kind != "decision" {
        let details = object(&row.details);
        return format!("{:>6} {when} {who} {from} {} {details}", row.seq, row.kind);
    }
    let verdict = match (row.verdict.as_deref(), &row.outcome) {
        (Some("allow"), Some(outcome)) => outcome.clone(),
        (Some("allow"), None) => "running".into(),
        _ => "refused".into(),
    };
    let code = row.code.as_ref().map(|code| format!(" {code}")).unwrap_or_default();
    let rule = or_dash(&row.rule);
    let action = row.action.as_deref().unwrap_or("(unparsable)");
    let what: Vec<String> =
        [&row.parameters, &row.terms, &row.details].into_iter().map(object).filter(|part| !part.is_empty()).collect();
    let once = row.once.as_ref().map(|key| format!(" once {}", Value::from(key.as_str()))).unwrap_or_default();
    let what = format!("{}{once}{}", what.join(" "), done(row));
    format!("{:>6} {when} {who} {from} {action} {what} {verdict}{code} by {rule}", row.seq)
}

/// The touched objects by name, and the old and new values.
fn done(row: &Listed) -> String {
    let members = |part: &Option<Value>| part.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    let (touched, before, after) = (members(&row.touched), members(&row.before), members(&row.after));
    let names = touched.values().filter_map(Value::as_array).flatten();
    let names: Vec<String> = names.map(Value::to_string).collect();
    let value = |members: &serde_json::Map<String, Value>, name: &String| {
        members.get(name).map_or_else(|| "-".to_owned(), Value::to_string)
    };
    let set: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let set: Vec<String> =
        set.iter().map(|name| format!("{name} {} -> {}", value(&before, name), value(&after, name))).collect();
    let parts = [names.join(" "), set.join(", ")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    if parts.is_empty() { String::new() } else { format!(" [{}]", parts.join(": ")) }
}
