//! Parsing: one bounded message becomes one typed request, checked against the catalogue. Later stages do not read the client's bytes.

pub mod batch;
mod json;
mod lenient;
mod redaction;
mod refused;
mod terms;

use std::borrow::Cow;
use std::collections::HashSet;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::command::{Action, BridgeAction, Catalogue, Handler, Presence, fill};
use crate::config;
use crate::platform::clock::Moment;
use crate::wire::id::Id;
use crate::wire::message::{Envelope, Leniency, Message, TermsAt};
use crate::wire::refusal::{Code, Refusal};
use crate::wire::topic::Topic;
pub(crate) use json::parse_object;
pub use redaction::Redaction;
pub use refused::{Part, Refused, Understood};
pub use terms::{Approval, Terms};

/// A request, as all later stages see it.
#[derive(Debug)]
pub struct Request {
    pub id: Option<Id>,
    pub action: &'static Action,
    /// The parameters: checked, with defaults filled in and secrets removed.
    pub params: Map<String, Value>,
    pub terms: Terms,
    parts: Parts,
    /// The parameters as recorded, if some are redacted.
    redacted: Option<Box<Map<String, Value>>>,
    /// Fields to add to the answer: what a lenient listener ignored or clamped.
    pub adjusted: Option<Box<Map<String, Value>>>,
    /// A password or token. Only identification reads it.
    pub secret: Option<SecretString>,
    /// When its line was read.
    pub received: Moment,
    pub deadline: Moment,
}

/// The parts of a request that are kept apart from its parameters.
#[derive(Debug)]
enum Parts {
    None,
    /// The commands of a batch, which are not in its parameters.
    Batch(Box<[batch::Command]>),
    Topics(Box<[Topic]>),
}

impl Request {
    /// The commands, if it is a batch.
    pub fn batch(&self) -> &[batch::Command] {
        match &self.parts {
            Parts::Batch(commands) => commands,
            _ => &[],
        }
    }

    /// The topics that it subscribes to or unsubscribes from.
    pub fn topics(&self) -> &[Topic] {
        match &self.parts {
            Parts::Topics(topics) => topics,
            _ => &[],
        }
    }

    /// The commands to run, in order: those of a batch, or the request itself.
    pub fn commands(&self) -> impl Iterator<Item = (&'static Action, &Map<String, Value>)> {
        let whole = self.batch().is_empty().then_some((self.action, &self.params));
        whole.into_iter().chain(self.batch().iter().map(|command| (command.action, &command.params)))
    }

    /// The parameters as recorded.
    pub fn recorded_params(&self) -> Cow<'_, Map<String, Value>> {
        if let Some(redacted) = &self.redacted {
            return Cow::Borrowed(redacted);
        }
        if self.batch().is_empty() {
            return Cow::Borrowed(&self.params);
        }
        let mut params = self.params.clone();
        let commands = self.batch().iter().map(|command| Value::Object(command.to_map()));
        params.insert("commands".into(), commands.collect());
        Cow::Owned(params)
    }

    /// Whether some parameters are redacted.
    pub fn is_redacted(&self) -> bool {
        self.redacted.is_some()
    }

    /// Whether it replaces `older`: both set a value of the same target, and both may be coalesced.
    pub fn supersedes(&self, older: &Request) -> bool {
        let target = |request: &Request| -> Vec<Value> {
            let names = request.action.target_params();
            names.map(|param| request.params.get(&param.name).cloned().unwrap_or_default()).collect()
        };
        // A request that expires before the older one must not replace it.
        self.terms.coalesce
            && self.deadline >= older.deadline
            && self.action.index == older.action.index
            && self.terms == older.terms
            && target(self) == target(older)
    }
}

/// Keys of the envelope, which are never parameters.
const ENVELOPE: [&str; 10] =
    ["action", "id", "expect", "deadline_ms", "once", "coalesce", "live", "dry_run", "replays", "token"];
/// Keys of the envelope that this version does not support. They are refused, because ignoring a client's condition would be unsafe.
const UNSUPPORTED: [&str; 1] = ["live"];

/// The terms that may accompany parameters at every door.
const TERMS: [&str; 4] = ["expect", "dry_run", "deadline_ms", "coalesce"];
/// The terms that may occur in a line.
const LINE_TERMS: [&str; 7] = ["expect", "dry_run", "deadline_ms", "coalesce", "once", "replays", "wait"];

const ID_BYTES_MAX: usize = 64;
const ID_INTEGER_MAX: i64 = 1 << 53;

/// Check the first byte of a connection, to refuse browsers and TLS clients before the first line.
pub fn opening(first_byte: u8) -> Result<(), Refusal> {
    match first_byte {
        b'{' => Ok(()),
        0x16 => {
            Err(Refusal::new(Code::InvalidJson, "this port does not speak TLS; use the TLS port, or send plain lines"))
        }
        _ => Err(Refusal::new(
            Code::InvalidJson,
            "this port takes one JSON object per line, and the first byte must be {; HTTP has an address of its own (http.listen)",
        )),
    }
}

