//! A row of the trail as the index reads it: members borrowed from its canonical bytes, without a tree of values.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// The members of one row, each as written. A member of another type than expected counts as absent, because the trail shows such rows too.
#[derive(Debug)]
pub struct Row<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Row<'a> {
    /// Errors: it is not an object.
    pub fn parse(bytes: &'a str) -> serde_json::Result<Row<'a>> {
        serde_json::from_str(bytes)
    }

    /// A member as JSON. Of two with one name the last counts.
    pub fn json(&self, key: &str) -> Option<&'a str> {
        self.0.iter().rfind(|(name, _)| name == key).map(|(_, value)| value.get())
    }

    pub fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        text(self.json(key)?)
    }

    /// An integer.
    pub fn number(&self, key: &str) -> Option<i64> {
        self.json(key)?.parse().ok()
    }

    /// A member as a value; `Null` if it is absent.
    pub fn value(&self, key: &str) -> Value {
        self.json(key).and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    }
}

/// A JSON string. Borrowed unless it has escapes.
fn text(json: &str) -> Option<Cow<'_, str>> {
    let inside = json.strip_prefix('"')?.strip_suffix('"')?;
    if inside.contains('\\') {
        return serde_json::from_str(json).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(inside))
}

impl<'de> Deserialize<'de> for Row<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Row<'de>, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Row<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row<'de>, A::Error> {
                let mut members = Vec::with_capacity(16);
                while let Some(Name(name)) = map.next_key()? {
                    members.push((name, map.next_value()?));
                }
                Ok(Row(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// A member's name. Borrowed unless it has escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name<'de>, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_as_written() {
        let row =
            Row::parse(r#"{"a":"x","b":5,"c":{"d":[1.5]},"e":"\u00e4","a\u0062":null,"a":"last"}"#).expect("a row");
        assert_eq!((row.text("a").as_deref(), row.text("e").as_deref()), (Some("last"), Some("\u{e4}")));
        assert_eq!((row.number("b"), row.json("c")), (Some(5), Some(r#"{"d":[1.5]}"#)));
        assert_eq!((row.json("ab"), row.value("c")["d"][0].as_f64()), (Some("null"), Some(1.5)));
    }

    #[test]
    fn members_of_other_types_are_absent() {
        let row = Row::parse(r#"{"a":5,"b":"x","c":1.5}"#).expect("a row");
        assert_eq!((row.text("a"), row.number("b"), row.number("c")), (None, None, None));
        assert_eq!((row.text("z"), row.value("z")), (None, Value::Null));
        assert!(Row::parse("[1]").is_err() && Row::parse("{\"a\":").is_err());
    }
}
