//! A row of the trail as people and as programs read it.

use crate::audit::Listed;
use crate::line;
use crate::review::printable;

use super::super::say;

pub fn show(row: &Listed, json: bool) {
    if json {
        let value = serde_json::to_value(row).expect("a listed row serialises");
        if let serde_json::Value::Object(object) = value {
            say(&line::ascii(&object));
        }
        return;
    }
    say(&printable(&describe(row)));
}

/// One line for people: when, who, what, and what became of it.
fn describe(row: &Listed) -> String {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    let when = &row.time;
    let who = match (&row.caller, &row.role) {
        (Some(caller), Some(role)) => format!("{caller} ({role})"),
        (Some(caller), None) => caller.clone(),
        (None, _) => "-".into(),
    };
    let from = row.address.clone().or(row.channel.clone()).unwrap_or_else(|| "-".into());
    let object = |value: &Option<serde_json::Value>| {
        value.as_ref().and_then(|value| value.as_object()).map(line::ascii).unwrap_or_default()
    };
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
    let action = row.action.as_deref().unwrap_or("(not understood)");
    let what: Vec<String> =
        [&row.parameters, &row.terms, &row.details].into_iter().map(object).filter(|part| !part.is_empty()).collect();
    let once =
        row.once.as_ref().map(|key| format!(" once {}", serde_json::Value::from(key.as_str()))).unwrap_or_default();
    format!("{:>6} {when} {who} {from} {action} {}{once} {verdict}{code} by {rule}", row.seq, what.join(" "))
}
