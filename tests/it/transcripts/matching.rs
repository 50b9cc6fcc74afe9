//! Compares answers with those that a transcript states, and shows differences.
//!
//! An object must have at least the stated keys; `null` states that a key is absent. A list must have the stated elements, and others only
//! where it ends in `"…"`. A string `$name` matches any value and binds it: `$name` in later lines is that value.

use std::collections::HashMap;
use std::fmt::Write;

use serde_json::{Map, Value};

/// Values by name, with the `$`.
pub type Bindings = HashMap<String, String>;

/// The rest of a list is not stated.
const AND_OTHERS: &str = "…";

/// An answer in the form of a transcript: what the transcript states of it, or all if it states nothing.
pub fn expected(stated: &str, answer: Option<Map<String, Value>>, bindings: &mut Bindings, place: &str) -> String {
    let Some(answer) = answer else { return "closed".to_owned() };
    let answer = Value::Object(answer);
    if stated.is_empty() || stated == "closed" {
        return answer.to_string();
    }
    let pattern: Value = serde_json::from_str(stated).expect(place);
    if matches(&pattern, &answer, bindings) { stated.to_owned() } else { restricted(&pattern, &answer).to_string() }
}

fn matches(stated: &Value, actual: &Value, bindings: &mut Bindings) -> bool {
    match (stated, actual) {
        (Value::String(name), actual) if name.starts_with('$') => {
            bindings.insert(name.clone(), actual.as_str().map_or_else(|| actual.to_string(), str::to_owned));
            true
        }
        (Value::Object(stated), Value::Object(actual)) => {
            stated.iter().all(|(key, value)| match (value, actual.get(key)) {
                (Value::Null, found) => found.is_none(),
                (value, found) => found.is_some_and(|found| matches(value, found, bindings)),
            })
        }
        (Value::Array(stated), Value::Array(actual)) => match stated.split_last() {
            Some((Value::String(last), stated)) if last == AND_OTHERS => {
                stated.iter().all(|stated| actual.iter().any(|actual| matches(stated, actual, bindings)))
            }
            _ => {
                stated.len() == actual.len()
                    && stated.iter().zip(actual).all(|(stated, actual)| matches(stated, actual, bindings))
            }
        },
        _ => stated == actual,
    }
}

/// The part of an answer that corresponds to the stated keys.
fn restricted(stated: &Value, actual: &Value) -> Value {
    match (stated, actual) {
        (Value::String(name), _) if name.starts_with('$') => stated.clone(),
        (Value::Object(stated), Value::Object(actual)) => {
            let of = |(key, value): (&String, &Value)| Some((key.clone(), restricted(value, actual.get(key)?)));
            Value::Object(stated.iter().filter_map(of).collect())
        }
        (Value::Array(stated), Value::Array(actual)) if stated.len() == actual.len() => {
            stated.iter().zip(actual).map(|(stated, actual)| restricted(stated, actual)).collect()
        }
        _ => actual.clone(),
    }
}

/// A diff of both texts: lines of the first only after `-`, of the second only after `+`.
pub fn difference(stated: &str, happened: &str) -> String {
    if stated == happened {
        return String::new();
    }
    let stated: Vec<&str> = stated.lines().collect();
    let happened: Vec<&str> = happened.lines().collect();
    let same_at_start = stated.iter().zip(&happened).take_while(|(a, b)| a == b).count();
    let stated_rest = &stated[same_at_start..];
    let happened_rest = &happened[same_at_start..];
    let same_at_end = stated_rest.iter().rev().zip(happened_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let mut text = String::new();
    let mut show = |mark: char, lines: &[&str]| {
        for line in lines {
            _ = writeln!(text, "{mark} {line}");
        }
    };
    show(' ', &stated[same_at_start.saturating_sub(2)..same_at_start]);
    show('-', &stated_rest[..stated_rest.len() - same_at_end]);
    show('+', &happened_rest[..happened_rest.len() - same_at_end]);
    show(' ', &stated_rest[stated_rest.len() - same_at_end..][..same_at_end.min(2)]);
    text
}

#[test]
fn a_difference_shows_both_sides() {
    assert_eq!(difference("a\nb\nc\n", "a\nx\nc\n"), "  a\n- b\n+ x\n  c\n");
    assert_eq!(difference("a\n", "a\n"), "");
}

#[test]
fn stated_parts_of_an_answer_match() {
    let answer = serde_json::json!({"ok": true, "results": [{"ok": true}, {"ok": false, "code": "x"}], "jti": "1f"});
    let answer = answer.as_object().expect("an object");
    let mut bindings = Bindings::new();
    let mut check = |stated: &str, shown: &str| {
        assert_eq!(expected(stated, Some(answer.clone()), &mut bindings, "here"), shown);
    };
    for stated in [
        r#"{"ok":true,"code":null}"#,
        r#"{"results":[{"ok":true},{"code":"x"}]}"#,
        r#"{"results":[{"code":"x"},"…"]}"#,
        r#"{"jti":"$jti"}"#,
    ] {
        check(stated, stated);
    }
    check(r#"{"ok":null}"#, r#"{"ok":true}"#);
    check(r#"{"results":[{"ok":true},{"code":"y"}]}"#, r#"{"results":[{"ok":true},{"code":"x"}]}"#);
    check(r#"{"results":[{"ok":true}]}"#, r#"{"results":[{"ok":true},{"code":"x","ok":false}]}"#);
    assert_eq!(bindings["$jti"], "1f");
    assert_eq!(expected("closed", None, &mut Bindings::new(), "here"), "closed");
}
