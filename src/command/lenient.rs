//! Converts parameters to the types and ranges of the catalogue where their meaning is clear (coercion).

use serde_json::{Map, Value};

use super::param::{Kind, Param, Presence, shorten};

/// The changes to parameters, for the answer.
#[derive(Debug, Default)]
pub struct Adjusted {
    /// Keys that the action does not take.
    pub ignored: Vec<String>,
    /// By parameter, the value within its range that replaced one outside it.
    pub clamped: Map<String, Value>,
}

/// Accept numbers as text, whole numbers as floats, 0 and 1 as booleans, and null for an omitted parameter. Drop unknown keys unless `is_kept`.
/// Indexes are never clamped, nor integers in general; those of an enumeration are.
pub fn soften(
    params: &[Param],
    given: &mut Map<String, Value>,
    is_kept: impl Fn(&str) -> bool + Copy,
    adjusted: &mut Adjusted,
) {
    soften_at("", params, given, is_kept, adjusted);
}

fn soften_at(
    path: &str,
    params: &[Param],
    given: &mut Map<String, Value>,
    is_kept: impl Fn(&str) -> bool + Copy,
    adjusted: &mut Adjusted,
) {
    let called = |name: &str| params.iter().find(|param| param.is_called(name));
    let names: Vec<String> = given.keys().cloned().collect();
    for name in names {
        let Some(param) = called(&name) else {
            if !is_kept(&name) {
                given.remove(&name);
                let shown = format!("{path}{}", shorten(&name).trim_matches('"'));
                if !adjusted.ignored.contains(&shown) {
                    adjusted.ignored.push(shown);
                }
            }
            continue;
        };
        if given[&name].is_null() && !matches!(param.presence, Presence::Required) {
            given.remove(&name);
            continue;
        }
        let value = given.get_mut(&name).expect("it is there");
        soften_value(&format!("{path}{}", param.name), &param.kind, value, is_kept, adjusted);
        if let Some(nearest) = param.nearest_allowed(value) {
            *value = nearest.clone();
            adjusted.clamped.insert(format!("{path}{}", param.name), nearest);
        }
    }
}

fn soften_value(
    name: &str,
    kind: &Kind,
    value: &mut Value,
    is_kept: impl Fn(&str) -> bool + Copy,
    adjusted: &mut Adjusted,
) {
    match kind {
        Kind::Integer { .. } => {
            if let Some(whole) = number(value).filter(|number| number.fract() == 0.0 && number.abs() < 2f64.powi(53)) {
                *value = Value::from(whole as i64);
            }
        }
        Kind::Number { minimum, above, maximum } => {
            let Some(number) = number(value) else { return };
            let lowest = if *above { None } else { Some(*minimum) };
            let within = lowest.map_or(number, |lowest| number.max(lowest)).min(*maximum);
            *value = Value::from(within);
            if within != number {
                adjusted.clamped.insert(name.to_owned(), Value::from(within));
            }
        }
        Kind::Boolean => match value.as_f64() {
            Some(0.0) => *value = Value::Bool(false),
            Some(1.0) => *value = Value::Bool(true),
            _ => (),
        },
        Kind::Array { item, .. } => {
            for each in value.as_array_mut().into_iter().flatten() {
                soften_value(&format!("{name}[]"), item, each, is_kept, adjusted);
            }
        }
        Kind::Object { properties } => {
            if let Some(object) = value.as_object_mut() {
                soften_at(&format!("{name}."), properties, object, is_kept, adjusted);
            }
        }
        Kind::String { .. } | Kind::Id | Kind::Open | Kind::Either(_) => (),
    }
}

/// A finite number, or a text that is one.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_f64(),
    };
    number.filter(|number: &f64| number.is_finite())
}
