//! The tools that run any action by name, divided by what they may do to the set.

use livegate_mcp::Effect;
use serde_json::{Value, json};

use super::reach::Allowed;
use crate::command::{Action, Handler, Tag, catalogue};

/// A tool that runs actions by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    Read,
    Action,
    Destructive,
    Batch,
}

impl Runner {
    pub const ALL: [Runner; 4] = [Runner::Read, Runner::Action, Runner::Destructive, Runner::Batch];

    pub fn of_tool(name: &str) -> Option<Runner> {
        Runner::ALL.into_iter().find(|runner| runner.name() == name)
    }

    /// The tool for an action without `overwrite`.
    pub fn of_action(action: &Action) -> Runner {
        match action.handler {
            Handler::Batch => Runner::Batch,
            _ if action.is_read() => Runner::Read,
            _ if action.access.contains(Tag::Destructive) => Runner::Destructive,
            _ => Runner::Action,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Runner::Read => "run_read",
            Runner::Action => "run_action",
            Runner::Destructive => "run_destructive",
            Runner::Batch => "run_batch",
        }
    }

    pub const fn effect(self) -> Effect {
        match self {
            Runner::Read => Effect::Reads,
            Runner::Action | Runner::Batch => Effect::Changes,
            Runner::Destructive => Effect::Destroys,
        }
    }

    pub const fn description(self) -> &'static str {
        match self {
            Runner::Read => "Runs an action that only reads. describe_actions lists its parameters.",
            Runner::Action => {
                "Runs an action that changes the set and deletes or replaces nothing. describe_actions lists its parameters."
            }
            Runner::Destructive => {
                "Runs an action that deletes or replaces, or one with overwrite: true. A person may have to approve it."
            }
            Runner::Batch => {
                "Runs actions one after the other as one undo step; none may delete or replace. Each command is an object with \
                 action, its parameters beside it, and optionally expect."
            }
        }
    }

    /// Whether this tool reaches any of the actions.
    pub fn reaches(self, allowed: &Allowed) -> bool {
        let may_overwrite = |action: &Action| action.param("overwrite").is_some();
        allowed.iter().any(|action| match self {
            Runner::Destructive => Runner::of_action(action) == self || may_overwrite(action),
            _ => Runner::of_action(action) == self,
        })
    }

    pub fn schema(self) -> Value {
        if self == Runner::Batch {
            let batch = catalogue().find("batch").expect("an action").parameters_schema();
            let mut schema = with_terms(batch, &["dry_run", "deadline_ms", "once"]);
            schema["properties"]["commands"]["items"] =
                json!({"type": "object", "properties": {"action": {"type": "string"}}, "required": ["action"]});
            return schema;
        }
        let schema = json!({
            "type": "object",
            "properties": {
                "action": {"type": "string", "description": "as find_actions names it"},
                "parameters": {"type": "object", "description": "as describe_actions describes them"},
            },
            "required": ["action"],
            "additionalProperties": false,
        });
        match self {
            Runner::Read => with_terms(schema, &["deadline_ms"]),
            _ => with_terms(schema, &["expect", "dry_run", "deadline_ms", "coalesce", "once"]),
        }
    }
}

/// A schema with terms beside its parameters.
pub fn with_terms(mut schema: Value, terms: &[&str]) -> Value {
    let term = |name: &str| match name {
        "expect" => {
            json!({"type": "object", "description": "conditions that must hold in Live, such as {\"track\": \"Drums\"}"})
        }
        "dry_run" => json!({"type": "boolean", "description": "check everything, do nothing"}),
        "deadline_ms" => json!({"type": "integer", "description": "the latest start, in milliseconds from now"}),
        "coalesce" => json!({"type": "boolean", "description": "a later value may replace this one while it waits"}),
        _ => json!({"type": "string", "description": "a key of your own: with the same key it runs once"}),
    };
    for name in terms {
        schema["properties"][*name] = term(name);
    }
    schema
}
