//! How a rule speaks of actions: an action's name, `@tag`, or a glob with `*` and `?` over names.

use anyhow::{Result, bail};

use super::condition::glob_matches;
use crate::command::{Action, Tag, catalogue};

#[derive(Debug)]
pub enum Pattern {
    Name(String),
    Tag(Tag),
    Glob(String),
}

impl Pattern {
    /// A pattern that can never match is a mistake in the file.
    pub fn parse(text: &str) -> Result<Pattern> {
        let pattern = match text.strip_prefix('@') {
            Some(tag) => match Tag::from_name(tag) {
                Some(tag) => return Ok(Pattern::Tag(tag)),
                None => bail!("there is no tag @{tag}"),
            },
            None if text.contains(['*', '?']) => Pattern::Glob(text.to_owned()),
            None => Pattern::Name(text.to_owned()),
        };
        match catalogue().actions().iter().any(|action| pattern.matches(action)) {
            true => Ok(pattern),
            false => bail!("no action is called {text}"),
        }
    }

    pub fn matches(&self, action: &Action) -> bool {
        match self {
            Pattern::Name(name) => *name == action.name,
            Pattern::Tag(tag) => action.access.contains(*tag),
            Pattern::Glob(glob) => glob_matches(glob, &action.name),
        }
    }

    pub fn tag(&self) -> Option<Tag> {
        match self {
            Pattern::Tag(tag) => Some(*tag),
            _ => None,
        }
    }
}