/// Parse one message into one request. Its deadline counts from `received`, the time of arrival.
pub fn interpret(
    message: &Message,
    catalogue: &'static Catalogue,
    bounds: &config::Requests,
    received: Moment,
) -> Result<Request, Box<Refused>> {
    let mut reading = Reading { id: None, action: None, command: None };
    let read = reading.read(message, catalogue, bounds, received);
    read.map_err(|refusal| {
        // Only a message that is not JSON is searched for HTTP, because strings of valid JSON may contain anything.
        let is_http = refusal.code == Code::InvalidJson && message.is_line() && names_http(&message.bytes);
        let refusal = if is_http { Refusal::new(Code::InvalidJson, "this port does not speak HTTP") } else { refusal };
        let Reading { id, action, command } = reading;
        let understood = Understood::Part(Part { action, command, is_http });
        Box::new(Refused { id, understood, role: None, rule: None, refusal })
    })
}

/// The parsed part of a message, in case it is refused.
struct Reading {
    id: Option<Id>,
    action: Option<&'static Action>,
    command: Option<(usize, &'static Action)>,
}

impl Reading {
    fn read(
        &mut self,
        message: &Message,
        catalogue: &'static Catalogue,
        bounds: &config::Requests,
        received: Moment,
    ) -> Result<Request, Refusal> {
        let Opened { action, mut keys, mut terms } = self.read_envelope(message, catalogue, bounds)?;
        let deadline_ms = read_deadline_ms(&mut terms, bounds)?;
        let terms = Terms::read(action, &mut terms)?;
        if terms.wait && self.id.is_none() {
            return Err(invalid("wait needs an id, so that the answer can be matched to the request".into()));
        }
        let adjusted = match message.reading {
            Leniency::Strict => None,
            Leniency::Lenient => lenient::read(action, &mut keys),
        };
        refuse_foreign_envelope(action, &keys)?;
        let mut params = fill(&action.params, keys).map_err(|reason| invalid(format!("{}: {reason}", action.name)))?;
        let parts = match action.handler {
            Handler::Batch => Parts::Batch(batch::read(&mut params, catalogue, &mut self.command)?.into()),
            Handler::Bridge(BridgeAction::Subscribe | BridgeAction::Unsubscribe) => {
                Parts::Topics(read_topics(&params)?.into())
            }
            Handler::Live | Handler::Bridge(BridgeAction::Cancel) | Handler::Session(_) | Handler::Admin(_) => {
                Parts::None
            }
        };
        let secret = take_secret(action, &mut params);
        let deadline = received + Duration::from_millis(deadline_ms);
        Ok(Request {
            id: self.id.clone(),
            action,
            params,
            terms,
            parts,
            redacted: None,
            adjusted,
            secret,
            received,
            deadline,
        })
    }

