//! JSON Schemas (2020-12) of parameters and answers, from the catalogue.

use serde_json::{Map, Value, json};

use super::Action;

const STRING_CHARS_MAX: u64 = 4096;
const INTEGER_MAX: i64 = (1 << 31) - 1;
const NUMBER_MAX: f64 = 1e9;

impl Action {
    /// The schema of the parameters.
    pub fn parameters_schema(&self) -> Value {
        object(list(&self.entry["params"]))
    }

    /// The schema of the answer. It may have further members.
    pub fn answer_schema(&self) -> Value {
        let mut properties = Map::from_iter([("ok".to_owned(), json!({"const": true}))]);
        for member in list(&self.entry["result"]) {
            let name = member["name"].as_str().unwrap_or_default().to_owned();
            // Live answers null for a value that a set does not have.
            let kind = &member["type"];
            properties.insert(name, json!({"type": [kind, "null"]}));
        }
        json!({"type": "object", "properties": properties, "required": ["ok"]})
    }

    /// An example of the required parameters, with values within their ranges.
    pub fn example(&self) -> Value {
        let required = list(&self.entry["params"]).iter().filter(|param| param["required"] == true);
        let example = |param: &Value| (param["name"].as_str().unwrap_or_default().to_owned(), value_of(param));
        Value::Object(required.map(example).collect())
    }
}

fn list(entry: &Value) -> &[Value] {
    entry.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn object(params: &[Value]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for param in params {
        let name = param["name"].as_str().unwrap_or_default();
        if param["required"] == true && param.get("unless").is_none() {
            required.push(name);
        }
        properties.insert(name.to_owned(), schema_of(param));
    }
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// The schema of a value described in the catalogue.
fn schema_of(entry: &Value) -> Value {
    if let Some(kinds) = entry["type"].as_array() {
        return either(entry, kinds);
    }
    let mut schema = match entry["type"].as_str().unwrap_or_default() {
        "number" => json!({"type": "number", "minimum": -NUMBER_MAX, "maximum": NUMBER_MAX}),
        "integer" => json!({"type": "integer", "minimum": 0, "maximum": INTEGER_MAX}),
        "boolean" => json!({"type": "boolean"}),
        "string" => json!({"type": "string", "maxLength": STRING_CHARS_MAX}),
        "id" => json!({"type": ["string", "integer"]}),
        "array" => json!({"type": "array", "items": schema_of(&entry["items"])}),
        "object" => object_schema(entry),
        // A command of a batch, or a topic.
        _ => json!({"type": "object"}),
    };
    if entry.get("exclusiveMinimum").is_some() {
        schema.as_object_mut().map(|schema| schema.remove("minimum"));
    }
    for key in ["minimum", "exclusiveMinimum", "maximum", "minLength", "maxLength", "maxItems", "default", "enum"] {
        if let Some(value) = entry.get(key) {
            schema[key] = value.clone();
        }
    }
    if let Some(unit) = entry.get("unit") {
        schema["description"] = unit.clone();
    }
    if entry["secret"] == true {
        schema["writeOnly"] = true.into();
    }
    schema
}

/// A value of one of several types. The limits of each type apply to its own values only.
fn either(entry: &Value, kinds: &[Value]) -> Value {
    let mut schema = json!({"type": kinds});
    for kind in kinds {
        let limits = schema_of(&one_of(entry, kind));
        let limits = limits.as_object().into_iter().flatten().filter(|(key, _)| *key != "type");
        schema.as_object_mut().expect("an object").extend(limits.map(|(key, limit)| (key.clone(), limit.clone())));
    }
    schema
}

fn one_of(entry: &Value, kind: &Value) -> Value {
    let mut one = entry.clone();
    one["type"] = kind.clone();
    one
}

fn object_schema(entry: &Value) -> Value {
    let properties = entry["properties"].as_object().into_iter().flatten();
    let properties: Map<String, Value> = properties.map(|(name, entry)| (name.clone(), schema_of(entry))).collect();
    let required = entry.get("required").filter(|required| required.is_array()).cloned().unwrap_or(json!([]));
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// A valid value.
fn value_of(entry: &Value) -> Value {
    if let Some(value) = entry.get("default").or_else(|| entry["enum"].get(0)) {
        return value.clone();
    }
    if let Some(kind) = entry["type"].get(0) {
        return value_of(&one_of(entry, kind));
    }
    match entry["type"].as_str().unwrap_or_default() {
        "number" => number(entry),
        "integer" => entry.get("minimum").cloned().unwrap_or(json!(0)),
        "boolean" => json!(true),
        "string" | "id" => json!("A".repeat(entry["minLength"].as_u64().unwrap_or(1).max(1).try_into().unwrap_or(1))),
        "array" => json!([value_of(&entry["items"])]),
        "object" => {
            let required: Vec<&str> = list(&entry["required"]).iter().filter_map(Value::as_str).collect();
            let value = |name: &str| (name.to_owned(), value_of(&entry["properties"][name]));
            Value::Object(required.into_iter().map(value).collect())
        }
        "command" => json!({"action": "set_tempo", "bpm": 120}),
        "topic" => json!({"event": "tempo"}),
        _ => json!({}),
    }
}

fn number(entry: &Value) -> Value {
    let low = entry["minimum"].as_f64().or(entry["exclusiveMinimum"].as_f64().map(|above| above + 1.0)).unwrap_or(0.0);
    json!(entry["maximum"].as_f64().map_or(low, |high| if low < high { (low + high) / 2.0 } else { high }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{catalogue, fill};

    #[test]
    fn every_example_is_what_its_action_takes() {
        for action in catalogue().actions() {
            let example = action.example().as_object().expect("an object").clone();
            let filled = fill(&action.params, example.clone());
            assert!(filled.is_ok(), "{}: {example:?}: {filled:?}", action.name);
        }
    }

    #[test]
    fn a_schema_says_the_ranges_of_the_catalogue() {
        let schema = catalogue().find("set_tempo").expect("an action").parameters_schema();
        let bpm = &schema["properties"]["bpm"];
        assert_eq!((&bpm["type"], &bpm["minimum"], &bpm["maximum"]), (&json!("number"), &json!(20), &json!(999)));
        assert_eq!((&schema["required"], &schema["additionalProperties"]), (&json!(["bpm"]), &json!(false)));
    }
}
