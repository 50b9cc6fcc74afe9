//! Plans a message: its requests with their replies, and the listeners that it begins or ends.

use std::cmp::Ordering;

use rosc::{OscMessage, OscType};
use serde_json::{Map, Value};

use super::pattern::{Pattern, is_pattern};
use super::table::{Ask, Entry, Field, Form, Kind, Listen, Own, Step, Take, table};
use super::values;
use crate::command::Action;
use crate::wire::refusal::{Code, Refusal};

/// One step of a message.
#[derive(Debug)]
pub enum Operation {
    Ask(Request),
    Listen(Vec<Listener>),
    StopListening(Vec<Listener>),
    Reload,
    ReadLogLevel,
    KeepLogLevel(&'static str),
}

/// The log levels of AbletonOSC; its own is the first.
pub const LOG_LEVELS: [&str; 5] = ["info", "debug", "warning", "error", "critical"];

impl Operation {
    /// Whether it only reads or follows values.
    pub fn reads(&self) -> bool {
        match self {
            Operation::Ask(request) => request.action.is_read(),
            _ => true,
        }
    }
}

/// A request, and the replies made from its answer.
#[derive(Debug)]
pub struct Request {
    pub action: &'static Action,
    /// An action that does more, in place of this one for those who may call it.
    wider: Option<&'static Action>,
    pub params: Map<String, Value>,
    pub replies: Vec<Reply>,
    /// Whether a refusal gets no reply: a wildcard reaches many objects, some of which may not exist.
    pub quiet: bool,
}

#[derive(Debug)]
pub struct Reply {
    pub address: &'static str,
    fields: &'static [Field],
    arguments: Vec<(&'static str, OscType)>,
}

/// A topic, and where its values go.
#[derive(Clone, Debug, PartialEq)]
pub struct Listener {
    pub topic: Map<String, Value>,
    pub reply_to: &'static str,
    pub field: Option<&'static str>,
    /// The arguments before the value.
    pub echo: Vec<OscType>,
}

impl Request {
    /// Use the action that does more, if the caller may.
    pub fn widen(&mut self, may: impl Fn(&Action) -> bool) {
        self.action = self.wider.filter(|wider| may(wider)).unwrap_or(self.action);
    }
}

/// The numbers of tracks and scenes, for `*` instead of an index.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    pub tracks: usize,
    pub scenes: usize,
}

const ALL: &str = "*";

/// Whether counts are needed to plan a message.
pub fn needs_counts(message: &OscMessage) -> bool {
    message.args.iter().take(2).any(is_all)
}

fn is_all(argument: &OscType) -> bool {
    matches!(argument, OscType::String(text) if text == ALL)
}

/// Plan a message with at most `max` steps.
pub fn plan(message: &OscMessage, counts: Option<Counts>, max: usize) -> Result<Vec<Operation>, Refusal> {
    let mut operations = Vec::new();
    for entry in entries(message)? {
        for arguments in each_index(entry, &message.args, counts)? {
            if operations.len() > max {
                return Err(too_many(max));
            }
            let quiet = arguments != message.args;
            add(&mut operations, operation(entry, &arguments, quiet)?);
        }
    }
    Ok(operations)
}

pub fn too_many(max: usize) -> Refusal {
    Refusal::new(Code::InvalidParams, format!("a packet has at most {max} actions; ask for less at once"))
}

/// The entry of an address, or the getters and listeners that a pattern matches and for which there are enough arguments.
fn entries(message: &OscMessage) -> Result<Vec<&'static Entry>, Refusal> {
    let address = message.addr.as_str();
    if !is_pattern(address) {
        return table().find(address).map(|entry| vec![entry]).ok_or_else(|| unknown(address));
    }
    let malformed = || Refusal::new(Code::InvalidParams, format!("{address} is not a valid address pattern"));
    let pattern = Pattern::parse(address).ok_or_else(malformed)?;
    let fits = |entry: &&Entry| {
        entry.is_of_readers() && entry.arguments_min() <= message.args.len() && pattern.matches(&entry.address)
    };
    let found: Vec<_> = table().entries().filter(fits).collect();
    if found.is_empty() { Err(unknown(address)) } else { Ok(found) }
}

