//! A mistake in a roles file, with its position in the text.

use std::fmt;
use std::ops::Range;

use crate::command::nearest;

/// What is wrong with a roles file, and where: `roles.toml:12:9: no action is called set_tempi; did you mean set_tempo?`.
#[derive(Debug)]
pub struct Mistake {
    place: Option<MistakePosition>,
    message: String,
}

#[derive(Debug)]
enum MistakePosition {
    /// A range of bytes of the text.
    Bytes(Range<usize>),
    /// Line and column, from 1; the column counts characters.
    At { source: String, line: usize, column: usize },
}

impl Mistake {
    /// A mistake at a range of bytes.
    pub fn at(span: Range<usize>, message: impl Into<String>) -> Mistake {
        Mistake { place: Some(MistakePosition::Bytes(span)), message: message.into() }
    }

    /// A mistake that concerns the file as a whole.
    pub fn of_file(message: impl Into<String>) -> Mistake {
        Mistake { place: None, message: message.into() }
    }

    /// Replace the byte range by line and column of `text`. `source` is the name of the file.
    pub(super) fn locate(self, source: &str, text: &str) -> Mistake {
        let place = match self.place {
            Some(MistakePosition::Bytes(span)) => {
                let before = text.get(..span.start).unwrap_or(text);
                let line = before.matches('\n').count() + 1;
                let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
                Some(MistakePosition::At { source: source.to_owned(), line, column })
            }
            place => place,
        };
        Mistake { place, message: self.message }
    }
}

impl From<toml::de::Error> for Mistake {
    fn from(error: toml::de::Error) -> Mistake {
        let message = with_nearest(error.message()).unwrap_or_else(|| error.message().to_owned());
        Mistake { place: error.span().map(MistakePosition::Bytes), message }
    }
}

/// The parser's sentence about an unknown key, with the known key that is nearest to it; the parser puts keys between backquotes.
fn with_nearest(message: &str) -> Option<String> {
    let mut keys = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    let unknown = keys.next()?;
    let meant = nearest::among(unknown, keys)?;
    Some(format!("{message}; did you mean {meant}?"))
}

impl fmt::Display for Mistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(MistakePosition::At { source, line, column }) => {
                write!(out, "{source}:{line}:{column}: {}", self.message)
            }
            _ => out.write_str(&self.message),
        }
    }
}

impl std::error::Error for Mistake {}
