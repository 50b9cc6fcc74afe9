//! How a rule speaks of actions: an action's name, `@tag`, or a glob with `*` and `?` over names.

use anyhow::{Result, bail};

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
            Pattern::Glob(glob) => glob_matches(glob.as_bytes(), action.name.as_bytes()),
        }
    }

    pub fn tag(&self) -> Option<Tag> {
        match self {
            Pattern::Tag(tag) => Some(*tag),
            _ => None,
        }
    }
}

/// `*` stands for any run, `?` for one. Linear in the text for each star: names and patterns are short and ours.
fn glob_matches(glob: &[u8], text: &[u8]) -> bool {
    match (glob.first(), text.first()) {
        (None, None) => true,
        (Some(b'*'), _) => glob_matches(&glob[1..], text) || (!text.is_empty() && glob_matches(glob, &text[1..])),
        (Some(b'?'), Some(_)) => glob_matches(&glob[1..], &text[1..]),
        (Some(expected), Some(got)) => expected == got && glob_matches(&glob[1..], &text[1..]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_whole_names() {
        let check = |glob: &str, text: &str| glob_matches(glob.as_bytes(), text.as_bytes());
        assert!(check("*", "set_tempo") && check("set_*", "set_tempo") && check("s?t_*o", "set_tempo"));
        assert!(!check("set_", "set_tempo") && !check("?", "") && !check("*_clip", "set_tempo"));
    }
}