fn unknown(address: &str) -> Refusal {
    match table().why_unsupported(address) {
        Some(why) => Refusal::new(Code::Unsupported, format!("{address} is not supported: {why}")),
        None => Refusal::new(Code::UnknownAction, format!("there is no address {address}; docs/osc.md lists them")),
    }
}

/// The arguments, once for each object if an index is `*`.
fn each_index(entry: &Entry, arguments: &[OscType], counts: Option<Counts>) -> Result<Vec<Vec<OscType>>, Refusal> {
    let mut all = vec![arguments.to_vec()];
    for (place, take) in entry.takes.iter().enumerate() {
        if !arguments.get(place).is_some_and(is_all) {
            continue;
        }
        let count = match (take.name.as_str(), counts) {
            ("track_index", Some(counts)) => counts.tracks,
            ("clip_index" | "scene_index", Some(counts)) if entry.is_of_readers() => counts.scenes,
            _ => continue,
        };
        let with = |arguments: &Vec<OscType>, index: usize| {
            let mut arguments = arguments.clone();
            arguments[place] = OscType::Int(i32::try_from(index).unwrap_or(i32::MAX));
            arguments
        };
        all = all.iter().flat_map(|arguments| (0..count).map(|index| with(arguments, index))).collect();
    }
    Ok(all)
}

fn operation(entry: &'static Entry, arguments: &[OscType], quiet: bool) -> Result<Operation, Refusal> {
    match &entry.kind {
        Kind::Ask(ask) => Ok(Operation::Ask(request(entry, ask, arguments, quiet)?)),
        Kind::Listen(listens) => Ok(Operation::Listen(listeners(entry, listens, arguments)?)),
        Kind::StopListening(listens) => Ok(Operation::StopListening(listeners(entry, listens, arguments)?)),
        Kind::Own(_) if arguments.len() != entry.takes.len() => Err(usage(entry)),
        Kind::Own(Own::Reload) => Ok(Operation::Reload),
        Kind::Own(Own::ReadLogLevel) => Ok(Operation::ReadLogLevel),
        Kind::Own(Own::KeepLogLevel) => {
            let level = LOG_LEVELS.iter().find(|level| arguments == [OscType::String((**level).to_owned())]);
            let why = format!("is one of {}", LOG_LEVELS.join(", "));
            level.map(|level| Operation::KeepLogLevel(level)).ok_or_else(|| invalid(entry, "level", &why))
        }
    }
}

/// Adds a request. A read of another member of the same object is merged with the earlier one.
fn add(operations: &mut Vec<Operation>, operation: Operation) {
    let Operation::Ask(mut request) = operation else { return operations.push(operation) };
    let same = operations.iter_mut().find_map(|earlier| match earlier {
        Operation::Ask(earlier) if is_same_read(earlier, &request) => Some(earlier),
        _ => None,
    });
    let Some(earlier) = same else { return operations.push(Operation::Ask(request)) };
    if let (Some(Value::Array(names)), Some(Value::Array(more))) =
        (earlier.params.get_mut(PROPERTIES), request.params.remove(PROPERTIES))
    {
        names.extend(more);
    }
    earlier.replies.append(&mut request.replies);
}

const PROPERTIES: &str = "properties";