    /// The action, the parameters and the terms, from the message or its envelope.
    fn read_envelope(
        &mut self,
        message: &Message,
        catalogue: &'static Catalogue,
        bounds: &config::Requests,
    ) -> Result<Opened, Refusal> {
        let parse = |bytes| json::parse_object(bytes, bounds.depth_max);
        match &message.envelope {
            Envelope::Inside => {
                let mut keys = parse(&message.bytes)?;
                self.id = keys.remove("id").map(read_id).transpose()?;
                let action = *self.action.insert(read_action(&mut keys, catalogue)?);
                let terms = take(&mut keys, &LINE_TERMS);
                Ok(Opened { action, keys, terms })
            }
            Envelope::Apart(apart) => {
                self.id = apart.id.clone();
                let action = *self.action.insert(find_action(&apart.action, catalogue)?);
                let mut keys = parse(&message.bytes)?;
                let mut terms = match &apart.terms {
                    TermsAt::BesideParameters => take(&mut keys, &TERMS),
                    TermsAt::Object(bytes) => read_terms_object(parse(bytes)?)?,
                };
                refuse_envelope_in_parameters(action, &keys)?;
                terms.extend(apart.once.iter().map(|once| ("once".to_owned(), Value::String(once.clone()))));
                Ok(Opened { action, keys, terms })
            }
            Envelope::Refused { action, id, refusal } => {
                self.id = id.clone();
                self.action = action.as_deref().and_then(|name| catalogue.find(name));
                Err(refusal.clone())
            }
        }
    }
}

/// A message with its envelope parsed.
struct Opened {
    action: &'static Action,
    /// The parameters, not checked yet.
    keys: Map<String, Value>,
    terms: Map<String, Value>,
}

/// Remove these keys and return them.
fn take(keys: &mut Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    names.iter().filter_map(|name| keys.remove_entry(*name)).collect()
}

/// Check the terms of a message that has them in a separate object.
fn read_terms_object(terms: Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    match terms.keys().find(|key| !TERMS.contains(&key.as_str())) {
        Some(_) => Err(invalid(format!("the only terms here are {}", TERMS.join(", ")))),
        None => Ok(terms),
    }
}

/// The door has supplied the envelope, so the parameters must not contain another.
fn refuse_envelope_in_parameters(action: &Action, keys: &Map<String, Value>) -> Result<(), Refusal> {
    match ENVELOPE.into_iter().find(|key| keys.contains_key(*key) && action.param(key).is_none()) {
        Some(key) => Err(invalid(format!("{key} is not a parameter of {}; leave it out", action.name))),
        None => Ok(()),
    }
}

fn read_id(value: Value) -> Result<Id, Refusal> {
    match value {
        Value::String(text) if text.len() <= ID_BYTES_MAX => Ok(Id::Text(text)),
        Value::Number(number) => match number.as_i64() {
            Some(integer) if integer.abs() <= ID_INTEGER_MAX => Ok(Id::Integer(integer)),
            _ => Err(invalid("id must be an integer within 2^53 of zero, or a string".into())),
        },
        _ => Err(invalid(format!("id must be a string of at most {ID_BYTES_MAX} bytes or an integer"))),
    }
}

fn read_action(keys: &mut Map<String, Value>, catalogue: &'static Catalogue) -> Result<&'static Action, Refusal> {
    match keys.remove("action") {
        Some(Value::String(name)) => find_action(&name, catalogue),
        Some(_) => Err(Refusal::new(Code::MissingAction, "action must be a string")),
        None => Err(Refusal::new(Code::MissingAction, "action is missing; a request is {\"action\": \"…\", …}")),
    }
}

fn find_action(name: &str, catalogue: &'static Catalogue) -> Result<&'static Action, Refusal> {
    catalogue.find(name).ok_or_else(|| unknown_action(name, catalogue))
}

/// The client's text is not repeated in the message; the nearest action comes from the catalogue.
fn unknown_action(name: &str, catalogue: &Catalogue) -> Refusal {
    let meant = catalogue.nearest(name).map(|action| format!("; did you mean {}", action.name)).unwrap_or_default();
    let message = format!("there is no such action{meant}; get_available_tools lists those that you may call");
    Refusal::new(Code::UnknownAction, message)
}

fn read_deadline_ms(keys: &mut Map<String, Value>, bounds: &config::Requests) -> Result<u64, Refusal> {
    let Some(value) = keys.remove("deadline_ms") else { return Ok(bounds.deadline_ms) };
    match value.as_u64() {
        Some(ms) if (1..=bounds.deadline_ms_max).contains(&ms) => Ok(ms),
        _ => Err(invalid(format!("deadline_ms must be an integer between 1 and {}", bounds.deadline_ms_max))),
    }
}

fn refuse_foreign_envelope(action: &Action, keys: &Map<String, Value>) -> Result<(), Refusal> {
    for key in ENVELOPE.into_iter().filter(|key| keys.contains_key(*key)) {
        if UNSUPPORTED.contains(&key) {
            return Err(invalid(format!("{key} is not supported by this version; leave it out")));
        }
        if action.param(key).is_none() {
            return Err(invalid(format!("{key} does not belong to {}; sign in with authenticate first", action.name)));
        }
    }
    Ok(())
}

fn read_topics(params: &Map<String, Value>) -> Result<Vec<Topic>, Refusal> {
    let topics = params.get("topics").and_then(Value::as_array).into_iter().flatten();
    let read = |(index, topic): (usize, &Value)| {
        let topic = topic.as_object().map_or(Err("a topic is an object".to_owned()), Topic::read);
        topic.map_err(|reason| invalid(format!("topics[{index}]: {reason}")))
    };
    let mut seen = HashSet::new();
    let mut read: Vec<Topic> = topics.enumerate().map(read).collect::<Result<_, _>>()?;
    read.retain(|topic| seen.insert(*topic));
    Ok(read)
}

fn take_secret(action: &Action, params: &mut Map<String, Value>) -> Option<SecretString> {
    let secret = action.params.iter().find(|param| matches!(param.presence, Presence::Secret { .. }))?;
    match params.remove(&secret.name) {
        Some(Value::String(text)) => Some(text.into()),
        _ => None,
    }
}

fn invalid(message: String) -> Refusal {
    Refusal::new(Code::InvalidParams, message)
}

/// Whether a line contains `HTTP/` and a digit, the mark of a browser or of an attacker who uses one to reach this port (cross-protocol scripting).
/// The sender chooses method and target, `{` included, so neither is checked.
fn names_http(line: &[u8]) -> bool {
    line.windows(6).any(|part| part[..5].eq_ignore_ascii_case(b"HTTP/") && part[5].is_ascii_digit())
}

#[cfg(test)]
mod tests;
