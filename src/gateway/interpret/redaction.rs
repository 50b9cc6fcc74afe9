//! Redaction: replaces parameters in the trail by keyed digests, which show only whether two values are equal.

use serde_json::{Map, Value, json};

use super::Request;
use crate::audit::Seal;
use crate::command::{Action, Patterns, glob_matches};
use crate::config::{Error, ErrorKind, Result};
use crate::failure::Context;

/// `trail.redact`: actions (a name, `@tag` or a glob), a dot, and a parameter's name or a glob.
pub struct Redaction(Vec<(Patterns, String)>);

impl Redaction {
    pub fn parse(texts: &[String]) -> Result<Redaction> {
        let parsed = texts.iter().map(|text| {
            let refused = |why| Error::from(ErrorKind::Value(why));
            let (action, param) =
                text.split_once('.').ok_or_else(|| refused(format!("{text} is not of the form ACTION.PARAMETER")))?;
            let action = Patterns::parse(&[action]).map_err(|unknown| refused(unknown.to_string()))?;
            Ok((action, param.to_owned()))
        });
        Ok(Redaction(parsed.collect::<Result<_>>().context("trail.redact")?))
    }

    /// Redact a request. It applies to everything that is recorded about the request.
    pub fn apply(&self, request: &mut Request, seal: &Seal) {
        let concerns = |action: &Action| self.0.iter().any(|(patterns, _)| patterns.match_any(action));
        if !request.commands().any(|(action, _)| concerns(action)) {
            return;
        }
        let mut recorded = request.recorded_params().into_owned();
        let is_batch = !request.batch().is_empty();
        let redacted = match recorded.get_mut("commands").and_then(Value::as_array_mut) {
            Some(commands) if is_batch => {
                let lines = commands.iter_mut().filter_map(Value::as_object_mut);
                let each = request.batch().iter().zip(lines);
                each.map(|(command, line)| self.redact(command.action, line, seal)).fold(false, |any, one| any | one)
            }
            _ => self.redact(request.action, &mut recorded, seal),
        };
        if redacted {
            request.redacted = Some(Box::new(recorded));
        }
    }

    /// Redact matching parameters; returns whether there were any.
    fn redact(&self, action: &Action, params: &mut Map<String, Value>, seal: &Seal) -> bool {
        let mut redacted = false;
        for (name, value) in params.iter_mut().filter(|(name, _)| action.param(name).is_some()) {
            let mut concerned = self.0.iter().filter(|(patterns, _)| patterns.match_any(action));
            if concerned.any(|(_, param)| glob_matches(param, name)) {
                // A redacted value is an object, which no parameter accepts, so that a redacted request cannot be sent again by mistake.
                *value = json!({"hmac": seal.digest(format!("{}.{name} {value}", action.name).as_bytes())});
                redacted = true;
            }
        }
        redacted
    }
}
