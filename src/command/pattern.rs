//! Patterns of actions in rules: an action's name, `@tag`, or a glob with `*` and `?` over names.

use std::fmt;

use super::{Action, Tag, Tags, catalogue, nearest};

#[derive(Debug)]
enum Pattern {
    Name(String),
    Tag(Tag),
    Glob(String),
}

impl Pattern {
    /// Parse a pattern. A pattern that matches nothing is an error.
    fn parse(text: &str) -> Result<Pattern, UnknownPattern> {
        let pattern = match text.strip_prefix('@') {
            Some(tag) => return Tag::from_name(tag).map(Pattern::Tag).ok_or_else(|| UnknownPattern::tag(tag)),
            None if text.contains(['*', '?']) => Pattern::Glob(text.to_owned()),
            None => Pattern::Name(text.to_owned()),
        };
        if catalogue().actions().iter().any(|action| pattern.matches(action)) {
            return Ok(pattern);
        }
        Err(UnknownPattern::action(text))
    }

    fn matches(&self, action: &Action) -> bool {
        match self {
            Pattern::Name(name) => *name == action.name,
            Pattern::Tag(tag) => action.access.contains(*tag),
            Pattern::Glob(glob) => glob_matches(glob, &action.name),
        }
    }

    fn tag(&self) -> Option<Tag> {
        match self {
            Pattern::Tag(tag) => Some(*tag),
            _ => None,
        }
    }
}

/// A pattern that matches no action, and the nearest one that does.
#[derive(Debug)]
pub struct UnknownPattern(String);

impl UnknownPattern {
    fn tag(name: &str) -> UnknownPattern {
        let meant = nearest::among(name, Tag::ALL.iter().map(|(_, name)| *name));
        UnknownPattern(format!("there is no tag @{name}{}", did_you_mean(meant.map(|tag| format!("@{tag}")))))
    }

    fn action(text: &str) -> UnknownPattern {
        let meant = catalogue().nearest(text).map(|action| action.name.clone());
        UnknownPattern(format!("no action is called {text}{}", did_you_mean(meant)))
    }
}

impl fmt::Display for UnknownPattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for UnknownPattern {}

fn did_you_mean(meant: Option<String>) -> String {
    meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default()
}

/// A list of patterns.
#[derive(Debug, Default)]
pub struct Patterns(Vec<Pattern>);

impl Patterns {
    pub fn parse<T: AsRef<str>>(texts: &[T]) -> Result<Patterns, UnknownPattern> {
        texts.iter().map(|text| Pattern::parse(text.as_ref())).collect::<Result<_, _>>().map(Patterns)
    }

    /// Add a pattern.
    pub fn add(&mut self, text: &str) -> Result<(), UnknownPattern> {
        self.0.push(Pattern::parse(text)?);
        Ok(())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn match_any(&self, action: &Action) -> bool {
        self.0.iter().any(|pattern| pattern.matches(action))
    }

    /// Whether one of them is this tag.
    pub fn name_tag(&self, tag: Tag) -> bool {
        self.0.iter().any(|pattern| pattern.tag() == Some(tag))
    }

    /// Overwriting needs `@destructive` besides the action, even if the action is named.
    pub fn grant_overwriting(&self, action: &Action) -> bool {
        self.grant(action) && self.name_tag(Tag::Destructive)
    }

    /// A broad pattern does not grant destructive actions: every guarded tag of the action must be named, or the action itself.
    pub fn grant(&self, action: &Action) -> bool {
        let named: Tags = self.0.iter().filter_map(Pattern::tag).collect();
        let guarded = action.access.intersection(Tags::GUARDED);
        self.0.iter().any(|pattern| match pattern {
            Pattern::Name(_) => pattern.matches(action),
            _ => pattern.matches(action) && guarded.without(named).is_empty(),
        })
    }
}

/// Whether a pattern matches a whole name: `*` is any run of characters, `?` is one. The cost is up to the product of the lengths, so use it for
/// short names from the catalogue only; for names from Live use `policy::name_patterns`.
pub fn glob_matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let mut at = 0;
    let mut position = 0;
    let mut last_star: Option<(usize, usize)> = None;
    while position < name.len() {
        match pattern.get(at) {
            Some('*') => {
                last_star = Some((at, position));
                at += 1;
            }
            Some(&wanted) if wanted == '?' || wanted == name[position] => (at, position) = (at + 1, position + 1),
            // Let the last star match one more character; earlier stars need not be tried again.
            _ => match last_star {
                Some((star, taken)) => {
                    last_star = Some((star, taken + 1));
                    at = star + 1;
                    position = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|&rest| rest == '*')
}
