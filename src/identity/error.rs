//! Why a sign-in is denied, why a change is not made, and what is wrong with `state.db`.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::failure::{Cause, Failure, convert};
use crate::platform::{self, Moved};
use crate::{command, storage};

pub type Error = Failure<ErrorKind>;
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why `state.db`, a key or a secret cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    #[error(transparent)]
    Storage(#[from] storage::ErrorKind),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Hex(#[from] hex::FromHexError),
    #[error(transparent)]
    SigningKey(#[from] rcgen::Error),
    #[error(transparent)]
    Token(#[from] jsonwebtoken::errors::Error),
    #[error(transparent)]
    Pattern(#[from] command::UnknownPattern),
    #[error(transparent)]
    Port(#[from] std::num::ParseIntError),
    /// The task that was to do it ended before.
    #[error(transparent)]
    Unanswered(#[from] tokio::sync::oneshot::error::RecvError),
    #[error(transparent)]
    Ended(#[from] tokio::task::JoinError),
    /// The sentence says what failed, or what is wrong with what was given.
    #[error("{0}")]
    Failed(Cow<'static, str>),
}

convert! {
    ErrorKind {
        Storage: rusqlite::Error, std::io::Error, platform::ErrorKind;
    } failures storage::Error, platform::Error
}

impl Cause for command::UnknownPattern {}

pub(super) fn failed(why: impl Into<Cow<'static, str>>) -> Error {
    ErrorKind::Failed(why.into()).into()
}

/// Why a sign-in was denied. The reason is for the trail; the client gets the same refusal in every case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    pub reason: &'static str,
    pub user: Option<Arc<str>>,
    pub fault: Fault,
    /// The family of refresh tokens that was revoked by this attempt.
    pub ended: Option<Arc<str>>,
}

/// What a denied sign-in says about its sender, which decides the penalty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Possibly a guess.
    Guess,
    /// A wrong password for an existing user.
    Password,
    /// Issued here, but not valid now: expired, revoked, of a disabled user, or not valid yet because the clock was set back. No guess.
    Outdated,
    /// A failure of the gateway.
    Ours,
    /// None: too many passwords wait to be checked, and this one was not checked.
    TooManyCallers,
}

impl Denied {
    /// For a credential that this gateway has not issued.
    pub fn because(reason: &'static str) -> Denied {
        Denied { reason, user: None, fault: Fault::Guess, ended: None }
    }

    pub(super) fn store_failed() -> Denied {
        Denied { reason: "state.db is unavailable", user: None, fault: Fault::Ours, ended: None }
    }
}

/// Why a change was not made.
#[derive(Debug)]
pub enum ChangeError {
    /// The request is invalid; the sentence says why.
    Invalid(String),
    /// `state.db` or the signing key could not be read or written; nothing has changed.
    Failed(Error),
}

/// What is wrong with `state.db`.
#[derive(Debug)]
pub enum StoreFailure {
    Missing,
    /// Another file has its path.
    Replaced,
    /// The file, or the `-wal` file beside it, lacks what was written.
    Overwritten,
    Unreadable,
}

impl StoreFailure {
    pub(super) fn of(error: &Error) -> StoreFailure {
        match error.kind() {
            ErrorKind::Storage(storage::ErrorKind::File(platform::ErrorKind::Moved(Moved::Gone))) => {
                StoreFailure::Missing
            }
            ErrorKind::Storage(storage::ErrorKind::File(platform::ErrorKind::Moved(Moved::Replaced))) => {
                StoreFailure::Replaced
            }
            ErrorKind::Storage(storage::ErrorKind::LogDamaged(_)) => StoreFailure::Overwritten,
            _ => StoreFailure::Unreadable,
        }
    }
}

impl fmt::Display for StoreFailure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            StoreFailure::Missing => "state.db is missing",
            StoreFailure::Replaced => "state.db was replaced",
            StoreFailure::Overwritten => "state.db, or the -wal beside it, was emptied or overwritten",
            StoreFailure::Unreadable => "state.db cannot be read",
        })
    }
}
