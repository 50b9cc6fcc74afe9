//! Why a program at the script's address is not used as the script in Live.

use std::borrow::Cow;
use std::io;

use crate::failure::{Cause, Failure};

pub type Error = Failure<ErrorKind>;
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// It greeted as the script does, and sent no proof in return for ours.
    #[error("the script refused our key")]
    KeyRefused(#[source] Box<Error>),
    /// It does not speak as the script does; the sentence says how it differs.
    #[error("{0}")]
    Unexpected(Cow<'static, str>),
}

impl Cause for ErrorKind {}

pub(super) fn unexpected(what: impl Into<Cow<'static, str>>) -> Error {
    ErrorKind::Unexpected(what.into()).into()
}
