//! What a rule demands of a parameter: bounds, listed values, patterns, presence.

use std::iter;

use serde_json::Value;

use super::file::DemandEntry;
use super::name_patterns;

/// A demand on one parameter. Every element of a list must meet it.
#[derive(Clone, Debug, PartialEq)]
pub enum Demand {
    /// The parameter must be left out.
    Absent,
    Present {
        values: Values,
        may_be_absent: bool,
    },
}

/// Constraints on a parameter's value. Each one that is given must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    min: Option<f64>,
    max: Option<f64>,
    listed: Option<Vec<Value>>,
    /// Patterns with `*` and `?`, matched as names from Live are.
    patterns: Option<Value>,
}

impl Demand {
    /// Parse a demand; the error describes the mistake.
    pub fn read(entry: &DemandEntry) -> Result<Demand, String> {
        let DemandEntry { min, max, r#enum, glob, required, forbidden } = entry.clone();
        let demands_values = min.is_some() || max.is_some() || r#enum.is_some() || glob.is_some();
        if forbidden == Some(true) {
            let alone = !demands_values && required != Some(true);
            return if alone { Ok(Demand::Absent) } else { Err("`forbidden` excludes other demands".into()) };
        }
        if !demands_values && required != Some(true) {
            return Err("needs `min`, `max`, `enum`, `glob`, `required` or `forbidden`".into());
        }
        if let (Some(min), Some(max)) = (min, max)
            && min > max
        {
            return Err(format!("has min {min} above max {max}"));
        }
        if r#enum.as_ref().is_some_and(Vec::is_empty) || glob.as_ref().is_some_and(Vec::is_empty) {
            return Err("`enum` must list at least one value".into());
        }
        let values = Values { min, max, listed: r#enum, patterns: glob.map(Value::from) };
        Ok(Demand::Present { values, may_be_absent: required == Some(false) })
    }

    /// Whether a rule that allows covers this value. A value that cannot be compared is not covered.
    pub fn covers(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Demand::Absent, value) => value.is_none(),
            (Demand::Present { may_be_absent, .. }, None) => *may_be_absent,
            (Demand::Present { values, .. }, Some(Value::Array(items))) => items.iter().all(|item| values.cover(item)),
            (Demand::Present { values, .. }, Some(value)) => values.cover(value),
        }
    }

    /// Whether a rule that asks applies to this value: yes, unless the value certainly fails the demand.
    pub fn touches(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Demand::Present { .. }, None) => true,
            (Demand::Present { values, .. }, Some(Value::Array(items))) => {
                items.is_empty() || items.iter().any(|item| values.touch(item))
            }
            (Demand::Present { values, .. }, Some(value)) => values.touch(value),
            (Demand::Absent, value) => value.is_none(),
        }
    }

    /// The demand as refusals print it: `between 0 and 0.9`.
    pub fn describe(&self) -> String {
        match self {
            Demand::Absent => "left out".to_owned(),
            Demand::Present { values, .. } => values.describe(),
        }
    }
}

impl Values {
    fn cover(&self, value: &Value) -> bool {
        let number = value.as_f64();
        self.min.is_none_or(|min| number.is_some_and(|number| number >= min))
            && self.max.is_none_or(|max| number.is_some_and(|number| number <= max))
            && self.listed.as_ref().is_none_or(|listed| listed.iter().any(|allowed| same(allowed, value)))
            && self.patterns.as_ref().is_none_or(|patterns| {
                value.as_str().is_some_and(|text| name_patterns::allowed(patterns, iter::once(text)))
            })
    }

    fn touch(&self, value: &Value) -> bool {
        let below = |max: f64| value.as_f64().is_some_and(|number| number > max);
        let above = |min: f64| value.as_f64().is_some_and(|number| number < min);
        let unlisted = |listed: &Vec<Value>| {
            !(value.is_array() || value.is_object() || listed.iter().any(|allowed| same(allowed, value)))
        };
        let unmatched =
            |patterns: &Value| value.as_str().is_some_and(|text| !name_patterns::denied(patterns, iter::once(text)));
        !(self.max.is_some_and(below)
            || self.min.is_some_and(above)
            || self.listed.as_ref().is_some_and(unlisted)
            || self.patterns.as_ref().is_some_and(unmatched))
    }

