//! Excerpt of a refused request's parameters: a bounded part, and the length and keyed digest of the whole.

use serde_json::{Map, Value};

use super::Seal;
use crate::wire::line;

/// A bounded part of an object.
#[derive(Clone, Debug, Default)]
pub struct Excerpt {
    pub kept: Map<String, Value>,
    /// Length of the whole in canonical bytes, and its keyed digest; absent if the excerpt is the whole. Refused parameters may be
    /// guessable, so the digest is keyed.
    pub whole: Option<(usize, String)>,
    /// Length of the retained part in canonical bytes.
    kept_bytes: usize,
}

impl Excerpt {
    /// Keep an object of at most `bytes_max` canonical bytes whole. Of a larger one, keep the members that fit, the shortest first, and the
    /// first items of lists that do not fit.
    pub fn of(object: Map<String, Value>, bytes_max: usize, seal: &Seal) -> Excerpt {
        let canonical = line::ascii(&object);
        if canonical.len() <= bytes_max {
            return Excerpt { kept: object, whole: None, kept_bytes: canonical.len() };
        }
        let whole = Some((canonical.len(), seal.digest(canonical.as_bytes())));
        drop(canonical);
        let mut budget = ByteBudget(bytes_max.saturating_sub("{}".len()));
        let mut members: Vec<_> =
            object.into_iter().map(|(name, value)| (member_bytes(&name, &value), name, value)).collect();
        members.sort_by_key(|(bytes, ..)| *bytes);
        let mut kept = Map::new();
        for (bytes, name, value) in members {
            if budget.takes(bytes) {
                kept.insert(name, value);
            } else if let Value::Array(items) = value
                && let Some(first) = budget.first_items(&name, items)
            {
                kept.insert(name, first);
            }
        }
        let kept_bytes = line::ascii(&kept).len();
        Excerpt { kept, whole, kept_bytes }
    }

    pub fn kept_bytes(&self) -> usize {
        self.kept_bytes
    }
}

/// Remaining bytes for members.
struct ByteBudget(usize);

impl ByteBudget {
    fn takes(&mut self, bytes: usize) -> bool {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }

    /// The first items of a list that fit; `None` if none fits.
    fn first_items(&mut self, name: &str, items: Vec<Value>) -> Option<Value> {
        let mut budget = ByteBudget(self.0);
        if !budget.takes(member_bytes(name, &Value::Array(Vec::new()))) {
            return None;
        }
        let first: Vec<Value> =
            items.into_iter().take_while(|item| budget.takes(value_bytes(item) + ",".len())).collect();
        if first.is_empty() {
            return None;
        }
        self.0 = budget.0;
        Some(Value::Array(first))
    }
}

/// Includes quotes, colon and comma.
fn member_bytes(name: &str, value: &Value) -> usize {
    value_bytes(&Value::from(name)) + value_bytes(value) + ":,".len()
}

fn value_bytes(value: &Value) -> usize {
    // Canonical form requires an object; `{"":value}` adds five bytes to the value.
    line::ascii(&Map::from_iter([(String::new(), value.clone())])).len() - "{\"\":}".len()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tempfile::TempDir;

    use super::*;

    fn excerpt(object: &Value, bytes_max: usize) -> Excerpt {
        let dir = TempDir::new().expect("a temporary folder");
        let seal = Seal::open(dir.path()).expect("a key");
        Excerpt::of(object.as_object().expect("an object").clone(), bytes_max, &seal)
    }

    #[test]
    fn an_excerpt_does_not_exceed_its_limit() {
        let notes: Vec<Value> = (0..200).map(|pitch| json!({"pitch": pitch, "start_time": 0.25})).collect();
        let object = json!({"track_index": 3, "notes": notes, "name": "ü🥁".repeat(40), "flag": true});
        let whole = line::ascii(object.as_object().expect("an object")).len();
        for bytes_max in 2..whole + 2 {
            let excerpt = excerpt(&object, bytes_max);
            let kept = line::ascii(&excerpt.kept).len();
            assert!(kept <= bytes_max && kept == excerpt.kept_bytes(), "{kept} of {bytes_max}");
            assert_eq!(excerpt.whole.is_none(), bytes_max >= whole, "{bytes_max}");
            assert_eq!(excerpt.whole.map_or(whole, |(bytes, _)| bytes), whole);
        }
    }

    #[test]
    fn short_members_and_first_items_are_kept() {
        let object = json!({"track_index": 3, "long": "x".repeat(500), "notes": (0..100).collect::<Vec<_>>()});
        let excerpt = excerpt(&object, 60);
        assert_eq!(excerpt.kept["track_index"], 3);
        assert_eq!(excerpt.kept["notes"][1], 1);
        assert!(!excerpt.kept.contains_key("long"), "{:?}", excerpt.kept);
        assert_eq!(excerpt.whole.expect("a digest").1.len(), 16);
    }
}
