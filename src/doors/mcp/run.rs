//! Turns a tool call into a message for the session, and refuses an action that the tool may not run.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::list::NAMED;
use super::reach::{is_for_people, is_here};
use super::runner::Runner;
use super::search::Search;
use crate::command::{Action, Tag, catalogue};
use crate::wire::message::{Apart, Envelope, Message, TermsAt};
use crate::wire::refusal::{Code, Refusal};

/// The result of reading a tool call.
pub enum Called {
    Ask(Message),
    /// Answered from the catalogue, within the caller's rights.
    Search(Search),
}

/// The arguments of `run_read`, `run_action`, `run_destructive` and `run_batch`, each in the client's own bytes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments<'a> {
    action: Option<String>,
    #[serde(borrow)]
    parameters: Option<&'a RawValue>,
    #[serde(borrow)]
    commands: Option<&'a RawValue>,
    #[serde(borrow)]
    on_error: Option<&'a RawValue>,
    #[serde(borrow)]
    expect: Option<&'a RawValue>,
    #[serde(borrow)]
    dry_run: Option<&'a RawValue>,
    #[serde(borrow)]
    deadline_ms: Option<&'a RawValue>,
    #[serde(borrow)]
    coalesce: Option<&'a RawValue>,
    once: Option<String>,
}

#[derive(Serialize)]
struct Terms<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    expect: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline_ms: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coalesce: Option<&'a RawValue>,
}

/// The parameters of a batch.
#[derive(Serialize)]
struct Batch<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    commands: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_error: Option<&'a RawValue>,
}

const TAKES: &str =
    "the arguments may be action, parameters, expect, dry_run, deadline_ms, coalesce and once (a string)";
const BATCH_TAKES: &str = "the arguments may be commands, on_error, dry_run, deadline_ms and once (a string)";

/// Read a tool call. A refusal is a message too, so that it is recorded and charged like any other.
pub fn read(tool: &str, arguments: Bytes, all_tools: bool) -> Called {
    if let Some(search) = Search::of_tool(tool) {
        return match search.read(&arguments) {
            Ok(search) => Called::Search(search),
            Err(refusal) => Called::Ask(Message::refused(Some("get_available_tools".into()), arguments, refusal)),
        };
    }
    Called::Ask(match Runner::of_tool(tool) {
        Some(runner) => run(runner, &arguments),
        None => by_name(tool, arguments, all_tools),
    })
}

/// A tool that is an action.
fn by_name(tool: &str, arguments: Bytes, all_tools: bool) -> Message {
    let action = match catalogue().find(tool) {
        Some(action) if all_tools || NAMED.contains(&tool) => action,
        Some(action) => {
            let message = format!("{tool} is not a tool here; use {}", Runner::of_action(action).name());
            return refused(tool, arguments, Refusal::new(Code::Unsupported, message));
        }
        // `interpret` refuses it as it refuses every unknown action.
        None => return Message::apart(tool, arguments),
    };
    if action.overwrites(&parsed(&arguments)) && !action.access.contains(Tag::Destructive) {
        return refused(tool, arguments, wrong_runner(action, Runner::Destructive));
    }
    match elsewhere(action) {
        Some(refusal) => refused(tool, arguments, refusal),
        None => Message::apart(tool, arguments),
    }
}

