//! Answers: as text for people at a terminal, as JSON for programs.

use std::io::{IsTerminal, stdout};

use serde_json::{Map, Value};

use super::actions;
use super::{print_json, say};
use crate::command::decibels;

/// How answers are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Text,
    Json,
}

impl Form {
    /// JSON if requested, or if a program reads the output.
    pub fn chosen(json: bool) -> Form {
        if json || !stdout().is_terminal() { Form::Json } else { Form::Text }
    }

    pub fn print(self, action: &str, answer: &Map<String, Value>) {
        match self {
            Form::Json => print_json(answer),
            Form::Text => say(&text(action, answer)),
        }
    }
}

/// Fields that mean nothing to the person who sent the request.
const ENVELOPE: [&str; 3] = ["ok", "id", "category"];

pub fn text(action: &str, answer: &Map<String, Value>) -> String {
    if answer.get("ok") == Some(&Value::Bool(false)) {
        let part = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default();
        return format!("refused: {} ({})", part("error"), part("code"));
    }
    if let Some(tools) = answer.get("tools").and_then(Value::as_array).filter(|_| action == "get_available_tools") {
        let names: Vec<&str> = tools.iter().filter_map(Value::as_str).collect();
        return actions::by_category(|action| names.contains(&action.name.as_str()));
    }
    let fields: Vec<_> = answer.iter().filter(|(key, _)| !ENVELOPE.contains(&key.as_str())).collect();
    match fields[..] {
        [] => "ok".to_owned(),
        [(key, Value::String(message))] if key == "message" => message.clone(),
        _ => {
            let mut lines = Vec::new();
            write_fields(fields.into_iter(), 0, &mut lines);
            lines.join("\n")
        }
    }
}

fn write_fields<'a>(
    fields: impl Iterator<Item = (&'a String, &'a Value)> + Clone,
    depth: usize,
    lines: &mut Vec<String>,
) {
    let width = fields.clone().map(|(key, _)| key.chars().count()).max().unwrap_or_default();
    let indent = "  ".repeat(depth);
    for (key, value) in fields {
        match value {
            Value::Object(below) if !below.is_empty() => {
                lines.push(format!("{indent}{key}"));
                write_fields(below.iter(), depth + 1, lines);
            }
            Value::Array(items) if items.iter().any(is_nested) => {
                lines.push(format!("{indent}{key}"));
                items.iter().enumerate().for_each(|(index, item)| write_item(index, item, depth + 1, lines));
            }
            _ => lines.push(format!("{indent}{key:<width$}  {}", of_field(key, value))),
        }
    }
}

fn write_item(index: usize, item: &Value, depth: usize, lines: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    match item {
        Value::Object(fields) if fields.values().any(is_nested) => {
            lines.push(format!("{indent}{index}"));
            write_fields(fields.iter(), depth + 1, lines);
        }
        Value::Object(fields) => {
            let parts: Vec<String> =
                fields.iter().map(|(key, value)| format!("{key} {}", of_field(key, value))).collect();
            lines.push(format!("{indent}{}", parts.join(", ")));
        }
        other => lines.push(format!("{indent}{}", plain(other))),
    }
}

fn is_nested(value: &Value) -> bool {
    match value {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => items.iter().any(is_nested),
        _ => false,
    }
}

/// A value; a fader's position also in decibels.
pub fn of_field(key: &str, value: &Value) -> String {
    match value.as_f64() {
        Some(position) if key.ends_with("volume") && (0.0..=1.0).contains(&position) => {
            format!("{} ({})", plain(value), decibels::shown(position))
        }
        _ => plain(value),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Null => "-".to_owned(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Number(number) => short(number),
        Value::Object(_) => "-".to_owned(),
    }
}

/// At most six decimals: Live's floats have single precision.
fn short(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => {
            let text = format!("{float:.6}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(action: &str, answer: Value) -> String {
        let Value::Object(answer) = answer else { panic!("an object") };
        text(action, &answer)
    }

    #[test]
    fn answers_read_as_text() {
        assert_eq!(shown("x", json!({"ok": true})), "ok");
        assert_eq!(shown("ping", json!({"ok": true, "message": "pong"})), "pong");
        let refused = json!({"ok": false, "code": "forbidden", "category": "access", "error": "your role is viewer"});
        assert_eq!(shown("set_tempo", refused), "refused: your role is viewer (forbidden)");
        let info = json!({"ok": true, "name": "Vocals", "volume": 0.7000000000000001, "mute": false, "clips": []});
        assert_eq!(shown("x", info), "clips   \nmute    no\nname    Vocals\nvolume  0.7 (-6.0 dB)");
        let nested =
            json!({"ok": true, "tracks": [{"name": "A", "index": 0}, {"name": "B", "sends": [{"value": 0.5}]}]});
        assert_eq!(shown("x", nested), "tracks\n  index 0, name A\n  1\n    name   B\n    sends\n      value 0.5");
    }

    #[test]
    fn tools_are_listed_by_category() {
        let listed = shown("get_available_tools", json!({"ok": true, "tools": ["set_tempo", "get_track_info"]}));
        assert!(listed.contains("session\n  set_tempo bpm=20..999"), "{listed}");
        assert!(listed.contains("track\n  get_track_info track_index=0.."), "{listed}");
    }
}
