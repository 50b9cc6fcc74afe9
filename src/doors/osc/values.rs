//! Converts arguments of OSC to values of JSON and back.

use rosc::OscType;
use serde_json::{Number, Value};

/// A value for a parameter of this type, as the catalogue writes it: `"integer"`, or a list of types.
///
/// Clients such as TouchOSC send every number as a float, and switches as 0 or 1.
pub fn to_json(argument: &OscType, kind: &Value) -> Result<Value, String> {
    if let Some(kinds) = kind.as_array() {
        let wanted = if matches!(argument, OscType::String(_)) { "string" } else { "number" };
        let found = kinds.iter().find(|kind| *kind == wanted).or(kinds.first());
        return to_json(argument, found.unwrap_or(&Value::Null));
    }
    match kind.as_str().unwrap_or_default() {
        "integer" => integer(argument).map(Value::from).ok_or_else(|| needs("an integer", argument)),
        "number" => number(argument).map(Value::Number).ok_or_else(|| needs("a number", argument)),
        "boolean" => switch(argument).map(Value::Bool).ok_or_else(|| needs("true or false", argument)),
        "string" => text(argument).map(Value::String).ok_or_else(|| needs("a string", argument)),
        _ => Err("this parameter has no form in OSC".to_owned()),
    }
}

/// Truncated, as in AbletonOSC.
pub fn integer(argument: &OscType) -> Option<i64> {
    match argument {
        OscType::Int(value) => Some(i64::from(*value)),
        OscType::Long(value) => Some(*value),
        OscType::Bool(value) => Some(i64::from(*value)),
        OscType::Float(_) | OscType::Double(_) => {
            let value = float(argument)?.trunc();
            // Beyond that, floats are no longer exact.
            (value.abs() < 2f64.powi(53)).then_some(value as i64)
        }
        _ => None,
    }
}

fn number(argument: &OscType) -> Option<Number> {
    match argument {
        OscType::Float(_) | OscType::Double(_) => Number::from_f64(float(argument)?),
        _ => integer(argument).map(Number::from),
    }
}

fn float(argument: &OscType) -> Option<f64> {
    let value = match argument {
        OscType::Float(value) => f64::from(*value),
        OscType::Double(value) => *value,
        _ => return None,
    };
    value.is_finite().then_some(value)
}

fn switch(argument: &OscType) -> Option<bool> {
    match argument {
        OscType::Bool(value) => Some(*value),
        OscType::Float(_) | OscType::Double(_) => Some(float(argument)? != 0.0),
        _ => integer(argument).map(|value| value != 0),
    }
}

fn text(argument: &OscType) -> Option<String> {
    match argument {
        OscType::String(text) => Some(text.clone()),
        OscType::Char(character) => Some(character.to_string()),
        _ => number(argument).map(|number| number.to_string()),
    }
}

fn needs(what: &str, argument: &OscType) -> String {
    let got = match argument {
        OscType::String(text) => format!("{text:?}"),
        OscType::Int(value) => value.to_string(),
        OscType::Long(value) => value.to_string(),
        OscType::Float(value) => value.to_string(),
        OscType::Double(value) => value.to_string(),
        OscType::Bool(value) => value.to_string(),
        _ => "another type".to_owned(),
    };
    format!("must be {what}, got {got}")
}

/// Adds a value to the arguments of a reply. A list adds each of its items.
pub fn push(arguments: &mut Vec<OscType>, value: &Value) {
    match value {
        Value::Null => arguments.push(OscType::Nil),
        Value::Bool(value) => arguments.push(OscType::Bool(*value)),
        Value::String(text) => arguments.push(OscType::String(without_zeros(text))),
        Value::Number(number) => arguments.push(of_number(number)),
        Value::Array(items) => items.iter().for_each(|item| push(arguments, item)),
        Value::Object(members) => {
            arguments.push(OscType::String(without_zeros(&Value::from(members.clone()).to_string())))
        }
    }
}

/// An integer has 32 bits, or 64 where it needs them; a float has 32, as AbletonOSC's.
fn of_number(number: &Number) -> OscType {
    match number.as_i64() {
        Some(value) => i32::try_from(value).map_or(OscType::Long(value), OscType::Int),
        None => OscType::Float(number.as_f64().unwrap_or_default() as f32),
    }
}

/// A string ends at its first zero byte.
fn without_zeros(text: &str) -> String {
    text.replace('\0', "")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_become_what_the_parameter_takes() {
        for (argument, kind, expected) in [
            (OscType::Float(2.0), json!("integer"), Some(json!(2))),
            (OscType::Int(1), json!("boolean"), Some(json!(true))),
            (OscType::Float(0.0), json!("boolean"), Some(json!(false))),
            (OscType::Bool(true), json!("number"), Some(json!(1))),
            (OscType::Float(0.5), json!("number"), Some(json!(0.5))),
            (OscType::Int(3), json!("string"), Some(json!("3"))),
            (OscType::String("1/2".into()), json!(["string", "integer"]), Some(json!("1/2"))),
            (OscType::Float(0.5), json!(["number", "string"]), Some(json!(0.5))),
            (OscType::Float(f32::NAN), json!("number"), None),
            (OscType::Float(f32::INFINITY), json!("integer"), None),
            (OscType::String("x".into()), json!("number"), None),
            (OscType::Nil, json!("string"), None),
            (OscType::Int(1), json!("array"), None),
        ] {
            assert_eq!(to_json(&argument, &kind).ok(), expected, "{argument:?} {kind}");
        }
    }

    #[test]
    fn values_keep_their_types() {
        let mut arguments = Vec::new();
        push(&mut arguments, &json!([1, 1.0, true, null, "a\u{0}b", 0xff_ffff_ffff_i64, [0.5]]));
        let expected = [
            OscType::Int(1),
            OscType::Float(1.0),
            OscType::Bool(true),
            OscType::Nil,
            OscType::String("ab".into()),
            OscType::Long(0xff_ffff_ffff),
            OscType::Float(0.5),
        ];
        assert_eq!(arguments, expected);
    }
}