fn is_same_read(one: &Request, other: &Request) -> bool {
    let own = |request: &Request| -> Vec<(String, Value)> {
        let params = request.params.iter().filter(|(name, _)| *name != PROPERTIES);
        params.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    one.action.index == other.action.index && one.action.is_read() && own(one) == own(other)
}

fn request(entry: &'static Entry, ask: &'static Ask, arguments: &[OscType], quiet: bool) -> Result<Request, Refusal> {
    let mut params = entry.with.clone();
    let mut kept = Vec::new();
    for (place, take) in entry.takes.iter().enumerate() {
        let argument = arguments.get(place);
        match &take.form {
            Form::Rest | Form::Groups(_) => {
                let rest = arguments.get(place..).unwrap_or_default();
                params.insert(take.name.clone(), list(entry, ask, take, rest)?);
            }
            Form::Optional | Form::OptionalOrNone if argument.is_none() => (),
            Form::RequiredOrNone | Form::OptionalOrNone if argument.and_then(values::integer) == Some(-1) => (),
            form => {
                let argument = argument.ok_or_else(|| usage(entry))?;
                kept.push((take.name.as_str(), indexed(argument)));
                if *form != Form::Kept {
                    let kind = kind_of(ask, &take.name);
                    let value = values::to_json(argument, kind).map_err(|why| invalid(entry, &take.name, &why))?;
                    params.insert(take.name.clone(), value);
                }
            }
        }
    }
    let takes_all = entry.takes.last().is_some_and(|take| matches!(take.form, Form::Rest | Form::Groups(_)));
    if arguments.len() > entry.takes.len() && !takes_all && !ask.action.is_read() {
        return Err(usage(entry));
    }
    end_spans(entry, &mut params);
    if ask.one_track {
        let index =
            params.get("track_index").cloned().or_else(|| arguments.first().and_then(values::integer).map(Value::from));
        let index = index.as_ref().and_then(Value::as_u64).ok_or_else(|| usage(entry))?;
        params.extend([("first_track".to_owned(), index.into()), ("end_track".to_owned(), (index + 1).into())]);
    }
    if let Some(property) = &ask.property {
        params.insert(PROPERTIES.to_owned(), Value::from(vec![property.as_str()]));
    }
    let reply = ask.reply.as_deref().map(|fields| Reply { address: &entry.address, fields, arguments: kept });
    Ok(Request { action: ask.action, wider: ask.wider, params, replies: reply.into_iter().collect(), quiet })
}

/// The remaining arguments, as a list of values or of objects.
fn list(entry: &Entry, ask: &Ask, take: &Take, rest: &[OscType]) -> Result<Value, Refusal> {
    let items = &param_entry(ask, &take.name)["items"];
    let value = |argument: &OscType, kind: &Value| {
        values::to_json(argument, kind).map_err(|why| invalid(entry, &take.name, &why))
    };
    let Form::Groups(members) = &take.form else {
        return rest.iter().map(|argument| value(argument, &items["type"])).collect();
    };
    if rest.is_empty() || !rest.len().is_multiple_of(members.len()) {
        return Err(usage(entry));
    }
    let object = |group: &[OscType]| -> Result<Value, Refusal> {
        let mut object = Map::new();
        for (name, argument) in members.iter().zip(group) {
            object.insert(name.clone(), value(argument, &items["properties"][name]["type"])?);
        }
        Ok(Value::Object(object))
    };
    rest.chunks(members.len()).map(object).collect()
}

/// Replaces the lengths of ranges by their ends.
fn end_spans(entry: &Entry, params: &mut Map<String, Value>) {
    for (end, start, more) in &entry.spans {
        if params.get(end) == entry.with.get(end) {
            continue;
        }
        let sum = match (params.get(start), params.get(end)) {
            (Some(start), Some(length)) if start.is_i64() && length.is_i64() => {
                start.as_i64().zip(length.as_i64()).map(|(start, length)| Value::from(start + length + more))
            }
            (Some(start), Some(length)) => {
                start.as_f64().zip(length.as_f64()).map(|(start, length)| Value::from(start + length + *more as f64))
            }
            _ => None,
        };
        params.extend(sum.map(|sum| (end.clone(), sum)));
    }
}

fn listeners(
    entry: &'static Entry,
    listens: &'static [Listen],
    arguments: &[OscType],
) -> Result<Vec<Listener>, Refusal> {
    let mut indexes = Map::new();
    let mut echo = Vec::new();
    for (place, take) in entry.takes.iter().enumerate() {
        let argument = arguments.get(place).ok_or_else(|| usage(entry))?;
        let index =
            values::to_json(argument, &Value::from("integer")).map_err(|why| invalid(entry, &take.name, &why))?;
        indexes.insert(take.name.clone(), index);
        echo.push(indexed(argument));
    }
    let listener = |listen: &'static Listen| {
        let mut topic = indexes.clone();
        topic.insert("event".to_owned(), listen.topic.as_str().into());
        Listener { topic, reply_to: &listen.reply_to, field: listen.field.as_deref(), echo: echo.clone() }
    };
    Ok(listens.iter().map(listener).collect())
}

