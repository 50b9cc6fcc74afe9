//! Why the settings cannot be used.

use std::io;

use crate::failure::{Cause, Failure};

pub type Error = Failure<ErrorKind>;
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    #[error(transparent)]
    File(#[from] io::Error),
    /// The text is no TOML, or has an unknown key or a value of another type; the message has line and column.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// A key has an unusable value; the sentence names the key, its value and what is allowed.
    #[error("{0}")]
    Value(String),
}

impl Cause for ErrorKind {}

pub(super) fn refused(why: impl Into<String>) -> Error {
    ErrorKind::Value(why.into()).into()
}
