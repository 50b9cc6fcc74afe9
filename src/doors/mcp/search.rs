//! `find_actions` and `describe_actions`: search the actions that the caller may use.

use bytes::Bytes;
use livegate_mcp::{Answer, Effect, Tool};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::reach::{Allowed, category, doc};
use super::runner::Runner;
use crate::command::Action;
use crate::wire::refusal::{Code, Refusal};

/// A search of the catalogue.
#[derive(Clone, Debug)]
pub enum Search {
    Find { words: Vec<String>, category: Option<String>, limit: usize },
    Describe { actions: Vec<String> },
}

/// The two search tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Find,
    Describe,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FindArguments {
    #[serde(default)]
    query: String,
    category: Option<String>,
    limit: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribeArguments {
    actions: Vec<String>,
}

const LIMIT: usize = 20;
const LIMIT_MAX: usize = 50;
const DESCRIBED_MAX: usize = 20;

impl Search {
    pub const ALL: [Kind; 2] = [Kind::Find, Kind::Describe];

    pub fn of_tool(name: &str) -> Option<Kind> {
        Search::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub fn tool(kind: Kind) -> Tool {
        Tool {
            name: kind.name().to_owned(),
            description: kind.description().to_owned(),
            schema: kind.schema(),
            effect: Effect::Reads,
        }
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Kind::Find => "find_actions",
            Kind::Describe => "describe_actions",
        }
    }

    const fn description(self) -> &'static str {
        match self {
            Kind::Find => {
                "Finds actions by words of their names and descriptions, among those that you may use; without words it lists the \
                 categories. The answer says which tool runs each."
            }
            Kind::Describe => {
                "Describes actions: what they do, their parameters as JSON Schema, their results, and an example."
            }
        }
    }

    fn schema(self) -> Value {
        match self {
            Kind::Find => json!({
                "type": "object",
                "properties": {
                    "query": {"type": "string", "description": "words, such as: clip loop"},
                    "category": {"type": "string"},
                    "limit": {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT},
                },
                "additionalProperties": false,
            }),
            Kind::Describe => json!({
                "type": "object",
                "properties": {
                    "actions": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": DESCRIBED_MAX},
                },
                "required": ["actions"],
                "additionalProperties": false,
            }),
        }
    }

    pub fn read(self, arguments: &Bytes) -> Result<Search, Refusal> {
        let invalid = |message: String| Refusal::new(Code::InvalidParams, message);
        match self {
            Kind::Find => {
                let takes = |_| invalid("find_actions takes query, category and limit".to_owned());
                let FindArguments { query, category, limit } = serde_json::from_slice(arguments).map_err(takes)?;
                let limit = limit.unwrap_or(LIMIT);
                if !(1..=LIMIT_MAX).contains(&limit) {
                    return Err(invalid(format!("limit must be between 1 and {LIMIT_MAX}, got {limit}")));
                }
                let words = query.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
                Ok(Search::Find { words: words.map(str::to_lowercase).collect(), category, limit })
            }
            Kind::Describe => {
                let takes = |_| invalid("describe_actions takes actions, a list of names".to_owned());
                let DescribeArguments { actions } = serde_json::from_slice(arguments).map_err(takes)?;
                match actions.len() {
                    1..=DESCRIBED_MAX => Ok(Search::Describe { actions }),
                    count => Err(invalid(format!("actions has 1 to {DESCRIBED_MAX} names, got {count}"))),
                }
            }
        }
    }
}

pub fn answer(search: &Search, allowed: &Allowed) -> Answer {
    let value = match search {
        Search::Find { words, category, .. } if words.is_empty() && category.is_none() => categories(allowed),
        Search::Find { words, category, limit } => found(words, category.as_deref(), *limit, allowed),
        Search::Describe { actions } => described(actions, allowed),
    };
    Answer { value, is_error: false }
}

fn categories(allowed: &Allowed) -> Value {
    let mut counts: Map<String, Value> = Map::new();
    for action in allowed {
        let count = counts.entry(category(action).to_owned()).or_insert(json!(0));
        *count = json!(count.as_u64().unwrap_or_default() + 1);
    }
    json!({"ok": true, "categories": counts})
}

fn found(words: &[String], wanted: Option<&str>, limit: usize, allowed: &Allowed) -> Value {
    let in_category = allowed.iter().filter(|action| wanted.is_none_or(|wanted| category(action) == wanted));
    let scored = in_category.map(|action| (score(action, words), *action));
    let mut scored: Vec<_> = scored.filter(|(score, _)| words.is_empty() || *score > 0).collect();
    // The sort is stable: equal scores keep the order of the catalogue.
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let more = scored.len().saturating_sub(limit);
    let rows: Vec<Value> = scored.into_iter().take(limit).map(|(_, action)| row(action)).collect();
    json!({"ok": true, "actions": rows, "more": more})
}

/// A word in the name counts most, then the category, then the description.
fn score(action: &'static Action, words: &[String]) -> usize {
    let name = action.name.to_lowercase();
    let doc = doc(action).to_lowercase();
    let parts: Vec<&str> = name.split('_').collect();
    let of_word = |word: &String| match () {
        () if parts.contains(&word.as_str()) => 8,
        () if name.contains(word.as_str()) => 4,
        () if category(action).contains(word.as_str()) => 2,
        () if doc.contains(word.as_str()) => 1,
        () => 0,
    };
    words.iter().map(of_word).sum()
}

fn row(action: &'static Action) -> Value {
    let takes: Vec<&str> = action.params.iter().map(|param| param.name.as_str()).collect();
    let first = doc(action).split('\n').next().unwrap_or_default();
    json!({"action": action.name, "does": first, "takes": takes, "run_with": Runner::of_action(action).name()})
}

fn described(names: &[String], allowed: &Allowed) -> Value {
    let mut actions = Vec::new();
    let mut unknown = 0;
    for name in names {
        match allowed.iter().find(|action| action.name == *name) {
            Some(action) => actions.push(description(action)),
            None => unknown += 1,
        }
    }
    // Unknown names are the client's text, so the answer does not repeat them.
    json!({"ok": true, "actions": actions, "not_available": unknown})
}

fn description(action: &'static Action) -> Value {
    json!({
        "action": action.name,
        "does": doc(action),
        "category": category(action),
        "tags": action.entry["access"],
        "run_with": Runner::of_action(action).name(),
        "parameters": action.parameters_schema(),
        "results": action.entry["result"],
        "example": action.example(),
    })
}