/// Replies have indexes as integers, also if they were sent as floats.
fn indexed(argument: &OscType) -> OscType {
    let index = values::integer(argument).and_then(|index| i32::try_from(index).ok());
    index.map_or_else(|| argument.clone(), OscType::Int)
}

fn param_entry<'a>(ask: &'a Ask, name: &str) -> &'a Value {
    let param = ask.action.param_called(name).map(|param| param.name.as_str());
    let entries = ask.action.entry["params"].as_array().into_iter().flatten();
    entries.into_iter().find(|entry| entry["name"].as_str() == param).unwrap_or(&Value::Null)
}

fn kind_of<'a>(ask: &'a Ask, name: &str) -> &'a Value {
    &param_entry(ask, name)["type"]
}

fn usage(entry: &Entry) -> Refusal {
    let takes: Vec<&str> = entry.takes.iter().map(|take| take.name.as_str()).collect();
    let takes = if takes.is_empty() { "no arguments".to_owned() } else { takes.join(", ") };
    Refusal::new(Code::InvalidParams, format!("{} takes {takes}", entry.address))
}

fn invalid(entry: &Entry, name: &str, why: &str) -> Refusal {
    Refusal::new(Code::InvalidParams, format!("{}: {name} {why}", entry.address))
}

impl Reply {
    /// The arguments of the reply, from the answer.
    pub fn arguments(&self, answer: &Map<String, Value>) -> Vec<OscType> {
        let mut all = Vec::new();
        for field in self.fields {
            match field {
                Field::Text(text) => all.push(OscType::String(text.clone())),
                Field::Argument(name) => all.extend(self.argument(name).cloned()),
                Field::Path(steps) => self.follow(&mut all, answer, steps),
            }
        }
        all
    }

    fn argument(&self, name: &str) -> Option<&OscType> {
        self.arguments.iter().find(|(other, _)| *other == name).map(|(_, argument)| argument)
    }

    fn follow(&self, all: &mut Vec<OscType>, answer: &Map<String, Value>, steps: &[Step]) {
        let Some((Step::Member(first), rest)) = steps.split_first() else { return };
        let mut value = answer.get(first).unwrap_or(&Value::Null);
        for step in rest {
            match step {
                Step::Member(name) => value = &value[name.as_str()],
                Step::ItemAt(name) => {
                    let index =
                        self.argument(name).and_then(values::integer).and_then(|index| usize::try_from(index).ok());
                    value = index.and_then(|index| value.get(index)).unwrap_or(&Value::Null);
                }
                Step::Each(each) => {
                    for item in sorted(value, &each.by) {
                        match each.members.as_slice() {
                            [] => values::push(all, item),
                            members => members.iter().for_each(|name| values::push(all, &item[name.as_str()])),
                        }
                    }
                    return;
                }
            }
        }
        values::push(all, value);
    }
}

/// The items of a list, by these numbers of theirs.
fn sorted<'v>(list: &'v Value, by: &[String]) -> Vec<&'v Value> {
    let mut items: Vec<&Value> = list.as_array().into_iter().flatten().collect();
    let number = |item: &Value, name: &str| item[name].as_f64().unwrap_or_default();
    items.sort_by(|one, other| {
        let each = by.iter().map(|name| number(one, name).total_cmp(&number(other, name)));
        each.fold(Ordering::Equal, Ordering::then)
    });
    items
}