    fn describe(&self) -> String {
        let list = |values: &[Value]| values.iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
        let range = match (self.min, self.max) {
            (Some(min), Some(max)) => Some(format!("between {min} and {max}")),
            (Some(min), None) => Some(format!("at least {min}")),
            (None, Some(max)) => Some(format!("at most {max}")),
            (None, None) => None,
        };
        let listed = self.listed.as_ref().map(|listed| format!("one of {}", list(listed)));
        let patterns = self.patterns.as_ref().and_then(Value::as_array).map(|all| format!("like {}", list(all)));
        let parts: Vec<String> = [range, listed, patterns].into_iter().flatten().collect();
        if parts.is_empty() { "given".to_owned() } else { parts.join(" and ") }
    }
}

/// Whether two values are equal. Numbers are compared by value: 1 equals 1.0.
fn same(allowed: &Value, value: &Value) -> bool {
    match (allowed.as_f64(), value.as_f64()) {
        (Some(allowed), Some(value)) => allowed == value,
        _ => allowed == value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn demand(entry: Value) -> Demand {
        Demand::read(&serde_json::from_value(entry).expect("an entry")).expect("a demand")
    }

    #[test]
    fn each_kind_covers_and_touches_what_it_says() {
        // demand, value, whether a grant covers it, whether asking applies
        for (entry, value, covers, touches) in [
            (json!({"max": 0.9}), json!(0.9), true, true),
            (json!({"max": 0.9}), json!(0.91), false, false),
            (json!({"min": 1, "max": 2}), json!(0), false, false),
            (json!({"min": 1}), json!(1), true, true),
            (json!({"min": 2, "max": 2}), json!(2), true, true),
            (json!({"max": 0.9}), json!("loud"), false, true),
            (json!({"max": 0.9}), json!([0.1, 1.0]), false, true),
            (json!({"max": 0.9}), json!([1.0, 1.1]), false, false),
            (json!({"max": 0.9}), Value::Null, false, true),
            (json!({"max": 0.9, "required": false}), Value::Null, true, true),
            (json!({"required": true}), json!(1), true, true),
            (json!({"required": true}), Value::Null, false, true),
            (json!({"forbidden": true}), Value::Null, true, true),
            (json!({"forbidden": true}), json!(0), false, false),
            (json!({"enum": ["a", 1]}), json!(1.0), true, true),
            (json!({"enum": ["a", 1]}), json!("b"), false, false),
            (json!({"enum": ["a"]}), json!({"x": 1}), false, true),
            (json!({"glob": ["Gui*"]}), json!("Guitar"), true, true),
            (json!({"glob": ["Gui*"]}), json!("Bass"), false, false),
            (json!({"glob": ["Gui*"]}), json!(["Guitar", "Bass"]), false, true),
        ] {
            let demand = demand(entry.clone());
            let given = Some(&value).filter(|value| !value.is_null());
            assert_eq!(demand.covers(given), covers, "{entry} covers {value}");
            assert_eq!(demand.touches(given), touches, "{entry} touches {value}");
        }
    }

    #[test]
    fn a_demand_that_says_nothing_is_a_mistake() {
        for (entry, expected) in [
            (json!({}), "needs `min`, `max`, `enum`, `glob`, `required` or `forbidden`"),
            (json!({"required": false}), "needs `min`"),
            (json!({"forbidden": true, "max": 1}), "`forbidden` excludes other demands"),
            (json!({"min": 2, "max": 1}), "has min 2 above max 1"),
            (json!({"enum": []}), "`enum` must list"),
        ] {
            let refusal = Demand::read(&serde_json::from_value(entry).expect("an entry")).expect_err("a mistake");
            assert!(refusal.contains(expected), "{refusal}");
        }
    }
}