fn run(runner: Runner, bytes: &Bytes) -> Message {
    let takes = if runner == Runner::Batch { BATCH_TAKES } else { TAKES };
    let Ok(arguments) = serde_json::from_slice::<Arguments<'_>>(bytes) else {
        return Message::refused(None, bytes.clone(), Refusal::new(Code::InvalidParams, takes));
    };
    let is_whole = match runner {
        Runner::Batch => arguments.action.is_none() && arguments.parameters.is_none(),
        _ => arguments.commands.is_none() && arguments.on_error.is_none(),
    };
    if !is_whole {
        return Message::refused(None, bytes.clone(), Refusal::new(Code::InvalidParams, takes));
    }
    let (name, parameters) = match (runner, &arguments.action) {
        (Runner::Batch, _) => ("batch".to_owned(), encode(&batch_of(&arguments))),
        (_, Some(name)) => (name.clone(), arguments.parameters.map_or(Bytes::from_static(b"{}"), raw)),
        (_, None) => return Message::refused(None, bytes.clone(), Refusal::new(Code::MissingAction, takes)),
    };
    if let Some(refusal) = refusal(runner, &name, &parameters) {
        return refused(&name, parameters, refusal);
    }
    let terms = Terms {
        expect: arguments.expect,
        dry_run: arguments.dry_run,
        deadline_ms: arguments.deadline_ms,
        coalesce: arguments.coalesce,
    };
    let apart = Apart { action: name, id: None, once: arguments.once, terms: TermsAt::Object(encode(&terms)) };
    Message { envelope: Envelope::Apart(apart), ..Message::apart("", parameters) }
}

/// The refusal if this tool may not run this action.
fn refusal(runner: Runner, name: &str, parameters: &Bytes) -> Option<Refusal> {
    let action = catalogue().find(name)?;
    if runner == Runner::Batch {
        return destructive_command(parameters).map(|(index, action)| {
            let message = format!(
                "commands[{index}]: {} deletes or replaces; run_batch runs no such action, use run_destructive",
                action.name
            );
            Refusal::new(Code::Unsupported, message)
        });
    }
    if let Some(refusal) = elsewhere(action) {
        return Some(refusal);
    }
    let right = if action.overwrites(&parsed(parameters)) { Runner::Destructive } else { Runner::of_action(action) };
    (right != runner).then(|| wrong_runner(action, right))
}

fn wrong_runner(action: &Action, right: Runner) -> Refusal {
    let why = match right {
        Runner::Destructive if !action.access.contains(Tag::Destructive) => "with overwrite it replaces content",
        Runner::Destructive => "it deletes or replaces",
        Runner::Read => "it only reads",
        Runner::Action => "it changes the set and deletes nothing",
        Runner::Batch => "it runs several actions",
    };
    Refusal::new(Code::Unsupported, format!("{}: {why}; use {}", action.name, right.name()))
}

/// The refusal of an action that MCP does not offer.
fn elsewhere(action: &Action) -> Option<Refusal> {
    if is_for_people(action) {
        let message =
            format!("{} is for people: no agent runs it by MCP, whatever its role; use livegate send", action.name);
        return Some(Refusal::new(Code::Forbidden, message));
    }
    (!is_here(action)).then(|| {
        let message =
            format!("{} needs a connection of its own; follow resources, and cancel requests as MCP does", action.name);
        Refusal::new(Code::Unsupported, message)
    })
}

/// The first destructive command of a batch. `interpret` refuses a batch that cannot be read here, because it reads more strictly.
fn destructive_command(parameters: &Bytes) -> Option<(usize, &'static Action)> {
    let parameters = parsed(parameters);
    let commands = parameters.get("commands").and_then(Value::as_array).into_iter().flatten();
    let found = commands.enumerate().filter_map(|(index, command)| {
        let command = command.as_object()?;
        let action = catalogue().find(command.get("action")?.as_str()?)?;
        (action.access.contains(Tag::Destructive) || action.overwrites(command)).then_some((index, action))
    });
    found.into_iter().next()
}

fn parsed(parameters: &Bytes) -> Map<String, Value> {
    serde_json::from_slice(parameters).unwrap_or_default()
}

fn batch_of<'a>(arguments: &Arguments<'a>) -> Batch<'a> {
    Batch { commands: arguments.commands, on_error: arguments.on_error }
}

fn raw(value: &RawValue) -> Bytes {
    Bytes::copy_from_slice(value.get().as_bytes())
}

fn encode(value: &impl Serialize) -> Bytes {
    serde_json::to_vec(value).expect("raw values are JSON").into()
}

fn refused(action: &str, bytes: Bytes, refusal: Refusal) -> Message {
    Message::refused(Some(action.to_owned()), bytes, refusal)
}
