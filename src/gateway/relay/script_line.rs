//! A command as sent to the script, serialised again from checked values. It contains no bytes of the client.

use serde_json::{Map, Value};

use crate::gateway::interpret::Request;
use crate::gateway::permit::Guards;
use crate::policy::Guard;
use crate::wire::refusal::{Code, Refusal};

/// For a script with a key, which checks guards and preconditions.
pub fn keyed(request: &Request, guards: &Guards) -> Map<String, Value> {
    let mut line = plain(request);
    request.terms.write(&mut line);
    if let Some(approval) = &request.terms.approval {
        line.insert("approved".into(), approval.digest.as_ref().into());
    }
    match guards {
        Guards::One(guard) => add_guard(&mut line, guard.as_ref()),
        Guards::Each(guards) => {
            let commands = request.batch().iter().zip(guards).map(|(command, guard)| {
                let mut line = command.to_map();
                add_guard(&mut line, guard.as_ref());
                Value::Object(line)
            });
            line.insert("commands".into(), commands.collect());
        }
    }
    line
}

/// For any script: the action and all of its parameters, defaults included.
pub fn plain(request: &Request) -> Map<String, Value> {
    let mut line = request.params.clone();
    line.insert("action".into(), request.action.name.clone().into());
    line
}

fn add_guard(line: &mut Map<String, Value>, guard: Option<&Guard>) {
    if let Some(guard) = guard {
        line.insert("guard".into(), guard.to_value());
    }
}

/// A plain bridge may ignore unknown keys, so a condition would not be checked.
pub fn refuse_without_key(request: &Request, guards: &Guards) -> Result<(), Refusal> {
    match guards {
        Guards::Each(_) => Err(needs_key("a batch needs")),
        Guards::One(None) if request.terms.need_the_script() => Err(needs_key("expect and dry_run need")),
        Guards::One(None) => Ok(()),
        Guards::One(Some(_)) => {
            let message = "your role allows this only on conditions, which only a script with a key checks";
            Err(Refusal::new(Code::Forbidden, message))
        }
    }
}

pub fn needs_key(what: &str) -> Refusal {
    Refusal::new(Code::Unsupported, format!("{what} a script with a key; run livegate install"))
}

pub fn too_long() -> Refusal {
    Refusal::new(Code::LineTooLong, "with defaults and guards the command is longer than 1 MiB; send less at once")
}

pub fn mismatch() -> Refusal {
    let message =
        "the script in Live differs from the one that belongs to this gateway; run livegate install, then restart Live";
    Refusal::new(Code::BridgeMismatch, message)
}
