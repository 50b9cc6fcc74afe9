//! Why the trail cannot be read, written or proved.

use std::borrow::Cow;

use rusqlite::ErrorCode;

use crate::failure::{Failure, convert};
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

convert! {
    ErrorKind {
        Storage: rusqlite::Error, rusqlite::types::FromSqlError, std::io::Error, platform::ErrorKind;
    } failures storage::Error, platform::Error
}

impl ErrorKind {
    /// SQLite's result code, if SQLite reported the failure.
    pub fn code(&self) -> Option<ErrorCode> {
        if let ErrorKind::Storage(kind) = self { kind.code() } else { None }
    }
}

pub(super) fn invalid(why: impl Into<Cow<'static, str>>) -> Error {
    ErrorKind::Invalid(why.into()).into()
}
