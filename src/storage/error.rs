//! Why a database on disk cannot be used.

use std::borrow::Cow;

use rusqlite::ErrorCode;

use crate::failure::{Cause, Failure, convert};
use crate::platform;

pub type Error = Failure<ErrorKind>;
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    #[error(transparent)]
    File(#[from] platform::ErrorKind),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error(transparent)]
    Value(#[from] rusqlite::types::FromSqlError),
    #[error(transparent)]
    LogDamaged(#[from] LogDamaged),
    /// It is no database of this livegate, or cannot be read where it lies; the sentence says why and what to do.
    #[error("{0}")]
    Unfit(Cow<'static, str>),
}

convert! {
    ErrorKind {
        File: std::io::Error;
    } failures platform::Error
}

impl Cause for LogDamaged {}

impl ErrorKind {
    /// SQLite's result code, if SQLite reported the failure.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            ErrorKind::Sqlite(error) => error.sqlite_error_code(),
            _ => None,
        }
    }
}

/// The end of a commit is missing from the log: another program has emptied, shortened or overwritten a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another program has emptied or overwritten it; restart the gateway")]
pub struct LogDamaged;

pub(super) fn unfit(why: String) -> Error {
    ErrorKind::Unfit(why.into()).into()
}
