//! Why the trail cannot be read, written or proved.

use std::borrow::Cow;

use rusqlite::ErrorCode;

use crate::failure::{Cause, Failure, IntoFailure};
use crate::{platform, storage};

pub type Error = Failure<ErrorKind>;
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    /// A file of the trail, or SQLite.
    #[error(transparent)]
    Storage(#[from] storage::ErrorKind),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Hex(#[from] hex::FromHexError),
    #[error(transparent)]
    Base64(#[from] base64::DecodeError),
    #[error(transparent)]
    Utf8(#[from] std::str::Utf8Error),
    #[error(transparent)]
    Number(#[from] std::num::TryFromIntError),
    #[error(transparent)]
    Key(#[from] aws_lc_rs::error::KeyRejected),
    /// The trail, or a text about it, is not what it claims to be, or does not allow what was requested; the sentence says why and what to do.
    #[error("{0}")]
    Invalid(Cow<'static, str>),
}

impl Cause for ErrorKind {}

impl ErrorKind {
    /// SQLite's result code, if SQLite reported the failure.
    pub fn code(&self) -> Option<ErrorCode> {
        if let ErrorKind::Storage(kind) = self { kind.code() } else { None }
    }
}

impl From<rusqlite::Error> for ErrorKind {
    fn from(error: rusqlite::Error) -> ErrorKind {
        ErrorKind::Storage(error.into())
    }
}

impl From<rusqlite::types::FromSqlError> for ErrorKind {
    fn from(error: rusqlite::types::FromSqlError) -> ErrorKind {
        ErrorKind::Storage(error.into())
    }
}

impl From<std::io::Error> for ErrorKind {
    fn from(error: std::io::Error) -> ErrorKind {
        ErrorKind::Storage(error.into())
    }
}

impl From<platform::ErrorKind> for ErrorKind {
    fn from(kind: platform::ErrorKind) -> ErrorKind {
        ErrorKind::Storage(kind.into())
    }
}

impl From<storage::Error> for Error {
    fn from(error: storage::Error) -> Error {
        error.into_failure()
    }
}

impl From<platform::Error> for Error {
    fn from(error: platform::Error) -> Error {
        error.into_failure()
    }
}

pub(super) fn invalid(why: impl Into<Cow<'static, str>>) -> Error {
    ErrorKind::Invalid(why.into()).into()
}
