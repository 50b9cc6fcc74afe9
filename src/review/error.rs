//! Why a question about the trail has no answer.

use std::borrow::Cow;

use rusqlite::ErrorCode;

use crate::failure::{Failure, convert};
use crate::{audit, platform, storage};

pub type Error = Failure<ErrorKind>;
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    /// The trail cannot be read.
    #[error(transparent)]
    Trail(#[from] audit::ErrorKind),
    /// The index cannot be read or written.
    #[error(transparent)]
    Index(#[from] storage::ErrorKind),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A pattern of track names matches more names than this limit.
    #[error("track matches more than {0} names; give more of the name")]
    TooBroad(usize),
    /// More members changed than this limit.
    #[error("more than {0} things changed; ask for less: a shorter time, a caller, a track")]
    TooMuch(usize),
    #[error("it took too long")]
    TookTooLong,
    /// The sentence says what is missing from the trail or the index.
    #[error("{0}")]
    Damaged(Cow<'static, str>),
}

convert! {
    ErrorKind {
        Index: rusqlite::Error, rusqlite::types::FromSqlError, std::io::Error, platform::ErrorKind;
    } failures audit::Error, storage::Error, platform::Error
}

impl ErrorKind {
    /// Whether a query failed because it exceeded its deadline.
    pub fn took_too_long(&self) -> bool {
        matches!(self, ErrorKind::TookTooLong) || self.code() == Some(ErrorCode::OperationInterrupted)
    }

    /// Whether others kept the index locked for too long.
    pub fn is_locked(&self) -> bool {
        self.code() == Some(ErrorCode::DatabaseBusy)
    }

    pub(super) fn is_damaged(&self) -> bool {
        matches!(self.code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
    }

    fn code(&self) -> Option<ErrorCode> {
        match self {
            ErrorKind::Trail(kind) => kind.code(),
            ErrorKind::Index(kind) => kind.code(),
            _ => None,
        }
    }
}

pub(super) fn damaged(why: impl Into<Cow<'static, str>>) -> Error {
    ErrorKind::Damaged(why.into()).into()
}
