//! The commands of a batch. Each is parsed like a line of its own.

use serde_json::{Map, Value};

use super::{Terms, invalid, read_action, refuse_foreign_envelope};
use crate::command::{Action, Catalogue, Handler, fill};
use crate::wire::refusal::{Code, Refusal};

/// One command of a batch.
#[derive(Debug)]
pub struct Command {
    pub action: &'static Action,
    pub params: Map<String, Value>,
    pub terms: Terms,
}

/// Parse the commands from a batch's checked parameters. `reading` is set to the command in progress, for refusals.
pub fn read(
    params: &mut Map<String, Value>,
    catalogue: &'static Catalogue,
    reading: &mut Option<(usize, &'static Action)>,
) -> Result<Vec<Command>, Refusal> {
    let Some(Value::Array(lines)) = params.remove("commands") else {
        return Err(invalid("commands is required".into()));
    };
    if lines.is_empty() {
        return Err(invalid("commands must have at least one item".into()));
    }
    let mut commands = Vec::with_capacity(lines.len());
    for (index, line) in lines.into_iter().enumerate() {
        *reading = None;
        let begun = |action| *reading = Some((index, action));
        commands.push(read_one(line, catalogue, begun).map_err(|refusal| of_item("commands", index, refusal))?);
    }
    *reading = None;
    Ok(commands)
}

/// The refusal of a whole list because of one of its items.
pub fn of_item(items: &str, index: usize, refusal: Refusal) -> Refusal {
    Refusal { message: format!("{items}[{index}]: {}", refusal.message).into(), ..refusal }
}

fn read_one(
    line: Value,
    catalogue: &'static Catalogue,
    begun: impl FnOnce(&'static Action),
) -> Result<Command, Refusal> {
    let Value::Object(mut keys) = line else { return Err(invalid("a command is an object".into())) };
    let action = read_action(&mut keys, catalogue)?;
    begun(action);
    if action.handler != Handler::Live {
        return Err(Refusal::new(Code::InvalidParams, format!("{} cannot be part of a batch", action.name)));
    }
    let terms = Terms::read(action, &mut keys)?;
    if terms.once.is_some()
        || terms.coalesce
        || terms.replays.is_some()
        || terms.wait
        || keys.contains_key("id")
        || keys.contains_key("deadline_ms")
    {
        return Err(invalid(
            "id, deadline_ms, once, coalesce, wait and replays apply to the whole batch, not to its commands".into(),
        ));
    }
    refuse_foreign_envelope(action, &keys)?;
    let params = fill(&action.params, keys).map_err(|reason| invalid(format!("{}: {reason}", action.name)))?;
    Ok(Command { action, params, terms })
}

impl Command {
    /// The command as sent to the script and recorded in the trail.
    pub fn to_map(&self) -> Map<String, Value> {
        let mut line = self.params.clone();
        line.insert("action".into(), self.action.name.clone().into());
        self.terms.write(&mut line);
        line
    }
}
